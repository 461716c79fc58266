use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use zeroize::Zeroizing;

use super::parse::Parsed;
use super::sender::{Authorship, Copies};
use super::{MessageKind, MessagePart, MessageText, Segments, Sender, TemplateError};
use crate::account::{Channel, Contact};
use crate::language::Language;

/// The texts of a message as they are sent: a subject without secrets, a plain text, and the same in
/// HTML if there is one. Wiped on drop, apart from the subject; `Debug` shows nothing.
#[derive(Clone)]
pub struct Rendered {
    subject: String,
    text: Zeroizing<String>,
    html: Option<Zeroizing<String>>,
}

impl Rendered {
    /// The subject: one line.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The plain text. No line is longer than [`MessageText::MAX_LINE_BYTES`].
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.text
    }

    /// The same in HTML, if there is one. No line is longer than [`MessageText::MAX_LINE_BYTES`].
    #[must_use]
    pub fn expose_html(&self) -> Option<&str> {
        self.html.as_deref().map(String::as_str)
    }

    /// The text without line ends behind it, and with a last line if there is one.
    pub(super) fn into_text_message(self, last_line: &str) -> Self {
        let text = self.text.trim_end();
        let pieces = if last_line.is_empty() { [text, "", ""] } else { [text, "\n", last_line] };
        // Measured first: a buffer that grows would leave copies of a secret.
        let length = pieces.iter().fold(0_usize, |sum, piece| sum.saturating_add(piece.len()));
        let mut text = Zeroizing::new(String::with_capacity(length));
        text.extend(pieces);
        Self { text, ..self }
    }

    pub(super) fn check_lines(&self) -> Result<(), TemplateError> {
        // Of a subject that is not ASCII mail programs make short encoded words (RFC 2047, section 2).
        let subject = if self.subject.is_ascii() { self.subject.as_str() } else { "" };
        let html = self.html.as_deref().map_or("", String::as_str);
        for (part, text, begun) in [
            (MessagePart::Subject, subject, "Subject: ".len()),
            (MessagePart::Text, self.text.as_str(), 0),
            (MessagePart::Html, html, 0),
        ] {
            let most = MessageText::MAX_LINE_BYTES.saturating_sub(begun);
            let is_long = |line: &str| line.strip_suffix('\r').unwrap_or(line).len() > most;
            if let Some(at) = text.split('\n').position(is_long) {
                return Err(TemplateError::LineTooLong { part, line: at.saturating_add(1) });
            }
        }
        Ok(())
    }
}

impl Parsed {
    /// Each placeholder has the value with its number.
    pub(super) fn fill(&self, values: &[Option<&str>]) -> Rendered {
        // A subject carries no secret: its buffer may leave as it is.
        let subject = core::mem::take(&mut *self.subject.fill(values));
        let text = self.text.fill(values);
        let html = self.html.as_ref().map(|html| html.fill(values));
        Rendered { subject, text, html }
    }

    /// Whether a placeholder is anywhere in it.
    pub(super) fn has(&self, slot: usize) -> bool {
        let bodies = [Some(&self.subject), Some(&self.text), self.html.as_ref()];
        bodies.into_iter().flatten().any(|body| body.has(slot))
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rendered(..)")
    }
}

/// A mail or a text message, ready to be sent to one recipient: [`Message::channel`] says which. Its texts are wiped on drop; `Debug` shows what it is
/// for and no text of it.
#[derive(Clone)]
pub struct Message {
    pub(crate) to: Contact,
    /// On the heap, as a step has room for the largest question.
    pub(crate) rendered: Box<Rendered>,
    pub(crate) kind: MessageKind,
    pub(crate) language: Language,
    pub(crate) id: String,
    pub(crate) site: Arc<str>,
    pub(crate) tenant: Option<Arc<str>>,
    /// `None` for the texts of the service.
    pub(crate) authorship: Option<Box<Authorship>>,
}

