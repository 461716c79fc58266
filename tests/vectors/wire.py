"""What the scripts beside this one share: keys, MACs and files, with the standard library only."""

import hashlib
import hmac
import json
import pathlib
import sys
import unicodedata


def mac(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def extract(material: bytes) -> bytes:
    """HKDF-Extract (RFC 5869, section 2.2)."""
    return mac(b"repass/1", material)


def expand(key: bytes, info: bytes) -> bytes:
    """HKDF-Expand (RFC 5869, section 2.3) to 32 bytes, which is its first block."""
    return mac(key, info + b"\x01")


def part(data: bytes | None) -> bytes:
    """A part with its length; the length of an absent one is all ones, which no present one has."""
    if data is None:
        return b"\xff\xff\xff\xff"
    return len(data).to_bytes(4, "big") + data


def scope(purpose: str, tenant: str | None) -> bytes:
    return part(purpose.encode()) + part(None if tenant is None else tenant.encode())


def material(name: str, length: int = 32) -> bytes:
    """Key material that anybody can make again."""
    out = b""
    while len(out) < length:
        out += hashlib.sha256(f"{name} {len(out)}".encode()).digest()
    return out[:length]


def attempt(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()[:20]


def trimmed(text: str) -> str:
    """Without white space (Unicode's White_Space) and format characters at the ends."""
    def unseen(c: str) -> bool:
        return unicodedata.category(c) in ("Zs", "Zl", "Zp", "Cf") or c in "\t\n\v\f\r\x85"

    while text and unseen(text[0]):
        text = text[1:]
    while text and unseen(text[-1]):
        text = text[:-1]
    return text


def typed(text: str) -> str:
    """What a request holds of the text that a person typed."""
    return unicodedata.normalize("NFC", trimmed(text)).replace("\u00a0", " ")


def canonical(kind: str, text: str) -> bytes:
    """The canonical text of an address, a phone number, a text in a declared field, or a login."""
    if kind == "email":
        return unicodedata.normalize("NFC", text).encode().lower()
    if kind == "phone":
        return b"+" + "".join(c for c in text if c in "0123456789").encode()
    if kind == "field-text":
        return unicodedata.normalize("NFC", text).encode()

    def width(c: str) -> str:
        tag, *mapping = unicodedata.decomposition(c).split() or [""]
        return "".join(chr(int(code, 16)) for code in mapping) if tag in ("<wide>", "<narrow>") else c

    lower = "".join(width(c) for c in trimmed(text)).lower()
    return unicodedata.normalize("NFC", lower).encode()


def publish(path: str, cases: list[dict]) -> None:
    """Writes the cases, or with --check compares them with the file and exits 1 if they differ."""
    text = "".join(json.dumps(case, ensure_ascii=True) + "\n" for case in cases)
    file = pathlib.Path(__file__).with_name(path)
    if "--check" in sys.argv[1:]:
        if not file.exists() or file.read_text(encoding="ascii") != text:
            sys.exit(f"{path} differs from what its script makes")
        print(f"{path}: {len(cases)} cases, as its script makes them")
    else:
        file.write_text(text, encoding="ascii")
        print(f"{path}: {len(cases)} cases written")
