use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::contradiction::refuse_contradictions;
use super::interval::Interval;
use super::rule::OwnRule;
use super::{
    Categories, Category, CharacterSet, CommonPasswords, Policy, PolicyError, Preset, Reduction,
    Reductions, Rule, SequenceEnds, WhiteSpace,
};

/// Collects the rules of a [`Policy`]; a rule that is not named is not asked.
///
/// ```
/// use repass::policy::{CharacterClass, Policy, PolicyError};
///
/// let builder = Policy::builder()
///     .min_length(8)
///     .at_least(1, CharacterClass::Upper)
///     .at_least(1, CharacterClass::Digit);
/// assert!(builder.clone().build().is_ok());
///
/// let error = builder.max_length(7).build().unwrap_err();
/// assert_eq!(error, PolicyError::MinLengthAboveMaxLength { min_length: 8, max_length: 7 });
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct PolicyBuilder {
    pub(super) rules: Policy,
    preset: Option<Preset>,
}

impl PolicyBuilder {
    /// The ceiling of a policy whose builder was not told another: 1,024 bytes, sixteen times the
    /// 64 characters that NIST SP 800-63B-4 wants to be allowed.
    pub const DEFAULT_MAX_BYTES: usize = 1_024;

    /// The ceiling on personal information of a policy whose builder was not told another: 64 attributes
    /// of 256 bytes, enough for any e-mail address (RFC 5321, section 4.5.3.1.3).
    pub const DEFAULT_MAX_PERSONAL: (usize, usize) = (64, 256);

    pub(super) fn new() -> Self {
        let mut rules = Policy::of_one_list(None);
        rules.max_bytes = Some(Self::DEFAULT_MAX_BYTES);
        rules.max_personal = Some(Self::DEFAULT_MAX_PERSONAL);
        Self { rules, preset: None }
    }

