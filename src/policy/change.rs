use core::cell::Cell;

use super::fold;
use super::text::Text;

/// In which way a new password is the old one over again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rearrangement {
    /// The same, or the same but for letter case.
    Case,
    /// Backwards.
    Reversed,
    /// Begun at another character.
    Rotated,
}

impl Rearrangement {
    /// The stable name: `case`, `reversed`, `rotated`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Reversed => "reversed",
            Self::Rotated => "rotated",
        }
    }

    /// Whether and how `new` is `old` over again, in any letter case.
    pub(super) fn between(old: &str, new: &str) -> Option<Self> {
        let (old, new) = (|| old.chars().map(fold::lower), || new.chars().map(fold::lower));
        if old().eq(new()) {
            return Some(Self::Case);
        }
        if old().eq(new().rev()) {
            return Some(Self::Reversed);
        }
        if old().count() != new().count() {
            return None;
        }
        // A text holds each of its rotations when it is written twice.
        let (old, new) = (Text::of(old().chain(old())), Text::of(new()));
        old.as_str().contains(new.as_str()).then_some(Self::Rotated)
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
/// Levenshtein's distance, looked at no further than the `fewest` diagonals to either side of the
/// middle, so that it is linear in the texts.
pub(super) fn changes_fewer(old: &str, new: &str, fewest: usize) -> bool {
    let length = new.chars().count();
    let reach = fewest.min(MOST_CHANGES);
    // A cell of the row `row` is the distance of the first `row` characters of `old` from the first
    // `row + place - reach` of `new`, and `fewest` where that is more or there is no such cell.
    let mut cells = [fewest; 2 * MOST_CHANGES + 2];
    for (place, cell) in cells.iter_mut().enumerate() {
        if let Some(column) = place.checked_sub(reach)
            && column <= length
        {
            *cell = column.min(fewest);
        }
    }
    let width = reach.saturating_mul(2).saturating_add(1);
    let cells = Cell::from_mut(cells.as_mut_slice()).as_slice_of_cells();
    let mut window = new.chars();
    for (row, character) in (1_usize..).zip(old.chars()) {
        // The first column with a character of its own that the band holds in this row.
        if row > reach.saturating_add(1) {
            window.next();
        }
        let mut ahead = window.clone();
        let mut left = fewest;
        let mut is_open = false;
        for (place, pair) in cells.windows(2).take(width).enumerate() {
            let [here, right] = pair else { continue };
            // The last cell of the band has none to its right.
            let above = if place.saturating_add(1) == width { fewest } else { right.get() };
            let value = match row.saturating_add(place).checked_sub(reach) {
                None => fewest,
                Some(0) => row.min(fewest),
                Some(column) if column > length => fewest,
                Some(_) => {
                    let same = ahead.next() == Some(character);
                    let replaced = here.get().saturating_add(usize::from(!same));
                    replaced.min(above.saturating_add(1)).min(left.saturating_add(1)).min(fewest)
                }
            };
            here.set(value);
            left = value;
            is_open |= value < fewest;
        }
        if !is_open {
            return false;
        }
    }
    let end = length.saturating_add(reach).checked_sub(old.chars().count());
    end.filter(|place| *place < width)
        .and_then(|place| cells.get(place))
        .is_some_and(|cell| cell.get() < fewest)
}
