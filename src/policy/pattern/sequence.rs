mod alphabet;

use crate::policy::characters::fold;
use crate::policy::pattern::repeat;
use alphabet::Alphabet;

/// Whether an alphabet goes on from its last character to its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SequenceEnds {
    /// `yz` ends there, and `89` too.
    Apart,
    /// `yzab` is a sequence, and `8901` too.
    Joined,
}

#[cfg(feature = "serde")]
impl SequenceEnds {
    pub(in crate::policy) const ALL: [Self; 2] = [Self::Apart, Self::Joined];

    /// The name in a configuration.
    pub(in crate::policy) const fn name(self) -> &'static str {
        match self {
            Self::Apart => "apart",
            Self::Joined => "joined",
        }
    }
}

/// Alphabets in their customary order, in lower case; a further one is one more line, by the least of
/// its characters. The letters a to z and the digits 0 to 9 are not among them: see [`step`].
const ALPHABETS: &[Alphabet] = &[
    // Spanish, German, Polish, Czech.
    Alphabet::of("abcdefghijklmnñopqrstuvwxyz"),
    Alphabet::of("abcdefghijklmnopqrstuvwxyzäöüß"),
    Alphabet::of("aąbcćdeęfghijklłmnńoóprsśtuwyzźż"),
    Alphabet::of("aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž"),
    // Greek.
    Alphabet::of("αβγδεζηθικλμνξοπρστυφχψω"),
    // Russian, with and without Ё, and Ukrainian.
    Alphabet::of("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    Alphabet::of("абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    Alphabet::of("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    // Hebrew.
    Alphabet::of("אבגדהוזחטיכלמנסעפצקרשת"),
    // Arabic, with the digits of Arabic and of Persian.
    Alphabet::of("ابتثجحخدذرزسشصضطظعغفقكلمنهوي"),
    Alphabet::of("٠١٢٣٤٥٦٧٨٩"),
    Alphabet::of("۰۱۲۳۴۵۶۷۸۹"),
    // Devanagari: consonants and digits.
    Alphabet::of("कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह"),
    Alphabet::of("०१२३४५६७८९"),
    // Hiragana, Katakana, the letters of Hangul.
    Alphabet::of(
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    ),
    Alphabet::of(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    ),
    Alphabet::of("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
    // Numerals.
    Alphabet::of("一二三四五六七八九十"),
    // Syllables of Hangul.
    Alphabet::of("가나다라마바사아자차카타파하"),
    // Wide digits and Latin letters.
    Alphabet::of("０１２３４５６７８９"),
    Alphabet::of("ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"),
];

const _: () = assert!(Alphabet::are_in_order(ALPHABETS));

/// Where a run of more than `longest` neighbours of an alphabet begins, upwards or downwards and in
/// any letter case.
pub(in crate::policy) fn position_in(
    password: &str,
    longest: usize,
    ends: SequenceEnds,
) -> Option<usize> {
    let steps = password
        .chars()
        .zip(password.chars().skip(1))
        .map(|(one, next)| step(fold::lower(one), fold::lower(next), ends));
    repeat::run(steps, longest.saturating_sub(1))
}

#[derive(Clone, Copy, PartialEq)]
enum Step {
    Up,
    Down,
}

fn step(one: char, next: char, ends: SequenceEnds) -> Option<Step> {
    if one.is_ascii() && next.is_ascii() {
        return if follows_in_ascii(one, next, ends) {
            Some(Step::Up)
        } else if follows_in_ascii(next, one, ends) {
            Some(Step::Down)
        } else {
            None
        };
    }
    let least = one.min(next);
    ALPHABETS
        .iter()
        .take_while(|alphabet| alphabet.begins_by(least))
        .find_map(|alphabet| alphabet.step(one, next, ends))
}

fn follows_in_ascii(one: char, next: char, ends: SequenceEnds) -> bool {
    match (one, next) {
        ('a'..='y', 'b'..='z') | ('0'..='8', '1'..='9') => {
            u32::from(one).saturating_add(1) == u32::from(next)
        }
        ('z', 'a') | ('9', '0') => ends == SequenceEnds::Joined,
        _ => false,
    }
}
