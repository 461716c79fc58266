use core::cmp::Ordering;

/// The entries in the order of their bytes, in blocks of 16, each entry written as what it shares
/// with the one before it and what follows.
///
/// An entry begins with a byte that holds the number of shared bytes (high half) and of following
/// bytes (low half); if it is 0xFF, these two numbers stand in the two bytes after it. The first
/// entry of a block shares nothing.
pub(super) struct Blocks<'a> {
    /// The first four bytes of each block's first entry.
    heads: &'a [[u8; 4]],
    /// Where each block begins in `entries`.
    starts: &'a [[u8; 4]],
    entries: &'a [u8],
}

const ENTRIES_IN_BLOCK: usize = 16;
const ESCAPE: u8 = 0xFF;

impl<'a> Blocks<'a> {
    pub(super) const fn new(bytes: &'a [u8], blocks: usize) -> Option<Self> {
        let length = blocks.saturating_mul(4);
        let Some((heads, bytes)) = bytes.split_at_checked(length) else { return None };
        let Some((starts, entries)) = bytes.split_at_checked(length) else { return None };
        Some(Self { heads: heads.as_chunks().0, starts: starts.as_chunks().0, entries })
    }

    pub(super) fn contains(&self, query: impl Iterator<Item = u8> + Clone) -> bool {
        self.block_for(&query).is_some_and(|block| is_in_block(block, query))
    }

    /// The last block whose first entry is not above `query`.
    fn block_for(&self, query: &(impl Iterator<Item = u8> + Clone)) -> Option<&'a [u8]> {
        let mut start = [0; 4];
        start.iter_mut().zip(query.clone()).for_each(|(to, byte)| *to = byte);
        let start = u32::from_be_bytes(start);
        let below = self.heads.partition_point(|head| u32::from_be_bytes(*head) < start);
        let alike = self
            .heads
            .iter()
            .skip(below)
            .take_while(|head| u32::from_be_bytes(**head) == start)
            .count();
        let upto = self.starts.get(below..)?.get(..alike)?.partition_point(|block| {
            let first = self.entries_from(*block).and_then(read_entry);
            first.is_some_and(|entry| {
                entry.following.iter().copied().cmp(query.clone()) != Ordering::Greater
            })
        });
        let block = self.starts.get(below.saturating_add(upto).checked_sub(1)?)?;
        self.entries_from(*block)
    }

    fn entries_from(&self, start: [u8; 4]) -> Option<&'a [u8]> {
        self.entries.get(u32::from_le_bytes(start) as usize..)
    }
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

/// Walks the block once, and the query once: `matched` bytes of it are those of the entry before,
/// which is below it.
fn is_in_block(mut block: &[u8], query: impl Iterator<Item = u8>) -> bool {
    let mut query = query.peekable();
    let mut matched = 0_usize;
    for _ in 0..ENTRIES_IN_BLOCK {
        let Some(entry) = read_entry(block) else { return false };
        block = entry.rest;
        match entry.shared.cmp(&matched) {
            // It shares the byte in which the entry before was below the query.
            Ordering::Greater => continue,
            // It is above the entry before in a byte that the query shares with that.
            Ordering::Less => return false,
            Ordering::Equal => {}
        }
        let mut following = entry.following.iter();
        loop {
            match (following.next(), query.peek()) {
                (None, None) => return true,
                (None, Some(_)) => break,
                (Some(_), None) => return false,
                (Some(byte), Some(wanted)) => match byte.cmp(wanted) {
                    Ordering::Less => break,
                    Ordering::Greater => return false,
                    Ordering::Equal => {
                        query.next();
                        matched = matched.saturating_add(1);
                    }
                },
            }
        }
    }
    false
}
