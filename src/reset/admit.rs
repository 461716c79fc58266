use core::fmt;

use time::UtcDateTime;

use super::flow::{ADMITTED, DAY, FIRST_EPOCH};
use super::pending::{Kind, PendingReset, Progress};
use super::{CodeRow, Flow, Guess, Outward};
use crate::account::{Account, AccountId, Claim};
use crate::code::{CheckCode, CodeError};
use crate::key::Tag;
use crate::throttle::{Quota, ThrottleKey};
use crate::token::{TokenError, Verified};

/// What a person shows to be let in.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Proof<'a> {
    /// The token out of a link.
    Link(&'a str),
    /// A code, together with the handle of the request that it was sent for.
    Code {
        /// The handle.
        handle: &'a str,
        /// The code as typed.
        code: &'a str,
    },
}

impl fmt::Debug for Proof<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link(_) => "Proof::Link(..)",
            Self::Code { .. } => "Proof::Code(..)",
        })
    }
}

/// A person whose secret was right: the only value that a new password can be set with.
///
/// Good for ten minutes, and no longer than the secret itself.
#[derive(Debug)]
pub struct Admitted {
    pub(super) account: Account,
    /// The attempt, or `None` for a person who is signed in.
    pub(super) row: Option<PendingReset>,
    pub(super) usable_until: i64,
}

impl Admitted {
    /// The account whose password may be set.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// The first moment at which it is no longer good.
    #[must_use]
    pub fn usable_until(&self) -> UtcDateTime {
        UtcDateTime::from_unix_timestamp(self.usable_until).unwrap_or(UtcDateTime::UNIX_EPOCH)
    }
}

/// Why a proof was not accepted. For the log; [`outward`](Refusal::outward) is for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The token or handle does not hold.
    Token(TokenError),
    /// The typed text cannot be a code.
    Code(CodeError),
    /// The secret is well-formed and does not admit.
    Refused {
        /// Why.
        reason: RefusalReason,
        /// For codes: how many more may be tried on this handle.
        tries_left: Option<u32>,
    },
    /// The secret is right, and a commit with it is running: it ends, or its lease does.
    Running,
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
    /// Password or addresses of the account have changed since.
    Superseded,
    /// The account does not exist any more.
    AccountGone,
    /// The account may not sign in.
    AccountDisabled,
    /// The secret is for another account than was claimed.
    OtherAccount,
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
            Self::OtherAccount => "reset_other_account",
        }
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
            Self::Running => "reset_running",
        }
    }

    /// What the outside may be told.
    #[must_use]
    pub const fn outward(&self) -> Outward {
        match self {
            Self::Token(_) | Self::Code(_) => Outward::Refused { tries_left: None },
            Self::Refused { tries_left, .. } => Outward::Refused { tries_left: *tries_left },
            Self::Running => Outward::RetryLater,
        }
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
            Self::Running => f.write_str("a commit with this secret is running"),
        }
    }
}

impl core::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Token(error) => Some(error),
            Self::Code(error) => Some(error),
            _ => None,
        }
    }
}

/// A secret that was right: the attempt that it is for, sealed here, neither expired nor altered.
///
/// Made by [`Flow::prove_link`] and [`Flow::prove_code`] only.
#[derive(Debug)]
pub struct Proven {
    row: PendingReset,
    tries_left: Option<u32>,
}

impl Proven {
    /// Whose account the secret is for.
    #[must_use]
    pub const fn account(&self) -> &AccountId {
        self.row.account()
    }
}

impl Flow {
    /// Verifies the token of a link, before anything is looked up.
    ///
    /// # Errors
    ///
    /// [`Refusal::Token`].
    pub fn open_link(&self, token: &str, now: UtcDateTime) -> Result<Verified, Refusal> {
        self.links.verify(token, now).map_err(Refusal::Token)
    }

    /// The attempt of a verified link, given the row of its id.
    ///
    /// # Errors
    ///
    /// [`RefusalReason::UnknownAttempt`] for no row, for one that is not sealed here or of another
    /// kind, and for a token that is no link.
    pub fn prove_link(
        &self,
        verified: &Verified,
        row: Option<PendingReset>,
    ) -> Result<Proven, Refusal> {
        let row = self.row_of(verified, row).filter(|row| {
            // A handle names the same attempt and proves nothing.
            verified.is_link() && row.kind == Kind::Link
        });
        let unknown = Refused::For(RefusalReason::UnknownAttempt).with(None);
        Ok(Proven { row: row.ok_or(unknown)?, tries_left: None })
    }

    /// Verifies a handle and reads a code, before anything is looked up or counted.
    ///
    /// # Errors
    ///
    /// [`Refusal::Token`] and [`Refusal::Code`].
    pub fn open_code(
        &self,
        handle: &str,
        code: &str,
        now: UtcDateTime,
    ) -> Result<(Verified, CheckCode), Refusal> {
        let verified = self.handles.verify(handle, now).map_err(Refusal::Token)?;
        let code = CheckCode::parse(self.codes.shape(), code).map_err(Refusal::Code)?;
        Ok((verified, code))
    }

