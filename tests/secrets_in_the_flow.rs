//! After whole walks no token, ticket, code, handle, password or key is in a stored row, in an entry of
//! the queue, in the `Debug` of any value or step on the way, or in any error.

#[path = "support/world.rs"]
mod world;

use core::any::type_name;
use core::error::Error;
use core::fmt::Debug;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use pollster::block_on;
use repass::account::{Account, AccountChange, AccountId, ExpectedAccount, Lookup};
use repass::attempt::AttemptRow;
use repass::key::Key;
use repass::memory::MemoryPorts;
use repass::policy::Policy;
use repass::port::{Accounts, Attempts, Counters, Notifier, Ports, Queue};
use repass::queue::{ClaimToken, Claimed};
use repass::recovery::Recovery;
use repass::reset::{
    Admitted, AfterReset, Change, Count, Delivery, Finish, Handle, Proof, Step, Swap, Worked,
};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::throttle::Counted;
use repass::time::UtcDateTime;
use repass::token::Token;

use self::world::{Dice, OLD, ada, at, flow, hasher, id, key_bytes, secret_in};

const NEW: &str = "plum~Walrus^4217";
const NEXT: &str = "brisk/Hazel#96351";
const SHORT: &str = "xq7Zk";

#[test]
fn no_secret_is_in_anything_of_a_walk_by_link() {
    let records = walk(Delivery::LINK);
    assert_eq!(records.leaks(), Vec::<String>::new());
}

#[test]
fn no_secret_is_in_anything_of_a_walk_by_code() {
    let records = walk(Delivery::CODE);
    assert_eq!(records.leaks(), Vec::<String>::new());
}

#[test]
fn no_secret_is_in_anything_of_a_walk_by_link_and_code() {
    let records = walk(Delivery::LINK_AND_CODE);
    assert_eq!(records.leaks(), Vec::<String>::new());
}

#[test]
fn control_every_secret_is_found_where_it_is_planted() {
    for delivery in [Delivery::LINK, Delivery::CODE, Delivery::LINK_AND_CODE] {
        let records = walk(delivery);
        // Keys, three passwords, the short one, hashes, and handle and token or code.
        assert!(records.secrets.len() >= 9);
        for (name, secret) in &records.secrets {
            for planted in [
                secret.clone(),
                format!("{secret:?}").into_bytes(),
                HEXLOWER.encode(secret).into_bytes(),
                HEXUPPER.encode(secret).into_bytes(),
                BASE64.encode(secret).into_bytes(),
                BASE64URL_NOPAD.encode(secret).into_bytes(),
            ] {
                let mut records = Records { secrets: records.secrets.clone(), kept: Vec::new() };
                records.kept.push(("planted".into(), [b"row: ", &planted[..], b"."].concat()));
                assert!(records.leaks().iter().any(|leak| leak.contains(name)), "{name}");
            }
        }
        let mut records = Records { secrets: records.secrets.clone(), kept: Vec::new() };
        records.kept.push(("planted".into(), b"ends in ^4217, says the log".to_vec()));
        assert_eq!(records.leaks(), ["planted: a piece of a password"]);
    }
}

