//! Argon2id hashing of passwords (RFC 9106) into PHC strings.

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
