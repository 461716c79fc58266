//! 10. Sessions die with the password.

use std::sync::Arc;

use repass::account::{Account, AccountId, MustChange, MustChangeReason};
use repass::conformance::Runtime;
use repass::conformance::accounts::{Capability, Clause, Fixture, judge};
use repass::memory::MemoryAccounts;
use repass::port::PortError;
use repass::reset::{Duty, Occasion};

use crate::world::{NEW, OLD, World, ada, grace};

#[test]
fn a_session_tag_ends_with_the_write_itself() {
    let world = World::new();
    let flow = world.flow();
    let tag = flow.session_tag(&world.account("1"));
    assert!(flow.session_holds(&world.account("1"), tag.as_str()));
    let admitted = world.admit_link(&world.link()).unwrap();
    let _after = world.commit(&admitted, NEW).unwrap();
    assert!(!flow.session_holds(&world.account("1"), tag.as_str()));
    let tag = flow.session_tag(&world.account("1"));
    assert!(flow.session_holds(&world.account("1"), tag.as_str()));
}

#[test]
fn a_session_tag_is_of_one_account_of_one_tenant() {
    let world = World::new();
    let flow = world.flow();
    // Equal hashes: otherwise accounts that share one would share sessions (CVE-2015-2559).
    let hash = ada().password().unwrap().clone();
    let [ada, grace] = [ada(), grace()].map(|person| person.with_password(hash.clone()));
    let tag = flow.session_tag(&ada);
    assert!(flow.session_holds(&ada, tag.as_str()));
    assert!(!flow.session_holds(&grace, tag.as_str()));
    assert!(!flow.for_tenant("acme").unwrap().build().unwrap().session_holds(&ada, tag.as_str()));
    assert!(!flow.session_holds(&ada.disabled(), tag.as_str()));
}

#[test]
fn every_altered_session_tag_is_refused() {
    let world = World::new();
    let tag = world.flow().session_tag(&world.account("1")).as_str().to_owned();
    let holds = |tag: &str| world.flow().session_holds(&world.account("1"), tag);
    for position in 0..tag.len() {
        for replacement in ['A', 'B', '-', '=', 'é'] {
            let mut altered = tag.clone();
            altered.replace_range(position..=position, &replacement.to_string());
            assert!(altered == tag || !holds(&altered), "{altered}");
        }
        assert!(!holds(&tag[..position]));
    }
}

/// The version changes with an address as well, which must not sign anybody out; the epoch is raised
/// with a new password and whenever all sessions end.
#[test]
fn a_session_ends_with_the_epoch_and_not_with_the_version() {
    let world = World::new();
    let flow = world.flow();
    let person = ada().with_version(7).with_epoch(3);
    let tag = flow.session_tag(&person);
    assert!(flow.session_holds(&person.clone().with_version(8), tag.as_str()));
    assert!(!flow.session_holds(&person.with_epoch(4), tag.as_str()));
    assert!(!flow.session_holds(&ada(), tag.as_str()));
}

#[test]
fn a17_a_reused_id_without_a_password_inherits_no_session_where_there_is_an_epoch() {
    let world = World::new();
    let flow = world.flow();
    let id = AccountId::new("5").unwrap();
    let [deleted, new] = [4, 5].map(|epoch| Account::new(id.clone()).with_epoch(epoch));
    let tag = flow.session_tag(&deleted);
    assert!(flow.session_holds(&deleted, tag.as_str()));
    assert!(!flow.session_holds(&new, tag.as_str()));
}

/// A password that was replaced by somebody else, or that may be known to somebody else, keeps nobody
/// signed in: not the one either whose session began with it.
#[test]
fn a_session_does_not_hold_while_the_password_has_to_be_reset_or_changed() {
    let world = World::new();
    let flow = world.flow();
    let person = ada();
    let tag = flow.session_tag(&person);
    let must_change = MustChange::new(MustChangeReason::Temporary);
    for account in [
        person.clone().with_required_recovery(true),
        person.clone().with_must_change(Some(must_change)),
    ] {
        let own = flow.session_tag(&account);
        for tag in [tag.as_str(), own.as_str()] {
            assert!(!flow.session_holds(&account, tag));
        }
    }
    assert!(flow.session_holds(&person, tag.as_str()));
}

/// A reset signs nobody in (OWASP ASVS 5.0, 6.4.3).
#[test]
fn a22_only_a_change_by_a_signed_in_person_gives_a_tag_to_go_on_with() {
    let mut world = World::of([ada().with_epoch(3)]);
    let after = world.commit(&world.admit_owner(OLD), NEW).unwrap();
    assert_eq!(after.occasion(), Occasion::Change);
    let tag = after.session_tag().expect("a tag").as_str();
    assert!(world.flow().session_holds(&world.account("1"), tag));
    assert_eq!(world.account("1").epoch(), Some(4));
    // Found again after a crash, nobody is there to go on.
    world.wait(60);
    assert!(world.resumed()[0].session_tag().is_none());
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, "another-kettle").unwrap();
    assert_eq!(after.occasion(), Occasion::Reset);
    assert!(after.session_tag().is_none());
}

#[test]
fn what_follows_says_what_else_ends() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    assert_eq!(after.account(), &AccountId::new("1").unwrap());
    let duties = [Duty::EndSessions, Duty::ForgetBrowsers, Duty::RevokeTokens];
    assert_eq!(after.duties(), duties);
}

/// Accounts in memory, none of which has a session epoch.
struct WithoutEpochs;

impl Runtime for WithoutEpochs {}

impl Fixture for WithoutEpochs {
    type Port = Arc<MemoryAccounts>;

    async fn open(&self) -> Result<[Self::Port; 2], PortError> {
        let accounts = Arc::new(MemoryAccounts::default());
        Ok([Arc::clone(&accounts), accounts])
    }

    fn lacks(&self) -> &[Capability] {
        &[Capability::Epoch]
    }

    async fn put(&self, accounts: &Self::Port, account: &Account) -> Result<(), PortError> {
        accounts.put(account.clone());
        Ok(())
    }
}

/// Sessions whose tags depend on no epoch do not end with it: a caller must not believe that they did.
#[test]
fn no_write_says_that_sessions_ended_where_there_is_no_epoch() {
    let clause = Clause::WriteAnswersWithWhatIsStored;
    let outcome = pollster::block_on(judge(clause, &WithoutEpochs));
    assert!(outcome.is_held(), "{outcome}");
}