/// Walks by link or code from request to settled, with every mistake on the way, and keeps what
/// could be logged or stored.
fn walk(delivery: Delivery) -> Records {
    let mut dice = Dice(7);
    let mut records = Records::new();
    let account = ada(&mut dice);
    records.hash("old hash", account.password().unwrap());
    records.debug("Account", &account);
    let flow = flow().build().unwrap();
    records.debug("FlowBuilder", &world::flow());
    records.debug("Flow", &flow);
    records.debug("Key", &Key::from_bytes(&key_bytes()).unwrap());
    records.error("KeyError", &Key::from_bytes(&key_bytes()[..31]).unwrap_err());
    let recovery = Recovery::new(flow, MemoryPorts::new([account]));
    records.debug("Recovery", &recovery);
    records.debug("SessionTag", &recovery.flow().session_tag(&accounts(&recovery)[0]));

    // Asked for: by Ada twice, and by somebody for nobody, until it is too often.
    let lookup = Lookup::email("ada@example.org").unwrap();
    // A person who types the password into the wrong field.
    records.error("LookupError", &Lookup::email(OLD).unwrap_err());
    let seed = Seed::generate(&mut dice).unwrap();
    records.debug("Seed", &seed);
    let handle = block_on(recovery.request(lookup.clone(), delivery, None, seed, at(0))).unwrap();
    let secrets = records.arrived(&recovery, &handle, delivery, &mut dice);
    let seed = Seed::generate(&mut dice).unwrap();
    let other = block_on(recovery.request(lookup, delivery, None, seed, at(0))).unwrap();
    let other_secrets = records.arrived(&recovery, &other, delivery, &mut dice);
    for number in 0..11 {
        let seed = Seed::generate(&mut dice).unwrap();
        let lookup = Lookup::login("nobody").unwrap();
        match block_on(recovery.request(lookup, delivery, None, seed, at(0))) {
            Ok(handle) => records.debug("Handle", &handle),
            Err(error) => {
                assert_eq!(number, 10);
                records.error("RequestError", &error);
            }
        }
    }
    records.work(&recovery, &mut dice, 0);
    let long_ago = at(-1_700_100_000);
    let lookup = Lookup::login("grace").unwrap();
    let seed = Seed::generate(&mut dice).unwrap();
    let asked = block_on(recovery.request(lookup, delivery, None, seed, long_ago));
    records.error("RequestError::Clock", &asked.unwrap_err());
    records.rows("stored", &recovery);

    let proof = shown(&mut records, &recovery, delivery, &handle, &secrets);
    let admitted = block_on(recovery.admit(proof, None, at(1))).unwrap();
    records.debug("Admitted", &admitted);
    records.signed("ticket", admitted.ticket().unwrap().expose_secret());
    let ticket = admitted.ticket().unwrap().expose_secret().to_owned();
    records.debug("Ticket", admitted.ticket().unwrap());
    records.debug("Proof::Ticket", &Proof::Ticket(&ticket));
    let again = block_on(recovery.admit(Proof::Ticket(&ticket), None, at(2))).unwrap();
    records.signed("ticket of a ticket", again.ticket().unwrap().expose_secret());
    records.debug("Admitted by ticket", &again);
    let late = self::proof(&other, &other_secrets[0], delivery);
    let late = block_on(recovery.admit(late, None, at(1))).unwrap();
    records.signed("other ticket", late.ticket().unwrap().expose_secret());

    // Chosen: mistyped, too short, endless, and good.
    let new = Password::confirmed(NEW, NEW).unwrap();
    records.debug("Password", &new);
    records.error("PasswordError", &Password::confirmed(NEW, NEXT).unwrap_err());
    records.error("PasswordError", &Password::new(NEW.repeat(300)).unwrap_err());
    let policy = Policy::builder().min_length(8).not_entirely_numeric().build().unwrap();
    let mut set = |admitted: &Admitted, text: &str| {
        let salt = Salt::generate(&mut dice).unwrap();
        admitted.set_password(&Password::new(text).unwrap(), &policy, &hasher(), salt)
    };
    records.error("SetError", &set(&admitted, SHORT).unwrap_err());
    let change = set(&admitted, NEW).unwrap();
    records.debug("Change", &change);
    let taken = set(&admitted, NEXT).unwrap();
    let superseded = set(&late, NEXT).unwrap();
    let expired = set(&late, NEXT).unwrap();

    // Set: once; the others are told.
    let after = records.committed(&recovery, change, at(2));
    records.hash("new hash", accounts(&recovery)[0].password().unwrap());
    records.debug("AfterReset", &after);
    records.rows("running", &recovery);
    let running = block_on(recovery.admit(Proof::Ticket(&ticket), None, at(2))).unwrap_err();
    records.error("AdmitError while a commit runs", &running);
    for (name, change, now) in
        [("Taken", taken, 2), ("Superseded", superseded, 2), ("Expired", expired, 100_000)]
    {
        let refused = block_on(recovery.commit(change, at(now))).unwrap_err();
        assert_eq!(format!("{refused:?}"), name);
        records.error(name, &refused);
    }
    let found = block_on(recovery.housekeep(at(100)));
    assert_eq!(found.resumed.len(), 1);
    records.debug("Housekeeping", &found);
    block_on(recovery.settle(&after, at(100))).unwrap();
    records.queue("settled", &recovery);
    let mut dice = Dice(8);
    records.work(&recovery, &mut dice, 100);
    let told = recovery.ports().outbox().take().unwrap();
    records.keep("text of the notice", told.expose_secret().as_bytes());
    records.debug("rendered notice", &told);
    let again = block_on(recovery.admit(proof, None, at(4))).unwrap_err();
    records.error("AdmitError for a used secret", &again);
    let past = block_on(recovery.ports().accounts().past(&id(), 5, at(4))).unwrap();
    assert_eq!(past.len(), 1);
    records.debug("PastPassword", &past[0]);

    // Changed once more, by the signed-in person.
    let wrong = block_on(recovery.current(id(), at(5))).unwrap();
    records.debug("Current", &wrong);
    let old = Password::new(OLD).unwrap();
    records.error("CurrentError", &wrong.verify(&old, &hasher()).unwrap_err());
    let current = block_on(recovery.current(id(), at(5))).unwrap();
    let admitted = current.verify(&new, &hasher()).unwrap();
    records.debug("Admitted by password", &admitted);
    let salt = Salt::generate(&mut dice).unwrap();
    let next = Password::new(NEXT).unwrap();
    let change = admitted.set_password(&next, &policy, &hasher(), salt).unwrap();
    let after = block_on(recovery.commit(change, at(6))).unwrap();
    records.hash("next hash", accounts(&recovery)[0].password().unwrap());
    records.rows("changed", &recovery);
    let tag = after.session_tag().unwrap().as_str().to_owned();
    records.secrets.push(("session tag".into(), tag.into()));
    records.debug("AfterReset of a change", &after);
    block_on(recovery.settle(&after, at(6))).unwrap();
    let nobody = AccountId::new("43").unwrap();
    let gone = block_on(recovery.current(nobody, at(6))).unwrap_err();
    records.error("CurrentPasswordError", &gone);
    records.debug("MemoryPorts", recovery.ports());
    records.debug("MemoryAccounts", recovery.ports().accounts());
    records.debug("MemoryAttempts", recovery.ports().attempts());
    records.debug("MemoryCounters", recovery.ports().counters());
    records.debug("MemoryQueue", recovery.ports().queue());
    records.debug("Outbox", recovery.ports().outbox());
    records
}

