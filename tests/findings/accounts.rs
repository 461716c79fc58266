//! A15, A16, A17, A22 and unusable hashes: what becomes of an account, its secrets and its sessions.

use pollster::block_on;
use repass::account::{Account, Contact, Email};
use repass::hash::Verdict;
use repass::message::MessageKind;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Occasion, Outcome, Proof, RefusalReason};
use repass::secret::{Password, PasswordHash};

use crate::recovering::{Shared, messages, obtain, outcomes, over, request, work};
use crate::steps::{Event, at_each, choose, drive};
use crate::world::{Dice, OLD, ada, at, flow, hasher, id};

fn service(account: Account) -> Recovery<Shared> {
    over(flow().build().unwrap(), account)
}

fn stored(recovery: &Recovery<Shared>) -> Account {
    recovery.ports().accounts.all().remove(0)
}

#[test]
fn a15_a_commit_whose_statements_are_carried_out_twice_succeeds() {
    for call in ["swap", "write"] {
        let mut dice = Dice(22);
        let recovery = service(ada(&mut dice).with_version(1));
        let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
        let admitted = block_on(recovery.admit(Proof::Link(&link), None, at(1))).unwrap();
        let change = choose(&admitted, "plum-kettle-42", &mut dice);
        let step = recovery.flow().commit(change, at(1));
        let twice = at_each(call, Event::Twice);
        let after = drive(step, recovery.ports(), at(1), twice).unwrap().unwrap();
        assert_eq!(stored(&recovery).version(), Some(2), "{call}");
        let step = recovery.flow().settle(&after, at(2));
        drive(step, recovery.ports(), at(2), |_| Event::Twice).unwrap().unwrap();
        assert!(block_on(recovery.housekeep(at(100))).resumed.is_empty());
        assert_eq!(work(&recovery, &mut dice, at(100)).len(), 1);
    }
}

#[test]
fn a15_a_change_whose_statements_are_carried_out_twice_succeeds() {
    for call in ["insert", "write"] {
        let mut dice = Dice(23);
        let recovery = service(ada(&mut dice).with_version(1));
        let current = block_on(recovery.current(id(), at(0))).unwrap();
        let admitted = current.verify(&Password::new(OLD).unwrap(), &hasher()).unwrap();
        let change = choose(&admitted, "plum-kettle-42", &mut dice);
        let step = recovery.flow().commit(change, at(1));
        let twice = at_each(call, Event::Twice);
        let after = drive(step, recovery.ports(), at(1), twice).unwrap().unwrap();
        assert_eq!(stored(&recovery).version(), Some(2), "{call}");
        block_on(recovery.settle(&after, at(2))).unwrap();
        assert!(block_on(recovery.housekeep(at(100))).resumed.is_empty());
    }
}

/// The account after each change, with the version that a host stores then.
fn changes(account: &Account) -> [[Account; 2]; 2] {
    let other = Account::new(id())
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("other@example.org").unwrap()))
        .with_password(account.password().unwrap().clone());
    let back = account.clone();
    [[account.clone().disabled(), back.clone()], [other, back]]
}

#[test]
fn a16_a_secret_stays_dead_after_a_change_and_back_where_the_host_has_a_version() {
    for which in 0..2 {
        let mut dice = Dice(24);
        let account = ada(&mut dice);
        let recovery = service(account.clone().with_version(1));
        let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
        let (handle, code) = obtain(&recovery, Delivery::CODE, &mut dice, at(0));
        let admitted = block_on(recovery.admit(Proof::Link(&link), None, at(1))).unwrap();
        let ticket = admitted.ticket().unwrap().expose_secret().to_owned();
        let change = choose(&admitted, "plum-kettle-42", &mut dice);
        let [there, back] = changes(&account)[which].clone();
        recovery.ports().accounts.put(there.with_version(2));
        recovery.ports().accounts.put(back.with_version(3));
        for proof in [
            Proof::Link(&link),
            Proof::Code { handle: &handle, code: &code },
            Proof::Ticket(&ticket),
        ] {
            let refused = block_on(recovery.admit(proof, None, at(2))).unwrap_err();
            assert_eq!(refused.code(), RefusalReason::Superseded.code(), "{proof:?}");
        }
        // What was admitted before the change sets nothing, either.
        assert_eq!(
            block_on(recovery.commit(change, at(2))).unwrap_err().code(),
            "commit_superseded"
        );
    }
}

/// What hosts without a version lose, as the documentation of `with_version` says.
#[test]
fn a16_without_a_version_only_the_present_state_is_compared() {
    for which in 0..2 {
        let mut dice = Dice(25);
        let account = ada(&mut dice);
        let recovery = service(account.clone());
        let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
        let [there, back] = changes(&account)[which].clone();
        recovery.ports().accounts.put(there);
        assert!(block_on(recovery.admit(Proof::Link(&link), None, at(1))).is_err());
        recovery.ports().accounts.put(back);
        assert!(block_on(recovery.admit(Proof::Link(&link), None, at(2))).is_ok());
    }
}

