//! 8 and 3: first passwords and invitations go where the account says, and only where a service wants them.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::answer::Answer;
use repass::reset::{
    CommitError, Delivery, FirstPasswords, FlowBuilder, InviteError, Invited, Occasion, Outcome,
};
use repass::scope::{Purpose, Scope};
use repass::secret::PasswordHash;

use crate::world::{
    NEW, World, ada, by_email, by_login, code_in, grace, nobody, outcomes, seed, token_in,
};

/// Ada without a password.
fn without() -> Account {
    let ada = ada();
    Account::new(ada.id().clone())
        .with_login(ada.login().unwrap().clone())
        .with_names("Ada", "Lovelace")
        .with_email(ada.emails()[0].clone())
}

fn with_marker() -> Account {
    without().with_password(PasswordHash::from_stored("!").unwrap())
}

fn invitations(builder: FlowBuilder) -> FlowBuilder {
    builder.scope(Scope::new(Purpose::INVITATION))
}

impl World {
    fn invite(&self, id: &str) -> Result<Invited, InviteError> {
        block_on(self.recovery.invite(AccountId::new(id).unwrap(), seed(), self.now))
    }

    fn invited(&self) -> String {
        let _invited = self.invite("1").unwrap();
        let _worked = self.work();
        token_in(&self.read().expect("an invitation"))
    }
}

/// An unusable hash may mean single sign-on, so nobody gets a first password by asking, unless the service
/// says so.
#[test]
fn a_first_password_is_asked_for_only_where_the_service_says_so() {
    for (first, people, right) in [
        (FirstPasswords::ByInvitation, without(), Outcome::NoPassword),
        (FirstPasswords::ByInvitation, with_marker(), Outcome::NoPassword),
        (FirstPasswords::WhereAbsent, without(), Outcome::FirstPasswordSent),
        (FirstPasswords::WhereAbsent, with_marker(), Outcome::NoPassword),
        (FirstPasswords::WhereUnusable, without(), Outcome::FirstPasswordSent),
        (FirstPasswords::WhereUnusable, with_marker(), Outcome::FirstPasswordSent),
        (FirstPasswords::WhereUnusable, ada(), Outcome::Sent),
        (FirstPasswords::WhereUnusable, without().disabled(), Outcome::Disabled),
    ] {
        let world = World::with(|builder| builder.first_passwords(first), [people]);
        assert_eq!(world.outcome(&by_email(), Delivery::LINK), right, "{first:?}");
        let kind = world.take().map(|message| message.kind().code());
        let expected = match right {
            Outcome::NoPassword => Some("no_password"),
            Outcome::FirstPasswordSent => Some("first_password"),
            Outcome::Sent => Some("link"),
            _ => None,
        };
        assert_eq!(kind, expected, "{first:?}");
    }
}

/// The same calls as for everybody, and a link whatever was asked for.
#[test]
fn a_first_password_is_chosen_by_a_link_after_the_calls_of_any_request() {
    for delivery in [Delivery::LINK, Delivery::CODE, Delivery::LINK_AND_CODE] {
        let configure = |builder: FlowBuilder| builder.first_passwords(FirstPasswords::WhereAbsent);
        let mut world = World::with(configure, [without(), grace()]);
        let mut traces = Vec::new();
        let grace = Lookup::login("grace").unwrap();
        for lookup in [by_email(), grace, nobody()] {
            world.request(&lookup, delivery);
            world.calls();
            assert_eq!(outcomes(&world.work_once(1)).len(), 1);
            traces.push(world.calls());
            let _worked = world.work();
        }
        assert!(traces.iter().all(|trace| *trace == traces[0]), "{traces:?}");
        let message = world.take().unwrap();
        assert_eq!(message.kind().code(), "first_password");
        let text = message.expose_secret();
        assert!(text.contains("The link works for 30 minutes."), "{text}");
        assert!(!text.lines().any(|line| line.len() == 9 && line.as_bytes()[4] == b'-'));
        world.wait(29 * 60);
        let admitted = world.admit_link(&token_in(text)).unwrap();
        let after = world.commit(&admitted, NEW).unwrap();
        assert!(world.signs_in(NEW));
        assert_eq!(after.occasion(), Occasion::FirstPassword);
        assert_eq!(after.event().code(), "first_password_set");
        assert!(after.session_tag().is_none());
        while world.take().is_some() {}
        world.settle(&after);
        let _worked = world.work();
        assert_eq!(world.take().unwrap().kind().code(), "first_password_set");
        // A code that follows is one like any other.
        if delivery == Delivery::CODE {
            let handle = world.ask(&by_login(), delivery);
            let code = code_in(&world.read().unwrap());
            assert!(world.admit_code(&handle, &code).is_ok());
        }
    }
}

/// An account with a password wins over one that could get one, and of several that could, none is
/// guessed.
#[test]
fn an_account_without_a_password_keeps_no_other_from_being_reset_where_it_may_get_one() {
    let configure = |builder: FlowBuilder| builder.first_passwords(FirstPasswords::WhereAbsent);
    let twin = |id: &str| {
        let login = Login::new(&format!("twin{id}")).unwrap();
        Account::new(AccountId::new(id).unwrap())
            .with_login(login)
            .with_email(ada().emails()[0].clone())
    };
    let marked = twin("8").with_password(PasswordHash::from_stored("!").unwrap());
    for (people, right) in [
        (vec![ada(), twin("9")], Outcome::Sent),
        (vec![marked.clone(), twin("9")], Outcome::FirstPasswordSent),
        (vec![without(), twin("9")], Outcome::SeveralAccounts),
        (vec![marked], Outcome::NoPassword),
    ] {
        let world = World::with(configure, people);
        assert_eq!(world.outcome(&by_email(), Delivery::LINK), right);
    }
}

