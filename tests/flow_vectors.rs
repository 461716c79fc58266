//! Rows, entries of the queue, names of counters, session tags, handles and tickets against a script
//! that shares no code with the crate (`tests/vectors/flow_v1.py`).
//!
//! Each vector is driven through the flow: what the flow asks of the ports is compared byte by byte.

#[path = "support/vectors.rs"]
mod vectors;

use core::time::Duration;

use repass::account::{
    Account, AccountId, Contact, Email, FieldKind, FieldName, FieldText, Fields, Login, Lookup,
    Phone,
};
use repass::attempt::AttemptRow;
use repass::code::ResendPolicy;
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::language::Language;
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{Accounts, Attempts, Counters, Ports, Queue};
use repass::queue::{ClaimToken, QueueKey};
use repass::reset::{
    Administered, Admitted, Author, AuthorNotice, AuthorText, CommitError, Count, Delivery, Finish,
    FirstPasswords, Flow, Operators, Proof, Sms, Step, Swap,
};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::throttle::Counted;
use repass::time::UtcDateTime;
use repass::token::Token;
use serde_json::{Value, json};

use crate::vectors::{Fixed, bytes, hex, text};

use pollster::block_on;

const OLD: &str = "tidal+Engine=1843";
const NEW: &str = "plum-kettle-42";

#[test]
fn what_the_flow_stores_and_sends_is_what_the_specification_says() {
    let mut number = 0;
    for line in include_str!("vectors/flow-v1.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        Walk::new(&case).compare();
        number += 1;
    }
    assert_eq!(number, 91);
}

/// Nothing is read that was not written: of each row and entry, every cut and every longer one is
/// refused, and every altered one is dropped.
#[test]
fn what_the_crate_did_not_write_is_refused() {
    for line in include_str!("vectors/flow-v1.jsonl").lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        for row in case["rows"].as_array().unwrap() {
            let row = bytes(row);
            assert!(row.len() <= AttemptRow::MAX_BYTES);
            assert_eq!(AttemptRow::from_bytes(&row).unwrap().to_bytes(), row);
            for end in 0..row.len() {
                assert!(AttemptRow::from_bytes(&row[..end]).is_err(), "{end}");
            }
            assert!(AttemptRow::from_bytes(&[&row[..], &[0]].concat()).is_err());
            for version in [0, 2, 255] {
                let mut row = row.clone();
                row[0] = version;
                assert!(AttemptRow::from_bytes(&row).is_err());
            }
        }
    }
}

/// One vector, and what the flow asked for so far.
struct Walk<'a> {
    case: &'a Value,
    flow: Flow,
    ports: MemoryPorts,
    counts: Vec<Value>,
    pushed: Vec<Value>,
    rows: Vec<Value>,
    /// How many seconds after the request the last message was sent.
    then: i64,
}

impl<'a> Walk<'a> {
    fn new(case: &'a Value) -> Self {
        let key_id = KeyId::new(case["key_id"].as_u64().unwrap().try_into().unwrap());
        let keyring = Keyring::new(key_id, Key::from_bytes(&bytes(&case["key"])).unwrap());
        let mut scope = Scope::new(Purpose::new(text(&case["purpose"])).unwrap());
        if let Some(tenant) = case["tenant"].as_str() {
            scope = scope.for_tenant(tenant).unwrap();
        }
        assert_eq!(case["scope_tag"], hex(scope.tag().as_bytes()));
        let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
        let resend = match case["resent"].as_str() {
            Some("new") => ResendPolicy::NewCode,
            Some("keeping") => ResendPolicy::NewCodeKeepingLast(Duration::from_secs(60)),
            _ => ResendPolicy::SameCode,
        };
        let mut flow = Flow::builder(keyring, page.clone())
            .scope(scope)
            .operators(Operators::HandOverSecrets)
            .resend(resend)
            .trusted_caller("portal")
            .author(author(case));
        if case["stops"] == true {
            flow = flow.stop_page(page);
        }
        if case["sms"] == true {
            let sms = Sms::to(["+49"]);
            flow = flow.sms(if case["author"].is_null() { sms } else { sms.links() });
        }
        let first = if case["first"] == true {
            FirstPasswords::WhereAbsent
        } else {
            FirstPasswords::ByInvitation
        };
        let flow = flow.first_passwords(first).build().unwrap();
        let accounts: Vec<Account> =
            case["accounts"].as_array().unwrap().iter().map(account).collect();
        let sessions: Vec<Value> =
            accounts.iter().map(|account| json!(flow.session_tag(account).as_str())).collect();
        assert_eq!(case["sessions"], json!(sessions), "{}", case["name"]);
        let ports = MemoryPorts::new(accounts);
        Self { case, flow, ports, counts: vec![], pushed: vec![], rows: vec![], then: 0 }
    }

