//! Languages: their tags, and which form of a text a number takes.

mod plural;
mod tag;

pub use self::plural::Plural;
pub use self::tag::{Language, LanguageError};
