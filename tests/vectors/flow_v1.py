"""Makes flow-v1.jsonl: what each of the ten subkeys of a key gives, and what the flow makes of them.

    python3 flow_v1.py            writes the file
    python3 flow_v1.py --check    makes it again and compares

`subkeys` are the MACs of nothing under each, and of the pepper the subkey itself. `row` is the row of a link for the
account, `decoy` that of a request for `nobody`, both before anything happened to them. Written from the description of
keys, rows and session tags; shares no code with the crate.
"""

import base64
import hashlib

from wire import attempt, expand, extract, mac, material, part, publish, scope

INFO = {
    "link": "link token", "handle": "handle", "stateless": "stateless token", "state": "account state",
    "code": "check code", "seal": "row seal", "stamp": "account stamp", "session": "session tag",
    "throttle": "throttle key", "pepper": "pepper",
}
NOW, LIFE = 1_700_000_000, 1800
LINK, DECOY = 1, 3


class Keys:
    def __init__(self, key: bytes, purpose: str, tenant: str | None):
        self.prk, self.scope = extract(key), scope(purpose, tenant)

    def subkey(self, use: str) -> bytes:
        return expand(self.prk, b"repass/1 " + INFO[use].encode())

    def mac(self, use: str, message: bytes) -> bytes:
        return mac(self.subkey(use), message)

    def fingerprints(self) -> dict[str, str]:
        return {use: (self.subkey(use) if use == "pepper" else self.mac(use, b"")).hex() for use in INFO}

    def subject(self, account: str) -> bytes:
        """Without a key: it outlives a rotation."""
        parts = (b"repass/1 counter", b"account", b"live attempts", account.encode())
        return hashlib.sha256(b"".join(part(one) for one in parts) + self.scope).digest()

    def row(self, key_id: int, ident: bytes, kind: int, account: str, contact: bytes, stamp: bytes) -> bytes:
        name = account.encode()
        row = b"\x01" + ident + key_id.to_bytes(2, "big") + bytes([kind, len(name)]) + name
        row += self.subject(account) + contact + stamp
        row += NOW.to_bytes(8, "big") + (NOW + LIFE).to_bytes(8, "big") + b"\x01"
        return row + self.mac("seal", self.scope + part(row))


cases = []


def case(name, key_id=7, key=material("old"), purpose="reset", tenant=None, account="42", password="$argon2id$of$ada",
         address="Ada@example.org", nobody="nobody@example.org"):
    keys, ident, lower = Keys(key, purpose, tenant), attempt(name), address.lower()
    contact = keys.mac("code", part(b"recipient") + part(b"email") + keys.scope + part(lower.encode()))
    stamp = keys.mac("stamp", part(b"stamp") + keys.scope + part(account.encode()) + part(password.encode()) + part(lower.encode()))
    session = keys.mac("session", keys.scope + part(account.encode()) + part(password.encode()))
    typed = part(b"email") + part(nobody.encode())
    decoy = "decoy-" + keys.mac("throttle", part(b"decoy") + part(b"nobody") + keys.scope + typed)[:16].hex()
    cases.append({
        "name": name, "key_id": key_id, "key": key.hex(), "purpose": purpose, "tenant": tenant, "account": account,
        "password": password, "address": address, "nobody": nobody, "seed": ident.hex(), "now": NOW, "life": LIFE,
        "subkeys": keys.fingerprints(),
        "row": keys.row(key_id, ident, LINK, account, contact, stamp).hex(),
        "decoy": keys.row(key_id, ident, DECOY, decoy, bytes(32), bytes(32)).hex(),
        "session": base64.urlsafe_b64encode(b"\x01" + key_id.to_bytes(2, "big") + session[:30]).decode(),
        "counter": keys.mac("throttle", part(b"counter") + part(b"a counter") + keys.scope + typed).hex(),
    })


case("one tenant")
case("of a tenant", tenant="acme")
case("another purpose", purpose="invitation")
case("another key", key_id=258, key=material("new", 64))
case("another account", account="0b9fcd4c-5d3e-4d6f-8c6d-0c8f1b2a3e4d")
case("another hash and address", password="$argon2id$other", address="grace@example.org")

publish("flow-v1.jsonl", cases)
