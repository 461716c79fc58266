mod builder;
mod texting;

pub use self::builder::MessagesBuilder;
pub(crate) use self::texting::LongestSms;

use alloc::sync::Arc;
use core::fmt;

use super::durations::Durations;
use super::parse::Parsed;
use super::slot::{NAMES, Values};
use super::{MessageKind, MessagesError, NAME_CHARACTERS, Rendered, TemplateError};
use crate::account::Channel;
use crate::language::Language;

/// The texts of messages, by kind, channel and language. Cheap to clone.
///
/// A text is looked up in the language of the account. If there is none, the tag of the language is
/// shortened from its end until a text is found (`zh-Hant-TW`, `zh-Hant`, `zh`; RFC 4647, section
/// 3.4). The language of the flow is tried next, in the same way, and then the English that the
/// crate ships.
///
/// | placeholder | is replaced by | without a value |
/// |---|---|---|
/// | `{first_name}`, `{last_name}` | the names of the account | it is empty |
/// | `{name}` | both, with a space between them | it is empty |
/// | `{login}` | the user name | its paragraph is left out |
/// | `{site}` | the name of the service | |
/// | `{link}` | the link | |
/// | `{code}` | the code | |
/// | `{valid_for}` | how long the link, or the only secret, is valid, in words: `30 minutes` | |
/// | `{code_valid_for}` | the same for the code beside a link | |
/// | `{minutes}`, `{code_minutes}` | the same in minutes, as a number | |
/// | `{wait}` | for how long another message might not be sent, in words; only the last two messages of a period have it | its paragraph is left out |
///
/// [`MessageKind::placeholders`] says which of them a kind can have, and [`MessageKind::required`]
/// which it must have. [`MessageText`](super::MessageText) says how texts are written.
///
/// Text messages have `{site}`, `{link}`, `{code}`, `{valid_for}` and `{minutes}` only: a phone shows them to
/// anyone who looks at it. They have no subject. The line that binds a code to its site is added behind the
/// text.
///
/// ```
/// use repass::language::{Language, Plural};
/// use repass::message::{MessageKind, MessageText, Messages};
///
/// let german = Language::new("de")?;
/// let text = "Hallo {name},\n\nmit diesem Link wählst du ein neues Passwort:\n\n{link}\n\n\
///     Er gilt {valid_for}.\n";
/// let messages = Messages::builder()
///     .durations(
///         german,
///         Plural::english,
///         [(Plural::One, "eine Minute"), (Plural::Other, "{count} Minuten")],
///         [(Plural::One, "eine Stunde"), (Plural::Other, "{count} Stunden")],
///     )
///     .email(MessageKind::Link, german, MessageText::new("Neues Passwort", text))
///     .build()?;
/// assert_eq!(messages.missing(german).count(), 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Messages {
    /// By kind, channel and language; English has them all, but no kind that is not sent by a channel.
    entries: Arc<[Entry]>,
}

struct Entry {
    kind: MessageKind,
    channel: Channel,
    language: Language,
    parsed: Parsed,
    durations: Arc<Durations>,
}

/// A text that was found for a message.
pub(crate) struct FoundText<'a>(&'a Entry);

impl Messages {
    /// Starts with the English texts that the crate ships.
    pub const fn builder() -> MessagesBuilder {
        MessagesBuilder::new()
    }

    /// The kinds of messages that have no text in exactly this language.
    pub fn missing(&self, language: Language) -> impl Iterator<Item = MessageKind> {
        MessageKind::ALL
            .into_iter()
            .filter(move |kind| self.at(*kind, &Channel::EMAIL, language.as_str()).is_none())
    }

    /// The text for a message; there always is one by e-mail, and by SMS for each kind that is sent by it.
    pub(crate) fn find(
        &self,
        kind: MessageKind,
        channel: &Channel,
        languages: [Language; 2],
    ) -> Option<FoundText<'_>> {
        let mut languages = languages.into_iter().chain([Language::ENGLISH]);
        languages
            .find_map(|language| language.ranges().find_map(|tag| self.at(kind, channel, tag)))
            .map(FoundText)
    }

    /// Checks that no line can become longer than a line of a mail.
    pub(crate) fn check_lines(&self, site: &str, link: &str) -> Result<(), MessagesError> {
        let mut mails = self.entries.iter().filter(|entry| entry.channel == Channel::EMAIL);
        mails.try_for_each(|entry| {
            entry.check_lines(site, link).map_err(|error| entry.refuse(error))
        })
    }

    fn at(&self, kind: MessageKind, channel: &Channel, language: &str) -> Option<&Entry> {
        let wanted = (kind, channel.name(), language);
        let found = self.entries.binary_search_by(|entry| entry.place().cmp(&wanted));
        self.entries.get(found.ok()?)
    }
}

impl FoundText<'_> {
    /// The language of the text.
    pub(crate) const fn language(&self) -> Language {
        self.0.language
    }

    pub(crate) fn render(&self, values: &Values<'_>) -> Rendered {
        self.0.render(values)
    }
}

impl Entry {
    fn place(&self) -> (MessageKind, &str, &str) {
        (self.kind, self.channel.name(), self.language.as_str())
    }

    fn render(&self, values: &Values<'_>) -> Rendered {
        let rendered = values.with_all(&self.durations, |values| self.parsed.fill(values));
        match self.channel == Channel::SMS {
            true => rendered.into_text_message(values.last_line),
            false => rendered,
        }
    }

    fn refuse(&self, error: TemplateError) -> MessagesError {
        let (kind, channel, language) = (self.kind, self.channel.clone(), self.language);
        MessagesError::Template { kind, channel, language, error }
    }

    /// With the longest values that there can be: names in characters of four bytes, and, in HTML, of
    /// five bytes. A value that is absent takes the white space before it along, which joins lines, so
    /// each of them and all of them are left out as well.
    fn check_lines(&self, site: &str, link: &str) -> Result<(), TemplateError> {
        for character in ["\u{10ffff}", "&"] {
            let text = character.repeat(NAME_CHARACTERS);
            let name = [text.as_str(), " ", &text].concat();
            let longest = |placeholder| match placeholder {
                "name" => name.as_str(),
                "site" => site,
                "link" => link,
                "minutes" | "code_minutes" => "1440",
                _ => &text,
            };
            let can_be_absent = |placeholder: &str| {
                !matches!(placeholder, "site" | "link" | "code" | "minutes" | "code_minutes")
            };
            self.parsed.fill(&NAMES.map(|name| Some(longest(name)))).check_lines()?;
            let without = |absent: &dyn Fn(&str) -> bool| {
                NAMES.map(|name| Some(if absent(name) { "" } else { longest(name) }))
            };
            self.parsed.fill(&without(&can_be_absent)).check_lines()?;
            for absent in NAMES.into_iter().filter(|name| can_be_absent(name)) {
                self.parsed.fill(&without(&|name| name == absent)).check_lines()?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.entries.iter().map(Entry::place)).finish()
    }
}