#[test]
fn an_invitation_lives_as_long_as_the_service_says_and_is_used_once() {
    let mut world = World::with(invitations, [without()]);
    world.calls();
    let invited = world.invite("1").unwrap();
    let right = ["accounts.load", "counters.count", "attempts.insert", "queue.push"];
    assert_eq!(world.calls(), right);
    let week = Duration::from_secs(7 * 24 * 60 * 60);
    assert_eq!(invited.expires_at(), world.now + week);
    assert_eq!(invited.event().code(), "invitation_sent");
    let _worked = world.work();
    let message = world.take().unwrap();
    assert_eq!(message.kind().code(), "invitation");
    let text = message.expose_secret();
    assert!(text.contains("The link works for 7 days."), "{text}");
    let token = token_in(text);
    world.wait(week.as_secs() - 1);
    assert_eq!(world.housekeep().purged_attempts, 0);
    let [first, second] = [(); 2].map(|()| world.admit_link(&token).unwrap());
    let after = world.commit(&first, NEW).unwrap();
    assert_eq!(after.occasion(), Occasion::FirstPassword);
    assert!(matches!(world.commit(&second, "another-kettle"), Err(CommitError::Taken)));
    assert!(world.signs_in(NEW));
    assert!(matches!(world.invite("1"), Err(InviteError::HasPassword)));
}

#[test]
fn an_invitation_of_thirty_days_is_good_on_the_last_of_them() {
    let month = Duration::from_secs(30 * 24 * 60 * 60);
    let mut world = World::with(|it| invitations(it).invitation_life(month), [without()]);
    let token = world.invited();
    world.wait(month.as_secs() - 1);
    assert_eq!(world.housekeep().purged_attempts, 0);
    let admitted = world.admit_link(&token).unwrap();
    world.wait(1);
    assert_eq!(world.admit_link(&token).unwrap_err().code(), "token_expired");
    let _after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
}

#[test]
fn an_invitation_ends_with_the_account_that_it_was_sent_to() {
    let world = World::with(invitations, [with_marker()]);
    let [first, second] = [world.invited(), world.invited()];
    assert!(world.admit_link(&first).is_ok());
    let moved = Email::verified(Contact::email("elsewhere@example.org").unwrap());
    world.put(with_marker().with_email(moved));
    for token in [first, second] {
        assert_eq!(world.admit_link(&token).unwrap_err().code(), "reset_superseded");
    }
}

/// Neither purpose takes the links of the other.
#[test]
fn an_invitation_resets_nothing_and_a_reset_invites_nobody() {
    let world = World::with(invitations, [without(), grace()]);
    let reset = world.beside(|builder| builder);
    let invitation = world.invited();
    assert_eq!(reset.admit_link(&invitation).unwrap_err().code(), "token_forged");
    reset.ask(&Lookup::login("grace").unwrap(), Delivery::LINK);
    let link = token_in(&reset.read().unwrap());
    assert_eq!(world.admit_link(&link).unwrap_err().code(), "token_forged");
}

#[test]
fn who_cannot_be_invited_gets_no_message() {
    let unproved = Email::unverified(Contact::email("zoe@example.org").unwrap());
    let people = [
        grace(),
        Account::new(AccountId::new("3").unwrap()).with_email(unproved),
        Account::new(AccountId::new("4").unwrap())
            .with_email(Email::verified(Contact::email("dora@example.org").unwrap()))
            .disabled(),
    ];
    let world = World::with(invitations, people);
    for (id, code) in [
        ("2", "invite_has_password"),
        ("3", "invite_no_address"),
        ("4", "invite_account_disabled"),
        ("5", "invite_account_gone"),
    ] {
        let refused = world.invite(id).unwrap_err();
        assert_eq!(
            (refused.code(), refused.answer()),
            (code, Answer::Refused { tries_left: None })
        );
    }
    assert!(world.rows().is_empty() && world.work().is_empty());
}

#[test]
fn an_address_is_not_flooded_with_invitations() {
    let mut world = World::with(invitations, [without()]);
    for _ in 0..5 {
        let _invited = world.invite("1").unwrap();
    }
    let until = world.now + Duration::from_secs(12 * 60 * 60);
    assert_eq!(world.invite("1").unwrap_err().answer(), Answer::Throttled { until });
    world.wait(12 * 60 * 60);
    let _invited = world.invite("1").unwrap();
}

#[test]
fn lives_of_invitations_and_temporary_passwords_have_bounds() {
    let hours = |hours: u64| Duration::from_secs(hours * 60 * 60);
    let builder = || repass::reset::Flow::builder(crate::world::keyring(), crate::world::page());
    for (life, right) in [(1, true), (30 * 24, true), (0, false), (30 * 24 + 1, false)] {
        assert_eq!(builder().invitation_life(hours(life)).build().is_ok(), right, "{life}");
    }
    for (life, right) in [(1, true), (7 * 24, true), (0, false), (7 * 24 + 1, false)] {
        let built = builder().temporary_password_life(hours(life)).build();
        assert_eq!(built.is_ok(), right, "{life}");
    }
    let refused = builder().invitation_life(hours(0)).build().unwrap_err();
    assert_eq!(refused.code(), "flow_life_invalid");
    assert_eq!(refused.to_string(), "invitation_life must be 3600 to 2592000 seconds");
}
