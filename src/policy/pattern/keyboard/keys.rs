use super::{COUNT, Layout};

/// On which key a character is, on all layouts at once, so that one look-up serves them all.
///
/// The number of a key is its row from the top, times 16, and its column from the left, both from 1.
/// No row has more than 14 keys, so that the difference of two numbers tells of every neighbour.
pub(super) struct Keys([[u8; COUNT]; PLACES]);

const PLACES: usize = 0x162;

impl Keys {
    /// The number where there is no key.
    pub(super) const NONE: u8 = 0;
    /// From one row to the next.
    pub(super) const ROW: u8 = 16;

    pub(super) const fn of_layouts(layouts: &[Layout; COUNT]) -> Self {
        let mut keys = Self([[Self::NONE; COUNT]; PLACES]);
        let (mut number, mut layouts) = (0_usize, layouts.as_slice());
        while let [layout, others @ ..] = layouts {
            let (mut first_key, mut rows) = (Self::ROW, layout.rows);
            while let [layers, rows_below @ ..] = rows {
                let mut layers = *layers;
                while let [layer, other_layers @ ..] = layers {
                    keys.add_layer(number, first_key, layer.as_bytes());
                    layers = other_layers;
                }
                first_key = first_key.saturating_add(Self::ROW);
                rows = rows_below;
            }
            number = number.saturating_add(1);
            layouts = others;
        }
        keys
    }

    pub(super) fn of(&self, character: char) -> [u8; COUNT] {
        place(character as u32)
            .and_then(|place| self.0.get(place))
            .copied()
            .unwrap_or([Self::NONE; COUNT])
    }

    const fn add_layer(&mut self, layout: usize, first_key: u8, mut characters: &[u8]) {
        let mut key = first_key;
        while let Some((character, to_the_right)) = split_first(characters) {
            key = key.saturating_add(1);
            // A character that two keys have is on the upper one.
            if character != ' ' as u32
                && let Some(place) = place(character)
                && let Some((_, [keys, ..])) = self.0.split_at_mut_checked(place)
                && let Some((_, [slot @ Self::NONE, ..])) = keys.split_at_mut_checked(layout)
            {
                *slot = key;
            }
            characters = to_the_right;
        }
    }
}

/// Where the keys of a character are: after Latin-1 follow the Cyrillic letters and two signs.
const fn place(character: u32) -> Option<usize> {
    const EURO: u32 = '€' as u32;
    const NUMERO: u32 = '№' as u32;
    match character {
        ..0x100 => Some(character as usize),
        0x400..0x460 => Some((character & 0x7F | 0x100) as usize),
        EURO => Some(0x160),
        NUMERO => Some(0x161),
        _ => None,
    }
}

/// The first code point of UTF-8, and what follows; none of a layout has more than three bytes.
pub(in crate::policy) const fn split_first(text: &[u8]) -> Option<(u32, &[u8])> {
    match text {
        [only @ ..0x80, rest @ ..] => Some((*only as u32, rest)),
        [first @ ..0xE0, last, rest @ ..] => {
            Some(((*first as u32 & 0x1F) << 6 | *last as u32 & 0x3F, rest))
        }
        [first, middle, last, rest @ ..] => Some((
            (*first as u32 & 0x0F) << 12 | (*middle as u32 & 0x3F) << 6 | *last as u32 & 0x3F,
            rest,
        )),
        _ => None,
    }
}
