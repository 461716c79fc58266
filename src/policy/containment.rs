mod part;
mod reading;
mod stretches;
mod suffixes;
mod trigrams;

use super::text::{ShortText, Text};
use super::{Attribute, Personal};
use part::NamePart;
use reading::Reading;
use stretches::stretches;
use suffixes::{LONGEST, Suffixes};
use trigrams::Trigrams;

/// Shorter names are not looked for: they occur in words that have nothing to do with them.
pub(super) const SHORTEST: usize = 3;

/// Of an attribute so many words are looked for one by one, which bounds the work; the whole always is.
const MOST_WORDS: usize = 16;

/// The first attribute of which a name is in `password`, forwards or backwards, or in which the whole
/// password is; letter case, marks, separators and leet do not matter.
///
/// Nearly every name is ruled out by the trigrams of the password; the first that is not has the suffixes
/// of the password sorted, and from then on each is found by bisection. Texts that are too long for that
/// are searched by `str::contains`, which is linear in both, so that no length switches the rule off.
pub(super) fn contained_attribute(password: &str, about: &Personal<'_>) -> Option<Attribute> {
    let longest = about.present().map(|(_, value)| value.len()).max()?;
    let number = stretches(password, longest)
        .filter_map(|stretch| number_of_contained(stretch, about))
        .min()?;
    about.present().nth(number).map(|(attribute, _)| attribute)
}

fn number_of_contained(password: &str, about: &Personal<'_>) -> Option<usize> {
    let mut trigrams = Trigrams::none();
    trigrams.fill(password);
    let mut rest = about
        .present()
        .enumerate()
        .skip_while(|(_, (_, value))| !trigrams.may_be_related(value, name_of(value)))
        .peekable();
    rest.peek()?;
    let mut readers = Readers::of(password);
    let mut is_related = |value: &str| {
        let mut is_held = |name: &str| trigrams.may_hold(name) && readers.hold(name);
        let name = name_of(value);
        let words = || name.split(divides).take(MOST_WORDS);
        // Where the whole of it is held, so is each of its words.
        words().any(&mut is_held)
            || (!words().any(is_looked_for) && is_held(name))
            || (trigrams.may_be_in(value) && readers.are_in(value))
    };
    rest.find(|(_, (_, value))| is_related(value)).map(|(number, _)| number)
}

/// Of an address the part before the at sign tells who it is.
fn name_of(value: &str) -> &str {
    value.rsplit_once('@').map_or(value, |(name, _)| name)
}

fn is_looked_for(word: &str) -> bool {
    NamePart::letters_of(word).take(SHORTEST).count() == SHORTEST
}

fn divides(character: char) -> bool {
    matches!(NamePart::of(character), NamePart::Divider)
}

/// The password in each of its readings, to look for names in.
struct Readers {
    each: [Option<Reader>; 3],
    /// The letters of the name that is looked for.
    letters: ShortText<LONGEST>,
}

impl Readers {
    fn of(password: &str) -> Self {
        let mut each = Reading::ALL.map(|reading| Reader::new(password, reading));
        each.iter_mut().flatten().for_each(|reader| reader.password.sort());
        Self { each, letters: ShortText::new() }
    }

    /// Whether the password holds `name`. It does so backwards where it holds the name backwards.
    fn hold(&mut self, name: &str) -> bool {
        let letters = &mut self.letters;
        let mut is_short = false;
        self.each.iter().flatten().any(|reader| {
            // Else the letters are those of the reading before.
            if reader.reading.may_differ(name) {
                is_short = letters.fill(reader.reading.letters_of_name(name));
            }
            if !is_short {
                return reader.holds_long(name);
            }
            reader.password.hold(letters.as_bytes()) || {
                letters.reverse();
                reader.password.hold(letters.as_bytes())
            }
        })
    }

    /// Whether the password is in `value`, forwards or backwards.
    fn are_in(&self, value: &str) -> bool {
        self.each.iter().flatten().any(|reader| reader.is_in(value))
    }
}

struct Reader {
    password: Suffixes,
    reading: Reading,
}

impl Reader {
    /// `None` when another reader finds the same.
    fn new(password: &str, reading: Reading) -> Option<Self> {
        reading.may_differ(password).then(|| {
            let read = password.chars().filter_map(|character| reading.read(character));
            Self { password: Suffixes::unsorted(Text::of(read)), reading }
        })
    }

    fn holds_long(&self, name: &str) -> bool {
        let letters = self.reading.letters_of_name(name);
        let holds = |name: Text| self.password.text().contains(name.as_str());
        holds(Text::of(letters.clone())) || holds(Text::of(letters.rev()))
    }

    fn is_in(&self, value: &str) -> bool {
        let password = self.password.text();
        let letters = self.reading.letters_of_name(value);
        let is_in = |value: Text| value.as_str().contains(password);
        password.chars().nth(SHORTEST.saturating_sub(1)).is_some()
            && (is_in(Text::of(letters.clone())) || is_in(Text::of(letters.rev())))
    }
}
