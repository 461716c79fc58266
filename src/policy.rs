//! Which passwords are good enough.
//!
//! A [`Policy`] holds rules of length, of common passwords, of characters and their kinds, of repeats,
//! sequences and keyboard walks, and of what is known of the owner and the service.
//! [`Policy::check`] answers with every violation at once, in the order of [`Policy::requirements`],
//! as typed values with stable codes; [`Policy::check_change`] compares with the old password too,
//! and [`Policy::check_history`] with the ones before. Every rule works in time linear in the
//! password, the personal information and the context words.
//!
//! The text is taken as given: nothing here normalises, trims or changes a password. A "character"
//! is a Unicode code point, as in NIST SP 800-63B-4 section 3.1.1.2 and in Django.
//!
//! Unicode data: the general categories are those of the crate `unicode-properties`, letter case is
//! that of the standard library, and the table of digits outside the decimal numbers was made from
//! Unicode 14.0.0.

mod builder;
mod category;
mod change;
mod character_set;
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
mod interval;
mod keyboard;
mod lowercase;
mod numeric;
mod personal;
mod preset;
mod quantity;
mod reduction;
mod repeat;
mod requirement;
mod rule;
mod rules;
mod sequence;
mod similarity;
mod text;
mod violation;
mod white_space;

pub use builder::PolicyBuilder;
pub use category::{Categories, Category};
pub use change::Rearrangement;
pub use character_set::CharacterSet;
pub use classes::{CharacterClass, Classes};
pub use common::{BuildListError, CommonPasswords, ListError, Rank};
#[cfg(feature = "serde")]
pub use config::{PolicyConfig, PolicyConfigError};
pub use error::PolicyError;
pub use evidence::Evidence;
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
use alloc::vec::Vec;

