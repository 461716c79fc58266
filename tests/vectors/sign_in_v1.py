"""Makes sign-in-v1.jsonl: what a sign-in counts, and the row and the ticket that it makes, byte by byte.

    python3 sign_in_v1.py            writes the file
    python3 sign_in_v1.py --check    makes it again and compares

`counts` are the counters in the order in which they are raised (name, quota, period). Written from the sections Keys,
Wire format 1, Rows and Counters of DESIGN.md; shares no code with the crate.
"""

import base64
import hashlib
import ipaddress

from wire import attempt, canonical, expand, extract, mac, material, part, publish, scope

NOW, MINUTE, DAY = 1_700_000_000, 60, 86_400
TICKET_LIFE, CLOCKS = 10 * MINUTE, 120
# Argon2id of "tidal+Engine=1843", 8 KiB, one pass.
OLD = "$argon2id$v=19$m=8,t=1,p=1$AQIDBAUGBwgJCgsMDQ4PEA$4OrNEdTDlVj+uwI0NPB6ftmZCaxl1YIeFSXLACRCbuc"


def text(value: str | None) -> bytes | None:
    return None if value is None else value.encode()


def i64(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def short(value: str) -> bytes:
    return bytes([len(value.encode())]) + value.encode()


def source_parts(source: list[str]) -> list[bytes]:
    kind, value = source
    if kind == "text":
        return [b"text", value.encode()]
    address = ipaddress.ip_address(value)
    if address.version == 6:
        number = int(address)
        for prefix in ("::ffff:0:0/96", "64:ff9b::/96"):
            if address in ipaddress.ip_network(prefix):
                return [b"ipv4", (number & 0xFFFF_FFFF).to_bytes(4, "big")]
        return [b"ipv6", (number >> 64).to_bytes(8, "big")]
    return [b"ipv4", address.packed]


cases = []


def case(name, *, key_id=7, key=material("old"), purpose="reset", tenant=None, lookup=("login", "ADA"), source=None,
         password=OLD, found=True, version=None, must_change=False, expires_after=None):
    prk, where, lookup = extract(key), scope(purpose, tenant), list(lookup)
    subkey = lambda info: expand(prk, b"repass/1 " + info)
    typed = [lookup[0].encode(), canonical(*lookup)]
    at = [] if source is None else source_parts(source)

    def keyed(kind: bytes, scoped: bytes, *values: bytes) -> bytes:
        message = part(b"counter") + part(kind) + scoped + b"".join(part(value) for value in values)
        return mac(subkey(b"throttle key"), message).hex()

    counts = []
    if source is not None:
        counts.append([keyed(b"sign-ins of a source", where, *at), 100, 5 * MINUTE])
    counts.append([keyed(b"sign-ins", where, *typed, *at), 10, 5 * MINUTE])
    kind = b"sign-ins of an account"
    if found:
        message = part(b"counter") + part(kind) + part(text(tenant)) + part(b"42") + part(text(password))
        counts.append([mac(subkey(b"throttle key"), message).hex(), 100, DAY])
    else:
        counts.append([keyed(kind, where, *typed), 100, DAY])

    row, ticket = None, None
    if must_change:
        ident, tag = attempt(name), hashlib.sha256(part(b"repass/1 scope") + where).digest()[:16]
        until = NOW + TICKET_LIFE if expires_after is None else min(NOW + TICKET_LIFE, NOW + expires_after)
        stamp = part(b"stamp") + where + part(b"42") + part(text(password))
        stamp += part(None if version is None else version.to_bytes(8, "big"))
        stamp += part(b"email") + part(b"ada@example.org")
        fixed = b"\x01" + ident + key_id.to_bytes(2, "big") + tag + b"\x04" + short("") + short("42") + short("")
        fixed += bytes(32) + mac(subkey(b"account stamp"), stamp) + i64(NOW)
        row = fixed + b"\x00" + i64(until) + i64(until) + i64(until + TICKET_LIFE + CLOCKS)
        row += bytes(12) + i64(NOW) + b"\x01"
        row += mac(subkey(b"row seal"), where + part(row))
        body = until.to_bytes(5, "big") + key_id.to_bytes(2, "big") + ident + hashlib.sha256(fixed).digest()[:15]
        signed = mac(subkey(b"ticket"), part(b"tick") + part(b"\x01" + body) + where)
        ticket = base64.urlsafe_b64encode(body + signed + b"\x01").decode()
    cases.append({
        "name": name, "key_id": key_id, "key": key.hex(), "purpose": purpose, "tenant": tenant, "lookup": lookup,
        "source": source, "password": password, "found": found, "version": version, "must_change": must_change,
        "expires_after": expires_after, "seed": attempt(name).hex(), "now": NOW, "counts": counts,
        "row": row and row.hex(), "ticket": ticket,
    })


case("by login")
case("by address", lookup=("email", "ADA@example.org"))
case("of a tenant", tenant="acme", purpose="invitation")
case("under another key", key_id=65_535, key=material("new", 64))
case("nobody", found=False)
case("nobody of a tenant", found=False, tenant="acme", lookup=("email", "Nobody@Example.ORG"))
for address in ["192.0.2.7", "255.255.255.255", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", "::ffff:192.0.2.7",
                "64:ff9b::192.0.2.7", "64:ff9b::1:c000:207", "::1", "::192.0.2.7"]:
    case(f"from {address}", source=["ip", address])
case("from a text", source=["text", "AS 64496"])
case("nobody from a text", source=["text", "ip"], found=False)
case("a temporary password", must_change=True)
case("a temporary password with a version", must_change=True, version=3, lookup=("email", "ada@example.org"))
case("a temporary password that expires soon", must_change=True, expires_after=59)
case("a temporary password that expires late", must_change=True, expires_after=DAY, tenant="acme")

publish("sign-in-v1.jsonl", cases)
