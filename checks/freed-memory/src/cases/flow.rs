use std::future::Future;
use std::task::{Context, Poll, Waker};

use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::code::{CheckCode, CodeShape};
use repass::hash::{Cost, Hasher};
use repass::language::Language;
use repass::memory::{
    MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryPorts, MemoryQueue, Outbox,
};
use repass::message::{LinkForm, Message, MessageKind, MessageText, Messages, ResetLink};
use repass::policy::Policy;
use repass::port::{PortSet, Ports, Queue};
use repass::queue::{ClaimToken, QueueEntry};
use repass::recovery::Recovery;
use repass::reset::{Admitted, Delivery, Flow, FlowBuilder, Proof, Step};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::time::UtcDateTime;

use super::{of_code, with_subkeys};
use crate::report::{Report, Way};
use crate::secrets::Secrets;
use crate::trip::{Fall, Trip};
use crate::world::{BYTES, Draws, OTHER_BYTES, PASSWORD, ring};

pub const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;
const NEW: &str = "lumTrskPgoQwzxVbnhyDfjce";
const REFUSED: &str = "mlkjHgf";
const NEXT: &str = "WvutsRqponMlkjihGfedcbz";
const WRONG_CODE: &str = "BCDF-GHJK-LMNP";

pub fn flow(report: &mut Report) {
    let keys = with_subkeys(Secrets::of([]), &BYTES);
    report.value("flow before it is built", &keys, builder);
    report.value("flow", &keys, || builder().build().unwrap());
    report.value("no copy of a key in the ports in memory", &keys, || {
        let (accounts, attempts) = (MemoryAccounts::new([ada()]), MemoryAttempts::default());
        (accounts, attempts, MemoryCounters::default(), MemoryQueue::default(), Outbox::default())
    });
    for delivery in [Delivery::LINK, Delivery::CODE, Delivery::LINK_AND_CODE] {
        let name = match delivery {
            Delivery::LINK => "by link",
            Delivery::CODE => "by code",
            _ => "by link and code",
        };
        let mut secrets = [PASSWORD, NEW, NEXT]
            .into_iter()
            .fold(keys.clone(), |secrets, password| secrets.and(password.as_bytes()))
            .and(WRONG_CODE.as_bytes());
        let calls = Trip::after(usize::MAX, Fall::Panic);
        walk(delivery, &mut |secret| {
            match CheckCode::parse(CodeShape::letters(12).unwrap(), secret) {
                Ok(code) => of_code(&code, &mut |form| secrets = secrets.clone().and(form)),
                // The head of a token or a ticket is no secret.
                Err(_) => {
                    let tag = secret.len() - 44..secret.len() - 2;
                    secrets = secrets.clone().and(&secret.as_bytes()[tag]);
                }
            }
        });
        let calls = Trip::calls_since(calls);
        assert!(calls > 10, "the walk was cut off");
        report.run(&format!("walk {name}"), Way::Dropped, &secrets, || {
            walk(delivery, &mut |_| ());
        });
        for call in 0..calls {
            let name = format!("walk {name}, call {call} of a port");
            report.run(&name, Way::Unwinding, &secrets, || {
                Trip::after(call, Fall::Panic);
                walk(delivery, &mut |_| ());
            });
            report.run(&name, Way::Dropped, &secrets, || {
                Trip::after(call, Fall::Never);
                walk(delivery, &mut |_| ());
            });
            Trip::after(usize::MAX, Fall::Panic);
        }
        messages(report, delivery, &secrets);
    }
}

pub fn builder() -> FlowBuilder {
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Flow::builder(ring(), page).code_shape(CodeShape::letters(12).unwrap())
}

