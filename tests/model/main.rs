//! Random sequences of operations over several accounts, two tenants, both channels and two clocks equal a
//! small reference model, which is written from DESIGN.md; also with an error, a dropped future or a
//! revocation at any call of a port, after which the owner, a thief and the jobs go on.
//!
//! After each call the answer, the code for the log, all accounts, all rows, the length of the queue and
//! the messages that were delivered are those of the model, and what was handed out last opens what the
//! model says. Where the outcome of a call is unknown, the model has every state that is possible, and
//! at least one of them has to explain all that follows.

extern crate alloc;

#[path = "../support/hosts.rs"]
mod hosts;
#[path = "../support/troubled.rs"]
mod troubled;
#[path = "../support/world.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod world;

mod op;
mod people;
mod plan;
mod reference;
mod service;
mod settings;
mod snapshot;
mod stories;
mod walk;
mod words;

use core::cell::RefCell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

use self::hosts::Host;
use self::op::{By, Op, Typing};
use self::people::ADA;
use self::plan::Way;
use self::stories::stories;
use self::walk::{Fault, Plot, walk};
use self::words::{Typed, Wanted};

fn is_full() -> bool {
    std::env::var("REPASS_CI").is_ok_and(|tier| tier == "full")
}

/// How many sequences: more, and other ones each time, with `REPASS_CI=full`.
fn config() -> Config {
    let (cases, rng_seed) =
        if is_full() { (2_000, RngSeed::Random) } else { (32, RngSeed::Fixed(1)) };
    let max_shrink_iters = 4_096;
    Config { cases, rng_seed, max_shrink_iters, failure_persistence: None, ..Config::default() }
}

/// The kinds of trouble for the call of this number: two in turn, and all with `REPASS_CI=full`.
fn ways(number: usize) -> impl Iterator<Item = Way> {
    let ways = if is_full() { Way::ALL.len() } else { 2 };
    (0..ways).map(move |way| Way::ALL[(2 * number + way) % Way::ALL.len()])
}

fn plot() -> impl Strategy<Value = Plot> {
    let ops = prop::collection::vec(op::op(), 40..60);
    let second = prop::collection::vec(prop::bool::weighted(0.3), 60);
    (ops, -120_i64..=120, second).prop_map(|(ops, skew, second)| Plot { ops, skew, second })
}

/// Where the trouble is: in which operation that calls a port, at which of its calls, and who is revoked.
fn place() -> impl Strategy<Value = (prop::sample::Index, prop::sample::Index, u8)> {
    (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0_u8..3)
}

/// What all sequences together have seen, or what the model does not explain.
fn check(config: Config) -> Result<BTreeSet<String>, String> {
    let codes = RefCell::new(BTreeSet::new());
    let mut runner = TestRunner::new(config);
    let checked = runner.run(&(plot(), place()), |(plot, (op, call, who))| {
        let walked = walk(&plot, None, Host::Careful).map_err(TestCaseError::fail)?;
        codes.borrow_mut().extend(walked.codes);
        let calls = walked.calls;
        let calling: Vec<usize> = (0..calls.len()).filter(|number| calls[*number] > 0).collect();
        if calling.is_empty() {
            return Ok(());
        }
        let number = calling[op.index(calling.len())];
        for way in Way::ALL {
            let who = (0, who);
            let fault = Fault { op: number, call: call.index(calls[number]), way, who };
            let walked = walk(&plot, Some(fault), Host::Careful);
            let walked =
                walked.map_err(|wrong| TestCaseError::fail(format!("{fault:?}\n{wrong}")))?;
            codes.borrow_mut().extend(walked.codes);
        }
        Ok(())
    });
    // The log of the walk says more than the sequence that it was made of.
    checked.map_err(|error| match error {
        TestError::Fail(reason, _) | TestError::Abort(reason) => reason.to_string(),
    })?;
    Ok(codes.into_inner())
}

#[test]
fn every_flow_equals_the_model_with_trouble_at_every_call() {
    let (mut codes, mut number) = (BTreeSet::new(), 0);
    for (name, ops) in stories() {
        let plot = Plot { ops, skew: 0, second: Vec::new() };
        let mut walked = |fault| {
            let walked = walk(&plot, fault, Host::Careful);
            let walked = walked.unwrap_or_else(|wrong| panic!("{name}, {fault:?}\n{wrong}"));
            codes.extend(walked.codes);
            walked.calls
        };
        for (op, calls) in walked(None).into_iter().enumerate() {
            for call in 0..calls {
                for way in ways(number) {
                    walked(Some(Fault { op, call, way, who: ADA }));
                }
                number += 1;
            }
        }
    }
    assert_reached(&codes, IN_STORIES);
}

