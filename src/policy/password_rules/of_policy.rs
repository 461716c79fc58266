use alloc::vec::Vec;

use super::{PasswordRules, PrintRulesError, RuleClasses};
use crate::policy::interval::Interval;
use crate::policy::preset::Utf16Units;
use crate::policy::{Categories, CharacterSet, Classes, Policy, Requirement};

/// The length that NIST SP 800-63B-4, section 3.1.1.2, wants to be allowed.
const ENOUGH: usize = 64;

impl Policy {
    /// The policy for password managers: every password that the text allows passes the rules of bytes,
    /// length, classes, sets and kinds, single characters, digits alone, and repeats of one character.
    ///
    /// The text is narrower than the policy where the syntax has no word for a rule. It allows all
    /// characters or some of printable ASCII. Several characters of a class are asked for by parts of
    /// the class, and `M` of several kinds by `M` of them. Characters are code points.
    ///
    /// The rules about content are not in it: lists, personal and context words, sequences, keyboard
    /// walks, palindromes, forbidden words, different characters and how often one occurs, nor are those of the host's own. What a password
    /// manager draws at random hardly ever breaks those. Runs of a class it would draw, and the syntax has no word for them: that is an error.
    ///
    /// ```
    /// use repass::policy::Policy;
    ///
    /// let policy = Policy::builder().min_length(15).build()?;
    /// let rules = policy.password_rules()?;
    /// assert_eq!(rules.to_string(), "minlength: 15; maxlength: 256; allowed: unicode;");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PrintRulesError`], when no text would do.
    pub fn password_rules(&self) -> Result<PasswordRules, PrintRulesError> {
        if self.intervals.is_some() {
            return self.of_every_length()?.password_rules();
        }
        let ascii = self.printable();
        let required = self.required(ascii)?;
        let unicode = self.takes_every_character() && self.has_room_for_unicode(required.len());
        let allowed = if unicode { RuleClasses::UNICODE } else { ascii };
        let max_length = self.most_characters(if unicode { char::MAX } else { '~' });
        if let Some(max_length) = max_length.filter(|max_length| required.len() > *max_length) {
            return Err(PrintRulesError::NoRoom { required: required.len(), max_length });
        }
        let alone = allowed.characters().nth(1).is_none();
        if allowed.is_empty()
            || alone && self.longest_run().is_some_and(|run| run < self.min_length)
        {
            return Err(PrintRulesError::NothingAllowed);
        }
        Ok(PasswordRules {
            min_length: Some(self.min_length).filter(|min_length| *min_length > 0),
            max_length,
            max_consecutive: self.longest_run(),
            required,
            allowed: Some(allowed),
        })
    }

    /// The policy that asks of every password what this one asks of some lengths.
    fn of_every_length(&self) -> Result<Self, PrintRulesError> {
        let mut all = Self { intervals: None, ..self.clone() };
        for Interval { min, max, rules } in self.intervals() {
            if rules.min_length > *min {
                all.min_length = all.min_length.max(rules.min_length);
            }
            let most = rules.max_length.filter(|most| most < max);
            all.max_length = all.max_length.into_iter().chain(most).min();
            all.classes = all.classes.or_more(&rules.classes);
            let sets = [&all.sets, &rules.sets].into_iter().flatten().flat_map(|sets| sets.iter());
            all.sets = Some(sets.cloned().collect());
            if let Some((at_least, of)) = &rules.categories {
                let asks = Requirement::Categories { at_least: *at_least, of: of.clone() };
                match &all.categories {
                    Some(other) if Some(other) != rules.categories.as_ref() => {
                        return Err(not_said(asks));
                    }
                    _ => all.categories.clone_from(&rules.categories),
                }
            }
            all.allowed = match (all.allowed, &rules.allowed) {
                (Some(these), Some(those)) => Some(these.and_in(those)),
                (these, those) => these.or_else(|| those.clone()),
            };
            all.illegal = match (all.illegal, &rules.illegal) {
                (Some(these), Some(those)) => Some(these.or_in(those)),
                (these, those) => these.or_else(|| those.clone()),
            };
            all.no_white_space = all.no_white_space.or(rules.no_white_space);
            all.no_control_characters |= rules.no_control_characters;
            all.not_entirely_numeric |= rules.not_entirely_numeric;
            all.max_occurrences =
                all.max_occurrences.into_iter().chain(rules.max_occurrences).min();
            all.own = Some(all.own_rules().chain(rules.own_rules()).cloned().collect());
            all.max_repeat = all.max_repeat.into_iter().chain(rules.max_repeat).min();
            all.max_class_repeat =
                all.max_class_repeat.into_iter().chain(rules.max_class_repeat).min();
        }
        if all.max_length.is_some_and(|most| most < all.min_length) {
            return Err(PrintRulesError::NothingAllowed);
        }
        Ok(all)
    }

    /// Of one character.
    fn longest_run(&self) -> Option<usize> {
        self.max_repeat.into_iter().chain(self.max_occurrences).min()
    }

