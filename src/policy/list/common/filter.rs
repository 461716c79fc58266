//! A binary fuse filter (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters",
//! 2022) with three probes and 8 bits a slot: every key is found, and 1 of 256 others.

use alloc::vec;
use alloc::vec::Vec;

#[derive(Clone, Copy)]
pub(super) struct Filter<'a> {
    slots: &'a [u8],
    shape: Shape,
}

impl<'a> Filter<'a> {
    pub(super) const fn new(slots: &'a [u8], shape: Shape) -> Self {
        Self { slots, shape }
    }

    pub(super) fn may_contain(&self, hash: u64) -> bool {
        let found = self
            .shape
            .places(hash)
            .into_iter()
            .fold(0, |found, place| found ^ self.slots.get(place).copied().unwrap_or_default());
        found == fingerprint(hash)
    }
}

/// Where the probes of a filter go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    slots: u32,
    segment: u32,
    /// The slots that the first probe may hit: all but the last two segments.
    first: u32,
}

impl Shape {
    pub(super) const fn new(slots: u32, segment: u32) -> Option<Self> {
        if !segment.is_power_of_two() {
            return None;
        }
        match slots.checked_sub(segment.saturating_mul(2)) {
            Some(first) if first > 0 => Some(Self { slots, segment, first }),
            _ => None,
        }
    }

    /// The shape for a number of keys, by the formulas of the paper; `None` when there are too
    /// many.
    pub(super) fn for_keys(keys: usize) -> Option<Self> {
        // 3.33 to the power of 0.75, below which a segment has 4 slots.
        let (mut threshold, mut bits) = (2.465, 2_u32);
        while keys as f64 >= threshold && bits < 18 {
            threshold *= 3.33;
            bits = bits.saturating_add(1);
        }
        let segment = 1_usize.checked_shl(bits)?;
        // 0.875 + 0.25 ln(10^6) / ln(keys), in thousandths, with the logarithm rounded down.
        let logarithm = keys.max(2).ilog2() as usize;
        let thousandths = 4_983_usize.checked_div(logarithm)?.saturating_add(875).max(1_125);
        let slots = keys.max(2).checked_mul(thousandths)?.div_ceil(1_000);
        let slots = slots.div_ceil(segment).max(3).checked_mul(segment)?;
        Self::new(u32::try_from(slots).ok()?, u32::try_from(segment).ok()?)
    }

    pub(super) const fn slots(self) -> u32 {
        self.slots
    }

    pub(super) const fn segment(self) -> u32 {
        self.segment
    }

    /// The slots whose exclusive or has to be the fingerprint of every key, or `None` when the keys
    /// cannot be peeled off one by one; then other hashes may do.
    pub(super) fn fill(self, keys: &[u64]) -> Option<Vec<u8>> {
        // For each slot how many keys still probe it, and the exclusive or of their numbers: the
        // number itself, once it is one.
        let mut probing = vec![(0_u32, 0_u32); self.slots as usize];
        for (number, key) in (0_u32..).zip(keys) {
            for place in self.places(*key) {
                let (count, numbers) = probing.get_mut(place)?;
                *count = count.checked_add(1)?;
                *numbers ^= number;
            }
        }
        let is_alone = |(_, probing): &(usize, &(u32, u32))| probing.0 == 1;
        let mut alone: Vec<usize> =
            probing.iter().enumerate().filter(is_alone).map(|(place, _)| place).collect();
        let mut peeled = Vec::with_capacity(keys.len());
        while let Some(place) = alone.pop() {
            let (1, number) = *probing.get(place)? else { continue };
            let key = *keys.get(number as usize)?;
            peeled.push((place, key));
            for place in self.places(key) {
                let (count, numbers) = probing.get_mut(place)?;
                *count = count.checked_sub(1)?;
                *numbers ^= number;
                if *count == 1 {
                    alone.push(place);
                }
            }
        }
        if peeled.len() != keys.len() {
            return None;
        }
        let mut slots = vec![0_u8; self.slots as usize];
        for (place, key) in peeled.into_iter().rev() {
            let mut slot = fingerprint(key);
            for other in self.places(key) {
                slot ^= slots.get(other)?;
            }
            *slots.get_mut(place)? = slot;
        }
        Some(slots)
    }

    #[expect(clippy::cast_possible_truncation, reason = "a place is made of some bits of the hash")]
    fn places(self, hash: u64) -> [usize; 3] {
        let mask = self.segment.wrapping_sub(1);
        let first = (u128::from(hash).wrapping_mul(u128::from(self.first)) >> 64) as u32;
        let second = first.wrapping_add(self.segment) ^ ((hash >> 18) as u32 & mask);
        let third = first.wrapping_add(self.segment.wrapping_mul(2)) ^ (hash as u32 & mask);
        [first as usize, second as usize, third as usize]
    }
}

const fn fingerprint(hash: u64) -> u8 {
    let [low, ..] = (hash ^ hash >> 32).to_le_bytes();
    low
}
