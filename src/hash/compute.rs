use alloc::vec::Vec;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

use super::memory::Slot;
use super::{Cost, HashError};
use crate::secret::Password;

/// Bytes of a tag (RFC 9106, section 4).
pub(super) const OUTPUT_BYTES: usize = 32;

/// The only place where Argon2 is computed.
pub(super) fn compute(
    argon2: &Argon2<'_>,
    slot: &mut Slot<'_>,
    password: &Password,
    salt: &[u8],
) -> Result<Zeroizing<Vec<u8>>, HashError> {
    let params = argon2.params();
    let memory = slot.blocks(params.block_count())?;
    let mut output = Zeroizing::new(alloc::vec![0; params.output_len().unwrap_or(OUTPUT_BYTES)]);
    let password = password.expose_secret().as_bytes();
    argon2
        .hash_password_into_with_memory(password, salt, &mut output, memory)
        .map_err(|_| HashError::Malformed)?;
    slot.filled(u64::from(params.m_cost()).saturating_mul(params.t_cost().into()));
    Ok(output)
}

pub(super) fn params(cost: &Cost, output_bytes: usize) -> Result<Params, HashError> {
    Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(output_bytes))
        .map_err(|_| HashError::Malformed)
}

pub(super) fn with_secret(
    pepper: Option<&[u8; 32]>,
    algorithm: Algorithm,
    version: Version,
    params: Params,
) -> Result<Argon2<'_>, HashError> {
    match pepper {
        Some(pepper) => Argon2::new_with_secret(pepper, algorithm, version, params)
            .map_err(|_| HashError::Malformed),
        None => Ok(Argon2::new(algorithm, version, params)),
    }
}

/// The blocks of memory that a hash of this cost needs.
pub(super) fn blocks(cost: &Cost) -> usize {
    params(cost, OUTPUT_BYTES).map_or(0, |params| params.block_count())
}