#[test]
fn a17_an_account_with_a_reused_id_and_another_epoch_does_not_inherit_sessions() {
    let flow = flow().build().unwrap();
    let without_password = |epoch: Option<u64>| {
        let account = Account::new(id());
        epoch.map_or(account.clone(), |epoch| account.with_epoch(epoch))
    };
    let epochs = [None, Some(0), Some(1), Some(2), Some(u64::MAX)];
    for deleted in epochs {
        let tag = flow.session_tag(&without_password(deleted));
        for new in epochs {
            let holds = flow.session_holds(&without_password(new), tag.as_str());
            assert_eq!(holds, deleted == new, "{deleted:?} and {new:?}");
        }
    }
    // The version plays no part: adding an address must not sign anybody out.
    let tag = flow.session_tag(&without_password(Some(1)).with_version(1));
    assert!(flow.session_holds(&without_password(Some(1)).with_version(2), tag.as_str()));
}

#[test]
fn a22_a_change_by_a_signed_in_user_yields_a_tag_to_go_on_with_and_a_reset_none() {
    for epoch in [None, Some(7)] {
        let mut dice = Dice(26);
        let account = ada(&mut dice);
        let account = epoch.map_or(account.clone(), |epoch| account.with_epoch(epoch));
        let recovery = service(account.clone());
        let flow = recovery.flow();
        let former = flow.session_tag(&account);

        let current = block_on(recovery.current(id(), at(0))).unwrap();
        let admitted = current.verify(&Password::new(OLD).unwrap(), &hasher()).unwrap();
        let change = choose(&admitted, "plum-kettle-42", &mut dice);
        let after = block_on(recovery.commit(change, at(1))).unwrap();
        assert_eq!(after.occasion(), Occasion::Change);
        let tag = after.session_tag().expect("a tag to go on with").as_str().to_owned();
        assert!(flow.session_holds(&stored(&recovery), &tag));
        assert!(!flow.session_holds(&stored(&recovery), former.as_str()));
        block_on(recovery.settle(&after, at(2))).unwrap();
        let _ = work(&recovery, &mut dice, at(2));
        let _ = messages(&recovery);

        let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(3));
        let admitted = block_on(recovery.admit(Proof::Link(&link), None, at(4))).unwrap();
        let change = choose(&admitted, "plum-kettle-43", &mut dice);
        let after = block_on(recovery.commit(change, at(5))).unwrap();
        assert_eq!(after.occasion(), Occasion::Reset);
        assert!(after.session_tag().is_none());
        assert!(!flow.session_holds(&stored(&recovery), &tag));
    }
}

#[test]
fn b_an_account_with_an_unusable_hash_gets_no_secret() {
    for marker in ["!", "!kZm2pQ0v8sR1", "*", "*LK*", "-", ""] {
        let mut dice = Dice(27);
        let marker = PasswordHash::from_stored(marker).unwrap();
        assert!(!marker.is_usable());
        let recovery = service(ada(&mut dice).with_password(marker.clone()));
        for delivery in [Delivery::LINK, Delivery::CODE, Delivery::LINK_AND_CODE] {
            request(&recovery, delivery, &mut dice, at(0));
            let worked = work(&recovery, &mut dice, at(0));
            assert_eq!(outcomes(&worked), [Outcome::NoPassword], "{marker:?}");
            let notices = messages(&recovery);
            assert_eq!(notices.len(), 1);
            assert_eq!(notices[0].kind(), MessageKind::NoPassword);
        }
        // The text is kept as it was read: what replaces it compares it.
        assert_eq!(stored(&recovery).stored_password(), Some(&marker));
        assert_eq!(stored(&recovery).password(), None);
        let current = block_on(recovery.current(id(), at(0))).unwrap();
        let refused = current.verify(&Password::new("!").unwrap(), &hasher()).unwrap_err();
        assert_eq!(refused.code(), "current_no_password");
    }
}

/// A marker that takes the place of a hash ends the secrets that were made for the hash, and a commit
/// that saw the hash does not overwrite the marker.
#[test]
fn b_a_marker_in_the_place_of_a_hash_ends_secrets_and_commits() {
    let mut dice = Dice(28);
    let account = ada(&mut dice);
    let recovery = service(account.clone());
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
    let admitted = block_on(recovery.admit(Proof::Link(&link), None, at(1))).unwrap();
    let change = choose(&admitted, "plum-kettle-42", &mut dice);
    let marker = PasswordHash::from_stored("!sso").unwrap();
    recovery.ports().accounts.put(account.with_password(marker.clone()));
    assert_eq!(block_on(recovery.commit(change, at(2))).unwrap_err().code(), "commit_superseded");
    assert_eq!(stored(&recovery).stored_password(), Some(&marker));
    assert!(block_on(recovery.admit(Proof::Link(&link), None, at(100))).is_err());
}

/// The control of the tests above: a plain reset replaces the password.
/// E19: a proven reset asks for no second proof.
#[test]
fn a_reset_replaces_the_password() {
    let mut dice = Dice(29);
    let recovery = service(ada(&mut dice));
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
    crate::steps::reset(&recovery, Proof::Link(&link), &mut dice, at(1));
    let account = stored(&recovery);
    let verify = |text| hasher().verify(&Password::new(text).unwrap(), account.password());
    assert_eq!(verify("plum-kettle-42"), Ok(Verdict::Match));
    assert_eq!(verify(OLD), Ok(Verdict::Mismatch));
}
