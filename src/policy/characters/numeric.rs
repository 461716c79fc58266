mod digits;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::policy::characters::character_set::is_in;
use digits::DIGITS;

/// Whether the password has digits and nothing else, by Python's `str.isdigit`, as Django's
/// `NumericPasswordValidator`.
pub(in crate::policy) fn is_entirely_numeric(password: &str) -> bool {
    !password.is_empty() && password.chars().all(is_digit)
}

/// Numeric_Type Decimal, which is general category Nd, or Numeric_Type Digit.
pub(in crate::policy) fn is_digit(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_digit();
    }
    character.general_category() == GeneralCategory::DecimalNumber || is_in(&DIGITS, character)
}
