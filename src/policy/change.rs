mod window;

use super::characters::fold;
use super::text::Text;
use window::Window;

/// In which way a new password is the old one over again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Rearrangement {
    /// The same, or the same but for letter case.
    Case,
    /// Backwards.
    Reversed,
    /// Begun at another character.
    Rotated,
    /// With characters left out at the beginning, at the end or at both.
    Shortened,
}

impl Rearrangement {
    /// Whether and how `new` is `old` over again, in any letter case.
    pub(super) fn between(old: &str, new: &str) -> Option<Self> {
        let (old, new) = (|| old.chars().map(fold::lower), || new.chars().map(fold::lower));
        if old().eq(new()) {
            return Some(Self::Case);
        }
        if old().eq(new().rev()) {
            return Some(Self::Reversed);
        }
        let (of_old, of_new) = (old().count(), new().count());
        let holds = |old: &Text| old.as_str().contains(Text::of(new()).as_str());
        if of_old == of_new {
            // A text holds each of its rotations when it is written twice.
            return holds(&Text::of(old().chain(old()))).then_some(Self::Rotated);
        }
        ((1..of_old).contains(&of_new) && holds(&Text::of(old()))).then_some(Self::Shortened)
    }
}

/// Whether `password` reads the same backwards, in any letter case.
pub(super) fn is_palindrome(password: &str) -> bool {
    let characters = || password.chars().map(fold::lower);
    characters().eq(characters().rev())
}

/// The most that [`changes_fewer`] is asked for.
pub(super) const MOST_CHANGES: usize = 64;

/// Whether fewer than `fewest` insertions, deletions and replacements make `new` of `old`:
/// Levenshtein's distance, looked at no further to either side of the middle than so few changes
/// lead and come back from, so that it is linear in the texts.
///
/// These are never more than 64 cells of a column. They are taken at once, each as a bit that tells
/// whether it is more, and one whether it is less than the cell above (Hyyrö, A bit-vector algorithm
/// for computing Levenshtein and Damerau edit distances, 2003).
pub(super) fn changes_fewer(old: &str, new: &str, fewest: usize) -> bool {
    let (old, new) = (old.chars(), new.chars());
    let (of_old, of_new) = (old.clone().count(), new.clone().count());
    let (mut long, short) = if of_old < of_new { (new, old) } else { (old, new) };
    let mut distance = of_old.abs_diff(of_new);
    let fewest = fewest.min(MOST_CHANGES);
    let Some(spare) = fewest.checked_sub(distance.saturating_add(1)) else { return false };
    let beside = spare / 2;
    // The place `beside` is that of the character of `long` beside the one of `short`.
    let mut window = Window::new();
    (beside..63).for_each(|_| window.move_to(long.next()));
    // Before the first column each cell is one more than the one above, as far as there is one.
    let (mut more, mut less) = (u64::MAX << beside, 0_u64);
    // Down the diagonal that ends in the last cell the distance never falls.
    let to_the_end = 1_u64 << distance.saturating_add(beside).min(63);
    for character in short {
        window.move_to(long.next());
        let same = window.which_are(character);
        // As the cell before and above; else it is one more.
        let as_before = ((same & more).wrapping_add(more) ^ more) | same | less;
        if as_before & to_the_end == 0 {
            distance = distance.saturating_add(1);
            if distance >= fewest {
                return false;
            }
        }
        let more_than_left = less | !(as_before | more);
        let less_than_left = as_before & more;
        // The next column has its cells one further down.
        more = less_than_left | !(as_before >> 1 | more_than_left);
        less = as_before >> 1 & more_than_left;
    }
    true
}
