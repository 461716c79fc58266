use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::owner::containment;
use crate::policy::{Advice, Personal, PolicyBuilder, Requirement, Violation};

/// No name of the owner.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NoPersonalNames;

impl PolicyBuilder {
    /// Refuses a password that has a name of the owner in it, or is part of one: the whole and the first
    /// 16 words of each attribute, of an e-mail address the part before the at sign; forwards and
    /// backwards, in any letter case, with or without marks and separators, and in leet.
    ///
    /// Strokes count as marks, so that `lukasz` is Łukasz. Vowel signs and viramas spell, and are
    /// letters. An at sign with white space around it or nothing before it makes no address:
    /// of `@emily_rose` both words are looked for.
    ///
    /// Stricter than [`PolicyBuilder::max_similarity`] on names that are repeated or lengthened, and in
    /// any script; the same letters in another order are accepted, and so are names of one or two
    /// characters.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().no_personal_names().build()?;
    /// let about = Personal::none().username("emily.rose").first_name("Li");
    /// for refused in ["rose-kettle-2026", "3m1ly-kettle", "esorkettle", "r.o.s.e"] {
    ///     assert!(policy.check(&Password::new(refused)?, &about).is_err());
    /// }
    /// assert!(policy.check(&Password::new("sore-lily-kettle")?, &about).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn no_personal_names(mut self) -> Self {
        self.rules.no_personal_names = Some(NoPersonalNames);
        self
    }
}

impl Ask for NoPersonalNames {
    const KEY: &'static str = "no_personal_names";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "true";
    const KIND: Kind = Kind::Whole;
    const NEEDS_OWNER: bool = true;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_no_personal_names") };
        all.push(Requirement::of("password_has_personal_name", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let contained = containment::contained_attribute(question.password, question.about);
        if let Some(attribute) = contained {
            let key = const { key("password_has_personal_name") };
            found.push(Violation::of(key, &[Advice::LeaveYourselfOut]).attribute(attribute));
        }
    }

    fn looks_within(&self) -> bool {
        true
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    fn refuses_owner_at_most(&self, draw: &Draw<'_>, about: &Personal<'_>) -> f64 {
        about.present().map(|(_, value)| draw.named(value)).sum()
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(given.flag()?.then_some(Self))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::Flag(true)
    }
}
