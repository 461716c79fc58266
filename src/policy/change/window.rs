use zeroize::Zeroizing;

/// Stands where there is no character.
const NONE: u32 = u32::MAX;

/// Sixty-four characters of a text in a row, moved along it one by one. Wiped on drop.
///
/// What is not asked again is written over: the character with the number `n` is in the place `n % 64`.
pub(super) struct Window {
    characters: Zeroizing<[u32; 64]>,
    /// In which places each character of ASCII is, for it would take a look at all of them else.
    ascii: Zeroizing<[u64; 128]>,
    first: u32,
}

impl Window {
    /// Over nothing.
    pub(super) fn new() -> Self {
        Self { characters: Zeroizing::new([NONE; 64]), ascii: Zeroizing::new([0; 128]), first: 0 }
    }

    /// Lets the first character out, and `next` in behind the last.
    #[inline]
    pub(super) fn move_to(&mut self, next: Option<char>) {
        let next = next.map_or(NONE, u32::from);
        let place = 1_u64.rotate_left(self.first);
        if let Some(character) = self.characters.get_mut(self.first as usize % 64) {
            if let Some(places) = self.ascii.get_mut(*character as usize) {
                *places &= !place;
            }
            if let Some(places) = self.ascii.get_mut(next as usize) {
                *places |= place;
            }
            *character = next;
        }
        self.first = self.first.wrapping_add(1);
    }

    /// A bit for each character, from the first on: whether it is this one.
    #[inline]
    pub(super) fn which_are(&self, character: char) -> u64 {
        let places =
            match self.ascii.get(character as usize) {
                Some(places) => *places,
                None => self.characters.iter().rev().fold(0, |places, other| {
                    places << 1 | u64::from(*other == u32::from(character))
                }),
            };
        places.rotate_right(self.first)
    }
}
