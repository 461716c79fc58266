use zeroize::Zeroize;

use super::super::text::Text;

/// Suffixes are told apart by so many bytes, so that sorting a text that repeats itself stays cheap.
const LONGEST: usize = 256;

/// A text and where its suffixes begin, in their order, so that a name is found by bisection. Wiped on
/// drop.
pub(super) struct Suffixes {
    text: Text,
    /// Of a text that [`Text`] keeps without an allocation, which is every one that the default ceiling
    /// lets through.
    starts: [u16; Text::SHORT],
    sorted: usize,
}

impl Suffixes {
    /// Not sorted, so that moving it into place leaves no order behind.
    pub(super) const fn unsorted(text: Text) -> Self {
        Self { text, starts: [0; Text::SHORT], sorted: 0 }
    }

    pub(super) fn sort(&mut self) {
        let text = self.text.as_bytes();
        let Some(starts) = self.starts.get_mut(..text.len()) else { return };
        for (start, place) in starts.iter_mut().zip(0..) {
            *start = place;
        }
        starts.sort_unstable_by(|one, other| {
            let (one, other) = (suffix(text, *one), suffix(text, *other));
            let order = head(one).cmp(&head(other));
            order.then_with(|| shortened(one).cmp(shortened(other)))
        });
        self.sorted = starts.len();
    }

    pub(super) fn text(&self) -> &str {
        self.text.as_str()
    }

    /// Whether the text holds the text of `letters`.
    pub(super) fn hold(&self, letters: impl Iterator<Item = char> + Clone) -> bool {
        let text = self.text.as_bytes();
        let starts = self.starts.get(..self.sorted).unwrap_or_default();
        if !starts.is_empty() {
            let name = Head::of(letters.clone());
            let least = name.number();
            let place = starts.partition_point(|start| head(suffix(text, *start)) < least);
            let is_there =
                starts.get(place).is_some_and(|start| name.begins(head(suffix(text, *start))));
            if !is_there || !name.is_cut() {
                return is_there;
            }
        }
        let name = Text::of(letters);
        if starts.is_empty() || name.as_bytes().len() > LONGEST {
            return self.text().contains(name.as_str());
        }
        let name = name.as_bytes();
        let place = starts.partition_point(|start| suffix(text, *start) < name);
        starts.get(place).is_some_and(|start| suffix(text, *start).starts_with(name))
    }
}

impl Drop for Suffixes {
    fn drop(&mut self) {
        if let Some(used) = self.starts.get_mut(..self.sorted) {
            used.zeroize();
        }
    }
}

fn suffix(text: &[u8], start: u16) -> &[u8] {
    text.get(usize::from(start)..).unwrap_or_default()
}

fn shortened(suffix: &[u8]) -> &[u8] {
    suffix.get(..LONGEST).unwrap_or(suffix)
}

/// The first 16 bytes as one number, which compares as they do; no letter has a byte of zero.
fn head(suffix: &[u8]) -> u128 {
    match suffix.first_chunk() {
        Some(bytes) => u128::from_be_bytes(*bytes),
        None => {
            let mut head = Head::default();
            suffix.iter().for_each(|byte| head.push(*byte));
            head.number()
        }
    }
}

/// The first bytes of a text.
#[derive(Default)]
struct Head {
    bytes: u128,
    count: u32,
}

impl Head {
    const SIZE: u32 = size_of::<u128>() as u32;

    fn of(letters: impl Iterator<Item = char>) -> Self {
        let mut head = Self::default();
        for letter in letters {
            if head.count < Self::SIZE && letter.is_ascii() {
                head.push(letter as u8);
                continue;
            }
            for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
                if head.count == Self::SIZE {
                    return Self { count: Self::SIZE.saturating_add(1), ..head };
                }
                head.push(byte);
            }
        }
        head
    }

    fn push(&mut self, byte: u8) {
        self.bytes = self.bytes << 8 | u128::from(byte);
        self.count = self.count.saturating_add(1);
    }

    /// Whether there is more of the text.
    const fn is_cut(&self) -> bool {
        self.count > Self::SIZE
    }

    /// As [`head`].
    fn number(&self) -> u128 {
        self.bytes.checked_shl(self.unused()).unwrap_or(self.bytes)
    }

    /// Whether a text that has this head, too, begins with it.
    fn begins(&self, head: u128) -> bool {
        head.checked_shr(self.unused()).unwrap_or(self.bytes) == self.bytes
    }

    fn unused(&self) -> u32 {
        Self::SIZE.saturating_sub(self.count).saturating_mul(8)
    }
}
