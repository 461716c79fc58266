use super::{FieldError, Table, Value};
use crate::policy::{CharacterClass, Classes};

/// `lower = 1` and the like, as the fields of a table.
impl Classes {
    pub(in crate::policy) const FIELDS: [&'static str; 6] = {
        let [lower, upper, letter, other_letter, digit, symbol] = CharacterClass::ALL;
        [
            lower.name(),
            upper.name(),
            letter.name(),
            other_letter.name(),
            digit.name(),
            symbol.name(),
        ]
    };

    pub(in crate::policy) fn read(table: &Table<'_>) -> Result<Self, FieldError> {
        CharacterClass::ALL.into_iter().try_fold(Self::NONE, |classes, class| {
            Ok(match table.get(class.name()) {
                Some(count) => classes.with(class, count.number_from_1()?),
                None => classes,
            })
        })
    }

    /// What `read` reads.
    pub(in crate::policy) fn write(&self) -> impl Iterator<Item = (&'static str, Value)> + use<> {
        self.iter().map(|(class, count)| (class.name(), count.into()))
    }
}
