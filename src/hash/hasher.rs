use alloc::vec::Vec;
use core::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::Cost;
use super::phc::Stored;
use crate::secret::{Password, PasswordHash, Salt};

/// Hashes passwords with Argon2id and verifies stored hashes.
///
/// Both take tens of milliseconds of one core: in a service they belong on a thread for blocking
/// work, with a bound on how many run at once.
///
/// ```
/// use repass::hash::{Cost, Hasher, Verdict};
/// use repass::secret::{Password, Salt};
///
/// let hasher = Hasher::new(Cost::OWASP);
/// let password = Password::new("correct horse battery staple")?;
/// let stored = hasher.hash(&password, Salt::generate(&mut repass::SysRng)?)?;
/// assert!(stored.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
/// assert_eq!(hasher.verify(&password, &stored)?, Verdict::Match);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Hasher {
    cost: Cost,
    ceiling: Cost,
}

/// Bytes of a tag (RFC 9106, section 4).
const OUTPUT_BYTES: usize = 32;

impl Hasher {
    /// Hashes at this cost and verifies stored hashes up to a ceiling of four times its memory and
    /// passes, at least 64 MiB and 8 passes.
    #[must_use]
    pub fn new(cost: Cost) -> Self {
        let ceiling = Cost::new(
            cost.memory_kib().saturating_mul(4).clamp(65_536, Cost::MAX_MEMORY_KIB),
            cost.passes().saturating_mul(4).clamp(8, Cost::MAX_PASSES),
            Cost::MAX_LANES,
        );
        Self { cost, ceiling: ceiling.unwrap_or(cost) }
    }

    /// Verifies stored hashes up to this ceiling, or up to the cost of new ones where that is
    /// higher: what is hashed here can always be verified here.
    #[must_use]
    pub fn with_ceiling(self, ceiling: Cost) -> Self {
        let highest = Cost::new(
            ceiling.memory_kib().max(self.cost.memory_kib()),
            ceiling.passes().max(self.cost.passes()),
            ceiling.lanes().max(self.cost.lanes()),
        );
        Self { ceiling: highest.unwrap_or(self.cost), ..self }
    }

    /// The cost of new hashes.
    #[must_use]
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// Hashes a password into a PHC string of at most 128 characters.
    ///
    /// # Errors
    ///
    /// [`HashError::OutOfMemory`] when the memory is not to be had.
    pub fn hash(&self, password: &Password, salt: Salt) -> Result<PasswordHash, HashError> {
        let salt = phc::Salt::new(&salt.0).map_err(|_| HashError::Malformed)?;
        let output = fill(
            Algorithm::Argon2id,
            Version::V0x13,
            &self.cost,
            OUTPUT_BYTES,
            password.expose_secret().as_bytes(),
            &salt,
        )?;
        let output = phc::Output::new(&output).map_err(|_| HashError::Malformed)?;
        let text = Stored::print(&self.cost, salt, output).ok_or(HashError::Malformed)?;
        PasswordHash::from_stored(&text).map_err(|_| HashError::Malformed)
    }

    /// Compares a password with a stored Argon2 hash, in constant time.
    ///
    /// # Errors
    ///
    /// [`HashError::Malformed`], [`HashError::UnsupportedScheme`] and [`HashError::OverCeiling`]
    /// before any work is done; [`HashError::OutOfMemory`].
    pub fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
        let stored = Stored::parse(stored.expose_secret())?;
        if let Some(parameter) = self.ceiling.exceeded_by(&stored.cost) {
            return Err(HashError::OverCeiling { parameter });
        }
        let output = fill(
            stored.algorithm,
            stored.version,
            &stored.cost,
            stored.output.len(),
            password.expose_secret().as_bytes(),
            &stored.salt,
        )?;
        if !bool::from(output.as_slice().ct_eq(stored.output.as_bytes())) {
            return Ok(Verdict::Mismatch);
        }
        Ok(if self.is_weaker(&stored) { Verdict::MatchOutdated } else { Verdict::Match })
    }

    fn is_weaker(&self, stored: &Stored) -> bool {
        stored.algorithm != Algorithm::Argon2id
            || stored.version != Version::V0x13
            || stored.output.len() < OUTPUT_BYTES
            || stored.cost.work() < self.cost.work()
    }
}

impl Default for Hasher {
    /// Hashes at [`Cost::OWASP`].
    fn default() -> Self {
        Self::new(Cost::OWASP)
    }
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[must_use]
pub enum Verdict {
    /// The password is right.
    Match,
    /// The password is right, and its hash is weaker than a new one would be: hash it again.
    MatchOutdated,
    /// The password is wrong.
    Mismatch,
}

/// Why a password could not be hashed or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HashError {
    /// The stored string claims to be Argon2 and is not well-formed.
    Malformed,
    /// The stored string is of another scheme than Argon2.
    UnsupportedScheme,
    /// The stored string asks for more than is allowed; nothing was computed.
    OverCeiling {
        /// Which one is too high: `m`, `t` or `p`.
        parameter: &'static str,
    },
    /// There is no memory for the hash.
    OutOfMemory,
}

impl HashError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "hash_malformed",
            Self::UnsupportedScheme => "hash_unsupported_scheme",
            Self::OverCeiling { .. } => "hash_over_ceiling",
            Self::OutOfMemory => "hash_out_of_memory",
        }
    }
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str("the stored hash is not well-formed"),
            Self::UnsupportedScheme => f.write_str("the stored hash is of another scheme"),
            Self::OverCeiling { parameter } => {
                write!(f, "the stored hash asks for more than is allowed ({parameter})")
            }
            Self::OutOfMemory => f.write_str("there is no memory for the hash"),
        }
    }
}

impl core::error::Error for HashError {}

/// Runs Argon2 over memory that is wiped before it is given back.
fn fill(
    algorithm: Algorithm,
    version: Version,
    cost: &Cost,
    output_bytes: usize,
    password: &[u8],
    salt: &[u8],
) -> Result<Zeroizing<Vec<u8>>, HashError> {
    let params = Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(output_bytes))
        .map_err(|_| HashError::Malformed)?;
    let mut memory = Memory(Vec::new());
    memory.0.try_reserve_exact(params.block_count()).map_err(|_| HashError::OutOfMemory)?;
    memory.0.resize(params.block_count(), Block::new());
    let mut output = Zeroizing::new(alloc::vec![0; output_bytes]);
    Argon2::new(algorithm, version, params)
        .hash_password_into_with_memory(password, salt, &mut output, &mut memory.0)
        .map_err(|_| HashError::Malformed)?;
    Ok(output)
}

struct Memory(Vec<Block>);

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Block::zeroize);
    }
}
