use alloc::string::String;
use core::fmt;

/// Why texts do not make a [`Catalogue`](super::Catalogue).
///
/// Keys and placeholders are given as they were written, cut to 64 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CatalogueError {
    /// There is no such key.
    UnknownKey {
        /// The key.
        key: String,
    },
    /// There is no such plural form, or the text of that key counts nothing.
    UnknownForm {
        /// The key.
        key: String,
    },
    /// The text has a placeholder for which the key has no parameter.
    UnknownPlaceholder {
        /// The key.
        key: String,
        /// What stands between the braces.
        placeholder: String,
    },
    /// In the text a brace is opened and not closed, or closed and not opened.
    Unbalanced {
        /// The key.
        key: String,
    },
    /// The key has two texts.
    Twice {
        /// The key.
        key: String,
    },
}

impl CatalogueError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownKey { .. } => "catalogue_unknown_key",
            Self::UnknownForm { .. } => "catalogue_unknown_form",
            Self::UnknownPlaceholder { .. } => "catalogue_unknown_placeholder",
            Self::Unbalanced { .. } => "catalogue_unbalanced",
            Self::Twice { .. } => "catalogue_key_twice",
        }
    }
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey { key } => write!(f, "there is no key {key:?}"),
            Self::UnknownForm { key } => {
                write!(f, "{key:?} is no plural form that the text has")
            }
            Self::UnknownPlaceholder { key, placeholder } => {
                write!(f, "{key:?} has no parameter {placeholder:?}")
            }
            Self::Unbalanced { key } => {
                write!(f, "a brace of {key:?} has no partner; {{{{ and }}}} are plain braces")
            }
            Self::Twice { key } => write!(f, "{key:?} has two texts"),
        }
    }
}

impl core::error::Error for CatalogueError {}
