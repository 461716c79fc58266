//! Which passwords are good enough.
//!
//! A [`Policy`] holds up to five rules: similarity to personal information, length, common
//! passwords, digits only, and character classes. [`Policy::check`] answers with every violation at
//! once, in that order, as typed values with stable codes. Every rule works in time linear in the
//! password and the personal information.
//!
//! The text is taken as given: nothing here normalises, trims or changes a password. A "character"
//! is a Unicode code point, as in NIST SP 800-63B-4 section 3.1.1.2 and in Django.
//!
//! Unicode data: the general categories are those of the crate `unicode-properties`, letter case is
//! that of the standard library, and the table of digits outside the decimal numbers was made from
//! Unicode 14.0.0.

mod builder;
mod classes;
mod common;
mod error;
mod lowercase;
mod numeric;
mod personal;
mod quantity;
mod requirement;
mod similarity;
mod violation;

pub use builder::PolicyBuilder;
pub use classes::{CharacterClass, Classes};
pub use common::{BuildListError, CommonPasswords, ListError, Rank};
pub use error::PolicyError;
pub use personal::{Attribute, Personal};
pub use requirement::Requirement;
pub use violation::{Violation, Violations};

use alloc::vec::Vec;

/// What a password must be; cheap to clone, and the same value serves any number of threads.
///
/// ```
/// use repass::policy::{Personal, Policy};
///
/// let policy = Policy::builder()
///     .min_length(12)
///     .max_similarity(0.7)
///     .not_entirely_numeric()
///     .build()?;
/// let about = Personal::none().username("emily.rose").email("emily@example.com");
///
/// assert!(policy.check("plum-kettle-42-orbit", &about).is_ok());
///
/// let violations = policy.check("emily.rose1", &about).unwrap_err();
/// let codes: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
/// assert_eq!(codes, ["password_too_similar", "password_too_short"]);
/// # Ok::<(), repass::policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    max_bytes: Option<usize>,
    max_similarity: Option<f64>,
    min_length: usize,
    max_length: Option<usize>,
    not_common: Option<CommonPasswords<'static>>,
    not_among: Vec<CommonPasswords<'static>>,
    not_entirely_numeric: bool,
    classes: Classes,
}

impl Policy {
    /// A policy of the rules that the caller names, and a ceiling of 1,024 bytes.
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::new()
    }

    /// The four validators of Django's project template, with Django's verdicts: not similar to the
    /// personal information (`max_similarity` 0.7), at least 8 characters, not on Django's list of
    /// 19,640 common passwords, not only digits.
    ///
    /// Source: `django.contrib.auth.password_validation` of Django 5.2.19, which 6.1.3 agrees with.
    /// Verdicts agree on code points that are assigned in Unicode 14.0.0, the version of the
    /// interpreter that was compared with.
    ///
    /// Like Django it has no upper limit of length. What bounds the work is that every rule is
    /// linear; a service that reads passwords from the network limits the request, and one that
    /// wants a limit here builds a policy with [`PolicyBuilder::max_bytes`].
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let policy = Policy::django();
    /// assert!(policy.check("plum-kettle-42", &Personal::none()).is_ok());
    ///
    /// let violations = policy.check("1234567", &Personal::none()).unwrap_err();
    /// let codes: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
    /// assert_eq!(codes, ["password_too_short", "password_too_common", "password_entirely_numeric"]);
    /// ```
    #[cfg(feature = "common-passwords")]
    #[must_use]
    pub const fn django() -> Self {
        Self {
            max_bytes: None,
            max_similarity: Some(0.7),
            min_length: 8,
            max_length: None,
            not_common: Some(CommonPasswords::django()),
            not_among: Vec::new(),
            not_entirely_numeric: true,
            classes: Classes::NONE,
        }
    }

    /// Asks every rule about `password`, taken as given, and about what is known of its owner.
    ///
    /// A password above the ceiling of bytes is refused for that alone, before any other rule looks
    /// at it. An accepted ASCII password with ASCII attributes costs no allocation.
    ///
    /// # Errors
    ///
    /// [`Violations`]: everything that is wrong, in the order of [`Policy::requirements`].
    pub fn check(&self, password: &str, about: &Personal<'_>) -> Result<(), Violations> {
        if let Some(max_bytes) = self.max_bytes.filter(|max_bytes| password.len() > *max_bytes) {
            return Err(Violations::one(Violation::TooManyBytes { max_bytes }));
        }
        let mut found = Vec::new();
        found.extend(self.similarity(password, about));
        found.extend(self.length(password));
        found.extend(self.common(password));
        found.extend(self.numeric(password));
        found.extend(self.composition(password));
        Violations::unless_empty(found)
    }

    /// What the policy asks, one value a rule, in the order in which violations are reported.
    ///
    /// ```
    /// use repass::policy::Policy;
    ///
    /// let policy = Policy::builder().min_length(12).not_entirely_numeric().build()?;
    /// let text: Vec<_> = policy.requirements().map(|requirement| requirement.to_string()).collect();
    /// assert_eq!(text, ["at most 1024 bytes", "at least 12 characters", "not only digits"]);
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn requirements(&self) -> impl Iterator<Item = Requirement> + use<> {
        let min_length = Some(self.min_length).filter(|min_length| *min_length > 0);
        [
            self.max_bytes.map(|max_bytes| Requirement::MaxBytes { max_bytes }),
            self.max_similarity.map(|_| Requirement::NotSimilar),
            min_length.map(|min_length| Requirement::MinLength { min_length }),
            self.max_length.map(|max_length| Requirement::MaxLength { max_length }),
            self.lists().next().map(|_| Requirement::NotCommon),
            self.not_entirely_numeric.then_some(Requirement::NotEntirelyNumeric),
            (!self.classes.asks_nothing())
                .then_some(Requirement::Classes { at_least: self.classes }),
        ]
        .into_iter()
        .flatten()
    }

    fn similarity(&self, password: &str, about: &Personal<'_>) -> Option<Violation> {
        similarity::similar_attribute(password, about, self.max_similarity?)
            .map(|attribute| Violation::TooSimilar { attribute })
    }

    fn length(&self, password: &str) -> Option<Violation> {
        if self.min_length == 0 && self.max_length.is_none() {
            return None;
        }
        let length = password.chars().count();
        if length < self.min_length {
            return Some(Violation::TooShort { min_length: self.min_length });
        }
        self.max_length
            .filter(|max_length| length > *max_length)
            .map(|max_length| Violation::TooLong { max_length })
    }

    fn common(&self, password: &str) -> Option<Violation> {
        self.lists().any(|list| list.contains(password)).then_some(Violation::TooCommon)
    }

    fn lists(&self) -> impl Iterator<Item = &CommonPasswords<'static>> {
        self.not_common.iter().chain(&self.not_among)
    }

    fn numeric(&self, password: &str) -> Option<Violation> {
        (self.not_entirely_numeric && numeric::is_entirely_numeric(password))
            .then_some(Violation::EntirelyNumeric)
    }

    fn composition(&self, password: &str) -> Option<Violation> {
        if self.classes.asks_nothing() {
            return None;
        }
        let missing = self.classes.missing_from(password);
        (!missing.asks_nothing()).then_some(Violation::MissingClasses { missing })
    }
}
