use data_encoding::{BASE64, HEXLOWER};
use repass::hash::{Cost, ForeignScheme, HashError, Hasher, Verdict};
use repass::secret::{Password, PasswordHash};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Bcrypt, Pbkdf2, Scrypt, number, parts, tag};

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
        if stored.starts_with('!') {
            // As much work as for whoever has one.
            return self.argon2.verify(password, None::<&PasswordHash>).map(|_| false);
        }
        let typed = password.expose_secret().as_bytes();
        let (scheme, rest) = stored.split_once('$').ok_or(HashError::Malformed)?;
        let decode = |text: &str| BASE64.decode(text.as_bytes()).map_err(|_| HashError::Malformed);
        match scheme {
            "pbkdf2_sha256" => {
                let [rounds, salt, hash] = parts(rest, '$')?;
                let (rounds, hash) = (number(rounds)?, tag(decode(hash)?)?);
                // The salt is the text itself.
                self.pbkdf2.compare(typed, rounds, salt.as_bytes(), &hash)
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
                let hash = tag(decode(hash)?)?;
                self.scrypt.compare(typed, (n.ilog2(), r, p), salt.as_bytes(), &hash)
            }
            // The digest in hexadecimal has 64 bytes and no NUL, whatever the password has.
            "bcrypt_sha256" => {
                let digest = Zeroizing::new(<[u8; 32]>::from(Sha256::digest(typed)));
                let digest = Zeroizing::new(HEXLOWER.encode(&*digest));
                self.bcrypt.compare(digest.as_bytes(), rest)
            }
            "bcrypt" => self.bcrypt.compare(typed, rest),
            "argon2" => {
                // `argon2$argon2id$v=19$…`: the rest is a PHC string but for its first character.
                let stored = format!("${rest}");
                let stored =
                    PasswordHash::from_stored(&stored).map_err(|_| HashError::Malformed)?;
                Ok(self.argon2.verify(password, &stored)? != Verdict::Mismatch)
            }
            _ => Err(HashError::UnsupportedScheme),
        }
    }
}
