use core::fmt;
use core::time::Duration;

use super::Flow;
use crate::clock::CLOCKS;
use crate::throttle::Quota;

/// How many requests, messages, tries and sign-ins are allowed. All defaults are safe, and
/// [`FlowBuilder::build`](super::FlowBuilder::build) refuses limits that are not.
///
/// A limit is a number and a *period*, which begins with the first request or try that is counted.
///
/// | limit | default | allowed |
/// |---|---|---|
/// | [requests of one identifier](Self::requests_of_identifier) | 10 in 5 minutes | more than 2 × (messages - 1), period up to 23 minutes |
/// | [requests from one source](Self::requests_of_source) | 50 in 5 minutes | 1 or more, period up to 24 hours |
/// | [requests of one caller](Self::requests_of_caller) | 500 in 5 minutes | 1 or more, period up to 24 hours |
/// | [messages to one mailbox](Self::messages) | 5 in 12 hours | 3 to 10, period 1 to 23½ hours |
/// | [codes tried in one attempt](Self::tries) | 5 | 1 up to the codes tried on one account |
/// | [codes tried on one account](Self::tries) | 15 a day | up to [`Flow::MAX_TRIES`], if a code is guessed with a chance of at most [`Flow::MAX_GUESS_CHANCE`] a day |
/// | [present passwords](Self::present_passwords) | 10 an hour | 1 to 20 an hour |
/// | [sign-ins with one identifier](Self::sign_ins_of_identifier) | 10 in 5 minutes | 3 to 100, period up to 30 minutes |
/// | [sign-ins from one source](Self::sign_ins_of_source) | 100 in 5 minutes | 1 or more, period up to 24 hours |
/// | [sign-ins with one password of an account](Self::sign_ins_of_account) | 100 a day | 10 to 100 a day |
/// | [accounts that one operator administers](Self::administered) | 60 an hour | 1 to 1,000 an hour |
/// | [secrets that operators read out for one account](Self::spoken_secrets) | 10 an hour | 1 to 100 an hour |
/// | [notices of one author, copies included](Self::notices_of_author) | 500 in 1 hour | 1 or more, period up to 24 hours |
///
/// All purposes of a tenant share the limits on one account: codes, present passwords, sign-ins, and what
/// it administers as an operator.
/// Their periods are the same in every flow, because a flow with another period would take a counter
/// of theirs for one that a wrong clock has opened.
/// All other limits apply to each purpose and tenant separately. For example, an account that is
/// used for two purposes can get twice as many messages.
///
/// # Floods of requests
///
/// Anyone can request messages for an account, and so use up its limit of messages. Therefore the
/// last two messages within the period carry a *long link*, whatever was requested: a link that is
/// valid until 30 minutes after the end of the period. An owner who reads the mailbox then either
/// has a link that works, or gets one on request. This is true under three conditions, which are
/// checked:
///
/// - A long link is valid for at most 24 hours.
/// - While a long link is still valid, requests are accepted again after they were refused: the
///   period of requests, 2 minutes of difference between clocks and 5 minutes to act add up to at
///   most 30 minutes.
/// - The limit of requests with one identifier is more than 2 × (messages - 1). So two periods of
///   messages cannot use it up before a long link is sent.
///
/// The account must have an e-mail address, and at least one of the two long links must be
/// delivered. A limit of a source or a caller refuses only requests from that source or caller.
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
    pub(crate) requests_of_identifier: Limit,
    pub(crate) requests_of_source: Limit,
    pub(crate) requests_of_caller: Limit,
    pub(crate) messages: Limit,
    pub(crate) tries_per_handle: u32,
    pub(crate) tries_per_day: u32,
    pub(crate) present_passwords: Limit,
    pub(crate) sign_ins_of_identifier: Limit,
    pub(crate) sign_ins_of_source: Limit,
    pub(crate) sign_ins_of_account: Limit,
    pub(crate) administered: Limit,
    pub(crate) spoken_secrets: Limit,
    pub(crate) notices_of_author: Limit,
}

/// At most `max` counts within a period; not yet checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    max: u32,
    pub(crate) period: Duration,
}

impl Limit {
    /// The same as counters know it; a period that was checked is the same there.
    pub(crate) const fn quota(self) -> Quota {
        Quota::new(self.max, self.period)
    }
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
        let limit = |max, seconds| Limit { max, period: Duration::from_secs(seconds) };
        Self {
            requests_of_identifier: limit(10, 5 * MINUTE),
            requests_of_source: limit(50, 5 * MINUTE),
            requests_of_caller: limit(500, 5 * MINUTE),
            messages: limit(5, 12 * HOUR),
            tries_per_handle: 5,
            tries_per_day: 15,
            present_passwords: limit(10, HOUR),
            sign_ins_of_identifier: limit(10, 5 * MINUTE),
            sign_ins_of_source: limit(100, 5 * MINUTE),
            sign_ins_of_account: limit(100, DAY),
            administered: limit(60, HOUR),
            spoken_secrets: limit(10, HOUR),
            notices_of_author: limit(500, HOUR),
        }
    }
}

impl Limits {
    /// Sets how many requests can name one address or user name, whether or not it exists. Further
    /// requests are refused with [`RequestError::Throttled`](super::RequestError::Throttled).
    pub fn requests_of_identifier(self, max: u32, period: Duration) -> Self {
        Self { requests_of_identifier: Limit { max, period }, ..self }
    }

