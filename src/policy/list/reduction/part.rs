//! Parts of a password that a list may have.

use crate::policy::characters::fold;
use crate::policy::list::common::LONGEST;

/// The texts of which `base` is several, in any letter case, and which a list may have, from the
/// shortest.
pub(super) fn units(base: &str) -> impl Iterator<Item = &str> {
    // As it was typed it may have more bytes than in lower case.
    let longest = LONGEST.saturating_mul(2).min(base.len() / 2);
    // Any other is several of the shortest (Fine and Wilf, "Uniqueness Theorems for Periodic
    // Functions", 1965).
    let shortest = shortest_unit(base, longest).unwrap_or(base).len().max(1);
    (shortest..=longest)
        .step_by(shortest)
        .filter(|end| base.len().is_multiple_of(*end))
        .filter_map(|end| base.get(..end))
}

fn shortest_unit(base: &str, longest: usize) -> Option<&str> {
    let ends = base.char_indices().skip(1).map(|(end, _)| end);
    ends.take_while(|end| *end <= longest).find_map(|end| {
        let (unit, rest) = base.split_at_checked(end)?;
        let is_repeated = || {
            rest.chars()
                .zip(base.chars())
                .all(|(this, other)| fold::lower(this) == fold::lower(other))
        };
        (base.len().is_multiple_of(end) && is_repeated()).then_some(unit)
    })
}

/// What is left between affixes, if that is less than the whole and long enough for nobody to have it
/// by chance. Which of them belong to the word is not to be seen, so there are several.
pub(super) fn without_affixes(password: &str) -> impl Iterator<Item = &str> {
    const SHORTEST: usize = 4;
    let is_no_letter = |character| !fold::is_alphabetic(character);
    let is_symbol = |character: char| is_no_letter(character) && !character.is_numeric();
    let behind = password.trim_end_matches(is_affix);
    let cuts = [
        password.trim_matches(is_no_letter),
        password.trim_matches(is_symbol),
        behind.trim_start_matches(is_affix),
        behind,
    ];
    let is_long = |cut: &str| cut.chars().nth(SHORTEST.saturating_sub(1)).is_some();
    let is_new = move |number, cut: &str| cuts.iter().take(number).all(|before| *before != cut);
    cuts.into_iter().enumerate().filter_map(move |(number, cut)| {
        (cut.len() < password.len() && is_long(cut) && is_new(number, cut)).then_some(cut)
    })
}

/// Whether `character` at an end of a password is put there more often than it stands for a letter.
pub(super) fn is_affix(character: char) -> bool {
    matches!(character, '0'..='9' | '!')
        || fold::leet(character).is_empty() && !fold::is_alphabetic(character)
}
