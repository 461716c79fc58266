//! 13. An operator resets only what they administer.
//!
//! Grace, whose id is 2, is the operator; Ada, whose id is 1, has forgotten her password.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup, MustChangeReason};
use repass::answer::Answer;
use repass::event::Event;
use repass::hash::Verifier;
use repass::policy::{Breach, BreachAnswer, Generator, Policy, WhenUnknown};
use repass::reset::{
    Administered, AfterReset, Change, CommitError, Delivery, Findings, FlowBuilder, HandOver,
    Limits, Occasion, OperatorError, Operators, RequireChangeError, SetError, Target,
};
use repass::secret::{Password, TypedPassword};
use repass::sign_in::SignInOutcome;

use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, grace, hash_of, hasher, policy, salt, seed, token_in,
};

const TEMPORARY: &str = "the temporary one";

pub(crate) fn id(id: &str) -> AccountId {
    AccountId::new(id).unwrap()
}

/// A service whose operators may hand over secrets.
pub(crate) fn handing_over(builder: FlowBuilder) -> FlowBuilder {
    builder.operators(Operators::HandOverSecrets)
}

/// Grace administers Ada, and may hand over secrets.
pub(crate) fn world() -> World {
    let world = World::with(handing_over, [ada(), grace(), carol()]);
    world.accounts().let_administer(id("2"), id("1"));
    world
}

/// Whom nobody administers.
fn carol() -> Account {
    Account::new(id("3"))
        .with_login(Login::new("carol").unwrap())
        .with_email(Email::verified(Contact::email("carol@example.org").unwrap()))
        .with_password(hash_of(OLD))
}

impl World {
    pub(crate) fn administer(
        &self,
        target: impl Into<Target>,
    ) -> Result<Administered, OperatorError> {
        block_on(self.recovery.administer(&id("2"), target, self.now))
    }

    pub(crate) fn administered(&self) -> Administered {
        self.administer(id("1")).unwrap()
    }

    fn change(&self, new: &str) -> Change {
        let new = Password::new(new).unwrap();
        let administered = self.administered();
        let hand_over = administered.hand_over().unwrap();
        hand_over.set_password(&new, &policy(), &hasher(), salt()).unwrap()
    }

    fn carry_out(&self, change: Change) -> Result<AfterReset, CommitError> {
        block_on(self.recovery.commit(change, self.now))
    }

    /// The temporary password that the operator gets.
    fn temporary(&self) -> (AfterReset, Password) {
        let administered = self.administered();
        let change = self.generated(&administered.hand_over().unwrap());
        let mut after = self.carry_out(change).unwrap();
        let password = after.take_temporary_password().expect("a temporary password");
        (after, password)
    }

    fn generated(&self, hand_over: &HandOver<'_>) -> Change {
        let rng = &mut repass::SysRng;
        hand_over.temporary_password(&generator(), &hasher(), salt(), rng, self.now).unwrap()
    }

    fn sign_in(&self, password: &str) -> Result<SignInOutcome, &'static str> {
        let verifier = Verifier::new(hasher());
        let typed = TypedPassword::new(password).unwrap();
        let sign_in = block_on(self.recovery.sign_in(by_login(), None, self.now)).unwrap();
        let checked = sign_in.verify(&typed, &verifier, salt()).unwrap();
        let finished = self.recovery.finish_sign_in(checked, seed(), self.now);
        block_on(finished).map_err(|error| error.code())
    }
}

fn generator() -> Generator {
    let policy = Policy::builder().min_length(12).build().unwrap();
    policy.generator().temporary().build().unwrap()
}

/// E21: what an operator sets ends sessions, remembered browsers and tokens as a reset does.
#[test]
fn an_operator_resets_the_password_of_an_account_that_they_administer() {
    let world = world();
    for target in [Target::Id(id("1")), by_email().into(), by_login().into()] {
        let administered = world.administer(target).unwrap();
        assert_eq!((administered.operator(), administered.account().id()), (&id("2"), &id("1")));
    }
    let after = world.carry_out(world.change(NEW)).unwrap();
    assert!(world.signs_in(NEW));
    assert_eq!((after.occasion(), after.operator()), (Occasion::Operator, Some(&id("2"))));
    // No session goes on, and an operator gets none.
    assert!(after.session_tag().is_none());
    assert_eq!(after.duties().len(), 3);
    let event = after.event();
    assert_eq!((event.code(), event.operator()), ("password_set_by_operator", Some(&id("2"))));
    assert!(event.to_string().ends_with(" operator=2"), "{event}");
}

