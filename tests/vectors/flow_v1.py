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

RESET, FIRST, OPERATOR, CHANGE, ADDRESS = range(1, 6)
NOTHING, LINK, CODE, BOTH, SPOKEN = range(5)
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


def verified_contacts(account: dict) -> bytes:
    contacts = [contact for contact, verified, *_ in account["emails"] + account["phones"] if verified]
    parts = sorted({(kind_of(contact).encode(), canonical(kind_of(contact), contact)) for contact in contacts})
    return b"".join(part(kind) + part(contact) for kind, contact in parts)


def told(account: dict, sms: bool) -> list[str]:
    """The verified contacts that notices go to; those by text message where these are sent, to numbers in Germany."""
    phones = [number for number, verified, *_ in account["phones"] if verified and sms and number.startswith("+49")]
    return [address for address, verified in account["emails"] if verified] + phones


def recipient(contact: str | None, author: str | None = None) -> bytes:
    if contact is None:
        return bytes(16)
    labels = part(b"repass/1 recipient") + part(channel_of(contact).encode())
    labels += part(canonical(kind_of(contact), contact))
    return hashlib.sha256(labels + (part(author.encode()) if author else b"")).digest()[:16]


def about(account: dict | None) -> bytes:
    """First name, last name, user name and language, as a message shows them."""
    if account is None:
        return long("") * 3 + short("")
    login = account["login"] if len(account["login"]) <= 80 else ""
    return long(account["first"][:80]) + long(account["last"][:80]) + long(login) + short(account["language"] or "")


def writing(written: dict) -> bytes:
    """What an author wrote: subject, text, sender, name of the sender."""
    return b"".join(long(written[part] or "") for part in ("subject", "text", "from", "name"))


