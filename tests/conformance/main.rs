//! The suites of `repass::conformance`: the ports in memory pass, and each broken port fails exactly
//! the clause that it breaks.

mod accounts;
mod attempts;
mod counters;
mod memory;
mod queue;

use std::future::poll_fn;
use std::task::Poll;

/// Lets the other calls of a race go first, once.
async fn pause() {
    let mut paused = false;
    poll_fn(|context| {
        if core::mem::replace(&mut paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[test]
fn conformance_every_clause_is_named_in_the_contract_of_its_port() {
    use repass::conformance::{accounts, attempts, counters, queue};

    let contract = |text: &'static str| {
        let lines = text.lines().filter(|line| line.starts_with("///"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let mut missing = Vec::new();
    let mut look = |contract: &str, codes: &[&'static str]| {
        missing
            .extend(codes.iter().copied().filter(|code| !contract.contains(&format!("`{code}`"))));
    };
    let accounts = accounts::Clause::ALL.map(|clause| clause.code());
    look(&contract(include_str!("../../src/port/accounts.rs")), &accounts);
    let attempts = attempts::Clause::ALL.map(|clause| clause.code());
    look(&contract(include_str!("../../src/port/attempts.rs")), &attempts);
    let counters = counters::Clause::ALL.map(|clause| clause.code());
    look(&contract(include_str!("../../src/port/counters.rs")), &counters);
    let queue = queue::Clause::ALL.map(|clause| clause.code());
    look(&contract(include_str!("../../src/port/queue.rs")), &queue);
    assert_eq!(missing, Vec::<&str>::new());
}
