mod keys;

use keys::Keys;
pub(in crate::policy) use keys::split_first;

/// Where a straight walk over more than `longest` keys of any layout begins.
pub(in crate::policy) fn position_in(password: &str, longest: usize) -> Option<usize> {
    let mut walks = Walks::new();
    password.chars().enumerate().find_map(|(place, character)| {
        // All walks that grow too long here are of the same length.
        let steps = walks.extend(KEYS.of(character));
        (usize::from(steps) >= longest).then(|| place.saturating_sub(longest))
    })
}

/// A further layout is one more table: rows from the top, each as its layers (plain, shifted, AltGr),
/// each layer with a character for every key from the left and a space where there is none. [`Keys`]
/// needs a place for every character.
const LAYOUTS: [Layout; COUNT] = [
    // QWERTY of the United States.
    Layout {
        neighbours: Rows::Slanted,
        rows: &[
            &["`1234567890-=", "~!@#$%^&*()_+"],
            &[" qwertyuiop[]\\", " QWERTYUIOP{}|"],
            &[" asdfghjkl;'", " ASDFGHJKL:\""],
            &[" zxcvbnm,./", " ZXCVBNM<>?"],
        ],
    },
    // QWERTZ of Germany.
    Layout {
        neighbours: Rows::Slanted,
        rows: &[
            &["^1234567890ß´", "°!\"§$%&/()=?`", "  ²³   {[]}\\"],
            &[" qwertzuiopü+", " QWERTZUIOPÜ*", " @ €        ~"],
            &[" asdfghjklöä#", " ASDFGHJKLÖÄ'"],
            &["<yxcvbnm,.-", ">YXCVBNM;:_", "|      µ"],
        ],
    },
    // AZERTY of France.
    Layout {
        neighbours: Rows::Slanted,
        rows: &[
            &["²&é\"'(-è_çà)=", " 1234567890°+", "  ~#{[|`\\^@]}"],
            &[" azertyuiop^$", " AZERTYUIOP¨£", "   €"],
            &[" qsdfghjklmù*", " QSDFGHJKLM%µ"],
            &["<wxcvbn,;:!", ">WXCVBN?./§"],
        ],
    },
    // ЙЦУКЕН of Russia.
    Layout {
        neighbours: Rows::Slanted,
        rows: &[
            &["ё1234567890-=", "Ё!\"№;%:?*()_+"],
            &[" йцукенгшщзхъ\\", " ЙЦУКЕНГШЩЗХЪ/"],
            &[" фывапролджэ", " ФЫВАПРОЛДЖЭ"],
            &[" ячсмитьбю.", " ЯЧСМИТЬБЮ,"],
        ],
    },
    // Dvorak of the United States.
    Layout {
        neighbours: Rows::Slanted,
        rows: &[
            &["`1234567890[]", "~!@#$%^&*(){}"],
            &[" ',.pyfgcrl/=\\", " \"<>PYFGCRL?+|"],
            &[" aoeuidhtns-", " AOEUIDHTNS_"],
            &[" ;qjkxbmwvz", " :QJKXBMWVZ"],
        ],
    },
    // The key pad of a computer.
    Layout {
        neighbours: Rows::Aligned,
        rows: &[&[" /*-"], &["789+"], &["456"], &["123"], &["0 ."]],
    },
    // The key pad of a telephone.
    Layout { neighbours: Rows::Aligned, rows: &[&["123"], &["456"], &["789"], &["*0#"]] },
    // Room for another.
    Layout { neighbours: Rows::Aligned, rows: &[] },
];

/// One more than there are, so that they fill eight bytes.
const COUNT: usize = 8;

static KEYS: Keys = Keys::of_layouts(&LAYOUTS);

struct Layout {
    neighbours: Rows,
    rows: &'static [&'static [&'static str]],
}

#[derive(Clone, Copy)]
enum Rows {
    /// Each row lies half a key to the right of the one above, so that a key has two neighbours in it.
    Slanted,
    Aligned,
}

/// On each layout the key that was typed last, the step to it, and how many of the kind led there: no
/// more than a row has keys. Kept by kind, so that all layouts are walked by the same few instructions.
struct Walks {
    keys: [u8; COUNT],
    steps: [i8; COUNT],
    counts: [u8; COUNT],
}

impl Walks {
    const fn new() -> Self {
        Self { keys: [Keys::NONE; COUNT], steps: [0; COUNT], counts: [0; COUNT] }
    }

    /// How many steps in the same direction have led to one of `keys` at most.
    fn extend(&mut self, keys: [u8; COUNT]) -> u8 {
        // Without branches, which nobody could predict: what is typed on one layout is noise on the
        // others.
        let before = self.keys.iter_mut().zip(&mut self.steps).zip(&mut self.counts);
        before.zip(keys).zip(&LAYOUTS).fold(0, |most, ((((before, last), count), key), layout)| {
            let step = key.wrapping_sub(*before).cast_signed();
            let is_step = (key != Keys::NONE)
                & (*before != Keys::NONE)
                & layout.neighbours.are_joined_by(step);
            let continued = if step == *last { *count } else { 0 };
            *count = if is_step { continued.saturating_add(1) } else { 0 };
            (*before, *last) = (key, step);
            most.max(*count)
        })
    }
}

impl Rows {
    /// Whether a step, as keys are numbered, leads to a neighbour: to the side, or to the row below or
    /// above.
    const fn are_joined_by(self, step: i8) -> bool {
        const ROW: i8 = Keys::ROW.cast_signed();
        const TO_THE_LEFT: i8 = ROW.saturating_sub(1);
        const TO_THE_RIGHT: i8 = ROW.saturating_add(1);
        let size = step.saturating_abs();
        let is_aligned = matches!(self, Self::Aligned);
        (size == 1) | (size == ROW) | (size == TO_THE_LEFT) | (size == TO_THE_RIGHT) & is_aligned
    }
}
