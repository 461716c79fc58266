//! What the rules leave, of lengths and of characters.

use alloc::vec::Vec;
use core::cell::OnceCell;
use core::ops::RangeInclusive;

use super::at_least::AtLeast;
use super::no_control_characters::NoControlCharacters;
use super::not_blank::NotBlank;
use super::{Ask, Kind, Origin, Rules, Visit};
use crate::policy::characters::classes::Classes;
use crate::policy::characters::ranges::Ranges;
use crate::policy::{CharacterClass, CharacterSet, PolicyError};

impl Rules {
    /// What is refused unless it is allowed.
    pub(in crate::policy) const fn with_defaults() -> Self {
        let mut rules = Self::NONE;
        rules.no_control_characters = Some(NoControlCharacters(Origin::Default));
        rules.not_blank = Some(NotBlank(Origin::Default));
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

    /// Takes away the characters that may not be in a password.
    pub(in crate::policy) fn narrow(&self, permitted: &mut Ranges) {
        struct Narrow<'a>(&'a mut Ranges);

        impl Visit for Narrow<'_> {
            fn visit<R: Ask>(&mut self, rule: &R) {
                rule.narrow(self.0);
            }
        }

        self.each(&mut Narrow(permitted));
    }
}

/// What the rules of a policy leave, or what they leave together with those of one of its intervals.
///
/// A stranger may have written the rules, so nothing here walks over all characters for each of them: what
/// is permitted is computed once, and compared range by range.
pub(in crate::policy) struct Limits {
    /// The fewest code points.
    pub(in crate::policy) shortest: usize,
    /// The most code points, if each takes the fewest bytes that it can.
    pub(in crate::policy) longest: usize,
    /// The method that `longest` comes from.
    pub(super) longest_by: &'static str,
    pub(super) most_bytes: usize,
    pub(super) permitted: Ranges,
    /// What all rules ask together.
    pub(super) at_least: AtLeast,
    /// The longest run of one class of characters.
    pub(super) class_run: usize,
    /// Whether there is a list of common passwords.
    pub(super) has_list: bool,
    /// Rules that could never refuse are idle there, but not elsewhere.
    is_interval: bool,
    first: OnceCell<First>,
}

/// The first permitted character of each class, and the first that is of none.
#[derive(Default)]
struct First {
    of_classes: [Option<char>; CharacterClass::DISJOINT.len()],
    of_none: Option<char>,
}

impl Limits {
    pub(in crate::policy) fn of(rules: &Rules) -> Self {
        Self::new(&[rules], 0..=usize::MAX, false)
    }

    /// Those of the passwords of these lengths, of which `others` are asked as well.
    pub(in crate::policy) fn within(
        rules: &Rules,
        others: &Rules,
        lengths: RangeInclusive<usize>,
    ) -> Self {
        Self::new(&[rules, others], lengths, true)
    }

    fn new(all: &[&Rules], lengths: RangeInclusive<usize>, is_interval: bool) -> Self {
        let mut permitted = Ranges::all();
        all.iter().for_each(|rules| rules.narrow(&mut permitted));
        let most_bytes = all.iter().map(|rules| rules.most_bytes()).min().unwrap_or(usize::MAX);
        let narrowest = permitted.first().map_or(1, char::len_utf8);
        let that_fit = most_bytes.checked_div(narrowest).unwrap_or(0);
        let max_lengths = all.iter().filter_map(|rules| Some(rules.max_length.as_ref()?.0));
        let max_length = max_lengths.chain([*lengths.end()]).min().unwrap_or(usize::MAX);
        let at_least = all.iter().filter_map(|rules| rules.at_least.as_ref());
        let runs = all.iter().filter_map(|rules| Some(rules.max_class_repeat.as_ref()?.0.max(1)));
        let shortest = all.iter().map(|rules| rules.shortest()).chain([*lengths.start()]).max();
        Self {
            shortest: shortest.unwrap_or(0),
            longest: max_length.min(that_fit),
            longest_by: if max_length <= that_fit { "max_length" } else { "max_bytes" },
            most_bytes,
            permitted,
            at_least: at_least.fold(AtLeast::nothing(), |all, rule| all.or_more(rule)),
            class_run: runs.min().unwrap_or(usize::MAX),
            has_list: all.iter().any(|rules| rules.lists().next().is_some()),
            is_interval,
            first: OnceCell::new(),
        }
    }

