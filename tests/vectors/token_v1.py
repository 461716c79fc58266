"""Makes token-v1.jsonl: tokens and tickets of wire format 1 that are accepted, or refused for a reason.

    python3 token_v1.py            writes the file
    python3 token_v1.py --check    makes it again and compares

Written from the description of the format; shares no code with the crate.
"""

import base64
import hashlib

from wire import attempt, expand, extract, mac, material, part, publish, scope

INFO = {"link": b"repass/1 link token", "hand": b"repass/1 handle", "stat": b"repass/1 stateless token", "tick": b"repass/1 ticket",
        "stop": b"repass/1 stop"}
# A ticket has these bytes behind its head; a token has none.
BINDING = hashlib.sha256(b"what a ticket is bound to").digest()[:15]
TICKET_LIFE = 600
END = 0xF8_0000_0000
PURPOSES = ("reset", "invitation", "email-change", "verification", "step-up")

NOW = 1_700_000_000
LIFE = 1800
EXPIRES = NOW + 600
LEEWAY = 120
OLD, NEW, ODD = (1, material("old")), (2, material("new", 64)), (65535, material("odd", 200))
RING = [OLD, NEW]
ID = attempt("an attempt")
# What a stateless token is bound to: the id of the account, and values that the service stores.
SUBJECT, STATE = "42", [b"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", b"1699999999", b"ada@example.org"]


def head(key_id=1, expires=EXPIRES, ident=ID) -> bytes:
    return expires.to_bytes(5, "big") + key_id.to_bytes(2, "big") + ident


def signed(first: bytes, version=1) -> bytes:
    """What the tag covers of the text: the version, which is its last byte, comes first."""
    return part(bytes([version]) + first)


def tag(first: bytes, kind="link", key=OLD[1], purpose="reset", tenant=None, info=None, label=None, version=1) -> bytes:
    subkey = expand(extract(key), INFO[kind] if info is None else info)
    return mac(subkey, part(label or kind.encode()) + signed(first, version) + scope(purpose, tenant))


def bound(subject=SUBJECT, state=STATE, key=OLD[1], purpose="reset", tenant=None, info=b"repass/1 account state", label=b"state") -> bytes:
    """The whole MAC of which a stateless token carries the first 20 bytes."""
    digest = hashlib.sha256(b"".join(part(value) for value in state)).digest()
    return mac(expand(extract(key), info), part(label) + scope(purpose, tenant) + part(subject.encode()) + part(digest))


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def text(data: bytes, version=1) -> str:
    """The text of head and tag (and binding between them): the version comes behind them."""
    return base64url(data + bytes([version]))


cases = []


def case(name, result, token, kind="link", purpose="reset", tenant=None, now=NOW, life=LIFE, ring=None, retired=(), subject=SUBJECT, state=STATE, says=None, binding=None):
    one = {
        "name": name,
        "ring": [[number, key.hex()] for number, key in (RING if ring is None else ring)],
        "kind": kind,
        "purpose": purpose,
        "tenant": tenant,
        "life": TICKET_LIFE if kind == "tick" else life,
        "now": now,
        "token": token,
        "result": result,
    }
    if retired:
        one["retired"] = list(retired)
    if kind == "stat":
        one.update(subject=subject, state=[value.hex() for value in state])
    if result == "ok":
        key_id, expires, ident = says
        one.update(key_id=key_id, expires_at=expires, id=ident.hex())
        if binding is not None:
            one["binding"] = binding.hex()
    cases.append(one)


def accepted(name, kind="link", key=OLD, expires=EXPIRES, ident=ID, purpose="reset", tenant=None, subject=SUBJECT, state=STATE, **more):
    if kind == "stat":
        ident = bound(subject, state, key[1], purpose, tenant)[:20]
    binding = None
    first = head(key[0], expires, ident)
    if kind == "tick":
        binding = more.pop("binding", BINDING)
        first += binding
    token = text(first + tag(first, kind, key[1], purpose, tenant))
    case(name, "ok", token, kind, purpose, tenant, says=(key[0], expires, ident), subject=subject, state=state, binding=binding, **more)


def refused(name, reason, token, **more):
    case(name, "token_" + reason, token, **more)


