use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use zeroize::Zeroizing;

use crate::answer::Answer;

/// A password as a person typed it: wiped on drop, without `Display` and without equality.
///
/// [`Password::new`] normalises to NFC, so that the same password typed on two systems is one
/// password (NIST SP 800-63B-4, section 3.1.1.2). [`Password::verbatim`] keeps what was typed.
///
/// ```
/// use repass::secret::Password;
///
/// let typed = Password::new("cafe\u{301} au lait")?;
/// assert_eq!(typed.expose_secret(), "caf\u{e9} au lait");
/// assert_eq!(format!("{typed:?}"), "Password(..)");
/// # Ok::<(), repass::secret::PasswordError>(())
/// ```
pub struct Password(Zeroizing<String>);

impl Password {
    /// The longest text that is taken at all, in bytes of UTF-8: a bound on work, not a policy.
    pub const MAX_BYTES: usize = 4096;

    /// The version of Unicode by whose rules [`Password::new`] normalises: major, minor, update.
    pub const UNICODE_VERSION: (u8, u8, u8) = unicode_normalization::UNICODE_VERSION;

    /// Takes `text` and normalises it to Unicode Normalization Form C.
    ///
    /// A `String` is taken over and wiped; of a `&str` the caller keeps, and wipes, the original, of
    /// which no copy is made when it is too long.
    ///
    /// # Errors
    ///
    /// [`PasswordError::TooManyBytes`] beyond [`Password::MAX_BYTES`]. It depends on the text alone,
    /// so a sign-in that answers with it before it looks anybody up reveals nothing.
    pub fn new<'a>(text: impl Into<Cow<'a, str>>) -> Result<Self, PasswordError> {
        let verbatim = Self::verbatim(text)?;
        Ok(verbatim.normalised().unwrap_or(verbatim))
    }

    /// Takes `text` exactly as typed, for hashes that were made without normalisation.
    ///
    /// # Errors
    ///
    /// [`PasswordError::TooManyBytes`] beyond [`Password::MAX_BYTES`].
    pub fn verbatim<'a>(text: impl Into<Cow<'a, str>>) -> Result<Self, PasswordError> {
        let too_long = PasswordError::TooManyBytes { max_bytes: Self::MAX_BYTES };
        let text = match text.into() {
            Cow::Borrowed(text) if text.len() > Self::MAX_BYTES => return Err(too_long),
            text => Zeroizing::new(text.into_owned()),
        };
        if text.len() > Self::MAX_BYTES { Err(too_long) } else { Ok(Self(text)) }
    }

    /// Takes a new password that was typed twice, as [`Password::new`] does.
    ///
    /// # Errors
    ///
    /// [`PasswordError::ConfirmationMismatch`] when the two differ after normalisation, and the
    /// errors of [`Password::new`].
    pub fn confirmed<'a, 'b>(
        new: impl Into<Cow<'a, str>>,
        again: impl Into<Cow<'b, str>>,
    ) -> Result<Self, PasswordError> {
        // Both are taken over before either is refused.
        let (new, again) = (Self::new(new), Self::new(again));
        let (new, again) = (new?, again?);
        if *new.0 != *again.0 {
            return Err(PasswordError::ConfirmationMismatch);
        }
        Ok(new)
    }

    /// The password in NFC; `None` where it is that already.
    pub(super) fn normalised(&self) -> Option<Self> {
        let text = &*self.0;
        if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
            return None;
        }
        self.other(|| text.nfc())
    }

    /// The same password once more, wiped on drop as well.
    pub(crate) fn copied(&self) -> Self {
        Self(self.0.clone())
    }

    /// The password in NFD; `None` where it is that already. A system that does not normalise may
    /// have hashed it.
    pub(crate) fn decomposed(&self) -> Option<Self> {
        if self.0.is_ascii() { None } else { self.other(|| self.0.nfd()) }
    }

    /// Another form of the text, if it differs.
    fn other<I: Iterator<Item = char>>(&self, form: impl Fn() -> I) -> Option<Self> {
        // Measured first: a buffer that grows would leave copies of the password behind.
        let bytes = form().map(char::len_utf8).sum();
        let mut other = Zeroizing::new(String::with_capacity(bytes));
        other.extend(form());
        (*other != *self.0).then_some(Self(other))
    }

    /// Whether every later version of Unicode normalises the password to the same bytes: none of its code
    /// points is unassigned in [`Password::UNICODE_VERSION`], and noncharacters and private use count
    /// as assigned.
    ///
    /// The process for stabilized strings, which NIST SP 800-63B-4 section 3.1.1.2 names, stops at an
    /// unassigned code point (Unicode Standard Annex #15, section 12.1). A host that wants to be that
    /// strict refuses the password; the form of all others never changes, so nothing has to be stored
    /// beside the hash.
    ///
    /// ```
    /// use repass::secret::Password;
    ///
    /// assert!(Password::new("plum-kettle \u{1F642}")?.is_stable());
    /// assert!(!Password::new("plum-kettle \u{378}")?.is_stable());
    /// # Ok::<(), repass::secret::PasswordError>(())
    /// ```
    #[must_use]
    pub fn is_stable(&self) -> bool {
        self.0.is_ascii() || self.0.chars().all(is_assigned)
    }

    /// The password itself, for hashing and policy checks.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

fn is_assigned(character: char) -> bool {
    // Noncharacters have no category of their own and are never given to anything.
    let is_noncharacter =
        u32::from(character) & 0xFFFE == 0xFFFE || ('\u{FDD0}'..='\u{FDEF}').contains(&character);
    is_noncharacter || character.general_category() != GeneralCategory::Unassigned
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// What is assigned is read from other tables than what is normalised.
const _: () = {
    let (major, minor, update) = unicode_properties::UNICODE_VERSION;
    let (of_major, of_minor, of_update) = Password::UNICODE_VERSION;
    assert!(major == of_major as u64 && minor == of_minor as u64 && update == of_update as u64);
};

/// Why a text was not taken as a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PasswordError {
    /// The text is longer than any password that is taken.
    TooManyBytes {
        /// The longest text that is taken, in bytes of UTF-8.
        max_bytes: usize,
    },
    /// The password and its repetition differ.
    ConfirmationMismatch,
}

impl PasswordError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooManyBytes { .. } => "password_too_many_bytes",
            Self::ConfirmationMismatch => "password_confirmation_mismatch",
        }
    }

    /// The form field that the error belongs to.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        match self {
            Self::TooManyBytes { .. } => "password",
            Self::ConfirmationMismatch => "confirm_password",
        }
    }

    /// What the person who typed it may be told: [`Answer::Invalid`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Invalid
    }
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyBytes { max_bytes } => {
                write!(f, "a password can have at most {max_bytes} bytes")
            }
            Self::ConfirmationMismatch => f.write_str("the two passwords are not the same"),
        }
    }
}

impl core::error::Error for PasswordError {}
