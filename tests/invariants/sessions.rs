//! 10. Sessions die with the password.

use repass::account::AccountId;
use repass::reset::Duty;

use crate::world::{NEW, World, ada, grace};

#[test]
fn a_session_tag_ends_with_set_itself() {
    let world = World::new();
    let flow = world.service.flow();
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
    let flow = world.service.flow();
    // Equal hashes: accounts that share one could else share sessions (CVE-2015-2559).
    let hash = ada().password().unwrap().clone();
    let [ada, grace] = [ada(), grace()].map(|person| person.with_password(hash.clone()));
    let tag = flow.session_tag(&ada);
    assert!(flow.session_holds(&ada, tag.as_str()));
    assert!(!flow.session_holds(&grace, tag.as_str()));
    assert!(!flow.for_tenant("acme").unwrap().session_holds(&ada, tag.as_str()));
    assert!(!flow.session_holds(&ada.disabled(), tag.as_str()));
}

#[test]
fn every_altered_session_tag_is_refused() {
    let world = World::new();
    let tag = world.service.flow().session_tag(&world.account("1")).as_str().to_owned();
    let holds = |tag: &str| world.service.flow().session_holds(&world.account("1"), tag);
    for position in 0..tag.len() {
        for replacement in ['A', 'B', '-', '=', 'é'] {
            let mut altered = tag.clone();
            altered.replace_range(position..=position, &replacement.to_string());
            assert!(altered == tag || !holds(&altered), "{altered}");
        }
        assert!(!holds(&tag[..position]));
    }
}

#[test]
fn the_plan_says_what_else_ends() {
    let world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    assert_eq!(after.account(), &AccountId::new("1").unwrap());
    let duties = [Duty::EndSessions, Duty::ForgetBrowsers, Duty::RevokeTokens];
    assert_eq!(after.duties(), duties);
}
