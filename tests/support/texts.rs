//! A violation and a requirement of every kind, with the English that the crate ships.

use std::num::NonZeroU64;
use std::sync::Arc;

use repass::policy::{
    Attribute, BreachUnknown, Categories, Category, CharacterClass, CharacterSet, CommonPasswords,
    Policy, PolicyBuilder, Rearrangement, Reduction, Requirement, Violation, WhiteSpace,
};

/// Every kind of violation, and one of each number for those that count.
#[rustfmt::skip]
pub(crate) fn violations() -> Vec<(Violation, &'static str)> {
    let Requirement::Classes { at_least: missing } = asked(
        Policy::builder().at_least(1, CharacterClass::Upper).at_least(2, CharacterClass::Digit).at_least(1, CharacterClass::Symbol),
    ) else { unreachable!() };
    let set = CharacterSet::of("!$%");
    vec![
        (Violation::TooManyBytes { max_bytes: 1 }, "Your new password may take 1 byte at most."),
        (Violation::TooManyBytes { max_bytes: 1_024 }, "Your new password may take 1024 bytes at most."),
        (Violation::TooMuchPersonal { max_attributes: 64, max_bytes: 256 }, "More is known about you than a password can be compared with. Ask for help."),
        (Violation::TooSimilar { attribute: Attribute::Username }, "Your new password resembles your username too closely."),
        (Violation::TooSimilar { attribute: Attribute::FirstName }, "Your new password resembles your first name too closely."),
        (Violation::TooSimilar { attribute: Attribute::LastName }, "Your new password resembles your last name too closely."),
        (Violation::TooSimilar { attribute: Attribute::Email }, "Your new password resembles your email address too closely."),
        (Violation::TooSimilar { attribute: Attribute::Other("company") }, "Your new password resembles your company too closely."),
        (Violation::TooShort { min_length: 1 }, "Your new password needs 1 character or more."),
        (Violation::TooShort { min_length: 8 }, "Your new password needs 8 characters or more."),
        (Violation::TooLong { max_length: 1 }, "Your new password may have 1 character at most."),
        (Violation::TooLong { max_length: 64 }, "Your new password may have 64 characters at most."),
        (Violation::TooCommon, "Many people use that password, so it is easily guessed."),
        (Violation::DerivedFromCommon { by: Reduction::Affixes }, "Your new password is one that many people use, with digits or symbols around it."),
        (Violation::DerivedFromCommon { by: Reduction::Repetition }, "Your new password is one that many people use, several times over."),
        (Violation::DerivedFromCommon { by: Reduction::Reversal }, "Your new password is one that many people use, backwards."),
        (Violation::DerivedFromCommon { by: Reduction::Leet }, "Your new password is one that many people use, with digits or symbols for letters."),
        (Violation::DerivedFromCommon { by: Reduction::Folding }, "Your new password is one that many people use, with other marks or separators."),
        (Violation::EntirelyNumeric, "Your new password needs something other than digits."),
        (Violation::MissingClasses { missing }, "Your new password needs at least 1 upper-case letter, 2 digits and 1 symbol."),
        (Violation::MissingFromSet { at_least: 1, set: set.clone() }, "Your new password needs at least 1 of these: !$%"),
        (Violation::MissingFromSet { at_least: 2, set }, "Your new password needs at least 2 of these: !$%"),
        (Violation::TooFewCategories { at_least: 3, of: kinds() }, "Your new password needs at least 3 of these kinds: lower-case letters, upper-case letters, letters, other letters, digits, symbols and $%."),
        (Violation::WhiteSpace { place: WhiteSpace::Anywhere, position: 3 }, "Your new password may not have white space."),
        (Violation::WhiteSpace { place: WhiteSpace::AtTheEnds, position: 0 }, "Your new password may not begin or end with white space."),
        (Violation::ControlCharacter { position: 0 }, "Your new password may not have control characters."),
        (Violation::CharacterNotAllowed { position: 0 }, "Your new password has a character that is not allowed here."),
        (Violation::IllegalCharacter { position: 0 }, "Your new password has a character that may not be used."),
        (Violation::Repeated { max_repeat: 1, position: 0 }, "Your new password may have a character 1 time in a row at most."),
        (Violation::Repeated { max_repeat: 2, position: 0 }, "Your new password may have a character 2 times in a row at most."),
        (Violation::ClassRepeated { max_class_repeat: 1, position: 0 }, "Your new password may have 1 character of one kind in a row at most."),
        (Violation::ClassRepeated { max_class_repeat: 4, position: 0 }, "Your new password may have 4 characters of one kind in a row at most."),
        (Violation::TooFewDistinct { min_distinct: 1 }, "Your new password needs 1 different character or more."),
        (Violation::TooFewDistinct { min_distinct: 5 }, "Your new password needs 5 different characters or more."),
        (Violation::TooManyOccurrences { max_occurrences: 1, position: 4 }, "Your new password may have each character 1 time at most."),
        (Violation::TooManyOccurrences { max_occurrences: 3, position: 4 }, "Your new password may have each character 3 times at most."),
        (Violation::Sequence { max_sequence: 1, position: 0 }, "Your new password may have 1 character in alphabetical or numerical order at most."),
        (Violation::Sequence { max_sequence: 3, position: 0 }, "Your new password may have 3 characters in alphabetical or numerical order at most."),
        (Violation::KeyboardWalk { max_keyboard_walk: 1, position: 0 }, "Your new password may walk over 1 key side by side at most."),
        (Violation::KeyboardWalk { max_keyboard_walk: 3, position: 0 }, "Your new password may walk over 3 keys side by side at most."),
        (Violation::ForbiddenWord, "Your new password has a word in it that may not be used."),
        (Violation::ContextWord, "Your new password is the name of this service, or too much like it."),
        (Violation::PersonalName { attribute: Attribute::Email }, "Your new password may not have your email address in it."),
        (Violation::Palindrome, "Your new password may not be the same backwards."),
        (Violation::TooLittleChanged { min_changed: 1 }, "Your new password needs to differ from the old one by 1 character or more."),
        (Violation::TooLittleChanged { min_changed: 4 }, "Your new password needs to differ from the old one by 4 characters or more."),
        (Violation::Rearranged { how: Rearrangement::Case }, "Your new password is the old one."),
        (Violation::Rearranged { how: Rearrangement::Reversed }, "Your new password is the old one backwards."),
        (Violation::Rearranged { how: Rearrangement::Rotated }, "Your new password is the old one, begun at another place."),
        (Violation::UsedBefore { last: 1 }, "Your new password may not be your last one."),
        (Violation::UsedBefore { last: 5 }, "Your new password may not be one of your last 5."),
        (Violation::HistoryUnknown { last: 5 }, "Your new password could not be compared with your last ones. Try again later."),
        (Violation::Breached { max_breaches: 0, count: NonZeroU64::MIN }, "Your new password is in a list of stolen passwords, so it is easily guessed."),
        (Violation::BreachUnknown { reason: BreachUnknown::Unreachable }, "Your new password could not be compared with stolen ones. Try again later."),
        (Violation::Own { code: "password_names_company", message: "Your new password {may} not name the company.".into() }, "Your new password {may} not name the company."),
    ]
}

