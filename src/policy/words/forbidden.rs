use alloc::boxed::Box;

use super::Words;
use crate::policy::characters::fold;

impl Words {
    /// Whether `password` has one of the words in it, in any letter case, with or without marks and
    /// separators, and in leet.
    pub(in crate::policy) fn are_in(&self, password: &str) -> bool {
        self.letters.chunks(AT_ONCE).any(|words| contains(password, words))
    }
}

/// For so many words a password is walked once.
const AT_ONCE: usize = 8;

/// Whether `password` has one of `words`, of which there are no more than [`AT_ONCE`]. All beginnings of a word
/// that it may just have are followed at once.
fn contains(password: &str, words: &[Box<[char]>]) -> bool {
    // For each word a bit for each place in it that is reached, the lowest for its beginning.
    let mut reached = [1_u128; AT_ONCE];
    password.chars().any(|character| {
        let (plain, leet) = (fold::plain(character), fold::leet(character));
        reached.iter_mut().zip(words).any(|(reached, letters)| {
            // What may stand between letters leaves every place where it is.
            let mut after = if plain.is_none() { *reached } else { 1 };
            let mut open = *reached;
            while open != 0 {
                let place = open.trailing_zeros();
                open &= open.wrapping_sub(1);
                let next = letters.get(place as usize);
                if next.is_some_and(|next| plain == Some(*next) || leet.contains(next)) {
                    after |= 1_u128.checked_shl(place.saturating_add(1)).unwrap_or(0);
                }
            }
            *reached = after;
            u32::try_from(letters.len())
                .is_ok_and(|end| after.checked_shr(end).unwrap_or(0) & 1 == 1)
        })
    })
}
