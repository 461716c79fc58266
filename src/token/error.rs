use core::fmt;

use time::UtcDateTime;

use crate::answer::Answer;
use crate::key::KeyId;

/// Why a text is no token that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenError {
    /// The text is not 80 characters of base64url (a ticket: 100), is of another version, or names an
    /// expiry that no token has.
    Malformed,
    /// The token names a key that the ring does not hold (any more).
    UnknownKey {
        /// The key that it names.
        key_id: KeyId,
    },
    /// The token names a key whose overlap is over.
    RetiredKey {
        /// The key that it names.
        key_id: KeyId,
    },
    /// The signature does not fit: made up, altered, or for another kind, purpose or tenant.
    Forged,
    /// The token was good until a moment that is past.
    Expired {
        /// The first moment at which it was no longer good.
        expires_at: UtcDateTime,
    },
    /// The token would be good for longer than any that is signed here.
    TooFarAhead {
        /// Until when it claims to be good.
        expires_at: UtcDateTime,
    },
    /// The token is of another account, or the state of its account has changed since: it was used.
    OtherState,
    /// A token cannot expire at this moment: it is before 1970, or at or after the unix second
    /// `0xF8_0000_0000` (in the year 35723).
    Expiry,
}

impl TokenError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "token_malformed",
            Self::UnknownKey { .. } => "token_unknown_key",
            Self::RetiredKey { .. } => "token_retired_key",
            Self::Forged => "token_forged",
            Self::Expired { .. } => "token_expired",
            Self::TooFarAhead { .. } => "token_too_far_ahead",
            Self::OtherState => "token_other_state",
            Self::Expiry => "token_expiry_invalid",
        }
    }

    /// What the person who shows the token may be told: [`Answer::Refused`] for every reason. Which
    /// one it is would tell a stranger who has an account, or which links were used.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Refused { tries_left: None }
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the text is not a token"),
            Self::UnknownKey { key_id } => write!(f, "the token names the unknown key {key_id}"),
            Self::RetiredKey { key_id } => write!(f, "the token names the retired key {key_id}"),
            Self::Forged => f.write_str("the signature of the token does not fit"),
            Self::Expired { expires_at } => write!(f, "the token expired at {expires_at}"),
            Self::TooFarAhead { expires_at } => {
                write!(f, "the token claims to be good until {expires_at}")
            }
            Self::OtherState => f.write_str("the token is bound to another account or state"),
            Self::Expiry => f.write_str("a token cannot expire at this moment"),
        }
    }
}

impl core::error::Error for TokenError {}
