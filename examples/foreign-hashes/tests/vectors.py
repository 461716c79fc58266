"""Makes vectors.jsonl with Django, the bcrypt of PyCA, passlib and Python's own hashlib.

    pip install django==5.2.19 bcrypt==5.0.0 argon2-cffi==25.1.0 passlib==1.7.4
    python3 vectors.py            writes the file
    python3 vectors.py --check    makes it again and compares
"""

import base64
import hashlib
import json
import pathlib
import sys

import bcrypt
import django
from argon2.low_level import Type, hash_secret
from django.conf import settings
from django.contrib.auth import hashers
from passlib.hash import scrypt as passlib_scrypt

settings.configure(PASSWORD_HASHERS=[
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.BCryptPasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
])
django.setup()

PASSWORDS = ("correct horse", "", "caf\u00e9 au lait", "\u65e5\u672c\u8a9e", "x" * 71, "x" * 72, " both ends ")
LONG = ("x" * 73, "abc\0x", "y" * 200)

cases = []


def case(scheme, password, text):
    cases.append({"scheme": scheme, "password": password, "hash": text})


def salt(name, size):
    return hashlib.sha256(name.encode()).digest()[:size]


def unpadded(data):
    return base64.b64encode(data).rstrip(b"=").decode()


def bcrypt_salt(name, cost, prefix):
    # The last character of 22 has two bits only.
    alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    characters = [alphabet[byte % 64] for byte in salt(name, 21)] + ["O"]
    return f"${prefix}${cost:02}${''.join(characters)}".encode()


for number, password in enumerate(PASSWORDS):
    data = password.encode()
    for prefix in ("2a", "2b"):
        case("bcrypt", password, bcrypt.hashpw(data, bcrypt_salt(f"{number}", 4, prefix)).decode())
    case("django", password, "bcrypt$" + bcrypt.hashpw(data, bcrypt_salt(f"{number}", 4, "2b")).decode())
for number, password in enumerate(PASSWORDS + LONG):
    data = password.encode()
    raw = salt(f"pbkdf2 {number}", 16)
    tag = hashlib.pbkdf2_hmac("sha256", data, raw, 1000 + number, 32)
    case("pbkdf2", password, f"$pbkdf2-sha256$i={1000 + number},l=32${unpadded(raw)}${unpadded(tag)}")
    raw = salt(f"scrypt {number}", 16)
    case("scrypt", password, passlib_scrypt.using(salt=raw, rounds=4 + number, block_size=8, parallelism=1 + number % 3).hash(password)
         if "\0" not in password and password else
         f"$scrypt$ln=4,r=8,p=1${unpadded(raw)}${unpadded(hashlib.scrypt(data, salt=raw, n=16, r=8, p=1, dklen=32))}")
    case("django", password, hashers.PBKDF2PasswordHasher().encode(password, f"salt{number}", 1000 + number))
    case("django", password, hashers.ScryptPasswordHasher().encode(password, f"salt{number}", n=64, r=8, p=5))
    case("django", password, hashers.BCryptSHA256PasswordHasher().encode(password, bcrypt_salt(f"{number}", 4, "2b")))
    argon2 = hash_secret(data, salt(f"argon2 {number}", 16), 2, 1024, 8, 16, Type.ID, 19).decode()
    text = "argon2" + argon2
    assert hashers.check_password(password, text)
    case("django", password, text)
# As it comes with its own settings.
case("django", "correct horse", hashers.PBKDF2PasswordHasher().encode("correct horse", "saltsaltsaltsaltsaltsa"))
case("django", "correct horse", hashers.ScryptPasswordHasher().encode("correct horse", "saltsaltsaltsaltsaltsa"))

text = "".join(json.dumps(case, ensure_ascii=True) + "\n" for case in cases)
file = pathlib.Path(__file__).with_suffix(".jsonl")
if "--check" in sys.argv[1:]:
    if file.read_text(encoding="ascii") != text:
        sys.exit(f"{file.name} differs from what its script makes")
else:
    file.write_text(text, encoding="ascii")
print(f"{file.name}: {len(cases)} cases")
