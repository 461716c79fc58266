use super::CodeShape;

/// How long a counter of an account lasts, in seconds.
const DAY: u64 = 24 * 60 * 60;
/// The least time between the openings of two counters: one of them began up to a second before its
/// first guess, and the clocks that opened it and ended it may be 120 seconds apart.
const SHORTEST: u64 = DAY - 1 - 120;

/// The chance that somebody guesses a code, worked out from what bounds the guesses.
///
/// It is an upper bound for the best attacker there can be: one who sees every answer, guesses in
/// parallel and from everywhere, asks for codes again and for new attempts, and picks the moment. It
/// rests on three facts.
///
/// 1. *A guess that is compared with a code hits with 1 in `C` at most*, summed over all guesses:
///    codes are uniform, those of different attempts and epochs independent, and wrong guesses tell
///    only which code it is not. Of `C` codes, `h` different guesses find the right one with `h / C`,
///    in whichever order. By the union bound a guess that is compared with `g` good codes adds
///    `g / C`, and `n` guesses add up to `n × g / C`.
/// 2. *Guesses are counted before they are compared*, and a counter of an account lets `T` of them
///    through from the first one until a day later. A new request, a resend, another key and another
///    process change nothing about it, and neither does what the code is for: an account has one
///    counter of guesses for all purposes, which is named without the purpose. With a counter for each
///    of `P` purposes the chance would be `P` times as large.
/// 3. *Any 24 hours touch three counters at most*, where the clocks of all processes are right to a
///    minute, and so within 120 seconds of one another: a counter opens at a whole second, and the next
///    one when the former has ended by one of these clocks, so their openings lie more than 86,279 (that
///    is `86,400 - 1 - 120`) seconds apart. Of `k` counters that open within `d` days the first and the
///    last lie `k - 1` times as far apart, so `k` is `1 + ⌊d × 86,400 / 86,279⌋` at most, and one more
///    may be open when the days begin: `k(d) = 2 + ⌊d × 86,400 / 86,279⌋` counters of `T` guesses. That
///    is 3 on a day (the end of one counter, all of the next, the beginning of a third) and 367 in a
///    year.
///
/// Hence an account falls within `d` days with `k(d) × T × g / C` at most: on the day `3 × T × g / C`.
/// The sum counts twice what two guesses could both hit, so the best attacker reaches a little less:
/// with `H` tries on each code `1 - (1 - H / C)^(n × g / H)`, which is the sum all but exactly as long
/// as that is small. Accounts have codes and counters of their own, so of `N` of them at least one
/// falls with `1 - (1 - p)^N` at most, and `N × p` fall on average.
///
/// ```
/// use repass::code::{CodeShape, GuessBudget};
///
/// // Six digits, 5 tries on a handle and 15 on an account and day.
/// let budget = GuessBudget::new(&CodeShape::digits(6)?, 5, 15);
/// assert_eq!(budget.chance_per_day(), 45.0 / 1_000_000.0);
/// assert_eq!(budget.chance_per_year(), 367.0 * 15.0 / 1_000_000.0);
///
/// // A stranger who uses up the tries of 10,000 accounts gets into one of them or more with 36 %.
/// assert!((0.35..0.37).contains(&budget.chance_of_any(10_000, 1)));
///
/// // With eight letters it is less than one in 55,000.
/// let budget = GuessBudget::new(&CodeShape::letters(8)?, 5, 15);
/// assert!(budget.chance_of_any(10_000, 1) < 1.0 / 55_000.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GuessBudget {
    codes: u128,
    good_codes: u32,
    tries_per_handle: u32,
    tries_per_day: u32,
}

impl GuessBudget {
    /// For codes of this shape, with so many tries on one handle and on one account within a day; one
    /// code of a handle is good at a time.
    #[must_use]
    pub fn new(shape: &CodeShape, tries_per_handle: u32, tries_per_day: u32) -> Self {
        Self { codes: shape.codes(), good_codes: 1, tries_per_handle, tries_per_day }
    }

    /// Where a guess is compared with up to `good_codes` codes: [`ResendPolicy::max_good`].
    ///
    /// [`ResendPolicy::max_good`]: super::ResendPolicy::max_good
    #[must_use]
    pub const fn with_good_codes(self, good_codes: u32) -> Self {
        Self { good_codes, ..self }
    }

    /// How many codes there are.
    #[must_use]
    pub const fn codes(&self) -> u128 {
        self.codes
    }

    /// How many guesses may be made on one account in the worst 24 hours.
    #[must_use]
    pub fn guesses_per_day(&self) -> u64 {
        self.guesses_within(1)
    }

    /// The chance of a correct guess on one handle.
    #[must_use]
    pub fn chance_per_handle(&self) -> f64 {
        self.chance_of(u64::from(self.tries_per_handle))
    }

    /// The chance of a correct guess on one account in the worst 24 hours.
    #[must_use]
    pub fn chance_per_day(&self) -> f64 {
        self.chance_within(1)
    }

    /// The chance of a correct guess on one account in the worst 365 days.
    #[must_use]
    pub fn chance_per_year(&self) -> f64 {
        self.chance_within(365)
    }

    /// The chance of a correct guess on one account in the worst `days` times 24 hours.
    #[must_use]
    pub fn chance_within(&self, days: u32) -> f64 {
        self.chance_of(self.guesses_within(days))
    }

    /// The chance that at least one of `accounts` falls in the worst `days` times 24 hours, if each
    /// of them is tried as often as can be.
    #[must_use]
    pub fn chance_of_any(&self, accounts: u64, days: u32) -> f64 {
        any(self.chance_within(days), accounts)
    }

    /// How many of `accounts` fall on average in the worst `days` times 24 hours, if each of them is
    /// tried as often as can be.
    #[must_use]
    pub fn expected_of(&self, accounts: u64, days: u32) -> f64 {
        accounts as f64 * self.chance_within(days)
    }

    fn guesses_within(&self, days: u32) -> u64 {
        let opened = u64::from(days).saturating_mul(DAY) / SHORTEST;
        opened.saturating_add(2).saturating_mul(u64::from(self.tries_per_day))
    }

    fn chance_of(&self, guesses: u64) -> f64 {
        let hits = u128::from(guesses).saturating_mul(u128::from(self.good_codes));
        (hits as f64 / self.codes as f64).min(1.0)
    }
}

/// The chance that at least one of `count` independent events of this chance happens: `1 - (1 -
/// chance)^count`, by doubling, and without the difference that would lose a small chance.
fn any(chance: f64, count: u64) -> f64 {
    let either = |one: f64, other: f64| one + other - one * other;
    let (mut found, mut doubled, mut left) = (0.0, chance, count);
    while left > 0 {
        if left & 1 == 1 {
            found = either(found, doubled);
        }
        doubled = either(doubled, doubled);
        left >>= 1;
    }
    found
}
