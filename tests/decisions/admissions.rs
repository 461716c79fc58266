//! Whom a proof admits.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Contact, Email, ExpectedAccount, MustChange, MustChangeReason};
use repass::attempt::AttemptRow;
use repass::hash::Verifier;
use repass::port::Attempts;
use repass::reset::{Delivery, FlowBuilder, Operators, Proof};
use repass::scope::{Purpose, Scope};
use repass::secret::TypedPassword;
use repass::sign_in::SignInOutcome;
use repass::token::Signer;

use crate::accounts::{alter, id, with_emails};
use crate::seen::{Seen, alike, seen, told, watched};
use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, grace, hash_of, hasher, keyring, nobody, other_than,
    salt, seed, token_in,
};

const WRONG: &str = "BCDF-GHJK";

fn shown(world: &World, proof: Proof<'_>) -> Seen {
    shown_for(world, proof, None)
}

fn shown_for(world: &World, proof: Proof<'_>, expected: Option<&ExpectedAccount>) -> Seen {
    match watched(world, || block_on(world.recovery.admit(proof, expected, world.now))) {
        Ok(admitted) => seen(["admitted", admitted.event().code()]),
        Err(error) => {
            let ticket = if error.ticket().is_some() { ", with a ticket" } else { "" };
            seen([&(told(world, error.answer()) + ticket), error.code()])
        }
    }
}

/// A link to Ada, after something happened.
fn link_after(meanwhile: impl FnOnce(&mut World, &str)) -> Seen {
    link_of(ada(), meanwhile)
}

fn link_of(account: Account, meanwhile: impl FnOnce(&mut World, &str)) -> Seen {
    let mut world = World::of([account, grace()]);
    let link = world.link();
    meanwhile(&mut world, &link);
    shown(&world, Proof::Link(&link))
}

fn link_after_change(change: impl FnOnce(Account) -> Account) -> Seen {
    link_after(|world, _| alter(world, change))
}

/// A code to Ada, after something happened.
fn code_after(meanwhile: impl FnOnce(&mut World, &str, &str), typed: fn(&str) -> String) -> Seen {
    let mut world = World::new();
    let (handle, code) = world.code();
    meanwhile(&mut world, &handle, &code);
    shown(&world, Proof::Code { handle: &handle, code: &typed(&code) })
}

fn two_attempts() -> Seen {
    let world = World::new();
    let token = world.link();
    let handle = world.ask(&by_email(), Delivery::LINK);
    shown(&world, Proof::HandledLink { handle: &handle, token: &token })
}

/// The row is not in the table, or another one is in its place.
fn with_row(alter: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) -> Seen {
    let world = World::new();
    let link = world.link();
    let other = World::new();
    if let Some(bytes) = alter(world.attempts().dump().remove(0)) {
        let row = AttemptRow::from_bytes(&bytes).unwrap();
        let _inserted = block_on(other.attempts().insert(&row, other.now)).unwrap();
    }
    shown(&other, Proof::Link(&link))
}

/// A link that only the holder of the key could have signed.
fn link_for_a_code() -> Seen {
    let world = World::new();
    world.code();
    let links = Signer::links(keyring(), Scope::new(Purpose::RESET), Duration::from_secs(600));
    let row = world.rows().remove(0);
    let token = links.sign(*row.id(), row.expires_at()).unwrap();
    shown(&world, Proof::Link(token.expose_secret()))
}

fn link_of_an_address() -> Seen {
    let new = Contact::email("new@example.org").unwrap();
    let world = World::of([ada().with_email(Email::unverified(new.clone()))]);
    let asked = world.recovery.verify_address(id("1"), new, None, seed(), world.now);
    let _asked = block_on(asked).unwrap();
    let _worked = world.work();
    shown(&world, Proof::Link(&token_in(&world.read().unwrap())))
}