/// Every kind of requirement, and one of each number for those that count.
#[rustfmt::skip]
pub(crate) fn requirements() -> Vec<(Requirement, &'static str)> {
    let set = || CharacterSet::of("!$%");
    let Requirement::Categories { of, .. } =
        asked(Policy::builder().at_least_kinds(1, [CharacterClass::Lower, CharacterClass::Digit]))
    else { unreachable!() };
    let bytes = CommonPasswords::build(["plumkettle"]).unwrap();
    let list = CommonPasswords::from_shared(Arc::new(bytes)).unwrap();
    let derived = |by: &[Reduction]| {
        let policy = Policy::builder().not_among(list.clone()).not_derived_from_common(by.to_vec()).build().unwrap();
        policy.requirements().last().unwrap()
    };
    vec![
        (Requirement::MaxBytes { max_bytes: 1 }, "at most 1 byte"),
        (Requirement::MaxBytes { max_bytes: 1_024 }, "at most 1024 bytes"),
        (Requirement::NotSimilar, "not close to your personal information"),
        (Requirement::MinLength { min_length: 1 }, "at least 1 character"),
        (Requirement::MinLength { min_length: 8 }, "at least 8 characters"),
        (Requirement::MaxLength { max_length: 1 }, "at most 1 character"),
        (Requirement::MaxLength { max_length: 64 }, "at most 64 characters"),
        (Requirement::NotCommon, "not a password that many people use"),
        (derived(&[Reduction::Leet]), "not a password that many people use, with digits or symbols for letters"),
        (derived(&Reduction::ALL), "not a password that many people use, with digits or symbols around it, several times over, backwards, with digits or symbols for letters or with other marks or separators"),
        (Requirement::NotEntirelyNumeric, "not only digits"),
        (asked(Policy::builder().at_least(1, CharacterClass::Lower).at_least(2, CharacterClass::Upper)), "at least 1 lower-case letter and 2 upper-case letters"),
        (asked(Policy::builder().at_least(2, CharacterClass::Lower).at_least(1, CharacterClass::OtherLetter)), "at least 2 lower-case letters and 1 other letter"),
        (asked(Policy::builder().at_least(1, CharacterClass::Letter).at_least(2, CharacterClass::OtherLetter)), "at least 1 letter and 2 other letters"),
        (asked(Policy::builder().at_least(2, CharacterClass::Letter).at_least(1, CharacterClass::Digit)), "at least 2 letters and 1 digit"),
        (asked(Policy::builder().at_least(2, CharacterClass::Symbol)), "at least 2 symbols"),
        (Requirement::Set { at_least: 1, set: set() }, "at least 1 of the characters !$%"),
        (Requirement::Set { at_least: 2, set: set() }, "at least 2 of the characters !$%"),
        (Requirement::Categories { at_least: 1, of }, "at least 1 of lower-case letters and digits"),
        (Requirement::Categories { at_least: 3, of: kinds() }, "at least 3 of lower-case letters, upper-case letters, letters, other letters, digits, symbols and $%"),
        (Requirement::NoWhiteSpace { place: WhiteSpace::Anywhere }, "no white space"),
        (Requirement::NoWhiteSpace { place: WhiteSpace::AtTheEnds }, "no white space at the beginning or the end"),
        (Requirement::NoControlCharacters, "no control characters"),
        (Requirement::AllowedCharacters { allowed: set() }, "only the characters !$%"),
        (Requirement::NoIllegalCharacters { illegal: set() }, "none of the characters !$%"),
        (Requirement::MaxRepeat { max_repeat: 1 }, "no character more than 1 time in a row"),
        (Requirement::MaxRepeat { max_repeat: 2 }, "no character more than 2 times in a row"),
        (Requirement::MaxClassRepeat { max_class_repeat: 1 }, "no more than 1 character of one kind in a row"),
        (Requirement::MaxClassRepeat { max_class_repeat: 4 }, "no more than 4 characters of one kind in a row"),
        (Requirement::MinDistinct { min_distinct: 1 }, "at least 1 different character"),
        (Requirement::MinDistinct { min_distinct: 5 }, "at least 5 different characters"),
        (Requirement::MaxOccurrences { max_occurrences: 1 }, "no character more than 1 time"),
        (Requirement::MaxOccurrences { max_occurrences: 3 }, "no character more than 3 times"),
        (Requirement::MaxSequence { max_sequence: 1 }, "no more than 1 character in alphabetical or numerical order"),
        (Requirement::MaxSequence { max_sequence: 3 }, "no more than 3 characters in alphabetical or numerical order"),
        (Requirement::MaxKeyboardWalk { max_keyboard_walk: 1 }, "no more than 1 key side by side"),
        (Requirement::MaxKeyboardWalk { max_keyboard_walk: 3 }, "no more than 3 keys side by side"),
        (Requirement::NoForbiddenWord, "no word that may not be used"),
        (Requirement::NoContextWord, "not the name of this service or one like it"),
        (Requirement::NoPersonalNames, "without your name or address"),
        (Requirement::NoPalindrome, "not the same backwards"),
        (Requirement::MinChanged { min_changed: 1 }, "different from the old one by 1 character or more"),
        (Requirement::MinChanged { min_changed: 4 }, "different from the old one by 4 characters or more"),
        (Requirement::NotRearranged, "not the old one, turned around or in other case"),
        (Requirement::NotAmongLast { last: 1 }, "not your last one"),
        (Requirement::NotAmongLast { last: 5 }, "not one of your last 5"),
        (Requirement::MaxBreaches { max_breaches: 0 }, "not in a list of stolen passwords"),
        (Requirement::OfLengths { min: 0, max: 1, asks: Arc::new(Requirement::NotEntirelyNumeric) }, "from 0 to 1 character: not only digits"),
        (Requirement::OfLengths { min: 8, max: 15, asks: Arc::new(Requirement::MinDistinct { min_distinct: 5 }) }, "from 8 to 15 characters: at least 5 different characters"),
        (Requirement::Own { code: "password_names_company", text: "without the {name} of the company".into() }, "without the {name} of the company"),
    ]
}

/// Every class, and a set.
fn kinds() -> Categories {
    let classes = [
        CharacterClass::Lower,
        CharacterClass::Upper,
        CharacterClass::Letter,
        CharacterClass::OtherLetter,
        CharacterClass::Digit,
        CharacterClass::Symbol,
    ];
    let set = Category::from(CharacterSet::of("$%"));
    let kinds = classes.map(Category::from).into_iter().chain([set]);
    match asked(Policy::builder().at_least_kinds(3, kinds)) {
        Requirement::Categories { of, .. } => of,
        other => unreachable!("{other:?}"),
    }
}

/// The requirement that follows the ceiling.
fn asked(builder: PolicyBuilder) -> Requirement {
    builder.build().unwrap().requirements().nth(1).unwrap()
}