/// System 000: oneself, outside the hierarchy, and unknown. The same calls and one answer, for an account
/// that may not sign in and for an address of several accounts as well.
#[test]
fn oneself_others_and_nobody_get_one_answer_after_the_same_calls() {
    let twin = Account::new(id("5")).with_email(ada().emails()[0].clone());
    let world = World::with(handing_over, [ada(), grace(), carol().disabled(), twin]);
    // The host lets the operator do anything: that is not enough.
    for target in ["2", "3"] {
        world.accounts().let_administer(id("2"), id(target));
    }
    let lookup = |text| Lookup::login(text).unwrap();
    let cases: [(&str, Lookup); 5] = [
        ("operator_own_account", lookup("grace")),
        ("operator_account_disabled", lookup("carol")),
        ("operator_not_allowed", lookup("ada")),
        ("operator_unknown_account", lookup("nobody")),
        ("operator_several_accounts", by_email()),
    ];
    world.calls();
    for (code, lookup) in cases {
        let error = world.administer(lookup).unwrap_err();
        assert_eq!((error.code(), error.answer()), (code, Answer::Refused { tries_left: None }));
        let right = ["counters.count", "accounts.find", "accounts.may_administer"];
        assert_eq!(world.calls(), right, "{code}");
    }
    let by_id = [
        ("operator_own_account", "2"),
        ("operator_account_disabled", "3"),
        ("operator_not_allowed", "1"),
        ("operator_unknown_account", "no id of this table"),
    ];
    for (code, target) in by_id {
        let error = world.administer(id(target)).unwrap_err();
        assert_eq!((error.code(), error.answer()), (code, Answer::Refused { tries_left: None }));
        let right = ["counters.count", "accounts.load", "accounts.may_administer"];
        assert_eq!(world.calls(), right, "{code}");
    }
}

/// An operator cannot find out who has an account by asking about everybody.
#[test]
fn what_an_operator_asks_for_is_counted_whether_or_not_it_is_refused() {
    let limits = Limits::default().administered(3);
    let mut world = World::with(|builder| builder.limits(limits), [ada(), grace()]);
    for _ in 0..3 {
        assert_eq!(world.administer(by_login()).unwrap_err().code(), "operator_not_allowed");
    }
    let refused = world.administer(by_login()).unwrap_err();
    let until = world.now + Duration::from_secs(60 * 60);
    assert_eq!(refused.answer(), Answer::Throttled { until });
    // Another operator goes on.
    let other = block_on(world.recovery.administer(&id("3"), by_login(), world.now));
    assert_eq!(other.unwrap_err().code(), "operator_not_allowed");
    world.wait(60 * 60);
    assert_eq!(world.administer(by_login()).unwrap_err().code(), "operator_not_allowed");
}

/// An attacker who was an operator until a moment ago, with everything that was admitted then.
#[test]
fn a_former_operator_sets_nothing() {
    let before = world();
    let change = before.change(NEW);
    // The user table of a service in which the hierarchy was changed.
    let after = World::with(handing_over, [before.account("1"), grace()]);
    after.calls();
    let refused = after.carry_out(change).unwrap_err();
    assert!(matches!(refused, CommitError::OperatorRefused));
    assert_eq!(refused.answer(), Answer::Refused { tries_left: None });
    // Nothing was begun.
    assert_eq!(after.calls(), ["accounts.may_administer"]);
    assert!(after.signs_in(OLD));
}

#[test]
fn an_operator_is_asked_for_once_more_when_the_password_is_set() {
    let world = world();
    let change = world.change(NEW);
    world.calls();
    let _after = world.carry_out(change).unwrap();
    let right = ["accounts.may_administer", "attempts.insert", "accounts.write"];
    assert_eq!(world.calls(), right);
}

#[test]
fn what_an_operator_was_admitted_to_ends_after_ten_minutes() {
    let mut world = world();
    let change = world.change(NEW);
    world.wait(10 * 60);
    assert!(matches!(world.carry_out(change), Err(CommitError::Expired)));
    assert!(world.signs_in(OLD));
}

