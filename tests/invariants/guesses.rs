//! 5. Guesses are counted before they are compared.

use repass::code::{CodeShape, GuessBudget};
use repass::reset::{Flow, FlowError, Outward};
use repass::service::AdmitError;

use crate::world::{World, keyring, other_than, page};

fn tries_left(refused: &AdmitError) -> Option<u32> {
    match refused.outward() {
        Outward::Refused { tries_left } => tries_left,
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

#[test]
fn nothing_is_compared_that_could_not_be_counted() {
    let world = World::new();
    let (handle, code) = world.code();
    world.trace.fail_next("store.count");
    assert!(matches!(world.admit_code(&handle, &code), Err(AdmitError::Store(_))));
}

/// Each new request brings a new handle with tries of its own; the account's counter goes on.
#[test]
fn no_new_request_resets_the_tries_of_the_account() {
    let mut world = World::new();
    let mut compared = 0;
    for _ in 0..6 {
        // Past the sends of an hour and the live ones, but within the day.
        world.wait(60 * 60);
        let (handle, code) = world.code();
        for _ in 0..5 {
            let refused = world.admit_code(&handle, &other_than(&code)).unwrap_err();
            compared += u32::from(refused.code() == "reset_wrong_code");
        }
    }
    assert_eq!(compared, 15);
}

/// An attacker's own success would else wash the counters clean.
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
    world.wait(24 * 60 * 60);
    let (handle, code) = world.code();
    assert!(world.admit_code(&handle, &code).is_ok());
}

#[test]
fn a_code_that_cannot_be_one_costs_no_try() {
    let world = World::new();
    let (handle, code) = world.code();
    // It neither skips a try nor resets one: between any two guesses the counter stands.
    for left in [4, 3, 2, 1, 0] {
        world.calls();
        for text in ["", "BCDF", "BCDF-GHJK-L", "AEIO-UAEI", "٤٤٤٤٤٤٤٤"] {
            assert_eq!(world.admit_code(&handle, text).unwrap_err().code(), "code_malformed");
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
        Flow::builder(keyring(), page()).code_shape(digits).tries(5, tries).build().map(|_| ())
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
        Flow::builder(keyring(), page()).tries(tries, tries_a_day).build().map(|_| ())
    };
    assert_eq!(build(100, 100), Ok(()));
    for (tries, tries_a_day) in [(5, 101), (101, 101), (u32::MAX, u32::MAX), (6, 5), (0, 5)] {
        assert_eq!(build(tries, tries_a_day), Err(FlowError::Tries), "{tries}, {tries_a_day}");
    }
    // One try a day at so many codes would be within the limit, and they are fewer than six digits.
    let few = CodeShape::of_alphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXY", 3).unwrap();
    let built = Flow::builder(keyring(), page()).code_shape(few).tries(1, 1).build();
    assert_eq!(built.map(|_| ()), Err(FlowError::FewCodes { codes: 42_875 }));
}
