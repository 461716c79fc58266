//! The choice of a cost for a target, with clocks that are made up.

use core::time::Duration;

use proptest::prelude::*;
use repass::hash::Cost;

/// A machine that fills a KiB in a microsecond.
fn microsecond_for_each_kib(cost: Cost) -> Duration {
    Duration::from_micros(u64::from(cost.memory_kib()) * u64::from(cost.passes()))
}

#[test]
fn memory_first_then_the_most_passes_in_time() {
    for (target_ms, memory_kib, (m, t)) in [
        (100, 19_456, (19_456, 5)),
        (100, 47_104, (47_104, 2)),
        (100, 12_288, (12_288, 8)),
        // In five passes and in one, just in time.
        (100, 20_000, (20_000, 5)),
        (100, 100_000, (100_000, 1)),
        // Half as often as it takes, not below OWASP's most.
        (100, 262_144, (65_536, 1)),
        (100, 180_000, (90_000, 1)),
        (50, 100_000, (50_000, 1)),
        (48, 94_206, (47_104, 1)),
        // Then OWASP's next set, each with as many passes as it wants over that much memory.
        (40, 47_104, (19_456, 2)),
        (38, 47_104, (12_288, 3)),
        (36, 47_104, (7168, 5)),
        (60, 30_000, (30_000, 2)),
        (59, 30_000, (19_456, 3)),
        (95, 16_000, (16_000, 5)),
        (45, 10_000, (10_000, 4)),
        (45, 8000, (8000, 5)),
        // Less than OWASP recommends is not on offer, however slow the machine.
        (1, 47_104, (7168, 5)),
        (0, 47_104, (7168, 5)),
        (100, 7167, (7168, 13)),
        (100, 0, (7168, 13)),
        // Nor is more than a cost may have.
        (10_000, u32::MAX, (Cost::MAX_MEMORY_KIB, 2)),
        (1000, 19_456, (19_456, 51)),
        (2000, 19_456, (19_456, Cost::MAX_PASSES)),
    ] {
        let target = Duration::from_millis(target_ms);
        let mut measured = 0;
        let cost = Cost::calibrate(target, memory_kib, |cost| {
            measured += 1;
            microsecond_for_each_kib(cost)
        });
        assert_eq!(cost, Cost::new(m, t, 1).unwrap(), "{target_ms} ms with {memory_kib} KiB");
        assert!(measured <= 24, "{target_ms} ms with {memory_kib} KiB: {measured} measurements");
    }
}

#[test]
fn clocks_at_their_ends() {
    let most = Cost::new(19_456, Cost::MAX_PASSES, 1).unwrap();
    for (target, took, expected) in [
        (Duration::MAX, Duration::MAX, most),
        (Duration::MAX, Duration::ZERO, most),
        (Duration::ZERO, Duration::ZERO, most),
        (Duration::ZERO, Duration::MAX, Cost::OWASP_7_MIB),
    ] {
        assert_eq!(Cost::calibrate(target, 19_456, |_| took), expected, "{target:?} {took:?}");
    }
}

proptest! {
    #[test]
    fn no_more_fits_and_it_is_found_in_few_steps(
        target_us in 0_u64..2_000_000, memory_kib: u32, nanos in 1_u64..5000, beside_us in 0_u64..20_000,
    ) {
        let target = Duration::from_micros(target_us);
        let clock = |cost: Cost| {
            let kib = u64::from(cost.memory_kib()) * u64::from(cost.passes());
            Duration::from_micros(beside_us) + Duration::from_nanos(kib * nanos)
        };
        let mut measured = 0;
        let cost = Cost::calibrate(target, memory_kib, |cost| {
            measured += 1;
            clock(cost)
        });
        prop_assert!(measured <= 24, "{measured} measurements");
        let (m, t) = (cost.memory_kib(), cost.passes());
        prop_assert!(Cost::OWASP_SETS.iter().any(|set| m >= set.memory_kib() && t >= set.passes()));
        prop_assert!(m <= memory_kib.max(7168));
        prop_assert!(clock(cost) <= target || cost == Cost::OWASP_7_MIB, "{cost}");
        if let (true, Ok(more)) = (clock(cost) <= target, Cost::new(m, t + 1, 1)) {
            prop_assert!(clock(more) > target, "{more} fits too");
        }
    }

    #[test]
    fn a_clock_that_jumps_about_ends_and_stays_above_the_least(times: [u32; 64], target_ms in 0_u64..5000, memory_kib: u32) {
        let mut times = times.iter().cycle();
        let mut measured = 0;
        let cost = Cost::calibrate(Duration::from_millis(target_ms), memory_kib, |_| {
            measured += 1;
            Duration::from_micros(u64::from(*times.next().unwrap()))
        });
        prop_assert!(measured <= 80);
        prop_assert!(Cost::OWASP_SETS.iter().any(|set| cost.memory_kib() >= set.memory_kib() && cost.passes() >= set.passes()));
    }
}
