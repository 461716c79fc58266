//! Writes the sorted entries in front-coded blocks.

use std::collections::BTreeSet;

const ENTRIES_IN_BLOCK: usize = 16;
const ESCAPE: u8 = 0xFF;

#[derive(Default)]
pub struct Blocks {
    pub heads: Vec<[u8; 4]>,
    pub starts: Vec<usize>,
    pub entries: Vec<u8>,
}

pub fn build(entries: &BTreeSet<&[u8]>) -> Result<Blocks, String> {
    let mut blocks = Blocks::default();
    let mut before: &[u8] = b"";
    for (place, entry) in entries.iter().enumerate() {
        if place % ENTRIES_IN_BLOCK == 0 {
            let mut head = [0; 4];
            head.iter_mut().zip(entry.iter()).for_each(|(to, byte)| *to = *byte);
            blocks.heads.push(head);
            blocks.starts.push(blocks.entries.len());
            before = b"";
        }
        let shared =
            before.iter().zip(entry.iter()).take_while(|(one, other)| one == other).count();
        let following = &entry[shared..];
        let lengths =
            u8::try_from(shared).and_then(|shared| Ok((shared, u8::try_from(following.len())?)));
        let (shared, length) =
            lengths.map_err(|_| format!("entry {place} is longer than 255 bytes"))?;
        match (shared, length) {
            (0..=15, 0..=15) if (shared, length) != (15, 15) => {
                blocks.entries.push(shared << 4 | length)
            }
            _ => blocks.entries.extend([ESCAPE, shared, length]),
        }
        blocks.entries.extend(following);
        before = entry;
    }
    Ok(blocks)
}
