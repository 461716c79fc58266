use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
use core::time::Duration;

use repass::SysRng;
use repass::account::{AccountId, Lookup};
use repass::answer::{Answer, Answered};
use repass::hash::{HashError, Hasher, Verdict, Verifier};
use repass::policy::Policy;
use repass::port::Ports;
use repass::recovery::Recovery;
use repass::reset::{Admitted, Change, CurrentPasswordError, Findings, SetError};
use repass::secret::{Password, PasswordHash, RandomError, Salt, Seed, TypedPassword};
use repass::sign_in::{SignInError, SignInOutcome};
use repass::throttle::Source;
use repass::time::UtcDateTime;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Computes hashes on threads for blocking work, as many at once as the hasher has slots. Cheap to
/// clone; all clones share the slots.
///
/// A request that is dropped while it waits gives its place up. One that is dropped while its hash is
/// computed does not stop the hash, which keeps its slot until it is done.
#[derive(Clone, Debug)]
pub struct HashPool {
    verifier: Verifier,
    permits: Arc<Semaphore>,
    patience: Duration,
}

/// A slot of a [`HashPool`]: permits to compute one hash.
#[derive(Debug)]
#[must_use]
pub struct HashPermit {
    hasher: Hasher,
    permit: OwnedSemaphorePermit,
}

impl HashPool {
    /// Uses the slots of this hasher. A caller that finds all of them taken waits for at most `patience`.
    #[must_use]
    pub fn new(hasher: Hasher, patience: Duration) -> Self {
        Self::with_verifier(Verifier::new(hasher), patience)
    }

    /// Uses the slots of the hasher of this verifier, which says what is stored besides its own new hashes.
    #[must_use]
    pub fn with_verifier(verifier: Verifier, patience: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(verifier.hasher().slots()));
        Self { verifier, permits, patience }
    }

    /// Waits for a slot.
    ///
    /// # Errors
    ///
    /// [`PoolError::Busy`] if none was free in time: answer 503, and let the client come again.
    pub async fn permit<E>(&self) -> Result<HashPermit, PoolError<E>> {
        match timeout(self.patience, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(Ok(permit)) => Ok(HashPermit { hasher: self.verifier.hasher().clone(), permit }),
            Ok(Err(_)) | Err(_) => Err(PoolError::Busy),
        }
    }

    /// Hashes a password, with a salt of the operating system.
    ///
    /// # Errors
    ///
    /// [`PoolError`] says why not.
    pub async fn hash(&self, password: Password) -> Result<PasswordHash, PoolError<HashError>> {
        let salt = Salt::generate(&mut SysRng)?;
        self.permit().await?.run(move |hasher| hasher.hash(&password, salt)).await
    }

    /// Compares a password with a stored hash.
    ///
    /// # Errors
    ///
    /// [`PoolError`] says why not.
    pub async fn verify(
        &self,
        password: Password,
        stored: PasswordHash,
    ) -> Result<Verdict, PoolError<HashError>> {
        self.permit().await?.run(move |hasher| hasher.verify(&password, &stored)).await
    }

    /// Checks and hashes a new password: see [`Admitted::set_password`]. Keep a clone of `admitted`
    /// for its ticket, in case that the policy refuses.
    ///
    /// # Errors
    ///
    /// [`PoolError`] says why not.
    pub async fn set_password(
        &self,
        admitted: Arc<Admitted>,
        new: Password,
        policy: Policy,
    ) -> Result<Change, PoolError<SetError>> {
        let salt = Salt::generate(&mut SysRng)?;
        let set = move |hasher: &Hasher| admitted.set_password(&new, &policy, hasher, salt);
        self.permit().await?.run(set).await
    }

    /// The same for a policy with rules about earlier passwords or breaches: see [`Admitted::set_password_with`].
    ///
    /// # Errors
    ///
    /// [`PoolError`] says why not.
    pub async fn set_password_with(
        &self,
        admitted: Arc<Admitted>,
        new: Password,
        policy: Policy,
        findings: Findings,
    ) -> Result<Change, PoolError<SetError>> {
        let salt = Salt::generate(&mut SysRng)?;
        let set = move |hasher: &Hasher| {
            admitted.set_password_with(&new, &policy, &findings, hasher, salt)
        };
        self.permit().await?.run(set).await
    }

    /// Lets a signed-in person try the present password once: see [`Recovery::current`].
    ///
    /// Every try counts, also one that is right: by default an account has ten in an hour, and the
    /// eleventh is refused as throttled until the hour is over. A form that asks for the
    /// present password more than once for one change should keep the [`Admitted`] that this returns,
    /// which is valid for ten minutes. The try is counted when a slot is free, so that a busy pool costs nobody a try.
    ///
    /// # Errors
    ///
    /// [`PoolError`] says why not.
    pub async fn current<P: Ports>(
        &self,
        recovery: &Recovery<P>,
        id: AccountId,
        present: Password,
        now: UtcDateTime,
    ) -> Result<Admitted, PoolError<CurrentPasswordError>> {
        let permit = self.permit().await?;
        let current = recovery.current(id, now).await.map_err(PoolError::Failed)?;
        let verify = move |hasher: &Hasher| Ok(current.verify(&present, hasher)?);
        permit.run(verify).await
    }

    /// Signs a person in: the three stages of [`repass::sign_in`]. The sign-in is counted when a slot is
    /// free, so that a busy pool costs nobody a try.
    ///
    /// # Errors
    ///
    /// [`PoolError`] says why not.
    pub async fn sign_in<P: Ports>(
        &self,
        recovery: &Recovery<P>,
        lookup: Lookup,
        source: Option<Source>,
        typed: TypedPassword,
        now: UtcDateTime,
    ) -> Result<SignInOutcome, PoolError<SignInError>> {
        let (salt, seed) = (Salt::generate(&mut SysRng)?, Seed::generate(&mut SysRng)?);
        let permit = self.permit().await?;
        let begun = recovery.sign_in(lookup, source, now).await.map_err(PoolError::Failed)?;
        let verifier = self.verifier.clone();
        let verify = move |_: &Hasher| begun.verify(&typed, &verifier, salt);
        // Without a slot or memory, which is all that fails here, nothing was decided.
        let checked =
            permit.run(verify).await.map_err(|_: PoolError<HashError>| PoolError::Busy)?;
        recovery.finish_sign_in(checked, seed, now).await.map_err(PoolError::Failed)
    }
}

