//! Languages: their tags, and the plural form that a number takes in each.

mod plural;
mod tag;

pub use self::plural::Plural;
pub use self::tag::{Language, LanguageError};
