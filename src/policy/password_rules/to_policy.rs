use super::{PasswordRules, RuleClasses};
use crate::policy::{CharacterClass, PolicyBuilder};

impl PolicyBuilder {
    /// Asks what `rules` ask, as calls of the methods for length, characters, classes and repeats would.
    ///
    /// What passes those rules of the policy follows the text, and the other way round. The ceiling of
    /// bytes stays as it is: a `maxlength` above it does not build.
    ///
    /// ```
    /// use repass::policy::{PasswordRules, Personal, Policy};
    ///
    /// let rules = PasswordRules::parse("minlength: 8; required: upper, digit; allowed: lower")?;
    /// let policy = Policy::builder().password_rules(&rules).build()?;
    /// assert!(policy.check("plumkettle4", &Personal::none()).is_ok());
    /// assert!(policy.check("plumkettle", &Personal::none()).is_err());
    /// assert!(policy.check("plum kettle 4", &Personal::none()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn password_rules(mut self, rules: &PasswordRules) -> Self {
        let permitted = rules.permitted();
        if !permitted.is_unicode() {
            self = self.allowed_characters(permitted.printable());
        }
        let mut min_length = rules.min_length();
        for classes in rules.required() {
            if permitted.is_within(*classes) {
                // Every character will do.
                min_length = min_length.max(Some(1));
            } else if let Some(class) = class_of(*classes).filter(|_| !permitted.is_unicode()) {
                self = self.at_least(1, class);
            } else {
                self = self.at_least(1, classes.printable());
            }
        }
        if let Some(min_length) = min_length {
            self = self.min_length(min_length);
        }
        if let Some(max_length) = rules.max_length() {
            self = self.max_length(max_length);
        }
        // A run that fills the password breaks no rule.
        let max_length = rules.max_length().unwrap_or(usize::MAX);
        if let Some(longest) = rules.max_consecutive().filter(|longest| *longest < max_length) {
            self = self.max_repeat(longest);
        }
        self
    }
}

/// The class that has the same characters, among those of printable ASCII.
fn class_of(classes: RuleClasses) -> Option<CharacterClass> {
    let same = [
        (RuleClasses::LOWER, CharacterClass::Lower),
        (RuleClasses::UPPER, CharacterClass::Upper),
        (RuleClasses::LOWER.or(RuleClasses::UPPER), CharacterClass::Letter),
        (RuleClasses::DIGIT, CharacterClass::Digit),
        (RuleClasses::SPECIAL, CharacterClass::Symbol),
    ];
    let (_, class) = same.into_iter().find(|(own, _)| *own == classes)?;
    Some(class)
}
