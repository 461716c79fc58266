use core::fmt;

/// The characters of a code, one for each symbol value: ASCII letters and digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Alphabet {
    /// Those beyond the radix are 0.
    characters: [u8; Alphabet::MAX],
    radix: u8,
}

impl Alphabet {
    /// Ten digits and one case of 26 letters.
    pub(super) const MAX: usize = 36;

    pub(super) const DIGITS: Self = Self::known(b"0123456789");

    /// Consonants that spell no words and do not look alike (RFC 8628, section 6.1).
    pub(super) const LETTERS: Self = Self::known(b"BCDFGHJKLMNPQRSTVWXZ");

    /// Crockford's base 32: digits, and letters without I, L, O and U.
    pub(super) const BASE32: Self = Self::known(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ");

    /// `None` unless there are two to 36 ASCII letters and digits, each of them once in either case.
    pub(super) fn new(text: &str) -> Option<Self> {
        let mut characters = [0; Self::MAX];
        characters.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        let radix = u8::try_from(text.len()).ok().filter(|radix| *radix >= 2)?;
        let alphabet = Self { characters, radix };
        let once = |own: &u8| {
            let same = |other: &&u8| own.eq_ignore_ascii_case(other);
            own.is_ascii_alphanumeric() && alphabet.characters().iter().filter(same).count() == 1
        };
        alphabet.characters().iter().all(once).then_some(alphabet)
    }

    /// How many symbols there are.
    pub(super) const fn radix(&self) -> u8 {
        self.radix
    }

    /// A character for each symbol value.
    pub(super) fn characters(&self) -> &[u8] {
        self.characters.get(..usize::from(self.radix)).unwrap_or_default()
    }

    /// Whether there are digits and nothing else.
    pub(super) fn is_decimal(&self) -> bool {
        self.characters().iter().all(u8::is_ascii_digit)
    }

    /// The symbol of a typed ASCII letter or digit, in either case. O, I and L, where the alphabet has
    /// no such letter, are the digits that they look like.
    pub(super) fn symbol_of(&self, typed: u8) -> Option<u8> {
        let position = |typed: u8| {
            // The bit of lower case, which digits have set: letters and digits stay apart.
            let lower = |character: u8| character | 0x20;
            let own = |own: &u8| lower(*own) == lower(typed);
            self.characters().iter().position(own).and_then(|symbol| u8::try_from(symbol).ok())
        };
        position(typed).or_else(|| match typed {
            b'O' | b'o' => position(b'0'),
            b'I' | b'i' | b'L' | b'l' => position(b'1'),
            _ => None,
        })
    }

    #[expect(clippy::cast_possible_truncation, reason = "the array is longer by far")]
    const fn known<const N: usize>(text: &[u8; N]) -> Self {
        let mut characters = [0; Self::MAX];
        let (used, _) = characters.split_at_mut(N);
        used.copy_from_slice(text);
        Self { characters, radix: N as u8 }
    }
}

impl fmt::Debug for Alphabet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(core::str::from_utf8(self.characters()).unwrap_or_default(), f)
    }
}
