mod django;
mod english;
mod entry;
mod error;
mod key;
mod said;
mod wording;

pub use error::CatalogueError;
pub use key::CatalogueKey;

pub(super) use english::key;
pub(super) use wording::{OwnGroup, ParamValue, Params, Wording};

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use entry::{Entry, Place};
use said::{Filled, Said};

use super::{Advice, Attribute, Requirement, Violation};
use crate::language::Plural;

/// What violations, requirements and advice say, in one language; cheap to clone.
///
/// A text has a key and may have placeholders: `{min_length}` stands for a number of the rule,
/// `{attribute}` for a name that has a text of its own, `{classes}` for a list of such. `{{` and `}}`
/// are braces. No placeholder is replaced by a piece of the password, since no violation knows one:
/// `{example}` is made from the rule alone, such as `abcd` where three letters in sequence are
/// accepted. What a text says instead of a parameter is up to it: it may leave out any.
///
/// A text that counts something may have plural forms: `password_too_short.one`,
/// `password_too_short.other`, and what else the language has. `password_too_short` without a form is
/// for the numbers whose form is not there.
///
/// A rule of the host's own says what [`Rule`](super::Rule) says, unless there is a text with the key
/// `own_violation.` or `own_requirement.` and its code behind; one of
/// [`Personal::others`](super::Personal::others) is called by its name, unless there is one with
/// `own_attribute.` and that name. These have no placeholders.
///
/// ```
/// use repass::language::Plural;
/// use repass::policy::{Catalogue, Personal, Policy};
/// use repass::secret::Password;
///
/// let german = Catalogue::from_texts(
///     Plural::english,
///     [
///         ("password_too_short.one", "Das Passwort braucht mindestens ein Zeichen."),
///         ("password_too_short.other", "Das Passwort braucht mindestens {min_length} Zeichen."),
///     ],
/// )?;
/// let policy = Policy::builder().min_length(8).not_entirely_numeric().build()?;
/// let violations = policy.check(&Password::new("1234")?, &Personal::none()).unwrap_err();
/// let texts: Vec<_> =
///     violations.iter().map(|violation| german.violation(violation).to_string()).collect();
/// // What has no text is said in English, and told by `missing`.
/// assert_eq!(
///     texts,
///     [
///         "Das Passwort braucht mindestens 8 Zeichen.",
///         "Your new password must not consist of digits only.",
///     ]
/// );
/// assert!(german.missing().any(|key| key == "password_entirely_numeric"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Catalogue {
    plural: fn(usize) -> Plural,
    /// Texts that the crate ships besides the English ones, and that come before those.
    shipped: &'static [CatalogueKey],
    /// Those of a host, sorted by place; none if all texts are shipped.
    texts: Option<Arc<[Entry]>>,
}

/// The language of `Display`.
static ENGLISH: Catalogue = Catalogue::english();

impl Catalogue {
    /// The texts that the crate ships, which `Display` shows.
    #[must_use]
    pub const fn english() -> Self {
        Self { plural: Plural::english, shipped: &[], texts: None }
    }

    /// The error messages and help texts of Django's four validators, in English and word for word, for a
    /// service that moves from Django. Django has no text for the other rules and for advice: those are
    /// the texts of [`english`](Self::english).
    ///
    /// ```
    /// # #[cfg(feature = "common-passwords")] {
    /// use repass::policy::{Catalogue, Personal, Policy};
    /// use repass::secret::Password;
    ///
    /// let violations = Policy::django().check(&Password::new("1234")?, &Personal::none()).unwrap_err();
    /// let catalogue = Catalogue::django();
    /// assert_eq!(
    ///     catalogue.violation(&violations[0]).to_string(),
    ///     "This password is too short. It must contain at least 8 characters."
    /// );
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub const fn django() -> Self {
        Self { plural: Plural::english, shipped: django::TEXTS, texts: None }
    }

    /// A catalogue of `texts`, each with its key; `plural` is the rule of the language.
    ///
    /// Keys may be missing: what has no text is said in English.
    ///
    /// # Errors
    ///
    /// [`CatalogueError`] when a key, a plural form or a placeholder does not exist, when a brace has
    /// no partner, or when a key comes twice.
    pub fn from_texts(
        plural: fn(usize) -> Plural,
        texts: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
    ) -> Result<Self, CatalogueError> {
        let texts = texts.into_iter().map(|(key, text)| Entry::parse(key.as_ref(), text.as_ref()));
        let mut texts = texts.collect::<Result<Vec<_>, _>>()?;
        texts.sort_unstable_by(|one, other| one.place().cmp(&other.place()));
        let mut neighbours = texts.iter().zip(texts.iter().skip(1));
        if let Some((twice, _)) = neighbours.find(|(one, next)| one.place() == next.place()) {
            return Err(CatalogueError::Twice { key: twice.key() });
        }
        Ok(Self { plural, shipped: &[], texts: Some(texts.into()) })
    }

