"""Makes code-v1.jsonl: check codes and all that they are derived from.

    python3 code_v1.py            writes the file
    python3 code_v1.py --check    makes it again and compares

Written from the description of the derivation; shares no code with the crate.
"""

from wire import attempt, canonical, expand, extract, mac, material, part, publish, scope

DIGITS = "0123456789"
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def derive(key, alphabet, length, contact, purpose, tenant, account, ident, epoch) -> tuple[str, bool]:
    """The code, and whether a byte was passed over on the way to it."""
    subkey = expand(extract(key), b"repass/1 check code")
    recipient = part(b"recipient") + part(b"email") + scope(purpose, tenant) + part(canonical("email", contact))
    message = part(b"code") + part(bytes([length]) + alphabet.encode()) + part(mac(subkey, recipient))
    message += scope(purpose, tenant) + part(account.encode()) + part(ident) + epoch.to_bytes(4, "big")
    radix = len(alphabet)
    fair = 256 // radix * radix
    symbols, counter, passed_over = "", 0, False
    while len(symbols) < length:
        for byte in mac(subkey, message + counter.to_bytes(4, "big")):
            if len(symbols) == length:
                break
            if byte >= fair:
                passed_over = True
                continue
            symbols += alphabet[byte % radix]
        counter += 1
    return symbols, passed_over


cases = []


def case(name, key=material("old"), key_id=1, alphabet=LETTERS, length=8, contact="ada@example.org", purpose="reset",
         tenant=None, account="42", ident=attempt("an attempt"), epoch=0):
    code, passed_over = derive(key, alphabet, length, contact, purpose, tenant, account, ident, epoch)
    cases.append({
        "name": name, "key_id": key_id, "key": key.hex(), "alphabet": alphabet, "length": length, "contact": contact,
        "purpose": purpose, "tenant": tenant, "account": account, "id": ident.hex(), "epoch": epoch, "code": code,
    })
    return passed_over


for alphabet, longest in ((LETTERS, 16), (DIGITS, 10), (BASE32, 16)):
    for length in range(6, longest + 1):
        case(f"{length} symbols of {len(alphabet)}", alphabet=alphabet, length=length)
# Alphabets of a host's own; two of one size share no codes, nor does another order of one.
for alphabet in ("01", "ab", "10", "abc", "ACDEFGHJKLMNPQRTUVWXY34", "acdefghjklmnpqrtuvwxy34", "0123456789abcdef",
                 "0123456789ABCDEF", "9876543210", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
    for length in (2, 12, 15, 16):
        case(f"{length} symbols of {alphabet[:12]}", alphabet=alphabet, length=length)
for alphabet in (LETTERS, DIGITS, "ACDEFGHJKLMNPQRTUVWXY34BI6789"):
    # Attempts whose code passes a byte over, and leading zeros or first letters: found, not made.
    found, number = 0, 0
    while found < 6:
        number += 1
        if case(f"attempt {number} passes a byte over", alphabet=alphabet, length=10, ident=attempt(f"attempt {number}")):
            found += 1
        else:
            cases.pop()
    found, number = 0, 0
    while found < 3:
        number += 1
        case(f"attempt {number} begins with the first symbol twice", alphabet=alphabet, length=6,
             ident=attempt(f"attempt {number}"))
        if cases[-1]["code"].startswith(alphabet[0] * 2):
            found += 1
        else:
            cases.pop()
for epoch in (1, 2, 255, 256, 65536, 2**31, 2**32 - 1):
    case(f"epoch {epoch}", epoch=epoch)
for length in (32, 64, 65, 200):
    case(f"key material of {length} bytes", key=material("long", length))
for key_id in (0, 2, 65535):
    case(f"the key id {key_id} changes nothing", key_id=key_id)
for contact in ("Ada@Example.ORG", "ADA@EXAMPLE.ORG", "ada@example.com", "a@b.c", "ad\u00e4@example.org",
                "AD\u00c4@example.org", "ada\u0308@example.org", "\u0928\u093c" * 10 + "@example.org", "\u0958" * 21 + "@example.org", "m\u0131ke@example.org", "mike@example.org", "a" * 64 + "@" + "b" * 60 + ".example"):
    case(f"contact {contact[:20]}", contact=contact)
for purpose, tenant in (("invitation", None), ("reset", "acme"), ("reset", "Acme"), ("invitation", "acme"), ("a" * 32, "\u65e5" * 85)):
    case(f"scope {purpose[:12]} {(tenant or 'none')[:12]}", purpose=purpose, tenant=tenant)
for account in ("4", "2", "43", "0b9fcd4c-5d3e-4d6f-8c6d-0c8f1b2a3e4d", "\u00e9", "e\u0301", "A", "a", "x" * 128):
    case(f"account {account[:12]}", account=account)
case("a letter moves from the contact to the account", contact="ada@example.or", account="g42")
# Messages of every length about that at which they no longer fit one piece.
for size in range(1, 129, 3):
    case(f"account of {size} bytes", account="y" * size, tenant="tenant")
case("the longest of all", alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", length=12, purpose="a" * 32, tenant="\u65e5" * 85,
     account="x" * 128, contact="a" * 64 + "@" + "b" * 60 + "." + "c" * 60 + "." + "d" * 59 + ".example")
for ident in (bytes(20), b"\xff" * 20, attempt("another")):
    case(f"attempt {ident.hex()[:8]}", ident=ident)

publish("code-v1.jsonl", cases)
