use super::ListError;
use super::blocks::Blocks;
use super::filter::{Filter, Shape};

/// What the header of a list says. The format, version 2, numbers little-endian:
///
/// | bytes | what |
/// |---|---|
/// | 0..4 | `RPW` and the version, 2 |
/// | 4..8 | number of entries |
/// | 8..16 | checksum of all the other bytes |
/// | 16..24 | number of bytes, these and the checksum included |
/// | 24..32 | seed of the hash |
/// | 32..36 | slots in a segment of the filter, a power of two |
/// | 36..40 | bytes of the filter |
/// | 40..42 | bytes of the longest entry |
/// | 42..44 | rows of the table |
/// | 44.. | the table: for each length in code points, from 0, how many entries of each of the eight kinds have that length or more |
/// | | the filter |
/// | | for each block of 16 entries the first four bytes of its first entry, padded with zeros |
/// | | for each block its ten bytes of place and kinds |
/// | | the blocks |
///
/// The kind of an entry is its rank, 0 to 3, and 4 more when it is one of Django's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) checksum: u64,
    pub(super) entries: u32,
    pub(super) seed: u64,
    pub(super) longest: usize,
    filter: Shape,
    filter_at: usize,
    heads_at: usize,
    records_at: usize,
    entries_at: usize,
}

pub(super) const VERSION: u8 = 2;
pub(super) const HEADER: usize = 44;
pub(super) const KINDS: usize = 8;
pub(super) const ROW: usize = KINDS * 4;

impl Layout {
    /// Reads the header and sees that its numbers fit one another; the checksum is not compared.
    pub(super) const fn parse(bytes: &[u8]) -> Result<Self, ListError> {
        let Some((magic, rest)) = bytes.split_first_chunk::<4>() else {
            return Err(ListError::NotAList);
        };
        let [b'R', b'P', b'W', version] = *magic else { return Err(ListError::NotAList) };
        if version != VERSION {
            return Err(ListError::UnknownVersion { version });
        }
        match Self::parse_fields(rest, bytes.len()) {
            Some(layout) => Ok(layout),
            None => Err(ListError::Damaged),
        }
    }

    const fn parse_fields(bytes: &[u8], length: usize) -> Option<Self> {
        let Some((entries, bytes)) = bytes.split_first_chunk::<4>() else { return None };
        let Some((checksum, bytes)) = bytes.split_first_chunk::<8>() else { return None };
        let Some((stated, bytes)) = bytes.split_first_chunk::<8>() else { return None };
        let Some((seed, bytes)) = bytes.split_first_chunk::<8>() else { return None };
        let Some((segment, bytes)) = bytes.split_first_chunk::<4>() else { return None };
        let Some((slots, bytes)) = bytes.split_first_chunk::<4>() else { return None };
        let Some((longest, bytes)) = bytes.split_first_chunk::<2>() else { return None };
        let Some((rows, _)) = bytes.split_first_chunk::<2>() else { return None };

        let entries = u32::from_le_bytes(*entries);
        let rows = u16::from_le_bytes(*rows) as usize;
        if u64::from_le_bytes(*stated) != length as u64 || entries == 0 || rows == 0 {
            return None;
        }
        let slots = u32::from_le_bytes(*slots);
        let Some(filter) = Shape::new(slots, u32::from_le_bytes(*segment)) else { return None };
        let blocks = (entries as usize).div_ceil(Blocks::ENTRIES);
        // Saturated numbers are above any length.
        let filter_at = rows.saturating_mul(ROW).saturating_add(HEADER);
        let heads_at = filter_at.saturating_add(slots as usize);
        let records_at = heads_at.saturating_add(blocks.saturating_mul(Blocks::HEAD));
        let entries_at = records_at.saturating_add(blocks.saturating_mul(Blocks::RECORD));
        if entries_at > length {
            return None;
        }
        Some(Self {
            checksum: u64::from_le_bytes(*checksum),
            entries,
            seed: u64::from_le_bytes(*seed),
            longest: u16::from_le_bytes(*longest) as usize,
            filter,
            filter_at,
            heads_at,
            records_at,
            entries_at,
        })
    }

    pub(super) fn filter<'a>(&self, bytes: &'a [u8]) -> Filter<'a> {
        let slots = bytes.get(self.filter_at..self.heads_at).unwrap_or_default();
        Filter::new(slots, self.filter)
    }

    pub(super) fn blocks<'a>(&self, bytes: &'a [u8]) -> Blocks<'a> {
        Blocks::new(
            bytes.get(self.heads_at..self.records_at).unwrap_or_default(),
            bytes.get(self.records_at..self.entries_at).unwrap_or_default(),
            bytes.get(self.entries_at..).unwrap_or_default(),
        )
    }

    /// How many entries of each kind have `length` code points or more.
    pub(super) fn counts(&self, bytes: &[u8], length: usize) -> [usize; KINDS] {
        let table = bytes.get(HEADER..self.filter_at).unwrap_or_default();
        let row =
            table.as_chunks::<ROW>().0.get(length).map_or(&[][..], |row| row.as_chunks::<4>().0);
        let mut counts = [0; KINDS];
        counts
            .iter_mut()
            .zip(row)
            .for_each(|(count, number)| *count = u32::from_le_bytes(*number) as usize);
        counts
    }
}

/// The checksum of a whole list, its own eight bytes left out: words of eight bytes, the last of
/// which has zeros for what is missing, or is zero, begin from the number of bytes. Each step can be
/// undone, so two lists of a length that differ within eight aligned bytes never have the same.
pub(super) fn checksum(bytes: &[u8]) -> u64 {
    let (before, after) = bytes.split_at_checked(8).unwrap_or((bytes, &[]));
    let (words, rest) = after.get(8..).unwrap_or_default().as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let first = before.first_chunk::<8>().copied().unwrap_or_default();
    [first].iter().chain(words).chain([&last]).fold(bytes.len() as u64, |state, word| {
        let state = (state ^ u64::from_le_bytes(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        state ^ state >> 32
    })
}
