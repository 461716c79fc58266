use alloc::vec::Vec;

use zeroize::{DefaultIsZeroes, Zeroize};

/// Places for what was derived from a password: up to `N` of them without an allocation. Wiped on drop.
pub(super) struct Buffer<T: DefaultIsZeroes, const N: usize> {
    short: [T; N],
    /// How many of `short` were ever used.
    used: usize,
    long: Vec<T>,
}

impl<T: DefaultIsZeroes, const N: usize> Buffer<T, N> {
    pub(super) fn empty() -> Self {
        Self { short: [T::default(); N], used: 0, long: Vec::new() }
    }

    /// So many places, in which nothing is left.
    pub(super) fn of_size(&mut self, size: usize) -> &mut [T] {
        if let Some(places) = self.short.get_mut(..size) {
            places.get_mut(..self.used.min(size)).unwrap_or_default().fill(T::default());
            self.used = self.used.max(size);
            return places;
        }
        if self.long.capacity() < size {
            // What is moved away leaves a copy behind.
            self.long.zeroize();
            self.long.reserve_exact(size);
        }
        self.long.clear();
        self.long.resize(size, T::default());
        &mut self.long
    }
}

impl<T: DefaultIsZeroes, const N: usize> Drop for Buffer<T, N> {
    fn drop(&mut self) {
        self.short.get_mut(..self.used).unwrap_or_default().zeroize();
        self.long.zeroize();
    }
}