/// Shows a secret: wrong, for another account, while the user table is away, and leaves the right one
/// to be shown.
fn shown<'a>(
    records: &mut Records,
    recovery: &Memory,
    delivery: Delivery,
    handle: &'a Handle,
    secrets: &'a [String],
) -> Proof<'a> {
    let proof = proof(handle, &secrets[0], delivery);
    records.debug("Proof", &proof);
    let reversed: String = secrets[0].chars().rev().collect();
    for (text, now) in [(&reversed[..], 1), ("", 1), (SHORT, 1), (&secrets[0][..], 100_000)] {
        let wrong = self::proof(handle, text, delivery);
        let refused = block_on(recovery.admit(wrong, None, at(now))).unwrap_err();
        records.error("AdmitError", &refused);
    }
    let expected = ExpectedAccount::Id(AccountId::new("43").unwrap());
    records.debug("ExpectedAccount", &expected);
    let refused = block_on(recovery.admit(proof, Some(&expected), at(1))).unwrap_err();
    records.error("AdmitError for another account", &refused);
    // The user table is away: the error carries a ticket.
    let mut step = recovery.flow().admit(proof, None, at(1));
    let failed = loop {
        records.debug("Step", &step);
        step = match step {
            Step::LoadAttempt(call) => {
                let row = block_on(recovery.ports().attempts().load(&call.question().id, at(1)));
                call.reply(row)
            }
            Step::Count(call) => {
                records.debug("Count", call.question());
                let Count { key, quota, .. } = call.question();
                let counted = Counted::new(*key, *quota, 1, at(60));
                call.reply(Ok(counted))
            }
            Step::LoadAccount(call) => call.reply(Err(Away.into())),
            Step::Done(result) => break result.unwrap_err(),
            _ => panic!("nothing else is asked"),
        };
    };
    let ticket = failed.ticket().unwrap().expose_secret().to_owned();
    records.signed("ticket of an error", &ticket);
    records.error("AdmitError with a ticket", &failed);
    proof
}

fn proof<'a>(handle: &'a Handle, secret: &'a str, delivery: Delivery) -> Proof<'a> {
    match delivery {
        Delivery::CODE => Proof::Code { handle: handle.expose_secret(), code: secret },
        _ => Proof::Link(secret),
    }
}

type Memory = Recovery<MemoryPorts>;

fn accounts(recovery: &Memory) -> Vec<Account> {
    recovery.ports().accounts().all()
}

/// A port that is away.
#[derive(Debug)]
struct Away;

impl core::fmt::Display for Away {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the database is away")
    }
}

impl Error for Away {}

/// What is secret, and what was kept of everything that is not.
struct Records {
    secrets: Vec<(String, Vec<u8>)>,
    kept: Vec<(String, Vec<u8>)>,
}

