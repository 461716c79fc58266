//! What you can safely tell the person who asked.

use core::fmt;

use time::UtcDateTime;

/// What you can safely tell the person who asked. Everything else is for the log only.
///
/// Every error that a person can cause has a method `answer()`, and implements [`Answered`]. Log
/// the error's own `code()`, and do not show it to the person: it gives the reason, which can
/// reveal whether an account exists.
///
/// | answer | [`code`](Self::code) | [HTTP](Self::http_status) | reason for the status |
/// |---|---|---|---|
/// | [`Accepted`](Self::Accepted) | `accepted` | 202 | accepted and not yet carried out (RFC 9110, section 15.3.3) |
/// | [`Done`](Self::Done) | `done` | 200 | carried out (section 15.3.1) |
/// | [`Invalid`](Self::Invalid) | `invalid` | 422 | understood, but cannot be processed as it is (section 15.5.21) |
/// | [`Refused`](Self::Refused) | `refused` | 403 | the link, code or password is not sufficient, and sending it again will not help (section 15.5.4); 401 would need a challenge, and 404 or 410 would say what exists |
/// | [`Throttled`](Self::Throttled) | `throttled` | 429 | too many requests (RFC 6585, section 4), with `Retry-After` |
/// | [`Unavailable`](Self::Unavailable) | `unavailable` | 503 | cannot be handled now (RFC 9110, section 15.6.4) |
///
/// ```
/// use repass::answer::Answer;
/// use repass::reset::RequestError;
/// use repass::time::{Duration, UtcDateTime};
///
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let error = RequestError::Throttled { until: now + Duration::seconds(90) };
/// let answer = error.answer();
/// assert_eq!((answer.code(), answer.http_status()), ("throttled", 429));
/// assert_eq!(answer.retry_after(now), Some(90));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Serialized
///
/// With the feature `serde` an answer is `{"code": "refused", "params": {"tries_left": 3}}`. The
/// parameters are `tries_left` if [`Refused`](Self::Refused) has it, and `until` of
/// [`Throttled`](Self::Throttled) in whole seconds since the beginning of 1970, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Answer {
    /// The request was accepted. Its result is not disclosed, so this answer is the same for every
    /// account and for none.
    Accepted,
    /// The operation was carried out.
    Done,
    /// What was typed cannot be used, whatever is stored: a malformed code, a text that is not an
    /// address, or a password that the policy refuses. Nothing was counted. The error says what to
    /// correct.
    Invalid,
    /// The link, code or password is wrong, or is no longer valid.
    Refused {
        /// For codes: how many more can be tried in this attempt.
        tries_left: Option<u32>,
    },
    /// There were too many tries or requests. None is accepted before `until`.
    Throttled {
        /// The first moment at which the person can try again.
        until: UtcDateTime,
    },
    /// Nothing was decided, for example because a store failed. The person can try again later.
    Unavailable,
}

impl Answer {
    /// A stable name for programs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Done => "done",
            Self::Invalid => "invalid",
            Self::Refused { .. } => "refused",
            Self::Throttled { .. } => "throttled",
            Self::Unavailable => "unavailable",
        }
    }

    /// The status code for HTTP.
    #[must_use]
    pub const fn http_status(&self) -> u16 {
        match self {
            Self::Accepted => 202,
            Self::Done => 200,
            Self::Invalid => 422,
            Self::Refused { .. } => 403,
            Self::Throttled { .. } => 429,
            Self::Unavailable => 503,
        }
    }

    /// Whether a page should offer to request a new message: the link or code is not good and no further
    /// try is left. It is the same for a link that has expired, one that was used and one that was made
    /// up, so that it tells nobody which it is.
    ///
    /// ```
    /// use repass::answer::Answer;
    ///
    /// assert!(Answer::Refused { tries_left: None }.offers_new_request());
    /// assert!(!Answer::Refused { tries_left: Some(3) }.offers_new_request());
    /// assert!(!Answer::Unavailable.offers_new_request());
    /// ```
    #[must_use]
    pub const fn offers_new_request(&self) -> bool {
        matches!(self, Self::Refused { tries_left: None | Some(0) })
    }

    /// How long to wait before the next try, in whole seconds and rounded up: the value of the header
    /// `Retry-After` (RFC 9110, section 10.2.3). `None` unless the answer is
    /// [`Throttled`](Self::Throttled).
    #[must_use]
    pub fn retry_after(&self, now: UtcDateTime) -> Option<u64> {
        let Self::Throttled { until } = self else { return None };
        let wait = until.unix_timestamp_nanos().saturating_sub(now.unix_timestamp_nanos());
        let seconds = u128::try_from(wait).unwrap_or(0).div_ceil(1_000_000_000);
        Some(u64::try_from(seconds).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("the request was accepted"),
            Self::Done => f.write_str("done"),
            Self::Invalid => f.write_str("what was typed cannot be used"),
            Self::Refused { tries_left: Some(1) } => f.write_str("refused; 1 try is left"),
            Self::Refused { tries_left: Some(left) } => write!(f, "refused; {left} tries are left"),
            Self::Refused { tries_left: None } => f.write_str("refused"),
            Self::Throttled { until } => write!(f, "try again at {until}"),
            Self::Unavailable => f.write_str("try again later"),
        }
    }
}

#[cfg(feature = "serde")]
impl serde_core::Serialize for Answer {
    fn serialize<S: serde_core::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let param = match self {
            Self::Refused { tries_left } => tries_left.map(|left| ("tries_left", i64::from(left))),
            Self::Throttled { until } => {
                let started = i64::from(until.nanosecond() > 0);
                Some(("until", until.unix_timestamp().saturating_add(started)))
            }
            Self::Accepted | Self::Done | Self::Invalid | Self::Unavailable => None,
        };
        crate::coded::serialize(to, self.code(), param, None)
    }
}

/// Every error that a person can cause, for code that is generic over these errors.
pub trait Answered {
    /// What you can safely tell the person who asked.
    fn answer(&self) -> Answer;
}

impl Answered for Answer {
    fn answer(&self) -> Answer {
        *self
    }
}

/// Implements [`Answered`] by the methods of the same name.
macro_rules! answered {
    ($($error:ty),+ $(,)?) => {
        $(impl $crate::answer::Answered for $error {
            fn answer(&self) -> $crate::answer::Answer {
                <$error>::answer(self)
            }
        })+
    };
}

pub(crate) use answered;