impl HashPermit {
    /// Does work that computes one hash on a thread for blocking work.
    ///
    /// # Errors
    ///
    /// [`PoolError::Failed`] with the error of `work`, and [`PoolError::Busy`] if `work` panicked or
    /// the runtime is shutting down.
    pub async fn run<T, E>(
        self,
        work: impl FnOnce(&Hasher) -> Result<T, E> + Send + 'static,
    ) -> Result<T, PoolError<E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let Self { hasher, permit } = self;
        let task = spawn_blocking(move || {
            // The thread holds the permit: a request that is dropped does not free it.
            let _permit = permit;
            work(&hasher)
        });
        task.await.map_err(|_| PoolError::Busy)?.map_err(PoolError::Failed)
    }
}

/// Why a [`HashPool`] did not do its work.
#[derive(Debug)]
#[non_exhaustive]
pub enum PoolError<E> {
    /// No slot was free in time. Nothing was counted or computed; try again later.
    Busy,
    /// The operating system gave no randomness.
    Random(RandomError),
    /// The work itself failed.
    Failed(E),
}

/// The answer of the work itself, or [`Answer::Unavailable`].
impl<E: Answered> Answered for PoolError<E> {
    fn answer(&self) -> Answer {
        match self {
            Self::Busy | Self::Random(_) => Answer::Unavailable,
            Self::Failed(error) => error.answer(),
        }
    }
}

impl<E: fmt::Display> fmt::Display for PoolError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("too many passwords are being hashed"),
            Self::Random(error) => error.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl<E: Error> Error for PoolError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Busy => None,
            Self::Random(error) => error.source(),
            Self::Failed(error) => error.source(),
        }
    }
}

impl<E> From<RandomError> for PoolError<E> {
    fn from(error: RandomError) -> Self {
        Self::Random(error)
    }
}
