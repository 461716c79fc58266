use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::plan::Plan;
use super::sampled::SampledRules;
use super::shape::Shape;
use super::{Generator, GeneratorError};
use crate::policy::draw::{Alphabet, NoAlphabet};
use crate::policy::{CharacterSet, Policy};

/// Collects what a [`Generator`] is asked for; [`Policy::generator`] begins one.
#[derive(Clone, Debug)]
#[must_use]
pub struct GeneratorBuilder {
    policy: Policy,
    shape: Shape,
    lengths: Option<RangeInclusive<usize>>,
    bits: Option<u32>,
}

impl GeneratorBuilder {
    pub(super) fn new(policy: &Policy) -> Self {
        Self { policy: policy.clone(), shape: Shape::printable(), lengths: None, bits: None }
    }

    /// The length in code points, separators with them. Without it the generator takes the shortest
    /// that has the entropy that is aimed at, or else the longest that the policy takes.
    pub fn length(self, code_points: usize) -> Self {
        self.lengths(code_points..=code_points)
    }

    /// All of these lengths, as far as the policy takes them; as there are far more long passwords than
    /// short ones, most are long.
    pub fn lengths(mut self, code_points: RangeInclusive<usize>) -> Self {
        self.lengths = Some(code_points);
        self
    }

    /// The least entropy, in bits. Without it 112 are aimed at, and 48 for
    /// [`temporary`](Self::temporary) passwords, as far as the policy allows.
    pub fn entropy_bits(mut self, bits: u32) -> Self {
        self.bits = Some(bits);
        self
    }

    /// The characters to draw from, as far as the policy takes them; without it printable ASCII but for
    /// the space. At most 256.
    pub fn alphabet(mut self, alphabet: CharacterSet) -> Self {
        self.shape = Shape::Free(alphabet);
        self
    }

    /// Passwords to be read out and typed once, such as `k7wm-r2hd-fx4p`: groups of four lowercase
    /// letters and digits, without look-alikes.
    ///
    /// Where the policy cannot do without them, uppercase letters are among them too, and where it
    /// refuses the dash there are no groups.
    ///
    /// ```
    /// use repass::policy::{CharacterClass, Personal, Policy};
    ///
    /// let policy = Policy::builder().min_length(12).at_least(1, CharacterClass::Digit).build()?;
    /// let generator = policy.generator().temporary().build()?;
    /// let password = generator.generate(&Personal::none(), &mut repass::SysRng)?;
    /// assert_eq!(password.expose_secret().split('-').count(), 3);
    /// assert_eq!(generator.entropy_bits(), 55);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn temporary(mut self) -> Self {
        self.shape = Shape::Temporary;
        self
    }

    /// Makes the generator: counts the passwords, and proves a bound on the draws for one.
    ///
    /// # Errors
    ///
    /// [`GeneratorError`] when no password can have what the policy asks for, when that is too much to
    /// be counted, when no bound can be proved, or when there is less entropy than was asked for.
    pub fn build(self) -> Result<Generator, GeneratorError> {
        let mut made = Err(GeneratorError::NoCharacter);
        for set in self.shape.sets() {
            made = self.draw_from(&set);
            if !matches!(made, Err(GeneratorError::Unsatisfiable | GeneratorError::NoCharacter)) {
                break;
            }
        }
        let generator = made?;
        match self.bits {
            Some(asked) if generator.entropy_bits() < asked => {
                Err(GeneratorError::TooLittleEntropy { bits: generator.entropy_bits(), asked })
            }
            _ => Ok(generator),
        }
    }

    fn draw_from(&self, set: &CharacterSet) -> Result<Generator, GeneratorError> {
        let rules = SampledRules::of(&self.policy);
        let most = rules.longest().min(Generator::LONGEST);
        let taken = rules.shortest().max(1)..=most;
        if let Some(lengths) = &self.lengths {
            let shortest = (*lengths.start()).max(*taken.start());
            let longest = (*lengths.end()).min(most);
            return self.every_length(set, shortest..=longest);
        }
        let aim = self.bits.unwrap_or(self.shape.bits());
        let has_whole = taken.clone().any(|length| self.shape.is_whole(length));
        let lengths = taken.filter(|length| !has_whole || self.shape.is_whole(*length));
        // A character is worth less than this, so shorter ones need not be looked at.
        let characters = self.alphabet_of(set, &rules)?.characters.len();
        let bits = characters.checked_ilog2().unwrap_or(0).saturating_add(1);
        let is_too_short = |length: usize| length.saturating_mul(bits as usize) < aim as usize;
        let longest = lengths.clone().next_back();
        let mut made = Err(GeneratorError::NoLength { longest: Generator::LONGEST });
        for length in lengths.filter(|length| !is_too_short(*length) || longest == Some(*length)) {
            let next = self.every_length(set, length..=length);
            let is_enough = next.as_ref().is_ok_and(|generator| generator.entropy_bits() >= aim);
            if next.is_ok() || matches!(made, Err(GeneratorError::NoLength { .. })) {
                made = next;
            }
            if is_enough {
                break;
            }
        }
        made
    }

    /// Draws from the passwords of all these lengths that can have what is owed.
    fn every_length(
        &self,
        set: &CharacterSet,
        lengths: RangeInclusive<usize>,
    ) -> Result<Generator, GeneratorError> {
        if lengths.is_empty() {
            return Err(GeneratorError::NoLength { longest: Generator::LONGEST });
        }
        let limbs = Plan::limbs(*lengths.end());
        let (mut plans, mut none) = (Vec::new(), GeneratorError::Unsatisfiable);
        for length in lengths {
            let rules = SampledRules::at(&self.policy, length);
            if !rules.take(length) {
                continue;
            }
            let alphabet = self.alphabet_of(set, &rules);
            match alphabet.and_then(|alphabet| Plan::new(rules, alphabet, length, limbs)) {
                Ok(plan) => plans.push(plan),
                Err(error @ (GeneratorError::Unsatisfiable | GeneratorError::NoCharacter)) => {
                    none = error
                }
                Err(error) => return Err(error),
            }
        }
        if plans.is_empty() {
            return Err(none);
        }
        Ok(Generator::new(&self.policy, plans, limbs))
    }

    fn alphabet_of(
        &self,
        set: &CharacterSet,
        rules: &SampledRules,
    ) -> Result<Alphabet, GeneratorError> {
        let made = Alphabet::new(set, self.shape.separator(), &rules.permitted());
        made.map_err(|error| match error {
            NoAlphabet::NoCharacter => GeneratorError::NoCharacter,
            NoAlphabet::TooManyCharacters => {
                GeneratorError::TooManyCharacters { most: Alphabet::MOST }
            }
        })
    }
}
