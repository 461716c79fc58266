use alloc::string::String;

use zeroize::Zeroizing;

use super::{CheckCode, CodeOrigin, CodeShape};

/// What a code looks like to people and to programs; each text is wiped on drop.
impl CheckCode {
    /// The code as a message shows it: digits in one piece, for fields that fill themselves in, all
    /// else [in groups](Self::expose_grouped).
    #[must_use]
    pub fn expose_secret(&self) -> Zeroizing<String> {
        if self.shape().alphabet().is_decimal() {
            self.expose_plain()
        } else {
            self.expose_grouped()
        }
    }

    /// The characters alone.
    #[must_use]
    pub fn expose_plain(&self) -> Zeroizing<String> {
        self.written(1, |text, character, _| text.push(char::from(character)))
    }

    /// With a dash between groups of four characters at most, as even as they go: `BCDF-GHJK`,
    /// `123-456`, `BCDF-GHJ`.
    #[must_use]
    pub fn expose_grouped(&self) -> Zeroizing<String> {
        self.written(2, |text, character, gap| {
            text.push_str(if matches!(gap, Gap::Groups) { "-" } else { "" });
            text.push(char::from(character));
        })
    }

    /// To be read out by a machine: a comma after each character, and a full stop after each group
    /// for a longer pause, as in `B, C, D, F. G, H, J, K.`
    #[must_use]
    pub fn expose_spoken(&self) -> Zeroizing<String> {
        self.spoken(|text, character| text.push(char::from(character.to_ascii_uppercase())))
    }

    /// To be read out in English, by a person or where letters are hard to tell apart: the spelling
    /// alphabet of ICAO (Annex 10, volume II, 5.2.1.3) and the names of the digits, as in `Bravo,
    /// Charlie, Delta, Foxtrot. Golf, Hotel, Juliett, Kilo.`
    #[must_use]
    pub fn expose_spelled(&self) -> Zeroizing<String> {
        self.spoken(|text, character| text.push_str(word_of(character)))
    }

    /// The last line of an SMS that binds the code to a site (WICG, Origin-bound one-time codes
    /// delivered via SMS): `@example.com #123456`. A browser offers the code to that site alone.
    ///
    /// What people read comes before it, on lines of its own. The line has three characters more than
    /// host and code (and two more for an embedded host), all of the GSM 7-bit alphabet.
    ///
    /// ```
    /// use repass::code::{CheckCode, CodeOrigin, CodeShape};
    ///
    /// let code = CheckCode::parse(CodeShape::digits(6)?, "747723")?;
    /// let line = code.expose_bound_line(&CodeOrigin::new("example.com")?);
    /// assert_eq!(*line, "@example.com #747723");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn expose_bound_line(&self, origin: &CodeOrigin) -> Zeroizing<String> {
        let code = self.expose_plain();
        let pieces = ["@", origin.host(), " #", &code];
        let embedded = origin.embedded().map(|host| [" @", host]);
        let pieces = || pieces.iter().chain(embedded.iter().flatten());
        let mut line =
            Zeroizing::new(String::with_capacity(pieces().map(|piece| piece.len()).sum()));
        line.extend(pieces().copied());
        line
    }

    fn spoken(&self, speak: impl Fn(&mut String, u8)) -> Zeroizing<String> {
        // "November", and a comma and a space or a full stop.
        let mut text = self.written(10, |text, character, gap| {
            text.push_str(match gap {
                Gap::None => "",
                Gap::Characters => ", ",
                Gap::Groups => ". ",
            });
            speak(text, character);
        });
        text.push('.');
        text
    }

    /// The characters as `write` puts them down, with what stands before each: at most `widest` bytes
    /// for both.
    fn written(&self, widest: usize, write: impl Fn(&mut String, u8, Gap)) -> Zeroizing<String> {
        let length = self.shape().length();
        let groups = length.div_ceil(4);
        let (short, long) = (length.checked_div(groups), length.checked_rem(groups));
        let (short, long) = (short.unwrap_or(1), long.unwrap_or(0));
        // Room for all of it and a full stop: the text never moves.
        let capacity = CodeShape::MAX_LENGTH.saturating_mul(widest).saturating_add(1);
        let mut text = Zeroizing::new(String::with_capacity(capacity));
        for (position, character) in self.characters().enumerate() {
            // The first `long` groups have one character more than the others.
            let group = |position: usize| {
                let among_long = position.checked_div(short.saturating_add(1));
                among_long
                    .filter(|group| *group < long)
                    .or_else(|| position.saturating_sub(long).checked_div(short))
            };
            let gap = match position.checked_sub(1) {
                None => Gap::None,
                Some(before) if group(before) == group(position) => Gap::Characters,
                Some(_) => Gap::Groups,
            };
            write(&mut text, character, gap);
        }
        text
    }
}

/// What stands before a character.
enum Gap {
    None,
    Characters,
    Groups,
}

fn word_of(character: u8) -> &'static str {
    match character.to_ascii_uppercase() {
        b'0' => "zero",
        b'1' => "one",
        b'2' => "two",
        b'3' => "three",
        b'4' => "four",
        b'5' => "five",
        b'6' => "six",
        b'7' => "seven",
        b'8' => "eight",
        b'9' => "nine",
        b'A' => "Alfa",
        b'B' => "Bravo",
        b'C' => "Charlie",
        b'D' => "Delta",
        b'E' => "Echo",
        b'F' => "Foxtrot",
        b'G' => "Golf",
        b'H' => "Hotel",
        b'I' => "India",
        b'J' => "Juliett",
        b'K' => "Kilo",
        b'L' => "Lima",
        b'M' => "Mike",
        b'N' => "November",
        b'O' => "Oscar",
        b'P' => "Papa",
        b'Q' => "Quebec",
        b'R' => "Romeo",
        b'S' => "Sierra",
        b'T' => "Tango",
        b'U' => "Uniform",
        b'V' => "Victor",
        b'W' => "Whiskey",
        b'X' => "X-ray",
        b'Y' => "Yankee",
        _ => "Zulu",
    }
}