    fn compare(mut self) {
        let case = self.case;
        let name = text(&case["name"]);
        let flow = self.flow.clone();
        if case["address"].is_array() {
            self.address();
            return self.compare_all();
        }
        let admitted;
        if case["does"] == "is invited" {
            admitted = Some(self.invite());
        } else if let Some(operator) = case["operator"].as_str() {
            let operator = AccountId::new(operator).unwrap();
            if case["does"] == "sets" {
                self.set(&operator);
                return self.compare_all();
            }
            admitted = Some(if case["does"] == "speaks" {
                self.speak(&operator)
            } else {
                self.send(&operator)
            });
        } else {
            admitted = if case["change"] == true { self.change() } else { self.reset() };
        }
        if let Some(admitted) = admitted {
            let ticket = admitted.ticket().map(|ticket| ticket.expose_secret());
            assert_eq!(case["ticket"], json!(ticket), "{name}");
            let policy = Policy::builder().min_length(8).build().unwrap();
            let salt = Salt::generate(&mut Fixed(&(17..=32).collect::<Vec<_>>())).unwrap();
            let new = Password::new(NEW).unwrap();
            let change = admitted.set_password(&new, &policy, &hasher(), salt).unwrap();
            if case["superseded"] == true {
                let changed = admitted
                    .account()
                    .clone()
                    .with_password(PasswordHash::from_stored("another").unwrap());
                self.ports.accounts().put(changed);
            }
            match self.drive(flow.commit(change, self.at(self.then + 2)), self.then + 2) {
                Ok(after) => {
                    let stored = &self.ports.accounts().all()[0];
                    assert_eq!(stored.password().unwrap().expose_secret(), text(&case["new"]));
                    let settled = flow.settle(&after, self.at(self.then + 2));
                    self.drive(settled, self.then + 2).unwrap();
                    if case["author"]["notice"].is_object() {
                        let notice = notice(&flow, &case["author"]);
                        let sent = flow.send_notice(&after, &notice, self.at(self.then + 2));
                        assert_eq!(self.drive(sent, self.then + 2).unwrap().left_out(), 0);
                    }
                }
                Err(error) => assert!(matches!(error, CommitError::Superseded), "{error:?}"),
            }
        }
        self.compare_all();
    }

    fn compare_all(&self) {
        let case = self.case;
        let name = text(&case["name"]);
        assert_eq!(case["counts"], json!(self.counts), "{name}");
        assert_eq!(case["rows"], json!(self.rows), "{name}");
        assert_eq!(case["pushed"], json!(self.pushed), "{name}");
        let row = AttemptRow::from_bytes(&bytes(self.rows.last().unwrap())).unwrap();
        assert_eq!(case["subject"], hex(row.subject().as_bytes()), "{name}");
        let dump: Vec<_> = self.ports.attempts().dump().iter().map(|row| json!(hex(row))).collect();
        assert_eq!(dump, self.rows[self.rows.len() - 1..], "{name}");
    }

