use core::fmt;

/// A setting that cannot be used: which one, why, and how one looks that can.
///
/// It never shows a value, since that may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationError {
    field: String,
    reason: String,
    example: String,
}

impl ConfigurationError {
    pub(crate) fn new(
        field: impl Into<String>,
        reason: impl fmt::Display,
        example: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), reason: reason.to_string(), example: example.into() }
    }

    /// The setting, with the sections that it is in: `systems.001.prefix`.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Why it cannot be used.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// A line that can be used.
    #[must_use]
    pub fn example(&self) -> &str {
        &self.example
    }
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; for example: {}", self.field, self.reason, self.example)
    }
}

impl core::error::Error for ConfigurationError {}
