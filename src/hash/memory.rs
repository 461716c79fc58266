use alloc::boxed::Box;
use alloc::vec::Vec;
use core::array;

use argon2::Block;
use try_lock::{Locked, TryLock};

use super::HashError;

/// The memory that hashes are computed in: as many at a time as there are slots. A slot keeps its
/// memory for the next hash, so that the system need not find it anew.
pub(super) struct Slots {
    slots: Box<[TryLock<Vec<Block>>]>,
    kept_blocks: usize,
}

impl Slots {
    /// `number` slots that get their memory when they are first used, and keep `kept_blocks` of it.
    pub(super) fn new(number: usize, kept_blocks: usize) -> Self {
        let slots = (0..number).map(|_| TryLock::new(Vec::new())).collect();
        Self { slots, kept_blocks }
    }

    pub(super) const fn number(&self) -> usize {
        self.slots.len()
    }

    /// A slot that nobody uses; waits for none.
    pub(super) fn take(&self) -> Result<Slot<'_>, HashError> {
        let memory = self.slots.iter().find_map(TryLock::try_lock).ok_or(HashError::Busy)?;
        Ok(Slot { memory, used_blocks: 0, kept_blocks: self.kept_blocks, filled_kib: 0 })
    }
}

/// One slot in use: wiped and given back on drop, also when a panic unwinds.
pub(super) struct Slot<'a> {
    memory: Locked<'a, Vec<Block>>,
    used_blocks: usize,
    kept_blocks: usize,
    filled_kib: u64,
}

impl Slot<'_> {
    /// Records that Argon2 filled so many KiB.
    pub(super) const fn filled(&mut self, kib: u64) {
        self.filled_kib = self.filled_kib.saturating_add(kib);
    }

    /// How many KiB Argon2 has filled in this slot since it was taken.
    pub(super) const fn filled_kib(&self) -> u64 {
        self.filled_kib
    }

    /// The first `number` blocks, holding anything.
    pub(super) fn blocks(&mut self, number: usize) -> Result<&mut [Block], HashError> {
        if self.memory.len() < number {
            // Given back before more is asked for: growing would hold and copy both.
            *self.memory = Vec::new();
            let number = number.max(self.kept_blocks);
            self.memory.try_reserve_exact(number).map_err(|_| HashError::OutOfMemory)?;
            self.memory.resize(number, Block::new());
        }
        self.used_blocks = self.used_blocks.max(number);
        self.memory.get_mut(..number).ok_or(HashError::OutOfMemory)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        if let Some(used) = self.memory.get_mut(..self.used_blocks) {
            wipe(used);
        }
        // What a costlier stored hash needed is not kept.
        if self.memory.len() > self.kept_blocks {
            *self.memory = Vec::new();
        }
    }
}

/// In four stretches side by side, which keeps more of the memory busy than one from end to end; the
/// barrier keeps it from being left out.
fn wipe(used: &mut [Block]) {
    let quarter = used.len().div_ceil(4).max(1);
    let mut quarters = used.chunks_mut(quarter);
    let mut stretches: [_; 4] = array::from_fn(|_| quarters.next().unwrap_or_default().iter_mut());
    for _ in 0..quarter {
        for block in stretches.iter_mut().filter_map(Iterator::next) {
            *block = Block::new();
        }
    }
    zeroize::optimization_barrier(used);
}
