use alloc::borrow::Cow;

use crate::policy::{Personal, Rule};

/// At most 256 UTF-16 code units, in which Active Directory measures: a character beyond the Basic
/// Multilingual Plane takes two.
#[derive(Debug)]
pub(in crate::policy) struct Utf16Units;

impl Utf16Units {
    pub(in crate::policy) const MOST: usize = 256;
}

impl Rule for Utf16Units {
    fn code(&self) -> &'static str {
        "password_too_many_utf16_units"
    }

    fn requirement(&self) -> Cow<'static, str> {
        "at most 256 characters, where emoji count twice".into()
    }

    fn message(&self) -> Cow<'static, str> {
        "Your new password must be shorter: emoji and rare characters count twice.".into()
    }

    /// What has more characters than that is refused for its length, and once is enough.
    fn accepts(&self, password: &str, _about: &Personal<'_>) -> bool {
        let units = password.encode_utf16().count();
        units <= Self::MOST || password.chars().count() > Self::MOST
    }
}