/// The clock that made the row was ahead by so much that its link is not too far ahead itself.
fn wrong_clock() -> Seen {
    let mut world = World::new();
    world.wait(200);
    let (handle, code) = world.code();
    world.now -= Duration::from_secs(200);
    shown(&world, Proof::Code { handle: &handle, code: &code })
}

fn code_for_nobody() -> Seen {
    let world = World::new();
    let handle = world.ask(&nobody(), Delivery::CODE);
    shown(&world, Proof::Code { handle: &handle, code: WRONG })
}

fn spend(world: &mut World, handle: &str, code: &str) {
    for _ in 0..5 {
        assert!(world.admit_code(handle, &other_than(code)).is_err());
    }
}

/// The first try of another attempt on the day on which the account had all of its tries.
fn code_on_a_spent_day(typed: fn(&str) -> String) -> Seen {
    let mut world = World::new();
    world.spend_the_day();
    let (handle, code) = world.code();
    shown(&world, Proof::Code { handle: &handle, code: &typed(&code) })
}

/// Grace reads a secret out to Ada, who types this.
fn spoken(before: impl FnOnce(&mut World), typed: fn(&str) -> String) -> Seen {
    spoken_to(before, |world| world, typed)
}

fn spoken_to(
    before: impl FnOnce(&mut World),
    then: impl FnOnce(World) -> World,
    typed: fn(&str) -> String,
) -> Seen {
    let handing_over = |builder: FlowBuilder| builder.operators(Operators::HandOverSecrets);
    let mut world = World::with(handing_over, [ada(), grace()]);
    world.accounts().let_administer(id("2"), id("1"));
    before(&mut world);
    let administered = block_on(world.recovery.administer(&id("2"), id("1"), world.now)).unwrap();
    let hand_over = administered.hand_over().unwrap();
    let secret = block_on(world.recovery.spoken_secret(hand_over, seed(), world.now)).unwrap();
    let secret = typed(&secret.code().expose_grouped());
    shown(&then(world), Proof::Spoken { lookup: &by_login(), secret: &secret })
}

fn same(text: &str) -> String {
    text.to_owned()
}

fn reset(world: &World, token: &str) {
    world.settle(&world.commit(&world.admit_link(token).unwrap(), NEW).unwrap());
}

fn for_another(expected: ExpectedAccount) -> Seen {
    let world = World::new();
    shown_for(&world, Proof::Link(&world.link()), Some(&expected))
}

/// Ada has signed in with a password that has to be changed.
fn ticket_of_a_sign_in(meanwhile: impl FnOnce(&World)) -> Seen {
    let must_change = MustChange::new(MustChangeReason::Temporary);
    let world = World::of([ada().with_must_change(Some(must_change))]);
    let begun = block_on(world.recovery.sign_in(by_login(), None, world.now)).unwrap();
    let typed = TypedPassword::new(OLD).unwrap();
    let checked = begun.verify(&typed, &Verifier::new(hasher()), salt()).unwrap();
    let finished = block_on(world.recovery.finish_sign_in(checked, seed(), world.now)).unwrap();
    let SignInOutcome::MustChange(must_change) = finished else { panic!("{finished:?}") };
    meanwhile(&world);
    shown(&world, Proof::Ticket(must_change.ticket().expose_secret()))
}

fn failing(call: &'static str) -> Seen {
    code_after(|world, _, _| world.trace.fail_next(call), same)
}