def entry(kind: int, ident: bytes, send: int, to: str | None, author: str | None = None) -> bytes:
    return bytes([kind]) + ident + u32(send) + recipient(to, author)


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
        message += part(b"recovery required") if account["recovery"] else b""
        return self.mac("account stamp", message + verified_contacts(account))

    def hash_tag(self, account: dict, password: str | None) -> bytes:
        return self.mac("account stamp", self.state(b"hash", account, password))

    def contacts(self, account: dict) -> bytes:
        message = part(b"contacts") + self.scope + part(account["id"].encode())
        return self.mac("account stamp", message + verified_contacts(account))

    def pair(self, account: dict, new: str, replaces: str | None) -> bytes:
        message = part(b"address") + self.scope + part(account["id"].encode()) + part(kind_of(new).encode())
        message += part(canonical("email", new)) + part(replaces and canonical("email", replaces))
        return self.mac("account stamp", message)

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

    # What an operator reads out.

    def spoken(self, row: dict) -> str:
        letters, text, block = "BCDFGHJKLMNPQRSTVWXZ", "", 0
        while len(text) < 15:
            message = part(b"code") + part(bytes([15]) + letters.encode()) + part(row["contact"]) + self.scope
            message += part(row["account"].encode()) + part(row["id"]) + u32(0) + u32(block)
            text += "".join(letters[byte % 20] for byte in self.mac("check code", message) if byte < 240)
            block += 1
        return text[:15]

    # Rows.

    def fixed(self, row: dict) -> bytes:
        return (b"\x01" + row["id"] + u16(self.key_id) + self.tag + bytes([row["ground"]]) + short(row["channel"])
                + short(row["account"]) + short(row.get("operator", "")) + row["contact"] + row["stamp"] + i64(row["created_at"]))

    def row(self, row: dict) -> bytes:
        data = self.fixed(row) + bytes([row["contents"]])
        data += i64(row["link_expires_at"]) + i64(row["code_expires_at"]) + i64(row["keep_until"])
        data += u32(row.get("epoch", 0)) + u32(row.get("last_good_epoch", 0))
        data += u32(row["sends"]) + i64(row.get("sent_at", row["created_at"]))
        data += bytes([row["progress"]]) + row.get("lease", b"")
        return data + self.mac("row seal", self.scope + part(data))

    def moved(self, row: dict, progress: int, lease: bytes = b"", lease_until: int = 0, stop_until: int = 0) -> dict:
        end = max(row["link_expires_at"] + TICKET_LIFE, row["code_expires_at"] + TICKET_LIFE, stop_until) + CLOCKS
        if progress == RUNNING:
            end = lease_until + 30 * DAY
        return {**row, "progress": progress, "lease": lease, "keep_until": end}

    # The queue.

    def sealed(self, kind: int, info: str, body: bytes) -> str:
        data = b"\x01" + bytes([kind]) + u16(self.key_id) + self.tag + body
        return (data + self.mac(info, self.scope + part(data))).hex()

    def request(self, ident: bytes, field: str, contents: int, lookup: list[str], link: int, code: int, text: bytes) -> list[str]:
        body = ident + short(field) + bytes([contents]) + short(lookup[0]) + long(lookup[1])
        body += i64(NOW) + i64(link) + i64(code) + text
        return [entry(REQUEST, ident, 0, None).hex(), self.sealed(REQUEST, "request", body)]

    def resend(self, ident: bytes, channel: str, number: int, at: int) -> list[str]:
        body = ident + short(channel) + bytes([SEND_AGAIN]) + u32(number) + i64(at)
        return [entry(REQUEST, ident, number, None).hex(), self.sealed(REQUEST, "request", body)]

    def message(self, row: dict, account: dict, to: str, quiet_until: int, names: bool = True, text: bytes = b"") -> list[str]:
        body = row["id"] + short(channel_of(to)) + bytes([row["contents"], row["ground"]]) + short(row["account"])
        body += long(to) + (about(account) if names else long("") * 3 + short(account["language"] or ""))
        body += i64(row["link_expires_at"]) + i64(row["code_expires_at"]) + i64(quiet_until)
        body += u32(row.get("epoch", 0)) + u32(row["sends"]) + text
        return [entry(MESSAGE, row["id"], row["sends"], to).hex(), self.sealed(MESSAGE, "message", body)]

    def decoy(self, row: dict) -> list[str]:
        body = row["id"] + short(row["channel"]) + bytes([NOTHING, row["ground"]]) + short(row["account"])
        return [entry(MESSAGE, row["id"], row["sends"], None).hex(), self.sealed(MESSAGE, "message", body)]

    def notice(self, ident: bytes, what: str, to: str, account: dict | None, stop_until: int = 0, text: bytes = b"") -> list[str]:
        body = ident + short(channel_of(to)) + short(what) + long(to) + about(account)
        body += i64(stop_until if channel_of(to) == "email" else 0) + text
        return [entry(NOTICE, ident, 0, to, "mapi" if text else None).hex(), self.sealed(NOTICE, "notice", body)]

    def notices(self, ident: bytes, what: str, to: list[str], account: dict, counts: list, stop_until: int = 0) -> list:
        """One for each contact; those by text message are counted before."""
        pushed = []
        for place, contact in enumerate(to):
            if channel_of(contact) == "sms":
                names = self.sms(account["id"], "sms notices a day")
                for counter, quota, mark in zip(names, (5, 1_000, 10_000), ((ident + u32(place)).hex(), None, None)):
                    counts.append([counter.hex(), quota, DAY, mark])
            pushed.append(self.notice(ident, what, contact, account, stop_until))
        return pushed

    def notices_of(self, author: dict, ident: bytes, what: str, account: dict, counts: list) -> list:
        """A notice that an author wrote, to the person first."""
        written, cc, pushed = author["notice"], author["cc"], []
        to = next(contact for contact in told(account, True) if channel_of(contact) == written["channel"])
        text = long("mapi") + long(to) + bytes([len(cc)]) + b"".join(long(copy) for copy in cc) + writing(written)
        for contact in [to, *cc, *author["bcc"]]:
            counts.append([self.source("notices of an author", b"caller", b"mapi").hex(), 500, HOUR, None])
            if channel_of(contact) == "sms":
                names = self.sms(account["id"], "sms notices of authors a day")
                for counter, quota, mark in zip(names, (5, 1_000, 10_000), ((ident + u32(0)).hex(), None, None)):
                    counts.append([counter.hex(), quota, DAY, mark])
            pushed.append(self.notice(ident, what, contact, account, text=text))
        return pushed


def ada(**changes) -> dict:
    account = {"id": "42", "login": "ada", "first": "Ada", "last": "Lovelace", "emails": [["Ada@Example.org", True]],
               "phones": [], "fields": [], "password": OLD, "version": None, "epoch": None, "language": None,
               "recovery": False}
    return {**account, **changes}


cases = []


