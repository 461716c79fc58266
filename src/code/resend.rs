use core::time::Duration;

use time::UtcDateTime;

/// What a person gets who asks for a code again.
///
/// None of them moves the moment at which the attempt ends, and none touches a counter: all codes of
/// an attempt share its tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResendPolicy {
    /// The same code, so that messages which overtake one another do no harm.
    #[default]
    SameCode,
    /// A new code; the last one is dead at once.
    NewCode,
    /// A new code; the last one, and none before it, stays good for so long, of which whole seconds
    /// count. A guess is compared with both.
    NewCodeKeepingLast(Duration),
}

/// The newest code of an attempt: what a row keeps of resending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodeEpoch {
    number: u32,
    /// In unix seconds: what a store keeps of a moment.
    opened_at: i64,
}

impl CodeEpoch {
    /// The first code, sent at `now`.
    #[must_use]
    pub const fn first(now: UtcDateTime) -> Self {
        Self { number: 0, opened_at: now.unix_timestamp() }
    }

    /// Takes an epoch out of a store; whole seconds of `opened_at` count.
    #[must_use]
    pub const fn from_parts(number: u32, opened_at: UtcDateTime) -> Self {
        Self { number, opened_at: opened_at.unix_timestamp() }
    }

    /// Its number, which goes into the derivation: 0 for the first.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }

    /// The second at which its code was first sent.
    #[must_use]
    pub fn opened_at(self) -> UtcDateTime {
        // It was taken from a moment, so there is one.
        UtcDateTime::from_unix_timestamp(self.opened_at).unwrap_or(UtcDateTime::MAX)
    }
}

impl ResendPolicy {
    /// The epoch after a resend; `None` when there is no number left for a new code.
    #[must_use]
    pub fn resend(self, epoch: CodeEpoch, now: UtcDateTime) -> Option<CodeEpoch> {
        match self {
            Self::SameCode => Some(epoch),
            Self::NewCode | Self::NewCodeKeepingLast(_) => {
                let number = epoch.number.checked_add(1)?;
                Some(CodeEpoch { number, opened_at: now.unix_timestamp() })
            }
        }
    }

    /// The epochs whose codes are good.
    ///
    /// ```
    /// use core::time::Duration;
    /// use repass::code::{CodeEpoch, ResendPolicy};
    /// use repass::time::UtcDateTime;
    ///
    /// let policy = ResendPolicy::NewCodeKeepingLast(Duration::from_secs(60));
    /// let sent = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    /// let again = sent + Duration::from_secs(90);
    /// let epoch = policy.resend(CodeEpoch::first(sent), again).unwrap();
    ///
    /// let good = |after| policy.good(epoch, again + Duration::from_secs(after));
    /// assert!(good(59).numbers().eq([1, 0]));
    /// assert!(good(60).numbers().eq([1]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn good(self, epoch: CodeEpoch, now: UtcDateTime) -> GoodEpochs {
        let last = match self {
            Self::NewCodeKeepingLast(period) => {
                let period = i64::try_from(period.as_secs()).unwrap_or(i64::MAX);
                let kept = now.unix_timestamp() < epoch.opened_at.saturating_add(period);
                epoch.number.checked_sub(1).filter(|_| kept)
            }
            Self::SameCode | Self::NewCode => None,
        };
        GoodEpochs { newest: epoch.number, last }
    }

    /// How many codes of an attempt are good at a time, at most.
    #[must_use]
    pub const fn max_good(self) -> u32 {
        match self {
            Self::SameCode | Self::NewCode => 1,
            Self::NewCodeKeepingLast(_) => 2,
        }
    }
}

/// The epochs whose codes are good: the newest, and perhaps the one before it. Made by
/// [`ResendPolicy::good`] only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct GoodEpochs {
    newest: u32,
    last: Option<u32>,
}

impl GoodEpochs {
    /// Their numbers, the newest first.
    pub fn numbers(self) -> impl Iterator<Item = u32> {
        core::iter::once(self.newest).chain(self.last)
    }
}
