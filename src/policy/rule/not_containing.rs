use alloc::string::String;
use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::words::Words;
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// Words that no password may have in it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct NotContaining(Words);

impl PolicyBuilder {
    /// Refuses a password that has one of these words in it, in any letter case, with or without marks and
    /// separators, and in leet. There are up to 1,000 words of up to 64 letters and numbers each; of those
    /// that are read alike one counts. The last call counts.
    ///
    /// A short word is in many others: `art` in `start`. NIST SP 800-63B-4 section 3.1.1.2 has the
    /// entire password compared and nothing in it, so under its presets this does not build:
    /// [`context_words`](Self::context_words) does.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().not_containing(["kettle", "plum"]).build()?;
    /// for refused in ["my-kettle-42", "K-3-t-t-l-3", "sugarplum", "plúm"] {
    ///     assert!(policy.check(&Password::new(refused)?, &Personal::none()).is_err());
    /// }
    /// assert!(policy.check(&Password::new("elttek-42")?, &Personal::none()).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn not_containing<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        let words = Words::new(words.into_iter().map(Into::into));
        self.rules.not_containing = Some(NotContaining(words));
        self
    }
}

impl Ask for NotContaining {
    const KEY: &'static str = "not_containing";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "[\"password\", \"plum\"]";
    const KIND: Kind = Kind::Whole;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_no_forbidden_word") };
        all.push(Requirement::of("password_has_forbidden_word", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if self.0.are_in(question.password) {
            let key = const { key("password_has_forbidden_word") };
            found.push(Violation::of(key, &[Advice::SeveralWords]));
        }
    }

    fn refuse(&self, _limits: &Limits) -> Result<(), PolicyError> {
        self.0.refuse(Self::KEY)
    }

    fn looks_within(&self) -> bool {
        true
    }

    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        self.0.letters().iter().map(|letters| draw.spelled(letters.iter().copied())).sum()
    }

    #[cfg(feature = "serde")]
    fn read(given: Field<'_>) -> Result<Option<Self>, FieldError> {
        Ok(Some(Self(Words::new(given.texts()?.into_iter()))))
    }

    #[cfg(feature = "serde")]
    fn write(&self) -> Value {
        Value::texts(self.0.given())
    }
}
