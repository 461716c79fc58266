use alloc::string::String;

use super::counted::Counted;
use super::sampled::SampledRules;
use super::shape::Shape;
use super::{Generator, GeneratorError, number};
use crate::policy::Personal;
use crate::policy::draw::{Alphabet, Draw, power};

/// How passwords of one length are made.
pub(super) struct Plan {
    alphabet: Alphabet,
    counted: Counted,
    /// Which part of what may be drawn from the alphabet is counted.
    accepted: f64,
    /// The chance, at most, that one that is counted is refused, for any owner.
    pub(super) refused: f64,
    rules: SampledRules,
}

impl Plan {
    /// Limbs that hold the number of all passwords up to this length: 8 bits for a character, and as
    /// many for the sum over lengths.
    pub(super) const fn limbs(longest: usize) -> usize {
        longest.saturating_add(1).div_ceil(8)
    }

    pub(super) fn new(
        rules: SampledRules,
        alphabet: Alphabet,
        length: usize,
        limbs: usize,
    ) -> Result<Self, GeneratorError> {
        let places = Shape::places(length, alphabet.separator);
        let counted = Counted::new(&rules.needs(), &alphabet, &places, limbs)?;
        if number::bits(counted.count()) == 0 {
            return Err(GeneratorError::Unsatisfiable);
        }
        let draw = Draw { alphabet: &alphabet, places: &places };
        let accepted = number::to_f64(counted.count()) / power(alphabet.size(), draw.drawn());
        let most = Generator::most_refused(rules.asks_owner);
        let refused = rules.refuse_at_most(draw, accepted, most)?;
        Ok(Self { alphabet, counted, accepted, refused, rules })
    }

    /// How many passwords have what is owed.
    pub(super) fn count(&self) -> &[u64] {
        self.counted.count()
    }

    pub(super) fn length(&self) -> usize {
        self.counted.places().len()
    }

    /// Whether the owner's names matter, in this length or another.
    pub(super) const fn asks_owner(&self) -> bool {
        self.rules.asks_owner
    }

    /// The most bytes of a password.
    pub(super) fn bytes(&self) -> usize {
        self.length().saturating_mul(char::MAX.len_utf8())
    }

    /// Appends the password with the number `rank`, and uses that up.
    pub(super) fn append(&self, rank: &mut [u64], password: &mut String) {
        self.counted.append(rank, password);
    }

    /// The chance, at most, that one that is counted is refused for this owner.
    pub(super) fn refused_for(&self, about: &Personal<'_>) -> f64 {
        let draw = Draw { alphabet: &self.alphabet, places: self.counted.places() };
        self.rules.refuse_owner_at_most(draw, about) / self.accepted
    }
}