    /// From the request to the proof, as far as the case goes.
    fn reset(&mut self) -> Option<Admitted> {
        let (case, flow) = (self.case, self.flow.clone());
        let field = text(&case["field"]);
        let delivery = delivery(case);
        let typed = text(&case["lookup"][1]);
        let delivery = match field {
            "" => delivery,
            _ => {
                let fields = Fields::new([(field, FieldKind::Phone)]).unwrap();
                delivery.to(fields.recipient(field).unwrap())
            }
        };
        let lookup = match text(&case["lookup"][0]) {
            "email" => Lookup::email(typed).unwrap(),
            "phone" => Lookup::phone(typed).unwrap(),
            "field-text" => {
                let (name, value) = typed.split_once('=').unwrap();
                let fields = Fields::new([(name, FieldKind::Text)]).unwrap();
                fields.lookup(name, value).unwrap()
            }
            _ => Lookup::login(typed).unwrap(),
        };
        let seed = Seed::generate(&mut Fixed(&bytes(&case["seed"]))).unwrap();
        if let Some(name) = case["caller"].as_str() {
            let caller = flow.trusted_caller(name).unwrap();
            let asked = flow.request_for_caller(&caller, lookup, seed, self.at(0));
            let entrusted = self.drive(asked, 0).unwrap();
            let handle = entrusted.handle().expose_secret();
            assert_eq!(case["handle"], handle, "{}", case["name"]);
            assert_eq!(case["secret"], entrusted.expose_secret(), "{}", case["name"]);
            case["by"].as_str()?;
            let proof = Proof::HandledLink { handle, token: entrusted.expose_secret() };
            return Some(self.drive(flow.admit(proof, None, self.at(1)), 1).unwrap());
        }
        let asked = match &case["author"] {
            Value::Null => flow.request(lookup, delivery, None, seed, self.at(0)),
            author => {
                let request = flow.author("mapi").unwrap().request(written(&author["secret"]));
                flow.request_by_author(request.unwrap(), lookup, seed, self.at(0))
            }
        };
        let handle = self.drive(asked, 0).unwrap();
        assert_eq!(case["handle"], handle.expose_secret(), "{}", case["name"]);
        self.work(0);
        if case["resent"].is_string() {
            self.work(0);
            let _ = self.ports.outbox().take();
            self.then = 60;
            let resent = flow.resend(handle.expose_secret(), self.at(60));
            self.drive(resent, 60).unwrap();
            self.work(60);
        }
        let by = case["by"].as_str()?;
        self.work(self.then);
        let message = self.ports.outbox().take().unwrap();
        let message = message.expose_secret();
        let admitted = if by == "link" {
            let token =
                if case["author"].is_null() { token_in(message) } else { written_in(message) };
            let read = Token::from_hex(token).ok();
            let proof = Proof::Link(read.as_ref().map_or(token, Token::expose_secret));
            self.drive(flow.admit(proof, None, self.at(self.then + 1)), self.then + 1)
        } else {
            let bound = message.lines().last().unwrap().strip_prefix("@example.org #");
            let code = bound.unwrap_or_else(|| code_in(message));
            let proof = Proof::Code { handle: handle.expose_secret(), code };
            self.drive(flow.admit(proof, None, self.at(self.then + 1)), self.then + 1)
        };
        Some(admitted.unwrap())
    }

    fn administer(&mut self, operator: &AccountId) -> Administered {
        let (id, flow) = (self.ports.accounts().all()[0].id().clone(), self.flow.clone());
        self.ports.accounts().let_administer(operator.clone(), id.clone());
        self.drive(flow.administer(operator, id, self.at(1)), 1).expect("an operator")
    }

    fn seed(&self) -> Seed {
        Seed::generate(&mut Fixed(&bytes(&self.case["seed"]))).unwrap()
    }

    fn invite(&mut self) -> Admitted {
        let (id, flow) = (self.ports.accounts().all()[0].id().clone(), self.flow.clone());
        let _invited = self.drive(flow.invite(id, self.seed(), self.at(1)), 1).unwrap();
        self.work(1);
        let message = self.ports.outbox().take().unwrap();
        let proof = Proof::Link(token_in(message.expose_secret()));
        self.drive(flow.admit(proof, None, self.at(1)), 1).unwrap()
    }

