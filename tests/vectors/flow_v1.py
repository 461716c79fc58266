"""Makes flow-v1.jsonl: what the flow stores, counts and puts into the queue, byte by byte.

    python3 flow_v1.py            writes the file
    python3 flow_v1.py --check    makes it again and compares

A case is an account or several, a request, and how far it is followed. `counts` are the counters in the order in which
they are raised (name, quota, period, what is counted only once), `pushed` the entries of the queue (key, sealed bytes),
`rows` the rows in the order in which they are written. Written from the sections Keys, Rows, Queue and Counters of
DESIGN.md; shares no code with the crate.
"""

import base64
import hashlib

from wire import attempt, canonical, expand, extract, mac, material, part, publish, scope, typed

RESET, CHANGE = 1, 4
NOTHING, LINK, CODE, BOTH = range(4)
LIVE, RUNNING, SETTLED, ENDED = range(1, 5)
NOTICE, MESSAGE, REQUEST = 1, 2, 3
SEND_AGAIN = 4
DAY, HOUR, MINUTE = 86_400, 3_600, 60
LINK_LIFE, CODE_LIFE, TICKET_LIFE, CLOCKS, LEASE = 30 * MINUTE, 10 * MINUTE, 10 * MINUTE, 120, 60
NOW = 1_700_000_000
NONE = bytes(32)

# Argon2id of "tidal+Engine=1843" and of "plum-kettle-42", with the salts 01 02 … 10 and 11 12 … 20, 8 KiB, one pass.
OLD = "$argon2id$v=19$m=8,t=1,p=1$AQIDBAUGBwgJCgsMDQ4PEA$4OrNEdTDlVj+uwI0NPB6ftmZCaxl1YIeFSXLACRCbuc"
NEW = "$argon2id$v=19$m=8,t=1,p=1$ERITFBUWFxgZGhscHR4fIA$10L7NvR6v6a8ni+xxR+TKhAoemHALKzT4URv/sLIRNM"