def short(name):
    return None if name is None else name if len(name) < 9 else f"{len(name)} letters"


GOOD_HEAD = head()
GOOD = GOOD_HEAD + tag(GOOD_HEAD)
GOOD_TEXT = text(GOOD)
TICKET_HEAD = head() + BINDING
TICKET_TEXT = text(TICKET_HEAD + tag(TICKET_HEAD, "tick"))
HANDLE = text(GOOD_HEAD + tag(GOOD_HEAD, "hand"))
STOP = text(GOOD_HEAD + tag(GOOD_HEAD, "stop"))
BOUND_HEAD = head(ident=bound()[:20])
BOUND = text(BOUND_HEAD + tag(BOUND_HEAD, "stat"))

# Accepted.
for kind in INFO:
    accepted(f"{kind}: under the key that signs", kind, NEW)
    accepted(f"{kind}: under a key that only verifies", kind, OLD)
    accepted(f"{kind}: key id 65535", kind, ODD, ring=[ODD])
    accepted(f"{kind}: key id 0", kind, (0, OLD[1]), ring=[(0, OLD[1]), NEW])
    accepted(f"{kind}: for a tenant", kind, tenant="acme")
    for purpose in PURPOSES[1:]:
        accepted(f"{kind}: for {purpose}", kind, purpose=purpose)
    accepted(f"{kind}: under a key whose overlap ends in a second", kind, retired=[[1, NOW + 1]])
    accepted(f"{kind}: one second is left", kind, now=EXPIRES - 1)
    accepted(f"{kind}: as far ahead as can be", kind, expires=NOW + (TICKET_LIFE if kind == "tick" else LIFE) + LEEWAY)
for length in (32, 33, 63, 64, 65, 128, 200):
    key = (7, material("long", length))
    accepted(f"key material of {length} bytes", key=key, ring=[key])
for tenant in ("a", "Acme", "\u00e9", "\u65e5\u672c", "a" * 75, "a" * 76, "a" * 255, " ", "ffff"):
    accepted(f"tenant of {len(tenant.encode())} bytes: {tenant[:8]}", tenant=tenant)
for purpose in ("r", "0", "-", "re-set", "a" * 32):
    accepted(f"purpose {purpose}", purpose=purpose)
accepted("longest purpose and tenant", purpose="p" * 32, tenant="\u00fc" * 127)
accepted("id of zeros", ident=bytes(20))
accepted("id of ones", ident=b"\xff" * 20)
accepted("expires in the second after 1970 began", expires=1, now=0)
accepted("expires in the last second of all, and the clock is near", expires=END - 1, now=253_402_300_799, life=2**40)
accepted("expires in the last second of the year 9999", expires=253_402_300_799, now=253_402_300_000)
accepted("expires beyond 32 bits", expires=2**32, now=2**32 - 1)
accepted("no life but the leeway", expires=NOW + LEEWAY, life=0)
accepted("the longest life there is", expires=END - 1, life=2**63 - 1)
accepted("the clock went back within the leeway", expires=NOW + LIFE, now=NOW - LEEWAY)
accepted("the clock stands before 1970", expires=100, now=-20, life=0)
# Accepted: lives that are no whole hours.
for life in (1, 59, 12 * 3600 + 1800, 86_400, 604_801):
    accepted(f"a life of {life} s", life=life, expires=NOW + life)
# Accepted: bindings.
for name, binding in (("zeros", bytes(15)), ("ones", b"\xff" * 15), ("numbers", bytes(range(15)))):
    accepted(f"ticket bound to {name}", "tick", binding=binding)
# Accepted: heads and tags whose characters are marks; first and last never are.
accepted("ticket whose id and binding are marks", "tick", ident=b"\xff" * 20, binding=b"\xfb\xef\xbe" * 5)
accepted("id of dashes", ident=b"\xfb\xef\xbe" * 6 + b"\xfb\xef")
# Accepted: states.
for name, state in (
    ("one value", STATE[:1]),
    ("an empty value", [b""]),
    ("three empty values", [b"", b"", b""]),
    ("a value of 10,000 bytes", [b"v" * 10_000]),
    ("every byte", [bytes(range(256))]),
    ("fifty values", [bytes([number]) for number in range(50)]),
):
    accepted(f"state of {name}", "stat", state=state)
