"""Makes key-v1.jsonl: what each subkey of a key gives.

    python3 key_v1.py            writes the file
    python3 key_v1.py --check    makes it again and compares

`subkeys` are the MACs of nothing under each, and of the pepper the subkey itself. Written from the description of keys;
shares no code with the crate.
"""

from wire import expand, extract, mac, material, publish

INFO = {
    "link": "link token", "handle": "handle", "stateless": "stateless token", "state": "account state",
    "code": "check code", "seal": "row seal", "stamp": "account stamp", "session": "session tag",
    "throttle": "throttle key", "pepper": "pepper", "ticket": "ticket", "request": "request", "message": "message",
    "notice": "notice", "stop": "stop",
}

cases = []
for name, key in (
    ("32 bytes", material("old")),
    ("33 bytes", material("old", 33)),
    ("64 bytes, a block of the hash", material("new", 64)),
    ("65 bytes, more than a block", material("new", 65)),
    ("1024 bytes, the most there may be", material("long", 1024)),
    ("bytes in order", bytes(range(32))),
):
    prk = extract(key)
    subkeys = {}
    for use, info in INFO.items():
        subkey = expand(prk, b"repass/1 " + info.encode())
        subkeys[use] = (subkey if use == "pepper" else mac(subkey, b"")).hex()
    cases.append({"name": name, "key": key.hex(), "subkeys": subkeys})

publish("key-v1.jsonl", cases)
