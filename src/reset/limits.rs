use core::fmt;
use core::time::Duration;

use super::Flow;
use crate::clock::CLOCKS;
use crate::throttle::Quota;

/// How often people, strangers and callers can ask and try. All defaults are safe, and
/// [`FlowBuilder::build`](super::FlowBuilder::build) refuses what is not.
///
/// | limit | default | allowed |
/// |---|---|---|
/// | [requests of one identifier](Self::requests_of_identifier) | 10 in 5 minutes | more than two for each message but the first, within 23 minutes |
/// | [requests from one source](Self::requests_of_source) | 50 in 5 minutes | 1 or more, within 24 hours |
/// | [requests of one caller](Self::requests_of_caller) | 500 in 5 minutes | 1 or more, within 24 hours |
/// | [messages to one mailbox](Self::messages) | 5 in 12 hours | 3 to 10, within 1 to 23½ hours |
/// | [codes tried on one handle](Self::tries) | 5 | 1 up to those of a day |
/// | [codes tried on one account](Self::tries) | 15 a day | up to [`Flow::MAX_TRIES`], and [`Flow::MAX_GUESS_CHANCE`] |
/// | [present passwords](Self::present_passwords) | 10 an hour | 1 to 100, within 5 minutes to 24 hours |
/// | [sign-ins with one identifier](Self::sign_ins_of_identifier) | 10 in 5 minutes | 3 to 100, within 24 hours |
/// | [sign-ins from one source](Self::sign_ins_of_source) | 100 in 5 minutes | 1 or more, within 24 hours |
/// | [sign-ins with one password of an account](Self::sign_ins_of_account) | 100 a day | 10 to 100, within 1 to 24 hours |
///
/// Codes and sign-ins are counted for all purposes of a tenant together, messages for each purpose
/// and tenant apart: an account of two purposes can get twice as many messages.
///
/// # Floods of requests
///
/// A stranger can ask as often as they like, and use up the messages of an account. So the last two
/// messages within the period carry a link, whatever was asked for, and it is valid until 30 minutes
/// after the end of the period. An owner who reads the mailbox then has a link that works, or gets one
/// by asking. This holds under three conditions, which are checked:
///
/// - A long link is valid for 24 hours at most.
/// - Requests that are refused for their number are taken again while a long link is still valid:
///   their period, 2 minutes by which clocks differ and 5 minutes to act are within 30 minutes.
/// - More requests of an identifier are taken than two periods of messages can use up before a long
///   link is sent: twice the number of messages less one.
///
/// It holds for accounts with an e-mail address, where at least one of the two long links is
/// delivered. A limit of a source or a caller refuses only those who share it.
///
/// ```
/// use core::time::Duration;
/// use repass::reset::Limits;
///
/// let strict = Limits::default().messages(3, Duration::from_secs(8 * 60 * 60)).tries(3, 9);
/// # let ring = repass::key::Keyring::new(
/// #     repass::key::KeyId::new(1),
/// #     repass::key::Key::generate(&mut repass::SysRng)?,
/// # );
/// # let page = repass::message::ResetLink::new(
/// #     "https://example.org/reset",
/// #     repass::message::LinkForm::Query,
/// # )?;
/// let flow = repass::reset::Flow::builder(ring, page).limits(strict).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Limits {
    pub(crate) requests_of_identifier: Quota,
    pub(crate) requests_of_source: Quota,
    pub(crate) requests_of_caller: Quota,
    pub(crate) messages: Quota,
    pub(crate) tries_per_handle: u32,
    pub(crate) tries_per_day: u32,
    pub(crate) present_passwords: Quota,
    pub(crate) sign_ins_of_identifier: Quota,
    pub(crate) sign_ins_of_source: Quota,
    pub(crate) sign_ins_of_account: Quota,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How many messages at the end of a period carry a long link.
const LONG_LINKS: u32 = 2;
/// How long a long link is valid after the end of the period: long enough to ask again.
pub(super) const LONG_LINK_AFTER_PERIOD: Duration = Duration::from_secs(30 * MINUTE);
/// How long it takes to open a link and set a password.
const TIME_TO_ACT: u64 = 5 * MINUTE;

impl Default for Limits {
    fn default() -> Self {
        let quota = |max, seconds| Quota::new(max, Duration::from_secs(seconds));
        Self {
            requests_of_identifier: quota(10, 5 * MINUTE),
            requests_of_source: quota(50, 5 * MINUTE),
            requests_of_caller: quota(500, 5 * MINUTE),
            messages: quota(5, 12 * HOUR),
            tries_per_handle: 5,
            tries_per_day: 15,
            present_passwords: quota(10, HOUR),
            sign_ins_of_identifier: quota(10, 5 * MINUTE),
            sign_ins_of_source: quota(100, 5 * MINUTE),
            sign_ins_of_account: quota(100, DAY),
        }
    }
}

impl Limits {
    /// Requests that name one address or user name, whether or not it exists. What is above is
    /// refused, and told.
    pub fn requests_of_identifier(self, max: u32, period: Duration) -> Self {
        Self { requests_of_identifier: Quota::new(max, period), ..self }
    }

    /// Requests from one [source](crate::throttle::Source), where the host tells it. Many people can
    /// share an address.
    pub fn requests_of_source(self, max: u32, period: Duration) -> Self {
        Self { requests_of_source: Quota::new(max, period), ..self }
    }

