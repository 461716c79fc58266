use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::owner::own_names;
use crate::policy::{Advice, Personal, PolicyBuilder, Requirement, Violation};

/// Nothing that is made from the names of the owner.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotDerivedFromNames;

impl PolicyBuilder {
    /// Refuses a password that is a name of the owner or derived from one: a whole attribute, the part of
    /// an e-mail address before the at sign, or one of the first 16 words of either; alone, several times
    /// over, or several in any order. The search is bounded: of a password in which names end at more than
    /// 32 places, the first 32 are looked at, and fewer if the attributes have thousands of bytes.
    ///
    /// Letter case, marks, separators and leet do not matter, nor do digits and symbols behind the names,
    /// nor whether all of it is written backwards, with digits and symbols before it or behind it.
    ///
    /// The entire password is compared: no other is refused for containing a name. Source: NIST
    /// SP 800-63B-4 section 3.1.1.2, the user name and its derivatives. The presets of NIST and ASVS begin
    /// with this rule.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().not_derived_from_names().build()?;
    /// let about = Personal::none()
    ///     .first_name("Emily")
    ///     .last_name("Rose")
    ///     .email("rosewater.orchard@mail.example");
    /// for refused in ["rosewater.orchard", "orchard-rosewater", "RoseEmily", "3mi1y", "emily2026!"] {
    ///     assert!(policy.check(&Password::new(refused)?, &about).is_err());
    /// }
    /// assert!(policy.check(&Password::new("rose garden of emily")?, &about).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn not_derived_from_names(mut self) -> Self {
        self.rules.not_derived_from_names = Some(NotDerivedFromNames);
        self
    }
}

impl Ask for NotDerivedFromNames {
    const KEY: &'static str = "not_derived_from_names";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "true";
    const KIND: Kind = Kind::Whole;
    const NEEDS_OWNER: bool = true;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_not_derived_from_names") };
        all.push(Requirement::of("password_derived_from_name", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        let named = own_names::derived_from(question.password, question.about);
        if let Some(attribute) = named {
            let key = const { key("password_derived_from_name") };
            found.push(Violation::of(key, &[Advice::LeaveYourselfOut]).attribute(attribute));
        }
    }

    fn refuses_at_most(&self, _draw: &Draw<'_>, _all: &Rules) -> f64 {
        0.0
    }

    fn refuses_owner_at_most(&self, draw: &Draw<'_>, about: &Personal<'_>) -> f64 {
        about.present().map(|(_, value)| draw.derived(value)).sum()
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
