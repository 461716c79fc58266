//! The chance of a guessed code: the figures, and the best attacker that we can think of against them.

use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

use core::time::Duration;

use pollster::block_on;
use proptest::prelude::*;
use repass::account::{AccountId, Contact};
use repass::attempt::AttemptId;
use repass::code::{
    CheckCode, CodeBinding, CodeEpoch, CodeShape, Codes, GuessBudget, ResendPolicy,
};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryCounters;
use repass::port::Counters;
use repass::scope::{Purpose, Scope};
use repass::throttle::{Quota, ThrottleKey};
use repass::time::UtcDateTime;

/// Worked out by hand: guesses times good codes over codes.
#[test]
fn the_chance_of_a_guess() {
    let digits = |length| CodeShape::digits(length).unwrap();
    let letters = |length| CodeShape::letters(length).unwrap();
    // Shape, tries on a handle and a day, good codes; the chance on a handle, a day and a year.
    for (shape, tries, good, handle, day, year) in [
        (digits(6), (0, 0), 1, 0.0, 0.0, 0.0),
        (digits(6), (1, 1), 1, 0.000_001, 0.000_003, 0.000_367),
        (digits(6), (5, 15), 1, 0.000_005, 0.000_045, 0.005_505),
        (digits(6), (5, 15), 2, 0.000_01, 0.000_09, 0.011_01),
        (digits(6), (5, 33), 1, 0.000_005, 0.000_099, 0.012_111),
        (digits(6), (5, 34), 1, 0.000_005, 0.000_102, 0.012_478),
        (digits(6), (5, 500_000), 1, 0.000_005, 1.0, 1.0),
        (digits(6), (u32::MAX, u32::MAX), u32::MAX, 1.0, 1.0, 1.0),
        (digits(7), (5, 15), 1, 0.000_000_5, 0.000_004_5, 0.000_550_5),
        (digits(10), (5, 15), 1, 5e-10, 4.5e-9, 5.505e-7),
        (letters(6), (4, 16), 1, 6.25e-8, 7.5e-7, 9.175e-5),
        (letters(8), (5, 15), 1, 1.953_125e-10, 1.757_812_5e-9, 2.150_390_625e-7),
        (letters(12), (1, 2048), 1, 2.441_406_25e-16, 1.5e-12, 1.835e-10),
    ] {
        let budget = GuessBudget::new(&shape, tries.0, tries.1).with_good_codes(good);
        let found = [budget.chance_per_handle(), budget.chance_per_day(), budget.chance_per_year()];
        assert_eq!(found, [handle, day, year], "{budget:?}");
        assert_eq!(budget.codes(), shape.codes());
        assert_eq!(budget.guesses_per_day(), 3 * u64::from(tries.1));
        assert_eq!(budget.chance_within(1), day);
        assert_eq!(budget.chance_within(365), year);
        // 86,279 seconds between two counters: 121 a day less than a day make one more in 714 days.
        let counter = year / 367.0;
        for (days, counters) in [(713, 715.0), (714, 717.0)] {
            let found = budget.chance_within(days);
            assert!((found - (counters * counter).min(1.0)).abs() < 1e-12, "{days} days: {found}");
        }
    }
}

/// Worked out by hand: guesses times good codes over codes.
#[test]
fn the_chance_of_a_guess_at_a_code() {
    let digits = |length| CodeShape::digits(length).unwrap();
    let letters = |length| CodeShape::letters(length).unwrap();
    for (codes, good, day, year) in [
        (digits(6), 1, 0.000_045, 0.005_505),
        (digits(6), 2, 0.000_09, 0.011_01),
        // 20^15 is 3.2768e19 and above 2^64.
        (letters(15), 1, 45.0 / 3.2768e19, 5_505.0 / 3.2768e19),
        (digits(6), u32::MAX, 1.0, 1.0),
    ] {
        let budget = GuessBudget::new(&codes, 5, 15).with_good_codes(good);
        let near = |found: f64, expected: f64| (found - expected).abs() <= expected * 1e-12;
        assert!(near(budget.chance_per_day(), day), "{budget:?}: {}", budget.chance_per_day());
        assert!(near(budget.chance_per_year(), year), "{budget:?}: {}", budget.chance_per_year());
    }
}

