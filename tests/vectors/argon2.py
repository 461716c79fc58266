"""Makes argon2.jsonl with argon2-cffi, the Python binding of the reference implementation in C.

    pip install argon2-cffi
    python3 argon2.py            writes the file
    python3 argon2.py --check    makes it again and compares

`weaker` says whether the hash is weaker than the one of Argon2id, version 0x13, m=256, t=2, p=1, with a tag of 32 bytes.
"""

import pathlib
import sys

# This script must not be taken for the package of the same name.
sys.path = [entry for entry in sys.path if pathlib.Path(entry).resolve() != pathlib.Path(__file__).parent.resolve()]

from argon2.low_level import Type, hash_secret, verify_secret  # noqa: E402

sys.path.append(str(pathlib.Path(__file__).parent))

from wire import material, publish  # noqa: E402

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

publish("argon2.jsonl", cases)
