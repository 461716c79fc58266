//! Texts that look like a pattern where each character counts.

use alloc::string::String;
use alloc::vec::Vec;

/// What to write instead, if someone who knows regular expressions would read more into `characters` than
/// its characters: a range such as `a-z`, a class such as `\d`, or letters within brackets.
pub(super) fn advice_for(characters: &str) -> Option<String> {
    const SHOWN: usize = 4;
    let ranges: Vec<_> = ranges(characters).take(SHOWN).collect();
    if ranges.is_empty() && !has_class(characters) && !is_bracketed(characters) {
        return None;
    }
    let example = if ranges.is_empty() { "\"a-z\", \"0-9\"".into() } else { ranges.join(", ") };
    Some(alloc::format!(
        "a text of which each character counts, and no pattern: write {{ ranges = [{example}] }}, or put \
         letters and digits before -, \\ and brackets"
    ))
}

/// The parts that look like ranges, in quotes: a letter or digit, a dash, and a later one.
fn ranges(characters: &str) -> impl Iterator<Item = String> {
    let (second, third) = (characters.chars().skip(1), characters.chars().skip(2));
    let triples = characters.chars().zip(second).zip(third);
    triples.filter_map(|((first, dash), last)| {
        let is_range = dash == '-' && first.is_alphanumeric() && last.is_alphanumeric();
        (is_range && first < last).then(|| alloc::format!("\"{first}-{last}\""))
    })
}

/// Whether there is `\d` or another class of that kind.
fn has_class(characters: &str) -> bool {
    let after = characters.split('\\').skip(1);
    after.into_iter().any(|after| after.starts_with(['d', 'D', 'w', 'W', 's', 'S', 'p', 'P']))
}

/// Whether there are letters or digits in brackets, which stand at both ends but for an anchor and a
/// quantifier.
fn is_bracketed(characters: &str) -> bool {
    let text = characters.trim_start_matches('^').trim_end_matches(['$', '+', '*', '?']);
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    inner.is_some_and(|inner| inner.contains(char::is_alphanumeric))
}