/// A message is rendered, also one that carries its secret many times over, and waits in a step.
fn messages(report: &mut Report, delivery: Delivery, secrets: &Secrets) {
    let (name, slots) = match delivery {
        Delivery::LINK => ("link", "{link}"),
        Delivery::CODE => ("code", "{code}"),
        _ => ("link and a code", "{link} {code}"),
    };
    let recovery = Recovery::new(builder().build().unwrap(), MemoryPorts::new([ada()]));
    let request = || recovery.request(Lookup::login("ada").unwrap(), delivery, None, seed(), NOW);
    report.value(&format!("handle of a request for a {name}"), secrets, || {
        let tenant = builder().build().unwrap().for_tenant("acme").unwrap();
        (run(request()).unwrap().unwrap(), builder(), tenant)
    });
    let _worked = run(recovery.work(token(), 1, NOW)).unwrap().unwrap();
    let claimed = run(recovery.claim(token(), 1, NOW)).unwrap().unwrap().remove(0);
    let entry = claimed.entry().clone();
    let render = |flow: &Flow| -> Message {
        let step = flow.work_on(claimed.clone(), token(), NOW);
        let Step::Deliver(call) = step else { panic!("{step:?}") };
        call.question().clone()
    };
    report.value(&format!("message with a {name}"), secrets, || render(recovery.flow()));
    report.value(&format!("step that delivers a {name}"), secrets, || {
        recovery.flow().work_on(claimed.clone(), token(), NOW)
    });
    report.value(&format!("outbox with a {name}"), secrets, || full(&entry));
    let text = format!("{{first_name}}\n {slots} {{last_name}}\n").repeat(1000);
    let html = text.replace(' ', "<br>\n");
    let kind = match delivery {
        Delivery::LINK => MessageKind::Link,
        Delivery::CODE => MessageKind::Code,
        _ => MessageKind::LinkAndCode,
    };
    let text = MessageText::new("New", &text).with_html(&html);
    let messages = Messages::builder().email(kind, Language::ENGLISH, text).build().unwrap();
    let flow = builder().messages(messages).build().unwrap();
    report.grown(&format!("message with a {name}"), secrets, || render(&flow));
    if delivery == Delivery::CODE {
        let handle = run(request()).unwrap().unwrap();
        let message = render(recovery.flow());
        let code = secret_in(message.expose_secret());
        steps(report, &recovery, secrets, (handle.expose_secret(), code));
    }
}

/// Ports in whose outbox a message was put.
fn full(entry: &QueueEntry) -> Recovery<MemoryPorts> {
    let recovery = Recovery::new(builder().build().unwrap(), MemoryPorts::new([ada()]));
    let _pushed = run(recovery.ports().queue().push(entry, NOW)).unwrap().unwrap();
    let _worked = run(recovery.work(token(), 1, NOW)).unwrap().unwrap();
    recovery
}

/// What a host has in its hands that takes the steps by itself.
fn steps(
    report: &mut Report,
    recovery: &Recovery<MemoryPorts>,
    secrets: &Secrets,
    (handle, code): (&str, &str),
) {
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    // Moved on the heap with what was typed, as a future does it.
    report.value("no copy of a code in a step that counts it", secrets, || {
        let step = recovery.flow().admit(Proof::Code { handle, code }, None, NOW);
        let Step::LoadAttempt(call) = step else { panic!("{step:?}") };
        call.reply(Err(Away.into()))
    });
    report.value("password that is to be set", secrets, || {
        // Each on counters of its own.
        let row = recovery.ports().attempts().dump();
        let row = repass::attempt::AttemptRow::from_bytes(&row[0]).unwrap();
        let fresh = Recovery::new(recovery.flow().clone(), MemoryPorts::new([ada()]));
        let attempts = fresh.ports().attempts();
        let inserted = repass::port::Attempts::insert(attempts, &row, NOW);
        run(inserted).unwrap().unwrap();
        let proof = Proof::Code { handle, code };
        let admitted = run(fresh.admit(proof, None, NOW)).unwrap().unwrap();
        let new = Password::new(NEW).unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let change = admitted.set_password(&new, &policy, &hasher, salt()).unwrap();
        (admitted, new, change)
    });
}

/// Why a port failed.
#[derive(Debug)]
struct Away;

impl std::fmt::Display for Away {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("away")
    }
}