use interval::Interval;
use rule::OwnRule;

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
    sets: Option<Arc<[(usize, CharacterSet)]>>,
    categories: Option<(usize, Categories)>,
    max_sequence: Option<(usize, SequenceEnds)>,
    max_keyboard_walk: Option<usize>,
    context_words: Option<Arc<[String]>>,
    no_personal_names: bool,
    no_palindrome: bool,
    min_changed: Option<usize>,
    not_rearranged: bool,
    not_among_last: Option<usize>,
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
        let mut policy = Self::of_one_list(Some(CommonPasswords::django()));
        policy.max_similarity = Some(0.7);
        policy.min_length = 8;
        policy.not_entirely_numeric = true;
        policy
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
            sets: None,
            categories: None,
            max_sequence: None,
            max_keyboard_walk: None,
            context_words: None,
            no_personal_names: false,
            no_palindrome: false,
            min_changed: None,
            not_rearranged: false,
            not_among_last: None,
            own: None,
            intervals: None,
            wishes: None,
        }
    }

    /// Asks every rule about `password`, taken as given, and about what is known of its owner.
    ///
    /// Those about the change from the old password and about earlier ones need more than the password:
    /// [`Policy::check_with`] asks them too.
    ///
    /// A password above the ceiling of bytes is refused for that alone, before any other rule looks
    /// at it, and so is more personal information than [`PolicyBuilder::max_personal`] takes. An accepted ASCII password with ASCII attributes costs no allocation.
    ///
    /// # Errors
    ///
    /// [`Violations`]: everything that is wrong, in the order of [`Policy::requirements`].
    pub fn check(&self, password: &str, about: &Personal<'_>) -> Result<(), Violations> {
        if let Some(ceiling) = self.ceilings(password, about) {
            return Err(Violations::one(ceiling));
        }
        Violations::unless_empty(self.ask_every_rule(password, about))
    }

    /// What of [`PolicyBuilder::warn`] the password does not meet; `None` too when [`Policy::check`]
    /// refuses it for a ceiling.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let wishes = Policy::builder().min_length(15).build()?;
    /// let policy = Policy::builder().min_length(8).warn(wishes).build()?;
    /// let none = Personal::none();
    /// assert!(policy.check("plum-kettle", &none).is_ok());
    /// assert_eq!(policy.warnings("plum-kettle", &none).unwrap()[0].code(), "password_too_short");
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    #[must_use]
    pub fn warnings(&self, password: &str, about: &Personal<'_>) -> Option<Violations> {
        if self.ceilings(password, about).is_some() {
            return None;
        }
        self.wishes.as_ref()?.check(password, about).err()
    }

    /// Asks every rule about `new`, and those about the change from `old`, the password until now, which
    /// the host has just verified and keeps no longer than this.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let policy = Policy::builder().min_changed(4).not_rearranged().build()?;
    /// let none = Personal::none();
    /// assert!(policy.check_change("plum-kettle-42", "orbit-kettle-42", &none).is_ok());
    ///
    /// let violations = policy.check_change("plum-kettle-42", "plum-kettle-43", &none).unwrap_err();
    /// assert_eq!(violations[0].code(), "password_too_little_changed");
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Violations`], as of [`Policy::check`]; above the ceiling of bytes nothing is compared.
    pub fn check_change(
        &self,
        old: &str,
        new: &str,
        about: &Personal<'_>,
    ) -> Result<(), Violations> {
        let found = self.ask_about(new, about)?;
        Violations::unless_empty(self.and_of_the_change(old, new, found))
    }

    /// Asks every rule about `password`, those that need `evidence` too.
    ///
    /// ```
    /// use repass::policy::{Evidence, Personal, Policy};
    ///
    /// let policy = Policy::builder().min_changed(4).not_among_last(3).build()?;
    /// let (old, new, none) = ("plum-kettle-42", "orbit-kettle-42", Personal::none());
    /// # let hashes = ["hash of plum-kettle-42", "hash of another"];
    /// # let is_hash_of = |new: &str, hash: &str| hash.strip_prefix("hash of ") == Some(new);
    /// let history = policy.check_history(hashes, |hash| is_hash_of(new, hash));
    /// assert!(policy.check_with(new, &none, Evidence::of_change(old).history(&history)).is_ok());
    ///
    /// // What nobody asked is not taken for granted.
    /// let violations = policy.check_with(new, &none, Evidence::of_reset()).unwrap_err();
    /// assert_eq!(violations[0].code(), "password_history_unknown");
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Violations`], as of [`Policy::check`]; above a ceiling nothing is compared.
    pub fn check_with(
        &self,
        password: &str,
        about: &Personal<'_>,
        evidence: Evidence<'_>,
    ) -> Result<(), Violations> {
        let mut found = self.ask_about(password, about)?;
        if let Some(old) = evidence.old {
            found = self.and_of_the_change(old, password, found);
        }
        if let Some(last) = self.not_among_last {
            found.extend(match evidence.is_new {
                Some(true) => None,
                Some(false) => Some(Violation::UsedBefore { last }),
                None => Some(Violation::HistoryUnknown { last }),
            });
        }
        Violations::unless_empty(found)
    }

    /// Whether the new password is none of the last ones: `is_used` verifies it against one of
    /// `earlier`, the hashes that the host keeps, newest first.
    ///
    /// As many are asked as [`PolicyBuilder::not_among_last`] says, and all of them, so that the time
    /// does not tell which it was. Old passwords themselves are nowhere needed.
    ///
    /// # Errors
    ///
    /// [`Violation::UsedBefore`] alone.
    pub fn check_history<T>(
        &self,
        earlier: impl IntoIterator<Item = T>,
        mut is_used: impl FnMut(T) -> bool,
    ) -> Result<(), Violations> {
        let Some(last) = self.not_among_last else { return Ok(()) };
        let used = earlier.into_iter().take(last).fold(false, |used, hash| is_used(hash) | used);
        if used { Err(Violations::one(Violation::UsedBefore { last })) } else { Ok(()) }
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

    /// What is wrong with the password itself.
    ///
    /// # Errors
    ///
    /// [`Violations`] of a ceiling, above which nothing else is asked.
    fn ask_about(
        &self,
        password: &str,
        about: &Personal<'_>,
    ) -> Result<Vec<Violation>, Violations> {
        self.ceilings(password, about).map_or_else(
            || Ok(self.ask_every_rule(password, about)),
            |ceiling| Err(Violations::one(ceiling)),
        )
    }

    fn and_of_the_change(&self, old: &str, new: &str, mut found: Vec<Violation>) -> Vec<Violation> {
        if let Some(min_changed) = self.min_changed
            && change::changes_fewer(old, new, min_changed)
        {
            found.push(Violation::TooLittleChanged { min_changed });
        }
        if self.not_rearranged
            && let Some(how) = Rearrangement::between(old, new)
        {
            found.push(Violation::Rearranged { how });
        }
        found
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
