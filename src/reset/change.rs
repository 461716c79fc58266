use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use super::admit::By;
use super::verified::Attempt;
use super::{Admitted, Findings};
use crate::account::{Account, AccountId};
use crate::answer::Answer;
use crate::hash::{HashError, Hasher, Verdict};
use crate::policy::{Evidence, History, Personal, Policy, Violation, Violations};
use crate::scope::ScopeTag;
use crate::secret::{Password, PasswordHash, Salt};

impl Admitted {
    /// Checks a new password and hashes it: tens of milliseconds of one core, no I/O. In a service
    /// it belongs on a thread for blocking work.
    ///
    /// Under every policy the new password must not be the present one, as far as the stored hash can be
    /// read: this costs a second hash. Otherwise a temporary password could be kept, and a password that
    /// somebody else knows could outlive its reset.
    ///
    /// Nothing is spent when it refuses: the same admission takes the next password. A policy with rules
    /// about earlier passwords or breaches refuses here: it takes
    /// [`set_password_with`](Self::set_password_with).
    ///
    /// # Errors
    ///
    /// [`SetError::Policy`] with everything that is wrong, and [`SetError::Hash`].
    pub fn set_password(
        &self,
        new: &Password,
        policy: &Policy,
        hasher: &Hasher,
        salt: Salt,
    ) -> Result<Change, SetError> {
        self.set_password_with(new, policy, &Findings::NONE, hasher, salt)
    }

    /// [`set_password`](Self::set_password) with what was found out about the new password: its account's
    /// earlier ones, and whether it was seen in breaches.
    ///
    /// The old password of a signed-in person is known to the admission. The earlier ones are compared after
    /// everything else, as that takes one more hash for each.
    ///
    /// # Errors
    ///
    /// Those of [`set_password`](Self::set_password).
    pub fn set_password_with(
        &self,
        new: &Password,
        policy: &Policy,
        findings: &Findings,
        hasher: &Hasher,
        salt: Salt,
    ) -> Result<Change, SetError> {
        self.accept(new, policy, findings, hasher)?;
        let hash = hasher.hash(new, salt)?;
        let attempt = match &self.by {
            By::Secret { attempt, .. } => Some(attempt.clone()),
            By::PresentPassword { .. } => None,
        };
        let account = Arc::clone(&self.account);
        let (scope, usable_until) = (self.scope, self.usable_until);
        Ok(Change { scope, account, attempt, usable_until, hash })
    }

    fn accept(
        &self,
        new: &Password,
        policy: &Policy,
        findings: &Findings,
        hasher: &Hasher,
    ) -> Result<(), SetError> {
        let about = Personal::of(&self.account);
        let evidence = match &findings.breach {
            Some(answer) => self.evidence().breach(answer),
            None => self.evidence(),
        };
        let earlier = findings.earlier.as_ref().and_then(|found| found.of(self.account.id()));
        let Some(earlier) = earlier.filter(|_| policy.asks_history()) else {
            policy.check_with(new, &about, evidence)?;
            return self.is_new(new, hasher);
        };
        policy.check_with(new, &about, evidence.history(&History::unused(new)))?;
        self.is_new(new, hasher)?;
        let mut failed: Option<HashError> = None;
        let history = policy.check_history(new, earlier, |past| {
            match verify_forms(hasher, new, past.hash()) {
                Ok(verdict) => verdict != Verdict::Mismatch,
                // What cannot be read is no password of anybody.
                Err(error) => {
                    failed = failed.or(Some(error).filter(HashError::is_transient));
                    false
                }
            }
        });
        match failed {
            Some(error) => Err(SetError::Hash(error)),
            None => Ok(policy.check_with(new, &about, evidence.history(&history))?),
        }
    }

    /// What the admission itself tells about the change.
    fn evidence(&self) -> Evidence<'_> {
        let By::PresentPassword { old } = &self.by else { return Evidence::of_reset() };
        let evidence = Evidence::of_change(old);
        if self.account.must_change().is_some() {
            return evidence.must_change();
        }
        match self.account.changed_at() {
            Some(changed_at) => {
                let age = self.admitted_at.saturating_sub(changed_at.unix_timestamp());
                evidence.age(Duration::from_secs(u64::try_from(age).unwrap_or(0)))
            }
            None => evidence,
        }
    }

    /// Compares the new password with the stored one. What cannot be read is no password of anybody.
    fn is_new(&self, new: &Password, hasher: &Hasher) -> Result<(), SetError> {
        let Some(stored) = self.account.password() else { return Ok(()) };
        match verify_forms(hasher, new, stored) {
            Ok(Verdict::Match | Verdict::MatchOutdated) => {
                let present = Violation::used_before(1);
                Err(SetError::Policy(Violations::one(present)))
            }
            Err(error) if error.is_transient() => Err(SetError::Hash(error)),
            Ok(Verdict::Mismatch) | Err(_) => Ok(()),
        }
    }
}

/// A new password, accepted and hashed, that only [`Flow::commit`](super::Flow::commit) sets.
#[derive(Debug)]
#[must_use]
pub struct Change {
    pub(super) scope: ScopeTag,
    pub(super) account: Arc<Account>,
    /// The attempt, or `None` for a person who is signed in.
    pub(super) attempt: Option<Attempt>,
    pub(super) usable_until: i64,
    pub(super) hash: PasswordHash,
}

impl Change {
    /// The account whose password is going to be set.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        self.account.id()
    }
}

/// Why a new password was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetError {
    /// The policy refuses it.
    Policy(Violations),
    /// It could not be hashed.
    Hash(HashError),
}

impl SetError {
    /// A stable name for programs, logs and message catalogues; the violations have their own.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Policy(_) => "password_refused",
            Self::Hash(error) => error.code(),
        }
    }

    /// What the person who chose the password may be told: [`Answer::Invalid`], beside the violations,
    /// or [`Answer::Unavailable`].
    #[must_use]
    pub fn answer(&self) -> Answer {
        match self {
            Self::Policy(violations) => violations.answer(),
            Self::Hash(_) => Answer::Unavailable,
        }
    }
}

impl From<Violations> for SetError {
    fn from(violations: Violations) -> Self {
        Self::Policy(violations)
    }
}

impl From<HashError> for SetError {
    fn from(error: HashError) -> Self {
        Self::Hash(error)
    }
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(violations) => violations.fmt(f),
            Self::Hash(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for SetError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Policy(violations) => violations.source(),
            Self::Hash(error) => error.source(),
        }
    }
}

/// Compares a password in NFC, and in NFD where that is another text: the hash may have come from a
/// system that does not normalise.
pub(super) fn verify_forms(
    hasher: &Hasher,
    password: &Password,
    stored: &PasswordHash,
) -> Result<Verdict, HashError> {
    match hasher.verify(password, stored)? {
        Verdict::Mismatch => match password.decomposed() {
            Some(decomposed) => hasher.verify(&decomposed, stored),
            None => Ok(Verdict::Mismatch),
        },
        matched => Ok(matched),
    }
}
