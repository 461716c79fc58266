mod tally;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::lowercase::Lowercase;
use super::{Attribute, Personal};
use tally::Tally;

/// The first attribute that `password` resembles by `max_similarity` or more.
///
/// Django's `UserAttributeSimilarityValidator`, verdict for verdict: the lower-cased attribute is split at runs of
/// characters that are neither letters, numbers nor underscores, and each part and the whole are compared by
/// `difflib.SequenceMatcher.quick_ratio`, which counts shared code points in any order.
pub(super) fn similar_attribute(
    password: &str,
    about: &Personal<'_>,
    max_similarity: f64,
) -> Option<Attribute> {
    let mut likeness = Likeness { tally: Tally::of(password), max_similarity };
    about
        .present()
        .find(|(_, value)| {
            if value.is_ascii() {
                likeness.reaches(value.bytes().map(|byte| char::from(byte.to_ascii_lowercase())))
            } else {
                likeness.reaches(Lowercase::of(value))
            }
        })
        .map(|(attribute, _)| attribute)
}

struct Likeness<'a> {
    tally: Tally<'a>,
    max_similarity: f64,
}

impl Likeness<'_> {
    fn reaches(&mut self, value: impl Iterator<Item = char> + Clone) -> bool {
        if self.tally.length() == 0 {
            // Python's split leaves an empty part where the value begins or ends with a separator, and difflib calls two
            // empty texts the same.
            return [value.clone().next(), value.last()]
                .into_iter()
                .flatten()
                .any(|edge| !is_word(edge));
        }
        let mut rest = value.clone();
        let mut whole = 0_usize;
        loop {
            let start = rest.clone();
            let mut length = 0_usize;
            let separator = rest.by_ref().find(|character| {
                let inside = is_word(*character);
                length = length.saturating_add(usize::from(inside));
                !inside
            });
            if self.part_reaches(start, length) {
                return true;
            }
            whole = whole.saturating_add(length);
            if separator.is_none() {
                break;
            }
            whole = whole.saturating_add(1);
        }
        self.part_reaches(value, whole)
    }

    /// Compares with the first `length` characters of `part`.
    ///
    /// What cannot reach the limit even if all its characters are shared is not counted. Division rounds monotonically,
    /// so that this changes no verdict; and it leaves out everything that Django's own guard against long passwords does.
    fn part_reaches(&mut self, part: impl Iterator<Item = char> + Clone, length: usize) -> bool {
        let most = self.tally.length().min(length);
        self.ratio(most, length) >= self.max_similarity && {
            let shared = self.tally.shared_with(part.take(length));
            self.ratio(shared, length) >= self.max_similarity
        }
    }

    /// The operations and their order are those of Python, so that the last bit agrees.
    fn ratio(&self, shared: usize, length: usize) -> f64 {
        2.0 * shared as f64 / self.tally.length().saturating_add(length) as f64
    }
}

/// Python's `\w`: general category L or N, or the underscore. Marks are separators.
fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || character == '_';
    }
    matches!(
        character.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    )
}
