use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Origin, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::ranges::Ranges;
use crate::policy::{Advice, PolicyBuilder, Requirement, Violation};

/// No control characters.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NoControlCharacters(pub(in crate::policy) Origin);

impl PolicyBuilder {
    /// Refuses control characters: general category Cc, such as NUL, tab and line feed.
    ///
    /// This is the default, as such a character is pasted by mistake and cannot be typed again. Sources:
    /// RFC 8265, section 4.2.1, where a password has none, and NIST SP 800-63B-4 section 3.1.1.2, which
    /// wants printing characters to be accepted.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let password = Password::new("plum-kettle\n")?;
    /// let policy = Policy::builder().build()?;
    /// let violations = policy.check(&password, &Personal::none()).unwrap_err();
    /// assert_eq!(violations[0].code(), "password_has_control_character");
    ///
    /// let policy = Policy::builder().allow_control_characters().build()?;
    /// assert!(policy.check(&password, &Personal::none()).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn no_control_characters(mut self) -> Self {
        self.rules.no_control_characters = Some(NoControlCharacters(Origin::Named));
        self
    }

    /// Accepts control characters: [`no_control_characters`](Self::no_control_characters) is not asked.
    pub fn allow_control_characters(mut self) -> Self {
        self.rules.no_control_characters = None;
        self
    }
}

impl Ask for NoControlCharacters {
    const KEY: &'static str = "no_control_characters";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "true";
    const KIND: Kind = Kind::Whole;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_no_control_characters") };
        all.push(Requirement::of("password_has_control_character", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if let Some(position) = position_of_control(question.password) {
            let key = const { key("password_has_control_character") };
            found.push(Violation::of(key, &[Advice::PlainCharacters]).at(position));
        }
    }

    fn is_default(&self) -> bool {
        matches!(self.0, Origin::Default)
    }

    fn narrow(&self, permitted: &mut Ranges) {
        permitted.remove(&[('\0', '\x1F'), ('\x7F', '\u{9F}')]);
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

fn position_of_control(text: &str) -> Option<usize> {
    if text.is_ascii() {
        return text.bytes().position(|byte| byte.is_ascii_control());
    }
    text.chars().position(char::is_control)
}
