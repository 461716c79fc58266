//! Argon2id hashing of passwords (RFC 9106) into PHC strings.
//!
//! # Sign-in
//!
//! What was found goes in as it is, also when it is nobody; a match that is outdated is hashed again.
//!
//! ```
//! use repass::account::Account;
//! use repass::hash::{HashError, Hasher, Verdict};
//! use repass::secret::{Password, PasswordHash, Salt};
//!
//! enum SignIn {
//!     Refused,
//!     Welcome { to_store: Option<PasswordHash> },
//! }
//!
//! fn sign_in(
//!     hasher: &Hasher,
//!     typed: &Password,
//!     found: Option<&Account>,
//!     salt: Salt,
//! ) -> Result<SignIn, HashError> {
//!     Ok(match hasher.verify(typed, found.and_then(Account::password))? {
//!         Verdict::Match => SignIn::Welcome { to_store: None },
//!         Verdict::MatchOutdated => SignIn::Welcome { to_store: Some(hasher.hash(typed, salt)?) },
//!         _ => SignIn::Refused,
//!     })
//! }
//! # let salt = Salt::generate(&mut repass::SysRng)?;
//! # let hasher = Hasher::new(repass::hash::Cost::new(8, 1, 1)?);
//! # let nobody = sign_in(&hasher, &Password::new("correct horse battery staple")?, None, salt)?;
//! # assert!(matches!(nobody, SignIn::Refused));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # In a service
//!
//! A hash takes one core for tens of milliseconds, so it runs on a thread for blocking work, and
//! no more of them at once than the hasher has slots. Whoever comes when all are in use gets
//! [`HashError::Busy`]; nothing here waits. To wait is the service's part: a semaphore of as many
//! permits as slots, with a bound on the wait. The permit moves into the blocking task. Were it
//! to stay in the request, a client that hangs up would free it while the hash still runs, and the next
//! request would find the hasher busy.
//!
//! On tokio, as the package `examples/tokio-hashing` in the repository tries it:
//!
//! ```ignore
//! use std::{sync::Arc, time::Duration};
//!
//! use repass::hash::Hasher;
//! use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};
//!
//! #[derive(Clone)]
//! pub struct Hashing {
//!     pub hasher: Hasher,
//!     pub permits: Arc<Semaphore>,
//!     pub patience: Duration,
//! }
//!
//! /// Too many hashes were before this one: answer 503.
//! #[derive(Debug, PartialEq, Eq)]
//! pub struct RetryLater;
//!
//! impl Hashing {
//!     pub fn new(hasher: Hasher, patience: Duration) -> Self {
//!         let permits = Arc::new(Semaphore::new(hasher.slots()));
//!         Self { hasher, permits, patience }
//!     }
//!
//!     pub async fn run<T: Send + 'static>(
//!         &self,
//!         work: impl FnOnce(&Hasher) -> T + Send + 'static,
//!     ) -> Result<T, RetryLater> {
//!         let permit = Arc::clone(&self.permits).acquire_owned();
//!         let permit = timeout(self.patience, permit).await.map_err(|_| RetryLater)?;
//!         let hasher = self.hasher.clone();
//!         let task = spawn_blocking(move || {
//!             // Moved in here: a request that goes away does not stop the hash, nor free its permit.
//!             let _permit = permit;
//!             work(&hasher)
//!         });
//!         // It panicked, or the runtime is going down.
//!         task.await.map_err(|_| RetryLater)
//!     }
//! }
//! ```
//!
//! A policy check and [`Admitted::set_password`](crate::reset::Admitted::set_password) go inside
//! `run` as well.

mod cost;
mod error;
mod foreign;
mod hasher;
mod memory;
mod phc;

pub use self::cost::{Cost, CostError};
pub use self::error::HashError;
pub use self::foreign::ForeignScheme;
pub use self::hasher::{Hasher, Verdict};
