//! What violations, requirements and advice say, in English and in other languages.

#[path = "support/texts.rs"]
mod texts;

#[test]
fn the_english_texts_are_these() {
    for (violation, text) in texts::violations() {
        assert_eq!(violation.to_string(), text);
    }
    for (requirement, text) in texts::requirements() {
        assert_eq!(requirement.to_string(), text);
    }
}
