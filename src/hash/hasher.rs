use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Version};
use subtle::ConstantTimeEq;

use super::compute::{OUTPUT_BYTES, blocks, compute, params, with_secret};
use super::memory::{Slot, Slots};
use super::phc::Stored;
use super::{Cost, ForeignScheme, HashError, Work};
use crate::key::{KeyId, Keyring};
use crate::secret::{Password, PasswordHash, Salt};

/// Hashes passwords with Argon2id and verifies stored hashes.
///
/// Both take tens of milliseconds of one core: in a service they belong on a thread for blocking
/// work. As many run at once as there are slots, and no more memory is used than they need. Cheap to
/// clone; clones share the slots.
///
/// ```
/// use repass::hash::{Cost, Hasher, Verdict};
/// use repass::secret::{Password, Salt};
///
/// let hasher = Hasher::new(Cost::OWASP);
/// let password = Password::new("correct horse battery staple")?;
/// let stored = hasher.hash(&password, Salt::generate(&mut repass::SysRng)?)?;
/// assert!(stored.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
/// assert_eq!(hasher.verify(&password, &stored)?, Verdict::Match);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Hasher {
    cost: Cost,
    ceiling: Cost,
    peppers: Option<Keyring>,
    foreign: Vec<Arc<dyn ForeignScheme>>,
    slots: Arc<Slots>,
    shortest_tag: usize,
}

/// Bytes of the shortest tag that a PHC string has.
const SHORTEST_TAG: usize = 10;

impl Hasher {
    /// How many hashes a new hasher computes at a time.
    pub const DEFAULT_SLOTS: usize = 8;
    /// The most hashes that a hasher computes at a time.
    pub const MAX_SLOTS: usize = 1024;

    /// Hashes at this cost, [`Hasher::DEFAULT_SLOTS`] at a time, and verifies stored hashes up to a
    /// ceiling of four times its memory and passes, at least 64 MiB and 8 passes.
    #[must_use]
    pub fn new(cost: Cost) -> Self {
        let ceiling = Cost::new(
            cost.memory_kib().saturating_mul(4).clamp(65_536, Cost::MAX_MEMORY_KIB),
            cost.passes().saturating_mul(4).clamp(8, Cost::MAX_PASSES),
            Cost::MAX_LANES,
        );
        Self {
            cost,
            ceiling: ceiling.unwrap_or(cost),
            peppers: None,
            foreign: Vec::new(),
            slots: Arc::new(Slots::new(Self::DEFAULT_SLOTS, blocks(&cost))),
            shortest_tag: OUTPUT_BYTES,
        }
    }

    /// Verifies stored hashes up to this ceiling, or up to the cost of new ones where that is
    /// higher: what is hashed here can always be verified here.
    #[must_use]
    pub fn with_ceiling(self, ceiling: Cost) -> Self {
        let highest = Cost::new(
            ceiling.memory_kib().max(self.cost.memory_kib()),
            ceiling.passes().max(self.cost.passes()),
            ceiling.lanes().max(self.cost.lanes()),
        );
        Self { ceiling: highest.unwrap_or(self.cost), ..self }
    }

    /// Computes at most this many hashes at a time, 1 to [`Hasher::MAX_SLOTS`]; the nearest of these
    /// for any other number.
    ///
    /// A slot takes the memory of one hash when it is first used, and keeps it. More than a few for
    /// each core make each hash slower and no more of them.
    #[must_use]
    pub fn with_slots(self, number: usize) -> Self {
        let number = number.clamp(1, Self::MAX_SLOTS);
        Self { slots: Arc::new(Slots::new(number, blocks(&self.cost))), ..self }
    }