for subject in ("a", "\u00fc", "4" * 128, "ada@example.org", "0c3c9a52-3a0a-4f5c-9d0e-6f1f7a5b2f11", " "):
    accepted(f"subject of {len(subject.encode())} bytes: {subject[:8]}", "stat", subject=subject)

# Malformed: length.
for length in (0, 1, 4, 76, 78, 79):
    refused(f"the first {length} characters", "malformed", GOOD_TEXT[:length])
refused("without the first character", "malformed", GOOD_TEXT[1:])
refused("one character too many", "malformed", GOOD_TEXT + "A")
refused("a group too many", "malformed", GOOD_TEXT + "AAAA")
refused("twice", "malformed", GOOD_TEXT * 2)
refused("61 bytes", "malformed", text(GOOD + b"\0"))
refused("59 bytes", "malformed", text(GOOD[:-1]))
refused("a ticket is too long for a token", "malformed", TICKET_TEXT)
refused("a token is too short for a ticket", "malformed", GOOD_TEXT, kind="tick")
for bytes_of_tag in (0, 1, 16, 31):
    refused(f"tag cut to {bytes_of_tag} bytes", "malformed", text(GOOD[: 27 + bytes_of_tag]))
refused("in hexadecimal", "malformed", GOOD.hex() + "01")
# Malformed: padding and white space.
refused("padded", "malformed", GOOD_TEXT + "=")
refused("padded with four", "malformed", GOOD_TEXT + "====")
refused("the last character is padding", "malformed", GOOD_TEXT[:-1] + "=")
refused("the last two characters are padding", "malformed", GOOD_TEXT[:-2] + "==")
for name, space in (("space", " "), ("line feed", "\n"), ("CR LF", "\r\n"), ("NUL", "\0"), ("no-break space", "\u00a0")):
    refused(f"{name} before", "malformed", space + GOOD_TEXT)
    refused(f"{name} after", "malformed", GOOD_TEXT + space)
    refused(f"{name} instead of the end", "malformed", GOOD_TEXT[: -len(space.encode())] + space)
# Malformed: alphabet, in texts of 80 bytes.
for character in "+/=.~%*,:;!?#&'\"<>\\@ \t\x7f":
    refused(f"character U+{ord(character):04X}", "malformed", GOOD_TEXT[:40] + character + GOOD_TEXT[41:])
refused("two bytes of UTF-8", "malformed", GOOD_TEXT[:40] + "\u00e9" + GOOD_TEXT[42:])
refused("three bytes of UTF-8", "malformed", GOOD_TEXT[:40] + "\uff21" + GOOD_TEXT[43:])
refused("four bytes of UTF-8", "malformed", GOOD_TEXT[:40] + "\U0001d400" + GOOD_TEXT[44:])
# Malformed: version, with a tag that fits.
for version in (0, 2, 3, 0x7F, 0x81, 0xFF):
    refused(f"version {version}", "malformed", text(GOOD_HEAD + tag(GOOD_HEAD, version=version), version))
    refused(f"version {version}, in a ticket", "malformed", text(TICKET_HEAD + tag(TICKET_HEAD, "tick", version=version), version), kind="tick")
    refused(f"the tag covers version {version}", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, version=version)))
# Malformed: moments that would begin with a mark, with a tag that fits.
for expires in (END, END + 1, 2**40 - 1):
    other = head(expires=expires)
    refused(f"expires at {expires}", "malformed", text(other + tag(other)))
    refused(f"expires at {expires}, with the longest life", "malformed", text(other + tag(other)), life=2**63 - 1)
    other += BINDING
    refused(f"expires at {expires}, in a ticket", "malformed", text(other + tag(other, "tick")), kind="tick")

# Unknown key: before anything is computed, so the tag does not matter.
for key_id in (0, 3, 256, 512, 65535):
    other = head(key_id)
    refused(f"unknown key {key_id}", "unknown_key", text(other + tag(other)))
refused("removed key", "unknown_key", GOOD_TEXT, ring=[NEW])
stale = head(3, 0)
refused("unknown key, and expired", "unknown_key", text(stale + tag(stale)))

