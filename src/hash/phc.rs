use alloc::string::{String, ToString};

use argon2::password_hash::phc;
use argon2::{Algorithm, Version};
use data_encoding::BASE64_NOPAD;

use super::{Cost, CostError, HashError};
use crate::key::KeyId;

/// An Argon2 hash string taken apart, within the limits of RFC 9106 but no ceiling yet.
pub(super) struct Stored {
    pub(super) algorithm: Algorithm,
    pub(super) version: Version,
    pub(super) cost: Cost,
    pub(super) pepper: Option<KeyId>,
    pub(super) salt: phc::Salt,
    pub(super) output: phc::Output,
}

impl Stored {
    /// Whether the string claims to be of an Argon2 variant. Other schemes are told by their prefix:
    /// their strings need not be PHC strings at all. A string that was cut within the prefix claims it,
    /// too.
    pub(super) fn is_claimed_by(text: &str) -> bool {
        const PREFIX: &str = "$argon2";
        text.starts_with(PREFIX) || (!text.is_empty() && PREFIX.starts_with(text))
    }

    /// Reads a PHC string of any Argon2 variant; parameters that it names twice, or that are not
    /// Argon2's `m`, `t`, `p` and the `keyid` of a pepper, are refused. So are salts above 48 and tags
    /// above 64 bytes, the most that the format has, and tags below `shortest_tag`.
    pub(super) fn parse(text: &str, shortest_tag: usize) -> Result<Self, HashError> {
        let parsed = phc::PasswordHash::new(text).map_err(|_| HashError::Malformed)?;
        let algorithm =
            Algorithm::try_from(parsed.algorithm.as_str()).map_err(|_| HashError::Malformed)?;
        // Strings are older than their field for the version, and without it they are of 0x10.
        let version = parsed.version.unwrap_or(0x10);
        let version = Version::try_from(version).map_err(|_| HashError::Malformed)?;
        let pepper = parsed.params.get_str("keyid").map(key_id).transpose()?;
        let known = if pepper.is_some() { 4 } else { 3 };
        if parsed.params.iter().count() != known {
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
        if output.len() < shortest_tag {
            return Err(HashError::Malformed);
        }
        Ok(Self { algorithm, version, cost, pepper, salt, output })
    }

    /// The PHC string.
    pub(super) fn print(self) -> Option<String> {
        let mut params = phc::ParamsString::new();
        params.add_decimal("m", self.cost.memory_kib()).ok()?;
        params.add_decimal("t", self.cost.passes()).ok()?;
        params.add_decimal("p", self.cost.lanes()).ok()?;
        if let Some(id) = self.pepper {
            params.add_b64_bytes("keyid", &id.number().to_be_bytes()).ok()?;
        }
        let hash = phc::PasswordHash {
            algorithm: self.algorithm.ident(),
            version: Some(self.version.into()),
            params,
            salt: Some(self.salt),
            hash: Some(self.output),
        };
        Some(hash.to_string())
    }
}

/// The key that `keyid` names: its number in two bytes, big-endian, in base64 without padding.
fn key_id(text: &str) -> Result<KeyId, HashError> {
    let bytes = BASE64_NOPAD.decode(text.as_bytes()).map_err(|_| HashError::Malformed)?;
    let bytes = bytes.try_into().map_err(|_| HashError::Malformed)?;
    Ok(KeyId::new(u16::from_be_bytes(bytes)))
}