    /// What a violation says: a sentence.
    pub fn violation<'a>(&'a self, violation: &'a Violation) -> impl fmt::Display + use<'a> {
        self.say(violation.wording())
    }

    /// What a requirement says: a phrase.
    pub fn requirement<'a>(&'a self, requirement: &'a Requirement) -> impl fmt::Display + use<'a> {
        self.say(requirement.wording())
    }

    /// What an advice says: a sentence.
    #[must_use]
    pub fn advice(&self, advice: Advice) -> impl fmt::Display + use<'_> {
        self.say(advice.wording())
    }

    /// What a part of the personal information is called.
    #[must_use]
    pub fn attribute(&self, attribute: Attribute) -> impl fmt::Display + use<'_> {
        self.fill(ParamValue::Attribute(attribute))
    }

    /// Every key that a catalogue may have, for translators.
    ///
    /// ```
    /// use repass::language::Plural;
    /// use repass::policy::Catalogue;
    ///
    /// // A file to be translated, of a line for each text.
    /// let lines: Vec<_> = Catalogue::keys()
    ///     .map(|key| format!("{} = {}", key.name(), key.english(Plural::Other)))
    ///     .collect();
    /// assert!(lines.contains(&"requirement_min_length = at least {min_length} characters".into()));
    /// ```
    ///
    #[doc = include_str!("catalogue/keys.md")]
    pub fn keys() -> impl Iterator<Item = &'static CatalogueKey> {
        english::keys()
    }

    /// The keys that have no text, with the plural form where it is one that is missing.
    ///
    /// Forms are those that the language takes for the numbers from 0 to 200. A text without a form
    /// stands for all of them.
    pub fn missing(&self) -> impl Iterator<Item = String> {
        let is_used = |form: &Plural| (0..=200).any(|count| (self.plural)(count) == *form);
        let used: Vec<_> = Plural::ALL.into_iter().filter(is_used).collect();
        let keys = english::keys().filter(|key| !self.is_shipped() && !self.has(key.name(), None));
        keys.flat_map(move |key| {
            let name = key.name();
            let forms = used.clone().into_iter().filter(|_| key.counts().is_some());
            let forms = forms.filter(move |form| !self.has(name, Some(*form)));
            let whole = key.counts().is_none().then(|| name.into());
            forms.map(move |form| format!("{name}.{}", form.name())).chain(whole)
        })
    }

    /// Whether every key has a text, in every plural form of the language.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing().next().is_none()
    }

    /// In English, for `Display`.
    pub(super) fn in_english(wording: Wording<'_>) -> impl fmt::Display {
        ENGLISH.say(wording)
    }

    /// A part of a text in English, for `Display`.
    pub(super) fn part_in_english(value: ParamValue<'_>) -> impl fmt::Display {
        ENGLISH.fill(value)
    }

    const fn say<'a>(&'a self, wording: Wording<'a>) -> Said<'a> {
        Said { catalogue: self, wording }
    }

    const fn fill<'a>(&'a self, value: ParamValue<'a>) -> Filled<'a> {
        Filled { catalogue: self, value }
    }

    /// The text of a key for a number: of its form, else for all numbers, else of the form `other`,
    /// else the one that is shipped.
    fn text(&self, key: &'static CatalogueKey, count: Option<usize>) -> &str {
        let form = count.map(self.plural);
        [form, None, Some(Plural::Other)]
            .into_iter()
            .find_map(|form| self.find((None, key.name(), form)))
            .unwrap_or_else(|| {
                let shipped = self.shipped.iter().find(|shipped| shipped.name() == key.name());
                shipped.unwrap_or(key).english(count.map_or(Plural::Other, Plural::english))
            })
    }

    fn own_text(&self, group: OwnGroup, name: &str) -> Option<&str> {
        self.find((Some(group), name, None))
    }

    fn has(&self, name: &str, form: Option<Plural>) -> bool {
        self.find((None, name, form)).is_some()
    }

    const fn is_shipped(&self) -> bool {
        self.texts.is_none()
    }

    fn find(&self, place: Place<'_>) -> Option<&str> {
        let texts = self.texts.as_ref()?;
        let found = texts.binary_search_by(|entry| entry.place().cmp(&place)).ok()?;
        texts.get(found).map(|entry| entry.text.as_str())
    }
}
