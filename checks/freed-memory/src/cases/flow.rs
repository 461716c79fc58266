use std::future::Future;
use std::task::{Context, Poll, Waker};

use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::code::{CheckCode, CodeShape};
use repass::hash::{Cost, Hasher};
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::message::{LinkForm, ResetLink, Template};
use repass::policy::Policy;
use repass::reset::{Admitted, Delivery, Flow, FlowBuilder, PendingReset, Proof};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::service::Service;
use repass::throttle::Count;
use repass::time::UtcDateTime;

use super::{of_code, with_subkeys};
use crate::report::{Report, Way};
use crate::secrets::Secrets;
use crate::trip::{Fall, Trip};
use crate::world::{BYTES, Draws, OTHER_BYTES, PASSWORD, ring};

const NOW: UtcDateTime = UtcDateTime::UNIX_EPOCH;
const NEW: &str = "lumTrskPgoQwzxVbnhyDfjce";
const REFUSED: &str = "mlkjHgf";
const NEXT: &str = "WvutsRqponMlkjihGfedcbz";
const WRONG_CODE: &str = "BCDF-GHJK-LMNP";

pub fn flow(report: &mut Report) {
    let keys = with_subkeys(Secrets::of([]), &BYTES);
    report.value("flow before it is built", &keys, builder);
    report.value("flow", &keys, || builder().build().unwrap());
    for delivery in [Delivery::EmailLink, Delivery::EmailCode] {
        let name = match delivery {
            Delivery::EmailLink => "by link",
            _ => "by code",
        };
        let mut secrets = [PASSWORD, NEW, NEXT]
            .into_iter()
            .fold(keys.clone(), |secrets, password| secrets.and(password.as_bytes()))
            .and(WRONG_CODE.as_bytes());
        let calls = Trip::after(usize::MAX, Fall::Panic);
        walk(delivery, &mut |secret| {
            match CheckCode::parse(CodeShape::letters(12).unwrap(), secret) {
                Ok(code) => of_code(&code, &mut |form| secrets = secrets.clone().and(form)),
                // The head of a token is no secret.
                Err(_) => secrets = secrets.clone().and(&secret.as_bytes()[38..]),
            }
        });
        let calls = Trip::calls_since(calls);
        assert!(calls > 10, "the road was cut off");
        report.run(&format!("road {name}"), Way::Dropped, &secrets, || {
            walk(delivery, &mut |_| ());
        });
        for call in 0..calls {
            let name = format!("road {name}, call {call} of a port");
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

fn builder() -> FlowBuilder {
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Flow::builder(ring(), page).code_shape(CodeShape::letters(12).unwrap())
}

/// A message is rendered, also one that carries its secret many times over.
fn messages(report: &mut Report, delivery: Delivery, secrets: &Secrets) {
    let slot = if delivery == Delivery::EmailLink { "{link}" } else { "{code}" };
    let text = format!("{{first_name}} {slot} {{last_name}}\n").repeat(1000);
    let flow = builder().build().unwrap();
    let request = flow.request(Lookup::login("ada").unwrap(), delivery, seed(), NOW).unwrap();
    let decide = || flow.decide(&request, &[ada()], NOW).unwrap();
    let name = if delivery == Delivery::EmailLink { "link" } else { "code" };
    report.value(&format!("request for a {name}"), secrets, || {
        let lookup = Lookup::login("ada").unwrap();
        (flow.request(lookup, delivery, seed(), NOW).unwrap(), decide(), builder())
    });
    let letter = decide().letter.unwrap();
    report.value(&format!("message with a {name}"), secrets, || flow.render(&letter, NOW).unwrap());
    if delivery == Delivery::EmailCode {
        let message = flow.render(&letter, NOW).unwrap();
        let code = secret_in(message.expose_secret());
        steps(report, &flow, secrets, &decide().row, (request.handle().expose_secret(), code));
    }
    let template = match delivery {
        Delivery::EmailLink => Template::link("New password", &text).unwrap(),
        _ => Template::code("New password", &text).unwrap(),
    };
    let flow = match delivery {
        Delivery::EmailLink => builder().link_letter(template).build().unwrap(),
        _ => builder().code_letter(template).build().unwrap(),
    };
    report.grown(&format!("message with a {name}"), secrets, || flow.render(&letter, NOW).unwrap());
}

/// What a host has in its hands that takes the steps by itself.
fn steps(
    report: &mut Report,
    flow: &Flow,
    secrets: &Secrets,
    row: &PendingReset,
    (handle, code): (&str, &str),
) {
    let guess = || {
        let (verified, code) = flow.open_code(handle, code, NOW).unwrap();
        let first = Count::new(1, 60);
        let row = flow.code_row(&verified, Some(row.clone())).unwrap();
        row.counted(code, first, Some(first))
    };
    let proven = || flow.prove_code(guess()).unwrap();
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    report.value("guess", secrets, guess);
    report.value("password that is to be set", secrets, || {
        let admitted = flow.admit(proven(), Some(ada()), None, NOW).unwrap();
        let new = Password::new(NEW).unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let change = admitted.set_password(&new, &policy, &hasher, salt()).unwrap();
        (admitted, new, change)
    });
    report.value("service", secrets, || {
        let service = Service::new(
            builder().build().unwrap(),
            MemoryAccounts::new([ada()]),
            MemoryStore::new(),
            Outbox::new(),
        );
        let lookup = Lookup::login("ada").unwrap();
        let request = service.request(lookup, Delivery::EmailCode, seed(), NOW);
        let request = run(request).unwrap().unwrap();
        let _ = run(service.run(&request, NOW)).unwrap().unwrap();
        service
    });
}

/// From the request to the password after the next, with a mistake at each step; to its end, or to
/// where a port does not answer. Tells the secrets that come up.
fn walk(delivery: Delivery, tell: &mut dyn FnMut(&str)) -> Option<()> {
    let service = Service::new(
        builder().build().unwrap(),
        Trip(MemoryAccounts::new([ada()])),
        Trip(MemoryStore::new()),
        Trip(Outbox::new()),
    );
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let policy = Policy::builder().min_length(8).no_personal_names().build().unwrap();

    let lookup = Lookup::email("ada@example.org").unwrap();
    let request = run(service.request(lookup, delivery, seed(), NOW))?.unwrap();
    let handle = request.handle().expose_secret();
    tell(handle);
    let _ = run(service.run(&request, NOW))?.unwrap();
    let letter = service.notifier().0.take_letter().unwrap();
    let message = service.flow().render(&letter, NOW).unwrap();
    let secret = secret_in(message.expose_secret());
    tell(secret);
    let proof = match delivery {
        Delivery::EmailLink => {
            assert_eq!(run(service.inspect(&secret[1..], NOW))?.ok(), None);
            run(service.inspect(secret, NOW))?.unwrap();
            Proof::Link(secret)
        }
        _ => {
            let wrong = Proof::Code { handle, code: WRONG_CODE };
            assert!(run(service.admit(wrong, None, NOW))?.is_err());
            Proof::Code { handle, code: secret }
        }
    };
    let admitted = run(service.admit(proof, None, NOW))?.unwrap();
    let set = |admitted: &Admitted, new: &str| {
        admitted.set_password(&Password::new(new).unwrap(), &policy, &hasher, salt())
    };
    assert!(set(&admitted, REFUSED).is_err());
    let after = run(service.commit(set(&admitted, NEW).unwrap(), NOW))?.unwrap();
    run(service.settle(&after))?.unwrap();
    while let Some(notice) = service.notifier().0.take_notice() {
        drop(service.flow().render_notice(&notice));
    }

    let id = AccountId::new("42").unwrap();
    let wrong = run(service.current(&id, NOW))?.unwrap();
    assert!(wrong.verify(&Password::new(PASSWORD).unwrap(), &hasher).is_err());
    let current = run(service.current(&id, NOW))?.unwrap();
    let admitted = current.verify(&Password::new(NEW).unwrap(), &hasher).unwrap();
    let after = run(service.commit(set(&admitted, NEXT).unwrap(), NOW))?.unwrap();
    drop(run(service.owed(NOW))?.unwrap());
    run(service.settle(&after))?.unwrap();
    Some(())
}

/// What a future answers that does not wait, or nothing. It stands on the heap, as the tasks of a
/// service do.
fn run<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// The token or the code in a letter.
fn secret_in(text: &str) -> &str {
    let token = text.lines().find_map(|line| Some(line.split_once("?token=")?.1));
    let is_code = |line: &&str| line.len() == WRONG_CODE.len() && line.as_bytes()[4] == b'-';
    token.or_else(|| text.lines().find(is_code)).unwrap()
}

fn ada() -> Account {
    // Argon2id of PASSWORD takes no part in a reset.
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    Account::new(AccountId::new("42").unwrap())
        .with_login(Login::new("ada").unwrap())
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored(hash).unwrap())
}

fn seed() -> Seed {
    Seed::generate(&mut Draws::of(&OTHER_BYTES)).unwrap()
}

fn salt() -> Salt {
    Salt::generate(&mut Draws::of(&OTHER_BYTES)).unwrap()
}
