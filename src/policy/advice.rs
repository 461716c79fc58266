use core::fmt;

use super::catalogue::{Wording, key};
use super::{Catalogue, Violations};

/// Advice on how to choose a password that is accepted and hard to guess.
///
/// NIST SP 800-63B-4 section 3.1.1.2 has a verifier offer guidance, above all to people whose password was refused.
/// `Display` is an English sentence; [`Catalogue::advice`] has it in other languages.
///
/// With the feature `serde` it is `{"code": "advice_several_words", "params": {}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// A new password, and not the old one altered.
    BeginAnew,
    /// Nothing that others know of the owner.
    LeaveYourselfOut,
    /// Not the name of the service.
    LeaveTheServiceOut,
    /// No common password altered.
    NoDisguise,
    /// No repeats, alphabets and rows of keys.
    NoPatterns,
    /// What composition rules ask for, where guesses do not look first.
    MixIn,
    /// Characters that can be typed anywhere.
    PlainCharacters,
    /// Less of it.
    Shorten,
    /// Several words that have nothing to do with each other.
    SeveralWords,
    /// A password manager.
    PasswordManager,
    /// A password for this service alone.
    OnlyHere,
}

impl Advice {
    /// Every advice, the most particular first.
    pub const ALL: [Self; 11] = [
        Self::BeginAnew,
        Self::LeaveYourselfOut,
        Self::LeaveTheServiceOut,
        Self::NoDisguise,
        Self::NoPatterns,
        Self::MixIn,
        Self::PlainCharacters,
        Self::Shorten,
        Self::SeveralWords,
        Self::PasswordManager,
        Self::OnlyHere,
    ];

    /// Advice for anyone who is about to choose a password.
    pub const GENERAL: [Self; 3] = [Self::SeveralWords, Self::PasswordManager, Self::OnlyHere];

    /// The stable name of the advice.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.key().name()
    }

    pub(super) const fn wording(self) -> Wording<'static> {
        Wording::of(self.key())
    }

    const fn key(self) -> &'static super::CatalogueKey {
        match self {
            Self::BeginAnew => const { key("advice_begin_anew") },
            Self::LeaveYourselfOut => const { key("advice_leave_yourself_out") },
            Self::LeaveTheServiceOut => const { key("advice_leave_the_service_out") },
            Self::NoDisguise => const { key("advice_no_disguise") },
            Self::NoPatterns => const { key("advice_no_patterns") },
            Self::MixIn => const { key("advice_mix_in") },
            Self::PlainCharacters => const { key("advice_plain_characters") },
            Self::Shorten => const { key("advice_shorten") },
            Self::SeveralWords => const { key("advice_several_words") },
            Self::PasswordManager => const { key("advice_password_manager") },
            Self::OnlyHere => const { key("advice_only_here") },
        }
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::in_english(self.wording()).fmt(f)
    }
}

impl Violations {
    /// What to do about them: three at most, each once, the most particular first; none where another
    /// password would not help.
    ///
    /// [`Advice::GENERAL`] is for people whose password was not refused yet.
    ///
    /// ```
    /// use repass::policy::{Advice, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::builder().min_length(12).max_repeat(3).build()?;
    /// let violations = policy.check(&Password::new("aaaa")?, &Personal::none()).unwrap_err();
    /// let advice: Vec<_> = violations.advice().collect();
    /// assert_eq!(advice, [Advice::NoPatterns, Advice::SeveralWords]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn advice(&self) -> impl Iterator<Item = Advice> {
        const MOST: usize = 3;
        let is_given =
            |advice: &Advice| self.iter().any(|violation| violation.advice().contains(advice));
        Advice::ALL.into_iter().filter(is_given).take(MOST)
    }
}
