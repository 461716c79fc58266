use repass::account::PastPassword;
use repass::hash::{HashError, Hasher, Verdict};
use repass::policy::{Breach, Evidence, Policy};
use repass::reset::{Admitted, Change, SetError};
use repass::secret::{Password, Salt};

/// What the host found out about a new password, as [`Evidence`] does, in values that a thread for
/// blocking work can own: for [`HashPool::set_password_with`](crate::HashPool::set_password_with).
#[derive(Debug)]
#[must_use]
pub struct OwnedEvidence {
    old: Option<Password>,
    past: Option<Vec<PastPassword>>,
    breach: Option<Breach>,
}

impl OwnedEvidence {
    /// The old password is not known: see [`Evidence::of_reset`].
    pub const fn of_reset() -> Self {
        Self { old: None, past: None, breach: None }
    }

    /// The owner typed the old password, and it was verified: see [`Evidence::of_change`].
    pub const fn of_change(old: Password) -> Self {
        Self { old: Some(old), past: None, breach: None }
    }

    /// The earlier passwords, as [`Accounts::past`](repass::port::Accounts::past) returns them, the newest
    /// first. The pool compares the new password with as many as the policy asks for, which takes as
    /// long as computing so many hashes.
    ///
    /// A hash of a scheme that the hasher does not know counts as another password: otherwise its owner
    /// could never choose a new one.
    pub fn past(self, past: Vec<PastPassword>) -> Self {
        Self { past: Some(past), ..self }
    }

    /// What a source of breached passwords answered.
    pub fn breach(self, answer: Breach) -> Self {
        Self { breach: Some(answer), ..self }
    }

    pub(crate) fn set(
        &self,
        admitted: &Admitted,
        new: &Password,
        policy: &Policy,
        hasher: &Hasher,
        salt: Salt,
    ) -> Result<Change, SetError> {
        let mut evidence = match &self.old {
            Some(old) => Evidence::of_change(old),
            None => Evidence::of_reset(),
        };
        if let Some(answer) = self.breach {
            evidence = evidence.breach(answer);
        }
        let Some(past) = &self.past else {
            return admitted.set_password_with(new, policy, evidence, hasher, salt);
        };
        let mut failed: Option<HashError> = None;
        let answer = policy.check_history(past, |past| match hasher.verify(new, past.hash()) {
            Ok(verdict) => verdict != Verdict::Mismatch,
            Err(error) => {
                failed = failed.or(Some(error).filter(HashError::is_transient));
                false
            }
        });
        match failed {
            Some(error) => Err(SetError::Hash(error)),
            None => {
                let evidence = evidence.history(&answer);
                admitted.set_password_with(new, policy, evidence, hasher, salt)
            }
        }
    }
}