# Retired key: before anything is computed too, from the second that was said on.
for kind, good in (("link", GOOD_TEXT), ("hand", HANDLE), ("stat", BOUND), ("stop", STOP)):
    refused(f"{kind}: in the second that its key is retired", "retired_key", good, kind=kind, retired=[[1, NOW]])
    refused(f"{kind}: its key was retired a year ago", "retired_key", good, kind=kind, retired=[[1, NOW - 31_536_000]])
refused("retired key, and forged", "retired_key", text(GOOD_HEAD + GOOD[27:][::-1]), retired=[[1, NOW]])
refused("retired key, and expired", "retired_key", GOOD_TEXT, now=EXPIRES, retired=[[1, NOW]])

# Forged: every byte of head and tag.
for kind, whole in (("link", GOOD), ("tick", TICKET_HEAD + tag(TICKET_HEAD, "tick"))):
    for index in range(len(whole)):
        altered = bytearray(whole)
        altered[index] ^= 0x40
        reason = "unknown_key" if index in (5, 6) else "forged"
        refused(f"{kind}: byte {index} altered", reason, text(bytes(altered)), kind=kind)
other = head(2)
refused("the id of another key of the ring", "forged", text(other + tag(GOOD_HEAD)))
refused("tagged with another key of the ring", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, key=NEW[1])))
refused("the key id stands for another key", "forged", GOOD_TEXT, ring=[(1, NEW[1])])
refused("tagged with the key itself", "forged", text(GOOD_HEAD + mac(extract(OLD[1]), part(b"link") + signed(GOOD_HEAD) + scope("reset", None))))
refused("tagged with the key material", "forged", text(GOOD_HEAD + mac(OLD[1], part(b"link") + signed(GOOD_HEAD) + scope("reset", None))))
refused("tagged with an empty key", "forged", text(GOOD_HEAD + mac(b"", part(b"link") + signed(GOOD_HEAD) + scope("reset", None))))
refused("tag of zeros", "forged", text(GOOD_HEAD + bytes(32)))
refused("tag of ones", "forged", text(GOOD_HEAD + b"\xff" * 32))
refused("tag of another token", "forged", text(head(ident=attempt("another")) + tag(GOOD_HEAD)))
refused("tag turned around", "forged", text(GOOD_HEAD + tag(GOOD_HEAD)[::-1]))
refused("no token but 80 letters", "malformed", "A" * 80)
refused("the version is not covered", "forged", text(GOOD_HEAD + mac(expand(extract(OLD[1]), INFO["link"]), part(b"link") + part(GOOD_HEAD) + scope("reset", None))))
refused("the version is covered behind the head", "forged", text(GOOD_HEAD + mac(expand(extract(OLD[1]), INFO["link"]), part(b"link") + part(GOOD_HEAD + b"\1") + scope("reset", None))))
refused("a head of this version and nothing else", "forged", text(GOOD_HEAD + GOOD_HEAD + bytes(5)))
# Forged: the other kind.
refused("a handle as a link", "forged", HANDLE)
refused("a link as a handle", "forged", GOOD_TEXT, kind="hand")
refused("the subkey of a link, the label of a handle", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, label=b"hand")))
refused("the subkey of a handle, the label of a link", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, "hand", label=b"link")))
for kind, good in (("link", GOOD_TEXT), ("hand", HANDLE), ("stat", BOUND), ("stop", STOP)):
    for other in INFO:
        if "tick" not in (kind, other) and ("stat" in (kind, other) or "stop" in (kind, other)) and kind != other:
            refused(f"a token of kind {kind} as {other}", "forged", good, kind=other)
