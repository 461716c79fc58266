use core::cmp::Ordering;

use super::row::{Row, is_cut_off};
use super::{Breach, BreachUnknown};

/// More than any row takes: 40 digits, a colon, a count with commas, CRLF.
const LONGEST_ROW: usize = 80;

/// Searches rows that rise for the row of `hash`.
pub(super) fn search(file: &[u8], hash: &[u8; 40]) -> Breach {
    times(file, hash).map_or_else(Breach::Unknown, Breach::seen)
}

fn times(file: &[u8], hash: &[u8; 40]) -> Result<u64, BreachUnknown> {
    // Blank lines at the end are no rows.
    let file = file.trim_ascii_end();
    let Split { row: first, after: rows, .. } = Split::at(file, 0)?;
    let Some(end) = rows.len().checked_sub(1) else {
        return if first.hash == *hash { Ok(first.count) } else { Err(BreachUnknown::NotCovered) };
    };
    let Split { before: mut rows, row: last, .. } = Split::at(rows, end)?;
    if first.hash >= last.hash {
        return Err(BreachUnknown::Unsorted);
    }
    if *hash < first.hash || *hash > last.hash {
        return Err(BreachUnknown::NotCovered);
    }
    if let Some(row) = [&first, &last].into_iter().find(|row| row.hash == *hash) {
        return Ok(row.count);
    }
    let (mut above, mut below) = (first.hash, last.hash);
    while !rows.is_empty() {
        let Split { before, row, after } = Split::at(rows, rows.len() / 2)?;
        // In a file of another order the rows that are looked at soon contradict one another.
        if row.hash <= above || row.hash >= below {
            return Err(BreachUnknown::Unsorted);
        }
        match hash.cmp(&row.hash) {
            Ordering::Equal => return Ok(row.count),
            Ordering::Less => (rows, below) = (before, row.hash),
            Ordering::Greater => (rows, above) = (after, row.hash),
        }
    }
    Ok(0)
}

/// Lines around one of them.
struct Split<'a> {
    before: &'a [u8],
    row: Row<40>,
    after: &'a [u8],
}

impl<'a> Split<'a> {
    /// Splits at the line that the byte at `place` is of, or ends.
    fn at(lines: &'a [u8], place: usize) -> Result<Self, BreachUnknown> {
        let is_end = |byte: &u8| *byte == b'\n';
        let (head, tail) = lines.split_at_checked(place).unwrap_or((lines, &[]));
        // No further than a row is long, whatever the file is.
        let begun = head.iter().rev().take(LONGEST_ROW).position(is_end);
        let begun = begun.unwrap_or(head.len());
        let left = tail.iter().take(LONGEST_ROW).position(is_end).unwrap_or(tail.len());
        if begun > LONGEST_ROW || left > LONGEST_ROW {
            return Err(BreachUnknown::Malformed);
        }
        let (before, rest) =
            lines.split_at_checked(place.saturating_sub(begun)).unwrap_or_default();
        let (line, after) = rest.split_at_checked(begun.saturating_add(left)).unwrap_or_default();
        let line = line.trim_ascii();
        let row = Row::read(line).ok_or(if after.is_empty() && is_cut_off::<40>(line) {
            BreachUnknown::Truncated
        } else {
            BreachUnknown::Malformed
        })?;
        Ok(Self { before, row, after: after.strip_prefix(b"\n").unwrap_or_default() })
    }
}
