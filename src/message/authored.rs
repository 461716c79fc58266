//! Texts that an author wrote, with placeholders of their own syntax.

use alloc::borrow::Cow;
use alloc::string::String;

use super::parse::Parsed;
use super::plain::is_shown;
use super::slot::Role;
use super::{MessagePart, MessageText, NAME_CHARACTERS, Rendered, Segments, TemplateError};
use crate::account::Channel;

/// The placeholders, in the order of their values.
const NAMES: [&str; 3] = ["first_name", "last_name", SECRET];

const SECRET: &str = "resetpasswd_checkcode";

/// A text of an author, and the subject that the author gave a mail.
#[derive(Clone, Copy)]
pub(crate) struct Authored<'a> {
    pub(crate) channel: &'a Channel,
    pub(crate) subject: Option<&'a str>,
    pub(crate) text: &'a str,
}

/// What is put into the text of an author, as it is shown.
#[derive(Clone, Copy)]
pub(crate) struct AuthoredValues<'a> {
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    /// `None` for a text that carries none.
    pub(crate) secret: Option<&'a str>,
}

impl Authored<'_> {
    /// The longest text, in bytes.
    pub(crate) const MAX_BYTES: usize = 4_000;

    /// Whether there is a text, if the reader has no names. `secret` is the longest one that the text can
    /// have to carry.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] for what cannot be sent, whatever the names of the reader are.
    pub(crate) fn check(&self, secret: Option<&str>) -> Result<bool, TemplateError> {
        let subject = self.subject.unwrap_or_default();
        for (part, text, max_bytes) in [
            (MessagePart::Subject, subject, MessageText::MAX_SUBJECT_BYTES),
            (MessagePart::Text, self.text, Self::MAX_BYTES),
        ] {
            if text.len() > max_bytes {
                return Err(TemplateError::TooLong { part, max_bytes });
            }
        }
        let parsed = self.parsed(secret.is_some())?;
        for longest in ["\u{10ffff}", "a"].map(|one| one.repeat(NAME_CHARACTERS)) {
            // A name that is absent takes the white space before it along, which joins lines.
            for first_name in ["", &longest] {
                for last_name in ["", &longest] {
                    let values = AuthoredValues { first_name, last_name, secret };
                    parsed.fill(&values.in_order()).check_lines()?;
                }
            }
        }
        let nameless = AuthoredValues { first_name: "", last_name: "", secret };
        let filled = parsed.fill(&nameless.in_order());
        if *self.channel == Channel::SMS && !is_short(&filled) {
            return Err(TemplateError::TooManySegments { max: Segments::MAX });
        }
        let is_seen = |one: char| is_shown(one) && !one.is_whitespace();
        Ok(filled.expose_secret().contains(is_seen))
    }

    /// `None` for a text that was not checked. A text message for which names are too long has none.
    pub(crate) fn render(&self, values: &AuthoredValues<'_>) -> Option<Rendered> {
        let parsed = self.parsed(values.secret.is_some()).ok()?;
        let rendered = parsed.fill(&values.in_order());
        if *self.channel != Channel::SMS {
            return Some(rendered);
        }
        let nameless = AuthoredValues { first_name: "", last_name: "", ..*values };
        let fits = is_short(&rendered);
        let rendered = if fits { rendered } else { parsed.fill(&nameless.in_order()) };
        Some(rendered.into_text_message(""))
    }

    fn parsed(&self, has_secret: bool) -> Result<Parsed, TemplateError> {
        let known = if has_secret { NAMES.as_slice() } else { NAMES.split_at(2).0 };
        let subject = self.subject.unwrap_or_default();
        let subject = translated(MessagePart::Subject, subject, known)?;
        let text = translated(MessagePart::Text, self.text, known)?;
        let slot = |name: &str| {
            let number = NAMES.iter().position(|known| *known == name)?;
            // A token that was a part of a link would go to where that leads.
            Some((number, if name == SECRET { Role::Link } else { Role::Text }))
        };
        let required = known.split_at(2).1;
        Parsed::new(MessageText::new(&subject, &text), &slot, required)
    }
}

impl<'a> AuthoredValues<'a> {
    const fn in_order(&self) -> [Option<&'a str>; 3] {
        [Some(self.first_name), Some(self.last_name), self.secret]
    }
}

fn is_short(rendered: &Rendered) -> bool {
    Segments::of(rendered.expose_secret().trim_end()).count() <= Segments::MAX
}

/// The text in the syntax of all other texts: `[%name%]` is `{name}`, and a brace is doubled. What is not
/// between `[%` and `%]` like a name stays as it is.
fn translated<'a>(
    part: MessagePart,
    text: &'a str,
    known: &[&str],
) -> Result<Cow<'a, str>, TemplateError> {
    if !text.contains(['{', '}', '[']) {
        return Ok(text.into());
    }
    let mut translated = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("[%") {
        put(&mut translated, before);
        match behind.split_once("%]").filter(|(name, _)| is_name(name)) {
            Some((name, _)) if !known.contains(&name) => {
                return Err(TemplateError::UnknownPlaceholder { part, name: name.into() });
            }
            Some((name, behind)) => {
                translated.extend(["{", name, "}"]);
                rest = behind;
            }
            None => {
                translated.push_str("[%");
                rest = behind;
            }
        }
    }
    put(&mut translated, rest);
    Ok(translated.into())
}

fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=32).contains(&text.len()) && text.bytes().all(is_plain)
}

fn put(translated: &mut String, text: &str) {
    for character in text.chars() {
        translated.push(character);
        if matches!(character, '{' | '}') {
            translated.push(character);
        }
    }
}