def u16(number: int) -> bytes:
    return number.to_bytes(2, "big")


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def i64(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def u64(number: int | None) -> bytes | None:
    return None if number is None else number.to_bytes(8, "big")


def short(text: str) -> bytes:
    return bytes([len(text.encode())]) + text.encode()


def long(text: str) -> bytes:
    return u16(len(text.encode())) + text.encode()


def text(value: str | None) -> bytes | None:
    return None if value is None else value.encode()


def kind_of(contact: str) -> str:
    """An address has an @, and a phone number has none."""
    return "email" if "@" in contact else "phone"


def channel_of(contact: str) -> str:
    return "email" if "@" in contact else "sms"


def recipient(contact: str | None) -> bytes:
    if contact is None:
        return bytes(16)
    labels = part(b"repass/1 recipient") + part(channel_of(contact).encode())
    return hashlib.sha256(labels + part(canonical(kind_of(contact), contact))).digest()[:16]


def about(account: dict | None) -> bytes:
    """First name, last name, user name and language, as a message shows them."""
    if account is None:
        return long("") * 3 + short("")
    login = account["login"] if len(account["login"]) <= 80 else ""
    return long(account["first"][:80]) + long(account["last"][:80]) + long(login) + short(account["language"] or "")


def entry(kind: int, ident: bytes, send: int, to: str | None) -> bytes:
    return bytes([kind]) + ident + u32(send) + recipient(to)


class Flow:
    def __init__(self, key_id: int, key: bytes, purpose: str, tenant: str | None):
        self.key_id, self.prk = key_id, extract(key)
        self.scope, self.tenant = scope(purpose, tenant), part(text(tenant))
        self.tag = hashlib.sha256(part(b"repass/1 scope") + self.scope).digest()[:16]

    def mac(self, info: str, message: bytes) -> bytes:
        return mac(expand(self.prk, b"repass/1 " + info.encode()), message)

    def signed(self, kind: bytes, info: str, ident: bytes, expires_at: int, binding: bytes = b"") -> str:
        body = expires_at.to_bytes(5, "big") + u16(self.key_id) + ident + binding
        tag = self.mac(info, part(kind) + part(b"\x01" + body) + self.scope)
        return base64.urlsafe_b64encode(body + tag + b"\x01").decode()

    # Digests of accounts.

    def state(self, label: bytes, account: dict, password: str | None) -> bytes:
        return part(label) + self.scope + part(account["id"].encode()) + part(text(password))

    def stamp(self, account: dict) -> bytes:
        message = self.state(b"stamp", account, account["password"]) + part(u64(account["version"]))
        contacts = [contact for contact, verified, *_ in account["emails"] + account["phones"] if verified]
        for kind, contact in sorted({(kind_of(contact).encode(), canonical(kind_of(contact), contact)) for contact in contacts}):
            message += part(kind) + part(contact)
        return self.mac("account stamp", message)

    def hash_tag(self, account: dict, password: str | None) -> bytes:
        return self.mac("account stamp", self.state(b"hash", account, password))

    def session(self, account: dict) -> str:
        message = self.scope + part(account["id"].encode()) + part(text(account["password"]))
        tag = self.mac("session tag", message + part(u64(account["epoch"])))
        return base64.urlsafe_b64encode(b"\x01" + u16(self.key_id) + tag[:30]).decode()

    def subject(self, account: str) -> bytes:
        return hashlib.sha256(part(b"repass/1 subject") + self.tag + part(account.encode())).digest()

    def contact(self, contact: str) -> bytes:
        kind = kind_of(contact)
        return self.mac("check code", part(b"recipient") + part(kind.encode()) + self.scope + part(canonical(kind, contact)))

    def placeholder(self, label: bytes, *values: bytes) -> str:
        message = part(b"decoy") + part(label) + self.scope + b"".join(part(value) for value in values)
        return "decoy-" + self.mac("throttle key", message)[:16].hex()

    # Counters.

    def typed(self, kind: str, lookup: list[str]) -> bytes:
        message = part(b"counter") + part(kind.encode()) + self.scope + part(lookup[0].encode()) + part(canonical(*lookup))
        return self.mac("throttle key", message)

    def source(self, kind: str, what: bytes, value: bytes) -> bytes:
        return self.mac("throttle key", part(b"counter") + part(kind.encode()) + self.scope + part(what) + part(value))

    def plain(self, subject: bytes, kind: str, where: bytes, *values: bytes) -> bytes:
        labels = part(b"repass/1 counter") + part(subject) + part(kind.encode())
        return hashlib.sha256(labels + where + b"".join(part(value) for value in values)).digest()

    def sms(self, account: str, kind: str) -> list[bytes]:
        return [self.plain(b"account", kind, self.tenant, account.encode()), self.plain(b"tenant", kind, self.tenant),
                self.plain(b"service", kind, b"")]

    def messages(self, row: dict, kind: str = "messages") -> bytes:
        return self.plain(b"state", kind, self.scope, row["account"].encode(), row["stamp"], row["contact"])

    # Rows.

    def fixed(self, row: dict) -> bytes:
        return (b"\x01" + row["id"] + u16(self.key_id) + self.tag + bytes([row["ground"]]) + short(row["channel"])
                + short(row["account"]) + row["contact"] + row["stamp"] + i64(row["created_at"]))

    def row(self, row: dict) -> bytes:
        data = self.fixed(row) + bytes([row["contents"]])
        data += i64(row["link_expires_at"]) + i64(row["code_expires_at"]) + i64(row["keep_until"])
        data += u32(row.get("epoch", 0)) + u32(row.get("last_good_epoch", 0))
        data += u32(row["sends"]) + i64(row.get("sent_at", row["created_at"]))
        data += bytes([row["progress"]]) + row.get("lease", b"")
        return data + self.mac("row seal", self.scope + part(data))

    def moved(self, row: dict, progress: int, lease: bytes = b"", lease_until: int = 0) -> dict:
        end = max(row["link_expires_at"], row["code_expires_at"]) + TICKET_LIFE + CLOCKS
        if progress == RUNNING:
            end = lease_until + 30 * DAY
        return {**row, "progress": progress, "lease": lease, "keep_until": end}

    # The queue.

    def sealed(self, kind: int, info: str, body: bytes) -> str:
        data = b"\x01" + bytes([kind]) + u16(self.key_id) + self.tag + body
        return (data + self.mac(info, self.scope + part(data))).hex()

    def request(self, ident: bytes, field: str, contents: int, lookup: list[str], link: int, code: int) -> list[str]:
        body = ident + short(field) + bytes([contents]) + short(lookup[0]) + long(lookup[1])
        body += i64(NOW) + i64(link) + i64(code)
        return [entry(REQUEST, ident, 0, None).hex(), self.sealed(REQUEST, "request", body)]

    def resend(self, ident: bytes, channel: str, number: int, at: int) -> list[str]:
        body = ident + short(channel) + bytes([SEND_AGAIN]) + u32(number) + i64(at)
        return [entry(REQUEST, ident, number, None).hex(), self.sealed(REQUEST, "request", body)]

    def message(self, row: dict, account: dict, to: str, quiet_until: int) -> list[str]:
        body = row["id"] + short(channel_of(to)) + bytes([row["contents"]]) + short(row["account"])
        body += long(to) + about(account)
        body += i64(row["link_expires_at"]) + i64(row["code_expires_at"]) + i64(quiet_until)
        body += u32(row.get("epoch", 0)) + u32(row["sends"])
        return [entry(MESSAGE, row["id"], row["sends"], to).hex(), self.sealed(MESSAGE, "message", body)]

    def decoy(self, row: dict) -> list[str]:
        body = row["id"] + short(row["channel"]) + bytes([NOTHING]) + short(row["account"])
        return [entry(MESSAGE, row["id"], row["sends"], None).hex(), self.sealed(MESSAGE, "message", body)]

    def notice(self, ident: bytes, what: str, to: str, account: dict | None) -> list[str]:
        body = ident + short(channel_of(to)) + short(what) + long(to) + about(account)
        return [entry(NOTICE, ident, 0, to).hex(), self.sealed(NOTICE, "notice", body)]


def ada(**changes) -> dict:
    account = {"id": "42", "login": "ada", "first": "Ada", "last": "Lovelace", "emails": [["Ada@Example.org", True]],
               "phones": [], "fields": [], "password": OLD, "version": None, "epoch": None, "language": None}
    return {**account, **changes}


cases = []


def case(name, accounts, *, key_id=7, key=material("old"), purpose="reset", tenant=None,
         lookup=("email", "ada@example.org"), contents=LINK, number=1, by=None, superseded=False, change=False,
         resent=None, caller=None, sms=False, field="", to=None):
    """`accounts` are those that the look-up names; the secret goes to the only one that has a password. Where `sms` is
    set, text messages are sent to numbers in Germany. `to` is the contact that the message goes to, where it is not the
    address that was asked by, or the first one."""
    flow, ident, written = Flow(key_id, key, purpose, tenant), attempt(name), list(lookup)
    lookup = [written[0], typed(written[1])]
    counts, pushed, rows, ticket, handle, secret = [], [], [], None, None, None
    then = NOW + (MINUTE if resent else 0)
    resettable = [one for one in accounts if one["password"] not in (None, "!")]
    candidates = resettable or accounts
    account = candidates[0] if candidates else None

    def count(name, quota, period, once=None):
        counts.append([name.hex(), quota, period, once and once.hex()])

    def count_sms(account, by_sms, once):
        names = flow.sms(account, "sms a day" if by_sms else "no sms a day")
        for counter, quota, mark in zip(names, (5, 1_000, 10_000), (once, None, None)):
            count(counter, quota, DAY, mark)

    if change:
        count(flow.plain(b"account", "present passwords", flow.tenant, account["id"].encode()), 10, HOUR)
        coming = flow.hash_tag(account, NEW)
        row = {"id": coming[:20], "ground": CHANGE, "channel": "", "account": account["id"], "contact": NONE,
               "stamp": flow.stamp(account), "created_at": NOW + 2, "contents": NOTHING,
               "link_expires_at": NOW + 1 + TICKET_LIFE, "code_expires_at": NOW + 1 + TICKET_LIFE, "sends": 0}
    elif caller:
        link = NOW + LINK_LIFE
        count(flow.source("requests of a source", b"caller", caller.encode()), 500, 5 * MINUTE)
        count(flow.typed("request", lookup), 10, 5 * MINUTE)
        handle, secret = flow.signed(b"hand", "handle", ident, link), flow.signed(b"link", "link token", ident, link)
        row = {"id": ident, "ground": RESET, "channel": "", "contact": NONE, "stamp": NONE,
               "account": flow.placeholder(b"nobody", lookup[0].encode(), canonical(*lookup)), "created_at": NOW,
               "contents": NOTHING, "link_expires_at": link, "code_expires_at": link, "sends": 1}
        if len(resettable) == 1:
            row |= {"account": account["id"], "stamp": flow.stamp(account), "contents": LINK}
        count(flow.messages(row, "secrets of callers"), 5, 12 * HOUR, ident + u32(1))
        if number > 5:
            row |= {"contents": NOTHING, "stamp": NONE, "account": flow.placeholder(b"not sent", ident)}
        row = flow.moved(row, LIVE)
        rows.append(flow.row(row))
    else:
        link = NOW + (CODE_LIFE if contents == CODE else LINK_LIFE)
        code = NOW + (LINK_LIFE if contents == LINK else CODE_LIFE)
        count(flow.typed("request", lookup), 10, 5 * MINUTE)
        pushed.append(flow.request(ident, field, contents, lookup, link, code))
        handle = flow.signed(b"hand", "handle", ident, code)
        row = {"id": ident, "ground": RESET, "channel": "email", "contact": NONE, "stamp": NONE,
               "account": flow.placeholder(b"nobody", lookup[0].encode(), canonical(*lookup)), "created_at": NOW,
               "contents": NOTHING, "link_expires_at": link, "code_expires_at": code, "sends": 1}
        verified = [[address for address, verified in one["emails"] if verified] for one in candidates]
        same = [[own for own in all_of if lookup[0] != "email" or canonical("email", own) == canonical(*lookup)]
                for all_of in verified]
        once, usable = ident + u32(1), len(resettable) == 1
        if usable:
            to = to or same[0][0]
            by_sms = channel_of(to) == "sms"
            row |= {"account": account["id"], "contact": flow.contact(to), "stamp": flow.stamp(account),
                    "contents": CODE if by_sms and contents == BOTH else contents, "channel": channel_of(to)}
            count(flow.messages(row), 5, 12 * HOUR, once)
            if sms:
                count_sms(row["account"], by_sms and number <= 5, once)
            long_link = number in (4, 5) and not by_sms
            if long_link:
                row |= {"contents": contents | LINK, "link_expires_at": NOW + 12 * HOUR + 30 * MINUTE}
            if number > 5:
                row |= {"contents": NOTHING, "contact": NONE, "stamp": NONE,
                        "account": flow.placeholder(b"not sent", ident)}
            quiet_until = NOW + 12 * HOUR if long_link else 0
            last = flow.message(row, account, to, quiet_until) if number <= 5 else flow.decoy(row)
        elif not accounts:
            count(flow.messages(row), 5, 12 * HOUR, once)
            if sms:
                count_sms(row["account"], False, once)
            last = flow.decoy(row)
        else:
            count(flow.typed("messages", ["email", same[0][0]]), 5, 12 * HOUR, once)
            several = len(candidates) > 1
            what = "several_accounts" if resettable else "no_password"
            last = flow.notice(ident, what, same[0][0], None if several else account)
        pushed.append(last)
        row = flow.moved(row, LIVE)
        rows.append(flow.row(row))
        if resent:
            pushed.append(flow.resend(ident, row["channel"], 2, NOW + MINUTE))
            count(flow.messages(row), 5, 12 * HOUR, ident + u32(2))
            is_sent = usable and number <= 5
            if sms:
                count_sms(row["account"], is_sent and by_sms, ident + u32(2))
            opened = {"last_good_epoch": 0, "epoch": 1} if resent != "same" and number <= 5 else {}
            row = {**row, **opened, "sends": 2, "sent_at": NOW + MINUTE}
            if usable and long_link:
                row |= {"link_expires_at": NOW + MINUTE + 12 * HOUR + 30 * MINUTE}
                quiet_until = NOW + MINUTE + 12 * HOUR
            pushed.append(flow.message(row, account, to, quiet_until) if is_sent else flow.decoy(row))
            row = flow.moved(row, LIVE)
            rows.append(flow.row(row))
        if by == "code":
            count(flow.plain(b"attempt", "codes", flow.scope, ident), 5, LINK_LIFE)
            count(flow.plain(b"account", "codes a day", flow.tenant, row["account"].encode()), 15, DAY)
    if not change:
        if by:
            binding = hashlib.sha256(flow.fixed(row)).digest()[:15]
            ticket = flow.signed(b"tick", "ticket", ident, then + 1 + TICKET_LIFE, binding)
    if by or change:
        until = then + 2 + LEASE
        lease = i64(until) + flow.hash_tag(account, account["password"]) + flow.hash_tag(account, NEW)
        row = flow.moved(row, RUNNING, lease, until)
        rows.append(flow.row(row))
        rows.append(flow.row(flow.moved(row, ENDED if superseded else SETTLED)))
    if (by or change) and not superseded:
        told = [address for address, verified in account["emails"] if verified]
        told += [number for number, verified, *_ in account["phones"] if verified and sms and number.startswith("+49")]
        for place, address in enumerate(told[:5]):
            if channel_of(address) == "sms":
                names = flow.sms(account["id"], "sms notices a day")
                for counter, quota, mark in zip(names, (5, 1_000, 10_000), (row["id"] + u32(place), None, None)):
                    count(counter, quota, DAY, mark)
            pushed.append(flow.notice(row["id"], "password_changed", address, account))
    cases.append({
        "name": name, "key_id": key_id, "key": key.hex(), "purpose": purpose, "tenant": tenant, "accounts": accounts,
        "lookup": written, "delivery": contents, "seed": ident.hex(), "now": NOW, "message_number": number, "by": by,
        "superseded": superseded, "change": change, "resent": resent,
        "caller": caller, "secret": secret, "new": NEW, "handle": handle, "ticket": ticket,
        "scope_tag": flow.tag.hex(), "subject": flow.subject(row["account"]).hex(),
        "sessions": [flow.session(account) for account in accounts], "counts": counts, "pushed": pushed,
        "rows": [row.hex() for row in rows], "sms": sms, "field": field,
    })


TWO = [["old@example.org", False], ["zoe@Example.org", True], ["Ada@example.org", True], ["ADA@EXAMPLE.ORG", True]]
UUID = "0b9fcd4c-5d3e-4d6f-8c6d-0c8f1b2a3e4d"

case("by link", [ada()], by="link")
case("by code", [ada()], contents=CODE, by="code")
case("by the link of a message with both", [ada()], contents=BOTH, by="link")
case("by the code of a message with both", [ada()], contents=BOTH, by="code")
case("of a tenant, by login, with version and epoch", [ada(version=7, epoch=2**63)], tenant="acme",
     lookup=("login", "ADA"), by="link")
case("of another purpose and key", [ada()], purpose="invitation", key_id=258, key=material("new", 64), by="link")
case("several verified addresses, one that is not, one twice", [ada(emails=TWO)], by="link")
case("long id", [ada(id="a" * 255)], by="code", contents=CODE)
case("id of 36 bytes", [ada(id=UUID)], by="link")
case("names of more than 80 characters", [ada(first="\u00c5" * 100, last="\U0001f600" * 81)])
case("a language", [ada(language="zh-Hant-TW")], by="link")
case("user name of more than 80 characters", [ada(login="a" * 81)], by="link")
case("no names, and an address in another script", [ada(first="", last="", emails=[["J\u00fcrgen@Example.org", True]])],
     lookup=("email", "J\u00fcrgen@example.ORG"), by="link")
case("version and epoch of zero", [ada(version=0, epoch=0)])
case("the account changes meanwhile", [ada()], by="link", superseded=True)
case("an address in Form D, asked for in Form C", [ada(emails=[["Ju\u0308rgen@Example.org", True]])],
     lookup=("email", " j\u00fcrgen@example.org\n"), contents=CODE, by="code")
case("an address in Form C, asked for in Form D", [ada(emails=[["j\u00fcrgen@example.org", True]])],
     lookup=("email", "\ufeffJu\u0308rgen@example.org"), contents=BOTH, by="link")
case("a user name in another case, width and form", [ada(login="J\u00fcrgen \u30ac")],
     lookup=("login", "\u2068\uff2au\u0308RGEN\u3000\uff76\uff9e\u2069"), by="link")
case("nobody, by a user name in another width", [], lookup=("login", "\uff2e\u00d6BODY "))
case("nobody, by address", [], lookup=("email", "Nobody@Example.org"))
case("nobody, by login", [], lookup=("login", "Nobody"), contents=CODE)
case("nobody of a tenant", [], lookup=("login", "nobody"), contents=BOTH, tenant="acme")
case("several accounts", [ada(), ada(id="43", login="other", emails=[["ada@example.ORG", True]])])
OTHER = {"id": "41", "login": "other", "emails": [["ADA@example.org", True]]}
case("several accounts, one of them with a password", [ada(), ada(**{**OTHER, "id": "43"}, password=None)], by="link")
case("several accounts without a password", [ada(**OTHER, password=None), ada(password="!")])
case("no password", [ada(password=None)])
case("a marker in place of a password", [ada(password="!")], contents=CODE)
for number in (3, 4, 5, 6):
    for contents, what in ((LINK, "link"), (CODE, "code"), (BOTH, "both")):
        case(f"message {number}, {what}", [ada()], contents=contents, number=number)
case("a change by the owner", [ada()], change=True)
case("a change by the owner, with version and epoch", [ada(version=7, epoch=9)], change=True, tenant="acme")

case("sent again, by link", [ada()], by="link", resent="same")
case("sent again with the same code, by code", [ada()], contents=CODE, by="code", resent="same")
case("sent again with a new code, by code", [ada()], contents=CODE, by="code", resent="new")
case("sent again with a new code beside the last", [ada()], contents=BOTH, by="code", resent="keeping", tenant="acme")
case("sent again with a long link", [ada()], contents=CODE, number=4, resent="new")
case("sent again beyond the limit", [ada()], number=6, resent="new")
case("sent again to nobody", [], resent="new")
case("of a trusted caller", [ada()], by="link", caller="portal")
case("of a trusted caller of a tenant, the fifth", [ada()], number=5, caller="portal", tenant="acme")
case("of a trusted caller, for nobody", [], caller="portal")
case("of a trusted caller, beyond the limit", [ada()], number=6, caller="portal")

PHONE = {"phones": [["+49 30 90-1820", True]]}
case("a code by text message, asked for by phone", [ada(**PHONE)], lookup=("phone", "+49\u00a0(30) 901820"), contents=CODE,
     sms=True, to="+49 30 90-1820", by="code")
case("an account with only a phone, asked for both", [ada(emails=[], **PHONE)], lookup=("login", "ada"), contents=BOTH,
     sms=True, to="+49 30 90-1820", by="code")
case("a number in a country to which nothing is sent", [ada(phones=[["+1 415 756-1569", True]])],
     lookup=("phone", "+14157561569"), contents=CODE, sms=True, to="Ada@Example.org", by="code")
case("a verified phone where text messages are not configured", [ada(**PHONE)], by="link")
case("a phone in a declared field", [ada(phones=[["+49 30 901820", True], ["+49 40 123456", True, "Phone"]])], contents=CODE,
     sms=True, field="Phone", to="+49 40 123456")
case("by a declared field of texts", [ada(fields=[["Customer", "text", "J\u00fc 7"]])],
     lookup=("field-text", "Customer=Ju\u0308 7"), by="link")
case("nobody, where text messages are configured", [], lookup=("phone", "+49 30 901821"), contents=CODE, sms=True)
for number in (4, 6):
    case(f"text message {number}", [ada(emails=[], **PHONE)], lookup=("login", "ada"), contents=CODE, number=number, sms=True,
         to="+49 30 90-1820")
case("sent again by text message", [ada(**PHONE)], lookup=("phone", "+49 30 901820"), contents=CODE, sms=True,
     to="+49 30 90-1820", by="code", resent="new")
case("sent again by text message, the fifth", [ada(emails=[], **PHONE)], lookup=("login", "ada"), contents=BOTH, number=5,
     sms=True, to="+49 30 90-1820", resent="same")
case("sent again by mail, where text messages are configured", [ada(**PHONE)], by="link", sms=True, resent="same")
case("sent again to nobody, where text messages are configured", [], contents=CODE, sms=True, resent="new")
case("of a trusted caller, where text messages are configured", [ada(**PHONE)], sms=True, caller="portal")

publish("flow-v1.jsonl", cases)
