use std::borrow::Cow;

use data_encoding::BASE64_NOPAD;
use repass::hash::{ForeignScheme, HashError, Work};
use repass::secret::Password;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{number, parts, tag};

/// PBKDF2-HMAC-SHA256 in the PHC format, `$pbkdf2-sha256$i=600000,l=32$salt$tag`, and in that of passlib,
/// `$pbkdf2-sha256$600000$salt$tag`.
pub struct Pbkdf2 {
    max_rounds: u32,
}

/// A string that was read.
pub(crate) struct Read<'a> {
    pub(crate) rounds: u32,
    pub(crate) salt: Cow<'a, [u8]>,
    pub(crate) tag: Vec<u8>,
}

impl Pbkdf2 {
    const PREFIX: &str = "$pbkdf2-sha256$";

    /// Up to so many rounds; a million take about a quarter of a second.
    pub const fn up_to(max_rounds: u32) -> Self {
        Self { max_rounds }
    }

    /// The unit of its work: rounds for each block of 32 bytes of the tag.
    pub(crate) const ROUNDS: &str = "pbkdf2_sha256_rounds";

    pub(crate) fn compare(&self, password: &[u8], read: &Read<'_>) -> Result<bool, HashError> {
        self.rounds(read)?;
        let mut ours = Zeroizing::new(vec![0; read.tag.len()]);
        pbkdf2::pbkdf2_hmac::<Sha256>(password, &read.salt, read.rounds, &mut ours);
        Ok(ours.ct_eq(&read.tag).into())
    }

    pub(crate) fn rounds(&self, read: &Read<'_>) -> Result<u64, HashError> {
        if read.rounds > self.max_rounds {
            return Err(HashError::OverCeiling { parameter: "rounds" });
        }
        Ok(u64::from(read.rounds).saturating_mul(read.tag.len().div_ceil(32) as u64))
    }

    pub(crate) fn spend_rounds(password: &[u8], rounds: u64) {
        let mut ours = Zeroizing::new([0; 32]);
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        pbkdf2::pbkdf2_hmac::<Sha256>(password, &[0; 16], rounds, &mut *ours);
    }

    fn read(stored: &str) -> Result<Read<'static>, HashError> {
        let fields = stored.strip_prefix(Self::PREFIX).ok_or(HashError::Malformed)?;
        let [params, salt, hash] = parts(fields, '$')?;
        if !params.starts_with("i=") {
            return Self::read_passlib(params, salt, hash);
        }
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
        Ok(Read { rounds, salt: salt.into(), tag })
    }

    /// passlib writes the number of rounds alone, and a full stop in the place of a plus sign.
    fn read_passlib(rounds: &str, salt: &str, hash: &str) -> Result<Read<'static>, HashError> {
        let decode = |text: &str| {
            let standard = text.replace('.', "+");
            let plain = !text.contains('+');
            let bytes = BASE64_NOPAD.decode(standard.as_bytes()).ok().filter(|_| plain);
            bytes.ok_or(HashError::Malformed)
        };
        let tag = tag(decode(hash)?)?;
        Ok(Read { rounds: number(rounds)?, salt: decode(salt)?.into(), tag })
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
        self.compare(password.expose_secret().as_bytes(), &Self::read(stored)?)
    }

    fn work(&self, stored: &str) -> Result<Work, HashError> {
        Ok(Work::new(Self::ROUNDS, self.rounds(&Self::read(stored)?)?))
    }

    fn spend(&self, password: &Password, work: Work) -> Result<(), HashError> {
        Self::spend_rounds(password.expose_secret().as_bytes(), work.amount());
        Ok(())
    }
}