/// `1 - (1 - p)^N` and `N p`, from the binomial series where the power would lose the chance.
#[test]
fn the_chance_that_one_of_many_falls() {
    let budget = GuessBudget::new(&CodeShape::digits(6).unwrap(), 5, 15);
    for (accounts, any, expected) in [
        (0, 0.0, 0.0),
        (1, 0.000_045, 0.000_045),
        (2, 0.000_09 - 2.025e-9, 0.000_09),
        (3, 0.000_135 - 3.0 * 2.025e-9 + 9.112_5e-14, 0.000_135),
        (10_000, 1.0 - 0.999_955_f64.powi(10_000), 0.45),
        (1_000_000, 1.0 - 0.999_955_f64.powi(1_000_000), 45.0),
        (u64::MAX, 1.0, u64::MAX as f64 * 0.000_045),
    ] {
        let found = budget.chance_of_any(accounts, 1);
        assert!((found - any).abs() <= any * 1e-9, "{accounts}: {found} instead of {any}");
        let found = budget.expected_of(accounts, 1);
        assert!((found - expected).abs() <= expected * 1e-12, "{accounts}: {found}");
    }
    // A chance that a plain `1 - p` would round away.
    let tiny = GuessBudget::new(&CodeShape::base32(12).unwrap(), 1, 1);
    let day = tiny.chance_per_day();
    assert!((tiny.chance_of_any(1_000, 1) - 1_000.0 * day).abs() < 1_000.0 * day * 1e-9);
}

proptest! {
    #[test]
    fn chances_are_chances_and_grow_with_what_is_allowed(
        length in 2_u8..=12, handle: u32, day: u32, good in 1_u32..4, days: u32, accounts: u64,
    ) {
        let shape = CodeShape::of_alphabet("0123456789abcdef", length).unwrap();
        let budget = GuessBudget::new(&shape, handle, day).with_good_codes(good);
        let chance = budget.chance_within(days);
        let any = budget.chance_of_any(accounts, days);
        for chance in [budget.chance_per_handle(), budget.chance_per_day(), chance, any] {
            prop_assert!((0.0..=1.0).contains(&chance), "{}", chance);
        }
        prop_assert!(budget.chance_within(days.saturating_add(1)) >= chance);
        prop_assert!(GuessBudget::new(&shape, handle, day.saturating_add(1)).with_good_codes(good).chance_within(days) >= chance);
        prop_assert!(budget.with_good_codes(good + 1).chance_within(days) >= chance);
        // The union bound over the accounts, but for what rounding does.
        prop_assert!(any <= budget.expected_of(accounts, days) * (1.0 + 1e-9));
    }
}

/// 86,400 s a day over the 86,279 s that a counter lasts at least, rounded down, and two more.
#[test]
fn the_counters_that_some_days_touch() {
    let budget = GuessBudget::new(&CodeShape::base32(12).unwrap(), 1, 1);
    for (days, counters) in
        [(0, 2), (1, 3), (7, 9), (365, 367), (713, 715), (714, 717), (u32::MAX, 4_300_990_675_u64)]
    {
        let found = budget.chance_within(days) * budget.codes() as f64;
        assert_eq!(found, counters as f64, "{days} days");
    }
}

/// So few that the chances can be counted out, and so few that no flow takes them.
const CODES: f64 = 100.0;
const ACCOUNTS: u64 = 1_500;
const DAY: u64 = 24 * 60 * 60;
/// How far the clocks of two processes may be apart, in seconds.
const APART: u64 = 120;

/// What an attacker does to one account; whether a guess was right. It begins somewhere in the
/// first day.
type Attack = fn(&mut Desk, u32) -> bool;

