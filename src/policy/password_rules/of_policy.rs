use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{PasswordRules, PrintRulesError, RuleClasses};
use crate::policy::Policy;
use crate::policy::characters::category::Categories;
use crate::policy::characters::ranges::Ranges;
use crate::policy::interval::Interval;
use crate::policy::preset::Utf16Units;
use crate::policy::rule::{Ask, AtLeast, AtLeastKinds, Rules, Visit};

/// The length that NIST SP 800-63B-4, section 3.1.1.2, wants to be allowed.
const ENOUGH: usize = 64;

impl Policy {
    /// The value of the HTML attribute `passwordrules`, which tells password managers what to
    /// generate.
    ///
    /// Every password that the text allows passes the rules about bytes, length, classes, sets and
    /// kinds, single characters, digits alone, and repeats of one character, with one exception: a text
    /// that allows all of Unicode does not exclude control characters and passwords that show nothing, as
    /// no password manager makes them up. Equal policies have the same text. It can contain `"`, `&` and
    /// `<`, so a template must escape it.
    ///
    /// Where the syntax cannot express a rule, the text is narrower than the policy. It allows all
    /// characters or some of printable ASCII. It asks for several characters of a class by requiring
    /// parts of the class, and for `M` of several kinds by requiring `M` of them. Characters are code
    /// points.
    ///
    /// The text leaves out the rules about content: lists, personal and context words, sequences,
    /// keyboard walks, palindromes, forbidden words, the number of different characters, how often one
    /// occurs, and rules of your own. Random passwords hardly ever break those. They can break a rule
    /// about runs of one class or about the most characters of a class, which the syntax cannot express
    /// either: such a policy has no text.
    ///
    /// Source: Apple, "Customizing Password AutoFill Rules", and the parser in
    /// `apple/password-manager-resources`.
    ///
    /// ```
    /// use repass::policy::{CharacterClass, Policy};
    ///
    /// let policy = Policy::builder()
    ///     .min_length(12)
    ///     .max_length(64)
    ///     .at_least(1, CharacterClass::Digit)
    ///     .build()?;
    /// let rules = policy.password_rules()?;
    /// assert_eq!(rules, "minlength: 12; maxlength: 64; required: digit; allowed: unicode;");
    ///
    /// let escaped = rules.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    /// let input = format!(
    ///     r#"<input type="password" autocomplete="new-password" passwordrules="{escaped}">"#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`PrintRulesError`], if no text allows only passwords that pass those rules.
    pub fn password_rules(&self) -> Result<String, PrintRulesError> {
        let asked = Asked::by(self)?;
        let ascii = asked.printable();
        let required = asked.required(ascii)?;
        let unicode = asked.takes_every_character() && asked.has_room_for_unicode(required.len());
        let allowed = if unicode { RuleClasses::UNICODE } else { ascii };
        let max_length = asked.most_characters(if unicode { char::MAX } else { '~' });
        if let Some(max_length) = max_length.filter(|max_length| required.len() > *max_length) {
            return Err(PrintRulesError::NoRoom { required: required.len(), max_length });
        }
        let run = asked.longest_run();
        let alone = allowed.characters().nth(1).is_none();
        if allowed.is_empty() || alone && run.is_some_and(|run| run < asked.min_length) {
            return Err(PrintRulesError::NothingAllowed);
        }
        let rules = PasswordRules {
            min_length: Some(asked.min_length).filter(|min_length| *min_length > 0),
            max_length,
            max_consecutive: run,
            required,
            allowed,
        };
        Ok(rules.to_string())
    }
}

/// What is asked of passwords of any length: what a policy asks of all, and what it asks of some.
struct Asked<'a> {
    all: Vec<&'a Rules>,
    min_length: usize,
    max_length: Option<usize>,
    at_least: AtLeast,
    kinds: Option<AtLeastKinds>,
    has_utf16_units: bool,
}

impl<'a> Asked<'a> {
    fn by(policy: &'a Policy) -> Result<Self, PrintRulesError> {
        let mut asked = Self {
            all: Vec::from([&policy.rules]),
            min_length: policy.rules.shortest(),
            max_length: policy.rules.max_length.as_ref().map(|rule| rule.0),
            at_least: policy.rules.at_least.clone().unwrap_or_else(AtLeast::nothing),
            kinds: policy.rules.at_least_kinds.clone(),
            has_utf16_units: has_utf16_units(policy),
        };
        for Interval { min, max, rules } in policy.intervals() {
            asked.has_utf16_units |= has_utf16_units(rules);
            let rules = &rules.rules;
            if rules.shortest() > *min {
                asked.min_length = asked.min_length.max(rules.shortest());
            }
            let most = rules.max_length.as_ref().map(|rule| rule.0).filter(|most| most < max);
            asked.max_length = asked.max_length.into_iter().chain(most).min();
            if let Some(rule) = &rules.at_least {
                asked.at_least = asked.at_least.or_more(rule);
            }
            if let Some(rule) = &rules.at_least_kinds {
                if asked.kinds.as_ref().is_some_and(|other| other != rule) {
                    return Err(not_said(rule));
                }
                asked.kinds = Some(rule.clone());
            }
            asked.all.push(rules);
        }
        if asked.max_length.is_some_and(|most| most < asked.min_length) {
            return Err(PrintRulesError::NothingAllowed);
        }
        Ok(asked)
    }