/// The account changed since: the owner was faster.
#[test]
fn an_operator_does_not_overwrite_what_the_owner_has_done_since() {
    let world = world();
    let change = world.change(TEMPORARY);
    let _after = world.commit(&world.admit_link(&world.link()).unwrap(), NEW).unwrap();
    assert!(matches!(world.carry_out(change), Err(CommitError::Superseded)));
    assert!(world.signs_in(NEW));
}

/// OWASP ASVS 5.0, 6.4.6: by default no operator chooses or learns a password.
#[test]
fn e07_operators_hand_over_nothing_unless_the_service_says_so() {
    let world = World::new();
    world.accounts().let_administer(id("2"), id("1"));
    let administered = world.administered();
    let refused = administered.hand_over().map(|_| ()).unwrap_err();
    assert!(matches!(refused, OperatorError::HandOverOff), "{refused:?}");
    assert_eq!(refused.answer(), Answer::Refused { tries_left: None });
}

/// Elsewhere the form of an administrator checks the length and nothing more.
#[test]
fn the_whole_policy_is_asked_about_what_an_operator_chooses() {
    let world = world();
    let administered = world.administered();
    let hand_over = administered.hand_over().unwrap();
    let policy = Policy::builder()
        .min_length(8)
        .max_similarity(0.7)
        .not_among_last(2)
        .max_breaches(0, WhenUnknown::Refuse)
        .build();
    let (policy, new) = (policy.unwrap(), Password::new("lovelace1").unwrap());
    let set = hand_over.set_password(&new, &policy, &hasher(), salt());
    let Err(SetError::Policy(violations)) = set else { panic!("accepted") };
    let codes: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
    assert_eq!(codes, ["password_too_similar", "password_breach_unknown"]);
    let new = Password::new(NEW).unwrap();
    let findings = Findings::NONE.breach(BreachAnswer::new(&new, Breach::Absent));
    assert!(hand_over.set_password_with(&new, &policy, &findings, &hasher(), salt()).is_ok());
}

/// An operator who may try as many passwords as they like does not learn which one is the present one.
#[test]
fn an_operator_cannot_find_out_the_present_password() {
    let world = world();
    let administered = world.administered();
    let hand_over = administered.hand_over().unwrap();
    for tried in [OLD, NEW] {
        let tried = Password::new(tried).unwrap();
        assert!(hand_over.set_password(&tried, &policy(), &hasher(), salt()).is_ok());
    }
}

/// E11: who did it, and what to do if it was not expected; nothing of the password.
#[test]
fn e11_the_owner_is_told_that_an_operator_set_the_password() {
    let world = world();
    let after = world.carry_out(world.change(NEW)).unwrap();
    world.settle(&after);
    let _worked = world.work();
    let message = world.take().expect("a notice");
    assert_eq!(message.kind().code(), "password_set_by_operator");
    assert_eq!(message.to().as_str(), "Ada@Example.org");
    let text = message.expose_secret();
    assert!(text.contains("administrator") && !text.contains(NEW), "{text}");
    assert!(text.contains("If you did not expect this, please contact us"), "{text}");
    assert!(world.take().is_none());
}

/// A process that crashes after the password was set: duties and notice come all the same, and the log
/// names the operator.
#[test]
fn what_an_operator_has_set_is_resumed_after_a_crash() {
    let mut world = world();
    world.trace.lose_answer("accounts.write");
    assert!(matches!(world.carry_out(world.change(NEW)), Err(CommitError::Failed(_))));
    world.wait(60);
    let resumed = world.resumed();
    let [after] = &resumed[..] else { panic!("{resumed:?}") };
    assert_eq!((after.occasion(), after.operator()), (Occasion::Operator, Some(&id("2"))));
    world.settle(after);
    let _worked = world.work();
    assert_eq!(world.take().unwrap().kind().code(), "password_set_by_operator");
    assert!(world.resumed().is_empty());
}

