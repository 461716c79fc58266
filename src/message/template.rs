use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use zeroize::Zeroizing;

use super::Message;
use crate::account::Contact;

/// Subject and plain text of a message, with placeholders in braces.
///
/// `{first_name}` and `{last_name}` may stand anywhere; `{link}` or `{code}`, and `{minutes}` (until
/// the secret expires), only in the text of a template that carries it. `{{` and `}}` are braces.
///
/// ```
/// use repass::message::Template;
///
/// let letter = Template::link("Your new password", "Hello {first_name},\n\n{link}\n")?;
/// assert!(Template::link("Your new password", "Hello {first_name}").is_err());
/// # Ok::<(), repass::message::TemplateError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    subject: Vec<Piece>,
    text: Vec<Piece>,
    carries: Carries,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Carries {
    Link,
    Code,
    LinkAndCode,
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Slot(Slot),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    FirstName,
    LastName,
    Link,
    Code,
    Minutes,
    CodeMinutes,
}

impl Template {
    /// The longest subject, in bytes.
    pub const MAX_SUBJECT_BYTES: usize = 200;
    /// The longest text, in bytes.
    pub const MAX_TEXT_BYTES: usize = 64 * 1024;

    /// The template of a letter with a link; `{link}` has to stand in the text.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] says what is wrong with which placeholder.
    pub fn link(subject: &str, text: &str) -> Result<Self, TemplateError> {
        Self::parse(subject, text, Carries::Link)
    }

    /// The template of a letter with a code; `{code}` has to stand in the text.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] says what is wrong with which placeholder.
    pub fn code(subject: &str, text: &str) -> Result<Self, TemplateError> {
        Self::parse(subject, text, Carries::Code)
    }

    /// The template of a message with a link and a code; `{link}` and `{code}` have to be in the text.
    /// `{minutes}` is how long the link is valid, and `{code_minutes}` how long the code is.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] says what is wrong with which placeholder.
    pub fn link_and_code(subject: &str, text: &str) -> Result<Self, TemplateError> {
        Self::parse(subject, text, Carries::LinkAndCode)
    }

    /// The template of a notice, which never carries a secret.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] says what is wrong with which placeholder.
    pub fn notice(subject: &str, text: &str) -> Result<Self, TemplateError> {
        Self::parse(subject, text, Carries::Nothing)
    }

    pub(crate) const fn carries_link(&self) -> bool {
        matches!(self.carries, Carries::Link)
    }

    pub(crate) const fn carries_code(&self) -> bool {
        matches!(self.carries, Carries::Code)
    }

    pub(crate) const fn carries_link_and_code(&self) -> bool {
        matches!(self.carries, Carries::LinkAndCode)
    }

    pub(crate) const fn is_notice(&self) -> bool {
        matches!(self.carries, Carries::Nothing)
    }

    pub(crate) fn render(&self, to: Contact, values: &Values<'_>) -> Message {
        let subject = fill(&self.subject, values);
        // A subject carries no secret: its buffer may leave as it is.
        Message::new(to, String::from(subject.as_str()), fill(&self.text, values))
    }

    fn parse(subject: &str, text: &str, carries: Carries) -> Result<Self, TemplateError> {
        if subject.len() > Self::MAX_SUBJECT_BYTES {
            return Err(TemplateError::TooLong { max_bytes: Self::MAX_SUBJECT_BYTES });
        }
        if text.len() > Self::MAX_TEXT_BYTES {
            return Err(TemplateError::TooLong { max_bytes: Self::MAX_TEXT_BYTES });
        }
        if subject.chars().any(char::is_control) {
            return Err(TemplateError::SubjectControl);
        }
        let subject = pieces(subject, carries)?;
        let text = pieces(text, carries)?;
        let secret = [Slot::Link, Slot::Code, Slot::Minutes, Slot::CodeMinutes].map(Piece::Slot);
        if subject.iter().any(|piece| secret.contains(piece)) {
            return Err(TemplateError::SecretInSubject);
        }
        let needed: &[Slot] = match carries {
            Carries::Link => &[Slot::Link],
            Carries::Code => &[Slot::Code],
            Carries::LinkAndCode => &[Slot::Link, Slot::Code],
            Carries::Nothing => &[],
        };
        if !needed.iter().all(|slot| text.contains(&Piece::Slot(*slot))) {
            return Err(TemplateError::SecretMissing);
        }
        Ok(Self { subject, text, carries })
    }
}

/// The values of the placeholders of one message.
#[derive(Default)]
pub(crate) struct Values<'a> {
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    pub(crate) link: &'a str,
    pub(crate) code: &'a str,
    pub(crate) minutes: u64,
    pub(crate) code_minutes: u64,
}

