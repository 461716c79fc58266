use alloc::vec::Vec;
use core::fmt;

use super::hasher::Read;
use super::memory::Slot;
use super::{AboveCeiling, Cost, HashError, Hasher, Verdict, Work};
use crate::secret::{Password, PasswordHash, TypedPassword};

/// Compares a typed password with what is stored, and does the same work in every case: for an
/// unknown account, an account without a password, a marker that no password matches, an unreadable
/// string, a cheap hash, and a hash of a *foreign scheme*, which is one of another system.
///
/// The host must declare the most expensive hashes that are still stored, with
/// [`with_stored_cost`](Self::with_stored_cost) and [`with_stored`](Self::with_stored). If it
/// leaves one out, sign-ins to the accounts that have such a hash take longer than others, which
/// reveals that these accounts exist. [`covers`](Self::covers) checks a stored hash.
///
/// Each comparison does the work of the most expensive Argon2 hash and, in addition, that of the
/// most expensive hash of each declared foreign scheme. A part of this work is the comparison
/// itself; the rest is done for nothing. The work is the same in kind and amount, not only in time,
/// so the load on the machine does not tell the cases apart. There is one exception, which depends
/// only on what the person typed: text that is not in Normalization Form C (NFC) is compared in
/// both spellings, for twice the work.
///
/// Each declared scheme makes every sign-in more expensive. Remove the declaration when the last
/// hash of the scheme is gone. Cheap to clone.
///
/// ```
/// use repass::hash::{Cost, Hasher, Verdict, Verifier};
/// use repass::secret::{Password, Salt, TypedPassword};
///
/// # let cost = Cost::new(64, 2, 1)?; // for the example: far too cheap
/// # let former_cost = Cost::new(32, 2, 1)?;
/// let hasher = Hasher::new(cost);
/// let verifier = Verifier::new(hasher.clone());
/// let former = Hasher::new(former_cost);
/// let stored = former.hash(&Password::new("plum-kettle-42")?, Salt::generate(&mut repass::SysRng)?)?;
///
/// let typed = TypedPassword::new("plum-kettle-42")?;
/// let compared = verifier.compare(&typed, Some(&stored))?;
/// assert_eq!(compared.verdict(), Verdict::MatchOutdated);
/// let nobody = verifier.compare(&typed, None)?;
/// assert_eq!(nobody.verdict(), Verdict::Mismatch);
/// assert_eq!(nobody.filled_kib(), compared.filled_kib());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    hasher: Hasher,
    /// The most that an Argon2 hash takes.
    argon2: Cost,
    /// Of the declared Argon2 hashes, the one with the most memory.
    memory: Cost,
    foreign: Vec<ForeignCeiling>,
}

/// The most that hashes of the foreign scheme at this index take in one unit.
#[derive(Clone, Debug)]
struct ForeignCeiling {
    index: usize,
    work: Work,
}

impl Verifier {
    /// Starts with the declaration that stored hashes are at most as expensive as new ones of
    /// `hasher`, and that none is of a foreign scheme.
    #[must_use]
    pub const fn new(hasher: Hasher) -> Self {
        let cost = hasher.cost();
        Self { hasher, argon2: cost, memory: cost, foreign: Vec::new() }
    }

    /// Declares the cost of Argon2 hashes that are still stored, for example an earlier cost of new
    /// hashes.
    #[must_use]
    pub fn with_stored_cost(self, cost: Cost) -> Self {
        let most = |one: Cost, other: Cost, more: bool| if more { other } else { one };
        Self {
            argon2: most(self.argon2, cost, cost.filled_kib() > self.argon2.filled_kib()),
            memory: most(self.memory, cost, cost.memory_kib() > self.memory.memory_kib()),
            ..self
        }
    }

