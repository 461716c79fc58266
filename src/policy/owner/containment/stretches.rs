use core::iter;

use crate::policy::characters::fold;

/// Of more letters at once than this, too many trigrams would be there to rule out anything.
const LETTERS: usize = 256;

/// Pieces of `password`, cut so that each name of up to `longest` letters that is in it is in a piece.
///
/// Each piece shares letters with the one before; as these are never more than an eighth, the
/// pieces have at most a seventh as much again as the password. If there are several, each is longer than
/// `longest`.
pub(super) fn stretches(password: &str, longest: usize) -> impl Iterator<Item = &str> {
    let shared = longest.saturating_add(1);
    let size = LETTERS.max(shared.saturating_mul(8));
    let step = size.saturating_sub(shared);
    iter::successors(Some(password), move |rest| {
        // There are no more letters than bytes.
        if rest.len() <= size {
            return None;
        }
        let mut letters = letters(rest);
        let (next, _) = letters.nth(step)?;
        letters.nth(shared.saturating_sub(1))?;
        rest.get(next..)
    })
    .map(move |rest| {
        let end = (rest.len() > size).then(|| letters(rest).nth(size)).flatten();
        end.and_then(|(end, _)| rest.get(..end)).unwrap_or(rest)
    })
}

/// The characters that are letters in every reading.
fn letters(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(_, character)| fold::plain(*character).is_some())
}
