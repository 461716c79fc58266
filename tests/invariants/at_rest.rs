//! 1. Nothing secret at rest: rows.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, AccountId};
use repass::attempt::AttemptRow;
use repass::port::{Attempts, Inserted};
use repass::reset::Delivery;
use repass::secret::Password;
use repass::token::Signer;

use crate::world::{
    NEW, OLD, World, ada, by_email, code_in, grace, hasher, holds_piece_of, keyring, policy, salt,
    tag_of, token_in,
};

/// Tokens that are stored as they are can be used by anybody who reads the table (CVE-2021-22911).
#[test]
fn rows_hold_neither_token_nor_code() {
    let world = World::new();
    world.ask(&by_email(), Delivery::LINK_AND_CODE);
    let text = world.read().unwrap();
    let (token, code) = (token_in(&text), code_in(&text).replace('-', ""));
    let dump: Vec<u8> = world.attempts().dump().concat();
    // The head of a token is no secret, its tag is; the row has it neither as text nor as bytes.
    let (tag, bytes) = tag_of(&token);
    assert!(!holds_piece_of(&dump, tag.as_bytes(), 8));
    assert!(!holds_piece_of(&dump, &bytes, 8));
    assert!(!holds_piece_of(&dump, code.as_bytes(), 5));
}

#[test]
fn a_running_row_holds_neither_password_nor_hash() {
    let world = World::new();
    let before = world.account("1").password().unwrap().clone();
    let admitted = world.admit_link(&world.link()).unwrap();
    let _after = world.commit(&admitted, NEW).unwrap();
    let after = world.account("1").password().unwrap().clone();
    let dump: Vec<u8> = world.attempts().dump().concat();
    for secret in [OLD, NEW, before.expose_secret(), after.expose_secret()] {
        // A hash begins with its scheme and costs, which many have.
        let secret = secret.rsplit('$').next().unwrap();
        assert!(!holds_piece_of(&dump, secret.as_bytes(), 8));
    }
}

/// A row whose account was altered would let the owner of one link into the account of another.
#[test]
fn an_altered_row_is_treated_as_absent() {
    let world = World::new();
    let token = world.link();
    let ticket = world.admit_link(&token).unwrap().ticket().unwrap().expose_secret().to_owned();
    let row = world.attempts().dump().remove(0);
    let mut read = 0;
    for position in 0..row.len() {
        let mut altered = row.clone();
        altered[position] ^= 1;
        let Ok(altered) = AttemptRow::from_bytes(&altered) else { continue };
        let forged = World::of([ada(), grace(), account_of(&altered)]);
        let inserted = forged.attempts().insert(&altered, forged.now);
        assert_eq!(block_on(inserted).unwrap(), Inserted::Done);
        for refused in [forged.admit_link(&token), forged.admit_ticket(&ticket)] {
            assert_eq!(refused.unwrap_err().code(), "reset_unknown", "byte {position}");
        }
        read += 1;
    }
    assert!(read > 150, "{read} altered rows");
}

/// The account that an altered row names, should it name another.
fn account_of(row: &AttemptRow) -> Account {
    let [ada, grace] = [ada(), grace()];
    match row.account().as_str() {
        "1" => ada,
        "2" => grace,
        other => Account::new(AccountId::new(other).unwrap()),
    }
}

/// Tenants share the tables: a link of one tenant that names the row of another admits nobody.
#[test]
fn a_row_of_another_tenant_is_treated_as_absent() {
    let world = World::new();
    let token = world.link();
    let row = world.rows().remove(0);
    let acme = world.tenant("acme", [ada()]);
    assert!(block_on(acme.recovery.inspect(&token, world.now)).is_err());
    let life = Duration::from_secs(30 * 60);
    let links = Signer::links(keyring(), acme.flow().scope().clone(), life);
    let token = links.sign(*row.id(), row.expires_at()).unwrap();
    assert_eq!(acme.admit_link(token.expose_secret()).unwrap_err().code(), "reset_unknown");
}

#[test]
fn a_change_that_one_tenant_admitted_is_not_committed_by_another() {
    let person = ada();
    let world = World::of([person.clone()]);
    let acme = world.tenant("acme", [person.clone()]);
    let by_link = world.admit_link(&world.link()).unwrap();
    for admitted in [by_link, world.admit_owner(OLD)] {
        let before = world.attempts().dump();
        let new = Password::new(NEW).unwrap();
        let change = admitted.set_password(&new, &policy(), &hasher(), salt()).unwrap();
        let refused = block_on(acme.recovery.commit(change, world.now)).unwrap_err();
        assert_eq!(refused.code(), "commit_expired");
        assert!(acme.signs_in(OLD));
        assert_eq!(world.attempts().dump(), before);
        assert!(world.commit(&admitted, "another-kettle").is_ok());
        world.put(person.clone());
    }
}

#[test]
fn an_altered_row_costs_what_follows_for_others_nothing() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    drop(world.commit(&admitted, NEW).unwrap());
    let mut altered = world.attempts().dump().remove(0);
    altered[1] ^= 1;
    let altered = AttemptRow::from_bytes(&altered).unwrap();
    block_on(world.attempts().insert(&altered, world.now)).unwrap();
    world.wait(60);
    world.calls();
    let kept = world.housekeep();
    assert_eq!((kept.resumed.len(), kept.altered), (1, 1));
    let read = ["attempts.unfinished", "accounts.load", "attempts.unfinished"];
    assert_eq!(world.calls(), [&read[..], &["attempts.purge", "counters.purge"]].concat());
}