/// The best attacker uses all that the bound counts, and almost reaches it.
#[test]
fn the_best_attacker_stays_below_the_bound_and_reaches_four_fifths_of_it() {
    let minute = Duration::from_secs(60);
    for (policy, per_handle, per_day, days) in [
        (ResendPolicy::SameCode, 5, 10, 1),
        (ResendPolicy::NewCode, 5, 10, 1),
        (ResendPolicy::NewCodeKeepingLast(minute), 4, 4, 1),
        (ResendPolicy::SameCode, 3, 3, 7),
        (ResendPolicy::NewCodeKeepingLast(minute), 2, 2, 4),
    ] {
        let rules = Rules { policy, per_handle, per_day, forgets: false };
        let bound = rules.budget().chance_within(days);
        let reached = simulate(rules, days, at_the_edges);
        println!("{policy:?}, {per_handle} and {per_day}, {days} days: {reached:.4} of {bound:.4}");
        assert!(reached < bound, "{policy:?}: {reached} is above {bound}");
        assert!(reached >= 0.8 * bound, "{policy:?}: {reached} is far below {bound}");
        if policy != ResendPolicy::NewCode {
            // What the documentation says the best attacker reaches, within four standard deviations;
            // the guess that opened the first counter was made before.
            let guesses = per_day * (days + 2) - 1;
            let [tries, all] = [per_handle, guesses * policy.max_good()].map(f64::from);
            let exact = 1.0 - (1.0 - tries / CODES).powf(all / tries);
            let deviation = (exact * (1.0 - exact) / ACCOUNTS as f64).sqrt();
            assert!(
                (reached - exact).abs() < 4.0 * deviation,
                "{policy:?}: {reached}, not {exact}"
            );
        }
    }
}

/// Neither the end of a calendar day nor patience gives more than the edge of a counter.
#[test]
fn other_attackers_stay_below_the_bound() {
    let rules =
        Rules { policy: ResendPolicy::SameCode, per_handle: 5, per_day: 15, forgets: false };
    let bound = rules.budget().chance_per_day();
    for (name, attack) in [("midnight", across_midnight as Attack), ("steady", all_day_long)] {
        let reached = simulate(rules, 1, attack);
        println!("{name}: {reached:.4} of {bound:.4}");
        assert!(reached > 0.0 && reached < bound, "{name}: {reached}");
    }
}

/// The control: were a count forgotten, the same attacker would be far above the bound.
#[test]
fn a_counter_that_is_forgotten_would_show() {
    let rules = Rules { policy: ResendPolicy::SameCode, per_handle: 5, per_day: 15, forgets: true };
    let mut desks = (0..20).map(|number| Desk::new(rules, number * 101));
    assert!(desks.all(|mut desk| at_the_edges(&mut desk, 1)));
}

/// Guesses of eight threads on three handles at the same time: as many are compared as are allowed.
#[test]
fn guesses_in_parallel_are_all_counted() {
    let rules =
        Rules { policy: ResendPolicy::SameCode, per_handle: 7, per_day: 15, forgets: false };
    let mut desk = Desk::new(rules, 1);
    let handles: Vec<_> = (0..3).map(|_| desk.request().unwrap()).collect();
    let compared = AtomicU32::new(0);
    let (desk, handles, compared) = (&desk, &handles, &compared);
    thread::scope(|scope| {
        for first in 0..8 {
            scope.spawn(move || {
                for guess in 0..30 {
                    let answer = desk.guess(handles[(first + guess) % 3], "42");
                    compared.fetch_add(u32::from(answer != Answer::Refused), SeqCst);
                }
            });
        }
    });
    assert_eq!(compared.load(SeqCst), 15);
}

/// A counter that was opened the day before, all tries at its end, and all of each that follows as soon
/// as it can open: late within a second by the clock that is behind, when one that is ahead has ended
/// the former.
fn at_the_edges(desk: &mut Desk, days: u32) -> bool {
    desk.now += Duration::from_millis(900);
    let first = desk.request().unwrap();
    assert_ne!(desk.guess(first, "42"), Answer::Refused);
    desk.wait(DAY - APART - 1);
    let begun = desk.now;
    if burst(desk) {
        return true;
    }
    for day in 0..=days {
        if day > 0 {
            let left = DAY - desk.now.unix_timestamp() as u64 % DAY;
            let next = desk.now + Duration::from_secs(DAY - APART);
            // In between: midnight, and whatever else might open a counter.
            for pause in [left.saturating_sub(1), 1] {
                desk.wait(pause);
                desk.turn_everything_over();
                if desk.now + Duration::from_secs(1) < next && burst(desk) {
                    return true;
                }
            }
            desk.now = next - Duration::from_secs(1);
        }
        desk.wait(1);
        desk.turn_everything_over();
        if burst(desk) {
            return true;
        }
    }
    assert!(desk.now < begun + Duration::from_secs(DAY * u64::from(days)));
    false
}

