use core::ops::RangeInclusive;

use super::{fold, repeat};

/// Whether an alphabet goes on from its last character to its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SequenceEnds {
    /// `yz` ends there, and `89` too.
    Apart,
    /// `yzab` is a sequence, and `8901` too.
    Joined,
}

/// Alphabets in their customary order, in lower case, each with the range that its
/// characters are from; a further one is one more line. The letters a to z and the digits 0 to 9 are not among them: see [`step`].
const ALPHABETS: &[(RangeInclusive<char>, &str)] = &[
    // Spanish, German, Polish, Czech.
    ('a'..='ž', "abcdefghijklmnñopqrstuvwxyz"),
    ('a'..='ž', "abcdefghijklmnopqrstuvwxyzäöüß"),
    ('a'..='ž', "aąbcćdeęfghijklłmnńoóprsśtuwyzźż"),
    ('a'..='ž', "aábcčdďeéěfghiíjklmnňoópqrřsštťuúůvwxyýzž"),
    // Greek, Russian, Ukrainian.
    ('α'..='ω', "αβγδεζηθικλμνξοπρστυφχψω"),
    ('а'..='ё', "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    ('а'..='ё', "абвгдежзийклмнопрстуфхцчшщъыьэюя"),
    ('а'..='ґ', "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    // Hebrew, Arabic, Devanagari consonants.
    ('א'..='ת', "אבגדהוזחטיכלמנסעפצקרשת"),
    ('ا'..='ي', "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"),
    ('क'..='ह', "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह"),
    // Hiragana, Katakana, Hangul.
    (
        'あ'..='ん',
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん",
    ),
    (
        'ア'..='ン',
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    ),
    ('ㄱ'..='ㅎ', "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
    ('가'..='하', "가나다라마바사아자차카타파하"),
    // Wide Latin letters and digits, Arabic-Indic, Persian and Devanagari digits.
    ('ａ'..='ｚ', "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"),
    ('０'..='９', "０１２３４５６７８９"),
    ('٠'..='٩', "٠١٢٣٤٥٦٧٨٩"),
    ('۰'..='۹', "۰۱۲۳۴۵۶۷۸۹"),
    ('०'..='९', "०१२३४५६७८९"),
    // Numerals.
    ('一'..='四', "一二三四五六七八九十"),
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
    let holds = |range: &RangeInclusive<char>| range.contains(&one) && range.contains(&next);
    ALPHABETS.iter().filter(|(range, _)| holds(range)).find_map(|(_, alphabet)| {
        let last = alphabet.chars().next_back().filter(|_| ends == SequenceEnds::Joined);
        let mut before = last;
        alphabet.chars().find_map(|character| {
            let pair = before.replace(character);
            if character == next && pair == Some(one) {
                Some(Step::Up)
            } else if character == one && pair == Some(next) {
                Some(Step::Down)
            } else {
                None
            }
        })
    })
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