def case(name, accounts, *, key_id=7, key=material("old"), purpose="reset", tenant=None,
         lookup=("email", "ada@example.org"), contents=LINK, number=1, by=None, superseded=False, change=False,
         resent=None, caller=None, stops=False, sms=False, field="", to=None, operator=None, does=None, first=False,
         author=None):
    """`accounts` are those that the look-up names; the secret goes to the only one that has a password. Where `sms` is
    set, text messages are sent to numbers in Germany. `to` is the contact that the message goes to, where it is not the
    address that was asked by, or the first one."""
    flow, ident, written = Flow(key_id, key, purpose, tenant), attempt(name), list(lookup)
    lookup = [written[0], typed(written[1])]
    counts, pushed, rows, ticket, handle, spoken, secret = [], [], [], None, None, None, None
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

    if does == "is invited":
        to, end = next(address for address, verified in account["emails"] if verified), NOW + 1 + 7 * DAY
        row = {"id": ident, "ground": FIRST, "channel": "email", "account": account["id"], "contact": flow.contact(to),
               "stamp": flow.stamp(account), "created_at": NOW + 1, "contents": LINK, "link_expires_at": end,
               "code_expires_at": end, "sends": 1}
        count(flow.messages(row, "invitations"), 5, 12 * HOUR, ident + u32(1))
        rows.append(flow.row(flow.moved(row, LIVE)))
        pushed.append(flow.message(row, account, to, 0))
        binding = hashlib.sha256(flow.fixed(row)).digest()[:15]
        ticket = flow.signed(b"tick", "ticket", ident, NOW + 1 + TICKET_LIFE, binding)
    elif operator:
        count(flow.plain(b"account", "administered", flow.tenant, operator.encode()), 60, HOUR)
        row = {"id": ident, "ground": OPERATOR, "channel": "", "account": account["id"], "operator": operator,
               "contact": NONE, "stamp": flow.stamp(account), "created_at": NOW + 1, "sends": 0}
        if does == "sets":
            end = NOW + 1 + TICKET_LIFE
            row |= {"id": flow.hash_tag(account, NEW)[:20], "created_at": NOW + 2, "contents": NOTHING,
                    "link_expires_at": end, "code_expires_at": end}
        elif does == "speaks":
            end = NOW + 1 + CODE_LIFE
            row |= {"contents": SPOKEN, "link_expires_at": end, "code_expires_at": end}
            count(flow.plain(b"account", "spoken secrets", flow.tenant, account["id"].encode()), 10, HOUR)
            rows.append(flow.row(flow.moved(row, LIVE)))
            spoken = flow.spoken(row)
        else:
            to = next(address for address, verified in account["emails"] if verified)
            link = NOW + 1 + (CODE_LIFE if contents == CODE else LINK_LIFE)
            code = NOW + 1 + (LINK_LIFE if contents == LINK else CODE_LIFE)
            row |= {"channel": "email", "contents": contents, "contact": flow.contact(to), "sends": 1,
                    "link_expires_at": link, "code_expires_at": code}
            count(flow.messages(row, "operator messages"), 5, 12 * HOUR, ident + u32(1))
            rows.append(flow.row(flow.moved(row, LIVE)))
            pushed.append(flow.message(row, account, to, 0))
            handle = flow.signed(b"hand", "handle", ident, code)
        if does != "sets":
            binding = hashlib.sha256(flow.fixed(row)).digest()[:15]
            ticket = flow.signed(b"tick", "ticket", ident, NOW + 1 + TICKET_LIFE, binding)
    elif change:
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
        if author:
            count(flow.source("requests of a source", b"caller", b"mapi"), 500, 5 * MINUTE)
        count(flow.typed("request", lookup), 10, 5 * MINUTE)
        secret_text = b""
        if author:
            secret_text = bytes([author["hex"]]) + writing(author["secret"])
            secret_text = short(author["secret"]["channel"]) + secret_text
        pushed.append(flow.request(ident, field, contents, lookup, link, code, secret_text))
        handle = flow.signed(b"hand", "handle", ident, code)
        row = {"id": ident, "ground": RESET, "channel": "email", "contact": NONE, "stamp": NONE,
               "account": flow.placeholder(b"nobody", lookup[0].encode(), canonical(*lookup)), "created_at": NOW,
               "contents": NOTHING, "link_expires_at": link, "code_expires_at": code, "sends": 1}
        verified = [[address for address, verified in one["emails"] if verified] for one in candidates]
        same = [[own for own in all_of if lookup[0] != "email" or canonical("email", own) == canonical(*lookup)]
                for all_of in verified]
        once, usable = ident + u32(1), len(resettable) == 1 or (first and len(accounts) == 1)
        if usable:
            to = to or same[0][0]
            by_sms = channel_of(to) == "sms"
            row |= {"account": account["id"], "contact": flow.contact(to), "stamp": flow.stamp(account),
                    "contents": CODE if by_sms and contents == BOTH else contents, "channel": channel_of(to)}
            if not resettable:
                row |= {"ground": FIRST, "contents": LINK, "link_expires_at": NOW + LINK_LIFE}
            count(flow.messages(row), 5, 12 * HOUR, once)
            if sms:
                count_sms(row["account"], by_sms and number <= 5, once)
            long_link = number in (4, 5) and not by_sms
            if long_link:
                row |= {"contents": row["contents"] | LINK, "link_expires_at": NOW + 12 * HOUR + 30 * MINUTE}
            if number > 5:
                row |= {"contents": NOTHING, "contact": NONE, "stamp": NONE,
                        "account": flow.placeholder(b"not sent", ident)}
            quiet_until = NOW + 12 * HOUR if long_link else 0
            last = flow.message(row, account, to, quiet_until, text=secret_text) if number <= 5 else flow.decoy(row)
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
    if by or change or does:
        until = then + 2 + LEASE
        lease = i64(until) + flow.hash_tag(account, account["password"]) + flow.hash_tag(account, NEW)
        row = flow.moved(row, RUNNING, lease, until)
        rows.append(flow.row(row))
        stop_until = until + 7 * DAY if stops else 0
        rows.append(flow.row(flow.moved(row, ENDED if superseded else SETTLED, stop_until=stop_until)))
    if (by or change or does) and not superseded:
        what = {OPERATOR: "password_set_by_operator" if does == "sets" else "password_changed",
                FIRST: "first_password_set"}.get(row["ground"], "password_changed")
        pushed += flow.notices(row["id"], what, told(account, sms)[:5], account, counts, stop_until)
        if author and author["notice"]:
            pushed += flow.notices_of(author, row["id"], what, account, counts)
    cases.append({
        "name": name, "key_id": key_id, "key": key.hex(), "purpose": purpose, "tenant": tenant, "accounts": accounts,
        "lookup": written, "delivery": contents, "seed": ident.hex(), "now": NOW, "message_number": number, "by": by,
        "superseded": superseded, "change": change, "stops": stops, "operator": operator, "does": does, "first": first,
        "spoken": spoken, "resent": resent, "caller": caller, "secret": secret, "new": NEW, "handle": handle,
        "ticket": ticket,
        "scope_tag": flow.tag.hex(), "subject": flow.subject(row["account"]).hex(),
        "sessions": [flow.session(account) for account in accounts], "counts": counts, "pushed": pushed,
        "rows": [row.hex() for row in rows], "sms": sms, "field": field, "author": author,
    })