/// As if the tries were those of a calendar day: in the last second of one and the first of the next,
/// and then again until the 24 hours are over.
fn across_midnight(desk: &mut Desk, _days: u32) -> bool {
    let left = DAY - desk.now.unix_timestamp() as u64 % DAY;
    desk.wait(left - 1);
    let mut right = burst(desk);
    for pause in [1, 3_600, DAY / 2, DAY / 2 - 3_602] {
        desk.wait(pause);
        desk.turn_everything_over();
        right = right || burst(desk);
    }
    right
}

/// A guess every ten minutes of the 24 hours, each on a new handle as long as there are some.
fn all_day_long(desk: &mut Desk, _days: u32) -> bool {
    (0..144).any(|_| {
        desk.wait(600);
        let guess = format!("{:02}", (desk.draw(100) + desk.turn) % 100);
        desk.request().is_some_and(|handle| desk.guess(handle, &guess) == Answer::Right)
    })
}

/// As many handles at once as there may be, codes asked for twice, guesses on all handles in turn and
/// none twice, with everything else in between that could forget a count, and new handles in their
/// place until nothing is compared any more.
fn burst(desk: &mut Desk) -> bool {
    loop {
        let handles: Vec<_> = core::iter::from_fn(|| desk.request()).take(3).collect();
        let first = desk.draw(100);
        assert_eq!(desk.guess(handles[0], "1 2 3"), Answer::Malformed);
        for round in 0.. {
            let mut compared = 0;
            for handle in &handles {
                // What is kept of the last code is all that a resend can add: tries on one code find
                // more than the same tries on several.
                if round == 0 || desk.rules.policy == ResendPolicy::NewCode {
                    desk.resend(*handle);
                }
                match desk.guess(*handle, &format!("{:02}", (first + round + desk.turn) % 100)) {
                    Answer::Right => return true,
                    Answer::Wrong => compared += 1,
                    Answer::Refused | Answer::Malformed => {}
                }
            }
            desk.turn_everything_over();
            match (round, compared) {
                (0, 0) => return false,
                (_, 0) => break,
                _ => {}
            }
        }
        // More than a flow gives: new handles at once, without waiting for the old ones to expire,
        // and as many messages as it takes.
        desk.forget_handles();
    }
}

/// The part of the accounts that fall.
fn simulate(rules: Rules, days: u32, attack: Attack) -> f64 {
    let fallen =
        (0..ACCOUNTS).filter(|number| attack(&mut Desk::new(rules, *number), days)).count();
    fallen as f64 / ACCOUNTS as f64
}

#[derive(Clone, Copy)]
struct Rules {
    policy: ResendPolicy,
    per_handle: u32,
    per_day: u32,
    /// Counters are lost when a process starts anew: what the controls are for.
    forgets: bool,
}

impl Rules {
    fn budget(&self) -> GuessBudget {
        let budget = GuessBudget::new(&shape(), self.per_handle, self.per_day);
        budget.with_good_codes(self.policy.max_good())
    }
}

/// Codes of one account behind the counters that a flow has: what survives a restart is the store, and
/// what a row keeps of each attempt.
struct Desk {
    rules: Rules,
    now: UtcDateTime,
    counters: MemoryCounters,
    scope: Scope,
    account: AccountId,
    contact: Contact,
    rows: HashMap<AttemptId, (KeyId, CodeEpoch)>,
    codes: Codes,
    newest_key: u16,
    dice: u64,
    /// A hundred desks in a row draw the same, and guess in each of the hundred orders: what is left
    /// to chance is which right codes coincide.
    turn: u64,
    live: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Malformed,
    Refused,
    Wrong,
    Right,
}

