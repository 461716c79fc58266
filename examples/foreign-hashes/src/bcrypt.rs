use repass::hash::{ForeignScheme, HashError, Work};
use repass::secret::Password;

/// bcrypt in the format of crypt(3): `$2a$`, `$2b$` or `$2y$`.
///
/// bcrypt reads 72 bytes, and its C implementations read to the first NUL. What was hashed of a longer
/// password was its beginning, which any other end would match: such passwords are
/// refused, in the time that a comparison takes, and their owners have to reset them.
pub struct Bcrypt {
    max_cost: u32,
}

impl Bcrypt {
    /// Up to this cost, the logarithm of the rounds: each step doubles the time, and 12 takes about a
    /// quarter of a second.
    pub const fn up_to(max_cost: u32) -> Self {
        Self { max_cost }
    }

    /// The unit of its work: 2 to the power of the cost.
    pub(crate) const ROUNDS: &str = "bcrypt_rounds";

    /// Reads the whole string, and says how many rounds it takes.
    pub(crate) fn rounds(&self, stored: &str) -> Result<u64, HashError> {
        // `$2x$` is of hashes that a broken implementation made.
        if !["$2a$", "$2b$", "$2y$"].iter().any(|prefix| stored.starts_with(prefix)) {
            return Err(HashError::Malformed);
        }
        let parts: bcrypt::HashParts = stored.parse().map_err(|_| HashError::Malformed)?;
        if parts.get_cost() > self.max_cost {
            return Err(HashError::OverCeiling { parameter: "cost" });
        }
        1_u64.checked_shl(parts.get_cost()).ok_or(HashError::OverCeiling { parameter: "cost" })
    }

    pub(crate) fn compare(&self, password: &[u8], stored: &str) -> Result<bool, HashError> {
        self.rounds(stored)?;
        let right = bcrypt::verify(password, stored).map_err(|_| HashError::Malformed)?;
        Ok(right & (password.len() <= 72) & !password.contains(&0))
    }

    /// Rounds come in powers of two, from 16 on, and so do their differences and sums.
    pub(crate) fn spend_rounds(&self, password: &[u8], rounds: u64) -> Result<(), HashError> {
        for cost in (4..=self.max_cost).filter(|cost| rounds >> cost & 1 == 1) {
            bcrypt::hash_with_salt(password, cost, [0; 16]).map_err(|_| HashError::Malformed)?;
        }
        Ok(())
    }
}

impl Default for Bcrypt {
    /// Up to cost 14.
    fn default() -> Self {
        Self::up_to(14)
    }
}

impl ForeignScheme for Bcrypt {
    fn recognises(&self, stored: &str) -> bool {
        stored.starts_with("$2")
    }

    fn verify(&self, password: &Password, stored: &str) -> Result<bool, HashError> {
        self.compare(password.expose_secret().as_bytes(), stored)
    }

    fn work(&self, stored: &str) -> Result<Work, HashError> {
        Ok(Work::new(Self::ROUNDS, self.rounds(stored)?))
    }

    fn spend(&self, password: &Password, work: Work) -> Result<(), HashError> {
        self.spend_rounds(password.expose_secret().as_bytes(), work.amount())
    }
}
