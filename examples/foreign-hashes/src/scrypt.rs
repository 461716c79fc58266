use std::borrow::Cow;

use data_encoding::BASE64_NOPAD;
use repass::hash::{ForeignScheme, HashError, Work};
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

/// A string that was read.
pub(crate) struct Read<'a> {
    pub(crate) log_n: u32,
    pub(crate) r: u32,
    pub(crate) p: u32,
    pub(crate) salt: Cow<'a, [u8]>,
    pub(crate) tag: Vec<u8>,
}

impl Scrypt {
    const PREFIX: &str = "$scrypt$";

    /// Up to so many bytes of memory, 128 N r, and up to so many bytes filled in all, 128 N r p.
    pub const fn up_to(max_bytes: u64, max_work: u64) -> Self {
        Self { max_bytes, max_work }
    }

    /// The unit of its work: bytes filled in all, 128 N r p.
    pub(crate) const BYTES: &str = "scrypt_bytes";

    pub(crate) fn compare(&self, password: &[u8], read: &Read<'_>) -> Result<bool, HashError> {
        self.bytes(read)?;
        let log_n = u8::try_from(read.log_n).map_err(|_| HashError::Malformed)?;
        let params = Params::new(log_n, read.r, read.p).map_err(|_| HashError::Malformed)?;
        let mut ours = Zeroizing::new(vec![0; read.tag.len()]);
        scrypt::scrypt(password, &read.salt, &params, &mut ours)
            .map_err(|_| HashError::Malformed)?;
        Ok(ours.ct_eq(&read.tag).into())
    }

    pub(crate) fn bytes(&self, read: &Read<'_>) -> Result<u64, HashError> {
        // N is above 1 (RFC 7914, section 2).
        if read.log_n == 0 {
            return Err(HashError::Malformed);
        }
        let n = 1_u64.checked_shl(read.log_n);
        let bytes = n.and_then(|n| n.checked_mul(128)?.checked_mul(read.r.into()));
        let bytes = bytes.filter(|bytes| *bytes <= self.max_bytes);
        let bytes = bytes.ok_or(HashError::OverCeiling { parameter: "memory" })?;
        let work = bytes.checked_mul(read.p.into()).filter(|work| *work <= self.max_work);
        work.ok_or(HashError::OverCeiling { parameter: "p" })
    }

    /// With r = 8, one after the other: as often as it goes in the most memory, then in less and less,
    /// down to 2 KiB.
    pub(crate) fn spend_bytes(&self, password: &[u8], bytes: u64) -> Result<(), HashError> {
        let mut rest = bytes / 1024;
        let most = (self.max_bytes / 1024).checked_ilog2().unwrap_or(1);
        let mut ours = Zeroizing::new([0; 32]);
        for log_n in (1..=most).rev() {
            while rest >= 1 << log_n {
                rest -= 1 << log_n;
                let log_n = u8::try_from(log_n).map_err(|_| HashError::Malformed)?;
                let params = Params::new(log_n, 8, 1).map_err(|_| HashError::Malformed)?;
                scrypt::scrypt(password, &[0; 16], &params, &mut *ours)
                    .map_err(|_| HashError::Malformed)?;
            }
        }
        Ok(())
    }

    fn read(stored: &str) -> Result<Read<'static>, HashError> {
        let fields = stored.strip_prefix(Self::PREFIX).ok_or(HashError::Malformed)?;
        let [params, salt, hash] = parts(fields, '$')?;
        let [log_n, r, p] = parts(params, ',')?;
        let value = |param: &str, name| {
            param.strip_prefix(name).ok_or(HashError::Malformed).and_then(number)
        };
        let (log_n, r, p) = (value(log_n, "ln=")?, value(r, "r=")?, value(p, "p=")?);
        let decode =
            |text: &str| BASE64_NOPAD.decode(text.as_bytes()).map_err(|_| HashError::Malformed);
        Ok(Read { log_n, r, p, salt: decode(salt)?.into(), tag: tag(decode(hash)?)? })
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
        self.compare(password.expose_secret().as_bytes(), &Self::read(stored)?)
    }

    fn work(&self, stored: &str) -> Result<Work, HashError> {
        Ok(Work::new(Self::BYTES, self.bytes(&Self::read(stored)?)?))
    }

    fn spend(&self, password: &Password, work: Work) -> Result<(), HashError> {
        self.spend_bytes(password.expose_secret().as_bytes(), work.amount())
    }
}