/// E4, E5, E7: generated and never chosen, shown once, with an end, and to be changed; in one statement.
#[test]
fn e04_e05_e07_a_temporary_password_is_shown_once_expires_and_has_to_be_changed() {
    let world = World::with(handing_over, [ada().with_version(7).with_epoch(3), grace()]);
    world.accounts().let_administer(id("2"), id("1"));
    let administered = world.administered();
    let change = world.generated(&administered.hand_over().unwrap());
    world.calls();
    let mut after = world.carry_out(change).unwrap();
    let right = ["accounts.may_administer", "attempts.insert", "accounts.write"];
    assert_eq!(world.calls(), right);
    let password = after.take_temporary_password().unwrap();
    assert!(after.take_temporary_password().is_none());
    // It has groups to be read out.
    assert_eq!(password.expose_secret().split('-').count(), 3);
    assert!(world.signs_in(password.expose_secret()) && !world.signs_in(OLD));
    let must_change = world.account("1").must_change().unwrap();
    assert_eq!(must_change.reason(), MustChangeReason::Temporary);
    assert_eq!(must_change.expires_at(), Some(world.now + Duration::from_secs(24 * 60 * 60)));
    assert_eq!((world.account("1").version(), world.account("1").epoch()), (Some(8), Some(4)));
    // It never becomes the password: it only admits to its own change.
    let Ok(SignInOutcome::MustChange(sign_in)) = world.sign_in(password.expose_secret()) else {
        panic!("signed in")
    };
    let admitted = world.admit_ticket(sign_in.ticket().expose_secret()).unwrap();
    let same = admitted.set_password(&password, &policy(), &hasher(), salt()).unwrap_err();
    assert!(matches!(same, SetError::Policy(_)));
    let _after = world.commit(&admitted, NEW).unwrap();
    assert_eq!(world.account("1").must_change(), None);
    assert!(matches!(world.sign_in(NEW), Ok(SignInOutcome::SignedIn(_))));
}

/// The operator's screen shows it, and nothing else: no message, no notice, no event.
#[test]
fn a_temporary_password_is_in_no_notice_and_in_no_event() {
    let world = world();
    let (after, password) = world.temporary();
    world.settle(&after);
    let _worked = world.work();
    let notice = world.take().unwrap();
    assert_eq!(notice.kind().code(), "password_set_by_operator");
    let shown = format!("{}{}{after:?}", notice.expose_secret(), after.event());
    assert!(!shown.contains(password.expose_secret()));
}

/// E8: neither a temporary password nor its end keeps the owner from "forgot".
#[test]
fn e08_an_owner_with_a_temporary_password_can_still_ask_for_a_reset() {
    let mut world = world();
    let (_after, password) = world.temporary();
    let _after = world.commit(&world.admit_link(&world.link()).unwrap(), NEW).unwrap();
    assert!(world.signs_in(NEW));
    assert_eq!(world.account("1").must_change(), None);

    let (_after, password_2) = world.temporary();
    assert_ne!(password.expose_secret(), password_2.expose_secret());
    world.wait(24 * 60 * 60);
    let refused = world.sign_in(password_2.expose_secret()).map(|_| ()).unwrap_err();
    assert_eq!(refused, "sign_in_password_expired");
    let _after = world.commit(&world.admit_link(&world.link()).unwrap(), NEW).unwrap();
    assert!(matches!(world.sign_in(NEW), Ok(SignInOutcome::SignedIn(_))));
}

/// E6: what was lost is issued anew, and the one before no longer works.
#[test]
fn e06_a_temporary_password_that_was_lost_is_issued_anew() {
    let world = world();
    let (_after, first) = world.temporary();
    let (_after, second) = world.temporary();
    assert!(world.signs_in(second.expose_secret()) && !world.signs_in(first.expose_secret()));
}

/// A user table without the columns: nothing is set, and the operator is told why.
#[test]
fn a_temporary_password_that_could_not_expire_is_not_set() {
    let world = world();
    let administered = world.administered();
    let change = world.generated(&administered.hand_over().unwrap());
    world.trace.answer_stale();
    let refused = world.carry_out(change).unwrap_err();
    assert!(matches!(refused, CommitError::MustChangeUnsupported), "{refused:?}");
    assert_eq!(refused.answer(), Answer::Unavailable);
    assert!(world.signs_in(OLD));
    // Nothing is left to resume.
    assert!(world.rows().iter().all(|row| row.stage().code() == "ended"));
    // A password that may stay is set.
    let _after = world.carry_out(world.change(NEW)).unwrap();
}

