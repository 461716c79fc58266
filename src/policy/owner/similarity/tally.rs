use alloc::boxed::Box;
use core::iter;

use zeroize::Zeroizing;

use crate::policy::characters::lowercase::Lowercase;

const ASCII: usize = 128;
const PAGE: usize = 32;

/// How often each code point occurs in a lowercased password.
///
/// Counted only when the first comparison asks, and wiped on drop. Counts are signed, so that a
/// comparison can take more than there is and give it back by walking the same characters again; a
/// text has fewer than 2^63 of them.
pub(super) struct Tally<'a> {
    password: &'a str,
    length: usize,
    /// The greatest code point of the lowercased password.
    greatest: char,
    /// How many of its code points are beyond ASCII.
    beyond: usize,
    /// A bit for each code point by its last seven bits, in halves, as shifts of 128 bits are slow.
    present: Zeroizing<[u64; 2]>,
    counted: Option<Counts>,
}

impl<'a> Tally<'a> {
    pub(super) fn of(password: &'a str) -> Self {
        let present = Zeroizing::new([0; 2]);
        let mut tally =
            Self { password, length: 0, greatest: '\x7F', beyond: 0, present, counted: None };
        if password.is_ascii() {
            tally.length = password.len();
            password.bytes().for_each(|byte| tally.note(byte.to_ascii_lowercase().into()));
            return tally;
        }
        for character in Lowercase::of(password) {
            tally.note(character);
            tally.length = tally.length.saturating_add(1);
            tally.beyond = tally.beyond.saturating_add(usize::from(!character.is_ascii()));
            tally.greatest = tally.greatest.max(character);
        }
        tally
    }

    /// The code points of the lowercased password, which may be more than those of the password.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Whether the password surely has no `character`.
    #[inline]
    pub(super) fn lacks(&self, character: char) -> bool {
        let (half, bit) = bit_of(character);
        self.present.get(half).is_some_and(|half| half & bit == 0)
    }

    fn note(&mut self, character: char) {
        let (half, bit) = bit_of(character);
        if let Some(half) = self.present.get_mut(half) {
            *half |= bit;
        }
    }

    /// The size of the multiset intersection with `part`, unless more than `most_missing` characters
    /// of it are not shared.
    #[inline]
    pub(super) fn shared_with(
        &mut self,
        part: impl Iterator<Item = char> + Clone,
        most_missing: usize,
    ) -> Option<usize> {
        let counts = self.counted.get_or_insert_with(Counts::new);
        if !counts.filled {
            counts.fill(self.password, self.greatest, self.beyond);
        }
        let (mut shared, mut missing) = (0_usize, 0_usize);
        for character in part.clone() {
            let is_shared = counts.count_mut(character).is_some_and(|left| {
                *left = left.wrapping_sub(1);
                *left >= 0
            });
            shared = shared.saturating_add(usize::from(is_shared));
            missing = missing.saturating_add(usize::from(!is_shared));
            if missing > most_missing {
                break;
            }
        }
        for character in part.take(shared.saturating_add(missing)) {
            if let Some(left) = counts.count_mut(character) {
                *left = left.wrapping_add(1);
            }
        }
        (missing <= most_missing).then_some(shared)
    }
}

/// The half and the bit in it.
const fn bit_of(character: char) -> (usize, u64) {
    (character as usize / 64 % 2, 1 << (character as u32 % u64::BITS))
}

struct Counts {
    ascii: Zeroizing<[i32; ASCII]>,
    few: Option<Few>,
    others: Option<Pages>,
    filled: bool,
}

impl Counts {
    /// Empty, so that moving it into place leaves nothing behind.
    fn new() -> Self {
        Self { ascii: Zeroizing::new([0; ASCII]), few: None, others: None, filled: false }
    }

    fn fill(&mut self, password: &str, greatest: char, beyond: usize) {
        self.filled = true;
        if password.is_ascii() {
            for byte in password.bytes() {
                self.add(char::from(byte.to_ascii_lowercase()));
            }
            return;
        }
        if beyond <= FEW {
            self.few.insert(Few::none()).fill(password);
        } else {
            self.others = Some(Pages::for_text(password, greatest));
        }
        for character in Lowercase::of(password) {
            self.add(character);
        }
    }

    fn add(&mut self, character: char) {
        if let Some(count) = self.count_mut(character) {
            *count = count.wrapping_add(1);
        }
    }

    #[inline]
    fn count_mut(&mut self, character: char) -> Option<&mut i32> {
        let code_point = character as usize;
        if code_point < ASCII {
            return self.ascii.get_mut(code_point);
        }
        self.count_beyond_mut(character)
    }

    #[inline(never)]
    fn count_beyond_mut(&mut self, character: char) -> Option<&mut i32> {
        match &mut self.few {
            Some(few) => few.count_mut(character),
            None => self.others.as_mut()?.count_mut(character as usize),
        }
    }
}

/// As many code points beyond ASCII are counted without an allocation.
const FEW: usize = 64;

/// Counts for a few code points, found by bisection.
struct Few {
    characters: Zeroizing<[char; FEW]>,
    counts: Zeroizing<[i32; FEW]>,
    length: usize,
}

impl Few {
    /// Empty, so that moving it into place leaves nothing behind.
    fn none() -> Self {
        Self {
            characters: Zeroizing::new(['\0'; FEW]),
            counts: Zeroizing::new([0; FEW]),
            length: 0,
        }
    }

    fn fill(&mut self, password: &str) {
        let beyond = Lowercase::of(password).filter(|character| !character.is_ascii());
        for (place, character) in self.characters.iter_mut().zip(beyond) {
            *place = character;
            self.length = self.length.saturating_add(1);
        }
        self.characters.get_mut(..self.length).unwrap_or_default().sort_unstable();
    }

    /// Where one occurs several times it is always the same of its places.
    fn count_mut(&mut self, character: char) -> Option<&mut i32> {
        let characters = self.characters.get(..self.length)?;
        self.counts.get_mut(characters.binary_search(&character).ok()?)
    }
}

/// Counts for the code points beyond ASCII, in pages of 32 of which only those that the password
/// touches exist.
///
/// Look-up is two loads whatever the text, where a hash table could be made to collide.
struct Pages {
    /// For each page of Unicode up to the last that exists its place in `counts`, from 1; 0 for none.
    places: Zeroizing<Box<[u16]>>,
    counts: Zeroizing<Box<[i32]>>,
}

impl Pages {
    fn for_text(password: &str, greatest: char) -> Self {
        let number = (u32::from(greatest) as usize / PAGE).saturating_add(1);
        let mut places = Zeroizing::new(iter::repeat_n(0_u16, number).collect::<Box<[_]>>());
        let mut used = 0_u16;
        for character in Lowercase::of(password).filter(|character| !character.is_ascii()) {
            let page = u32::from(character) as usize / PAGE;
            if let Some(place) = places.get_mut(page).filter(|place| **place == 0) {
                used = used.saturating_add(1);
                *place = used;
            }
        }
        let number = usize::from(used).saturating_mul(PAGE);
        let counts = Zeroizing::new(iter::repeat_n(0_i32, number).collect::<Box<[_]>>());
        Self { places, counts }
    }

    fn count_mut(&mut self, code_point: usize) -> Option<&mut i32> {
        let place = usize::from(*self.places.get(code_point / PAGE)?).checked_sub(1)?;
        self.counts.get_mut(place.saturating_mul(PAGE).saturating_add(code_point % PAGE))
    }
}