    /// Mixes a secret into every new hash, so that whoever steals the user table alone cannot guess
    /// (NIST SP 800-63B-4, section 3.1.1.2).
    ///
    /// It is Argon2's secret value `K` (RFC 9106, section 3.1), derived from the key that signs, and the
    /// string names it: `keyid` is its id. A hash that was made with another key of the ring, or with
    /// none, still verifies and is outdated. One that names a key which is not in the ring is an error,
    /// so a key is removed only when no stored hash names it. Give peppers a ring of their own: the
    /// keys of tokens are removed after days.
    ///
    /// ```
    /// use repass::hash::{Hasher, Verdict};
    /// use repass::key::{Key, KeyId, Keyring};
    /// use repass::secret::{Password, Salt};
    ///
    /// let peppers = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
    /// let hasher = Hasher::default().with_pepper(peppers.clone());
    /// let password = Password::new("correct horse battery staple")?;
    /// let stored = hasher.hash(&password, Salt::generate(&mut repass::SysRng)?)?;
    /// assert!(stored.expose_secret().starts_with("$argon2id$v=19$m=19456,t=2,p=1,keyid=AAE$"));
    ///
    /// let rotated = peppers.rotate(KeyId::new(2), Key::generate(&mut repass::SysRng)?)?;
    /// let hasher = hasher.with_pepper(rotated);
    /// assert_eq!(hasher.verify(&password, &stored)?, Verdict::MatchOutdated);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_pepper(self, peppers: Keyring) -> Self {
        Self { peppers: Some(peppers), ..self }
    }

    /// Verifies Argon2 hashes whose tags have at least so many bytes, 10 to 32; the nearest of these for
    /// any other number.
    ///
    /// Without this, a tag of less than 32 bytes is [`HashError::Malformed`]: it is what a column that
    /// is too narrow makes of a hash string, and no password would match it. Other software has made
    /// tags of 16 bytes, for example argon2-cffi before version 21.2. If you move such hashes, say so
    /// here, in columns that are wide enough; they are outdated.
    #[must_use]
    pub fn with_short_tags(self, bytes: usize) -> Self {
        Self { shortest_tag: bytes.clamp(SHORTEST_TAG, OUTPUT_BYTES), ..self }
    }

    /// Verifies hashes of another scheme too; the first that recognises a string is asked.
    #[must_use]
    pub fn with_foreign(mut self, scheme: impl ForeignScheme + 'static) -> Self {
        self.foreign.push(Arc::new(scheme));
        self
    }

    /// The cost of new hashes.
    #[must_use]
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// How many hashes are computed at a time: as many permits as a service hands out.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots.number()
    }

    /// Hashes a password into a PHC string of at most 128 characters.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] when all slots are in use, and [`HashError::OutOfMemory`] when the memory
    /// is not to be had.
    pub fn hash(&self, password: &Password, salt: Salt) -> Result<PasswordHash, HashError> {
        let salt = phc::Salt::new(&*salt.0).map_err(|_| HashError::Malformed)?;
        let argon2 = self.argon2(&self.cost)?;
        let output = compute(&argon2, &mut self.slots.take()?, password, &salt)?;
        let stored = Stored {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            cost: self.cost,
            pepper: self.pepper_id(),
            salt,
            output: phc::Output::new(&output).map_err(|_| HashError::Malformed)?,
        };
        let text = stored.print().ok_or(HashError::Malformed)?;
        PasswordHash::from_stored(&text).map_err(|_| HashError::Malformed)
    }

    /// Compares a password with a stored hash, in constant time.
    ///
    /// `stored` is a hash or an `Option` of one. Without one, because there is no such account or it has no
    /// password, a hash is computed at the cost of new ones and the answer is [`Verdict::Mismatch`]:
    /// a sign-in that hands over what it found takes as long for whoever does not exist. See
    /// [the example](crate::hash#sign-in).
    ///
    /// # Errors
    ///
    /// [`HashError::Malformed`], [`HashError::UnsupportedScheme`], [`HashError::OverCeiling`] and
    /// [`HashError::UnknownPepper`] before any work is done; [`HashError::Busy`] and
    /// [`HashError::OutOfMemory`].
    pub fn verify<'a>(
        &self,
        password: &Password,
        stored: impl Into<Option<&'a PasswordHash>>,
    ) -> Result<Verdict, HashError> {
        let Some(stored) = stored.into() else {
            self.fill(&mut self.slots.take()?, password, &self.cost)?;
            return Ok(Verdict::Mismatch);
        };
        let read = self.read(stored)?;
        self.compare(&mut self.slots.take()?, password, &read)
    }

    /// Reads a stored string, without any work.
    pub(super) fn read<'a>(&'a self, stored: &'a PasswordHash) -> Result<Read<'a>, HashError> {
        if !stored.is_readable() {
            return Err(HashError::Malformed);
        }
        let text = stored.expose_secret();
        if Stored::is_claimed_by(text) {
            return self.read_argon2(text);
        }
        let mut schemes = self.foreign.iter().enumerate();
        let found = schemes.find(|(_, scheme)| scheme.recognises(text));
        let (index, scheme) = found.ok_or(HashError::UnsupportedScheme)?;
        Ok(Read::Foreign { index, scheme, text })
    }

    fn read_argon2(&self, text: &str) -> Result<Read<'_>, HashError> {
        let stored = Stored::parse(text, self.shortest_tag)?;
        if let Some(parameter) = self.ceiling.exceeded_by(&stored.cost) {
            return Err(HashError::OverCeiling { parameter });
        }
        let pepper = match stored.pepper {
            Some(id) => Some(self.pepper(id).ok_or(HashError::UnknownPepper { id })?),
            None => None,
        };
        let params = params(&stored.cost, stored.output.len())?;
        let argon2 = with_secret(pepper, stored.algorithm, stored.version, params)?;
        Ok(Read::Argon2 { argon2, stored })
    }

    /// Compares a password with a string that was read.
    pub(super) fn compare(
        &self,
        slot: &mut Slot<'_>,
        password: &Password,
        read: &Read<'_>,
    ) -> Result<Verdict, HashError> {
        let (right, outdated) = match read {
            Read::Argon2 { argon2, stored } => {
                let output = compute(argon2, slot, password, &stored.salt)?;
                let right = output.as_slice().ct_eq(stored.output.as_bytes()).into();
                (right, self.is_outdated(stored))
            }
            // Its memory is the scheme's own; the slot bounds how many run at once.
            Read::Foreign { scheme, text, .. } => (scheme.verify(password, text)?, true),
        };
        Ok(match (right, outdated) {
            (false, _) => Verdict::Mismatch,
            (true, false) => Verdict::Match,
            (true, true) => Verdict::MatchOutdated,
        })
    }

    /// How much work it takes to compare a password with this string: for schemes that wrap this
    /// hasher, see [`ForeignScheme::work`].
    ///
    /// # Errors
    ///
    /// Those of [`verify`](Self::verify) that come before any work.
    pub fn work(&self, stored: &PasswordHash) -> Result<Work, HashError> {
        self.read(stored)?.work()
    }

    /// Fills so many KiB, of [`Work::ARGON2_KIB`], in vain: for schemes that wrap this hasher, see
    /// [`ForeignScheme::spend`]. Argon2 takes memory in steps of 4 KiB for each pass.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] and [`HashError::OutOfMemory`].
    pub fn spend(&self, password: &Password, kib: u64) -> Result<(), HashError> {
        match self.cost.filling(kib) {
            Some(cost) => self.fill(&mut self.slots.take()?, password, &cost),
            None => Ok(()),
        }
    }

    /// Computes a hash in vain.
    pub(super) fn fill(
        &self,
        slot: &mut Slot<'_>,
        password: &Password,
        cost: &Cost,
    ) -> Result<(), HashError> {
        compute(&self.argon2(cost)?, slot, password, &[0; 16]).map(|_| ())
    }

    /// A slot that nobody uses, with the memory of a hash of this cost.
    pub(super) fn slot(&self, memory_of: &Cost) -> Result<Slot<'_>, HashError> {
        let mut slot = self.slots.take()?;
        slot.blocks(blocks(memory_of))?;
        Ok(slot)
    }

    pub(super) fn scheme(&self, index: usize) -> Option<&dyn ForeignScheme> {
        self.foreign.get(index).map(|scheme| &**scheme)
    }

    fn is_outdated(&self, stored: &Stored) -> bool {
        stored.algorithm != Algorithm::Argon2id
            || stored.version != Version::V0x13
            || stored.output.len() < OUTPUT_BYTES
            || stored.pepper != self.pepper_id()
            || self.cost.is_above(&stored.cost)
    }

    /// What computes new hashes, at this cost.
    fn argon2(&self, cost: &Cost) -> Result<Argon2<'_>, HashError> {
        let pepper = self.pepper_id().and_then(|id| self.pepper(id));
        let params = params(cost, OUTPUT_BYTES)?;
        with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)
    }

    fn pepper_id(&self) -> Option<KeyId> {
        self.peppers.as_ref().map(Keyring::signing_id)
    }

    fn pepper(&self, id: KeyId) -> Option<&[u8; 32]> {
        Some(&self.peppers.as_ref()?.subkeys(id)?.pepper)
    }
}

