//! Sign-in with hashes that other systems made, over the crates that compute them: a match is
//! outdated, so that the next sign-in of each account replaces its hash by one of Argon2id.
//!
//! Each scheme has a ceiling for what a stored string may ask for, and reads all of the string before it
//! computes anything. What a service has to know beside that:
//!
//! - Systems that do not normalise hash what was typed. The sign-in door tries both spellings, and hashes
//!   the normalised one when either matched.
//! - Declare to the `Verifier` of the door the most expensive string of each scheme that is still stored:
//!   a sign-in then takes as long for everybody, and for nobody.
//! - The ceilings are for one hash. The hasher's slots bound how many run at once.
//! - The crates take their memory by the usual allocator: scrypt's up to 128 MiB aborts the process
//!   when there is none, and is not wiped.

mod bcrypt;
mod django;
mod pbkdf2;
mod scrypt;

pub use self::bcrypt::Bcrypt;
pub use self::django::Django;
pub use self::pbkdf2::Pbkdf2;
pub use self::scrypt::Scrypt;

use repass::hash::HashError;

/// A positive number as these formats write it: decimal, without sign or leading zeros.
fn number(text: &str) -> Result<u32, HashError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || text.starts_with('0') {
        return Err(HashError::Malformed);
    }
    // What does not fit is above any ceiling.
    Ok(text.parse().unwrap_or(u32::MAX))
}

/// The parts of a text that has just as many of them.
fn parts<const N: usize>(text: &str, separator: char) -> Result<[&str; N], HashError> {
    let mut rest = text.split(separator);
    let parts = [(); N].map(|()| rest.next());
    if rest.next().is_some() || parts.contains(&None) {
        return Err(HashError::Malformed);
    }
    Ok(parts.map(Option::unwrap_or_default))
}

/// A tag of 16 to 64 bytes: less is no proof of a password, more is work for nothing.
fn tag(bytes: Vec<u8>) -> Result<Vec<u8>, HashError> {
    if (16..=64).contains(&bytes.len()) { Ok(bytes) } else { Err(HashError::Malformed) }
}