    /// Sets how many requests can come from one [source](crate::throttle::Source), if the host
    /// passes it. Many people can share an IP address, so do not set this too low.
    pub fn requests_of_source(self, max: u32, period: Duration) -> Self {
        Self { requests_of_source: Limit { max, period }, ..self }
    }

    /// Sets how many requests one [caller](crate::throttle::Source::caller) can make. A caller is
    /// another system that the host has authenticated, and that sends the requests of many people.
    pub fn requests_of_caller(self, max: u32, period: Duration) -> Self {
        Self { requests_of_caller: Limit { max, period }, ..self }
    }

    /// Sets how many messages are sent to one mailbox of an account, until its password or its
    /// addresses change. The last two carry long links. Further messages are not sent, and the
    /// person who asks is not told, because that would reveal that the account exists.
    pub fn messages(self, max: u32, period: Duration) -> Self {
        Self { messages: Limit { max, period }, ..self }
    }

    /// Sets how many codes can be tried in one attempt, and on one account within 24 hours.
    pub fn tries(self, per_handle: u32, per_day: u32) -> Self {
        Self { tries_per_handle: per_handle, tries_per_day: per_day, ..self }
    }

    /// Sets how often a person who is signed in can try the present password. Right ones count too.
    pub fn present_passwords(self, an_hour: u32) -> Self {
        let period = Duration::from_secs(HOUR);
        Self { present_passwords: Limit { max: an_hour, period }, ..self }
    }

    /// Sets how many sign-ins can use one typed identifier. If the host passes the source, each
    /// source is counted separately; if not, anyone can use up the sign-ins of an identifier.
    pub fn sign_ins_of_identifier(self, max: u32, period: Duration) -> Self {
        Self { sign_ins_of_identifier: Limit { max, period }, ..self }
    }

    /// Sets how many sign-ins can come from one source. Many people can share an IP address, but
    /// each of them seldom types a password.
    pub fn sign_ins_of_source(self, max: u32, period: Duration) -> Self {
        Self { sign_ins_of_source: Limit { max, period }, ..self }
    }

    /// Sets how many sign-ins can try an account until its password changes. NIST SP 800-63B-4,
    /// section 3.2.2, allows no more than 100 failures in a row.
    pub fn sign_ins_of_account(self, a_day: u32) -> Self {
        let period = Duration::from_secs(DAY);
        Self { sign_ins_of_account: Limit { max: a_day, period }, ..self }
    }

    /// Sets how often one operator can administer an account. Refused ones count too: an operator could
    /// otherwise find out who has an account.
    pub fn administered(self, an_hour: u32) -> Self {
        let period = Duration::from_secs(HOUR);
        Self { administered: Limit { max: an_hour, period }, ..self }
    }

    /// Sets how many secrets operators can read out for one account.
    pub fn spoken_secrets(self, an_hour: u32) -> Self {
        let period = Duration::from_secs(HOUR);
        Self { spoken_secrets: Limit { max: an_hour, period }, ..self }
    }

    /// Sets how many notices one [author](super::Author) can send, copies included.
    pub fn notices_of_author(self, max: u32, period: Duration) -> Self {
        Self { notices_of_author: Limit { max, period }, ..self }
    }

    /// The number of the first message of a period that carries a long link.
    pub(super) const fn long_from(&self) -> u32 {
        self.messages.max.saturating_sub(LONG_LINKS - 1)
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
            ("present_passwords", self.present_passwords, (1, 20), (HOUR, HOUR)),
            ("sign_ins_of_identifier", self.sign_ins_of_identifier, (3, 100), (1, HOUR / 2)),
            ("sign_ins_of_source", self.sign_ins_of_source, (1, most), (1, DAY)),
            ("sign_ins_of_account", self.sign_ins_of_account, (10, 100), (DAY, DAY)),
            ("administered", self.administered, (1, 1_000), (HOUR, HOUR)),
            ("spoken_secrets", self.spoken_secrets, (1, 100), (HOUR, HOUR)),
            ("notices_of_author", self.notices_of_author, (1, most), (1, DAY)),
        ];
        for (limit, Limit { max, period }, (least, most), (shortest, longest)) in ranges {
            let [shortest, longest] = [shortest, longest].map(Duration::from_secs);
            if !(least..=most).contains(&max) || !(shortest..=longest).contains(&period) {
                return Err(LimitError::OutOfRange { limit, least, most, shortest, longest });
            }
        }
        let in_order = 1 <= self.tries_per_handle && self.tries_per_handle <= self.tries_per_day;
        if !in_order || self.tries_per_day > Flow::MAX_TRIES {
            return Err(LimitError::Tries);
        }
        let more_than = self.messages.max.saturating_sub(1).saturating_mul(2);
        let spent = CLOCKS.unsigned_abs().saturating_add(TIME_TO_ACT);
        let within = LONG_LINK_AFTER_PERIOD.saturating_sub(Duration::from_secs(spent));
        let requests = self.requests_of_identifier;
        if requests.max <= more_than || requests.period > within {
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
        /// The smallest number that is allowed.
        least: u32,
        /// The greatest number that is allowed.
        most: u32,
        /// The shortest period that is allowed.
        shortest: Duration,
        /// The longest period that is allowed.
        longest: Duration,
    },
    /// The tries in an attempt are 0 or exceed those on an account within a day, or the latter
    /// exceed [`Flow::MAX_TRIES`].
    Tries,
    /// A flood of requests could keep the owner of an account from getting a link.
    Flood {
        /// `requests_of_identifier` must be more than this.
        more_than: u32,
        /// Its period must be at most this long.
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
                "tries must be 1 or more per attempt, at least as many per day, \
                 and at most {} per day",
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