impl Message {
    /// The one recipient: the message is delivered to this contact alone, whatever names are in its headers.
    #[must_use]
    pub const fn to(&self) -> &Contact {
        &self.to
    }

    /// The person whom it is for, to be named in the header `To`: the recipient, unless this is a copy of a
    /// notice for somebody else.
    #[must_use]
    pub fn addressed_to(&self) -> &Contact {
        self.copies().map_or(&self.to, |copies| &copies.addressed_to)
    }

    /// Who is to be named in the header `Cc`. Each of them has a copy of its own. No message with a secret
    /// is sent in copies.
    #[must_use]
    pub fn cc(&self) -> &[Contact] {
        self.copies().map_or(&[], |copies| &copies.cc)
    }

    /// From whom it comes, if an [author](crate::reset::Author) wrote its text.
    #[must_use]
    pub fn sender(&self) -> Option<&Sender> {
        self.authorship.as_ref().map(|authorship| &authorship.sender)
    }

    /// The subject: one line, without a secret. It is empty in a text message.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.rendered.subject()
    }

    /// The body, plain text. No line is longer than [`MessageText::MAX_LINE_BYTES`].
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.rendered.expose_secret()
    }

    /// The body in HTML, if there is one: an alternative to the plain text (`multipart/alternative`),
    /// never in place of it. No line is longer than [`MessageText::MAX_LINE_BYTES`].
    #[must_use]
    pub fn expose_html(&self) -> Option<&str> {
        self.rendered.expose_html()
    }

    /// What the message is for.
    #[must_use]
    pub const fn kind(&self) -> MessageKind {
        self.kind
    }

    /// How it is to be sent: [`Channel::EMAIL`], or [`Channel::SMS`] for a text message.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        self.to.channel()
    }

    /// How many segments a text message has, at most [`Segments::MAX`]; `None` for a mail.
    #[must_use]
    pub fn segments(&self) -> Option<Segments> {
        (self.channel() == Channel::SMS).then(|| Segments::of(self.expose_secret()))
    }

    /// The language of its texts; if an author wrote them, that of the account, or else of the flow.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// What the service calls itself, for the name of the sender.
    #[must_use]
    pub fn site(&self) -> &str {
        &self.site
    }

    /// The tenant that it is sent for, if there is one.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// The `Message-ID` with its angle brackets (RFC 5322, section 3.6.4); of a text message, a name that a
    /// gateway can tell repetitions by. A message that is delivered
    /// again has the same one, so that mail programs can show it once.
    #[must_use]
    pub fn message_id(&self) -> &str {
        &self.id
    }

    /// The headers that a mail must be sent with, besides those of every mail; a text message has none: `Message-ID`,
    /// `Auto-Submitted`, which keeps other programs from answering it (RFC 3834), and `Content-Language`
    /// unless an author wrote the text.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let headers = [
            ("Message-ID", self.message_id()),
            ("Auto-Submitted", "auto-generated"),
            ("Content-Language", self.language.as_str()),
        ];
        let known = if self.authorship.is_none() { 3 } else { 2 };
        let count = if self.channel() == Channel::EMAIL { known } else { 0 };
        headers.into_iter().take(count)
    }

    /// The same message with the text of an author.
    pub(crate) fn with_text(self, rendered: Rendered, authorship: Authorship) -> Self {
        // An author who gives a mail no subject leaves it that of the service.
        let subject =
            if rendered.subject.is_empty() { self.rendered.subject } else { rendered.subject };
        let rendered = Box::new(Rendered { subject, ..rendered });
        Self { rendered, authorship: Some(Box::new(authorship)), ..self }
    }

    fn copies(&self) -> Option<&Copies> {
        self.authorship.as_ref()?.copies.as_ref()
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("to", &self.to)
            .field("kind", &self.kind)
            .field("language", &self.language)
            .finish_non_exhaustive()
    }
}
