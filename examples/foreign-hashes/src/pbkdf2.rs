use data_encoding::BASE64_NOPAD;
use repass::hash::{ForeignScheme, HashError};
use repass::secret::Password;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{number, parts, tag};

/// PBKDF2-HMAC-SHA256 in the PHC format: `$pbkdf2-sha256$i=600000,l=32$salt$tag`.
pub struct Pbkdf2 {
    max_rounds: u32,
}

impl Pbkdf2 {
    const PREFIX: &str = "$pbkdf2-sha256$";

    /// Up to so many rounds; a million take about a quarter of a second.
    pub const fn up_to(max_rounds: u32) -> Self {
        Self { max_rounds }
    }

    pub(crate) fn compare(
        &self,
        password: &[u8],
        rounds: u32,
        salt: &[u8],
        tag: &[u8],
    ) -> Result<bool, HashError> {
        if rounds > self.max_rounds {
            return Err(HashError::OverCeiling { parameter: "rounds" });
        }
        let mut ours = Zeroizing::new(vec![0; tag.len()]);
        pbkdf2::pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut ours);
        Ok(ours.ct_eq(tag).into())
    }
}

impl Default for Pbkdf2 {
    /// Up to two million rounds.
    fn default() -> Self {
        Self::up_to(2_000_000)
    }
}

impl ForeignScheme for Pbkdf2 {
    fn recognises(&self, stored: &str) -> bool {
        stored.starts_with(Self::PREFIX)
    }

    fn verify(&self, password: &Password, stored: &str) -> Result<bool, HashError> {
        let fields = stored.strip_prefix(Self::PREFIX).ok_or(HashError::Malformed)?;
        let [params, salt, hash] = parts(fields, '$')?;
        let [rounds, length] = parts(params, ',')?;
        let value = |param: &str, name| {
            param.strip_prefix(name).ok_or(HashError::Malformed).and_then(number)
        };
        let (rounds, length) = (value(rounds, "i=")?, value(length, "l=")?);
        let decode =
            |text: &str| BASE64_NOPAD.decode(text.as_bytes()).map_err(|_| HashError::Malformed);
        let (salt, tag) = (decode(salt)?, tag(decode(hash)?)?);
        if usize::try_from(length) != Ok(tag.len()) {
            return Err(HashError::Malformed);
        }
        self.compare(password.expose_secret().as_bytes(), rounds, &salt, &tag)
    }
}
