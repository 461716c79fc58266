use alloc::borrow::Cow;
use core::fmt;

use super::{Password, PasswordError};

/// A password that is typed to be compared: in NFC, and as it was typed where that is another text.
///
/// Systems that do not normalise hash what their keyboards send. When their hashes are moved, a person
/// whose keyboard sends another form than NFC would be shut out by [`Password::new`] alone.
///
/// ```
/// use repass::secret::TypedPassword;
///
/// let typed = TypedPassword::new("cafe\u{301}")?;
/// let spellings: Vec<_> = typed.spellings().map(|password| password.expose_secret()).collect();
/// assert_eq!(spellings, ["caf\u{e9}", "cafe\u{301}"]);
/// assert_eq!(TypedPassword::new("caf\u{e9}")?.spellings().count(), 1);
/// # Ok::<(), repass::secret::PasswordError>(())
/// ```
pub struct TypedPassword {
    normalised: Password,
    verbatim: Option<Password>,
}

impl TypedPassword {
    /// Takes `text`. A `String` is taken over and wiped; of a `&str` the caller keeps, and wipes, the
    /// original.
    ///
    /// # Errors
    ///
    /// [`PasswordError::TooManyBytes`] beyond [`Password::MAX_BYTES`]. It depends on the text alone,
    /// so a sign-in that answers with it before it looks anybody up reveals nothing.
    pub fn new<'a>(text: impl Into<Cow<'a, str>>) -> Result<Self, PasswordError> {
        let verbatim = Password::verbatim(text)?;
        Ok(match verbatim.normalised() {
            Some(normalised) => Self { normalised, verbatim: Some(verbatim) },
            None => Self { normalised: verbatim, verbatim: None },
        })
    }

    /// The password in NFC, as new hashes are made of it.
    #[must_use]
    pub const fn normalised(&self) -> &Password {
        &self.normalised
    }

    /// What to compare: first the password in NFC, then as it was typed if that differs.
    pub fn spellings(&self) -> impl Iterator<Item = &Password> {
        core::iter::once(&self.normalised).chain(&self.verbatim)
    }
}

impl fmt::Debug for TypedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedPassword(..)")
    }
}