    /// Requests of one [caller](crate::throttle::Source::caller) that the host has authenticated, and
    /// that asks for many people.
    pub fn requests_of_caller(self, max: u32, period: Duration) -> Self {
        Self { requests_of_caller: Quota::new(max, period), ..self }
    }

    /// Messages to one mailbox of an account in one state. The last two carry long links; what is
    /// above is not sent, and not told.
    pub fn messages(self, max: u32, period: Duration) -> Self {
        Self { messages: Quota::new(max, period), ..self }
    }

    /// How many codes can be tried on one handle, and on one account within a day.
    pub fn tries(self, per_handle: u32, per_day: u32) -> Self {
        Self { tries_per_handle: per_handle, tries_per_day: per_day, ..self }
    }

    /// Present passwords that are tried by a person who is signed in, right ones as well.
    pub fn present_passwords(self, max: u32, period: Duration) -> Self {
        Self { present_passwords: Quota::new(max, period), ..self }
    }

    /// Sign-ins with one typed identifier: at one source, where the host tells it.
    pub fn sign_ins_of_identifier(self, max: u32, period: Duration) -> Self {
        Self { sign_ins_of_identifier: Quota::new(max, period), ..self }
    }

    /// Sign-ins from one source. Many people can share an address, and each types a password seldom.
    pub fn sign_ins_of_source(self, max: u32, period: Duration) -> Self {
        Self { sign_ins_of_source: Quota::new(max, period), ..self }
    }

    /// Sign-ins with one password of an account. NIST SP 800-63B-4, section 3.2.2, allows no more than
    /// 100 failures in a row.
    pub fn sign_ins_of_account(self, max: u32, period: Duration) -> Self {
        Self { sign_ins_of_account: Quota::new(max, period), ..self }
    }

    /// The number of the first message of a period that carries a long link.
    pub(super) const fn long_from(&self) -> u32 {
        self.messages.max().saturating_sub(LONG_LINKS - 1)
    }

    pub(super) fn check(&self) -> Result<(), LimitError> {
        let most = u32::MAX;
        let ranges = [
            ("requests_of_identifier", self.requests_of_identifier, (1, most), (1, DAY)),
            ("requests_of_source", self.requests_of_source, (1, most), (1, DAY)),
            ("requests_of_caller", self.requests_of_caller, (1, most), (1, DAY)),
            (
                "messages",
                self.messages,
                (3, 10),
                (HOUR, DAY.saturating_sub(LONG_LINK_AFTER_PERIOD.as_secs())),
            ),
            ("present_passwords", self.present_passwords, (1, 100), (5 * MINUTE, DAY)),
            ("sign_ins_of_identifier", self.sign_ins_of_identifier, (3, 100), (1, DAY)),
            ("sign_ins_of_source", self.sign_ins_of_source, (1, most), (1, DAY)),
            ("sign_ins_of_account", self.sign_ins_of_account, (10, 100), (HOUR, DAY)),
        ];
        for (limit, quota, (least, most), (shortest, longest)) in ranges {
            let fits = (least..=most).contains(&quota.max())
                && (shortest..=longest).contains(&quota.period().as_secs());
            if !fits {
                let [shortest, longest] = [shortest, longest].map(Duration::from_secs);
                return Err(LimitError::OutOfRange { limit, least, most, shortest, longest });
            }
        }
        let in_order = 1 <= self.tries_per_handle && self.tries_per_handle <= self.tries_per_day;
        if !in_order || self.tries_per_day > Flow::MAX_TRIES {
            return Err(LimitError::Tries);
        }
        let more_than = self.messages.max().saturating_sub(1).saturating_mul(2);
        let spent = CLOCKS.unsigned_abs().saturating_add(TIME_TO_ACT);
        let within = LONG_LINK_AFTER_PERIOD.saturating_sub(Duration::from_secs(spent));
        let requests = self.requests_of_identifier;
        if requests.max() <= more_than || requests.period() > within {
            return Err(LimitError::Flood { more_than, within });
        }
        Ok(())
    }
}

/// Why limits were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitError {
    /// A limit is not within its range.
    OutOfRange {
        /// The limit, by the name of the method that sets it.
        limit: &'static str,
        /// The least number.
        least: u32,
        /// The greatest number.
        most: u32,
        /// The shortest period.
        shortest: Duration,
        /// The longest period.
        longest: Duration,
    },
    /// No try on a handle, more than on an account within a day, or more there than
    /// [`Flow::MAX_TRIES`].
    Tries,
    /// A flood of requests could keep the owner of an account from getting a link.
    Flood {
        /// There have to be more requests of one identifier than this,
        more_than: u32,
        /// within a period that is no longer than this.
        within: Duration,
    },
}

impl LimitError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "limit_out_of_range",
            Self::Tries => "limit_tries_invalid",
            Self::Flood { .. } => "limit_lets_floods_deny_recovery",
        }
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfRange { limit, least, most, shortest, longest } => write!(
                f,
                "{limit} must be {least} to {most} within {} to {} seconds",
                shortest.as_secs(),
                longest.as_secs(),
            ),
            Self::Tries => write!(
                f,
                "the tries of a handle must be 1 up to the tries of a day, and those at most {}",
                Flow::MAX_TRIES
            ),
            Self::Flood { more_than, within } => write!(
                f,
                "requests_of_identifier must be more than {more_than} within at most {} seconds; \
                 otherwise a flood of requests could keep owners out",
                within.as_secs(),
            ),
        }
    }
}

impl core::error::Error for LimitError {}