    /// Declares the most expensive stored hash of a scheme, by an example. Only the parameters of
    /// the string are read, so you do not need to know its password.
    ///
    /// If the hashes of one scheme take several kinds of work, as those of Django do, call this
    /// once for each kind.
    ///
    /// # Errors
    ///
    /// The [`HashError`] of a string that `hasher` cannot read.
    pub fn with_stored(mut self, most_expensive: &PasswordHash) -> Result<Self, HashError> {
        let (index, work) = match self.hasher.read(most_expensive)? {
            Read::Argon2 { stored, .. } => {
                let cost = stored.cost;
                return Ok(self.with_stored_cost(cost));
            }
            Read::Foreign { index, scheme, text } => (index, scheme.work(text)?),
        };
        match self.foreign.iter_mut().find(|known| known.is_of(index, &work)) {
            Some(known) if known.work.amount() >= work.amount() => {}
            Some(known) => known.work = work,
            None => self.foreign.push(ForeignCeiling { index, work }),
        }
        Ok(self)
    }

    /// Checks that a sign-in with this stored string takes as long as all others, and that the
    /// string can be read. Call this for each string that you import. A marker that no password
    /// matches is covered.
    ///
    /// # Errors
    ///
    /// [`NotCovered`] says why not.
    pub fn covers(&self, stored: &PasswordHash) -> Result<(), NotCovered> {
        if !stored.is_usable() {
            return Ok(());
        }
        let read = self.hasher.read(stored).map_err(NotCovered::Unreadable)?;
        let work = read.work().map_err(NotCovered::Unreadable)?;
        self.exceeded(&read, work).map_or(Ok(()), |above| Err(NotCovered::AboveCeiling(above)))
    }

    /// The hasher for new passwords.
    #[must_use]
    pub const fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// Compares a typed password with what is stored, or with nothing. This does CPU work and no
    /// I/O.
    ///
    /// If the hash matches only the spelling that was typed, and not the NFC of it, it is reported
    /// as outdated.
    ///
    /// # Errors
    ///
    /// [`HashError::Busy`] and [`HashError::OutOfMemory`], in which case nothing was decided. An
    /// unreadable stored string is not an error: see [`Comparison::unreadable`].
    pub fn compare(
        &self,
        typed: &TypedPassword,
        stored: Option<&PasswordHash>,
    ) -> Result<Comparison, HashError> {
        // One slot and the same memory in every case, so that neither tells what is stored.
        let mut slot = self.hasher.slot(&self.memory)?;
        let mut compared = Comparison::default();
        let stored = stored.filter(|stored| stored.is_usable());
        let read = stored.map(|stored| {
            let read = self.hasher.read(stored)?;
            read.work().map(|work| (read, work))
        });
        let read = match read.transpose() {
            Ok(read) => read,
            Err(error) => {
                compared.unreadable = Some(error);
                None
            }
        };
        compared.above_ceiling = read.as_ref().and_then(|(read, work)| self.exceeded(read, *work));
        for (number, spelling) in typed.spellings().enumerate() {
            let done = match &read {
                None => None,
                Some((read, work)) => match self.hasher.compare(&mut slot, spelling, read) {
                    Ok(verdict) => {
                        compared.found(verdict, number);
                        Some((read, *work))
                    }
                    Err(error) if error.is_transient() => return Err(error),
                    Err(error) => {
                        compared.unreadable = Some(error);
                        None
                    }
                },
            };
            self.make_up(&mut slot, spelling, done)?;
        }
        compared.filled_kib = slot.filled_kib();
        Ok(compared)
    }