refused("stateless: the subkey of a link, its own label", "forged", text(BOUND_HEAD + tag(BOUND_HEAD, "stat", info=INFO["link"])), kind="stat")
refused("stateless: its own subkey, the label of a link", "forged", text(BOUND_HEAD + tag(BOUND_HEAD, "stat", label=b"link")), kind="stat")
refused("stateless: the subkey of states", "forged", text(BOUND_HEAD + tag(BOUND_HEAD, "stat", info=b"repass/1 account state")), kind="stat")
refused("stop: the subkey of a link, its own label", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, "stop", info=INFO["link"])), kind="stop")
refused("stop: its own subkey, the label of a link", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, "stop", label=b"link")), kind="stop")
refused("ticket: the subkey of a link, its own label", "forged", text(TICKET_HEAD + tag(TICKET_HEAD, "tick", info=INFO["link"])), kind="tick")
refused("ticket: its own subkey, the label of a link", "forged", text(TICKET_HEAD + tag(TICKET_HEAD, "tick", label=b"link")), kind="tick")
refused("ticket: the binding is not covered", "forged", text(TICKET_HEAD + tag(head(), "tick")), kind="tick")
refused("ticket: the binding of another", "forged", text(head() + bytes(15) + tag(TICKET_HEAD, "tick")), kind="tick")
for info in (b"repass/1 check code", b"repass/1 row seal", b"repass/1 throttle key", b"repass/2 link token", b""):
    refused(f"the subkey {info.decode() or 'without info'}", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, info=info)))
# Forged: another purpose or tenant.
for kind in INFO:
    for made in PURPOSES:
        for asked in PURPOSES:
            if made != asked:
                first = head(ident=bound(purpose=asked)[:20]) + (BINDING if kind == "tick" else b"")
                refused(f"{kind}: for {made}, given to {asked}", "forged", text(first + tag(first, kind, purpose=made)), kind=kind, purpose=asked)
    for made, asked in ((None, "acme"), ("acme", None), ("acme", "acmf"), ("", None)):
        first = head(ident=bound(tenant=asked)[:20]) + (BINDING if kind == "tick" else b"")
        refused(f"{kind}: for tenant {made!r}, given to {asked!r}", "forged", text(first + tag(first, kind, tenant=made)), kind=kind, tenant=asked)
for made, asked in (("reset", "rese"), ("rese", "reset"), ("a", "b"), ("re", "re-")):
    refused(f"for {made}, given to {asked}", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, purpose=made)), purpose=asked)
for made, asked in (("acme", "Acme"), ("acme", "acm"), ("acme", "acme "),
                    (None, "\u00ff"), ("\u00e9", "e\u0301"), ("a" * 75, "a" * 76), ("a" * 255, "a" * 254)):
    token = text(GOOD_HEAD + tag(GOOD_HEAD, tenant=made))
    refused(f"for tenant {short(made)!r}, given to {short(asked)!r}", "forged", token, tenant=asked)
# Forged: parts that run into each other.
refused("the purpose takes a letter of the tenant", "forged", text(GOOD_HEAD + tag(GOOD_HEAD, purpose="reseta", tenant="cme")), purpose="reset", tenant="acme")
refused("parts without lengths", "forged", text(GOOD_HEAD + mac(expand(extract(OLD[1]), INFO["link"]), b"link" + b"\1" + GOOD_HEAD + b"reset")))
little = b"".join(len(data).to_bytes(4, "little") + data for data in (b"link", b"\1" + GOOD_HEAD, b"reset")) + b"\xff" * 4
refused("lengths the other way round", "forged", text(GOOD_HEAD + mac(expand(extract(OLD[1]), INFO["link"]), little)))
# The tag comes before the time.
for expires in (0, NOW - 1, NOW, END - 1):
    other = head(expires=expires)
    refused(f"forged, and expires at {expires}", "forged", text(other + tag(GOOD_HEAD)))

# Expired.
refused("at the second it expires", "expired", GOOD_TEXT, now=EXPIRES)
refused("a ticket at the second it expires", "expired", TICKET_TEXT, now=EXPIRES, kind="tick")
refused("a second late", "expired", GOOD_TEXT, now=EXPIRES + 1)
refused("ten years late", "expired", GOOD_TEXT, now=EXPIRES + 315_360_000)
refused("as late as can be", "expired", GOOD_TEXT, now=253_402_300_799)
refused("the longest life saves nothing", "expired", GOOD_TEXT, now=EXPIRES, life=2**63 - 1)
for expires in (0, 1, NOW):
    other = head(expires=expires)
    refused(f"expires at {expires}", "expired", text(other + tag(other)))
    refused(f"expires at {expires}, as a handle", "expired", text(other + tag(other, "hand")), kind="hand")
other = head(expires=0)
refused("expires when 1970 began, which it is", "expired", text(other + tag(other)), now=0)

