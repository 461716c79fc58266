/// A binary fuse filter (Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters",
/// 2022) with three probes and 8 bits a slot: every key is found, and 1 of 256 others.
pub(super) struct Filter<'a> {
    slots: &'a [u8],
    segment: u32,
    /// The slots that the first probe may hit: all but the last two segments.
    first: u32,
}

impl<'a> Filter<'a> {
    pub(super) const fn new(slots: &'a [u8], segment: u32) -> Option<Self> {
        if !segment.is_power_of_two() || slots.len() > u32::MAX as usize {
            return None;
        }
        match (slots.len() as u32).checked_sub(segment.saturating_mul(2)) {
            Some(first) if first > 0 => Some(Self { slots, segment, first }),
            _ => None,
        }
    }

    pub(super) fn may_contain(&self, hash: u64) -> bool {
        let mask = self.segment.wrapping_sub(1);
        let first = (u128::from(hash).wrapping_mul(u128::from(self.first)) >> 64) as u32;
        let second = first.wrapping_add(self.segment) ^ ((hash >> 18) as u32 & mask);
        let third = first.wrapping_add(self.segment.wrapping_mul(2)) ^ (hash as u32 & mask);
        let found = self.slot(first) ^ self.slot(second) ^ self.slot(third);
        found == (hash ^ hash >> 32) as u8
    }

    fn slot(&self, place: u32) -> u8 {
        self.slots.get(place as usize).copied().unwrap_or_default()
    }
}