impl Desk {
    fn new(rules: Rules, number: u64) -> Self {
        let (set, turn) = (number / 100, number % 100);
        let dice = set.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let begins = 1_800_000_000 + i64::try_from(dice % 80_000).unwrap();
        Self {
            rules,
            now: UtcDateTime::from_unix_timestamp(begins).unwrap(),
            counters: MemoryCounters::default(),
            scope: Scope::new(Purpose::RESET),
            account: AccountId::new(&set.to_string()).unwrap(),
            contact: Contact::email("ada@example.org").unwrap(),
            rows: HashMap::new(),
            codes: Codes::new(ring(1), Scope::new(Purpose::RESET), shape()),
            newest_key: 1,
            dice,
            turn,
            live: 0,
        }
    }

    fn wait(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
        self.forget_handles();
    }

    fn forget_handles(&mut self) {
        self.live = 0;
    }

    /// A new attempt, if there is a place among three.
    fn request(&mut self) -> Option<AttemptId> {
        self.live += 1;
        if self.live > 3 {
            return None;
        }
        let mut id = [0; 20];
        id[..8].copy_from_slice(&self.draw(u64::MAX).to_be_bytes());
        let id = AttemptId::from_bytes(id);
        let key_id = KeyId::new(self.newest_key);
        self.rows.insert(id, (key_id, CodeEpoch::first(self.now)));
        Some(id)
    }

    fn resend(&mut self, id: AttemptId) {
        let (policy, now) = (self.rules.policy, self.now);
        let (_, epoch) = self.rows.get_mut(&id).unwrap();
        *epoch = policy.resend(*epoch, now).unwrap();
    }

    /// As the service does it: parse, raise the counter of the handle, that of the account, compare.
    fn guess(&self, id: AttemptId, typed: &str) -> Answer {
        let Ok(typed) = CheckCode::parse(shape(), typed) else { return Answer::Malformed };
        let counted = |key: ThrottleKey, quota: Quota| {
            block_on(self.counters.count(&key, quota, None, self.now)).unwrap().left().is_some()
        };
        let day = Duration::from_secs(DAY);
        let allowed = counted(
            ThrottleKey::attempt(&self.scope, "codes", &id),
            Quota::new(self.rules.per_handle, Duration::from_secs(1800)),
        ) && counted(
            ThrottleKey::account(&self.scope, "codes a day", &self.account),
            Quota::new(self.rules.per_day, day),
        );
        if !allowed {
            return Answer::Refused;
        }
        let (key_id, epoch) = self.rows[&id];
        let binding = CodeBinding::new(&self.account, &self.contact, id);
        let good = self.rules.policy.good(epoch, self.now);
        match self.codes.matches(key_id, &binding, good, &typed).unwrap() {
            true => Answer::Right,
            false => Answer::Wrong,
        }
    }

    /// A new key signs, all processes start anew, and one whose clock is ahead purges what has ended:
    /// nothing is left but the tables and the keys.
    ///
    /// A careful store keeps a counter for as long as clocks may differ. The bound counts one that does
    /// not: it deletes a counter as soon as any clock says that it has ended.
    fn turn_everything_over(&mut self) {
        self.newest_key = self.newest_key % 8 + 1;
        block_on(self.counters.purge(self.now + Duration::from_secs(2 * APART))).unwrap();
        if self.rules.forgets {
            self.counters = MemoryCounters::default();
        }
        self.codes = Codes::new(ring(self.newest_key), self.scope.clone(), shape());
    }

    /// The next number below `bound` (SplitMix64); the same in every run.
    fn draw(&mut self, bound: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.dice ^ (self.dice >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// Eight keys, of which this one signs.
fn ring(signing: u16) -> Keyring {
    static RINGS: LazyLock<Vec<Keyring>> = LazyLock::new(|| {
        let key = |number: u16| {
            let bytes: Vec<u8> = (0..32).map(|at| at * 7 + number as u8).collect();
            Key::from_bytes(&bytes).unwrap()
        };
        let with =
            |ring: Keyring, number| ring.verify_with(KeyId::new(number), key(number)).unwrap();
        let ring = |signing| {
            let ring = Keyring::new(KeyId::new(signing), key(signing));
            (1..=8).filter(|number| *number != signing).fold(ring, with)
        };
        (1..=8).map(ring).collect()
    });
    RINGS[usize::from(signing) - 1].clone()
}

/// A hundred codes.
fn shape() -> CodeShape {
    CodeShape::of_alphabet("0123456789", 2).unwrap()
}