    /// An operator sends a link or a code, and the owner uses it.
    fn send(&mut self, operator: &AccountId) -> Admitted {
        let (administered, flow) = (self.administer(operator), self.flow.clone());
        let delivery = delivery(self.case);
        let step = flow.send_reset(&administered, delivery, self.seed(), self.at(1));
        let sent = self.drive(step, 1).unwrap();
        let handle = sent.handle().expose_secret();
        assert_eq!(self.case["handle"], handle, "{}", self.case["name"]);
        self.work(1);
        let message = self.ports.outbox().take().unwrap();
        let message = message.expose_secret();
        if delivery == Delivery::CODE {
            // It is counted like any other, which other vectors compare.
            let proof = Proof::Code { handle, code: code_in(message) };
            let counts = self.counts.clone();
            let admitted = self.drive(flow.admit(proof, None, self.at(1)), 1).unwrap();
            self.counts = counts;
            return admitted;
        }
        let proof = Proof::Link(token_in(message));
        self.drive(flow.admit(proof, None, self.at(1)), 1).unwrap()
    }

    /// An operator reads out a secret, and the owner types it in.
    fn speak(&mut self, operator: &AccountId) -> Admitted {
        let (administered, flow) = (self.administer(operator), self.flow.clone());
        let hand_over = administered.hand_over().unwrap();
        let step = flow.spoken_secret(hand_over, self.seed(), self.at(1));
        let secret = self.drive(step, 1).unwrap();
        let secret = secret.code().expose_plain();
        assert_eq!(self.case["spoken"], **secret, "{}", self.case["name"]);
        let lookup = Lookup::login("ada").unwrap();
        let proof = Proof::Spoken { lookup: &lookup, secret: &secret };
        self.drive(flow.admit(proof, None, self.at(1)), 1).unwrap()
    }

    /// An operator sets the password.
    fn set(&mut self, operator: &AccountId) {
        let (administered, flow) = (self.administer(operator), self.flow.clone());
        let policy = Policy::builder().min_length(8).build().unwrap();
        let salt = Salt::generate(&mut Fixed(&(17..=32).collect::<Vec<_>>())).unwrap();
        let hand_over = administered.hand_over().unwrap();
        let new = Password::new(NEW).unwrap();
        let change = hand_over.set_password(&new, &policy, &hasher(), salt).unwrap();
        let after = self.drive(flow.commit(change, self.at(2)), 2).unwrap();
        self.drive(flow.settle(&after, self.at(2)), 2).unwrap();
        let row = bytes(self.rows.last().unwrap());
        if operator.as_str().len() <= 16 {
            assert!(row.len() <= 320 && bytes(&self.rows[0]).len() <= 320);
        }
    }

    /// From the request to the notices.
    fn address(&mut self) {
        let (id, flow) = (self.ports.accounts().all()[0].id().clone(), self.flow.clone());
        let new = Contact::email(text(&self.case["address"][0])).unwrap();
        let replaces = self.case["address"][1].as_str().map(|old| Contact::email(old).unwrap());
        let seed = Seed::generate(&mut Fixed(&bytes(&self.case["seed"]))).unwrap();
        let step = flow.verify_address(id, new.clone(), replaces.clone(), seed, self.at(0));
        let _sent = self.drive(step, 0).unwrap();
        self.work(1);
        let message = self.ports.outbox().take().unwrap();
        let message = message.expose_secret();
        let token = message.split("?token=").nth(1).unwrap().lines().next().unwrap();
        let admitted = self.drive(flow.admit_address(token, None, self.at(1)), 1).unwrap();
        assert_eq!((admitted.address(), admitted.replaces()), (&new, replaces.as_ref()));
        let _done = self.drive(flow.commit_address(admitted, self.at(2)), 2).unwrap();
    }

