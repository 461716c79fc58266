use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::filter::Shape;
use super::layout::{self, HEADER, KINDS, ROW, VERSION};
use super::{BuildListError, blocks, hash, strip};
use crate::policy::characters::lowercase::Lowercase;
use crate::policy::characters::syllables::Syllables;

/// The most bytes of an entry, which the blocks give one byte.
pub(in crate::policy) const LONGEST: usize = 255;
/// A seed fails to make a filter now and then, a hundred in a row never do.
const SEEDS: u64 = 100;

/// The words of a list to be, lowercased and stripped, each with its kind.
#[derive(Default)]
pub(super) struct Words {
    kinds: BTreeMap<String, u8>,
}

impl Words {
    /// Takes the word number `number`. A word that is there already keeps the better rank.
    pub(super) fn add(
        &mut self,
        number: usize,
        word: &str,
        kind: u8,
    ) -> Result<(), BuildListError> {
        let word: String = Syllables::of(Lowercase::of(strip(word))).collect();
        if word.len() > LONGEST {
            return Err(BuildListError::WordTooLong { number });
        }
        if !word.is_empty() {
            let known = self.kinds.entry(word).or_insert(kind);
            *known = (*known & 3).min(kind & 3) | ((*known | kind) & 4);
        }
        Ok(())
    }

    pub(super) fn into_bytes(self) -> Result<Vec<u8>, BuildListError> {
        let longest = self.kinds.keys().map(String::len).max().ok_or(BuildListError::NoWords)?;
        let entries = u32::try_from(self.kinds.len()).map_err(|_| BuildListError::TooManyWords)?;
        let shape = Shape::for_keys(self.kinds.len()).ok_or(BuildListError::TooManyWords)?;
        let (seed, slots) =
            (0..SEEDS).find_map(|seed| self.filter(shape, seed)).ok_or(BuildListError::NoFilter)?;
        let (heads, records, text) =
            blocks::write(self.kinds.iter().map(|(word, kind)| (word.as_bytes(), *kind)))
                .ok_or(BuildListError::TooManyWords)?;
        let table = self.table();
        let rows = table.len().checked_div(ROW).unwrap_or_default();

        let parts = [&table, &slots, &heads, &records, &text];
        let length = parts.iter().map(|part| part.len()).fold(HEADER, usize::saturating_add);
        let mut bytes = Vec::with_capacity(length);
        bytes.extend([b'R', b'P', b'W', VERSION]);
        bytes.extend(entries.to_le_bytes());
        bytes.extend([0; 8]);
        bytes.extend((length as u64).to_le_bytes());
        bytes.extend(seed.to_le_bytes());
        bytes.extend(shape.segment().to_le_bytes());
        bytes.extend(shape.slots().to_le_bytes());
        bytes.extend(u16::try_from(longest).unwrap_or(u16::MAX).to_le_bytes());
        bytes.extend(u16::try_from(rows).unwrap_or(u16::MAX).to_le_bytes());
        parts.iter().for_each(|part| bytes.extend(*part));
        let checksum = layout::checksum(&bytes).to_le_bytes();
        bytes.iter_mut().skip(8).zip(checksum).for_each(|(to, byte)| *to = byte);
        Ok(bytes)
    }

    fn filter(&self, shape: Shape, seed: u64) -> Option<(u64, Vec<u8>)> {
        let keys: Vec<_> = self.kinds.keys().map(|word| hash::of(seed, word.as_bytes())).collect();
        Some((seed, shape.fill(&keys)?))
    }

    /// A row for each length up to the longest.
    fn table(&self) -> Vec<u8> {
        let mut rows: Vec<[u32; KINDS]> = Vec::new();
        for (word, kind) in &self.kinds {
            let length = word.chars().count();
            if rows.len() <= length {
                rows.resize(length.saturating_add(1), [0; KINDS]);
            }
            for row in rows.iter_mut().take(length.saturating_add(1)) {
                if let Some(count) = row.get_mut(usize::from(*kind)) {
                    *count = count.saturating_add(1);
                }
            }
        }
        rows.as_flattened().iter().flat_map(|count| count.to_le_bytes()).collect()
    }
}
