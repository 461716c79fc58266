//! Sets of Unicode's general categories, as a bit for each.

use alloc::vec::Vec;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Each with its short name (Unicode Standard Annex #44, table 12), by groups. No character of a text is
/// a surrogate.
const CATEGORIES: [(GeneralCategory, &str); 29] = [
    (GeneralCategory::UppercaseLetter, "Lu"),
    (GeneralCategory::LowercaseLetter, "Ll"),
    (GeneralCategory::TitlecaseLetter, "Lt"),
    (GeneralCategory::ModifierLetter, "Lm"),
    (GeneralCategory::OtherLetter, "Lo"),
    (GeneralCategory::NonspacingMark, "Mn"),
    (GeneralCategory::SpacingMark, "Mc"),
    (GeneralCategory::EnclosingMark, "Me"),
    (GeneralCategory::DecimalNumber, "Nd"),
    (GeneralCategory::LetterNumber, "Nl"),
    (GeneralCategory::OtherNumber, "No"),
    (GeneralCategory::ConnectorPunctuation, "Pc"),
    (GeneralCategory::DashPunctuation, "Pd"),
    (GeneralCategory::OpenPunctuation, "Ps"),
    (GeneralCategory::ClosePunctuation, "Pe"),
    (GeneralCategory::InitialPunctuation, "Pi"),
    (GeneralCategory::FinalPunctuation, "Pf"),
    (GeneralCategory::OtherPunctuation, "Po"),
    (GeneralCategory::MathSymbol, "Sm"),
    (GeneralCategory::CurrencySymbol, "Sc"),
    (GeneralCategory::ModifierSymbol, "Sk"),
    (GeneralCategory::OtherSymbol, "So"),
    (GeneralCategory::SpaceSeparator, "Zs"),
    (GeneralCategory::LineSeparator, "Zl"),
    (GeneralCategory::ParagraphSeparator, "Zp"),
    (GeneralCategory::Control, "Cc"),
    (GeneralCategory::Format, "Cf"),
    (GeneralCategory::PrivateUse, "Co"),
    (GeneralCategory::Unassigned, "Cn"),
];

const GROUPS: [&str; 7] = ["L", "M", "N", "P", "S", "Z", "C"];

/// Blocks of one category throughout, from first to last, in rising order: most of all code points.
const UNIFORM: [(char, char); 15] = [
    ('\u{3400}', '\u{4DBF}'),
    ('\u{4E00}', '\u{9FFF}'),
    ('\u{AC00}', '\u{D7A3}'),
    ('\u{E000}', '\u{F8FF}'),
    ('\u{17000}', '\u{187F7}'),
    ('\u{20000}', '\u{2A6DF}'),
    ('\u{2B820}', '\u{2CEA1}'),
    ('\u{2CEB0}', '\u{2EBE0}'),
    ('\u{30000}', '\u{3134A}'),
    ('\u{31350}', '\u{323AF}'),
    ('\u{34000}', '\u{3CFFF}'),
    ('\u{40000}', '\u{DFFFF}'),
    ('\u{E1000}', '\u{EFFFF}'),
    ('\u{F0000}', '\u{FFFFD}'),
    ('\u{100000}', '\u{10FFFD}'),
];

/// The last character of the block of one category that `character` is in, or the character itself.
pub(in crate::policy) fn end_of_block(character: char) -> char {
    let block = UNIFORM.iter().find(|(first, last)| (first..=last).contains(&&character));
    block.map_or(character, |(_, last)| *last)
}

/// The categories of a name, that of one or of a group.
pub(in crate::policy) fn of_name(name: &str) -> Option<u32> {
    let is_group = GROUPS.contains(&name);
    let bits = bits().filter(|(_, own, _)| *own == name || is_group && own.starts_with(name));
    bits.map(|(_, _, bit)| bit).reduce(|all, bit| all | bit)
}

/// The names of the categories, groups as far as they are whole.
pub(in crate::policy) fn names(categories: u32) -> impl Iterator<Item = &'static str> {
    GROUPS.into_iter().flat_map(move |group| {
        let whole = of_name(group).unwrap_or(0);
        let is_whole = categories & whole == whole;
        let single = bits().filter(move |(_, name, bit)| {
            !is_whole && name.starts_with(group) && categories & bit != 0
        });
        is_whole.then_some(group).into_iter().chain(single.map(|(_, name, _)| name))
    })
}

/// All characters of the categories, as ranges from first to last, in rising order.
pub(in crate::policy) fn ranges(categories: u32) -> Vec<(char, char)> {
    let asked: Vec<_> =
        bits().filter(|(_, _, bit)| categories & bit != 0).map(|(category, ..)| category).collect();
    let mut ranges: Vec<(char, char)> = Vec::new();
    let mut all = '\0'..=char::MAX;
    let mut uniform = UNIFORM.into_iter().peekable();
    while let Some(first) = all.next() {
        let mut last = first;
        if let Some((_, end)) = uniform.next_if(|(begin, _)| *begin == first) {
            last = end;
            // Past its end.
            all = last..=char::MAX;
            all.next();
        }
        if asked.contains(&first.general_category()) {
            match ranges.last_mut() {
                Some((_, end)) if (*end..=first).nth(1) == Some(first) => *end = last,
                _ => ranges.push((first, last)),
            }
        }
    }
    ranges
}

fn bits() -> impl Iterator<Item = (GeneralCategory, &'static str, u32)> {
    CATEGORIES
        .into_iter()
        .zip(0..)
        .map(|((category, name), place)| (category, name, 1_u32.checked_shl(place).unwrap_or(0)))
}