    fn change(&mut self) -> Option<Admitted> {
        let (id, flow) = (self.ports.accounts().all()[0].id().clone(), self.flow.clone());
        let current = self.drive(flow.current(id, self.at(1)), 1).unwrap();
        Some(current.verify(&Password::new(OLD).unwrap(), &hasher()).unwrap())
    }

    /// Works on the entry that is due.
    fn work(&mut self, after: i64) {
        let flow = self.flow.clone();
        let token =
            ClaimToken::new(Seed::generate(&mut Fixed(&(1..=20).collect::<Vec<_>>())).unwrap());
        let mut claimed = self.drive(flow.claim(token, 1, self.at(after)), after).unwrap();
        let _ = self.drive(flow.work_on(claimed.remove(0), token, self.at(after)), after).unwrap();
    }

    /// Carries out steps over the ports in memory, and notes what is asked.
    fn drive<T>(&mut self, mut step: Step<'_, T>, after: i64) -> T {
        let now = self.at(after);
        let ports = &self.ports;
        loop {
            step = match step {
                Step::Done(value) => return value,
                Step::Find(call) => {
                    let found = block_on(ports.accounts().find(&call.question().lookup, now));
                    call.reply(found)
                }
                Step::LoadAccount(call) => {
                    let account = block_on(ports.accounts().load(&call.question().id, now));
                    call.reply(account)
                }
                Step::Write(call) => {
                    let written = block_on(ports.accounts().write(call.question(), now));
                    call.reply(written)
                }
                Step::MayAdminister(call) => {
                    let asked = call.question();
                    let (operator, id) = (&asked.operator, &asked.id);
                    let may = block_on(ports.accounts().may_administer(operator, id, now));
                    call.reply(may)
                }
                Step::ListAttempts(call) => {
                    let rows = block_on(ports.attempts().list(&call.question().subject, now));
                    call.reply(rows)
                }
                Step::Insert(call) => {
                    let row = &call.question().row;
                    self.rows.push(json!(hex(&row.to_bytes())));
                    let inserted = block_on(ports.attempts().insert(row, now));
                    call.reply(inserted)
                }
                Step::LoadAttempt(call) => {
                    let row = block_on(ports.attempts().load(&call.question().id, now));
                    call.reply(row)
                }
                Step::Swap(call) => {
                    let Swap { seen, next, .. } = call.question();
                    self.rows.push(json!(hex(&next.to_bytes())));
                    let swapped = block_on(ports.attempts().swap(seen, next, now));
                    call.reply(swapped)
                }
                Step::Count(call) => {
                    let Count { key, quota, once, .. } = call.question();
                    let marked = once.as_ref().map(|once| hex(once.as_bytes()));
                    let name = hex(key.as_bytes());
                    self.counts.push(json!([name, quota.max(), quota.period().as_secs(), marked]));
                    let number = self.case["message_number"].as_u64().unwrap().try_into().unwrap();
                    let counted = match key.kind() {
                        "messages" | "secrets of callers" => {
                            Ok(Counted::new(*key, *quota, number, quota.ends_at(now)))
                        }
                        _ => block_on(ports.counters().count(key, *quota, once.as_ref(), now)),
                    };
                    call.reply(counted)
                }
                Step::Push(call) => {
                    let (key, sealed) = (call.question().key(), call.question().as_bytes());
                    assert!(sealed.len() <= repass::queue::QueueEntry::MAX_BYTES);
                    assert_eq!(QueueKey::from_bytes(&key.to_bytes()), Some(*key));
                    assert_eq!(call.question().scope(), self.flow.scope().tag());
                    self.pushed.push(json!([hex(&key.to_bytes()), hex(sealed)]));
                    let pushed = block_on(ports.queue().push(call.question(), now));
                    call.reply(pushed)
                }
                Step::Claim(call) => {
                    let claimed = block_on(ports.queue().claim(call.question(), now));
                    call.reply(claimed)
                }
                Step::Finish(call) => {
                    let Finish { key, token, .. } = call.question();
                    let done = block_on(ports.queue().done(key, token, now));
                    call.reply(done)
                }
                Step::Deliver(call) => {
                    use repass::port::Notifier;
                    let delivered = block_on(ports.notifier().deliver(call.question(), now));
                    call.reply(delivered)
                }
                other => panic!("{other:?}"),
            };
        }
    }

