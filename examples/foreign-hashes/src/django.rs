use data_encoding::{BASE64, HEXLOWER};
use repass::hash::{Cost, ForeignScheme, HashError, Hasher, Verdict, Work};
use repass::secret::{Password, PasswordHash};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Bcrypt, Pbkdf2, Scrypt, number, parts, pbkdf2, scrypt, tag};

/// The `password` column of Django: `pbkdf2_sha256`, `scrypt`, `bcrypt_sha256`, `bcrypt` and `argon2`.
///
/// An unusable password, `!` and more, is told apart as well: nobody has it.
pub struct Django {
    bcrypt: Bcrypt,
    pbkdf2: Pbkdf2,
    scrypt: Scrypt,
    argon2: Hasher,
}

impl Default for Django {
    /// With the ceilings of the schemes beside it, and for Argon2 Django's own 100 MiB and 8 lanes.
    fn default() -> Self {
        let ceiling = Cost::new(102_400, 8, 8).unwrap_or(Cost::OWASP);
        Self {
            bcrypt: Bcrypt::default(),
            pbkdf2: Pbkdf2::default(),
            scrypt: Scrypt::default(),
            // Asked in a slot of the hasher that has this scheme, so it has enough of its own.
            argon2: Hasher::default()
                .with_ceiling(ceiling)
                .with_slots(Hasher::MAX_SLOTS)
                // Django's tags had 16 bytes until argon2-cffi 21.2.
                .with_short_tags(16),
        }
    }
}

impl ForeignScheme for Django {
    fn recognises(&self, stored: &str) -> bool {
        let schemes = ["pbkdf2_sha256", "scrypt", "bcrypt_sha256", "bcrypt", "argon2"];
        let scheme = stored.split_once('$').map(|(scheme, _)| scheme);
        stored.starts_with('!') || scheme.is_some_and(|scheme| schemes.contains(&scheme))
    }

    fn verify(&self, password: &Password, stored: &str) -> Result<bool, HashError> {
        let typed = password.expose_secret().as_bytes();
        match Column::read(stored)? {
            // As much work as for whoever has one.
            Column::Unusable => self.argon2.verify(password, None::<&PasswordHash>).map(|_| false),
            Column::Pbkdf2(read) => self.pbkdf2.compare(typed, &read),
            Column::Scrypt(read) => self.scrypt.compare(typed, &read),
            // The digest in hexadecimal has 64 bytes and no NUL, whatever the password has.
            Column::BcryptSha256(rest) => {
                let digest = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(typed)));
                let digest = Zeroizing::new(HEXLOWER.encode(&*digest));
                self.bcrypt.compare(digest.as_bytes(), rest)
            }
            Column::Bcrypt(rest) => self.bcrypt.compare(typed, rest),
            Column::Argon2(stored) => {
                Ok(self.argon2.verify(password, &stored)? != Verdict::Mismatch)
            }
        }
    }

    fn work(&self, stored: &str) -> Result<Work, HashError> {
        Ok(match Column::read(stored)? {
            Column::Unusable => Work::of_argon2(&self.argon2.cost()),
            Column::Pbkdf2(read) => Work::new(Pbkdf2::ROUNDS, self.pbkdf2.rounds(&read)?),
            Column::Scrypt(read) => Work::new(Scrypt::BYTES, self.scrypt.bytes(&read)?),
            Column::BcryptSha256(rest) | Column::Bcrypt(rest) => {
                Work::new(Bcrypt::ROUNDS, self.bcrypt.rounds(rest)?)
            }
            Column::Argon2(stored) => self.argon2.work(&stored)?,
        })
    }

    fn spend(&self, password: &Password, work: Work) -> Result<(), HashError> {
        let typed = password.expose_secret().as_bytes();
        match work.unit() {
            Pbkdf2::ROUNDS => {
                Pbkdf2::spend_rounds(typed, work.amount());
                Ok(())
            }
            Scrypt::BYTES => self.scrypt.spend_bytes(typed, work.amount()),
            Bcrypt::ROUNDS => self.bcrypt.spend_rounds(typed, work.amount()),
            _ => self.argon2.spend(password, work.amount()),
        }
    }
}

/// What the column has, read as a whole.
enum Column<'a> {
    Unusable,
    Pbkdf2(pbkdf2::Read<'a>),
    Scrypt(scrypt::Read<'a>),
    BcryptSha256(&'a str),
    Bcrypt(&'a str),
    Argon2(PasswordHash),
}

impl<'a> Column<'a> {
    fn read(stored: &'a str) -> Result<Self, HashError> {
        if stored.starts_with('!') {
            return Ok(Self::Unusable);
        }
        let (scheme, rest) = stored.split_once('$').ok_or(HashError::Malformed)?;
        let decode = |text: &str| BASE64.decode(text.as_bytes()).map_err(|_| HashError::Malformed);
        Ok(match scheme {
            "pbkdf2_sha256" => {
                let [rounds, salt, hash] = parts(rest, '$')?;
                // The salt is the text itself.
                let salt = salt.as_bytes().into();
                let (rounds, tag) = (number(rounds)?, tag(decode(hash)?)?);
                Self::Pbkdf2(pbkdf2::Read { rounds, salt, tag })
            }
            "scrypt" => {
                let [n, salt, r, p, hash] = parts(rest, '$')?;
                let (n, r, p) = (number(n)?, number(r)?, number(p)?);
                if n == u32::MAX {
                    return Err(HashError::OverCeiling { parameter: "memory" });
                }
                if !n.is_power_of_two() {
                    return Err(HashError::Malformed);
                }
                let (salt, tag) = (salt.as_bytes().into(), tag(decode(hash)?)?);
                Self::Scrypt(scrypt::Read { log_n: n.ilog2(), r, p, salt, tag })
            }
            "bcrypt_sha256" => Self::BcryptSha256(rest),
            "bcrypt" => Self::Bcrypt(rest),
            "argon2" => {
                // `argon2$argon2id$v=19$…`: the rest is a PHC string but for its first character.
                let stored = PasswordHash::from_stored(&format!("${rest}"));
                Self::Argon2(stored.map_err(|_| HashError::Malformed)?)
            }
            _ => return Err(HashError::UnsupportedScheme),
        })
    }
}