/// Why a template was refused.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemplateError {
    /// Subject or text is too long.
    TooLong {
        /// The most, in bytes.
        max_bytes: usize,
    },
    /// The subject has a line break or another control character.
    SubjectControl,
    /// A placeholder that does not exist, or not in this kind of message.
    UnknownPlaceholder {
        /// What stands between the braces, cut to 32 characters.
        name: String,
    },
    /// A brace is opened and not closed, or closed and not opened.
    Unbalanced,
    /// A subject shows up on locked screens and in logs: no secret stands there.
    SecretInSubject,
    /// The text lacks the link or code that the message is for.
    SecretMissing,
    /// A template of another kind is wanted here.
    WrongKind,
}

impl TemplateError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "template_too_long",
            Self::SubjectControl => "template_subject_control",
            Self::UnknownPlaceholder { .. } => "template_unknown_placeholder",
            Self::Unbalanced => "template_unbalanced",
            Self::SecretInSubject => "template_secret_in_subject",
            Self::SecretMissing => "template_secret_missing",
            Self::WrongKind => "template_wrong_kind",
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { max_bytes } => write!(f, "the limit is {max_bytes} bytes"),
            Self::SubjectControl => f.write_str("the subject has a control character"),
            Self::UnknownPlaceholder { name } => {
                write!(f, "there is no placeholder {{{name}}} here")
            }
            Self::Unbalanced => f.write_str("a brace has no partner; {{ and }} are plain braces"),
            Self::SecretInSubject => {
                f.write_str("{link}, {code} and {minutes} cannot stand in the subject")
            }
            Self::SecretMissing => f.write_str("the text has no {link} or {code}"),
            Self::WrongKind => f.write_str("this message needs a template of another kind"),
        }
    }
}

impl core::error::Error for TemplateError {}

fn pieces(template: &str, carries: Carries) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut characters = template.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '{' | '}' if characters.next_if_eq(&character).is_some() => text.push(character),
            '{' => {
                let mut name = String::new();
                loop {
                    match characters.next() {
                        Some('}') => break,
                        Some(character) if character != '{' => name.push(character),
                        _ => return Err(TemplateError::Unbalanced),
                    }
                }
                pieces.push(Piece::Text(core::mem::take(&mut text)));
                pieces.push(Piece::Slot(slot(&name, carries)?));
            }
            '}' => return Err(TemplateError::Unbalanced),
            _ => text.push(character),
        }
    }
    pieces.push(Piece::Text(text));
    Ok(pieces)
}

fn slot(name: &str, carries: Carries) -> Result<Slot, TemplateError> {
    match (name, carries) {
        ("first_name", _) => Ok(Slot::FirstName),
        ("last_name", _) => Ok(Slot::LastName),
        ("link", Carries::Link | Carries::LinkAndCode) => Ok(Slot::Link),
        ("code", Carries::Code | Carries::LinkAndCode) => Ok(Slot::Code),
        ("code_minutes", Carries::LinkAndCode) => Ok(Slot::CodeMinutes),
        ("minutes", Carries::Link | Carries::Code | Carries::LinkAndCode) => Ok(Slot::Minutes),
        _ => Err(TemplateError::UnknownPlaceholder { name: name.chars().take(32).collect() }),
    }
}

/// Fills into a buffer that is measured first: one that grows would leave copies of the secret.
fn fill(pieces: &[Piece], values: &Values<'_>) -> Zeroizing<String> {
    let [first_name, last_name] = [values.first_name, values.last_name].map(plain);
    let minutes = alloc::format!("{}", values.minutes);
    let code_minutes = alloc::format!("{}", values.code_minutes);
    let texts = || {
        pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_str(),
            Piece::Slot(Slot::FirstName) => first_name.as_str(),
            Piece::Slot(Slot::LastName) => last_name.as_str(),
            Piece::Slot(Slot::Link) => values.link,
            Piece::Slot(Slot::Code) => values.code,
            Piece::Slot(Slot::Minutes) => minutes.as_str(),
            Piece::Slot(Slot::CodeMinutes) => code_minutes.as_str(),
        })
    };
    let mut filled = Zeroizing::new(String::with_capacity(texts().map(str::len).sum()));
    filled.extend(texts());
    filled
}

/// A name as a letter shows it: without controls, line breaks and direction marks, which could
/// forge a line or turn text around, and cut to 80 characters.
pub(crate) fn plain(name: &str) -> String {
    let shown = |character: &char| {
        !matches!(
            character.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        )
    };
    name.chars().filter(shown).take(80).collect()
}
