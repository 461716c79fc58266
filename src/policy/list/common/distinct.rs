use alloc::vec::Vec;

use super::CommonPasswords;

/// How many entries of the lengths that `is_asked` takes, in code points, `lists` have together, an entry
/// of several counted once; no further than `enough`.
///
/// Where one list alone has enough, that is read from its table. Otherwise all are walked through.
pub(in crate::policy) fn distinct_entries<'a>(
    lists: impl Iterator<Item = &'a CommonPasswords<'static>>,
    is_asked: impl Fn(usize) -> bool,
    enough: usize,
) -> usize {
    let lists: Vec<_> = lists.collect();
    let most = lists.iter().map(|list| list.entries_of_lengths(&is_asked)).max().unwrap_or(0);
    if most >= enough || lists.len() <= 1 {
        return most.min(enough);
    }
    let mut distinct = 0_usize;
    for (number, list) in lists.iter().enumerate() {
        list.each(|entry| {
            let is_new = || !lists.iter().take(number).any(|before| before.holds(entry));
            if is_asked(code_points(entry)) && is_new() {
                distinct = distinct.saturating_add(1);
            }
        });
    }
    distinct.min(enough)
}

/// How many entries of `expected`, of the lengths that `is_asked` takes, are on none of `lists`.
#[cfg(feature = "common-passwords")]
pub(in crate::policy) fn missing_entries<'a>(
    expected: &CommonPasswords<'static>,
    lists: impl Iterator<Item = &'a CommonPasswords<'static>> + Clone,
    is_asked: impl Fn(usize) -> bool,
) -> usize {
    let mut missing = 0_usize;
    expected.each(|entry| {
        if is_asked(code_points(entry)) && !lists.clone().any(|list| list.holds(entry)) {
            missing = missing.saturating_add(1);
        }
    });
    missing
}

/// Counts the bytes that begin one.
fn code_points(entry: &[u8]) -> usize {
    entry.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

impl CommonPasswords<'_> {
    fn entries_of_lengths(&self, is_asked: impl Fn(usize) -> bool) -> usize {
        let of_length = |length: usize| {
            let above = self.entries_at_least(length.saturating_add(1));
            self.entries_at_least(length).saturating_sub(above)
        };
        let lengths = (0..=self.layout.longest).filter(|length| is_asked(*length));
        lengths.map(of_length).fold(0, usize::saturating_add)
    }

    fn each(&self, mut visit: impl FnMut(&[u8])) {
        self.layout.blocks(self.bytes.get()).each(|entry, kind| {
            if self.counts(kind) {
                visit(entry);
            }
        });
    }
}