impl Default for Hasher {
    /// Hashes at [`Cost::OWASP`].
    fn default() -> Self {
        Self::new(Cost::OWASP)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("cost", &self.cost)
            .field("ceiling", &self.ceiling)
            .field("peppers", &self.peppers)
            .field("slots", &self.slots.number())
            .finish_non_exhaustive()
    }
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[must_use]
pub enum Verdict {
    /// The password is right.
    Match,
    /// The password is right, and its hash is weaker than a new one would be: hash it again.
    MatchOutdated,
    /// The password is wrong, or there was no hash to compare it with.
    Mismatch,
}

/// A stored string that was read and can be compared with a password.
#[expect(clippy::large_enum_variant, reason = "a comparison has one of them on the stack")]
pub(super) enum Read<'a> {
    Argon2 {
        argon2: Argon2<'a>,
        stored: Stored,
    },
    /// Of the foreign scheme at this index.
    Foreign {
        index: usize,
        scheme: &'a Arc<dyn ForeignScheme>,
        text: &'a str,
    },
}

impl Read<'_> {
    /// The work of comparing it.
    pub(super) fn work(&self) -> Result<Work, HashError> {
        match self {
            Self::Argon2 { stored, .. } => Ok(Work::of_argon2(&stored.cost)),
            Self::Foreign { scheme, text, .. } => scheme.work(text),
        }
    }
}
