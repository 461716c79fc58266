use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// `character` in lower case, without its marks and strokes; `None` for what people put between letters:
/// punctuation, spaces, marks that spell nothing, controls, and every symbol of ASCII.
#[inline]
pub(in crate::policy) fn plain(character: char) -> Option<char> {
    if character.is_ascii() {
        plain_ascii(character)
    } else if is_plain_letter(character) {
        Some(character)
    } else {
        look_plain_up(character)
    }
}

fn look_plain_up(character: char) -> Option<char> {
    if let Some(letter) = plain_of_common(character) {
        return Some(letter);
    }
    match character.general_category_group() {
        GeneralCategoryGroup::Punctuation
        | GeneralCategoryGroup::Separator
        | GeneralCategoryGroup::Other => return None,
        GeneralCategoryGroup::Mark => return spells(character).then_some(character),
        _ => {}
    }
    let (mut base, mut is_marked) = (None, true);
    decompose_canonical(character, |part| {
        is_marked &= base.is_none() || !spells(part);
        base.get_or_insert(part);
    });
    let base = base.filter(|_| is_marked).unwrap_or(character);
    Some(without_stroke(lower(base)))
}

/// Whether a mark is a letter of its script: the vowel signs of India and its neighbours, and what joins
/// their consonants. Accents, the points of Hebrew and of Arabic, tones and dots below are not.
fn spells(mark: char) -> bool {
    // The Unicode Standard, section 4.3: 9 are viramas, 10 to 36 points, from 200 on what is attached.
    match canonical_combining_class(mark) {
        9 => true,
        10..=36 | 200.. => false,
        _ => mark.is_alphabetic(),
    }
}

/// The letter that people write for one that Unicode does not decompose.
const fn without_stroke(letter: char) -> char {
    match letter {
        'đ' | 'ð' => 'd',
        'ħ' => 'h',
        'ı' => 'i',
        'ł' => 'l',
        'ø' => 'o',
        'ŧ' => 't',
        _ => letter,
    }
}

/// [`plain`] of the capitals and the accented letters that Greek and Russian are full of, without the
/// look-ups.
fn plain_of_common(character: char) -> Option<char> {
    match character {
        'Ά' | 'ά' => Some('α'),
        'Έ' | 'έ' => Some('ε'),
        'Ή' | 'ή' => Some('η'),
        'Ί' | 'ί' => Some('ι'),
        'Ό' | 'ό' => Some('ο'),
        'Ύ' | 'ύ' => Some('υ'),
        'Ώ' | 'ώ' => Some('ω'),
        'ς' => Some('σ'),
        'Й' | 'й' => Some('и'),
        'Ё' | 'ё' => Some('е'),
        _ => small_of_capital(character),
    }
}

/// The small letter of a capital that Greek or Russian is full of; `None` for any other character.
pub(in crate::policy) fn small_of_capital(character: char) -> Option<char> {
    match character {
        // Small letters of both scripts follow their capitals at this distance.
        'Α'..='Ρ' | 'Σ'..='Ω' | 'А'..='Я' => {
            char::from_u32(u32::from(character).saturating_add(0x20))
        }
        'Ά' => Some('ά'),
        'Έ'..='Ί' => char::from_u32(u32::from(character).saturating_add(0x25)),
        'Ό' => Some('ό'),
        'Ύ' => Some('ύ'),
        'Ώ' => Some('ώ'),
        'Ё' => Some('ё'),
        _ => None,
    }
}

/// [`plain`] of an ASCII character.
pub(in crate::policy) const fn plain_ascii(character: char) -> Option<char> {
    if character.is_ascii_alphanumeric() { Some(character.to_ascii_lowercase()) } else { None }
}

/// Whether `character` is one of the many letters that are themselves in lower case and without marks,
/// and can be told so without the look-ups: Greek, Cyrillic, Han and Hangul.
///
/// A syllable of Hangul would else decompose into letters and lose all but the first.
pub(in crate::policy) const fn is_plain_letter(character: char) -> bool {
    matches!(
        character,
        'α'..='ρ' | 'σ'..='ω' | 'а'..='и' | 'к'..='я' | '\u{4E00}'..='\u{9FA5}' | '\u{AC00}'..='\u{D7A3}'
    )
}

/// `char::is_alphabetic`, without the look-up where it can be told so.
pub(in crate::policy) fn is_alphabetic(character: char) -> bool {
    is_plain_letter(character)
        || is_common_small(character)
        || small_of_capital(character).is_some()
        || character.is_alphabetic()
}

/// Whether `character` is one of the small letters that Greek and Russian are full of, marks included.
pub(in crate::policy) const fn is_common_small(character: char) -> bool {
    matches!(character, 'ά'..='ώ' | 'а'..='я' | 'ё')
}

/// One character in lower case, for one character; both sigmas alike.
#[inline]
pub(in crate::policy) fn lower(character: char) -> char {
    if character.is_ascii() {
        character.to_ascii_lowercase()
    } else {
        lower_beyond_ascii(character)
    }
}

fn lower_beyond_ascii(character: char) -> char {
    match character {
        'ς' => 'σ',
        _ if is_common_small(character) || is_plain_letter(character) => character,
        _ => small_of_capital(character)
            // Far cheaper to ask than to look up a mapping, and each of these maps to itself.
            .or_else(|| character.is_lowercase().then_some(character))
            .or_else(|| character.to_lowercase().next())
            .unwrap_or(character),
    }
}

/// The letters that people write `character` for.
pub(in crate::policy) const fn leet(character: char) -> &'static [char] {
    match character {
        '0' => &['o'],
        '1' | '!' | '|' => &['i', 'l'],
        '2' => &['z'],
        '3' | '€' => &['e'],
        '4' | '@' => &['a'],
        '5' | '$' => &['s'],
        '7' | '+' => &['t'],
        '8' => &['b'],
        '9' => &['g'],
        '(' => &['c'],
        _ => &[],
    }
}

/// Whether `character` is a combining mark, which belongs to the letter before it.
pub(in crate::policy) fn is_mark(character: char) -> bool {
    !character.is_ascii() && character.general_category_group() == GeneralCategoryGroup::Mark
}