#[test]
fn random_sequences_equal_the_model_with_trouble_at_any_call() {
    match check(config()) {
        Err(error) => panic!("{error}"),
        Ok(codes) => assert_reached(&codes, IN_SEQUENCES),
    }
}

/// Nothing that is to be tried is left out by chance.
fn assert_reached(codes: &BTreeSet<String>, all: &[&str]) {
    let missed: Vec<&&str> = all.iter().filter(|code| !codes.contains(**code)).collect();
    assert!(missed.is_empty(), "nothing is answered by {missed:?}");
}

/// What only trouble, or the end of a time, leads to.
const IN_STORIES: &[&str] = &[
    "address_running",
    "commit_superseded",
    "commit_taken",
    "current_password_expired",
    "current_recovery_required",
    "first_password_set",
    "put_off",
    "request_already_run",
    "reset_handle_spent",
    "reset_running",
    "sign_in_password_expired",
    "sign_in_recovery_required",
];

/// What sequences lead to.
const IN_SEQUENCES: &[&str] = &[
    "address_not_pending",
    "address_replaced",
    "address_throttled",
    "address_verified",
    "code_malformed",
    "commit_expired",
    "commit_superseded",
    "commit_taken",
    "current_throttled",
    "operator_account_disabled",
    "operator_not_allowed",
    "operator_own_account",
    "operator_throttled",
    "password_changed",
    "password_reset",
    "password_set_by_operator",
    "request_expired",
    "request_no_password",
    "request_no_recipient",
    "request_several_accounts",
    "request_throttled",
    "request_too_many_sends",
    "request_unknown",
    "request_unverified",
    "resend_not_sent",
    "resend_sent",
    "resend_throttled",
    "reset_account_spent",
    "reset_handle_spent",
    "reset_other_attempt",
    "reset_superseded",
    "reset_unknown",
    "reset_used",
    "reset_wrong_code",
    "sign_in_must_change",
    "sign_in_throttled",
    "start_throttled",
    "stop_attempt_ended",
    "stop_nothing",
    "stop_recovery_required",
    "token_expired",
    "token_forged",
];

/// What the walk finds wrong with a host, and not with a careful one.
fn controlled(ops: Vec<Op>, fault: Option<Fault>, host: Host) -> String {
    let plot = Plot { ops, skew: 0, second: Vec::new() };
    walk(&plot, fault, Host::Careful).expect("the model explains a careful host");
    walk(&plot, fault, host).expect_err("the model explains a host that is wrong")
}

const TYPED: Typed = Typed::Contact("ada@example.org");
const GET_LINK: Op = Op::Get { tenant: 0, typed: TYPED, wanted: Wanted::Link };
const GET_CODE: Op = Op::Get { tenant: 0, typed: TYPED, wanted: Wanted::Code };
const OPEN: Op = Op::Enter { by: By::Link, back: 0, elsewhere: false };
const SET: Op = Op::Set { back: 0, settles: false, elsewhere: false };

#[test]
fn control_a_store_that_consumes_first_is_found() {
    let wrong = controlled(vec![GET_LINK, OPEN, SET], None, Host::ConsumesFirst);
    assert!(wrong.contains("the model has attempt"), "{wrong}");
}

#[test]
fn control_a_store_that_records_afterwards_is_found() {
    let wrong = controlled(vec![GET_LINK, OPEN, SET], None, Host::RecordsAfterwards);
    assert!(wrong.contains("the model has attempt"), "{wrong}");
}

#[test]
fn control_a_table_that_sets_without_condition_is_found() {
    let change = Op::Change { who: ADA, right: true };
    let ops = vec![GET_LINK, OPEN, change, SET];
    let wrong = controlled(ops, None, Host::SetsWithoutCondition);
    assert!(wrong.contains("the model has account"), "{wrong}");
}

#[test]
fn control_counters_that_forget_when_they_fail_are_found() {
    let guess = Op::Enter { by: By::Code(Typing::Wrong), back: 0, elsewhere: false };
    // The second guess: load, and then the count on the handle.
    let fault = Fault { op: 2, call: 1, way: Way::ErrorAfter, who: ADA };
    let wrong = controlled(vec![GET_CODE, guess, guess], Some(fault), Host::ForgetsCounts);
    assert!(wrong.contains("reset_handle_spent"), "{wrong}");
}
