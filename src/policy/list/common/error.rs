use core::fmt;

/// Why bytes are no list of passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListError {
    /// They do not begin as a list does.
    NotAList,
    /// They are a list of another version of the format.
    UnknownVersion {
        /// The version that the bytes name.
        version: u8,
    },
    /// Bytes are missing, added or changed.
    Damaged,
}

impl ListError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAList => "list_not_a_list",
            Self::UnknownVersion { .. } => "list_unknown_version",
            Self::Damaged => "list_damaged",
        }
    }
}

impl fmt::Display for ListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAList => f.write_str("the bytes are not a list of passwords"),
            Self::UnknownVersion { version } => {
                write!(f, "the list of passwords has the unknown version {version}")
            }
            Self::Damaged => f.write_str("the list of passwords is damaged"),
        }
    }
}

impl core::error::Error for ListError {}

/// Why no list is made of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BuildListError {
    /// There are no words, or they are all blank.
    NoWords,
    /// A word has more than 255 bytes once lowercased.
    WordTooLong {
        /// Which one, counted from 1.
        number: usize,
    },
    /// The words do not fit the format: it ends at 4 GiB of them, some 10^9 words.
    TooManyWords,
    /// The filter did not come about with any of a hundred seeds.
    NoFilter,
}

impl BuildListError {
    /// The stable name of the error.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoWords => "list_no_words",
            Self::WordTooLong { .. } => "list_word_too_long",
            Self::TooManyWords => "list_too_many_words",
            Self::NoFilter => "list_no_filter",
        }
    }
}

impl fmt::Display for BuildListError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWords => f.write_str("there is no word to make a list of"),
            Self::WordTooLong { number } => {
                write!(f, "word {number} is longer than 255 bytes")
            }
            Self::TooManyWords => f.write_str("the words are too many for one list"),
            Self::NoFilter => f.write_str("no seed makes a filter of the words"),
        }
    }
}

impl core::error::Error for BuildListError {}