impl Records {
    fn new() -> Self {
        let mut secrets = vec![("key".to_owned(), key_bytes().to_vec())];
        for password in [OLD, NEW, NEXT, SHORT] {
            secrets.push(("password".to_owned(), password.into()));
        }
        Self { secrets, kept: Vec::new() }
    }

    /// Works on a request and on the message that it puts into the queue, and notes the secrets;
    /// returns those in the message, the link first.
    fn arrived(
        &mut self,
        recovery: &Memory,
        handle: &Handle,
        delivery: Delivery,
        dice: &mut Dice,
    ) -> Vec<String> {
        self.debug("Handle", handle);
        self.signed("handle", handle.expose_secret());
        self.queue("requested", recovery);
        self.work(recovery, dice, 0);
        let message = recovery.ports().outbox().take().unwrap();
        self.debug("Message", &message);
        self.keep("subject", message.subject().as_bytes());
        let pieces: Vec<&str> = match delivery {
            Delivery::LINK_AND_CODE => message.expose_secret().split("Or enter").collect(),
            _ => vec![message.expose_secret()],
        };
        let secrets: Vec<String> = pieces.into_iter().map(secret_in).collect();
        for secret in &secrets {
            if secret.len() == Token::CHARACTERS {
                self.signed("token", secret);
                continue;
            }
            let typed = secret.replace('-', "");
            self.secrets.push(("code".into(), secret.as_str().into()));
            self.secrets.push(("typed code".into(), typed.to_lowercase().into()));
            self.secrets.push(("code without dash".into(), typed.into()));
        }
        secrets
    }

    /// Works through the queue, step by step.
    fn work(&mut self, recovery: &Memory, dice: &mut Dice, now: i64) {
        loop {
            let token = ClaimToken::new(Seed::generate(dice).unwrap());
            self.secrets.push(("claim token".into(), token.as_bytes().to_vec()));
            self.debug("ClaimToken", &token);
            if let Step::Claim(call) = recovery.flow().claim(token, 10, at(now)) {
                self.debug("Claim", call.question());
            }
            let claimed = block_on(recovery.claim(token, 10, at(now))).unwrap();
            if claimed.is_empty() {
                return;
            }
            for claimed in claimed {
                self.debug("Claimed", &claimed);
                self.debug("QueueEntry", claimed.entry());
                self.debug("QueueKey", claimed.entry().key());
                self.work_on(recovery, claimed, token, at(now));
            }
        }
    }

    /// Takes the steps of the work on one entry, and keeps all of them.
    fn work_on(
        &mut self,
        recovery: &Memory,
        claimed: Claimed,
        token: ClaimToken,
        now: UtcDateTime,
    ) {
        let ports = recovery.ports();
        let mut step = recovery.flow().work_on(claimed, token, now);
        loop {
            self.debug("Step", &step);
            step = match step {
                Step::Find(call) => {
                    self.debug("Find", call.question());
                    let found = block_on(ports.accounts().find(&call.question().lookup, now));
                    call.reply(found)
                }
                Step::LoadAttempt(call) => {
                    let row = block_on(ports.attempts().load(&call.question().id, now));
                    call.reply(row)
                }
                Step::Count(call) => {
                    let Count { key, quota, once, .. } = call.question();
                    let counted = ports.counters().count(key, *quota, once.as_ref(), now);
                    let counted = block_on(counted);
                    call.reply(counted)
                }
                Step::Insert(call) => {
                    self.debug("Insert", call.question());
                    let inserted = block_on(ports.attempts().insert(&call.question().row, now));
                    call.reply(inserted)
                }
                Step::Push(call) => {
                    self.debug("Call of a QueueEntry", &call);
                    let pushed = block_on(ports.queue().push(call.question(), now));
                    call.reply(pushed)
                }
                Step::Deliver(call) => {
                    self.debug("Call of a Message", &call);
                    let delivered = block_on(ports.notifier().deliver(call.question(), now));
                    call.reply(delivered)
                }
                Step::Finish(call) => {
                    self.debug("Finish", call.question());
                    let Finish { key, token, .. } = call.question();
                    let done = block_on(ports.queue().done(key, token, now));
                    call.reply(done)
                }
                Step::Done(worked) => {
                    let worked = worked.unwrap();
                    if let Worked::Ran(report) = &worked {
                        self.debug("Report", report);
                    }
                    return self.debug("Worked", &worked);
                }
                other => panic!("{other:?}"),
            };
        }
    }

