use alloc::vec::Vec;

use super::{
    Breach, BreachUnknown, Personal, Policy, Violation, WhenUnknown, change, containment, context,
    keyboard, numeric, repeat, sequence, similarity,
};

impl Policy {
    /// What is wrong with `password`, in the order of the requirements.
    pub(super) fn ask_every_rule(&self, password: &str, about: &Personal<'_>) -> Vec<Violation> {
        let mut found = Vec::new();
        found.extend(self.similarity(password, about));
        let length = password.chars().count();
        found.extend(self.length(length));
        found.extend(self.common(password));
        found.extend(self.numeric(password));
        found.extend(self.composition(password));
        self.own_composition(password, &mut found);
        self.characters(password, &mut found);
        self.repeats(password, &mut found);
        self.patterns(password, &mut found);
        if self.no_personal_names
            && let Some(attribute) = containment::contained_attribute(password, about)
        {
            found.push(Violation::PersonalName { attribute });
        }
        if self.no_palindrome && change::is_palindrome(password) {
            found.push(Violation::Palindrome);
        }
        for rule in self.own_rules().filter(|rule| !rule.accepts(password, about)) {
            found.push(Violation::Own { code: rule.code(), message: rule.message() });
        }
        if let Some(interval) = self.intervals().find(|interval| interval.contains(length)) {
            found.extend(interval.rules.ask_every_rule(password, about));
        }
        found
    }

    /// What the rule about breaches makes of the answer of a source.
    pub(super) fn breaches(&self, breach: Breach) -> Option<Violation> {
        let (max_breaches, when_unknown) = self.max_breaches?;
        match breach {
            Breach::Count(count) if count.get() > max_breaches => {
                Some(Violation::Breached { max_breaches, count })
            }
            Breach::Unknown(reason)
                if when_unknown == WhenUnknown::Refuse || reason == BreachUnknown::NotAsked =>
            {
                Some(Violation::BreachUnknown { reason })
            }
            _ => None,
        }
    }

    /// Whether there is more to look at than the policy takes.
    pub(super) fn ceilings(&self, password: &str, about: &Personal<'_>) -> Option<Violation> {
        if let Some(max_bytes) = self.max_bytes.filter(|max_bytes| password.len() > *max_bytes) {
            return Some(Violation::TooManyBytes { max_bytes });
        }
        let (max_attributes, max_bytes) = self.max_personal?;
        let is_too_long =
            |(number, value): (usize, &str)| number >= max_attributes || value.len() > max_bytes;
        about
            .present()
            .map(|(_, value)| value)
            .enumerate()
            .any(is_too_long)
            .then_some(Violation::TooMuchPersonal { max_attributes, max_bytes })
    }

    fn similarity(&self, password: &str, about: &Personal<'_>) -> Option<Violation> {
        similarity::similar_attribute(password, about, self.max_similarity?)
            .map(|attribute| Violation::TooSimilar { attribute })
    }

    fn length(&self, length: usize) -> Option<Violation> {
        if length < self.min_length {
            return Some(Violation::TooShort { min_length: self.min_length });
        }
        self.max_length
            .filter(|max_length| length > *max_length)
            .map(|max_length| Violation::TooLong { max_length })
    }

    fn common(&self, password: &str) -> Option<Violation> {
        if self.lists().any(|list| list.contains(password)) {
            return Some(Violation::TooCommon);
        }
        let by = self.reductions?.find(password, self.lists())?;
        Some(Violation::DerivedFromCommon { by })
    }

    fn numeric(&self, password: &str) -> Option<Violation> {
        (self.not_entirely_numeric && numeric::is_entirely_numeric(password))
            .then_some(Violation::EntirelyNumeric)
    }

    fn composition(&self, password: &str) -> Option<Violation> {
        if self.classes.asks_nothing() {
            return None;
        }
        let missing = self.classes.missing_from(password);
        (!missing.asks_nothing()).then_some(Violation::MissingClasses { missing })
    }

    /// The rules that look at one character at a time.
    fn characters(&self, password: &str, found: &mut Vec<Violation>) {
        if let Some(place) = self.no_white_space {
            found.extend(
                place
                    .position_in(password)
                    .map(|position| Violation::WhiteSpace { place, position }),
            );
        }
        if self.no_control_characters {
            let position = password.chars().position(char::is_control);
            found.extend(position.map(|position| Violation::ControlCharacter { position }));
        }
        if let Some(allowed) = &self.allowed {
            let position = password.chars().position(|character| !allowed.contains(character));
            found.extend(position.map(|position| Violation::CharacterNotAllowed { position }));
        }
        if let Some(illegal) = &self.illegal {
            let position = password.chars().position(|character| illegal.contains(character));
            found.extend(position.map(|position| Violation::IllegalCharacter { position }));
        }
    }

    fn own_composition(&self, password: &str, found: &mut Vec<Violation>) {
        for (at_least, set) in self.sets.iter().flat_map(|sets| sets.iter()) {
            let fits = |character: &char| set.contains(*character);
            if password.chars().filter(fits).take(*at_least).count() < *at_least {
                found.push(Violation::MissingFromSet { at_least: *at_least, set: set.clone() });
            }
        }
        if let Some((at_least, of)) = &self.categories
            && of.count_in(password.chars(), *at_least) < *at_least
        {
            found.push(Violation::TooFewCategories { at_least: *at_least, of: of.clone() });
        }
    }

    fn repeats(&self, password: &str, found: &mut Vec<Violation>) {
        if let Some(max_repeat) = self.max_repeat {
            found.extend(
                repeat::of_character(password, max_repeat)
                    .map(|position| Violation::Repeated { max_repeat, position }),
            );
        }
        if let Some(max_class_repeat) = self.max_class_repeat {
            found.extend(
                repeat::of_class(password, max_class_repeat)
                    .map(|position| Violation::ClassRepeated { max_class_repeat, position }),
            );
        }
        if let Some(min_distinct) = self.min_distinct
            && repeat::has_fewer_distinct(password, min_distinct)
        {
            found.push(Violation::TooFewDistinct { min_distinct });
        }
        if let Some(max_occurrences) = self.max_occurrences {
            found.extend(
                repeat::position_too_often(password, max_occurrences)
                    .map(|position| Violation::TooManyOccurrences { max_occurrences, position }),
            );
        }
    }

    fn patterns(&self, password: &str, found: &mut Vec<Violation>) {
        if let Some((max_sequence, ends)) = self.max_sequence {
            found.extend(
                sequence::position_in(password, max_sequence, ends)
                    .map(|position| Violation::Sequence { max_sequence, position }),
            );
        }
        if let Some(max_keyboard_walk) = self.max_keyboard_walk {
            found.extend(
                keyboard::position_in(password, max_keyboard_walk)
                    .map(|position| Violation::KeyboardWalk { max_keyboard_walk, position }),
            );
        }
        if self.context_words().any(|word| context::derives_from(password, word)) {
            found.push(Violation::ContextWord);
        }
        if self.forbidden.as_ref().is_some_and(|words| words.stands_in(password)) {
            found.push(Violation::ForbiddenWord);
        }
    }
}
