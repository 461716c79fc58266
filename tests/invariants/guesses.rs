//! 5. Guesses are counted before they are compared.

use repass::account::AccountId;
use repass::answer::Answer;
use repass::code::{CodeBinding, CodeShape, Codes, GuessBudget};
use repass::key::KeyId;
use repass::reset::{AdmitError, Delivery, Flow, FlowError, LimitError, Limits};
use repass::scope::{Purpose, Scope};
use repass::throttle::{Counted, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use crate::world::{World, by_email, code_in, keyring, other_than, page, token_in};

fn tries_left(refused: &AdmitError) -> Option<u32> {
    match refused.answer() {
        Answer::Refused { tries_left } => tries_left,
        _ => panic!("{refused}"),
    }
}

#[test]
fn the_fifth_code_of_a_handle_is_compared_and_the_sixth_is_not() {
    let world = World::new();
    let (handle, code) = world.code();
    for left in [4, 3, 2, 1] {
        let refused = world.admit_code(&handle, &other_than(&code)).unwrap_err();
        assert_eq!(tries_left(&refused), Some(left));
    }
    assert!(world.admit_code(&handle, &code).is_ok());
    let refused = world.admit_code(&handle, &code).unwrap_err();
    assert_eq!(refused.code(), "reset_handle_spent");
    assert_eq!(tries_left(&refused), Some(0));
}

/// Guesses that are not counted are unlimited (CVE-2023-35172).
#[test]
fn a_guess_is_counted_on_handle_and_account_before_it_is_compared() {
    let world = World::new();
    let (handle, code) = world.code();
    world.calls();
    assert!(world.admit_code(&handle, &code).is_ok());
    let right = world.calls();
    assert_eq!(right, ["attempts.load", "counters.count", "counters.count", "accounts.load"]);
    assert!(world.admit_code(&handle, &other_than(&code)).is_err());
    assert_eq!(world.calls(), right[..3]);
}

#[test]
fn nothing_is_compared_that_could_not_be_counted() {
    let world = World::new();
    let (handle, code) = world.code();
    world.trace.fail_next("counters.count");
    let failed = world.admit_code(&handle, &code).unwrap_err();
    assert_eq!(failed.code(), "counters_failed");
    assert!(failed.ticket().is_none());
    // An answer that is lost was counted all the same.
    world.trace.lose_answer("counters.count");
    assert_eq!(world.admit_code(&handle, &code).unwrap_err().code(), "counters_failed");
    let refused = world.admit_code(&handle, &other_than(&code)).unwrap_err();
    assert_eq!(tries_left(&refused), Some(3));
}

/// One answer that is kept and shown again must not let any number of guesses be compared.
#[test]
fn a10_an_answer_about_another_counter_or_quota_is_a_failure() {
    fn of_another_account(counted: Counted) -> Counted {
        let (quota, ends_at) = (counted.quota(), counted.ends_at());
        let other = AccountId::new("somebody else").unwrap();
        let key = ThrottleKey::account(&Scope::new(Purpose::RESET), "codes a day", &other);
        Counted::new(key, quota, 1, ends_at)
    }
    fn of_another_quota(counted: Counted) -> Counted {
        let quota = Quota::new(1_000_000, counted.quota().period());
        Counted::new(*counted.key(), quota, counted.number(), counted.ends_at())
    }
    fn of_no_count(counted: Counted) -> Counted {
        Counted::new(*counted.key(), counted.quota(), 0, counted.ends_at())
    }
    for alter in [of_another_account, of_another_quota, of_no_count] {
        is_a_failure(alter);
    }
}

/// Nothing is compared when the counters give such answers.
fn is_a_failure(alter: fn(Counted) -> Counted) {
    let world = World::new();
    let (handle, code) = world.code();
    world.trace.alter_counts(alter);
    for code in [&code, &other_than(&code)] {
        let failed = world.admit_code(&handle, code).unwrap_err();
        assert_eq!(failed.code(), "counters_failed");
        assert_eq!(failed.answer(), Answer::Unavailable);
        assert!(failed.ticket().is_none());
    }
}

/// A counter that has ended, or that a wrong clock opened, limits nothing.
#[test]
fn an_answer_about_a_counter_that_is_not_open_is_a_failure() {
    fn ending(counted: Counted, seconds: i64) -> Counted {
        let ends_at = counted.ends_at().unix_timestamp() + seconds;
        let ends_at = UtcDateTime::from_unix_timestamp(ends_at).unwrap();
        Counted::new(*counted.key(), counted.quota(), counted.number(), ends_at)
    }
    fn that_ended(counted: Counted) -> Counted {
        ending(counted, -i64::try_from(counted.quota().period().as_secs()).unwrap())
    }
    fn of_a_wrong_clock(counted: Counted) -> Counted {
        ending(counted, 121)
    }
    is_a_failure(that_ended);
    is_a_failure(of_a_wrong_clock);
    let world = World::new();
    let (handle, code) = world.code();
    world.trace.alter_counts(|counted| ending(counted, 120));
    assert!(world.admit_code(&handle, &code).is_ok());
}

/// Each new request brings a new handle with tries of its own; the account's counter goes on.
#[test]
fn no_new_request_resets_the_tries_of_the_account() {
    let mut world = World::new();
    let mut compared = 0;
    for message in 0..8 {
        if message == 5 {
            // Past the window of messages, but within the day.
            world.wait(12 * 60 * 60);
        }
        let (handle, code) = world.code();
        for _ in 0..5 {
            let refused = world.admit_code(&handle, &other_than(&code)).unwrap_err();
            compared += u32::from(refused.code() == "reset_wrong_code");
        }
    }
    assert_eq!(compared, 15);
}

/// An account has one counter of guesses, whatever the codes are for.
/// A limit that some interfaces do not ask is none (CVE-2025-64102).
#[test]
fn a18_all_purposes_share_the_tries_of_an_account() {
    let mut world = World::new();
    world.spend_the_day();
    let purpose = Scope::new(Purpose::new("other-purpose").unwrap());
    let mut other = world.beside(|builder| builder.scope(purpose));
    other.now = world.now;
    let (handle, code) = other.code();
    assert_eq!(other.admit_code(&handle, &code).unwrap_err().code(), "reset_account_spent");
}

/// Otherwise a stranger with one handle could spend the tries of an account.
#[test]
fn a_spent_handle_takes_no_tries_of_the_account() {
    let world = World::new();
    let (spent, code) = world.code();
    for _ in 0..30 {
        assert!(world.admit_code(&spent, &other_than(&code)).is_err());
    }
    for _ in 0..2 {
        let (handle, code) = world.code();
        for _ in 0..4 {
            let refused = world.admit_code(&handle, &other_than(&code)).unwrap_err();
            assert_eq!(refused.code(), "reset_wrong_code");
        }
        assert!(world.admit_code(&handle, &code).is_ok());
    }
}

/// Otherwise an attacker's own success would set the counters back.
#[test]
fn a_right_code_gives_no_tries_back() {
    let world = World::new();
    let (handle, code) = world.code();
    for left in [4, 3] {
        let refused = world.admit_code(&handle, &other_than(&code)).unwrap_err();
        assert_eq!(tries_left(&refused), Some(left));
    }
    assert!(world.admit_code(&handle, &code).is_ok());
    let refused = world.admit_code(&handle, &other_than(&code)).unwrap_err();
    assert_eq!(tries_left(&refused), Some(1));
}

#[test]
fn a_spent_day_stops_codes_and_leaves_links() {
    let mut world = World::new();
    world.spend_the_day();
    let (handle, code) = world.code();
    let refused = world.admit_code(&handle, &code).unwrap_err();
    assert_eq!(refused.code(), "reset_account_spent");
    assert!(world.admit_link(&world.link()).is_ok());
    // A day after the first guess the counter opens anew.
    world.wait(12 * 60 * 60);
    let (handle, code) = world.code();
    assert!(world.admit_code(&handle, &code).is_ok());
}

/// Link and code of one message: wrong codes exhaust the code alone.
#[test]
fn wrong_codes_leave_the_link_of_the_same_message() {
    let world = World::new();
    let handle = world.ask(&by_email(), Delivery::LINK_AND_CODE);
    let text = world.read().unwrap();
    let (token, code) = (token_in(&text), code_in(&text));
    for _ in 0..6 {
        assert!(world.admit_code(&handle, &other_than(&code)).is_err());
    }
    assert!(world.admit_code(&handle, &code).is_err());
    assert!(world.admit_link(&token).is_ok());
}

/// The handle of a link is compared like any other, and no code is right on it: not the one either that
/// would be derived for its attempt.
#[test]
fn the_handle_of_a_link_admits_by_no_code() {
    let world = World::new();
    let handle = world.ask(&by_email(), Delivery::LINK);
    let (ada, row) = (world.account("1"), world.rows().remove(0));
    let codes = Codes::new(keyring(), world.flow().scope().clone(), CodeShape::DEFAULT);
    let binding = CodeBinding::new(ada.id(), ada.emails()[0].address(), *row.id());
    let code = codes.derive(KeyId::new(7), &binding, 0).unwrap().expose_secret();
    for left in [4, 3] {
        let refused = world.admit_code(&handle, &code).unwrap_err();
        assert_eq!(refused.code(), "reset_wrong_code");
        assert_eq!(tries_left(&refused), Some(left));
    }
}

#[test]
fn a_code_that_cannot_be_one_costs_no_try() {
    let world = World::new();
    let (handle, code) = world.code();
    // It neither skips a try nor gives one back: between two guesses the counter does not change.
    for left in [4, 3, 2, 1, 0] {
        world.calls();
        for text in ["", "BCDF", "BCDF-GHJK-L", "AEIO-UAEI", "٤٤٤٤٤٤٤٤"] {
            let mistyped = world.admit_code(&handle, text).unwrap_err();
            assert_eq!((mistyped.code(), mistyped.answer()), ("code_malformed", Answer::Invalid));
        }
        assert!(world.calls().is_empty());
        let refused = world.admit_code(&handle, &other_than(&code)).unwrap_err();
        assert_eq!(tries_left(&refused), Some(left));
    }
    assert_eq!(world.admit_code(&handle, "BCDF").unwrap_err().code(), "code_malformed");
    assert_eq!(world.admit_code(&handle, &code).unwrap_err().code(), "reset_handle_spent");
}

/// The limit is 1 in 10,000 for each account and day; these numbers are three times the tries (the
/// worst 24 hours) over the codes there are.
#[test]
fn a_flow_whose_codes_are_guessed_too_easily_does_not_build() {
    let digits = CodeShape::digits(6).unwrap();
    let build = |tries| {
        Flow::builder(keyring(), page())
            .code_shape(digits)
            .limits(Limits::default().tries(5, tries))
            .build()
            .map(|_| ())
    };
    assert_eq!(build(33), Ok(()));
    let budget = GuessBudget::new(&digits, 5, 34);
    assert_eq!(build(34), Err(FlowError::GuessChance { budget }));
    assert_eq!(
        build(34).unwrap_err().to_string(),
        "102 guesses a day at one of 1000000 codes hit with 1 in 9804, 1 in 10000 is allowed"
    );
    // However many codes there are: no more than a hundred tries.
    let build = |tries, tries_a_day| {
        Flow::builder(keyring(), page())
            .limits(Limits::default().tries(tries, tries_a_day))
            .build()
            .map(|_| ())
    };
    assert_eq!(build(100, 100), Ok(()));
    for (tries, tries_a_day) in [(5, 101), (101, 101), (u32::MAX, u32::MAX), (6, 5), (0, 5)] {
        assert_eq!(
            build(tries, tries_a_day),
            Err(FlowError::Limit(LimitError::Tries)),
            "{tries}, {tries_a_day}"
        );
    }
    // One try a day at so many codes would be within the limit, and they are fewer than six digits.
    let few = CodeShape::of_alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXY", 3).unwrap();
    let built = Flow::builder(keyring(), page())
        .code_shape(few)
        .limits(Limits::default().tries(1, 1))
        .build();
    assert_eq!(built.map(|_| ()), Err(FlowError::FewCodes { codes: 42_875 }));
}
