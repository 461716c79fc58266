use alloc::string::String;
use alloc::vec::Vec;

use super::{Ask, Draw, Kind, Limits, Question, Rules};
#[cfg(feature = "serde")]
use super::{Field, FieldError, Value};
use crate::policy::catalogue::key;
use crate::policy::characters::fold;
use crate::policy::draw::power;
use crate::policy::words::{Words, context};
use crate::policy::{Advice, PolicyBuilder, PolicyError, Requirement, Violation};

/// Words of the service's own.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::policy) struct ContextWords(pub(in crate::policy) Words);

impl PolicyBuilder {
    /// Refuses words of the service's own, such as its name, and what is derived from one of them:
    /// other letter case, leet, marks and separators, the word several times over, and digits or
    /// symbols behind it. There are up to 1,000 words of up to 64 letters and numbers each; of those that
    /// are read alike one counts. The last call counts.
    ///
    /// It is the whole password that is compared, as NIST SP 800-63B-4 section 3.1.1.2 asks: no other
    /// is refused for containing a word.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().context_words(["Plum Bank"]).build()?;
    /// for refused in ["plumbank", "P1um-B@nk!", "PlumBankPlumBank", "plumbank2026"] {
    ///     assert!(policy.check(&Password::new(refused)?, &Personal::none()).is_err());
    /// }
    /// assert!(policy.check(&Password::new("my plum bank account")?, &Personal::none()).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn context_words<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.rules.context_words =
            Some(ContextWords(Words::new(words.into_iter().map(Into::into))));
        self
    }
}

impl Ask for ContextWords {
    const KEY: &'static str = "context_words";
    #[cfg(feature = "serde")]
    const EXAMPLE: &'static str = "[\"Plum Bank\"]";
    const KIND: Kind = Kind::Whole;

    fn requirements(&self, all: &mut Vec<Requirement>) {
        let key = const { key("requirement_no_context_word") };
        all.push(Requirement::of("password_is_context_word", key));
    }

    fn check(&self, question: &Question<'_>, found: &mut Vec<Violation>) {
        if self.0.letters().iter().any(|word| context::derives_from(question.password, word)) {
            let key = const { key("password_is_context_word") };
            found.push(Violation::of(key, &[Advice::LeaveTheServiceOut]));
        }
    }

    fn refuse(&self, _limits: &Limits) -> Result<(), PolicyError> {
        self.0.refuse(Self::KEY)
    }

    /// Up to some character everything is skipped or is the next letter, and behind it nothing is
    /// alphabetic.
    fn refuses_at_most(&self, draw: &Draw<'_>, _all: &Rules) -> f64 {
        let one = |letters: &[char]| -> f64 {
            let shares = letters.iter().map(|letter| draw.alphabet.share_read_as(*letter));
            let next = shares.fold(0.0, f64::max);
            let inside = draw.alphabet.share(|character| fold::plain(character).is_none()) + next;
            let behind = draw.alphabet.share(|character| !character.is_alphabetic());
            let drawn = draw.drawn();
            (letters.len()..=drawn)
                .map(|end| power(inside.min(1.0), end) * power(behind, drawn.saturating_sub(end)))
                .sum()
        };
        self.0.letters().iter().map(|letters| one(letters)).sum()
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
