use alloc::vec::Vec;
use core::cmp::Ordering;

/// The entries in the order of their bytes, in blocks of 16, each entry written as what it shares
/// with the one before it and what follows.
///
/// An entry begins with a byte that holds the number of shared bytes (high half) and of following
/// bytes (low half); if it is 0xFF, these two numbers stand in the two bytes after it. The first
/// entry of a block shares nothing.
#[derive(Clone, Copy)]
pub(super) struct Blocks<'a> {
    /// The first four bytes of each block's first entry.
    heads: &'a [[u8; Blocks::HEAD]],
    /// Where each block begins in `entries`, and for each of the three bits of a kind a mask of the
    /// entries that have it, from the lowest bit on.
    records: &'a [[u8; Blocks::RECORD]],
    entries: &'a [u8],
}

const ESCAPE: u8 = 0xFF;

impl<'a> Blocks<'a> {
    pub(super) const ENTRIES: usize = 16;
    pub(super) const HEAD: usize = 4;
    pub(super) const RECORD: usize = 10;

    pub(super) const fn new(heads: &'a [u8], records: &'a [u8], entries: &'a [u8]) -> Self {
        Self { heads: heads.as_chunks().0, records: records.as_chunks().0, entries }
    }

    /// The kind of the entry that is `query`, if there is one.
    pub(super) fn kind_of(&self, query: impl Iterator<Item = u8> + Clone) -> Option<u8> {
        let (block, kinds) = self.block_for(&query)?;
        place_in_block(block, query).map(|place| kind_at(kinds, place))
    }

    /// Hands every entry to `visit`, with its kind, in the order of their bytes.
    pub(super) fn each(&self, mut visit: impl FnMut(&[u8], u8)) {
        let mut entry = Vec::new();
        for (mut block, kinds) in self.records.iter().filter_map(|record| self.read(record)) {
            for place in 0..Self::ENTRIES {
                // The last block may have fewer.
                let Some(Entry { shared, following, rest }) = read_entry(block) else { break };
                block = rest;
                entry.truncate(shared);
                entry.extend_from_slice(following);
                visit(&entry, kind_at(kinds, place));
            }
        }
    }

    /// The last block whose first entry is not above `query`.
    fn block_for(
        &self,
        query: &(impl Iterator<Item = u8> + Clone),
    ) -> Option<(&'a [u8], [u16; 3])> {
        let mut start = [0; 4];
        start.iter_mut().zip(query.clone()).for_each(|(to, byte)| *to = byte);
        let start = u32::from_be_bytes(start);
        let below = self.heads.partition_point(|head| u32::from_be_bytes(*head) < start);
        let alike = self
            .heads
            .get(below..)?
            .iter()
            .take_while(|head| u32::from_be_bytes(**head) == start)
            .count();
        let upto = self.records.get(below..)?.get(..alike)?.partition_point(|record| {
            let first = self.read(record).and_then(|(block, _)| read_entry(block));
            first.is_some_and(|entry| {
                entry.following.iter().copied().cmp(query.clone()) != Ordering::Greater
            })
        });
        self.read(self.records.get(below.saturating_add(upto).checked_sub(1)?)?)
    }

    fn read(&self, record: &[u8; Blocks::RECORD]) -> Option<(&'a [u8], [u16; 3])> {
        let [a, b, c, d, kinds @ ..] = *record;
        let block = self.entries.get(u32::from_le_bytes([a, b, c, d]) as usize..)?;
        let [e, f, g, h, i, j] = kinds;
        Some((block, [[e, f], [g, h], [i, j]].map(u16::from_le_bytes)))
    }
}

/// The three parts of [`Blocks`] for entries in the order of their bytes, each with its kind;
/// `None` when they are too long or too many.
pub(super) fn write<'e>(
    entries: impl Iterator<Item = (&'e [u8], u8)>,
) -> Option<(Vec<u8>, Vec<u8>, Vec<u8>)> {
    let (mut heads, mut records, mut text) = (Vec::new(), Vec::new(), Vec::new());
    let (mut entries, mut before) = (entries.peekable(), &[][..]);
    while let Some((first, _)) = entries.peek() {
        let mut head = [0; Blocks::HEAD];
        head.iter_mut().zip(*first).for_each(|(to, byte)| *to = *byte);
        heads.extend(head);
        records.extend(u32::try_from(text.len()).ok()?.to_le_bytes());
        let mut kinds = [0_u16; 3];
        for (place, (entry, kind)) in entries.by_ref().take(Blocks::ENTRIES).enumerate() {
            for (bit, mask) in kinds.iter_mut().enumerate() {
                *mask |= u16::from(kind >> bit & 1) << place;
            }
            let shared = match place {
                0 => 0,
                _ => entry.iter().zip(before).take_while(|(one, other)| one == other).count(),
            };
            let following = entry.get(shared..)?;
            match (u8::try_from(shared).ok()?, u8::try_from(following.len()).ok()?) {
                (15, 15) => text.extend([ESCAPE, 15, 15]),
                (shared @ 0..=15, length @ 0..=15) => text.push(shared << 4 | length),
                (shared, length) => text.extend([ESCAPE, shared, length]),
            }
            text.extend(following);
            before = entry;
        }
        records.extend(kinds.map(u16::to_le_bytes).as_flattened());
    }
    Some((heads, records, text))
}

/// The kind of the entry at `place` of a block.
fn kind_at(kinds: [u16; 3], place: usize) -> u8 {
    kinds.iter().rev().fold(0, |kind, mask| kind << 1 | (mask >> place & 1) as u8)
}

struct Entry<'a> {
    shared: usize,
    following: &'a [u8],
    rest: &'a [u8],
}

fn read_entry(bytes: &[u8]) -> Option<Entry<'_>> {
    let (first, bytes) = bytes.split_first()?;
    let (shared, following, bytes) = if *first == ESCAPE {
        let ([shared, following], bytes) = bytes.split_first_chunk::<2>()?;
        (usize::from(*shared), usize::from(*following), bytes)
    } else {
        (usize::from(first >> 4), usize::from(first & 0x0F), bytes)
    };
    let (following, rest) = bytes.split_at_checked(following)?;
    Some(Entry { shared, following, rest })
}

/// Where in the block the query stands. Walks the block once, and the query once: `matched` bytes of it are those of the entry before,
/// which is below it.
fn place_in_block(mut block: &[u8], query: impl Iterator<Item = u8>) -> Option<usize> {
    let mut query = query.peekable();
    let mut matched = 0_usize;
    for place in 0..Blocks::ENTRIES {
        let entry = read_entry(block)?;
        block = entry.rest;
        match entry.shared.cmp(&matched) {
            // It shares the byte in which the entry before was below the query.
            Ordering::Greater => continue,
            // It is above the entry before in a byte that the query shares with that.
            Ordering::Less => return None,
            Ordering::Equal => {}
        }
        let mut following = entry.following.iter();
        loop {
            match (following.next(), query.peek()) {
                (None, None) => return Some(place),
                (None, Some(_)) => break,
                (Some(_), None) => return None,
                (Some(byte), Some(wanted)) => match byte.cmp(wanted) {
                    Ordering::Less => break,
                    Ordering::Greater => return None,
                    Ordering::Equal => {
                        query.next();
                        matched = matched.saturating_add(1);
                    }
                },
            }
        }
    }
    None
}
