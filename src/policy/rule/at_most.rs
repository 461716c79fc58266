use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::classes::Classes;
use crate::policy::statement::Fact;
use crate::policy::{Advice, CharacterClass, PolicyBuilder, PolicyError, Requirement, Violation};

/// No more than so many characters of each class.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct AtMost(Classes);

impl PolicyBuilder {
    /// How many characters of a class the password has at most; the last call for a class counts, and 0
    /// sets no limit: [`illegal_characters`](Self::illegal_characters) refuses all of some characters. A
    /// number that no password can exceed does not build.
    ///
    /// ```
    /// use repass::policy::{CharacterClass, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().at_most(4, CharacterClass::Digit).build()?;
    /// assert!(policy.check(&Password::new("plum-kettle-2026")?, &Personal::none()).is_ok());
    /// let violations =
    ///     policy.check(&Password::new("plum-31-12-2026")?, &Personal::none()).unwrap_err();
    /// assert_eq!(violations[0].code(), "password_excess_classes");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn at_most(mut self, count: usize, of: CharacterClass) -> Self {
        let classes = self.rules.at_most.take().map_or(Classes::NONE, |rule| rule.0);
        let rule = AtMost(classes.with(of, count));
        self.rules.at_most = Some(rule).filter(|rule| !rule.0.asks_nothing());
        self
    }
}

impl AtMost {
    /// How many characters fit at most, if every permitted one is of a class that has a limit.
    fn most(&self, limits: &Limits) -> usize {
        if !limits.has_classes_only() {
            return usize::MAX;
        }
        let most = |class| match (limits.first_of(class), self.0.count(class)) {
            (None, _) => 0,
            (Some(_), 0) => usize::MAX,
            (Some(_), most) => most,
        };
        let sum = |classes: &[CharacterClass]| {
            classes.iter().map(|class| most(*class)).fold(0, usize::saturating_add)
        };
        let letters =
            sum(&[CharacterClass::Lower, CharacterClass::Upper, CharacterClass::OtherLetter]);
        let letters = letters.min(most(CharacterClass::Letter));
        letters.saturating_add(sum(&[CharacterClass::Digit, CharacterClass::Symbol]))
    }
}

impl Ask for AtMost {
    const KEY: &'static str = "at_most";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "{ digit = 4 }";
    const KIND: Kind = Kind::Composition;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_at_most") };
        let asked = Requirement::of("password_excess_classes", key);
        all.push(asked.with("classes", Fact::classes(self.0)));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let is_over = |(class, most): &(CharacterClass, usize)| {
            let of_class = question.password.chars().filter(|one| class.contains(*one));
            of_class.take(most.saturating_add(1)).count() > *most
        };
        let over = self.0.iter().filter(is_over);
        let over = over.fold(Classes::NONE, |all, (class, most)| all.with(class, most));
        if !over.asks_nothing() {
            let key = const { key("password_excess_classes") };
            let excess = Violation::of(key, &[Advice::SeveralWords, Advice::PasswordManager]);
            found.push(excess.with("classes", Fact::classes(over)));
        }
    }

    /// Fewer than are asked for, in all or of a class, and as many of a class as fit.
    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        let asked = |class| limits.at_least.classes.total_of(class);
        if self.0.iter().any(|(class, most)| asked(class) > most) {
            return Err(PolicyError::Contradiction { field: Self::KEY, other: "at_least" });
        }
        if self.most(limits) < limits.shortest {
            return Err(PolicyError::Contradiction { field: Self::KEY, other: "min_length" });
        }
        self.0.iter().try_for_each(|(class, most)| {
            let first = limits.first_of(class);
            let that_fit = first.map_or(limits.longest, |first| limits.that_fit(first));
            limits.refuse_idle(Self::KEY, most, 1, that_fit.saturating_sub(1))
        })
    }

    fn is_unsaid(&self) -> bool {
        true
    }

    /// Exact for each class: that so many of the characters or more are of it.
    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        let of_class = |(class, most): (CharacterClass, usize)| {
            let of_separators = draw.separators_that(|one| class.contains(one));
            let share = draw.alphabet.share(|one| class.contains(one));
            let more = most.saturating_add(1);
            more.checked_sub(of_separators).map_or(1.0, |least| draw.at_least(least, share))
        };
        self.0.iter().map(of_class).sum()
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        let classes = Classes::read(&given.table(&Classes::FIELDS)?)?;
        Ok(Some(Self(classes)).filter(|rule| !rule.0.asks_nothing()))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::table(self.0.write())
    }

    /// What a preset limits, and nothing is said of, stays limited.
    #[cfg(feature = "serde")]
    fn upon(self, preset: Self) -> Self {
        Self(self.0.iter().fold(preset.0, |all, (class, count)| all.with(class, count)))
    }
}