    fn at(&self, after: i64) -> UtcDateTime {
        UtcDateTime::from_unix_timestamp(self.case["now"].as_i64().unwrap() + after).unwrap()
    }
}

fn delivery(case: &Value) -> Delivery {
    match case["delivery"].as_u64().unwrap() {
        1 => Delivery::LINK,
        2 => Delivery::CODE,
        _ => Delivery::LINK_AND_CODE,
    }
}

/// The author of a case, with all that it uses.
fn author(case: &Value) -> Author {
    let mut author = Author::new("mapi").sender("support@example.org").sms_sender("YVN");
    for list in [&case["author"]["cc"], &case["author"]["bcc"]] {
        for copy in list.as_array().into_iter().flatten() {
            author = author.copies_to(text(copy));
        }
    }
    if case["author"]["hex"] == true { author.hex() } else { author }
}

fn written(value: &Value) -> AuthorText<'_> {
    let content = text(&value["text"]);
    let content = match text(&value["channel"]) {
        "email" => AuthorText::mail(content),
        _ => AuthorText::sms(content),
    };
    let content = content.subject(value["subject"].as_str()).sender(value["from"].as_str());
    content.sender_name(value["name"].as_str())
}

fn notice(flow: &Flow, author: &Value) -> AuthorNotice {
    let list = |name: &str| author[name].as_array().unwrap().iter().map(text);
    let notice = flow.author("mapi").unwrap().notice(written(&author["notice"])).unwrap();
    notice.copies(list("cc"), list("bcc")).unwrap()
}

/// The token in the text of an author, whose last word it is.
fn written_in(message: &str) -> &str {
    message.rsplit(' ').next().unwrap()
}

fn token_in(message: &str) -> &str {
    message.split("?token=").nth(1).unwrap().lines().next().unwrap()
}

fn code_in(message: &str) -> &str {
    let dashed = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b'-';
    message.lines().find(dashed).unwrap()
}

fn hasher() -> Hasher {
    Hasher::new(Cost::new(8, 1, 1).unwrap())
}

fn account(value: &Value) -> Account {
    let mut account = Account::new(AccountId::new(text(&value["id"])).unwrap())
        .with_login(Login::new(text(&value["login"])).unwrap())
        .with_names(text(&value["first"]), text(&value["last"]));
    for email in value["emails"].as_array().unwrap() {
        let address = Contact::email(text(&email[0])).unwrap();
        account = account.with_email(match email[1] == true {
            true => Email::verified(address),
            false => Email::unverified(address),
        });
    }
    for phone in value["phones"].as_array().unwrap() {
        let number = Contact::phone(text(&phone[0])).unwrap();
        let phone_of = if phone[1] == true { Phone::verified } else { Phone::unverified };
        account = account.with_phone(match phone[2].as_str() {
            Some(field) => phone_of(number).in_field(FieldName::new(field).unwrap()),
            None => phone_of(number),
        });
    }
    for field in value["fields"].as_array().unwrap() {
        let name = FieldName::new(text(&field[0])).unwrap();
        account = account.with_text_in(name, FieldText::new(text(&field[2])).unwrap());
    }
    if let Some(hash) = value["password"].as_str() {
        account = account.with_password(PasswordHash::from_stored(hash).unwrap());
    }
    if let Some(language) = value["language"].as_str() {
        account = account.with_language(Language::new(language).unwrap());
    }
    if let Some(version) = value["version"].as_u64() {
        account = account.with_version(version);
    }
    if value["recovery"] == true {
        account = account.with_required_recovery(true);
    }
    if let Some(epoch) = value["epoch"].as_u64() {
        account = account.with_epoch(epoch);
    }
    account
}
