use core::fmt;

use crate::answer::Answer;
use crate::code::CodeError;
use crate::token::TokenError;

/// Why a proof was not accepted. For the log; [`answer`](Refusal::answer) is for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The link, handle or ticket is not valid.
    Token(TokenError),
    /// The typed text cannot be a code.
    Code(CodeError),
    /// The secret is well-formed and does not admit.
    Refused {
        /// Why.
        reason: RefusalReason,
        /// For codes: how many more can be tried on this handle.
        tries_left: Option<u32>,
    },
}

/// Why a well-formed secret does not admit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalReason {
    /// There is no such attempt (any more), or its row was altered.
    UnknownAttempt,
    /// The code is wrong.
    WrongCode,
    /// Too many codes were tried on this handle.
    HandleSpent,
    /// Too many codes were tried on this account today; its links still work.
    AccountSpent,
    /// The secret was used, or its attempt ended.
    Used,
    /// The password, the contacts or the version of the account have changed since.
    Superseded,
    /// The account does not exist any more.
    AccountGone,
    /// The account may not sign in.
    AccountDisabled,
    /// The password no longer signs in, so the ticket of a sign-in does not change it: only a link or
    /// a code does.
    RecoveryRequired,
    /// The secret is for another account than was expected.
    OtherAccount,
    /// The token of the link and the handle are of two attempts.
    OtherAttempt,
}

impl RefusalReason {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownAttempt => "reset_unknown",
            Self::WrongCode => "reset_wrong_code",
            Self::HandleSpent => "reset_handle_spent",
            Self::AccountSpent => "reset_account_spent",
            Self::Used => "reset_used",
            Self::Superseded => "reset_superseded",
            Self::AccountGone => "reset_account_gone",
            Self::AccountDisabled => "reset_account_disabled",
            Self::RecoveryRequired => "reset_recovery_required",
            Self::OtherAccount => "reset_other_account",
            Self::OtherAttempt => "reset_other_attempt",
        }
    }

    pub(super) const fn with(self, tries_left: Option<u32>) -> Refusal {
        Refusal::Refused { reason: self, tries_left }
    }
}

impl Refusal {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Token(error) => error.code(),
            Self::Code(error) => error.code(),
            Self::Refused { reason, .. } => reason.code(),
        }
    }

    /// What the person who asked may be told.
    #[must_use]
    pub const fn answer(&self) -> Answer {
        match self {
            Self::Token(error) => error.answer(),
            Self::Code(error) => error.answer(),
            Self::Refused { tries_left, .. } => Answer::Refused { tries_left: *tries_left },
        }
    }
}

impl From<TokenError> for Refusal {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<CodeError> for Refusal {
    fn from(error: CodeError) -> Self {
        Self::Code(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(error) => error.fmt(f),
            Self::Code(error) => error.fmt(f),
            Self::Refused { reason, .. } => {
                write!(f, "the secret does not admit ({})", reason.code())
            }
        }
    }
}

impl core::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Token(error) => error.source(),
            Self::Code(error) => error.source(),
            Self::Refused { .. } => None,
        }
    }
}
