//! What the rules leave, of lengths and of characters.

use super::max_length::MaxLength;
use super::min_length::MinLength;
use super::no_control_characters::NoControlCharacters;
use super::not_blank::NotBlank;
use super::{Ask, Default, Rules, Visit};
use crate::policy::{CharacterSet, PolicyError};

impl Rules {
    /// What is refused unless it is allowed.
    pub(in crate::policy) const fn with_defaults() -> Self {
        let mut rules = Self::NONE;
        rules.no_control_characters = Some(NoControlCharacters(Default::Yes));
        rules.not_blank = Some(NotBlank(Default::Yes));
        rules
    }

    /// The fewest code points.
    pub(in crate::policy) fn shortest(&self) -> usize {
        self.min_length.as_ref().map_or(0, |rule| rule.0)
    }

    /// The most code points, as far as lengths bound them: as many as bytes are allowed, since the shortest
    /// characters have one.
    pub(in crate::policy) fn longest(&self) -> usize {
        self.max_length.as_ref().map_or_else(|| self.most_bytes(), |rule| rule.0)
    }

    /// The most bytes.
    pub(in crate::policy) fn most_bytes(&self) -> usize {
        self.max_bytes.as_ref().map_or(usize::MAX, |rule| rule.0)
    }

    /// Whether a password of so many code points may pass.
    pub(in crate::policy) fn take_length(&self, length: usize) -> bool {
        self.shortest() <= length && self.max_length.as_ref().is_none_or(|most| length <= most.0)
    }

    /// Whether the character may be in a password.
    pub(in crate::policy) fn permit(&self, character: char) -> bool {
        struct Permits(char, bool);

        impl Visit for Permits {
            fn visit<R: Ask>(&mut self, rule: &R) {
                self.1 = self.1 && rule.permits(self.0);
            }
        }

        let mut permits = Permits(character, true);
        self.each(&mut permits);
        permits.1
    }

    /// The characters that may be in a password, in rising order, so that the first is one of the
    /// shortest in UTF-8.
    pub(in crate::policy) fn permitted(&self) -> impl Iterator<Item = char> + Clone {
        const ALL: &[(char, char)] = &[('\0', char::MAX)];
        let ranges = self.allowed_characters.as_ref().map_or(ALL, |rule| rule.0.ranges());
        let all = ranges.iter().flat_map(|(first, last)| *first..=*last);
        all.filter(|character| self.permit(*character))
    }

    /// The same rules for passwords of these lengths, with the classes and sets that `others` ask as
    /// well.
    pub(in crate::policy) fn of_lengths(self, min: usize, max: usize, others: &Self) -> Self {
        let at_least = match (self.at_least, &others.at_least) {
            (Some(these), Some(those)) => Some(these.or_more(those)),
            (these, those) => these.or_else(|| those.clone()),
        };
        let min_length = Some(MinLength(min)).filter(|_| min > 0);
        Self { min_length, max_length: Some(MaxLength(max)), at_least, ..self }
    }

    /// Whether all characters that are left are such; of none that is not said.
    pub(super) fn leaves_only(&self, is_such: impl Fn(char) -> bool) -> bool {
        let mut permitted = self.permitted().peekable();
        permitted.peek().is_some() && permitted.all(is_such)
    }

    /// Refuses a set that leaves no character.
    pub(super) fn refuse_no_character(
        &self,
        field: &'static str,
        set: &CharacterSet,
    ) -> Result<(), PolicyError> {
        if set.is_empty() {
            return Err(PolicyError::Empty { field });
        }
        match self.permitted().next() {
            Some(_) => Ok(()),
            None => Err(PolicyError::NoCharacterLeft { field }),
        }
    }

    /// Refuses a length of runs that nothing could break, or that is below `min`.
    pub(super) fn refuse_run(
        &self,
        field: &'static str,
        run: usize,
        min: usize,
    ) -> Result<(), PolicyError> {
        in_range(field, run, min, self.longest().saturating_sub(1))
    }
}

pub(in crate::policy) fn in_range(
    field: &'static str,
    value: usize,
    min: usize,
    max: usize,
) -> Result<(), PolicyError> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(PolicyError::OutOfRange { field, value, min, max })
}
