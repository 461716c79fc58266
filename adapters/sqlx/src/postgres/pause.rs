use core::hash::{BuildHasher, Hasher};
use core::time::Duration;
use std::collections::hash_map::RandomState;

/// Pauses between repeats: random, so that those who met do not meet again, and longer each time.
pub(super) struct Pauses {
    random: RandomState,
    number: u32,
}

impl Pauses {
    /// The longest pause is 2^7 ms.
    const MOST_DOUBLINGS: u32 = 7;

    pub(super) fn new() -> Self {
        Self { random: RandomState::new(), number: 0 }
    }

    pub(super) async fn pause(&mut self) {
        tokio::time::sleep(self.next()).await;
    }

    /// At most 2 ms, then 4 ms, and so on.
    fn next(&mut self) -> Duration {
        self.number = self.number.saturating_add(1);
        let most = 1000_u64 << self.number.min(Self::MOST_DOUBLINGS);
        // Keys of hash maps are random; nothing secret depends on these pauses.
        let mut hasher = self.random.build_hasher();
        hasher.write_u32(self.number);
        Duration::from_micros(hasher.finish().checked_rem(most).unwrap_or(0))
    }
}
