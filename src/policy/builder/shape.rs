use alloc::vec::Vec;

use super::PolicyBuilder;
use crate::policy::{Categories, Category, CharacterSet, SequenceEnds, WhiteSpace};

/// What a password is made of.
impl PolicyBuilder {
    /// How many characters of a class, or of a set of one's own, the password needs at least; the last
    /// call for a class or set counts.
    ///
    /// NIST SP 800-63B-4 forbids rules of composition; they are here for systems that prescribe
    /// them.
    pub fn at_least(mut self, count: usize, of: impl Into<Category>) -> Self {
        match of.into() {
            Category::Class(class) => {
                self.rules.classes = self.rules.classes.with(class, count);
            }
            Category::Set(set) => {
                let mut sets = self.rules.sets.map_or_else(Vec::new, |sets| sets.to_vec());
                sets.retain(|(_, other)| *other != set);
                if count > 0 {
                    sets.push((count, set));
                }
                self.rules.sets = Some(sets.into());
            }
        }
        self
    }

    /// How many of several kinds of characters the password needs at least, such as three of four;
    /// the last call counts.
    ///
    /// A character counts for the first kind that it is of, and for no other.
    ///
    /// ```
    /// use repass::policy::{CharacterClass, Personal, Policy};
    ///
    /// let kinds = [CharacterClass::Lower, CharacterClass::Upper, CharacterClass::Digit];
    /// let policy = Policy::builder().at_least_kinds(2, kinds).build()?;
    /// assert!(policy.check("plum4", &Personal::none()).is_ok());
    /// assert!(policy.check("plum!", &Personal::none()).is_err());
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn at_least_kinds<T: Into<Category>>(
        mut self,
        count: usize,
        of: impl IntoIterator<Item = T>,
    ) -> Self {
        let of = Categories::new(of.into_iter().map(Into::into));
        self.rules.categories = Some((count, of));
        self
    }

    /// Active Directory's three of five: upper-case letters, lower-case letters, the digits 0 to 9,
    /// the special characters of ASCII, and letters that have no case.
    ///
    /// Source: Microsoft, "Password must meet complexity requirements". Its other half, names in the
    /// password, is a rule about personal information.
    pub fn active_directory_kinds(mut self) -> Self {
        self.rules.categories =
            Some((Categories::FEWEST_OF_ACTIVE_DIRECTORY, Categories::of_active_directory()));
        self
    }

    /// Refuses passwords of digits alone: code points with Numeric_Type Decimal or Digit, the set
    /// of Python's `str.isdigit` that Django uses, so superscripts and circled digits are among
    /// them.
    pub fn not_entirely_numeric(mut self) -> Self {
        self.rules.not_entirely_numeric = true;
        self
    }

    /// Refuses white space, anywhere or at the ends; the last call counts.
    ///
    /// NIST SP 800-63B-4 wants spaces to be accepted; this and the rules about single characters
    /// below are for systems that cannot.
    pub fn no_white_space(mut self, place: WhiteSpace) -> Self {
        self.rules.no_white_space = Some(place);
        self
    }

    /// Refuses control characters: general category Cc, such as NUL, tab and line feed.
    pub fn no_control_characters(mut self) -> Self {
        self.rules.no_control_characters = true;
        self
    }

    /// Refuses every character that is not in `allowed`; the last call counts.
    pub fn allowed_characters(mut self, allowed: CharacterSet) -> Self {
        self.rules.allowed = Some(allowed);
        self
    }

    /// Refuses every character in `illegal`; the last call counts.
    pub fn illegal_characters(mut self, illegal: CharacterSet) -> Self {
        self.rules.illegal = Some(illegal);
        self
    }

    /// The longest run of one character that is accepted: 2 accepts `aa` and refuses `aaa`. From 1.
    pub fn max_repeat(mut self, characters: usize) -> Self {
        self.rules.max_repeat = Some(characters);
        self
    }

    /// The longest run of one class of characters that is accepted; `Letter` is no class here, and a
    /// character of no class ends a run. From 1.
    pub fn max_class_repeat(mut self, characters: usize) -> Self {
        self.rules.max_class_repeat = Some(characters);
        self
    }

    /// The fewest different code points. From 1.
    pub fn min_distinct(mut self, code_points: usize) -> Self {
        self.rules.min_distinct = Some(code_points);
        self
    }

    /// The most that a character may occur, wherever it stands: 2 accepts `abab` and refuses `ababa`.
    /// From 1.
    ///
    /// Passay's rule about occurrences of a character.
    pub fn max_occurrences(mut self, of_each: usize) -> Self {
        self.rules.max_occurrences = Some(of_each);
        self
    }

    /// The longest run of neighbours in an alphabet or of digits that is accepted: 3 accepts `abc` and
    /// `321` and refuses `abcd` and `4321`. From 2.
    ///
    /// Alphabets of several scripts, up and down, in any letter case.
    pub fn max_sequence(mut self, characters: usize, ends: SequenceEnds) -> Self {
        self.rules.max_sequence = Some((characters, ends));
        self
    }

    /// The longest straight walk over neighbouring keys that is accepted: 3 accepts `qwe` and refuses
    /// `qwer`, `1qaz` and `/.,m`. From 2.
    ///
    /// Along a row or a diagonal of QWERTY, QWERTZ, AZERTY, Dvorak, ЙЦУКЕН and the key pads of
    /// computer and telephone; a key counts with and without shift and AltGr. A walk that turns is a new one.
    pub fn max_keyboard_walk(mut self, keys: usize) -> Self {
        self.rules.max_keyboard_walk = Some(keys);
        self
    }

    /// Refuses a password that reads the same backwards, in any letter case.
    pub fn no_palindrome(mut self) -> Self {
        self.rules.no_palindrome = true;
        self
    }
}