def address(name, account, new, replaces=None, *, key_id=7, key=material("old"), purpose="email-change", tenant=None,
            sms=False):
    """A link to an unverified address, which is verified by it; `new` and `replaces` as the account writes them."""
    flow, ident = Flow(key_id, key, purpose, tenant), attempt(name)
    once = (ident + u32(1)).hex()
    counts = [[flow.plain(b"account", "addresses", flow.tenant, account["id"].encode()).hex(), 5, 12 * HOUR, once],
              [flow.typed("messages", ["email", new]).hex(), 5, 12 * HOUR, once]]
    row = {"id": ident, "ground": ADDRESS, "channel": "email", "account": account["id"],
           "contact": flow.pair(account, new, replaces), "stamp": flow.stamp(account), "created_at": NOW,
           "contents": LINK, "link_expires_at": NOW + LINK_LIFE, "code_expires_at": NOW + LINK_LIFE, "sends": 1}
    row = flow.moved(row, LIVE)
    pushed = [flow.message(row, account, new, 0, names=False)]
    kept = [[to, verified] for to, verified in account["emails"] if to not in (new, replaces)]
    until = NOW + 2 + LEASE
    lease = i64(until) + flow.contacts(account) + flow.contacts({**account, "emails": kept + [[new, True]]})
    running = flow.moved(row, RUNNING, lease, until)
    to = told({**account, "emails": kept}, sms)[:5] + [replaces] * (replaces is not None)
    pushed += flow.notices(ident, "address_changed", to, account, counts)
    rows = [flow.row(row), flow.row(running), flow.row(flow.moved(running, SETTLED))]
    cases.append({
        "name": name, "key_id": key_id, "key": key.hex(), "purpose": purpose, "tenant": tenant, "accounts": [account],
        "address": [new, replaces], "seed": ident.hex(), "now": NOW, "message_number": 1,
        "scope_tag": flow.tag.hex(), "subject": flow.subject(row["account"]).hex(),
        "sessions": [flow.session(account)], "counts": counts, "pushed": pushed, "rows": [row.hex() for row in rows],
        "sms": sms,
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
case("set by an operator", [ada()], operator="7", does="sets")
case("set by an operator of a tenant, both with long ids", [ada(id="a" * 255)], operator="o" * 255, does="sets",
     tenant="acme")
case("set by an operator, both with ids of 16 bytes", [ada(id="0123456789abcdef")], operator="fedcba9876543210",
     does="sets")
case("a link of an operator", [ada(emails=TWO)], operator="7", does="sends")
case("a code of an operator", [ada()], operator="7", does="sends", contents=CODE)
case("a link and a code of an operator, both with ids of 16 bytes", [ada(id="0123456789abcdef")],
     operator="fedcba9876543210", does="sends", contents=BOTH, tenant="acme")
case("a secret that an operator reads out", [ada(version=7, epoch=9)], operator="7", does="speaks")
case("a secret that an operator reads out to somebody without an address", [ada(emails=[])], operator="o" * 255,
     does="speaks", tenant="acme")
case("an invitation", [ada(password=None)], does="is invited", purpose="invitation")
case("an invitation of a tenant, to an account with a marker", [ada(password="!", emails=TWO)], does="is invited",
     purpose="invitation", tenant="acme")
case("a first password that was asked for", [ada(password=None)], first=True, by="link")
case("a first password in place of a code", [ada(password=None)], first=True, contents=CODE, by="link")
case("message 5, a first password in place of a code", [ada(password=None)], first=True, contents=CODE, number=5)

case("by link, and its notice has a link to stop it", [ada()], by="link", stops=True)
case("a change by the owner, whose notice has a link to stop it", [ada()], change=True, stops=True)
case("recovery is required", [ada(version=7, epoch=9, recovery=True)], by="link")

NEW_ADDRESS = "J\u00fcrgen@Example.net"
ADDED = [["Ada@Example.org", True], [NEW_ADDRESS, False], ["zoe@example.org", True], ["other@example.org", False]]
address("an address is verified beside others", ada(emails=ADDED, language="de"), NEW_ADDRESS)
address("an address replaces another one", ada(emails=ADDED, version=7, epoch=9), NEW_ADDRESS, "zoe@example.org",
        key_id=258, key=material("new", 64), tenant="acme")
address("the first address of an account", ada(emails=[["ada@example.org", False]], password=None), "ada@example.org",
        purpose="verification")
address("a phone hears of a new address", ada(emails=ADDED, phones=[["+49 30 90-1820", True], ["+1 415 756-1569", True]]),
        NEW_ADDRESS, "zoe@example.org", sms=True)
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
case("a phone hears of a change, and only mails have a link to stop it", [ada(**PHONE)], by="link", stops=True, sms=True)
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


def written(channel: str, text: str, subject: str | None = None, sender: str | None = None, name: str | None = None) -> dict:
    return {"channel": channel, "text": text, "subject": subject, "from": sender, "name": name}


def author(secret: dict, notice: dict | None = None, cc=(), bcc=(), hexadecimal=False) -> dict:
    return {"secret": secret, "notice": notice, "cc": list(cc), "bcc": list(bcc), "hex": hexadecimal}


SECRET = "Dear [%first_name%], {use} this: [%resetpasswd_checkcode%]"
case("an author writes the mail, and the notice with copies", [ada()], by="link", author=author(
    written("email", SECRET, "Your code", "support@example.org", "YVN Support"),
    written("email", "Dear J\u00fcrgen,\r\n\r\nit is done.\r\n", sender="support@example.org"),
    cc=["log@example.org", "audit@example.org"], bcc=["Copy@Example.org"]))
case("an author writes text messages, with a secret in hexadecimal digits", [ada(**PHONE)], by="link", sms=True,
     to="+49 30 90-1820", tenant="acme", author=author(
         written("sms", "Code: [%resetpasswd_checkcode%]", sender="YVN"), written("sms", "Done."), hexadecimal=True))
case("an author writes, and does not send a notice", [ada()], by="link", author=author(written("email", SECRET)))
case("an author writes to nobody", [], author=author(written("email", SECRET)))

publish("flow-v1.jsonl", cases)