    /// Takes the steps of a commit, and keeps all of them.
    fn committed(&mut self, recovery: &Memory, change: Change, now: UtcDateTime) -> AfterReset {
        let ports = recovery.ports();
        let mut step = recovery.flow().commit(change, now);
        loop {
            self.debug("Step", &step);
            step = match step {
                Step::Swap(call) => {
                    self.debug("Swap", call.question());
                    let Swap { seen, next, .. } = call.question();
                    let swapped = block_on(ports.attempts().swap(seen, next, now));
                    call.reply(swapped)
                }
                Step::Write(call) => {
                    let AccountChange::Password { hash, .. } = call.question().change() else {
                        panic!("a password is set");
                    };
                    self.hash("hash to come", hash);
                    self.debug("AccountChange", &call.question().change());
                    self.debug("AccountWrite", call.question());
                    self.debug("Call of an AccountWrite", &call);
                    let written = block_on(ports.accounts().write(call.question(), now));
                    call.reply(written)
                }
                Step::Done(after) => return after.unwrap(),
                other => panic!("{other:?}"),
            };
        }
    }

    /// A token, ticket or handle: its text, and the tag in it, which nobody else can make. The id in
    /// it is no secret.
    fn signed(&mut self, name: &str, text: &str) {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        let (_, tag) = bytes[..bytes.len() - 1].split_last_chunk::<32>().unwrap();
        self.secrets.push((name.into(), text.into()));
        self.secrets.push((format!("tag of the {name}"), tag.to_vec()));
    }

    /// Salt and output of a hash are not for logs either.
    fn hash(&mut self, name: &str, hash: &PasswordHash) {
        let output = hash.expose_secret().rsplit('$').next().unwrap();
        self.secrets.push((name.into(), output.into()));
    }

    fn keep(&mut self, name: &str, bytes: &[u8]) {
        self.kept.push((name.to_owned(), bytes.to_vec()));
    }

    fn debug<T: Debug + ?Sized>(&mut self, name: &str, value: &T) {
        // What checks/public-api reads.
        println!("covers {}", type_name::<T>());
        self.keep(name, format!("{value:?}").as_bytes());
        self.keep(name, format!("{value:#?}").as_bytes());
    }

    fn error<E: Error + 'static>(&mut self, name: &str, error: &E) {
        self.debug(name, error);
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = next {
            self.debug(name, error);
            self.keep(name, error.to_string().as_bytes());
            next = error.source();
        }
    }

    fn rows(&mut self, name: &str, recovery: &Memory) {
        let rows = recovery.ports().attempts().dump();
        assert!(rows.len() >= 2, "{name}");
        for bytes in rows {
            self.debug(name, &AttemptRow::from_bytes(&bytes).unwrap());
            self.keep(name, &bytes);
        }
        self.error("RowError", &AttemptRow::from_bytes(OLD.as_bytes()).unwrap_err());
        self.queue(name, recovery);
    }

    /// Entries of the queue as a store keeps them.
    fn queue(&mut self, name: &str, recovery: &Memory) {
        for bytes in recovery.ports().queue().dump() {
            self.keep(&format!("queue, {name}"), &bytes);
        }
    }

    /// Every secret that stands in what was kept, in whatever spelling.
    fn leaks(&self) -> Vec<String> {
        let mut leaks = Vec::new();
        for (place, kept) in &self.kept {
            let holds = |needle: &[u8]| kept.windows(needle.len()).any(|window| window == needle);
            for (name, secret) in &self.secrets {
                let numbers = format!("{secret:?}");
                let numbers = numbers.trim_matches(['[', ']']);
                let lines: String = secret.iter().map(|byte| format!("    {byte},\n")).collect();
                if holds(secret)
                    || holds(numbers.as_bytes())
                    || holds(lines.as_bytes())
                    || holds(HEXLOWER.encode(secret).as_bytes())
                    || holds(HEXUPPER.encode(secret).as_bytes())
                    || holds(BASE64.encode(secret).trim_end_matches('=').as_bytes())
                    || holds(BASE64URL_NOPAD.encode(secret).as_bytes())
                {
                    leaks.push(format!("{place}: {name}"));
                }
            }
            let passwords = [OLD, NEW, NEXT, SHORT];
            let mut pieces = passwords.iter().flat_map(|password| password.as_bytes().windows(5));
            if pieces.any(holds) {
                leaks.push(format!("{place}: a piece of a password"));
            }
        }
        leaks
    }
}
