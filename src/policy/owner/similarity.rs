mod tally;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::policy::characters::fold;
use crate::policy::characters::lowercase::Lowercase;
use crate::policy::{Attribute, Personal};
use tally::Tally;

/// The first attribute that `password` resembles by `max_similarity` or more.
///
/// Django's `UserAttributeSimilarityValidator`, verdict for verdict for attributes within the bounds: the lowercased attribute is
/// split at runs of characters that are neither letters, numbers nor underscores, and each part and
/// the whole are compared by `difflib.SequenceMatcher.quick_ratio`, which counts shared code points
/// in any order.
pub(in crate::policy) fn similar_attribute(
    password: &str,
    about: &Personal<'_>,
    max_similarity: f64,
) -> Option<Attribute> {
    // Without one nothing is counted.
    about.find(|_| true)?;
    let mut likeness = Likeness { tally: Tally::of(password), max_similarity };
    about.find(|value| {
        if value.is_ascii() {
            !likeness.is_too_short(value.len())
                && likeness.reaches(value.bytes().map(|byte| char::from(byte.to_ascii_lowercase())))
        } else {
            likeness.reaches(Lowercase::of(value))
        }
    })
}

struct Likeness<'a> {
    tally: Tally<'a>,
    max_similarity: f64,
}

/// How many characters a text has, and how many of those the password surely has not.
#[derive(Clone, Copy, Default)]
struct Extent {
    length: usize,
    lacking: usize,
}

impl Extent {
    fn add(&mut self, is_lacking: bool) {
        self.length = self.length.saturating_add(1);
        self.lacking = self.lacking.saturating_add(usize::from(is_lacking));
    }

    fn append(&mut self, part: Self) {
        self.length = self.length.saturating_add(part.length);
        self.lacking = self.lacking.saturating_add(part.lacking);
    }
}

impl Likeness<'_> {
    /// Whether no text of `length` characters can reach the limit, and so none of its parts, which are shorter.
    fn is_too_short(&self, length: usize) -> bool {
        length <= self.tally.length() && self.most_missing(length).is_none()
    }

    fn reaches(&mut self, value: impl Iterator<Item = char> + Clone) -> bool {
        if self.tally.length() == 0 {
            // Python's split leaves an empty part where the value begins or ends with a separator,
            // and difflib calls two empty texts the same.
            return [value.clone().next(), value.last()]
                .into_iter()
                .flatten()
                .any(|edge| !is_word(edge));
        }
        let mut rest = value.clone();
        let mut whole = Extent::default();
        loop {
            let start = rest.clone();
            let mut part = Extent::default();
            let separator = rest.by_ref().find(|character| {
                let inside = is_word(*character);
                if inside {
                    part.add(self.tally.lacks(*character));
                }
                !inside
            });
            if self.part_reaches(start, part) {
                return true;
            }
            whole.append(part);
            let Some(separator) = separator else { break };
            whole.add(self.tally.lacks(separator));
        }
        self.part_reaches(value, whole)
    }

    /// Compares with the beginning of `part` that `extent` is of.
    #[inline]
    fn part_reaches(&mut self, part: impl Iterator<Item = char> + Clone, extent: Extent) -> bool {
        let Extent { length, lacking } = extent;
        self.most_missing(length)
            .filter(|most_missing| lacking <= *most_missing)
            .and_then(|most_missing| self.tally.shared_with(part.take(length), most_missing))
            // The operations and their order are those of Python, so that the last bit agrees.
            .is_some_and(|shared| {
                2.0 * shared as f64 / self.sum_with(length) >= self.max_similarity
            })
    }

    /// How many of `length` characters the password need not share for the limit to be reached; `None`
    /// when it could not be if all of the shorter side were shared.
    ///
    /// What is left out is so by a margin that no rounding bridges, and it takes in everything that
    /// Django's own guard against long passwords leaves out, so that this changes no verdict.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is no less than 0 and no more than a length"
    )]
    fn most_missing(&self, length: usize) -> Option<usize> {
        const MARGIN: f64 = 1.0 - 1e-9;
        let least_shared = self.max_similarity * MARGIN * self.sum_with(length) / 2.0;
        (self.tally.length().min(length) as f64 >= least_shared)
            .then(|| length.saturating_sub(least_shared as usize))
    }

    fn sum_with(&self, length: usize) -> f64 {
        self.tally.length().saturating_add(length) as f64
    }
}

/// Python's `\w`: general category L or N, or the underscore. Marks are separators.
#[inline]
pub(in crate::policy) fn is_word(character: char) -> bool {
    match ASCII_WORD.get(character as usize) {
        Some(is_word) => *is_word,
        None => is_word_beyond_ascii(character),
    }
}

// One load, where the ranges are seven comparisons.
static ASCII_WORD: [bool; 128] = {
    let mut are_word = [false; 128];
    let mut slots: &mut [bool] = &mut are_word;
    let mut byte = 0_u8;
    while let [slot, rest @ ..] = slots {
        *slot = byte.is_ascii_alphanumeric() || byte == b'_';
        byte = byte.saturating_add(1);
        slots = rest;
    }
    are_word
};

fn is_word_beyond_ascii(character: char) -> bool {
    fold::is_plain_letter(character)
        || matches!(
            character.general_category_group(),
            GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
        )
}
