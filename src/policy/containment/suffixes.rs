use zeroize::Zeroize;

use super::super::text::{SHORT, Text};

/// Suffixes are told apart by so many bytes, so that sorting a text that repeats itself stays cheap.
pub(super) const LONGEST: usize = 256;

/// A text and where its suffixes begin, in their order, so that a name is found by bisection. Wiped on
/// drop.
pub(super) struct Suffixes {
    text: Text,
    /// Of a text that [`Text`] keeps without an allocation, which is every one that the default ceiling
    /// lets through.
    starts: [u16; SHORT],
    sorted: usize,
}

impl Suffixes {
    /// Not sorted, so that moving it into place leaves no order behind.
    pub(super) const fn unsorted(text: Text) -> Self {
        Self { text, starts: [0; SHORT], sorted: 0 }
    }

    pub(super) fn sort(&mut self) {
        let text = self.text.as_bytes();
        if text.len() > self.starts.len() {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a text that is sorted is short")]
        let characters = self.text.as_str().char_indices().map(|(start, _)| start as u16);
        let mut length = 0_usize;
        for (place, start) in self.starts.iter_mut().zip(characters) {
            (*place, length) = (start, length.saturating_add(1));
        }
        let starts = self.starts.get_mut(..length).unwrap_or_default();
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

    /// Whether the text holds `name`, of up to [`LONGEST`] bytes of UTF-8.
    pub(super) fn hold(&self, name: &[u8]) -> bool {
        let text = self.text.as_bytes();
        let starts = self.starts.get(..self.sorted).unwrap_or_default();
        if starts.is_empty() {
            return core::str::from_utf8(name).is_ok_and(|name| self.text().contains(name));
        }
        let least = head(name);
        let head_of = |start: &u16| head(suffix(text, *start));
        let place = starts.partition_point(|start| head_of(start) < least);
        let mut starts = starts.get(place..).unwrap_or_default();
        if name.len() > HEAD && starts.first().is_some_and(|start| head_of(start) == least) {
            let alike = starts.partition_point(|start| head_of(start) == least);
            let alike = starts.get(..alike).unwrap_or_default();
            let place = alike.partition_point(|start| suffix(text, *start) < name);
            starts = alike.get(place..).unwrap_or_default();
        }
        starts.first().is_some_and(|start| suffix(text, *start).starts_with(name))
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

/// The bytes of a text that are compared at once.
const HEAD: usize = size_of::<u128>();

/// The first bytes as one number, which compares as they do; no letter has a byte of zero.
fn head(text: &[u8]) -> u128 {
    match text.first_chunk::<HEAD>() {
        Some(bytes) => u128::from_be_bytes(*bytes),
        None => {
            let mut bytes = [0; HEAD];
            bytes.iter_mut().zip(text).for_each(|(place, byte)| *place = *byte);
            u128::from_be_bytes(bytes)
        }
    }
}
