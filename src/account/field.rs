use core::fmt;

/// The name of a field of the user table that the host has declared, such as `Phone` or
/// `AlternateEmail`. Names are compared byte by byte.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldName {
    /// Zeros behind the name.
    bytes: [u8; Self::MAX_BYTES],
    length: usize,
}

impl FieldName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 32;

    /// Takes a name.
    ///
    /// # Errors
    ///
    /// [`FieldNameError`] unless it is 1 to [`FieldName::MAX_BYTES`] ASCII letters, digits, `_`, `-` and
    /// `.`.
    pub fn new(name: &str) -> Result<Self, FieldNameError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        let mut bytes = [0; Self::MAX_BYTES];
        let place = bytes.get_mut(..name.len()).filter(|place| !place.is_empty());
        match place {
            Some(place) if name.bytes().all(plain) => place.copy_from_slice(name.as_bytes()),
            _ => return Err(FieldNameError { max_bytes: Self::MAX_BYTES }),
        }
        Ok(Self { bytes, length: name.len() })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let name = self.bytes.get(..self.length).unwrap_or_default();
        // It is ASCII.
        core::str::from_utf8(name).unwrap_or_default()
    }
}

impl fmt::Debug for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FieldName({:?})", self.as_str())
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// The text is not the name of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FieldNameError {
    /// The longest name, in bytes.
    pub max_bytes: usize,
}

impl FieldNameError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "field_name_invalid"
    }
}

impl fmt::Display for FieldNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the name of a field is 1 to {} ASCII letters, digits, _, - and .",
            self.max_bytes
        )
    }
}

impl core::error::Error for FieldNameError {}