rows! { "proof":
    right_link "a right link" => link_after(|_, _| ());
    right_code "a right code" => code_after(|_, _, _| (), same);
    right_ticket "the ticket of a proof that was right" => {
        let world = World::new();
        let admitted = world.admit_link(&world.link()).unwrap();
        shown(&world, Proof::Ticket(admitted.ticket().unwrap().expose_secret()))
    };
    right_ticket_of_a_sign_in "the ticket of a sign-in" => ticket_of_a_sign_in(|_| ());
    right_spoken "a right secret of an operator" => spoken(|_| (), same);
    no_code "what was typed is no code" => alike([
        code_after(|_, _, _| (), |_| "BCDF".to_owned()),
        spoken(|_| (), |_| "BCDF".to_owned()),
    ]);
    token_and_handle "the token and the handle of two attempts" => two_attempts();
    no_row "no row" => with_row(|_| None);
    altered_row "an altered row" => with_row(|mut bytes| {
        *bytes.last_mut().unwrap() ^= 1;
        Some(bytes)
    });
    only_a_code "a link, and the attempt has only a code" => link_for_a_code();
    of_an_address "the link of an address" => link_of_an_address();
    row_of_a_wrong_clock "a row that was made by a clock ahead by more than two minutes" =>
        wrong_clock();
    wrong_code "a wrong code" => code_after(|_, _, _| (), other_than);
    decoy "a code, and nobody was found" => code_for_nobody();
    only_a_link "a code, and the attempt has only a link" => {
        let world = World::new();
        let handle = world.ask(&by_email(), Delivery::LINK);
        shown(&world, Proof::Code { handle: &handle, code: WRONG })
    };
    handle_spent "a code, and 5 were tried in the attempt already, right or wrong" => alike([
        code_after(spend, same),
        code_after(spend, other_than),
    ]);
    account_spent "a code, and 15 were tried on the account today, right or wrong" =>
        alike([code_on_a_spent_day(same), code_on_a_spent_day(other_than)]);
    link_on_a_spent_day "a link, and 15 codes were tried on the account today" => {
        let mut world = World::new();
        world.spend_the_day();
        shown(&world, Proof::Link(&world.link()))
    };
    wrong_spoken "a wrong secret of an operator" =>
        spoken(|_| (), |_| "BCDF-GHJK-LMNP-QRS".to_owned());
    spoken_for_nobody "a secret of an operator, with the login of nobody" => {
        let world = World::with(|builder| builder.operators(Operators::HandOverSecrets), [ada()]);
        shown(&world, Proof::Spoken { lookup: &nobody(), secret: "BCDF-GHJK-LMNP-QRS" })
    };
    spoken_spent "a secret of an operator, and 15 codes were tried on the account today" =>
        spoken(World::spend_the_day, same);
    spoken_off "a secret of an operator, and the service lets operators hand over nothing" =>
        spoken_to(
            |_| (),
            |world| world.beside(|builder| builder.operators(Operators::StartResets)),
            same,
        );
    used "used" => link_after(|world, token| reset(world, token));
    ended "ended" => link_after(|world, _| {
        let _revoked = block_on(world.recovery.revoke(id("1"), world.now)).unwrap();
    });
    other_password "the password was changed since" =>
        link_after_change(|account| account.with_password(hash_of(NEW)));
    other_contacts "a verified contact was changed since" => {
        let other = Contact::email("other@example.org").unwrap();
        link_after_change(|account| with_emails(&account, &[Email::verified(other)]))
    };
    other_version "the version was changed since" => link_of(ada().with_version(7), |world, _| {
        alter(world, |account| account.with_version(8));
    });
    recovery_required "recovery is required since" =>
        link_after_change(|account| account.with_required_recovery(true));
    gone "the account is gone" => link_after(|world, _| {
        assert!(world.accounts().remove(&id("1")));
    });
    disabled "the account is disabled" => link_after_change(Account::disabled);
    not_expected "the account is not the one that is expected" =>
        for_another(ExpectedAccount::Id(id("2")));
    ticket_of_a_blocked_password "the ticket of a sign-in, and recovery is required since" =>
        ticket_of_a_sign_in(|world| alter(world, |account| account.with_required_recovery(true)));
    running "right, and a commit is running" => link_after(|world, token| {
        let admitted = world.admit_link(token).unwrap();
        world.trace.fail_next("accounts.write");
        assert!(world.commit(&admitted, NEW).is_err());
    });
    accounts_failed "right, and the user table failed" => failing("accounts.load");
    attempts_failed "the table of attempts failed" => failing("attempts.load");
    counters_failed "a code, and the counters failed" => failing("counters.count");
}
