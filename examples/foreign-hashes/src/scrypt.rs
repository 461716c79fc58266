use data_encoding::BASE64_NOPAD;
use repass::hash::{ForeignScheme, HashError};
use repass::secret::Password;
use scrypt::Params;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{number, parts, tag};

/// scrypt in the PHC format: `$scrypt$ln=17,r=8,p=1$salt$tag`.
pub struct Scrypt {
    max_bytes: u64,
    max_work: u64,
}

impl Scrypt {
    const PREFIX: &str = "$scrypt$";

    /// Up to so many bytes of memory, 128 N r, and up to so many bytes filled in all, 128 N r p.
    pub const fn up_to(max_bytes: u64, max_work: u64) -> Self {
        Self { max_bytes, max_work }
    }

    pub(crate) fn compare(
        &self,
        password: &[u8],
        (log_n, r, p): (u32, u32, u32),
        salt: &[u8],
        tag: &[u8],
    ) -> Result<bool, HashError> {
        // N is above 1 (RFC 7914, section 2).
        if log_n == 0 {
            return Err(HashError::Malformed);
        }
        let bytes =
            1_u64.checked_shl(log_n).and_then(|n| n.checked_mul(128)?.checked_mul(r.into()));
        let bytes = bytes.filter(|bytes| *bytes <= self.max_bytes);
        let bytes = bytes.ok_or(HashError::OverCeiling { parameter: "memory" })?;
        let work = bytes.checked_mul(p.into()).filter(|work| *work <= self.max_work);
        work.ok_or(HashError::OverCeiling { parameter: "p" })?;
        let log_n = u8::try_from(log_n).map_err(|_| HashError::Malformed)?;
        let params = Params::new(log_n, r, p).map_err(|_| HashError::Malformed)?;
        let mut ours = Zeroizing::new(vec![0; tag.len()]);
        scrypt::scrypt(password, salt, &params, &mut ours).map_err(|_| HashError::Malformed)?;
        Ok(ours.ct_eq(tag).into())
    }
}

impl Default for Scrypt {
    /// Up to 128 MiB, filled twice: twice the work of OWASP's strongest set.
    fn default() -> Self {
        Self::up_to(128 << 20, 256 << 20)
    }
}

impl ForeignScheme for Scrypt {
    fn recognises(&self, stored: &str) -> bool {
        stored.starts_with(Self::PREFIX)
    }

    fn verify(&self, password: &Password, stored: &str) -> Result<bool, HashError> {
        let fields = stored.strip_prefix(Self::PREFIX).ok_or(HashError::Malformed)?;
        let [params, salt, hash] = parts(fields, '$')?;
        let [log_n, r, p] = parts(params, ',')?;
        let value = |param: &str, name| {
            param.strip_prefix(name).ok_or(HashError::Malformed).and_then(number)
        };
        let params = (value(log_n, "ln=")?, value(r, "r=")?, value(p, "p=")?);
        let decode =
            |text: &str| BASE64_NOPAD.decode(text.as_bytes()).map_err(|_| HashError::Malformed);
        let (salt, tag) = (decode(salt)?, tag(decode(hash)?)?);
        self.compare(password.expose_secret().as_bytes(), params, &salt, &tag)
    }
}
