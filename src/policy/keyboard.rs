mod keys;

use keys::Keys;
pub(super) use keys::split_first;

/// Where a straight walk over more than `longest` keys of any layout begins.
pub(super) fn position_in(password: &str, longest: usize) -> Option<usize> {
    let mut walks = LAYOUTS.each_ref().map(|layout| Walk::new(layout.neighbours));
    password.chars().enumerate().find_map(|(place, character)| {
        let keys = KEYS.of(character);
        // All walks that grow too long here are of the same length.
        let is_too_long = walks
            .iter_mut()
            .zip(keys)
            .fold(false, |found, (walk, key)| (walk.extend(key) >= longest) | found);
        is_too_long.then(|| place.saturating_sub(longest))
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
];

const COUNT: usize = 7;

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

/// The keys of one layout that were typed last.
struct Walk {
    neighbours: Rows,
    key: u8,
    step: i8,
    steps: usize,
}

impl Walk {
    const fn new(neighbours: Rows) -> Self {
        Self { neighbours, key: Keys::NONE, step: 0, steps: 0 }
    }

    /// How many steps in the same direction have led to `key`.
    fn extend(&mut self, key: u8) -> usize {
        // Without branches, which nobody could predict: what is typed on one layout is noise on the
        // others.
        let step = key.wrapping_sub(self.key).cast_signed();
        let is_step =
            (key != Keys::NONE) & (self.key != Keys::NONE) & self.neighbours.are_joined_by(step);
        let before = self.steps.wrapping_mul(usize::from(step == self.step));
        self.steps = before.wrapping_add(1).wrapping_mul(usize::from(is_step));
        (self.key, self.step) = (key, step);
        self.steps
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
