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
//! no more hashes run at once than the hasher has slots. A caller that finds all of them in use gets
//! [`HashError::Busy`]; nothing here waits. The service decides how long a request may wait: with a
//! semaphore of as many permits as slots, and a bound on the wait. The permit must move into the blocking
//! task. If it stayed in the request, a client that hangs up would free it while the hash still runs, and
//! the next request would find the hasher busy. The package `repass-tokio` has such a pool for tokio.
//!
//! A policy check and [`Admitted::set_password`](crate::reset::Admitted::set_password) are CPU work, too.

mod compute;
mod cost;
mod error;
mod foreign;
mod hasher;
mod memory;
mod phc;
mod verifier;
mod work;

pub use self::cost::{Cost, CostError};
pub use self::error::HashError;
pub use self::foreign::ForeignScheme;
pub use self::hasher::{Hasher, Verdict};
pub use self::verifier::{Comparison, NotCovered, Verifier};
pub use self::work::{AboveCeiling, Work};
