use alloc::string::String;
use core::fmt;

use crate::account::Channel;
use crate::language::Language;

use super::{MessageKind, MessageText};

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MessagePart {
    /// The subject.
    Subject,
    /// The plain text.
    Text,
    /// The HTML.
    Html,
}

impl MessagePart {
    /// The name: `subject`, `text` or `html`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
        }
    }
}

/// Why a text cannot be used. Names of placeholders are cut to 32 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TemplateError {
    /// A part is too long.
    TooLong {
        /// Which part.
        part: MessagePart,
        /// The most, in bytes.
        max_bytes: usize,
    },
    /// A part has a control character: the subject any, the others one that is no tab and no end of
    /// a line.
    Control {
        /// Which part.
        part: MessagePart,
    },
    /// There is no such placeholder in this kind of message.
    UnknownPlaceholder {
        /// Which part.
        part: MessagePart,
        /// What is between the braces.
        name: String,
    },
    /// A brace is opened and not closed, or closed and not opened.
    Unbalanced {
        /// Which part.
        part: MessagePart,
    },
    /// Subjects are shown on locked screens and written to logs: they cannot have this placeholder.
    SecretInSubject {
        /// The placeholder.
        name: String,
    },
    /// A part lacks a placeholder that the message is for, or has it only in a paragraph that can be
    /// left out.
    SecretMissing {
        /// Which part.
        part: MessagePart,
        /// The placeholder.
        name: String,
    },
    /// A link has something else than white space before or behind it.
    LinkNotAlone {
        /// Which part.
        part: MessagePart,
        /// The placeholder.
        name: String,
    },
    /// A line may become longer than [`MessageText::MAX_LINE_BYTES`].
    LineTooLong {
        /// Which part.
        part: MessagePart,
        /// Which line, from 1.
        line: usize,
    },
    /// A placeholder is at a place in HTML where values are not escaped safely.
    Misplaced {
        /// The placeholder.
        name: String,
        /// Which line, from 1.
        line: usize,
    },
    /// The HTML is not written as it must be, so that it is not clear where values are in it.
    Html {
        /// Which line, from 1.
        line: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// A text message can have more segments than this: shorten it, or the name of the service, or the page.
    TooManySegments {
        /// The most.
        max: usize,
    },
    /// Messages of this kind are not sent by SMS.
    NotBySms,
    /// A placeholder of the host's own is not 1 to 32 characters of `a-z`, `0-9` and `_`, or comes twice.
    Declaration {
        /// The placeholder.
        name: String,
    },
}

impl TemplateError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "template_too_long",
            Self::Control { .. } => "template_control",
            Self::UnknownPlaceholder { .. } => "template_unknown_placeholder",
            Self::Unbalanced { .. } => "template_unbalanced",
            Self::SecretInSubject { .. } => "template_secret_in_subject",
            Self::SecretMissing { .. } => "template_secret_missing",
            Self::LinkNotAlone { .. } => "template_link_not_alone",
            Self::LineTooLong { .. } => "template_line_too_long",
            Self::Misplaced { .. } => "template_misplaced",
            Self::Html { .. } => "template_html",
            Self::TooManySegments { .. } => "template_too_many_segments",
            Self::NotBySms => "template_not_by_sms",
            Self::Declaration { .. } => "template_declaration",
        }
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { part, max_bytes } => {
                write!(f, "the {} is longer than {max_bytes} bytes", part.code())
            }
            Self::Control { part } => write!(f, "the {} has a control character", part.code()),
            Self::UnknownPlaceholder { part, name } => {
                write!(f, "the {} cannot have the placeholder {{{name}}}", part.code())
            }
            Self::Unbalanced { part } => {
                write!(f, "a brace in the {} has no partner; write {{{{ for {{", part.code())
            }
            Self::SecretInSubject { name } => write!(f, "the subject cannot have {{{name}}}"),
            Self::SecretMissing { part, name } => {
                write!(f, "the {} must have {{{name}}}, where it is never left out", part.code())
            }
            Self::LinkNotAlone { part, name } => write!(
                f,
                "{{{name}}} in the {} must have white space before and behind it, or be <{{{name}}}>",
                part.code()
            ),
            Self::LineTooLong { part, line } => write!(
                f,
                "line {line} of the {} may become longer than {} bytes; break it",
                part.code(),
                MessageText::MAX_LINE_BYTES
            ),
            Self::Misplaced { name, line } => write!(
                f,
                "{{{name}}} cannot be at this place in line {line} of the html, only in the text of \
                 elements and in a few attributes in double quotes"
            ),
            Self::Html { line, problem } => write!(f, "line {line} of the html: {problem}"),
            Self::TooManySegments { max } => write!(
                f,
                "the text message may have more than {max} segments; shorten it, the name of the \
                 service or the page"
            ),
            Self::NotBySms => f.write_str("there are no text messages of this kind"),
            Self::Declaration { name } => write!(
                f,
                "{name:?} is not the name of one placeholder, 1 to 32 characters of a-z, 0-9 and _"
            ),
        }
    }
}

impl core::error::Error for TemplateError {}

/// Why texts do not make [`Messages`](super::Messages).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessagesError {
    /// A text cannot be used.
    Template {
        /// What the message is for.
        kind: MessageKind,
        /// How it is sent.
        channel: Channel,
        /// Its language.
        language: Language,
        /// What is wrong with it.
        error: TemplateError,
    },
    /// A message has two texts.
    Twice {
        /// What the message is for.
        kind: MessageKind,
        /// How it is sent.
        channel: Channel,
        /// Its language.
        language: Language,
    },
    /// A text has `{valid_for}`, `{code_valid_for}` or `{wait}`, and nothing says what durations are
    /// called in its language.
    NoDurations {
        /// The language.
        language: Language,
    },
    /// What durations are called in a language was said twice, lacks the form `other`, or has a text
    /// that is too long, has a control character or another placeholder than `{count}`.
    Durations {
        /// The language.
        language: Language,
    },
}

impl MessagesError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Template { error, .. } => error.code(),
            Self::Twice { .. } => "messages_twice",
            Self::NoDurations { .. } => "messages_no_durations",
            Self::Durations { .. } => "messages_durations",
        }
    }
}

impl fmt::Display for MessagesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Template { kind, channel, language, .. } => {
                write!(f, "the message {} by {} in {language}", kind.code(), channel.name())
            }
            Self::Twice { kind, channel, language } => write!(
                f,
                "the message {} by {} in {language} has two texts",
                kind.code(),
                channel.name()
            ),
            Self::NoDurations { language } => {
                write!(f, "nothing says what minutes and hours are called in {language}")
            }
            Self::Durations { language } => write!(
                f,
                "the names of minutes and hours in {language} are needed once, in the form other as \
                 well, with no placeholder but {{count}}"
            ),
        }
    }
}

impl core::error::Error for MessagesError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Template { error, .. } => Some(error),
            _ => None,
        }
    }
}
