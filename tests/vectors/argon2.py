"""Makes argon2.jsonl with argon2-cffi, the Python binding of the reference implementation in C.

    pip install argon2-cffi
    python3 argon2.py            writes the file
    python3 argon2.py --check    makes it again and compares

`pepper` is the id and the key material of the key whose subkey was the secret value, and which the string names.
`weaker` says whether the hash is weaker than the one of Argon2id, version 0x13, m=256, t=2, p=1, with a tag of 32 bytes.
"""

import base64
import pathlib
import sys

# This script must not be taken for the package of the same name.
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != pathlib.Path(__file__).parent.resolve()]

from argon2.low_level import Type, core, ffi, hash_secret, verify_secret  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).parent))

from wire import expand, extract, material, publish  # noqa: E402

KINDS = {"argon2id": Type.ID, "argon2i": Type.I, "argon2d": Type.D}

cases = []


def case(name, password="correct horse", salt=16, t=2, m=256, p=1, tag=32, kind="argon2id", version=19, keep_version=True):
    data = password.encode()
    text = hash_secret(data, material(name, salt), t, m, p, tag, KINDS[kind], version).decode()
    if not keep_version:
        # The reference reads a string without version as version 0x10, from which time it is.
        text = text.replace("$v=16$", "$")
    assert verify_secret(text.encode(), data, KINDS[kind])
    weaker = kind != "argon2id" or version != 19 or tag < 32 or m * t < 512
    cases.append({"name": name, "password": password, "hash": text, "weaker": weaker})


def unpadded(data):
    return base64.b64encode(data).rstrip(b"=").decode()


def peppered(name, key_id, password="correct horse", t=2, m=256, p=1, kind="argon2id", key_bytes=32):
    data, salt = password.encode(), material(name, 16)
    key = material(f"key {key_id}", key_bytes)
    secret = expand(extract(key), b"repass/1 pepper")
    buffers = {field: ffi.new("uint8_t[]", value) for field, value in (("pwd", data), ("salt", salt), ("secret", secret))}
    out = ffi.new("uint8_t[]", 32)
    context = ffi.new("argon2_context *", {
        "version": 19, "out": out, "outlen": 32, "pwd": buffers["pwd"], "pwdlen": len(data), "salt": buffers["salt"],
        "saltlen": len(salt), "secret": buffers["secret"], "secretlen": len(secret), "ad": ffi.NULL, "adlen": 0,
        "t_cost": t, "m_cost": m, "lanes": p, "threads": p, "allocate_cbk": ffi.NULL, "free_cbk": ffi.NULL, "flags": 0,
    })
    assert core(context, KINDS[kind].value) == 0
    key_name = unpadded(key_id.to_bytes(2, "big"))
    text = f"${kind}$v=19$m={m},t={t},p={p},keyid={key_name}${unpadded(salt)}${unpadded(bytes(ffi.buffer(out, 32)))}"
    pepper = {"id": key_id, "key": key.hex()}
    weaker = kind != "argon2id" or m * t < 512
    cases.append({"name": name, "password": password, "pepper": pepper, "hash": text, "weaker": weaker})


for kind in KINDS:
    case(f"{kind}", kind=kind)
    case(f"{kind}, version 0x10", kind=kind, version=16)
    case(f"{kind}, without version", kind=kind, version=16, keep_version=False)
for password in ("", " ", "a", "abc\0x", "abc\0y", "caf\u00e9", "cafe\u0301", "\u65e5\u672c\u8a9e", "\U0001f600", "x" * 72 + "a", "x" * 72 + "b", "x" * 4096, " both ends "):
    case(f"password {password[:8]!r} of {len(password.encode())} bytes", password=password)
for salt in (8, 9, 15, 17, 32, 48):
    case(f"salt of {salt} bytes", salt=salt)
for tag in (10, 16, 24, 31, 33, 48, 64):
    case(f"tag of {tag} bytes", tag=tag)
for m, t, p in ((8, 1, 1), (16, 1, 2), (128, 1, 16), (256, 1, 1), (255, 2, 1), (257, 2, 1), (512, 1, 1), (64, 8, 1), (63, 8, 1), (256, 2, 4), (1024, 3, 2), (19456, 2, 1), (65536, 1, 4)):
    case(f"m={m},t={t},p={p}", m=m, t=t, p=p)

for key_id in (0, 1, 255, 256, 65535):
    peppered(f"pepper {key_id}", key_id)
for kind in KINDS:
    peppered(f"pepper, {kind}", 7, kind=kind)
peppered("pepper, m=255", 7, m=255)
peppered("pepper, m=19456,t=2,p=1", 7, m=19456)
peppered("pepper, m=1024,t=3,p=2", 7, m=1024, t=3, p=2)
peppered("pepper, key of 64 bytes", 8, key_bytes=64)
peppered("pepper, empty password", 7, password="")

publish("argon2.jsonl", cases)