    /// Whether a rule of this kind has to leave something here. What needs more than the password is for
    /// the whole policy, as many a password is set without it.
    pub(in crate::policy) fn bind(&self, kind: Kind) -> bool {
        !self.is_interval || kind != Kind::Evidence
    }

    /// The fewest code points that have all that is asked of classes.
    pub(super) fn fewest(&self) -> usize {
        self.shortest.max(self.at_least.classes.total())
    }

    /// How many of these characters fit, of which the first is one of those with the fewest bytes.
    pub(super) fn that_fit(&self, first: char) -> usize {
        self.longest.min(self.most_bytes.checked_div(first.len_utf8()).unwrap_or(0))
    }

    /// How many fit of the characters that are asked for, those with the fewest bytes first.
    pub(super) fn that_fit_of(&self, classes: &Classes) -> usize {
        let asked = classes.fewest();
        let width = |class| self.first_of(class).map_or(1, char::len_utf8);
        let mut asked: Vec<_> = asked.iter().map(|(class, count)| (width(class), count)).collect();
        asked.sort_unstable();
        let (mut fit, mut bytes) = (0_usize, self.most_bytes);
        for (width, count) in asked {
            let here = count.min(bytes.checked_div(width).unwrap_or(0));
            fit = fit.saturating_add(here);
            bytes = bytes.saturating_sub(here.saturating_mul(width));
        }
        fit
    }

    /// The first permitted character of a class, which is one of those with the fewest bytes.
    pub(super) fn first_of(&self, class: CharacterClass) -> Option<char> {
        let of_classes = CharacterClass::DISJOINT.into_iter().zip(self.first().of_classes);
        of_classes.filter(|(one, _)| class.includes(*one)).filter_map(|(_, first)| first).min()
    }

    /// Whether every permitted character is of one of the classes.
    pub(super) fn has_classes_only(&self) -> bool {
        self.first().of_none.is_none()
    }

    /// Whether all permitted characters are of one class that has none in common with another.
    pub(super) fn is_one_class(&self) -> bool {
        let first = self.first();
        first.of_none.is_none() && first.of_classes.iter().flatten().count() == 1
    }

    fn first(&self) -> &First {
        self.first.get_or_init(|| {
            let mut first = First::default();
            for ((character, _), class) in self.permitted.blocks() {
                let of_classes = CharacterClass::DISJOINT.iter().zip(&mut first.of_classes);
                let of_class = of_classes.into_iter().find(|(one, _)| Some(**one) == class);
                of_class.map_or(&mut first.of_none, |(_, of)| of).get_or_insert(character);
                if first.of_none.is_some() && first.of_classes.iter().all(Option::is_some) {
                    break;
                }
            }
            first
        })
    }

    /// Whether all characters that are left are such; of none that is not said.
    pub(super) fn leaves_only(&self, is_such: impl Fn(char) -> bool) -> bool {
        self.permitted.first().is_some() && self.permitted.characters().all(is_such)
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
        match self.permitted.first() {
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
        self.refuse_idle(field, run, min, self.longest.saturating_sub(1))
    }

    /// Refuses a number below `min`, and one above `max`, with which the rule could never refuse. A rule of
    /// the whole policy may be idle in one of its intervals.
    pub(super) fn refuse_idle(
        &self,
        field: &'static str,
        value: usize,
        min: usize,
        max: usize,
    ) -> Result<(), PolicyError> {
        in_range(field, value, min, if self.is_interval { usize::MAX } else { max })
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