    /// Does what `done` leaves of the declared work.
    fn make_up(
        &self,
        slot: &mut Slot<'_>,
        password: &Password,
        done: Option<(&Read<'_>, Work)>,
    ) -> Result<(), HashError> {
        let rest = match done {
            Some((Read::Argon2 { stored, .. }, _)) => self.argon2.rest_after(&stored.cost),
            Some((Read::Foreign { .. }, _)) | None => [Some(self.argon2), None],
        };
        for cost in rest.into_iter().flatten() {
            self.hasher.fill(slot, password, &cost)?;
        }
        for ceiling in &self.foreign {
            let done = match done {
                Some((Read::Foreign { index, .. }, work)) if ceiling.is_of(*index, &work) => {
                    work.amount()
                }
                _ => 0,
            };
            let rest = ceiling.work.amount().saturating_sub(done);
            let scheme = self.hasher.scheme(ceiling.index).filter(|_| rest > 0);
            if let Some(scheme) = scheme {
                scheme.spend(password, Work::new(ceiling.work.unit(), rest))?;
            }
        }
        Ok(())
    }

    fn exceeded(&self, read: &Read<'_>, work: Work) -> Option<AboveCeiling> {
        let above = |found: Work, ceiling: u64| {
            (found.amount() > ceiling).then_some(AboveCeiling { found, ceiling })
        };
        match read {
            Read::Argon2 { stored, .. } => {
                // More memory than is at hand takes time to get, even for fewer passes.
                let memory = Work::new("argon2_memory_kib", stored.cost.memory_kib().into());
                above(work, self.argon2.filled_kib())
                    .or_else(|| above(memory, self.memory.memory_kib().into()))
            }
            Read::Foreign { index, .. } => {
                let ceiling = self.foreign.iter().find(|ceiling| ceiling.is_of(*index, &work));
                above(work, ceiling.map_or(0, |ceiling| ceiling.work.amount()))
            }
        }
    }
}

impl ForeignCeiling {
    fn is_of(&self, index: usize, work: &Work) -> bool {
        self.index == index && self.work.unit() == work.unit()
    }
}

/// The result of a comparison by a [`Verifier`]. `Debug` does not show it, so that a log does not
/// reveal which accounts exist.
#[derive(Clone, Copy)]
#[must_use]
pub struct Comparison {
    verdict: Verdict,
    unreadable: Option<HashError>,
    above_ceiling: Option<AboveCeiling>,
    filled_kib: u64,
}

impl Default for Comparison {
    /// Nothing was compared.
    fn default() -> Self {
        let verdict = Verdict::Mismatch;
        Self { verdict, unreadable: None, above_ceiling: None, filled_kib: 0 }
    }
}

impl Comparison {
    /// Whether the password is right. It never is if nothing is stored, or if what is stored is a
    /// marker or unreadable.
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// Why the stored string could not be read. The owner of the account cannot sign in with any
    /// password, so log this.
    #[must_use]
    pub const fn unreadable(&self) -> Option<HashError> {
        self.unreadable
    }

    /// How far the stored string exceeds the declared work. This comparison took longer than
    /// others, which reveals that the account exists: log this, and declare the hash.
    #[must_use]
    pub const fn above_ceiling(&self) -> Option<AboveCeiling> {
        self.above_ceiling
    }

    /// How many KiB Argon2 filled in this comparison, including the work that was done for nothing.
    /// It is the same for all comparisons within the declared cost, with three exceptions. Argon2
    /// takes memory in steps of 4 KiB. A stored hash with the memory of the declared cost and fewer
    /// passes takes an eighth of the memory more. Text that is not in NFC doubles the amount.
    #[must_use]
    pub const fn filled_kib(&self) -> u64 {
        self.filled_kib
    }

    /// Hashes are made of the first spelling, which is NFC; one that fits another is to be replaced.
    const fn found(&mut self, verdict: Verdict, spelling: usize) {
        match verdict {
            Verdict::Mismatch => {}
            Verdict::Match if spelling == 0 => self.verdict = Verdict::Match,
            Verdict::Match | Verdict::MatchOutdated => self.verdict = Verdict::MatchOutdated,
        }
    }
}

impl fmt::Debug for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Comparison(..)")
    }
}

/// Why [`Verifier::covers`] refused a stored string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotCovered {
    /// A sign-in with this string takes longer than all others. Declare the string, or replace it.
    AboveCeiling(AboveCeiling),
    /// The string cannot be read, so no password matches it. A sign-in takes as long as all others.
    Unreadable(HashError),
}

impl NotCovered {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AboveCeiling(above) => above.code(),
            Self::Unreadable(error) => error.code(),
        }
    }
}

impl fmt::Display for NotCovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AboveCeiling(above) => above.fmt(f),
            Self::Unreadable(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for NotCovered {}
