use core::ops::RangeInclusive;

use super::repeat;

/// Where a straight walk over more than `longest` keys of any layout begins.
pub(super) fn position_in(password: &str, longest: usize) -> Option<usize> {
    LAYOUTS
        .iter()
        .filter_map(|layout| {
            let mut before = None;
            let steps = password.chars().map(|character| {
                let (from, to) = (before, layout.key(character));
                before = to;
                layout.step(from?, to?)
            });
            repeat::run(steps.skip(1), longest.saturating_sub(1))
        })
        .min()
}

/// A further layout is one more table: rows from the top, each as its layers (plain, shifted, AltGr),
/// each layer with a character for every key from the left and a space where there is none.
static LAYOUTS: [Layout; 6] = [
    // QWERTY of the United States.
    Layout::new(
        Rows::Slanted,
        &[
            &["`1234567890-=", "~!@#$%^&*()_+"],
            &[" qwertyuiop[]\\", " QWERTYUIOP{}|"],
            &[" asdfghjkl;'", " ASDFGHJKL:\""],
            &[" zxcvbnm,./", " ZXCVBNM<>?"],
        ],
    ),
    // QWERTZ of Germany.
    Layout::new(
        Rows::Slanted,
        &[
            &["^1234567890ß´", "°!\"§$%&/()=?`", "  ²³   {[]}\\"],
            &[" qwertzuiopü+", " QWERTZUIOPÜ*", " @ €        ~"],
            &[" asdfghjklöä#", " ASDFGHJKLÖÄ'"],
            &["<yxcvbnm,.-", ">YXCVBNM;:_", "|      µ"],
        ],
    ),
    // AZERTY of France.
    Layout::new(
        Rows::Slanted,
        &[
            &["²&é\"'(-è_çà)=", " 1234567890°+", "  ~#{[|`\\^@]}"],
            &[" azertyuiop^$", " AZERTYUIOP¨£", "   €"],
            &[" qsdfghjklmù*", " QSDFGHJKLM%µ"],
            &["<wxcvbn,;:!", ">WXCVBN?./§"],
        ],
    ),
    // ЙЦУКЕН of Russia.
    Layout::new(
        Rows::Slanted,
        &[
            &["ё1234567890-=", "Ё!\"№;%:?*()_+"],
            &[" йцукенгшщзхъ\\", " ЙЦУКЕНГШЩЗХЪ/"],
            &[" фывапролджэ", " ФЫВАПРОЛДЖЭ"],
            &[" ячсмитьбю.", " ЯЧСМИТЬБЮ,"],
        ],
    ),
    // The key pad of a computer.
    Layout::new(Rows::Aligned, &[&[" /*-"], &["789+"], &["456"], &["123"], &["0 ."]]),
    // The key pad of a telephone.
    Layout::new(Rows::Aligned, &[&["123"], &["456"], &["789"], &["*0#"]]),
];

/// Where the characters of the layouts are that are not of ASCII, but for two signs.
const KEYS_BEYOND_ASCII: RangeInclusive<char> = '\u{A3}'..='ё';

#[derive(Clone, Copy)]
enum Rows {
    /// Each row lies half a key to the right of the one above, so that a key has two neighbours in it.
    Slanted,
    Aligned,
}

/// Row and column.
type Key = (i8, i8);

struct Layout {
    neighbours: Rows,
    rows: &'static [&'static [&'static str]],
    ascii: [Option<Key>; 128],
}

impl Layout {
    const fn new(neighbours: Rows, rows: &'static [&'static [&'static str]]) -> Self {
        let mut ascii = [None; 128];
        let mut slots: &mut [Option<Key>] = &mut ascii;
        let mut byte = 0_u8;
        while let [slot, rest @ ..] = slots {
            if byte.is_ascii_graphic() {
                *slot = find_ascii(rows, byte);
            }
            byte = byte.saturating_add(1);
            slots = rest;
        }
        Self { neighbours, rows, ascii }
    }

    /// From one key to a neighbour, if they are neighbours.
    fn step(&self, (row, column): Key, (next_row, next_column): Key) -> Option<Key> {
        let step = (next_row.saturating_sub(row), next_column.saturating_sub(column));
        let is_neighbour = matches!(
            (self.neighbours, step),
            (_, (0, -1 | 1) | (-1 | 1, 0) | (1, -1) | (-1, 1)) | (Rows::Aligned, (1, 1) | (-1, -1))
        );
        is_neighbour.then_some(step)
    }

    fn key(&self, character: char) -> Option<Key> {
        if character.is_ascii() {
            return *self.ascii.get(character as usize)?;
        }
        if !KEYS_BEYOND_ASCII.contains(&character) && !matches!(character, '€' | '№') {
            return None;
        }
        (0_i8..).zip(self.rows).find_map(|(row, layers)| {
            layers.iter().find_map(|layer| {
                (0_i8..)
                    .zip(layer.chars())
                    .find_map(|(column, key)| (key == character).then_some((row, column)))
            })
        })
    }
}

const fn find_ascii(mut rows: &[&[&str]], byte: u8) -> Option<Key> {
    let mut row = 0_i8;
    while let [layers, rows_below @ ..] = rows {
        let mut layers = *layers;
        while let [layer, other_layers @ ..] = layers {
            let (mut bytes, mut column) = (layer.as_bytes(), 0_i8);
            while let [key, to_the_right @ ..] = bytes {
                if *key == byte {
                    return Some((row, column));
                }
                // A character ends before a byte that does not continue one.
                if !matches!(to_the_right, [0x80..=0xBF, ..]) {
                    column = column.saturating_add(1);
                }
                bytes = to_the_right;
            }
            layers = other_layers;
        }
        row = row.saturating_add(1);
        rows = rows_below;
    }
    None
}
