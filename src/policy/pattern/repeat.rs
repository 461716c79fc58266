use alloc::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use crate::policy::CharacterClass;

/// Where a run of more than `longest` of the same character begins.
pub(in crate::policy) fn of_character(password: &str, longest: usize) -> Option<usize> {
    run(password.chars().map(Some), longest)
}

/// Where a run of more than `longest` characters of one class begins; characters of no class end it.
pub(in crate::policy) fn of_class(password: &str, longest: usize) -> Option<usize> {
    run(password.chars().map(CharacterClass::of), longest)
}

const FEW: usize = 64;

/// Whether `password` has fewer than `fewest` different code points.
pub(in crate::policy) fn has_fewer_distinct(password: &str, fewest: usize) -> bool {
    let mut ascii = 0_u128;
    // The first few are kept without an allocation.
    let (mut few, mut count) = (None, 0_usize);
    let mut others = BTreeSet::new();
    for character in password.chars() {
        if character.is_ascii() {
            let with_this = ascii | 1_u128.checked_shl(u32::from(character)).unwrap_or(0);
            if with_this == ascii {
                continue;
            }
            ascii = with_this;
        } else {
            let few = few.get_or_insert_with(|| Zeroizing::new(['\0'; FEW]));
            if !few.iter().take(count).any(|known| *known == character) {
                match few.get_mut(count) {
                    Some(place) => (*place, count) = (character, count.saturating_add(1)),
                    None => _ = others.insert(character),
                }
            }
        }
        let distinct = count.saturating_add(others.len());
        // What is counted stays small, however long the password is.
        if distinct.saturating_add(ascii.count_ones() as usize) >= fewest {
            return false;
        }
    }
    fewest > 0
}

/// Where a character stands that occurs more than `most` times as far as there.
pub(in crate::policy) fn position_too_often(password: &str, most: usize) -> Option<usize> {
    // No character occurs more often than there are bytes.
    if password.len() <= most {
        return None;
    }
    if !password.is_ascii() && password.chars().nth(FEW).is_none() {
        return position_too_often_in_few(password, most);
    }
    let (mut ascii, mut others) = (Zeroizing::new([0_usize; 128]), BTreeMap::new());
    password.chars().position(|character| {
        let count = match ascii.get_mut(u32::from(character) as usize) {
            Some(count) => count,
            None => others.entry(character).or_default(),
        };
        *count = count.saturating_add(1);
        *count > most
    })
}

/// The same without an allocation: of a few characters those before are counted each time.
fn position_too_often_in_few(password: &str, most: usize) -> Option<usize> {
    password.char_indices().position(|(at, character)| {
        let before = password.get(..at).unwrap_or_default().chars();
        before.filter(|other| *other == character).count() >= most
    })
}

/// Where a run of more than `longest` of the same kind begins.
pub(in crate::policy) fn run<T: PartialEq>(
    kinds: impl Iterator<Item = Option<T>>,
    longest: usize,
) -> Option<usize> {
    let (mut start, mut length, mut before) = (0, 0_usize, None);
    for (place, kind) in kinds.enumerate() {
        if kind.is_none() || kind != before {
            (start, length) = (place, 0);
        }
        length = length.saturating_add(usize::from(kind.is_some()));
        if length > longest {
            return Some(start);
        }
        before = kind;
    }
    None
}
