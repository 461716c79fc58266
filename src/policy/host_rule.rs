use alloc::borrow::Cow;
use alloc::sync::Arc;
use core::any::{Any, TypeId};
use core::fmt;
use core::ops::Deref;

use super::Personal;

/// A rule of the host's own, for [`PolicyBuilder::rule`](super::PolicyBuilder::rule).
///
/// Implement this for requirements that the builder has no method for, such as a range of numbers or a
/// number of runs.
///
/// The texts of a rule do not depend on the password, so that they cannot reveal a part of it. The rule
/// must bound its own work: a policy passes it up to [`max_bytes`](super::PolicyBuilder::max_bytes) bytes
/// of text that a stranger chose.
///
/// The crate `zxcvbn` estimates how many guesses an attacker needs to find a password. It may take a second
/// for a hundred characters, so this example passes it a prefix; because it is an estimate, the rule warns
/// and does not refuse:
///
/// ```ignore
/// use std::borrow::Cow;
///
/// use repass::policy::{Personal, Policy, Rule};
/// use repass::secret::Password;
///
/// #[derive(Debug)]
/// struct Guessable;
///
/// impl Rule for Guessable {
///     fn code(&self) -> &'static str {
///         "password_guessable"
///     }
///
///     fn requirement(&self) -> Cow<'static, str> {
///         "hard to guess".into()
///     }
///
///     fn message(&self) -> Cow<'static, str> {
///         "Your new password could be harder to guess.".into()
///     }
///
///     fn accepts(&self, password: &str, _about: &Personal<'_>) -> bool {
///         let end = password.char_indices().nth(32).map_or(password.len(), |(end, _)| end);
///         zxcvbn::zxcvbn(&password[..end], &[]).score() >= zxcvbn::Score::Three
///     }
/// }
///
/// let wishes = Policy::builder().rule(Guessable).build()?;
/// let policy = Policy::builder().min_length(8).warn(wishes).build()?;
/// let none = Personal::none();
/// assert!(policy.check(&Password::new("password1234")?, &none).is_ok());
/// let warned = policy.warnings(&Password::new("password1234")?, &none).unwrap();
/// assert_eq!(warned[0].code(), "password_guessable");
/// assert!(policy.warnings(&Password::new("plum-kettle-orbit")?, &none).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Rule: fmt::Debug + Send + Sync {
    /// The stable snake_case name of the violation.
    fn code(&self) -> &'static str;

    /// What the rule requires, as a short phrase for a list such as that of
    /// [`Policy::requirements`](super::Policy::requirements).
    fn requirement(&self) -> Cow<'static, str>;

    /// What to tell a person whose password is refused, as a sentence.
    fn message(&self) -> Cow<'static, str>;

    /// Whether the rule accepts `password`.
    fn accepts(&self, password: &str, about: &Personal<'_>) -> bool;
}

/// A rule that policies share. It is equal to itself and, if it has no state, to any other of its type.
#[derive(Clone, Debug)]
pub(super) struct HostRule {
    rule: Arc<dyn Rule>,
    type_id: TypeId,
}

impl HostRule {
    pub(super) fn new(rule: impl Rule + 'static) -> Self {
        let type_id = rule.type_id();
        Self { rule: Arc::new(rule), type_id }
    }

    pub(super) fn is<T: Rule + 'static>(&self) -> bool {
        self.type_id == TypeId::of::<T>()
    }
}

impl Deref for HostRule {
    type Target = dyn Rule;

    fn deref(&self) -> &Self::Target {
        &*self.rule
    }
}

impl PartialEq for HostRule {
    fn eq(&self, other: &Self) -> bool {
        let is_stateless = size_of_val(&*self.rule) == 0;
        Arc::ptr_eq(&self.rule, &other.rule) || (is_stateless && self.type_id == other.type_id)
    }
}
