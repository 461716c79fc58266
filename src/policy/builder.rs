use alloc::vec::Vec;

use super::{CharacterClass, Classes, CommonPasswords, Policy, PolicyError};

/// Collects the rules of a [`Policy`]; a rule that is not named is not asked.
///
/// ```
/// use repass::policy::{CharacterClass, Policy, PolicyError};
///
/// let builder = Policy::builder()
///     .min_length(8)
///     .at_least(1, CharacterClass::Upper)
///     .at_least(1, CharacterClass::Digit);
/// assert!(builder.clone().build().is_ok());
///
/// let error = builder.max_length(7).build().unwrap_err();
/// assert_eq!(error, PolicyError::MinLengthAboveMaxLength { min_length: 8, max_length: 7 });
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PolicyBuilder {
    rules: Policy,
}

impl PolicyBuilder {
    /// The ceiling of a policy whose builder was not told another: 1,024 bytes, sixteen times the
    /// 64 characters that NIST SP 800-63B-4 wants to be allowed.
    pub const DEFAULT_MAX_BYTES: usize = 1_024;

    pub(super) fn new() -> Self {
        Self {
            rules: Policy {
                max_bytes: Some(Self::DEFAULT_MAX_BYTES),
                max_similarity: None,
                min_length: 0,
                max_length: None,
                not_common: None,
                not_among: Vec::new(),
                not_entirely_numeric: false,
                classes: Classes::NONE,
            },
        }
    }

    /// The most bytes of UTF-8; a longer password is refused for that alone, before any other rule
    /// runs.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.rules.max_bytes = Some(bytes);
        self
    }

    /// The fewest code points; 0, the default, asks nothing and lets even the empty password pass.
    pub fn min_length(mut self, code_points: usize) -> Self {
        self.rules.min_length = code_points;
        self
    }

    /// The most code points; without it the ceiling of bytes alone limits the length.
    pub fn max_length(mut self, code_points: usize) -> Self {
        self.rules.max_length = Some(code_points);
        self
    }

    /// How many characters of `class` the password needs at least; the last call for a class
    /// counts.
    ///
    /// NIST SP 800-63B-4 forbids rules of composition; they are here for systems that prescribe
    /// them.
    pub fn at_least(mut self, count: usize, class: CharacterClass) -> Self {
        self.rules.classes = self.rules.classes.with(class, count);
        self
    }

    /// Refuses a password whose likeness to an attribute, or to a word of it, is `ratio` or more;
    /// Django's default is 0.7.
    ///
    /// The measure is Django's: both sides are lower-cased, an attribute is also taken word by
    /// word, and the likeness is twice the number of shared code points, in any order, divided by
    /// the sum of the lengths. From 0.1, Django's own limit, to 1.0; above 1.0 the rule could never
    /// refuse, so that does not build.
    pub fn max_similarity(mut self, ratio: f64) -> Self {
        self.rules.max_similarity = Some(ratio);
        self
    }

    /// Refuses passwords of digits alone: code points with Numeric_Type Decimal or Digit, the set
    /// of Python's `str.isdigit` that Django uses, so superscripts and circled digits are among
    /// them.
    pub fn not_entirely_numeric(mut self) -> Self {
        self.rules.not_entirely_numeric = true;
        self
    }

    /// Refuses the 139,184 common passwords of [`CommonPasswords::embedded`], in any letter case and
    /// with any white space around them.
    ///
    /// The list is compared exactly and as a whole: no other password is refused, and none for
    /// containing an entry. For the most common alone, or Django's alone, hand a part of the list to
    /// [`not_among`](Self::not_among) instead.
    #[cfg(feature = "common-passwords")]
    pub fn not_common(mut self) -> Self {
        self.rules.not_common = Some(CommonPasswords::embedded());
        self
    }

    /// Refuses the passwords of `list`, a list of your own or a part of the embedded one; each call
    /// adds a list.
    pub fn not_among(mut self, list: CommonPasswords<'static>) -> Self {
        self.rules.not_among.push(list);
        self
    }

    /// Makes the policy.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] when no password could pass, when a rule could never refuse, or when a
    /// number is out of range.
    pub fn build(self) -> Result<Policy, PolicyError> {
        let Policy { max_bytes, max_similarity, min_length, max_length, classes, .. } = self.rules;
        let max_bytes = max_bytes.unwrap_or(usize::MAX);
        if max_bytes == 0 {
            return Err(PolicyError::MaxBytesZero);
        }
        if max_length == Some(0) {
            return Err(PolicyError::MaxLengthZero);
        }
        if let Some(max_length) = max_length {
            if min_length > max_length {
                return Err(PolicyError::MinLengthAboveMaxLength { min_length, max_length });
            }
            if max_length > max_bytes {
                return Err(PolicyError::MaxLengthAboveMaxBytes { max_length, max_bytes });
            }
        }
        if min_length > max_bytes {
            return Err(PolicyError::MinLengthAboveMaxBytes { min_length, max_bytes });
        }
        // Each class has ASCII characters, of one byte each, so as many characters fit as bytes are
        // allowed.
        let longest = max_length.unwrap_or(max_bytes);
        let asked = classes.total();
        if asked > longest {
            return Err(PolicyError::ClassesAboveLength { asked, longest });
        }
        if self.rules.not_entirely_numeric && classes.count(CharacterClass::Digit) == longest {
            return Err(PolicyError::OnlyDigitsFit { longest });
        }
        if max_similarity.is_some_and(|ratio| !(0.1..=1.0).contains(&ratio)) {
            return Err(PolicyError::MaxSimilarityOutOfRange);
        }
        Ok(self.rules)
    }
}
