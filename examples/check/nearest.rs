//! The name that somebody probably meant.

/// The name that begins with `typed`, or else the one that needs the fewest edits to become it.
pub(crate) fn nearest<'a>(
    typed: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    names.into_iter().min_by_key(|name| (!name.starts_with(typed), edits(typed, name)))
}

/// The Levenshtein distance: how many characters have to be inserted, deleted or replaced.
fn edits(from: &str, to: &str) -> usize {
    // The distances between what has been read of `from` and each beginning of `to`.
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for read in from.chars() {
        let mut diagonal = row[0];
        row[0] += 1;
        for (place, other) in (1..).zip(to.chars()) {
            let replaced = diagonal + usize::from(read != other);
            diagonal = row[place];
            row[place] = replaced.min(row[place] + 1).min(row[place - 1] + 1);
        }
    }
    row[to.chars().count()]
}
