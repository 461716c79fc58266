//! The texts behind the embedded list.

use std::fs;
use std::path::Path;

use repass::policy::{CommonPasswords, Rank};

pub fn embedded(here: &Path) -> Result<Vec<u8>, String> {
    let mut words: Vec<(String, Rank, bool)> = Vec::new();
    // As it is, for Django's verdicts.
    let django = text(&here.join("django-common-passwords.txt"))?;
    words.extend(django.lines().map(|word| (word.into(), Rank::Listed, true)));
    for frequent in ["pwdb-top-100k.txt", "xato-top-100000.txt"] {
        for (place, word) in (1..).zip(text(&here.join(frequent))?.lines()) {
            take(&mut words, word, Rank::of_place(place));
        }
    }
    // Ordered too, but each by itself: no place among all passwords follows.
    for language in fs::read_dir(here.join("pwdb-languages")).map_err(|error| error.to_string())? {
        let language = language.map_err(|error| error.to_string())?;
        for word in text(&language.path())?.lines() {
            take(&mut words, word, Rank::Listed);
        }
    }
    CommonPasswords::build_embedded(words).map_err(|error| error.to_string())
}

fn take(words: &mut Vec<(String, Rank, bool)>, word: &str, rank: Rank) {
    match artefact(word) {
        Some(reason) => eprintln!("dropped, {reason}: {word}"),
        None => words.push((word.into(), rank, false)),
    }
}

/// Why a line is nobody's password, but something that a program left behind.
fn artefact(word: &str) -> Option<&'static str> {
    let is_reference = |word: &str| {
        word.strip_prefix("&#")
            .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
    };
    match word {
        "#NAME?" => Some("an error of a spreadsheet"),
        " Найдено;1" => Some("a line of a log"),
        _ if word.starts_with("$HEX") => Some("a notation of a password cracker"),
        _ if is_reference(word) => Some("a character reference of HTML"),
        _ if word.chars().all(|character| character == '?') => {
            Some("characters that an encoding lost")
        }
        // U+FFFD, and its three bytes read as Windows-1251.
        _ if word.contains('\u{FFFD}') || word.contains("пїЅ") => {
            Some("characters that an encoding lost")
        }
        _ => None,
    }
}

fn text(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}