impl std::error::Error for Away {}

/// From the request to the password after the next, with a mistake at each step; to its end, or to
/// where a port does not answer. Tells the secrets that come up.
fn walk(delivery: Delivery, tell: &mut dyn FnMut(&str)) -> Option<()> {
    let ports = PortSet {
        accounts: Trip(MemoryAccounts::new([ada()])),
        attempts: Trip(MemoryAttempts::default()),
        counters: Trip(MemoryCounters::default()),
        queue: Trip(MemoryQueue::default()),
        notifier: Trip(Outbox::default()),
    };
    let recovery = Recovery::new(builder().build().unwrap(), ports);
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let policy = Policy::builder().min_length(8).no_personal_names().build().unwrap();

    let lookup = Lookup::email("ada@example.org").unwrap();
    let handle = run(recovery.request(lookup, delivery, None, seed(), NOW))?.unwrap();
    let handle = handle.expose_secret();
    tell(handle);
    while !run(recovery.work(token(), 1, NOW))?.unwrap().is_empty() {}
    let message = recovery.ports().notifier.0.take()?;
    let secret = secret_in(message.expose_secret());
    tell(secret);
    let proof = match delivery {
        Delivery::CODE => {
            let wrong = Proof::Code { handle, code: WRONG_CODE };
            assert!(run(recovery.admit(wrong, None, NOW))?.is_err());
            Proof::Code { handle, code: secret }
        }
        _ => {
            assert_eq!(run(recovery.inspect(&secret[1..], NOW))?.ok(), None);
            run(recovery.inspect(secret, NOW))?.unwrap();
            Proof::Link(secret)
        }
    };
    let first = run(recovery.admit(proof, None, NOW))?.unwrap();
    let ticket = first.ticket().unwrap().expose_secret();
    tell(ticket);
    let admitted = run(recovery.admit(Proof::Ticket(ticket), None, NOW))?.unwrap();
    let set = |admitted: &Admitted, new: &str| {
        admitted.set_password(&Password::new(new).unwrap(), &policy, &hasher, salt())
    };
    assert!(set(&admitted, REFUSED).is_err());
    let after = run(recovery.commit(set(&admitted, NEW).unwrap(), NOW))?.unwrap();
    run(recovery.settle(&after, NOW))?.unwrap();
    while !run(recovery.work(token(), 1, NOW))?.unwrap().is_empty() {}
    while recovery.ports().notifier.0.take().is_some() {}

    let id = AccountId::new("42").unwrap();
    let wrong = run(recovery.current(id.clone(), NOW))?.unwrap();
    assert!(wrong.verify(&Password::new(PASSWORD).unwrap(), &hasher).is_err());
    let current = run(recovery.current(id, NOW))?.unwrap();
    let admitted = current.verify(&Password::new(NEW).unwrap(), &hasher).unwrap();
    let after = run(recovery.commit(set(&admitted, NEXT).unwrap(), NOW))?.unwrap();
    drop(run(recovery.housekeep(NOW))?);
    run(recovery.settle(&after, NOW))?.unwrap();
    Some(())
}

/// What a future answers that does not wait, or nothing. It stands on the heap, as the tasks of a
/// service do.
pub fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// The token or the code in a message.
fn secret_in(text: &str) -> &str {
    let token = text.lines().find_map(|line| Some(line.split_once("?token=")?.1));
    let is_code = |line: &&str| line.len() == WRONG_CODE.len() && line.as_bytes()[4] == b'-';
    token.or_else(|| text.lines().find(is_code)).unwrap()
}

pub fn ada() -> Account {
    // Argon2id of PASSWORD takes no part in a reset.
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored(hash).unwrap())
}

pub fn seed() -> Seed {
    Seed::generate(&mut Draws::of(&OTHER_BYTES)).unwrap()
}

fn token() -> ClaimToken {
    ClaimToken::new(seed())
}

pub fn salt() -> Salt {
    Salt::generate(&mut Draws::of(&OTHER_BYTES)).unwrap()
}
