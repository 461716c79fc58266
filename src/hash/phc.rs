use alloc::string::ToString;

use argon2::password_hash::phc;
use argon2::{Algorithm, Version};

use super::{Cost, CostError, HashError};

/// An Argon2 hash string taken apart, within the limits of RFC 9106 but no ceiling yet.
pub(super) struct Stored {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) cost: Cost,
    pub(super) salt: phc::Salt,
    pub(super) output: phc::Output,
}

impl Stored {
    /// Reads a PHC string of any Argon2 variant; parameters that it names twice, or that are not
    /// Argon2's `m`, `t` and `p`, are refused.
    pub(super) fn parse(text: &str) -> Result<Self, HashError> {
        // Other schemes are told by their prefix: their strings need not be PHC strings at all.
        if !text.starts_with("$argon2") {
            return Err(HashError::UnsupportedScheme);
        }
        let parsed = phc::PasswordHash::new(text).map_err(|_| HashError::Malformed)?;
        let algorithm =
            Algorithm::try_from(parsed.algorithm.as_str()).map_err(|_| HashError::Malformed)?;
        // Strings are older than their field for the version, and without it they are of 0x10.
        let version = parsed.version.unwrap_or(0x10);
        let version = Version::try_from(version).map_err(|_| HashError::Malformed)?;
        if parsed.params.iter().count() != 3 {
            return Err(HashError::Malformed);
        }
        let number = |name: &str| parsed.params.get_decimal(name).ok_or(HashError::Malformed);
        let [m, t, p] = [number("m")?, number("t")?, number("p")?];
        let cost = Cost::new(m, t, p).map_err(|error| match error {
            CostError::Lanes { max } if p > max => HashError::OverCeiling { parameter: "p" },
            CostError::Passes { max } if t > max => HashError::OverCeiling { parameter: "t" },
            CostError::Memory { max_kib, .. } if m > max_kib => {
                HashError::OverCeiling { parameter: "m" }
            }
            // Less than Argon2 can do with.
            _ => HashError::Malformed,
        })?;
        let salt = parsed.salt.ok_or(HashError::Malformed)?;
        let output = parsed.hash.ok_or(HashError::Malformed)?;
        Ok(Self { algorithm, version, cost, salt, output })
    }

    /// The PHC string of an Argon2id hash.
    pub(super) fn print(
        cost: &Cost,
        salt: phc::Salt,
        output: phc::Output,
    ) -> Option<alloc::string::String> {
        let mut params = phc::ParamsString::new();
        params.add_decimal("m", cost.memory_kib()).ok()?;
        params.add_decimal("t", cost.passes()).ok()?;
        params.add_decimal("p", cost.lanes()).ok()?;
        let hash = phc::PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params,
            salt: Some(salt),
            hash: Some(output),
        };
        Some(hash.to_string())
    }
}