    fn rules(&self) -> impl Iterator<Item = &'a Rules> {
        self.all.iter().copied()
    }

    /// Of one character.
    fn longest_run(&self) -> Option<usize> {
        let repeat = self.rules().filter_map(|rules| Some(rules.max_repeat.as_ref()?.0));
        let of_each = self.rules().filter_map(|rules| Some(rules.max_occurrences.as_ref()?.0));
        repeat.chain(of_each).min()
    }

    /// The characters of printable ASCII that no rule refuses.
    fn printable(&self) -> RuleClasses {
        // Whether a space is at an end cannot be said.
        let spaces = self.rules().all(|rules| rules.no_white_space.is_none());
        let mut permitted = Ranges::all();
        self.rules().for_each(|rules| rules.narrow(&mut permitted));
        RuleClasses::of(
            (' '..='~').filter(|character| {
                (spaces || *character != ' ') && permitted.contains(*character)
            }),
        )
    }

    fn takes_every_character(&self) -> bool {
        self.rules().all(|rules| {
            let all = rules
                .allowed_characters
                .as_ref()
                .is_none_or(|rule| rule.0.ranges() == [('\0', char::MAX)]);
            // Control characters need not be excluded, as no password manager makes them up.
            all && rules.illegal_characters.is_none() && rules.no_white_space.is_none()
        })
    }

    /// Whether as many characters as the policy asks for, or NIST does, fit if each takes the most room.
    fn has_room_for_unicode(&self, required: usize) -> bool {
        let wanted = self.max_length.unwrap_or(ENOUGH).min(ENOUGH);
        let wanted = wanted.max(self.min_length).max(required);
        self.most_characters(char::MAX).is_none_or(|most| most >= wanted)
    }

    /// The most characters, if each may take as much room as `widest`.
    fn most_characters(&self, widest: char) -> Option<usize> {
        let bytes = self.rules().filter_map(|rules| Some(rules.max_bytes.as_ref()?.0));
        let bytes = bytes.filter_map(|most| most.checked_div(widest.len_utf8()));
        let units = self.has_utf16_units.then_some(Utf16Units::MOST);
        let units = units.and_then(|most| most.checked_div(widest.len_utf16()));
        self.max_length.into_iter().chain(bytes).chain(units).min()
    }

    /// What has to be required, out of `permitted`, so that every rule about kinds of characters holds.
    fn required(&self, permitted: RuleClasses) -> Result<Vec<RuleClasses>, PrintRulesError> {
        let mut required = Vec::new();
        for (class, at_least) in self.at_least.classes.iter() {
            let of_class = permitted.characters().filter(|character| class.contains(*character));
            let rule = || AtLeast::nothing().with(at_least, class.into());
            required.extend(parts(of_class, at_least).ok_or_else(|| not_said(&rule()))?);
        }
        for (at_least, set) in self.at_least.sets.iter() {
            let of_set = permitted.characters().filter(|character| set.contains(*character));
            let rule = || AtLeast::nothing().with(*at_least, set.clone().into());
            required.extend(parts(of_set, *at_least).ok_or_else(|| not_said(&rule()))?);
        }
        if let Some(rule) = &self.kinds {
            let kinds = kinds(&rule.of, permitted, &required, rule.count);
            required.extend(kinds.ok_or_else(|| not_said(rule))?);
        }
        let mut unsaid = Unsaid(Ok(()));
        self.rules().for_each(|rules| rules.each(&mut unsaid));
        unsaid.0?;
        if let Some(rule) = self.rules().find_map(|rules| rules.not_entirely_numeric.as_ref()) {
            let others = permitted.without(RuleClasses::DIGIT);
            if others.is_empty() {
                return Err(not_said(rule));
            }
            required.push(others);
        }
        Ok(narrowest(&required))
    }
}

/// The first rule that the syntax has no word for.
struct Unsaid(Result<(), PrintRulesError>);

impl Visit for Unsaid {
    fn visit<R: Ask>(&mut self, rule: &R) {
        if self.0.is_ok() && rule.is_unsaid() {
            self.0 = Err(not_said(rule));
        }
    }
}

fn has_utf16_units(policy: &Policy) -> bool {
    policy.own_rules().any(|rule| rule.is::<Utf16Units>())
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

/// The error for a rule that cannot be said.
fn not_said(rule: &impl Ask) -> PrintRulesError {
    let mut requirements = Vec::new();
    rule.requirements(&mut requirements);
    match requirements.pop() {
        Some(requirement) => {
            PrintRulesError::RequirementNotSaid { requirement: Box::new(requirement) }
        }
        None => PrintRulesError::NothingAllowed,
    }
}
