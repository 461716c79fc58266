use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use super::catalogue::{OwnGroup, Wording};
use super::statement::{Fact, Statement};
use super::{Advice, Attribute, Catalogue, CatalogueKey, Param};
use crate::answer::Answer;

/// One thing that is wrong with a password.
///
/// `Display` is an English sentence that never repeats a part of the password and depends on the rule
/// alone; a [`Catalogue`] has it in other languages. [`Catalogue::keys`] lists every code of this crate with
/// its parameters, and besides them `position` and `example`, which are for texts alone.
///
/// With the feature `serde` it is `{"code": "password_too_short", "params": {"min_length": 8}}`, with a
/// third field `position` where there is one.
///
/// ```
/// use repass::policy::{Personal, Policy};
/// use repass::secret::Password;
///
/// let policy = Policy::builder().max_repeat(3).build()?;
/// let password = Password::new("plum-kettle-0000")?;
/// let violations = policy.check(&password, &Personal::none()).unwrap_err();
/// let violation = &violations[0];
/// assert_eq!(violation.code(), "password_repeats_character");
/// assert_eq!(violation.param("max_repeat").and_then(|most| most.number()), Some(3));
/// assert_eq!(violation.position(), Some(12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Violation {
    statement: Statement,
    position: Option<usize>,
    advice: &'static [Advice],
}

impl Violation {
    /// The stable name of the violation; where Django has the rule, it is Django's.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.statement.name()
    }

    /// The parameters of the rule, by name.
    pub fn params(&self) -> impl Iterator<Item = (&'static str, &Param)> + Clone {
        self.statement.params()
    }

    /// The parameter of this name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params().find(|(other, _)| *other == name).map(|(_, param)| param)
    }

    /// Where in the password something is wrong, in code points from 0, if it is at one place.
    #[must_use]
    pub const fn position(&self) -> Option<usize> {
        self.position
    }

    /// What to do about it; nothing where another password would not help.
    #[must_use]
    pub const fn advice(&self) -> &'static [Advice] {
        self.advice
    }

    /// The field of a form that the violation belongs to: `password`.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        "password"
    }

    /// A violation that this text says.
    pub(super) const fn of(key: &'static CatalogueKey, advice: &'static [Advice]) -> Self {
        Self { statement: Statement::of(key), position: None, advice }
    }

    /// A violation of a rule of the host's own.
    pub(super) const fn own(code: &'static str, message: Cow<'static, str>) -> Self {
        Self {
            statement: Statement::own(OwnGroup::Violation, code, message),
            position: None,
            advice: &[Advice::SeveralWords, Advice::PasswordManager],
        }
    }

    pub(super) fn with(self, name: &'static str, fact: Fact) -> Self {
        Self { statement: self.statement.with(name, fact), ..self }
    }

    pub(super) fn number(self, name: &'static str, number: usize) -> Self {
        self.with(name, Fact::Number(number))
    }

    pub(super) fn attribute(self, attribute: Attribute) -> Self {
        self.with("attribute", Fact::Attribute(attribute))
    }

    pub(super) fn at(self, position: usize) -> Self {
        Self { position: Some(position), ..self }
    }

    pub(super) fn wording(&self) -> Wording<'_> {
        let wording = self.statement.wording();
        self.position.map_or(wording, |position| wording.at(position))
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Catalogue::in_english(self.wording()).fmt(f)
    }
}

/// Everything that is wrong with a password: one violation or more, in the order of the rules.
///
/// Reads as a slice; `Display` is all the sentences, one a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Violations {
    found: Vec<Violation>,
}

impl Violations {
    pub(crate) fn one(violation: Violation) -> Self {
        Self { found: vec![violation] }
    }

    /// What the person who chose the password may be told: [`Answer::Invalid`], or
    /// [`Answer::Unavailable`] where no other password would help, because the service could not judge it.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let helps = |violation: &Violation| !violation.advice().is_empty();
        if self.iter().any(helps) { Answer::Invalid } else { Answer::Unavailable }
    }

    pub(super) fn unless_empty(found: Vec<Violation>) -> Result<(), Self> {
        if found.is_empty() { Ok(()) } else { Err(Self { found }) }
    }
}

impl Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.found
    }
}

impl IntoIterator for Violations {
    type Item = Violation;
    type IntoIter = vec::IntoIter<Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.into_iter()
    }
}

impl<'a> IntoIterator for &'a Violations {
    type Item = &'a Violation;
    type IntoIter = core::slice::Iter<'a, Violation>;

    fn into_iter(self) -> Self::IntoIter {
        self.found.iter()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.iter();
        if let Some(first) = lines.next() {
            write!(f, "{first}")?;
        }
        lines.try_for_each(|line| write!(f, "\n{line}"))
    }
}

impl core::error::Error for Violations {}
