mod classes;
mod error;
mod of_policy;
mod parse;
mod to_policy;

pub use classes::{RuleClass, RuleClasses};
pub use error::{PasswordRulesError, PrintRulesError};

use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// What the attribute `passwordrules` of an HTML input tells password managers about new passwords.
///
/// `Display` is the value of the attribute, and the same rules always have the same text. A template
/// has to escape it as any other value, since it may have `"`, `&` and `<` in it.
///
/// Source: Apple, "Customizing Password AutoFill Rules", and the parser in
/// `apple/password-manager-resources`.
///
/// ```
/// use repass::policy::{CharacterClass, PasswordRules, Policy};
///
/// let policy = Policy::builder()
///     .min_length(12)
///     .max_length(64)
///     .at_least(1, CharacterClass::Digit)
///     .build()?;
/// let rules = policy.password_rules()?.to_string();
/// let escaped = rules.replace('&', "&amp;").replace('"', "&quot;");
/// assert_eq!(
///     format!(r#"<input type="password" autocomplete="new-password" passwordrules="{escaped}">"#),
///     "<input type=\"password\" autocomplete=\"new-password\" \
///      passwordrules=\"minlength: 12; maxlength: 64; required: digit; allowed: unicode;\">"
/// );
///
/// let theirs = PasswordRules::parse("minlength: 8; required: upper, [!?]; allowed: lower")?;
/// assert!(theirs.permitted().contains('?') && !theirs.permitted().contains('7'));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PasswordRules {
    min_length: Option<usize>,
    max_length: Option<usize>,
    max_consecutive: Option<usize>,
    required: Vec<RuleClasses>,
    allowed: Option<RuleClasses>,
}

impl PasswordRules {
    /// The longest text that is parsed, in bytes; those of real sites have some 200.
    pub const MAX_BYTES: usize = 4_096;

    /// Reads the value of the attribute, unescaped.
    ///
    /// Names may be in any letter case. Of several `minlength` the largest counts, of several
    /// `maxlength` or `max-consecutive` the smallest; several `allowed` are taken together, and each
    /// `required` is asked for. In a custom class what is not printable ASCII is passed over. In all
    /// that it follows Apple's parser; what that parser skips with a message is an error here.
    ///
    /// # Errors
    ///
    /// [`PasswordRulesError`], with the byte at which the text stops making sense.
    pub fn parse(text: &str) -> Result<Self, PasswordRulesError> {
        parse::parse(text)
    }

    /// The fewest characters; from 1.
    #[must_use]
    pub const fn min_length(&self) -> Option<usize> {
        self.min_length
    }

    /// The most characters; from 1.
    #[must_use]
    pub const fn max_length(&self) -> Option<usize> {
        self.max_length
    }

    /// The longest run of one character; from 1.
    #[must_use]
    pub const fn max_consecutive(&self) -> Option<usize> {
        self.max_consecutive
    }

    /// Of each of these a password has one character or more. No two are the same.
    #[must_use]
    pub fn required(&self) -> &[RuleClasses] {
        &self.required
    }

    /// What is named as allowed; [`PasswordRules::permitted`] is all that a password may have.
    #[must_use]
    pub const fn allowed(&self) -> Option<RuleClasses> {
        self.allowed
    }

    /// What a password may have: all that is allowed or required; without either, printable ASCII.
    #[must_use]
    pub fn permitted(&self) -> RuleClasses {
        let named = self.required.iter().copied().chain(self.allowed);
        named.reduce(RuleClasses::or).unwrap_or(RuleClasses::PRINTABLE)
    }
}

impl FromStr for PasswordRules {
    type Err = PasswordRulesError;

    fn from_str(text: &str) -> Result<Self, PasswordRulesError> {
        Self::parse(text)
    }
}

impl fmt::Display for PasswordRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut blank = "";
        let mut property = |name: &str, value: &dyn fmt::Display| {
            write!(f, "{blank}{name}: {value};")?;
            blank = " ";
            Ok(())
        };
        let numbers = [
            ("minlength", self.min_length),
            ("maxlength", self.max_length),
            ("max-consecutive", self.max_consecutive),
        ];
        for (name, number) in numbers {
            number.map_or(Ok(()), |number| property(name, &number))?;
        }
        self.required.iter().try_for_each(|classes| property("required", classes))?;
        self.allowed.map_or(Ok(()), |classes| property("allowed", &classes))
    }
}
