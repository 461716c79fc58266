//! Argon2id hashing of passwords (RFC 9106) into PHC strings.

mod cost;
mod hasher;
mod phc;

pub use self::cost::{Cost, CostError};
pub use self::hasher::{HashError, Hasher, Verdict};
