use super::automaton::ROOT;
use super::buffer::Buffer;

/// The most columns of a row, and cells of all rows, which are 128 KiB.
const MOST_COLUMNS: usize = 64;
const MOST_CELLS: usize = 1 << 16;

/// The numbers that a place in a hash table takes: where the edge begins, its letter, where it leads, and
/// the place of the next edge of the same state from 1, or 0.
const NUMBERS: usize = 4;

/// Where the edges of an automaton are kept: up to `N` cells and `M` states without an allocation.
pub(super) struct EdgeRoom<const N: usize, const M: usize> {
    table: Buffer<u16, N>,
    heads: Buffer<u16, M>,
}

impl<const N: usize, const M: usize> EdgeRoom<N, M> {
    pub(super) fn empty() -> Self {
        Self { table: Buffer::empty(), heads: Buffer::empty() }
    }

    /// Room for the edges of an automaton: `length` letters, `different` of which differ.
    pub(super) fn edges(&mut self, length: usize, different: usize) -> Edges<'_> {
        let states = length.saturating_mul(2).max(1);
        let columns = different.saturating_add(1).next_power_of_two();
        let cells = states.saturating_mul(columns);
        if columns <= MOST_COLUMNS && cells <= MOST_CELLS {
            let table = self.table.of_size(cells);
            return Edges { table, heads: &mut [], bits: Some(columns.trailing_zeros()) };
        }
        // There are fewer than three edges for each letter, so that less than half of the places is taken.
        let places = length.saturating_mul(6).next_power_of_two();
        let table = self.table.of_size(places.saturating_mul(NUMBERS));
        Edges { table, heads: self.heads.of_size(states), bits: None }
    }
}

/// The edges of an automaton: a row for each state where letters are few, a hash table where they are many.
///
/// A row needs no comparison, whose outcome few letters make hard to foretell.
pub(super) struct Edges<'a> {
    table: &'a mut [u16],
    /// Where the first edge of each state is in the hash table, from 1, or 0.
    heads: &'a mut [u16],
    /// Of the columns of a row; `None` where it is a hash table.
    bits: Option<u32>,
}

impl Edges<'_> {
    /// Where the edge of `letter` leads, [`ROOT`] if there is none.
    #[inline]
    pub(super) fn target(&self, from: u16, letter: u16) -> u16 {
        match self.bits {
            Some(bits) => self.table.get(cell(from, letter, bits)).copied().unwrap_or(ROOT),
            None => self.edge(self.place(from, letter)).map_or(ROOT, |[_, _, target, _]| target),
        }
    }

    /// Has the edge of `letter` lead to `target`.
    pub(super) fn lead(&mut self, from: u16, letter: u16, target: u16) {
        if let Some(bits) = self.bits {
            if let Some(old) = self.table.get_mut(cell(from, letter, bits)) {
                *old = target;
            }
            return;
        }
        let place = self.place(from, letter);
        let Some([_, _, old, next]) = self.edge(place) else { return };
        let Some(head) = self.heads.get_mut(usize::from(from)) else { return };
        let edge = [from, letter, target, if old == ROOT { *head } else { next }];
        if old == ROOT {
            *head = u16::try_from(place.saturating_add(1)).unwrap_or(ROOT);
        }
        let start = place.saturating_mul(NUMBERS);
        if let Some(numbers) = self.table.get_mut(start..).and_then(<[u16]>::first_chunk_mut) {
            *numbers = edge;
        }
    }

    /// Gives `to`, which has none, the edges of `from`.
    pub(super) fn copy(&mut self, from: u16, to: u16) {
        if let Some(bits) = self.bits {
            let (start, end) = (cell(from, 0, bits), cell(from.saturating_add(1), 0, bits));
            if end <= self.table.len() && cell(to.saturating_add(1), 0, bits) <= self.table.len() {
                self.table.copy_within(start..end, cell(to, 0, bits));
            }
            return;
        }
        let mut next = self.heads.get(usize::from(from)).copied().unwrap_or(0);
        while let Some(place) = usize::from(next).checked_sub(1)
            && let Some([_, letter, target, then]) = self.edge(place)
        {
            self.lead(to, letter, target);
            next = then;
        }
    }

    fn edge(&self, place: usize) -> Option<[u16; NUMBERS]> {
        self.table.get(place.saturating_mul(NUMBERS)..)?.first_chunk().copied()
    }

    /// Where an edge is in the hash table, or would be.
    #[inline]
    fn place(&self, from: u16, letter: u16) -> usize {
        let mask = (self.table.len() / NUMBERS).wrapping_sub(1);
        let key = u64::from(from) << 16 | u64::from(letter);
        // Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
        let mut place = (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        while let Some([begin, of, target, _]) = self.edge(place)
            && target != ROOT
            && (begin, of) != (from, letter)
        {
            place = place.wrapping_add(1) & mask;
        }
        place
    }
}

const fn cell(from: u16, letter: u16, bits: u32) -> usize {
    (from as usize) << bits | letter as usize
}