    /// The row that a verified handle names, of whatever kind: whoever asked for a link, and whoever
    /// is nobody, gets the same answers to codes.
    ///
    /// # Errors
    ///
    /// [`RefusalReason::UnknownAttempt`] for no row, and for one that is not sealed here.
    pub fn code_row(
        &self,
        verified: &Verified,
        row: Option<PendingReset>,
    ) -> Result<CodeRow, Refusal> {
        let unknown = Refused::For(RefusalReason::UnknownAttempt).with(None);
        self.row_of(verified, row).map(CodeRow).ok_or(unknown)
    }

    /// The counter of codes tried on the handle of an attempt.
    #[must_use]
    pub fn handle_quota(&self, row: &CodeRow) -> (ThrottleKey, Quota) {
        // The counter lives at least as long as the handle, whenever it opens.
        let life = self.settings.link_life.max(self.settings.code_life);
        let key = ThrottleKey::attempt(&self.scope, "codes", &row.0.id);
        (key, Quota::new(self.settings.tries_per_handle, life))
    }

    /// The counter of codes tried on the account of an attempt within a day: to be raised only while
    /// the handle has tries left, else a stranger with one handle could spend the day of its owner.
    #[must_use]
    pub fn account_quota(&self, row: &CodeRow) -> (ThrottleKey, Quota) {
        let key = self.counter_of("codes a day", &row.0);
        (key, Quota::new(self.settings.tries_per_day, DAY))
    }

    /// Compares a code that was counted with the one that its row gives; nobody is looked up.
    ///
    /// A decoy costs the same work and gets the same answers as an account whose code is wrong.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says why not.
    pub fn prove_code(&self, guess: Guess) -> Result<Proven, Refusal> {
        let Guess { row, code, on_handle, on_account } = guess;
        let on_handle = self.handle_quota(&row).1.left(on_handle);
        let account_quota = self.account_quota(&row).1;
        let on_account = on_account.and_then(|count| account_quota.left(count));
        let CodeRow(row) = row;
        let derived =
            self.codes.derive_for(row.key_id, &row.account, &row.contact, row.id, FIRST_EPOCH);
        let equal = derived.is_ok_and(|derived| derived.matches(&code));
        let right = equal & (row.kind == Kind::Code);
        let tries_left = Some(on_handle.unwrap_or(0));
        // Outside, a spent day looks like a wrong code: else a stranger could tell by it that
        // others have tried this account, so that it exists.
        let reason = match (on_handle, on_account) {
            (None, _) => RefusalReason::HandleSpent,
            (_, None) => RefusalReason::AccountSpent,
            _ if !right => RefusalReason::WrongCode,
            _ => return Ok(Proven { row, tries_left }),
        };
        Err(Refusal::Refused { reason, tries_left })
    }

    /// Admits whoever showed a right secret, given the account that it is for as it is now.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says why not.
    pub fn admit(
        &self,
        proven: Proven,
        account: Option<Account>,
        claim: Option<&Claim>,
        now: UtcDateTime,
    ) -> Result<Admitted, Refusal> {
        let Proven { row, tries_left } = proven;
        self.check(row, account, claim, now).map_err(|refused| refused.with(tries_left))
    }

    /// The row that a verified token or handle names, if it is sealed here.
    fn row_of(&self, verified: &Verified, row: Option<PendingReset>) -> Option<PendingReset> {
        self.trusted(row).filter(|row| {
            row.id == verified.id()
                && row.key_id == verified.key_id()
                && row.expires_at == verified.expires_at().unix_timestamp()
        })
    }

    fn check(
        &self,
        row: PendingReset,
        account: Option<Account>,
        claim: Option<&Claim>,
        now: UtcDateTime,
    ) -> Result<Admitted, Refused> {
        let seconds = now.unix_timestamp();
        let running = match row.progress {
            Progress::Live => false,
            Progress::Running(lease) => seconds < lease.until,
            Progress::Settled | Progress::Ended => return Err(Refused::For(RefusalReason::Used)),
        };
        if seconds >= row.expires_at {
            return Err(Refused::For(RefusalReason::UnknownAttempt));
        }
        let account = account
            .filter(|account| *account.id() == row.account)
            .ok_or(Refused::For(RefusalReason::AccountGone))?;
        let fits = |stamp: Tag| stamp.matches(&row.stamp);
        if !self.stamp(row.key_id, &account).is_some_and(fits) {
            return Err(Refused::For(RefusalReason::Superseded));
        }
        if !account.is_enabled() {
            return Err(Refused::For(RefusalReason::AccountDisabled));
        }
        if claim.is_some_and(|claim| !claim.holds(&account)) {
            return Err(Refused::For(RefusalReason::OtherAccount));
        }
        if running {
            return Err(Refused::Running);
        }
        let usable_until = seconds.saturating_add(ADMITTED).min(row.expires_at);
        Ok(Admitted { account, row: Some(row), usable_until })
    }
}

enum Refused {
    For(RefusalReason),
    Running,
}

impl Refused {
    const fn with(self, tries_left: Option<u32>) -> Refusal {
        match self {
            Self::For(reason) => Refusal::Refused { reason, tries_left },
            Self::Running => Refusal::Running,
        }
    }
}
