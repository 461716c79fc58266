//! A link to an address: asked for, shown, and committed.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, Contact, Email, ExpectedAccount};
use repass::attempt::AttemptRow;
use repass::port::Attempts;
use repass::reset::AdmittedAddress;

use crate::accounts::{alter, id, with_emails};
use crate::seen::{Seen, seen, told, watched};
use crate::world::{NEW, World, ada, grace, hash_of, seed, token_in};

const OWN: &str = "Ada@Example.org";
const NEW_ADDRESS: &str = "new@example.net";

fn contact(text: &str) -> Contact {
    Contact::email(text).unwrap()
}

/// Ada with an address that she has not verified.
fn pending() -> Account {
    ada().with_email(Email::unverified(contact(NEW_ADDRESS)))
}

fn ask(world: &World, address: &str, replaces: Option<&str>) -> Seen {
    let (address, replaces) = (contact(address), replaces.map(contact));
    let asked = world.recovery.verify_address(id("1"), address, replaces, seed(), world.now);
    match watched(world, || block_on(asked)) {
        Ok(sent) => {
            let _worked = world.work();
            seen(["sent", sent.event().code()])
        }
        Err(error) => seen([&told(world, error.answer()), error.code()]),
    }
}

fn asked_by(account: Account) -> Seen {
    ask(&World::of([account, grace()]), NEW_ADDRESS, None)
}

/// Five links were sent before, by accounts and to addresses of these numbers.
fn sixth(account: fn(usize) -> String, address: fn(usize) -> String) -> Seen {
    let world = World::of([]);
    for number in 0..5 {
        let (id, address) = (id(&account(number)), contact(&address(number)));
        world.put(Account::new(id.clone()).with_email(Email::unverified(address.clone())));
        let asked = world.recovery.verify_address(id, address, None, seed(), world.now);
        let _sent = block_on(asked).unwrap();
    }
    world.put(pending());
    ask(&world, NEW_ADDRESS, None)
}

/// The link to the new address, which is to replace the own one or none.
fn link(world: &World, replaces: Option<&str>) -> String {
    assert_eq!(ask(world, NEW_ADDRESS, replaces)[0], "sent");
    token_in(&world.read().expect("a message"))
}

fn show(world: &World, token: &str, expected: Option<&ExpectedAccount>) -> Seen {
    let admitted = world.recovery.admit_address(token, expected, world.now);
    match watched(world, || block_on(admitted)) {
        Ok(admitted) => seen(["admitted", admitted.event().code()]),
        Err(error) => seen([&told(world, error.answer()), error.code()]),
    }
}

fn shown_after(meanwhile: impl FnOnce(&World, &str)) -> Seen {
    let world = World::of([pending()]);
    let token = link(&world, None);
    meanwhile(&world, &token);
    show(&world, &token, None)
}

/// The row is not in the table, or another one is in its place.
fn with_row(alter: impl FnOnce(Vec<u8>) -> Option<Vec<u8>>) -> Seen {
    let world = World::of([pending()]);
    let token = link(&world, None);
    let other = World::of([pending()]);
    if let Some(bytes) = alter(world.attempts().dump().remove(0)) {
        let row = AttemptRow::from_bytes(&bytes).unwrap();
        let _inserted = block_on(other.attempts().insert(&row, other.now)).unwrap();
    }
    show(&other, &token, None)
}

fn admitted(world: &World, token: &str) -> AdmittedAddress {
    block_on(world.recovery.admit_address(token, None, world.now)).unwrap()
}

fn commit(world: &World, admitted: AdmittedAddress) -> Seen {
    match watched(world, || block_on(world.recovery.commit_address(admitted, world.now))) {
        Ok(verified) => seen(["done", verified.event().code()]),
        Err(error) => seen([&told(world, error.answer()), error.code()]),
    }
}

fn committed_after(replaces: Option<&str>, meanwhile: impl FnOnce(&mut World, &str)) -> Seen {
    let mut world = World::of([pending()]);
    let token = link(&world, replaces);
    let admitted = admitted(&world, &token);
    meanwhile(&mut world, &token);
    commit(&world, admitted)
}

fn put_changed(world: &World, _: &str) {
    alter(world, |account| account.with_password(hash_of(NEW)));
}

rows! { "link to an address":
    asked "asked for" => asked_by(pending());
    asked_gone "asked for: the account is gone" => ask(&World::of([grace()]), NEW_ADDRESS, None);
    asked_disabled "asked for: the account is disabled" => asked_by(pending().disabled());
    asked_blocked "asked for: the account has to be recovered first" =>
        asked_by(pending().with_required_recovery(true));
    not_pending "asked for: not an unverified address of the account" =>
        ask(&World::of([pending()]), "other@example.net", None);
    not_verified "asked for: not a verified address of the account that is to be replaced" =>
        ask(&World::of([pending()]), NEW_ADDRESS, Some("other@example.net"));
    account_throttled "asked for: 5 links of the account within 12 hours already" =>
        sixth(|_| "1".to_owned(), |number| format!("new{number}@example.net"));
    address_throttled "asked for: 5 links to the address within 12 hours already" =>
        sixth(|number| format!("other{number}"), |_| NEW_ADDRESS.to_owned());
    shown "shown" => shown_after(|_, _| ());
    no_row "shown: no row" => with_row(|_| None);
    altered_row "shown: an altered row" => with_row(|mut bytes| {
        *bytes.last_mut().unwrap() ^= 1;
        Some(bytes)
    });
    row_of_a_wrong_clock "shown: a row that was made by a clock ahead by more than two minutes" => {
        let mut world = World::of([pending()]);
        let token = link(&world, None);
        world.now -= Duration::from_secs(121);
        show(&world, &token, None)
    };
    of_a_password "shown: the link of a password" => {
        let world = World::new();
        show(&world, &world.link(), None)
    };
    used "shown: used" => shown_after(|world, token| {
        let _verified = commit(world, admitted(world, token));
    });
    changed "shown: the account has changed" => shown_after(put_changed);
    pair_gone "shown: the address is not one of the account any more" =>
        shown_after(|world, _| {
            alter(world, |account| with_emails(&account, &account.emails()[..1]));
        });
    account_gone "shown: the account is gone" => shown_after(|world, _| {
        assert!(world.accounts().remove(&id("1")));
    });
    account_disabled "shown: the account is disabled" =>
        shown_after(|world, _| alter(world, Account::disabled));
    other_account "shown: another account is signed in" => {
        let world = World::of([pending()]);
        show(&world, &link(&world, None), Some(&ExpectedAccount::Id(id("2"))))
    };
    running "shown: a commit is running" => shown_after(|world, token| {
        world.trace.fail_next("accounts.write");
        assert_eq!(commit(world, admitted(world, token))[1], "accounts_failed");
    });
    verified "committed: another address" => committed_after(None, |_, _| ());
    replaced "committed: an address in the place of another" =>
        committed_after(Some(OWN), |_, _| ());
    late "committed: ten minutes after it was shown" =>
        committed_after(None, |world, _| world.wait(10 * 60));
    twice "committed: another commit of the same link began first" =>
        committed_after(None, |world, token| {
            let _first = commit(world, admitted(world, token));
        });
    superseded "committed: the account has changed" =>
        committed_after(None, |world, token| put_changed(world, token));
    accounts_failed "committed: the user table failed" =>
        committed_after(None, |world, _| world.trace.fail_next("accounts.write"));
}
