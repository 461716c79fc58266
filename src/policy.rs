//! Which passwords are good enough.
//!
//! A [`Policy`] holds rules of length, of common passwords, of characters and their kinds, of repeats,
//! sequences and keyboard walks, and of what is known of the owner and the service.
//! [`Policy::check`] answers with every violation at once, in the order of [`Policy::requirements`],
//! each with a stable code and parameters; [`Policy::check_with`] also compares with the old password,
//! earlier ones and those known from breaches. [`Policy::checklist`] is for a form, [`Advice`] for people
//! whose password was refused, and a [`Catalogue`] says all of it in other words. The time that a rule takes
//! grows with the length of the password and, where a rule compares it with words, names or the old password,
//! with the length of these; a product of both is bounded by a number of words, of changes or of steps.
//!
//! A password is checked as it is hashed, in Unicode Normalization Form C; nothing here trims or changes
//! it. A "character" is a Unicode code point, as in NIST SP 800-63B-4 section 3.1.1.2 and in Django.
//!
//! Unicode data: the general categories are those of the crate `unicode-properties`, letter case is
//! that of the standard library, and the table of digits outside the decimal numbers was made from
//! Unicode 14.0.0.

mod advice;
mod breach;
mod build;
mod catalogue;
mod change;
mod characters;
mod check;
mod checklist;
#[cfg(feature = "serde")]
mod config;
mod const_eq;
mod draw;
mod error;
mod evidence;
#[cfg(feature = "serde")]
mod field;
mod fingerprint;
mod generator;
mod history;
mod host_rule;
mod interval;
mod list;
mod owner;
mod password_rules;
mod pattern;
mod preset;
mod requirement;
mod rule;
#[cfg(feature = "serde")]
mod serialized;
mod statement;
mod text;
mod violation;
mod words;

pub use advice::Advice;
#[cfg(feature = "breach")]
pub use breach::BreachQuery;
pub use breach::{Breach, BreachAnswer, BreachUnknown, WhenUnknown};
pub use build::PolicyBuilder;
pub use catalogue::{Catalogue, CatalogueError, CatalogueKey};
pub use characters::category::Category;
pub use characters::character_set::CharacterSet;
pub use characters::classes::CharacterClass;
pub use characters::white_space::WhiteSpace;
pub use checklist::{CheckState, Checked};
#[cfg(feature = "serde")]
pub use config::{PolicyConfig, PolicyConfigError};
pub use error::PolicyError;
pub use evidence::Evidence;
pub use generator::{GenerateError, Generator, GeneratorBuilder, GeneratorError};
pub use history::History;
pub use host_rule::Rule;
pub use list::common::{BuildListError, CommonPasswords, ListError, Rank};
pub use list::reduction::Reduction;
pub use owner::personal::{Attribute, Personal};
pub use password_rules::PrintRulesError;
pub use pattern::sequence::SequenceEnds;
pub use preset::Preset;
pub use requirement::Requirement;
pub use statement::Param;
pub use violation::{Violation, Violations};

use alloc::string::String;
use alloc::sync::Arc;

use crate::answer::answered;
use characters::category::Categories;
use characters::classes::Classes;
use host_rule::HostRule;
use interval::Interval;
use list::reduction::Reductions;
use rule::Rules;

answered!(Violations);

/// What a password must be; cheap to clone, and the same value serves any number of threads.
///
/// ```
/// use repass::policy::{Personal, Policy};
/// use repass::secret::Password;
///
/// let policy = Policy::builder()
///     .min_length(12)
///     .max_similarity(0.7)
///     .not_entirely_numeric()
///     .build()?;
/// let about = Personal::none().username("emily.rose").email("emily@example.com");
///
/// assert!(policy.check(&Password::new("plum-kettle-42-orbit")?, &about).is_ok());
///
/// let violations = policy.check(&Password::new("emily.rose1")?, &about).unwrap_err();
/// let codes: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
/// assert_eq!(codes, ["password_too_similar", "password_too_short"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    rules: Rules,
    /// Rules of the host's own.
    own: Option<Arc<[HostRule]>>,
    intervals: Option<Arc<[Interval]>>,
    wishes: Option<Arc<Self>>,
}

impl Policy {
    /// A policy of the rules that the caller names, and a ceiling of 1,024 bytes; control characters and
    /// passwords that show nothing are refused unless the caller allows them.
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
    /// use repass::secret::Password;
    ///
    /// let policy = Policy::django();
    /// assert!(policy.check(&Password::new("plum-kettle-42")?, &Personal::none()).is_ok());
    ///
    /// let violations = policy.check(&Password::new("1234567")?, &Personal::none()).unwrap_err();
    /// let codes: Vec<_> = violations.iter().map(|violation| violation.code()).collect();
    /// assert_eq!(codes, ["password_too_short", "password_too_common", "password_entirely_numeric"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "common-passwords")]
    #[must_use]
    pub fn django() -> Self {
        Self { rules: preset::django(), own: None, intervals: None, wishes: None }
    }

    /// What the policy asks, one value a rule, in the order in which violations are reported.
    ///
    /// ```
    /// use repass::policy::Policy;
    ///
    /// let policy = Policy::builder().min_length(12).not_entirely_numeric().build()?;
    /// let text: Vec<_> = policy.requirements().map(|requirement| requirement.to_string()).collect();
    /// assert_eq!(
    ///     text,
    ///     [
    ///         "at most 1024 bytes",
    ///         "at least 12 characters",
    ///         "not only digits",
    ///         "no control characters, such as tabs or line breaks",
    ///         "not only spaces or invisible characters",
    ///     ]
    /// );
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn requirements(&self) -> impl Iterator<Item = Requirement> + use<> {
        self.every_requirement().into_iter()
    }

    /// The context words, as they were given, of those that are read alike the first: OWASP ASVS 5.0 6.1.2 wants them written down.
    pub fn context_words(&self) -> impl Iterator<Item = &str> {
        let words = self.rules.context_words.iter().flat_map(|rule| rule.0.given());
        words.map(String::as_str)
    }

    /// How many different common passwords the lists have of the lengths that are accepted: those that
    /// the policy gets to refuse for being common alone. One list is looked up in a table, several are
    /// walked through.
    ///
    /// OWASP ASVS 5.0, 6.2.4, wants 3,000.
    ///
    /// ```
    /// # #[cfg(feature = "common-passwords")] {
    /// use repass::policy::{Policy, Preset};
    ///
    /// let policy = Policy::preset(Preset::NistSingleFactor).build()?;
    /// assert_eq!(policy.common_passwords_of_accepted_lengths(), 241);
    /// # }
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn common_passwords_of_accepted_lengths(&self) -> usize {
        let accepted = |length| self.accepts_length(length);
        list::common::distinct_entries(self.rules.lists(), accepted, usize::MAX)
    }

    /// Whether passwords of so many code points may pass.
    fn accepts_length(&self, length: usize) -> bool {
        self.rules.take_length(length)
            && length <= self.rules.most_bytes()
            && self
                .intervals()
                .all(|one| !one.contains(length) || one.rules.rules.take_length(length))
    }

    fn own_rules(&self) -> impl Iterator<Item = &HostRule> {
        self.own.iter().flat_map(|own| own.iter())
    }

    fn intervals(&self) -> impl Iterator<Item = &Interval> {
        self.intervals.iter().flat_map(|intervals| intervals.iter())
    }
}
