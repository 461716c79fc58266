use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Need, Origin, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::blank;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// Not only spaces or invisible characters.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotBlank(pub(in crate::policy) Origin);

impl PolicyBuilder {
    /// Refuses a password that has only spaces or invisible characters: each of its characters has Unicode's property White_Space or
    /// Default_Ignorable_Code_Point or the general category Cc, or is U+2800, the Braille pattern without
    /// dots. The empty password is for [`min_length`](Self::min_length) to refuse.
    ///
    /// This is the default.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().min_length(8).build()?;
    /// let blank = Password::new("          ")?;
    /// let violations = policy.check(&blank, &Personal::none()).unwrap_err();
    /// assert_eq!(violations[0].code(), "password_blank");
    /// assert!(policy.check(&Password::new("plum kettle")?, &Personal::none()).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn not_blank(mut self) -> Self {
        self.rules.not_blank = Some(NotBlank(Origin::Named));
        self
    }

    /// Accepts a password that has only spaces or invisible characters: [`not_blank`](Self::not_blank) is not asked.
    pub fn allow_blank(mut self) -> Self {
        self.rules.not_blank = None;
        self
    }
}

impl Ask for NotBlank {
    const KEY: &'static str = "not_blank";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "true";
    const KIND: Kind = Kind::Whole;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_blank") };
        all.push(Requirement::of("password_blank", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if blank::is_blank(question.password) {
            let key = const { key("password_blank") };
            found.push(Violation::of(key, &[Advice::SeveralWords]));
        }
    }

    fn refuse(&self, limits: &Limits) -> Result<(), PolicyError> {
        if limits.leaves_only(blank::shows_nothing) {
            return Err(PolicyError::Contradiction {
                field: Self::KEY,
                other: "allowed_characters",
            });
        }
        Ok(())
    }

    fn is_default(&self) -> bool {
        matches!(self.0, Origin::Default)
    }

    fn needs(&self, needs: &mut Vec<Need>) {
        needs.push(Need::One(|character| !blank::shows_nothing(character)));
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(given.flag()?.then_some(Self(Origin::Named)))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::Flag(true)
    }
}
