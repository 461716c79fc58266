use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Need, Question, Rules, in_range};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::statement::Fact;
use crate::policy::{
    Advice, Category, CharacterClass, CharacterSet, Classes, PolicyBuilder, PolicyError,
    Requirement, Violation,
};

/// So many characters of each class, and of each set.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct AtLeast {
    pub(in crate::policy) classes: Classes,
    pub(in crate::policy) sets: Arc<[(usize, CharacterSet)]>,
}

const ADVICE: &[Advice] = &[Advice::MixIn, Advice::PasswordManager];

impl PolicyBuilder {
    /// How many characters of a class, or of a set of one's own, the password needs at least; the last
    /// call for a class or set counts.
    ///
    /// NIST SP 800-63B-4 forbids rules of composition; they are here for systems that prescribe
    /// them.
    pub fn at_least(mut self, count: usize, of: impl Into<Category>) -> Self {
        let rule = self.rules.at_least.take().unwrap_or_else(AtLeast::nothing);
        let rule = rule.with(count, of.into());
        self.rules.at_least = Some(rule).filter(|rule| !rule.asks_nothing());
        self
    }
}

impl AtLeast {
    pub(in crate::policy) fn nothing() -> Self {
        Self { classes: Classes::NONE, sets: Arc::from([]) }
    }

    pub(in crate::policy) fn with(self, count: usize, of: Category) -> Self {
        match of {
            Category::Class(class) => Self { classes: self.classes.with(class, count), ..self },
            Category::Set(set) => {
                let mut sets = self.sets.to_vec();
                sets.retain(|(_, other)| *other != set);
                sets.extend((count > 0).then_some((count, set)));
                Self { sets: sets.into(), ..self }
            }
        }
    }

    /// What both ask.
    pub(in crate::policy) fn or_more(&self, other: &Self) -> Self {
        let classes = self.classes.or_more(&other.classes);
        let sets = self.sets.iter().chain(other.sets.iter()).cloned();
        Self { classes, sets: sets.collect() }
    }

    fn asks_nothing(&self) -> bool {
        self.classes.asks_nothing() && self.sets.is_empty()
    }

    /// Whether some class is not to be had of so many characters, of which only so many of one class may
    /// follow each other.
    fn is_crowded(&self, longest: usize, run: usize) -> bool {
        let is_crowded = |count: usize| {
            let breaks = count.div_ceil(run).saturating_sub(1);
            count.saturating_add(breaks) > longest
        };
        let mut classes = self.classes.iter();
        classes.any(|(class, count)| class != CharacterClass::Letter && is_crowded(count))
    }
}

impl Ask for AtLeast {
    const KEY: &'static str = "at_least";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "{ lower = 1, digit = 2, sets = [{ count = 1, set = \"!$%\" }] }";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        if !self.classes.asks_nothing() {
            let key = const { key("requirement_classes") };
            let asked = Requirement::of("password_missing_classes", key);
            all.push(asked.with("classes", Fact::classes(self.classes)));
        }
        all.extend(self.sets.iter().map(|(at_least, set)| {
            let key = const { key("requirement_set") };
            let asked = Requirement::of("password_missing_from_set", key);
            asked.number("at_least", *at_least).with("set", Fact::set(set))
        }));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let missing = self.classes.missing_from(question.password);
        if !missing.asks_nothing() {
            let key = const { key("password_missing_classes") };
            found.push(Violation::of(key, ADVICE).with("classes", Fact::classes(missing)));
        }
        for (at_least, set) in self.sets.iter() {
            let fits = |character: &char| set.contains(*character);
            if question.password.chars().filter(fits).take(*at_least).count() < *at_least {
                let key = const { key("password_missing_from_set") };
                let missing = Violation::of(key, ADVICE).number("at_least", *at_least);
                found.push(missing.with("set", Fact::set(set)));
            }
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        // Together with what another rule of the kind asks of the same passwords.
        let Self { classes, sets } = &limits.at_least;
        let asked = classes.total();
        let too_much = |other, most| {
            let error = PolicyError::AsksForTooMuch { field: Self::KEY, asked, other, most };
            if asked > most { Err(error) } else { Ok(()) }
        };
        too_much(limits.longest_by, limits.longest)?;
        let mut asked_for = classes.iter().map(|(class, _)| class);
        if let Some(class) = asked_for.find(|class| limits.first_of(*class).is_none()) {
            return Err(PolicyError::ClassNotAllowed { class });
        }
        too_much("max_bytes", limits.that_fit_of(classes))?;
        for (at_least, set) in sets.iter() {
            let first = limits.permitted.first_in(set.ranges());
            let most = first.map_or(0, |first| limits.that_fit(first));
            in_range(Self::KEY, *at_least, 1, most)?;
        }
        if limits.at_least.is_crowded(limits.longest, limits.class_run) {
            return Err(PolicyError::Contradiction { field: Self::KEY, other: "max_class_repeat" });
        }
        Ok(())
    }

    fn needs(&self, needs: &mut Vec<Need>) {
        needs.extend(self.classes.iter().map(|(class, count)| Need::Of(count, class.into())));
        needs.extend(self.sets.iter().map(|(count, set)| Need::Of(*count, set.clone().into())));
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        const FIELDS: [&str; 7] = {
            let [lower, upper, letter, other_letter, digit, symbol] = Classes::FIELDS;
            [lower, upper, letter, other_letter, digit, symbol, "sets"]
        };
        let table = given.table(&FIELDS)?;
        let mut rule = Self { classes: Classes::read(&table)?, ..Self::nothing() };
        let sets = table.get("sets").map(|sets| sets.short_list()).transpose()?;
        let mut before: Vec<(Field<'_>, CharacterSet)> = Vec::new();
        for given in sets.into_iter().flatten() {
            let item = given.table(&["count", "set"])?;
            let count = item.required("count")?.number_from_1()?;
            let set = CharacterSet::read(&item.required("set")?)?;
            if let Some((other, _)) = before.iter().find(|(_, other)| *other == set) {
                return Err(given.same_set_as(other));
            }
            rule = rule.with(count, set.clone().into());
            before.push((given, set));
        }
        Ok(Some(rule).filter(|rule| !rule.asks_nothing()))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        let set = |(count, set): &(usize, CharacterSet)| {
            Value::table([("count", (*count).into()), ("set", set.write())])
        };
        let sets = (!self.sets.is_empty())
            .then(|| ("sets", Value::List(self.sets.iter().map(set).collect())));
        Value::table(self.classes.write().chain(sets))
    }

    /// What a preset asks of a class or set of which nothing is said stays.
    #[cfg(feature = "serde")]
    fn upon(self, preset: Self) -> Self {
        let classes = self.classes.iter().map(|(class, count)| (count, class.into()));
        let sets = self.sets.iter().map(|(count, set)| (*count, set.clone().into()));
        let all = classes.chain(sets);
        all.fold(preset, |rule, (count, category)| rule.with(count, category))
    }
}