# Too far ahead.
for beyond in (1, 2, 86_400):
    other = head(expires=NOW + TICKET_LIFE + LEEWAY + beyond) + BINDING
    refused(f"a ticket is too far ahead by {beyond} s", "too_far_ahead", text(other + tag(other, "tick")), kind="tick", life=TICKET_LIFE)
    other = head(expires=NOW + LIFE + LEEWAY + beyond)
    refused(f"too far ahead by {beyond} s", "too_far_ahead", text(other + tag(other)))
other = head(expires=END - 1)
refused("expires in the last second of all", "too_far_ahead", text(other + tag(other)))
refused("no life, a second beyond the leeway", "too_far_ahead", text(head(expires=NOW + LEEWAY + 1) + tag(head(expires=NOW + LEEWAY + 1))), life=0)
refused("the clock went back ten years", "too_far_ahead", GOOD_TEXT, now=NOW - 315_360_000)
refused("the clock went back to the year -9999", "too_far_ahead", GOOD_TEXT, now=-377_705_116_800)

# Another state: of tokens that are signed and in time.
for name, subject, state in (
    ("another account", "43", STATE),
    ("an account whose id begins alike", "421", STATE),
    ("an account whose id the id begins with", "4", STATE),
    ("the password has changed", SUBJECT, [b"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaB", *STATE[1:]]),
    ("there is no password any more", SUBJECT, [b"", *STATE[1:]]),
    ("somebody signed in", SUBJECT, [STATE[0], b"1700000000", STATE[2]]),
    ("the address has changed", SUBJECT, [*STATE[:2], b"eve@example.org"]),
    ("the case of the address has changed", SUBJECT, [*STATE[:2], b"Ada@example.org"]),
    ("a value less", SUBJECT, STATE[:2]),
    ("a value more", SUBJECT, [*STATE, b"more"]),
    ("an empty value more", SUBJECT, [*STATE, b""]),
    ("an empty value before", SUBJECT, [b"", *STATE]),
    ("two values the other way round", SUBJECT, [STATE[0], STATE[2], STATE[1]]),
    ("two values in one", SUBJECT, [STATE[0], STATE[1] + STATE[2]]),
    ("a byte moves to the next value", SUBJECT, [STATE[0], STATE[1][:-1], STATE[1][-1:] + STATE[2]]),
):
    refused(f"bound: {name}", "other_state", BOUND, kind="stat", subject=subject, state=state)
for name, bits in (
    ("the id of an attempt", ID),
    ("zeros", bytes(20)),
    ("the last 20 bytes", bound()[12:]),
    ("backwards", bound()[:20][::-1]),
    ("another key of the ring", bound(key=NEW[1])[:20]),
    ("another purpose", bound(purpose="invitation")[:20]),
    ("another tenant", bound(tenant="acme")[:20]),
    ("the subkey of stateless tokens", bound(info=INFO["stat"])[:20]),
    ("another label", bound(label=b"stamp")[:20]),
    ("the values unhashed", mac(expand(extract(OLD[1]), b"repass/1 account state"), part(b"state") + scope("reset", None) + part(b"42") + b"".join(map(part, STATE)))[:20]),
    ("an unkeyed hash", hashlib.sha256(b"".join(map(part, STATE))).digest()[:20]),
):
    other = head(ident=bits)
    refused(f"signed over {name}", "other_state", text(other + tag(other, "stat")), kind="stat")
for index in (0, 9, 19):
    altered = bytearray(bound()[:20])
    altered[index] ^= 1
    other = head(ident=bytes(altered))
    refused(f"signed over a state with byte {index} altered", "other_state", text(other + tag(other, "stat")), kind="stat")
# The state comes last.
gone = {"kind": "stat", "state": [b"another"]}
refused("another state, and expired", "expired", BOUND, now=EXPIRES, **gone)
refused("another state, and too far ahead", "too_far_ahead", BOUND, now=NOW - 315_360_000, **gone)
refused("another state, and forged", "forged", text(BOUND_HEAD + tag(BOUND_HEAD)), **gone)
refused("another state, and its key removed", "unknown_key", BOUND, ring=[NEW], **gone)
refused("another state, and malformed", "malformed", BOUND[1:], **gone)

publish("token-v1.jsonl", cases)
