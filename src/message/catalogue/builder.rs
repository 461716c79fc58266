use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::{Entry, Messages};
use crate::account::Channel;
use crate::language::{Language, Plural};
use crate::message::durations::Durations;
use crate::message::parse::Parsed;
use crate::message::{MessageKind, MessageText, MessagesError, TemplateError, english, slot};

/// Texts of messages in the making; see [`Messages::builder`].
#[must_use]
pub struct MessagesBuilder {
    texts: Vec<Draft>,
    durations: Vec<(Language, Option<Durations>)>,
}

/// A text that was parsed, or why it could not be.
struct Draft {
    kind: MessageKind,
    channel: Channel,
    language: Language,
    parsed: Result<Parsed, MessagesError>,
}

impl MessagesBuilder {
    pub(super) const fn new() -> Self {
        Self { texts: Vec::new(), durations: Vec::new() }
    }

    /// The text of a kind of message, sent by e-mail in this language.
    pub fn email(mut self, kind: MessageKind, language: Language, text: MessageText<'_>) -> Self {
        self.texts.push(Draft::parse(kind, Channel::EMAIL, language, text));
        self
    }

    /// The text of a kind of message, sent by SMS in this language. There is none of
    /// [`MessageKind::LinkAndCode`]. A flow that sends text messages checks that none can have more than
    /// [`Segments::MAX`](crate::message::Segments::MAX) segments.
    pub fn sms(mut self, kind: MessageKind, language: Language, text: &str) -> Self {
        self.texts.push(Draft::parse(kind, Channel::SMS, language, MessageText::new("", text)));
        self
    }

    /// What durations are called in a language, for `{valid_for}`, `{code_valid_for}` and `{wait}`:
    /// minutes up to 119 of them, then hours, in each plural form that the language has. `{count}` is
    /// the number. [`Plural::Other`] must be there, and is for the forms that are not.
    ///
    /// A text in `de-AT` uses what was said for `de`, if nothing was for `de-AT`.
    pub fn durations<'a>(
        mut self,
        language: Language,
        plural: fn(usize) -> Plural,
        minutes: impl IntoIterator<Item = (Plural, &'a str)>,
        hours: impl IntoIterator<Item = (Plural, &'a str)>,
    ) -> Self {
        let minutes = minutes.into_iter().map(|(form, text)| (form, String::from(text))).collect();
        let hours = hours.into_iter().map(|(form, text)| (form, String::from(text))).collect();
        self.durations.push((language, Durations::new(plural, minutes, hours)));
        self
    }

    /// Checks the texts.
    ///
    /// # Errors
    ///
    /// [`MessagesError`] says which text is wrong, by kind, channel and language, and what is.
    pub fn build(mut self) -> Result<Messages, MessagesError> {
        let mut durations = Vec::new();
        self.durations.sort_by_key(|(language, _)| *language);
        let twice = self.durations.windows(2).find_map(|pair| match pair {
            [(one, _), (other, _)] if one == other => Some(*one),
            _ => None,
        });
        if let Some(language) = twice {
            return Err(MessagesError::Durations { language });
        }
        for (language, said) in self.durations {
            let said = said.ok_or(MessagesError::Durations { language })?;
            durations.push((language, Arc::new(said)));
        }
        let english = Arc::new(Durations::english());
        for kind in MessageKind::ALL {
            let by_sms = english::sms(kind).map(|text| MessageText::new("", text));
            let texts = [(Channel::EMAIL, Some(english::text(kind))), (Channel::SMS, by_sms)];
            for (channel, text) in texts {
                let is_said = |draft: &Draft| draft.is_for(kind, &channel, Language::ENGLISH);
                if let Some(text) = text.filter(|_| !self.texts.iter().any(is_said)) {
                    self.texts.push(Draft::parse(kind, channel, Language::ENGLISH, text));
                }
            }
        }
        let mut entries = Vec::with_capacity(self.texts.len());
        for Draft { kind, channel, language, parsed } in self.texts {
            let parsed = parsed?;
            let said = language.ranges().find_map(|tag| {
                durations
                    .iter()
                    .find(|(language, _)| language.as_str() == tag)
                    .map(|(_, said)| said)
            });
            let is_english = language.ranges().any(|tag| tag == Language::ENGLISH.as_str());
            let needs = ["valid_for", "code_valid_for", "wait"]
                .into_iter()
                .filter_map(slot::find)
                .any(|(slot, _)| parsed.has(slot));
            if said.is_none() && needs && !is_english {
                return Err(MessagesError::NoDurations { language });
            }
            let durations = Arc::clone(said.unwrap_or(&english));
            entries.push(Entry { kind, channel, language, parsed, durations });
        }
        entries.sort_by(|one, other| one.place().cmp(&other.place()));
        let mut neighbours = entries.iter().zip(entries.iter().skip(1));
        if let Some((twice, _)) = neighbours.find(|(one, next)| one.place() == next.place()) {
            let (kind, channel, language) = (twice.kind, twice.channel.clone(), twice.language);
            return Err(MessagesError::Twice { kind, channel, language });
        }
        Ok(Messages { entries: entries.into() })
    }
}

impl Draft {
    fn parse(
        kind: MessageKind,
        channel: Channel,
        language: Language,
        text: MessageText<'_>,
    ) -> Self {
        let parsed = if channel == Channel::EMAIL {
            Parsed::new(text, &|name| kind.slot(name), kind.required())
        } else if kind.is_by_sms() {
            Parsed::new(text, &|name| kind.sms_slot(name), kind.required())
        } else {
            Err(TemplateError::NotBySms)
        };
        let parsed = parsed.map_err(|error| MessagesError::Template {
            kind,
            channel: channel.clone(),
            language,
            error,
        });
        Self { kind, channel, language, parsed }
    }

    fn is_for(&self, kind: MessageKind, channel: &Channel, language: Language) -> bool {
        self.kind == kind && self.channel == *channel && self.language == language
    }
}

impl fmt::Debug for MessagesBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = self.texts.iter().map(|draft| (draft.kind, draft.language));
        f.debug_set().entries(texts).finish()
    }
}
