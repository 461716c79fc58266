use alloc::string::{String, ToString};
use core::fmt;

use rand_core::TryCryptoRng;
use zeroize::Zeroizing;

use crate::answer::Answer;

/// 160 random bits that name one attempt to reset a password; drawn by the caller, used once.
pub struct Seed(pub(crate) Zeroizing<[u8; 20]>);

impl Seed {
    /// Draws a seed.
    ///
    /// # Errors
    ///
    /// [`RandomError`] when the generator fails or returns one byte over and over.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RandomError> {
        draw(rng).map(Self)
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// 128 random bits that salt one password hash (RFC 9106, section 3.1); used once.
pub struct Salt(pub(crate) Zeroizing<[u8; 16]>);

impl Salt {
    /// Draws a salt.
    ///
    /// # Errors
    ///
    /// [`RandomError`] when the generator fails or returns one byte over and over.
    pub fn generate<R: TryCryptoRng + ?Sized>(rng: &mut R) -> Result<Self, RandomError> {
        draw(rng).map(Self)
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// The random generator failed, or what it returned cannot be random.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RandomError {
    reason: String,
}

impl RandomError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "random_failed"
    }

    /// What the person who waits for it may be told: [`Answer::Unavailable`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Unavailable
    }
}

impl fmt::Display for RandomError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the random generator failed: {}", self.reason)
    }
}

impl core::error::Error for RandomError {}

/// Fills an array from `rng` and refuses the output of a generator that is plainly stuck.
pub(crate) fn draw<const N: usize, R: TryCryptoRng + ?Sized>(
    rng: &mut R,
) -> Result<Zeroizing<[u8; N]>, RandomError> {
    let mut bytes = Zeroizing::new([0; N]);
    rng.try_fill_bytes(&mut *bytes).map_err(|error| RandomError { reason: error.to_string() })?;
    // 16 equal bytes or more: once in 2^120 draws by chance.
    if bytes.iter().all(|byte| Some(byte) == bytes.first()) {
        return Err(RandomError { reason: "it returned one byte over and over".to_string() });
    }
    Ok(bytes)
}