    /// The most bytes of UTF-8; a longer password is refused for that alone, before any other rule
    /// runs.
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.rules.max_bytes = Some(bytes);
        self
    }

    /// The most attributes of [`Personal`](super::Personal), and the most bytes of UTF-8 of each; more
    /// are refused for that alone. Without it, [`DEFAULT_MAX_PERSONAL`](Self::DEFAULT_MAX_PERSONAL).
    ///
    /// It bounds the work of a check. A service that lets people write more about themselves hands on
    /// what names them, or raises the ceiling: the work grows no faster than the text.
    pub fn max_personal(mut self, attributes: usize, bytes_of_each: usize) -> Self {
        self.rules.max_personal = Some((attributes, bytes_of_each));
        self
    }

    /// The fewest code points; 0, the default, asks nothing and lets even the empty password pass.
    pub fn min_length(mut self, code_points: usize) -> Self {
        self.rules.min_length = code_points;
        self
    }

    /// The most code points; without it the ceiling of bytes alone limits the length.
    pub fn max_length(mut self, code_points: usize) -> Self {
        self.rules.max_length = Some(code_points);
        self
    }

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
        self.rules.categories = Some((3, Categories::of_active_directory()));
        self
    }

    /// Refuses a password whose likeness to an attribute, or to a word of it, is `ratio` or more;
    /// Django's default is 0.7.
    ///
    /// The measure is Django's: both sides are lower-cased, an attribute is also taken word by
    /// word, and the likeness is twice the number of shared code points, in any order, divided by
    /// the sum of the lengths. From 0.1, Django's own limit, to 1.0; above 1.0 the rule could never
    /// refuse, so that does not build.
    pub fn max_similarity(mut self, ratio: f64) -> Self {
        self.rules.max_similarity = Some(ratio);
        self
    }

    /// Refuses passwords of digits alone: code points with Numeric_Type Decimal or Digit, the set
    /// of Python's `str.isdigit` that Django uses, so superscripts and circled digits are among
    /// them.
    pub fn not_entirely_numeric(mut self) -> Self {
        self.rules.not_entirely_numeric = true;
        self
    }

    /// Refuses the 139,184 common passwords of [`CommonPasswords::embedded`], in any letter case and
    /// with any white space around them.
    ///
    /// The list is compared exactly and as a whole: no other password is refused, and none for
    /// containing an entry. For the most common alone, or Django's alone, hand a part of the list to
    /// [`not_among`](Self::not_among) instead.
    #[cfg(feature = "common-passwords")]
    pub fn not_common(mut self) -> Self {
        self.rules.not_common = Some(CommonPasswords::embedded());
        self
    }

    /// Refuses the passwords of `list`, a list of your own or a part of the embedded one; each call
    /// adds a list.
    pub fn not_among(mut self, list: CommonPasswords<'static>) -> Self {
        let mut lists = self.rules.not_among.map_or_else(Vec::new, |lists| lists.to_vec());
        lists.push(list);
        self.rules.not_among = Some(lists.into());
        self
    }

    /// Refuses what becomes a password of the lists once it is undone what people do to disguise it. The
    /// whole of it is looked up, in any letter case; the last call counts.
    ///
    /// NIST SP 800-63B-4 section 3.1.1.2 has the entire password compared:
    /// [`Reduction::OF_THE_WHOLE`] keeps to that, and cutting affixes off is for whoever wants more.
    pub fn not_derived_from_common(mut self, by: impl IntoIterator<Item = Reduction>) -> Self {
        self.rules.reductions = Some(Reductions::of(by));
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
    /// Along a row or a diagonal of QWERTY, QWERTZ, AZERTY, ЙЦУКЕН and the key pads of computer and
    /// telephone; a key counts with and without shift and AltGr. A walk that turns is a new one.
    pub fn max_keyboard_walk(mut self, keys: usize) -> Self {
        self.rules.max_keyboard_walk = Some(keys);
        self
    }

    /// Refuses words of the service's own, such as its name, and what is derived from one of them:
    /// other letter case, leet, marks and separators, the word several times over, and digits or
    /// symbols behind it. The last call counts.
    ///
    /// It is the whole password that is compared, as NIST SP 800-63B-4 section 3.1.1.2 asks: no other
    /// is refused for containing a word.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let policy = Policy::builder().context_words(["Plum Bank"]).build()?;
    /// for refused in ["plumbank", "P1um-B@nk!", "PlumBankPlumBank", "plumbank2026"] {
    ///     assert!(policy.check(refused, &Personal::none()).is_err());
    /// }
    /// assert!(policy.check("my plum bank account", &Personal::none()).is_ok());
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn context_words<T: Into<String>>(mut self, words: impl IntoIterator<Item = T>) -> Self {
        self.rules.context_words = Some(words.into_iter().map(Into::into).collect());
        self
    }

    /// Refuses a password that has a name of the owner in it, or is part of one: the whole and the first
    /// 16 words of each attribute, of an e-mail address the part before the at sign; forwards and
    /// backwards, in any letter case, with or without marks and separators, and in leet.
    ///
    /// Stricter than [`PolicyBuilder::max_similarity`] on names that are repeated or lengthened, and in
    /// any script; the same letters in another order are accepted, and so are names of one or two
    /// characters.
    ///
    /// ```
    /// use repass::policy::{Personal, Policy};
    ///
    /// let policy = Policy::builder().no_personal_names().build()?;
    /// let about = Personal::none().username("emily.rose").first_name("Li");
    /// for refused in ["rose-kettle-2026", "3m1ly-kettle", "esorkettle", "r.o.s.e"] {
    ///     assert!(policy.check(refused, &about).is_err());
    /// }
    /// assert!(policy.check("sore-lily-kettle", &about).is_ok());
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn no_personal_names(mut self) -> Self {
        self.rules.no_personal_names = true;
        self
    }

    /// Refuses a password that reads the same backwards, in any letter case.
    pub fn no_palindrome(mut self) -> Self {
        self.rules.no_palindrome = true;
        self
    }

    /// The fewest insertions, deletions and replacements of code points between the old password and
    /// the new one, which [`Policy::check_change`] compares. From 1 to 64.
    pub fn min_changed(mut self, code_points: usize) -> Self {
        self.rules.min_changed = Some(code_points);
        self
    }

    /// Refuses the old password over again: the same in any letter case, backwards, or begun at another
    /// character. [`Policy::check_change`] compares.
    pub fn not_rearranged(mut self) -> Self {
        self.rules.not_rearranged = true;
        self
    }

    /// How many of the last passwords are refused; [`Policy::check_history`] asks. From 1.
    pub fn not_among_last(mut self, passwords: usize) -> Self {
        self.rules.not_among_last = Some(passwords);
        self
    }

    /// Asks `rules` of the passwords that have so many code points, besides what is asked of all; each
    /// call adds an interval, and no two may overlap.
    ///
    /// For policies that want fewer kinds of characters of a longer password. `rules` may have any rule
    /// that looks at the password alone; its ceilings are those of the whole.
    ///
    /// ```
    /// use repass::policy::{CharacterClass, Personal, Policy};
    ///
    /// let short = Policy::builder().at_least(1, CharacterClass::Digit).build()?;
    /// let policy = Policy::builder().min_length(8).of_lengths(8..=15, short).build()?;
    /// let none = Personal::none();
    /// assert!(policy.check("plum-kettle", &none).is_err());
    /// assert!(policy.check("plum-kettle-4", &none).is_ok());
    /// assert!(policy.check("plum-kettle-orbit", &none).is_ok());
    /// # Ok::<(), repass::policy::PolicyError>(())
    /// ```
    pub fn of_lengths(mut self, code_points: RangeInclusive<usize>, rules: Policy) -> Self {
        let mut intervals =
            self.rules.intervals.map_or_else(Vec::new, |intervals| intervals.to_vec());
        let (min, max) = code_points.into_inner();
        intervals.push(Interval { min, max, rules });
        self.rules.intervals = Some(intervals.into());
        self
    }

    /// Asks a rule of the host's own as well; each call adds one.
    pub fn rule(mut self, rule: impl Rule + 'static) -> Self {
        let mut own = self.rules.own.map_or_else(Vec::new, |own| own.to_vec());
        own.push(OwnRule(Arc::new(rule)));
        self.rules.own = Some(own.into());
        self
    }

    /// Rules that warn and do not refuse: [`Policy::warnings`] asks them, [`Policy::check`] does not. The
    /// last call counts.
    pub fn warn(mut self, wishes: Policy) -> Self {
        self.rules.wishes = Some(Arc::new(wishes));
        self
    }

    pub(super) const fn under(mut self, preset: Preset) -> Self {
        self.preset = Some(preset);
        self
    }

    /// Makes the policy.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] when no password could pass, when a rule could never refuse, or when a
    /// number is out of range.
    pub fn build(self) -> Result<Policy, PolicyError> {
        refuse_contradictions(&self.rules)?;
        if let Some(preset) = self.preset {
            preset.refuse_breaches(&self.rules)?;
        }
        Ok(self.rules)
    }
}
