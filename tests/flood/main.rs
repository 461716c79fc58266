//! A stranger floods an account with requests for more than a week (finding A1). At every moment one
//! of two things must hold for an owner who reads the mailbox:
//!
//! - a link that works is there, whoever asked for it, or
//! - a request of the owner, by either identifier and served by either of two processes whose clocks
//!   differ, sends one.
//!
//! Strangers act at random, at the ends of counters and links, whenever nothing protects the owner, or
//! without a pause. The same simulation finds the limits that the flow had before to fail: 5 messages
//! an hour, 10 a day, 3 live attempts, 10 requests an hour.

extern crate alloc;

use core::time::Duration;

use repass::reset::Limits;

mod dice;
mod episode;
mod former_limits;
mod service;
mod strangers;

use self::episode::{Episode, Loss, run};
use self::former_limits::FormerLimits;
use self::service::Real;
use self::strangers::Style;

const HOUR: i64 = 60 * 60;

/// How many episodes of each kind: more with `REPASS_CI=full`.
fn seeds() -> u64 {
    if std::env::var("REPASS_CI").is_ok_and(|tier| tier == "full") { 100 } else { 2 }
}

fn episodes() -> impl Iterator<Item = Episode> {
    (0..seeds()).flat_map(|seed| {
        Style::ALL.into_iter().enumerate().map(move |(number, style)| {
            let number = u64::try_from(number).unwrap();
            let owner = (seed + number) % 2 == 0;
            let loss = if (seed + number) % 3 == 0 { Loss::FirstLong } else { Loss::None };
            Episode { style, owner, loss, seed: seed * 100 + number }
        })
    })
}

#[test]
fn a01_no_flood_keeps_the_owner_out() {
    for episode in episodes() {
        let found = run(&episode, Real::new(Limits::default()));
        assert_eq!(found.unprotected_minutes, 0, "{episode:?}: {found:?}");
        // Two periods can meet within an hour, and three within a day. A new password opens another.
        if !episode.owner {
            assert!(found.most_in_a_day <= 15, "{episode:?}: {found:?}");
            assert!(found.most_in_an_hour <= 10, "{episode:?}: {found:?}");
        }
        // The end of the period and 30 minutes, by a clock that is 120 s behind.
        assert!(found.longest_life <= 12 * HOUR + HOUR / 2 + 120, "{episode:?}: {found:?}");
    }
}

#[test]
fn a01_no_flood_keeps_the_owner_out_under_other_limits() {
    let few = Limits::default().messages(3, Duration::from_secs(7 * 60 * 60));
    let many = Limits::default()
        .messages(10, Duration::from_secs(23 * 60 * 60))
        .requests_of_identifier(19, Duration::from_secs(23 * 60));
    for (limits, longest) in [(few, 7 * HOUR), (many, 23 * HOUR)] {
        for episode in episodes().filter(|episode| episode.style == Style::Closing) {
            let found = run(&episode, Real::new(limits));
            // A full limit of requests, which lasts longer here, delays what a new password opens.
            assert!(found.unprotected_minutes == 0 || episode.owner, "{episode:?}: {found:?}");
            assert!(found.longest_life <= longest + HOUR / 2 + 120, "{episode:?}: {found:?}");
        }
    }
}

#[test]
fn the_former_limits_keep_the_owner_out() {
    let found = episodes().map(|episode| run(&episode, FormerLimits::default()));
    let unprotected: u64 = found.map(|found| found.unprotected_minutes).sum();
    assert!(unprotected > 24 * 60, "only {unprotected} minutes");
}
