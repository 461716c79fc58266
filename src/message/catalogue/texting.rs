//! Texts of text messages: which kinds have one, and how long they can become.

use super::Messages;
use crate::account::Channel;
use crate::language::Language;
use crate::message::slot::{self, Role, Values};
use crate::message::{MessageKind, MessagesError, Segments, TemplateError};

/// The placeholders that a text message can have: none is about the account, since a phone shows messages
/// to anyone who looks at it, and names make them long.
const PLACEHOLDERS: [&str; 5] = ["site", "link", "code", "minutes", "valid_for"];

/// The longest secrets of a flow.
pub(crate) struct LongestSms<'a> {
    pub(crate) site: &'a str,
    /// `None` where no links are sent by text message.
    pub(crate) link: Option<&'a str>,
    pub(crate) code: &'a str,
    pub(crate) last_line: &'a str,
}

impl MessageKind {
    /// Whether there are text messages of this kind: all but [`MessageKind::LinkAndCode`].
    #[must_use]
    pub const fn is_by_sms(self) -> bool {
        !matches!(self, Self::LinkAndCode)
    }

    pub(super) fn sms_slot(self, name: &str) -> Option<(usize, Role)> {
        slot::find(name)
            .filter(|_| PLACEHOLDERS.contains(&name) && self.placeholders().contains(&name))
    }
}

impl Messages {
    /// The kinds of text messages that have no text in exactly this language.
    pub fn missing_by_sms(&self, language: Language) -> impl Iterator<Item = MessageKind> {
        MessageKind::ALL.into_iter().filter(move |kind| {
            kind.is_by_sms() && self.at(*kind, &Channel::SMS, language.as_str()).is_none()
        })
    }

    /// Checks that no text message can have more segments than [`Segments::MAX`].
    pub(crate) fn check_sms(&self, longest: &LongestSms<'_>) -> Result<(), MessagesError> {
        for entry in self.entries.iter().filter(|entry| entry.channel == Channel::SMS) {
            if entry.kind == MessageKind::Link && longest.link.is_none() {
                continue;
            }
            let has_code = entry.kind == MessageKind::Code;
            let minutes = (1..120_u64).chain((2..=24).map(|hours: u64| hours.saturating_mul(60)));
            let is_long = |minutes: u64| {
                let values = Values {
                    site: longest.site,
                    link: longest.link.unwrap_or_default(),
                    code: longest.code,
                    last_line: if has_code { longest.last_line } else { "" },
                    valid_for: minutes.saturating_mul(60),
                    ..Values::default()
                };
                Segments::of(entry.render(&values).expose_secret()).count() > Segments::MAX
            };
            if minutes.into_iter().any(is_long) {
                let max = Segments::MAX;
                return Err(entry.refuse(TemplateError::TooManySegments { max }));
            }
        }
        Ok(())
    }
}