    /// The characters of printable ASCII that no rule refuses.
    fn printable(&self) -> RuleClasses {
        RuleClasses::of((' '..='~').filter(|character| {
            self.allowed.as_ref().is_none_or(|allowed| allowed.contains(*character))
                && self.illegal.as_ref().is_none_or(|illegal| !illegal.contains(*character))
                // Whether it stands at an end cannot be said.
                && !(self.no_white_space.is_some() && character.is_whitespace())
        }))
    }

    fn takes_every_character(&self) -> bool {
        let all = |allowed: &CharacterSet| allowed.ranges() == [('\0', char::MAX)];
        self.allowed.as_ref().is_none_or(all)
            && self.illegal.is_none()
            && self.no_white_space.is_none()
            && !self.no_control_characters
    }

    /// Whether as many characters as the policy asks for, or NIST does, fit if each takes the most room.
    fn has_room_for_unicode(&self, required: usize) -> bool {
        let wanted = self.max_length.unwrap_or(ENOUGH).min(ENOUGH);
        let wanted = wanted.max(self.min_length).max(required);
        self.most_characters(char::MAX).is_none_or(|most| most >= wanted)
    }

    /// The most characters, if each may take as much room as `widest`.
    fn most_characters(&self, widest: char) -> Option<usize> {
        let bytes = self.max_bytes.and_then(|most| most.checked_div(widest.len_utf8()));
        let has_units = self.own_rules().any(|rule| rule.is::<Utf16Units>());
        let units = if has_units { Utf16Units::MOST.checked_div(widest.len_utf16()) } else { None };
        self.max_length.into_iter().chain(bytes).chain(units).min()
    }

    /// What has to be required, out of `permitted`, so that every rule about kinds of characters holds.
    fn required(&self, permitted: RuleClasses) -> Result<Vec<RuleClasses>, PrintRulesError> {
        let mut required = Vec::new();
        for (class, at_least) in self.classes.iter() {
            let of_class = permitted.characters().filter(|character| class.contains(*character));
            let requirement =
                Requirement::Classes { at_least: Classes::NONE.with(class, at_least) };
            required.extend(parts(of_class, at_least).ok_or_else(|| not_said(requirement))?);
        }
        for (at_least, set) in self.sets.iter().flat_map(|sets| sets.iter()) {
            let of_set = permitted.characters().filter(|character| set.contains(*character));
            let requirement = || Requirement::Set { at_least: *at_least, set: set.clone() };
            required.extend(parts(of_set, *at_least).ok_or_else(|| not_said(requirement()))?);
        }
        if let Some((at_least, of)) = &self.categories {
            let requirement = || Requirement::Categories { at_least: *at_least, of: of.clone() };
            let kinds = kinds(of, permitted, &required, *at_least);
            required.extend(kinds.ok_or_else(|| not_said(requirement()))?);
        }
        if let Some(max_class_repeat) = self.max_class_repeat {
            return Err(not_said(Requirement::MaxClassRepeat { max_class_repeat }));
        }
        if self.not_entirely_numeric {
            let others = permitted.without(RuleClasses::DIGIT);
            if others.is_empty() {
                return Err(not_said(Requirement::NotEntirelyNumeric));
            }
            required.push(others);
        }
        Ok(narrowest(&required))
    }
}

/// `count` sets without a character in common, of all `characters`: who has one of each has `count`.
fn parts(characters: impl Iterator<Item = char> + Clone, count: usize) -> Option<Vec<RuleClasses>> {
    if characters.clone().count() < count {
        return None;
    }
    let part = |place| RuleClasses::of(characters.clone().skip(place).step_by(count.max(1)));
    Some((0..count).map(part).collect())
}

/// The first `count` kinds that have characters; those that `required` asks for already come first.
fn kinds(
    of: &Categories,
    permitted: RuleClasses,
    required: &[RuleClasses],
    count: usize,
) -> Option<Vec<RuleClasses>> {
    let first = |character: char| of.iter().position(|kind| kind.contains(character));
    let of_kind = |place| permitted.characters().filter(move |one| first(*one) == Some(place));
    let (asked, others): (Vec<_>, Vec<_>) = (0..of.iter().count())
        .map(|place| RuleClasses::of(of_kind(place)))
        .filter(|kind| !kind.is_empty())
        .partition(|kind| required.iter().any(|other| other.is_within(*kind)));
    let chosen: Vec<_> = asked.into_iter().chain(others).take(count).collect();
    (chosen.len() == count).then_some(chosen)
}

/// Without those that hold when another holds, and without repetitions.
fn narrowest(required: &[RuleClasses]) -> Vec<RuleClasses> {
    let mut narrowest: Vec<RuleClasses> = Vec::new();
    for classes in required {
        let implied = |other: &RuleClasses| other.is_within(*classes);
        if !narrowest.iter().any(implied) {
            narrowest.retain(|other| !classes.is_within(*other));
            narrowest.push(*classes);
        }
    }
    narrowest
}

fn not_said(requirement: Requirement) -> PrintRulesError {
    PrintRulesError::RequirementNotSaid { requirement }
}
