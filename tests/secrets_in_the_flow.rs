//! After whole walks no token, code, handle, password or key stands in a stored row, in the `Debug`
//! of any value on the way, or in any error.

#[path = "support/world.rs"]
mod world;

use core::any::type_name;
use core::error::Error;
use core::fmt::Debug;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use repass::account::{AccountId, Claim, Lookup};
use repass::key::Key;
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::policy::Policy;
use repass::reset::{Delivery, PendingReset, Proof, Request};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::service::Service;

use self::world::{Dice, OLD, ada, at, flow, hasher, id, key_bytes, secret_in};

const NEW: &str = "plum~Walrus^4217";
const NEXT: &str = "brisk/Hazel#96351";
const SHORT: &str = "xq7Zk";

#[test]
fn no_secret_stands_in_anything_of_a_walk_by_link() {
    let records = walk(Delivery::EmailLink);
    assert_eq!(records.leaks(), Vec::<String>::new());
}

#[test]
fn no_secret_stands_in_anything_of_a_walk_by_code() {
    let records = walk(Delivery::EmailCode);
    assert_eq!(records.leaks(), Vec::<String>::new());
}

#[test]
fn control_every_secret_is_found_where_it_is_planted() {
    for delivery in [Delivery::EmailLink, Delivery::EmailCode] {
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
    let service =
        Service::new(flow, MemoryAccounts::new([account]), MemoryStore::new(), Outbox::new());
    records.debug("Service", &service);
    records.debug("SessionTag", &service.flow().session_tag(&service.accounts().all()[0]));

    // Asked for: by Ada twice, and by somebody for nobody, until it is too often.
    let lookup = Lookup::email("ada@example.org").unwrap();
    // A person who types the password into the wrong field.
    records.error("LookupError", &Lookup::email(OLD).unwrap_err());
    let seed = Seed::generate(&mut dice).unwrap();
    records.debug("Seed", &seed);
    let asked = service.request(lookup.clone(), delivery, seed, at(0));
    let request = pollster::block_on(asked).unwrap();
    let (secret, mut records) = records.arrived(&service, &request, delivery);
    let asked = service.request(lookup, delivery, Seed::generate(&mut dice).unwrap(), at(0));
    let other = pollster::block_on(asked).unwrap();
    let (other_secret, mut records_of_other) = Records::new().arrived(&service, &other, delivery);
    records.secrets.append(&mut records_of_other.secrets);
    records.kept.append(&mut records_of_other.kept);
    for number in 0..11 {
        let seed = Seed::generate(&mut dice).unwrap();
        let lookup = Lookup::login("nobody").unwrap();
        match pollster::block_on(service.request(lookup, delivery, seed, at(0))) {
            Ok(request) => {
                records.debug("Request", &request);
                records.debug("Report", &pollster::block_on(service.run(&request, at(0))).unwrap());
            }
            Err(error) => {
                assert_eq!(number, 10);
                records.error("RequestError", &error);
            }
        }
    }
    let long_ago = at(-1_700_100_000);
    let lookup = Lookup::login("grace").unwrap();
    let seed = Seed::generate(&mut dice).unwrap();
    let asked = pollster::block_on(service.request(lookup, delivery, seed, long_ago));
    records.error("RequestError::Clock", &asked.unwrap_err());
    records.rows("stored", service.store());

    // Shown: wrong, for another account, and right.
    let proof = proof(&request, &secret, delivery);
    records.debug("Proof", &proof);
    let reversed: String = secret.chars().rev().collect();
    for (text, now) in [(&reversed[..], 1), ("", 1), (SHORT, 1), (&secret[..], 100_000)] {
        let wrong = self::proof(&request, text, delivery);
        let refused = pollster::block_on(service.admit(wrong, None, at(now))).unwrap_err();
        records.error("AdmitError", &refused);
    }
    let claim = Claim::Id(AccountId::new("43").unwrap());
    let refused = pollster::block_on(service.admit(proof, Some(&claim), at(1))).unwrap_err();
    records.error("AdmitError for another account", &refused);
    let admitted = pollster::block_on(service.admit(proof, None, at(1))).unwrap();
    records.debug("Admitted", &admitted);
    let late = pollster::block_on(service.admit(
        self::proof(&other, &other_secret, delivery),
        None,
        at(1),
    ));
    let late = late.unwrap();

    // Chosen: mistyped, too short, endless, and good.
    let new = Password::confirmed(NEW, NEW).unwrap();
    records.debug("Password", &new);
    records.error("PasswordError", &Password::confirmed(NEW, NEXT).unwrap_err());
    records.error("PasswordError", &Password::new(NEW.repeat(300)).unwrap_err());
    let policy = Policy::builder().min_length(8).not_entirely_numeric().build().unwrap();
    let mut set = |admitted: &repass::reset::Admitted, text: &str| {
        let salt = Salt::generate(&mut dice).unwrap();
        admitted.set_password(&Password::new(text).unwrap(), &policy, &hasher(), salt)
    };
    records.error("SetError", &set(&admitted, SHORT).unwrap_err());
    let change = set(&admitted, NEW).unwrap();
    records.hash("new hash", change.write().new_hash());
    records.debug("Change", &change);
    records.debug("PasswordWrite", &change.write());
    let taken = set(&admitted, NEXT).unwrap();
    let superseded = set(&late, NEXT).unwrap();
    let expired = set(&late, NEXT).unwrap();

    // Set: once; the others are told.
    let begun = service.flow().begin(&change, at(2)).unwrap();
    records.debug("Begun", &begun);
    let after = pollster::block_on(service.commit(change, at(2))).unwrap();
    records.debug("AfterReset", &after);
    records.debug("Notices", &after.notices());
    records.rows("running", service.store());
    for (name, change, now) in
        [("Taken", taken, 2), ("Superseded", superseded, 2), ("Expired", expired, 100_000)]
    {
        let refused = pollster::block_on(service.commit(change, at(now))).unwrap_err();
        assert_eq!(format!("{refused:?}"), name);
        records.error(name, &refused);
    }
    records.debug("owed", &pollster::block_on(service.owed(at(100))).unwrap());
    pollster::block_on(service.settle(&after)).unwrap();
    let notice = service.notifier().take_notice().unwrap();
    let told = service.flow().render_notice(&notice);
    records.keep("text of the notice", told.expose_secret().as_bytes());
    records.debug("rendered Notice", &told);
    let again = pollster::block_on(service.admit(proof, None, at(4))).unwrap_err();
    records.error("AdmitError for a used secret", &again);

    // Changed once more, by the signed-in person.
    let wrong = pollster::block_on(service.current(&id(), at(5))).unwrap();
    records.debug("Current", &wrong);
    let old = Password::new(OLD).unwrap();
    records.error("CurrentError", &wrong.verify(&old, &hasher()).unwrap_err());
    let current = pollster::block_on(service.current(&id(), at(5))).unwrap();
    let admitted = current.verify(&new, &hasher()).unwrap();
    records.debug("Admitted by password", &admitted);
    let change = set(&admitted, NEXT).unwrap();
    records.hash("next hash", change.write().new_hash());
    let after = pollster::block_on(service.commit(change, at(6))).unwrap();
    records.rows("changed", service.store());
    records.debug("AfterReset of a change", &after);
    let nobody = AccountId::new("43").unwrap();
    let gone = pollster::block_on(service.current(&nobody, at(6))).unwrap_err();
    records.error("CurrentPasswordError", &gone);
    records.debug("MemoryAccounts", service.accounts());
    records.debug("MemoryStore", service.store());
    records.debug("Outbox", service.notifier());
    records
}

fn proof<'a>(request: &'a Request, secret: &'a str, delivery: Delivery) -> Proof<'a> {
    match delivery {
        Delivery::EmailCode => {
            Proof::Code { handle: request.handle().expose_secret(), code: secret }
        }
        _ => Proof::Link(secret),
    }
}

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

    /// Runs a request, opens its letter, and notes the secrets; returns the one in the letter.
    fn arrived(
        mut self,
        service: &Service<MemoryAccounts, MemoryStore, Outbox>,
        request: &Request,
        delivery: Delivery,
    ) -> (String, Self) {
        self.debug("Request", request);
        self.debug("Handle", request.handle());
        self.signed("handle", request.handle().expose_secret());
        self.debug("Report", &pollster::block_on(service.run(request, at(0))).unwrap());
        let letter = service.notifier().take_letter().unwrap();
        self.debug("Letter", &letter);
        self.error("LetterError", &service.flow().render(&letter, at(100_000)).unwrap_err());
        let message = service.flow().render(&letter, at(0)).unwrap();
        self.debug("Message", &message);
        self.keep("subject", message.subject().as_bytes());
        let secret = secret_in(message.expose_secret());
        if delivery == Delivery::EmailLink {
            self.signed("token", &secret);
        } else {
            self.secrets.push(("code".into(), secret.clone().into()));
            self.secrets.push(("code without dash".into(), secret.replace('-', "").into()));
            self.secrets.push(("typed code".into(), secret.replace('-', "").to_lowercase().into()));
        }
        (secret, self)
    }

    /// A token or handle: its text, and the tag in it, which nobody else can make. The id in it is
    /// no secret.
    fn signed(&mut self, name: &str, text: &str) {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
        self.secrets.push((name.into(), text.into()));
        self.secrets.push((format!("tag of the {name}"), bytes[28..].to_vec()));
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

    fn rows(&mut self, name: &str, store: &MemoryStore) {
        let rows = store.dump();
        assert!(rows.len() >= 2, "{name}");
        for bytes in rows {
            self.debug(name, &PendingReset::from_bytes(&bytes).unwrap());
            self.keep(name, &bytes);
        }
        self.error("RowError", &PendingReset::from_bytes(OLD.as_bytes()).unwrap_err());
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