#[test]
fn an_operator_of_one_tenant_sets_nothing_in_another() {
    let world = world();
    let acme = world.tenant("acme", [ada(), grace()]);
    acme.accounts().let_administer(id("2"), id("1"));
    assert!(matches!(acme.carry_out(world.change(NEW)), Err(CommitError::Expired)));
}

/// What the operator does ends what was sent before.
#[test]
fn a_link_that_was_sent_before_an_operator_set_the_password_is_over() {
    let world = world();
    world.ask(&by_email(), Delivery::LINK);
    let token = token_in(&world.read().unwrap());
    let _after = world.carry_out(world.change(NEW)).unwrap();
    assert_eq!(world.admit_link(&token).unwrap_err().code(), "reset_superseded");
}

impl World {
    fn require_change(&self) -> Result<Event, RequireChangeError> {
        let administered = self.administered();
        let reason = MustChangeReason::Breached;
        block_on(self.recovery.require_change(&administered, reason, self.now))
    }
}

/// E5: the owner keeps the password for its own change, and "forgot".
#[test]
fn e05_an_operator_demands_that_the_password_is_changed() {
    let world = World::of([ada().with_version(7).with_epoch(3), grace()]);
    world.accounts().let_administer(id("2"), id("1"));
    let Ok(SignInOutcome::SignedIn(session)) = world.sign_in(OLD) else { panic!("refused") };
    let link = world.link();
    world.calls();
    let event = world.require_change().unwrap();
    assert_eq!((event.code(), event.operator()), ("change_required", Some(&id("2"))));
    let right = [
        "counters.count",
        "accounts.load",
        "accounts.may_administer",
        "accounts.may_administer",
        "accounts.write",
    ];
    assert_eq!(world.calls(), right);
    let account = world.account("1");
    assert_eq!(account.must_change().map(|must| must.reason()), Some(MustChangeReason::Breached));
    // What was sent before is good: the password is the same.
    assert_eq!((account.version(), account.epoch()), (Some(7), Some(4)));
    assert!(world.admit_link(&link).is_ok());
    assert!(!world.flow().session_holds(&account, session.tag().as_str()));
    let Ok(SignInOutcome::MustChange(sign_in)) = world.sign_in(OLD) else { panic!("signed in") };
    assert_eq!(sign_in.reason(), MustChangeReason::Breached);
    let admitted = world.admit_ticket(sign_in.ticket().expose_secret()).unwrap();
    let _after = world.commit(&admitted, NEW).unwrap();
    assert_eq!(world.account("1").must_change(), None);
}

/// Otherwise a temporary password would lose its end.
#[test]
fn a_change_that_is_demanded_already_stays_as_it_is() {
    let world = world();
    let (_after, _password) = world.temporary();
    let temporary = world.account("1").must_change();
    let event = world.require_change().unwrap();
    assert_eq!(event.code(), "change_required");
    assert_eq!(world.account("1").must_change(), temporary);
}

#[test]
fn a_change_is_demanded_of_the_password_that_was_seen_by_who_may_demand_it() {
    let mut world = world();
    let administered = world.administered();
    let demand = |world: &World| {
        let reason = MustChangeReason::Administrative;
        let demanded = world.recovery.require_change(&administered, reason, world.now);
        block_on(demanded).map(|event| event.code()).map_err(|error| error.code())
    };
    world.trace.answer_stale();
    assert_eq!(demand(&world), Err("require_change_unsupported"));
    let before = world.account("1");
    world.put(before.clone().with_password(hash_of(NEW)));
    assert_eq!(demand(&world), Err("require_change_superseded"));
    assert_eq!(world.account("1").must_change(), None);
    world.put(before);
    let former = World::of([ada(), grace()]);
    assert_eq!(demand(&former), Err("require_change_operator_refused"));
    assert_eq!(former.account("1").must_change(), None);
    world.trace.repeat_next("accounts.write");
    assert_eq!(demand(&world), Ok("change_required"));
    world.wait(10 * 60);
    assert_eq!(demand(&world), Err("require_change_expired"));
    let without = Account::new(id("1")).with_email(ada().emails()[0].clone());
    world.put(without);
    assert_eq!(world.require_change().unwrap_err().code(), "require_change_no_password");
}
