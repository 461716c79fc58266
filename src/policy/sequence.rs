mod alphabet;

use super::{fold, repeat};
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

/// Alphabets in their customary order, in lower case; a further one is one more line. The letters a to
/// z and the digits 0 to 9 are not among them: see [`step`].
static ALPHABETS: &[Alphabet] = &[
    // Spanish, German, Polish, Czech.
    Alphabet::of("abcdefghijklmnñopqrstuvwxyz"),
    Alphabet::of("abcdefghijklmnopqrstuvwxyzäöüß"),
    Alphabet::of("aąbcćdeęfghijklłmnńoóprsśtuwyzźż"),
    Alphabet::of("aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž"),
    // Greek, Russian, Ukrainian.
    Alphabet::of("αβγδεζηθικλμνξοπρστυφχψω"),
    Alphabet::of("абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    Alphabet::of("абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    Alphabet::of("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    // Hebrew, Arabic, Devanagari consonants.
    Alphabet::of("אבגדהוזחטיכלמנסעפצקרשת"),
    Alphabet::of("ابتثجحخدذرزسشصضطظعغفقكلمنهوي"),
    Alphabet::of("कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह"),
    // Hiragana, Katakana, Hangul.
    Alphabet::of(
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    ),
    Alphabet::of(
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    ),
    Alphabet::of("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
    Alphabet::of("가나다라마바사아자차카타파하"),
    // Wide Latin letters and digits, Arabic-Indic, Persian and Devanagari digits.
    Alphabet::of("ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"),
    Alphabet::of("０１２３４５６７８９"),
    Alphabet::of("٠١٢٣٤٥٦٧٨٩"),
    Alphabet::of("۰۱۲۳۴۵۶۷۸۹"),
    Alphabet::of("०१२३४५६७८९"),
    // Numerals.
    Alphabet::of("一二三四五六七八九十"),
];

/// Where a run of more than `longest` neighbours of an alphabet begins, upwards or downwards and in
/// any letter case.
pub(super) fn position_in(password: &str, longest: usize, ends: SequenceEnds) -> Option<usize> {
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
    // None of them has a character below the letter a.
    if one.min(next) < 'a' {
        return None;
    }
    ALPHABETS.iter().find_map(|alphabet| alphabet.step(one, next, ends))
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
