"""Writes signature.jsonl: requests that are signed as Standard Webhooks 1.0.0 say, and keys that are none.

    python3 signature.py            writes it
    python3 signature.py --check    says whether it is what would be written
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

KEYS = [bytes(range(32)), hashlib.sha256(b"a").digest() + hashlib.sha256(b"b").digest()]


def text(key):
    return "whsec_" + base64.b64encode(key).decode()


def rows():
    for key in KEYS:
        for timestamp in (0, 1700000001, 4102444800):
            for message_id, body in (
                ("0f@example.org", b"{}"),
                ("a.b@example.org", '{"text":"Größe"}'.encode()),
            ):
                signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
                mac = hmac.new(key, signed, hashlib.sha256).digest()
                signature = "v1," + base64.b64encode(mac).decode()
                row = {"key": text(key), "id": message_id, "timestamp": timestamp}
                yield {**row, "body": body.decode(), "signature": signature}
    for wrong in (
        "",
        "whsec_",
        text(bytes(range(31))),
        text(bytes(range(65))),
        text(bytes(32)),
        text(bytes(range(32)))[6:],
        text(bytes(range(32))).rstrip("="),
        "hex:" + bytes(range(32)).hex(),
    ):
        yield {"wrong_key": wrong}


path = pathlib.Path(__file__).with_suffix(".jsonl")
made = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows())
if sys.argv[1:] == ["--check"]:
    sys.exit(path.read_text(encoding="utf-8") != made and f"{path.name} is not what this makes")
path.write_text(made, encoding="utf-8")
