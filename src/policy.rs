//! Which passwords are good enough.
//!
//! A [`Policy`] holds rules of length, of common passwords, of characters and their kinds, of repeats,
//! sequences and keyboard walks, and of what is known of the owner and the service.
//! [`Policy::check`] answers with every violation at once, in the order of [`Policy::requirements`],
//! as typed values with stable codes; [`Policy::check_change`] compares with the old password too,
//! and [`Policy::check_history`] with the ones before. [`Policy::checklist`] is for a form, [`Advice`]
//! for whoever was refused, and a [`Catalogue`] says all of it in other words. Every rule works in time linear in the
//! password, the personal information and the context words.
//!
//! The text is taken as given: nothing here normalises, trims or changes a password. A "character"
//! is a Unicode code point, as in NIST SP 800-63B-4 section 3.1.1.2 and in Django.
//!
//! Unicode data: the general categories are those of the crate `unicode-properties`, letter case is
//! that of the standard library, and the table of digits outside the decimal numbers was made from
//! Unicode 14.0.0.

mod advice;
mod breach;
mod builder;
mod catalogue;
mod category;
mod change;
mod character_set;
mod check;
mod checklist;
mod classes;
mod common;
#[cfg(feature = "serde")]
mod config;
mod containment;
mod context;
mod contradiction;
mod error;
mod evidence;
mod fold;
mod forbidden;
mod general_category;
mod generator;
mod interval;
mod keyboard;
mod lowercase;
mod numeric;
mod password_rules;
mod personal;
mod preset;
mod reduction;
mod repeat;
mod requirement;
mod rule;
mod rules;
mod sequence;
#[cfg(feature = "serde")]
mod serialized;
mod similarity;
mod syllables;
mod text;
mod violation;
mod white_space;

pub use advice::Advice;
#[cfg(feature = "breach")]
pub use breach::BreachQuery;
pub use breach::{Breach, BreachUnknown, WhenUnknown};
pub use builder::PolicyBuilder;
pub use catalogue::{Catalogue, CatalogueError, CatalogueKey};
pub use category::{Categories, Category};
pub use change::Rearrangement;
pub use character_set::CharacterSet;
pub use checklist::{CheckState, Checked};
pub use classes::{CharacterClass, Classes};
pub use common::{BuildListError, CommonPasswords, ListError, Rank};
#[cfg(feature = "serde")]
pub use config::{PolicyConfig, PolicyConfigError};
pub use error::PolicyError;
pub use evidence::Evidence;
pub use generator::{GenerateError, Generator, GeneratorBuilder, GeneratorError};
pub use password_rules::{
    PasswordRules, PasswordRulesError, PrintRulesError, RuleClass, RuleClasses,
};
pub use personal::{Attribute, Personal};
pub use preset::Preset;
pub use reduction::{Reduction, Reductions};
pub use requirement::Requirement;
pub use rule::Rule;
pub use sequence::SequenceEnds;
pub use violation::{Violation, Violations};
pub use white_space::WhiteSpace;

use alloc::string::String;
use alloc::sync::Arc;

use crate::answer::answered;
use forbidden::Forbidden;
use interval::Interval;
use rule::OwnRule;

answered!(Violations);

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
    max_personal: Option<(usize, usize)>,
    max_similarity: Option<f64>,
    min_length: usize,
    max_length: Option<usize>,
    not_common: Option<CommonPasswords<'static>>,
    not_among: Option<Arc<[CommonPasswords<'static>]>>,
    reductions: Option<Reductions>,
    not_entirely_numeric: bool,
    classes: Classes,
    no_white_space: Option<WhiteSpace>,
    no_control_characters: bool,
    allowed: Option<CharacterSet>,
    illegal: Option<CharacterSet>,
    max_repeat: Option<usize>,
    max_class_repeat: Option<usize>,
    min_distinct: Option<usize>,
    max_occurrences: Option<usize>,
    sets: Option<Arc<[(usize, CharacterSet)]>>,
    categories: Option<(usize, Categories)>,
    max_sequence: Option<(usize, SequenceEnds)>,
    max_keyboard_walk: Option<usize>,
    context_words: Option<Arc<[String]>>,
    forbidden: Option<Forbidden>,
    no_personal_names: bool,
    no_palindrome: bool,
    min_changed: Option<usize>,
    not_rearranged: bool,
    not_among_last: Option<usize>,
    max_breaches: Option<(u64, WhenUnknown)>,
    own: Option<Arc<[OwnRule]>>,
    intervals: Option<Arc<[Interval]>>,
    wishes: Option<Arc<Self>>,
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
        Self::of_django(Some(CommonPasswords::django()))
    }

    /// No rule but that of the list, if there is one.
    const fn of_one_list(not_common: Option<CommonPasswords<'static>>) -> Self {
        Self {
            max_bytes: None,
            max_personal: None,
            max_similarity: None,
            min_length: 0,
            max_length: None,
            not_common,
            not_among: None,
            reductions: None,
            not_entirely_numeric: false,
            classes: Classes::NONE,
            no_white_space: None,
            no_control_characters: false,
            allowed: None,
            illegal: None,
            max_repeat: None,
            max_class_repeat: None,
            min_distinct: None,
            max_occurrences: None,
            sets: None,
            categories: None,
            max_sequence: None,
            max_keyboard_walk: None,
            context_words: None,
            forbidden: None,
            no_personal_names: false,
            no_palindrome: false,
            min_changed: None,
            not_rearranged: false,
            not_among_last: None,
            max_breaches: None,
            own: None,
            intervals: None,
            wishes: None,
        }
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
        let max_bytes = self.max_bytes.map(|max_bytes| Requirement::MaxBytes { max_bytes });
        max_bytes.into_iter().chain(self.requirements_below_the_ceiling())
    }

    /// The context words, as they were given: OWASP ASVS 5.0 6.1.2 wants them written down.
    pub fn context_words(&self) -> impl Iterator<Item = &str> {
        self.context_words.iter().flat_map(|words| words.iter()).map(String::as_str)
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
        common::distinct_entries(self.lists(), |length| self.accepts_length(length), usize::MAX)
    }

    /// Whether passwords of so many code points may pass.
    fn accepts_length(&self, length: usize) -> bool {
        let may_pass = |rules: &Self| {
            rules.min_length <= length && rules.max_length.is_none_or(|most| length <= most)
        };
        may_pass(self)
            && self.max_bytes.is_none_or(|most| length <= most)
            && self.intervals().all(|one| !one.contains(length) || may_pass(&one.rules))
    }

    fn own_rules(&self) -> impl Iterator<Item = &OwnRule> {
        self.own.iter().flat_map(|own| own.iter())
    }

    fn intervals(&self) -> impl Iterator<Item = &Interval> {
        self.intervals.iter().flat_map(|intervals| intervals.iter())
    }

    fn lists(&self) -> impl Iterator<Item = &CommonPasswords<'static>> + Clone {
        self.not_common.iter().chain(self.not_among.iter().flat_map(|lists| lists.iter()))
    }
}
