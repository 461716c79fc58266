//! 1. Nothing secret at rest.

use pollster::block_on;
use repass::account::{Account, AccountId};
use repass::reset::{Delivery, PendingReset};
use repass::store::{Inserted, ResetStore};

use repass::secret::Password;

use crate::world::{NEW, World, ada, code_in, grace, hasher, policy, salt, token_in};

/// Every window of `needle` that is long enough to be of use.
fn holds_piece_of(haystack: &[u8], needle: &str, length: usize) -> bool {
    needle
        .as_bytes()
        .windows(length)
        .any(|piece| haystack.windows(length).any(|window| window.eq_ignore_ascii_case(piece)))
}

#[test]
fn rows_hold_neither_token_nor_code() {
    let world = World::new();
    let token = world.link();
    let (_, code) = world.code();
    let dump: Vec<u8> = world.service.store().inner.dump().concat();
    // The head of a token is no secret, its tag is; the row has it neither as text nor as bytes.
    let tag = &token[40..];
    assert!(!holds_piece_of(&dump, tag, 8));
    let bytes = data_encoding::BASE64URL_NOPAD.decode(tag.as_bytes()).unwrap();
    assert!(!bytes.windows(8).any(|piece| dump.windows(8).any(|window| window == piece)));
    assert!(!holds_piece_of(&dump, &code.replace('-', ""), 5));
}

#[test]
fn a_letter_in_a_queue_holds_no_secret() {
    let world = World::new();
    for delivery in [Delivery::EmailLink, Delivery::EmailCode] {
        world.ask(&crate::world::by_email(), delivery);
        let letter = world.service.notifier().inner.take_letter().unwrap();
        let text = world.service.flow().render(&letter, world.now).unwrap();
        // As long as no other text has one of them by chance.
        let (secret, length) = match delivery {
            Delivery::EmailLink => (token_in(text.expose_secret())[40..].to_owned(), 8),
            _ => (code_in(text.expose_secret()).replace('-', ""), 6),
        };
        let shown = format!("{letter:#?}").replace('-', "");
        assert!(!holds_piece_of(shown.as_bytes(), &secret, length));
    }
}

/// A row whose account was altered would let the owner of one link into the account of another.
#[test]
fn an_altered_row_is_treated_as_absent() {
    let world = World::new();
    let token = world.link();
    let row = world.service.store().inner.dump().remove(0);
    for position in 0..row.len() {
        let mut altered = row.clone();
        altered[position] ^= 1;
        let Ok(altered) = PendingReset::from_bytes(&altered) else { continue };
        let forged = World::with(|builder| builder, [ada(), grace(), account_of(&altered)]);
        let inserted = forged.service.store().inner.insert(&altered, None, forged.now);
        assert_eq!(block_on(inserted).unwrap(), Inserted::Done);
        let refused = forged.admit_link(&token).unwrap_err();
        assert_eq!(refused.code(), "reset_unknown", "byte {position}");
    }
}

/// The account that an altered row names, should it name another.
fn account_of(row: &PendingReset) -> Account {
    let [ada, grace] = [ada(), grace()];
    match row.account().as_str() {
        "1" => ada,
        "2" => grace,
        other => Account::new(AccountId::new(other).unwrap()),
    }
}

#[test]
fn a_row_of_another_tenant_is_treated_as_absent() {
    let world = World::new();
    let token = world.link();
    let row = PendingReset::from_bytes(&world.service.store().inner.dump()[0]).unwrap();
    let tenant = world.service.flow().for_tenant("acme").unwrap();
    assert!(world.service.flow().trusted(Some(row.clone())).is_some());
    assert!(tenant.trusted(Some(row)).is_none());
    // The service of the tenant shares the tables and still lets nobody in.
    let accounts = world.accounts([ada()]);
    let acme = world.service.for_tenant("acme", accounts).unwrap();
    assert!(block_on(acme.inspect(&token, world.now)).is_err());
}

#[test]
fn a_change_that_one_tenant_admitted_is_not_committed_by_another() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let new = Password::new(NEW).unwrap();
    let change = admitted.set_password(&new, &policy(), &hasher(), salt()).unwrap();
    let acme = world.service.for_tenant("acme", world.accounts([ada()])).unwrap();
    assert_eq!(block_on(acme.commit(change, world.now)).unwrap_err().code(), "commit_expired");
}

#[test]
fn an_altered_row_costs_the_plans_of_others_nothing() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    drop(world.commit(&admitted, NEW).unwrap());
    let mut altered = world.service.store().inner.dump().remove(0);
    altered[1] ^= 1;
    let altered = PendingReset::from_bytes(&altered).unwrap();
    block_on(world.service.store().inner.insert(&altered, None, world.now)).unwrap();
    world.wait(60);
    world.calls();
    assert_eq!(block_on(world.service.owed(world.now)).unwrap().len(), 1);
    assert_eq!(world.calls(), ["store.owed", "accounts.load", "store.owed"]);
}
