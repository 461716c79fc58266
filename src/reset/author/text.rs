use alloc::string::String;
use alloc::vec::Vec;

use super::{AuthorError, TrustedAuthor};
use crate::account::{Channel, Contact};
use crate::bytes::{Reader, put_long_text};
use crate::message::{Authored, AuthoredValues, Rendered, Sender, is_name, is_subject};

/// A text that an author wrote, and from whom it comes; not checked yet.
///
/// `[%first_name%]` and `[%last_name%]` are replaced by the names of the account, and in the text of a request
/// `[%resetpasswd_checkcode%]` by the token. The token must have white space or an end of the text on both
/// sides, or be in angle brackets: as a part of a link it would go to where that leads. Where a name is empty,
/// the spaces before it are removed with it. Any other name between `[%` and `%]` is refused if it consists of
/// `a-z`, `0-9` and `_`, and text otherwise. The text is plain: a mail has no HTML. A text message for which
/// the names are too long is sent without them.
///
/// ```
/// use repass::reset::AuthorText;
///
/// let text = AuthorText::mail("Dear [%first_name%], your password was changed.").subject("Done");
/// # let _ = text;
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct AuthorText<'a> {
    channel: &'static Channel,
    subject: Option<&'a str>,
    text: &'a str,
    sender: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> AuthorText<'a> {
    /// The longest text, in bytes.
    pub const MAX_BYTES: usize = Authored::MAX_BYTES;

    /// A mail. It has the subject of the service, unless it is given one.
    pub const fn mail(text: &'a str) -> Self {
        Self { channel: &Channel::EMAIL, subject: None, text, sender: None, name: None }
    }

    /// A text message of at most [`Segments::MAX`](crate::message::Segments::MAX) segments.
    pub const fn sms(text: &'a str) -> Self {
        Self { channel: &Channel::SMS, ..Self::mail(text) }
    }

    /// Sets the subject of a mail, at most 200 bytes with each brace counted twice; a text message has none,
    /// whatever is set.
    pub fn subject(self, subject: impl Into<Option<&'a str>>) -> Self {
        Self { subject: subject.into(), ..self }
    }

    /// Sets the address, or of a text message the number or name, that it comes from: one that the
    /// [configuration](super::Author) names.
    pub fn sender(self, sender: impl Into<Option<&'a str>>) -> Self {
        Self { sender: sender.into(), ..self }
    }

    /// Sets the name of the sender of a mail; a text message has none, whatever is set.
    pub fn sender_name(self, name: impl Into<Option<&'a str>>) -> Self {
        Self { name: name.into(), ..self }
    }

    pub(super) const fn channel(&self) -> &'static Channel {
        self.channel
    }
}

/// Shows the channel only.
impl core::fmt::Debug for AuthorText<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AuthorText").field("channel", self.channel).finish_non_exhaustive()
    }
}

/// A text of an author that was checked.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::reset) struct Written {
    /// Empty where that of the service is to be used.
    subject: String,
    text: String,
    pub(in crate::reset) sender: Sender,
}

impl Written {
    /// Subject, text, sender and name of the sender; what is absent is empty.
    pub(in crate::reset) fn put(&self, bytes: &mut Vec<u8>) {
        let Sender { address, name } = &self.sender;
        put_long_text(bytes, &self.subject);
        put_long_text(bytes, &self.text);
        put_long_text(bytes, address.as_deref().unwrap_or_default());
        put_long_text(bytes, name.as_deref().unwrap_or_default());
    }

    pub(in crate::reset) fn read(body: &mut Reader<'_>) -> Option<Self> {
        let (subject, text) = (body.long_text()?.into(), body.long_text()?.into());
        let given = |text: &str| Some(text).filter(|text| !text.is_empty()).map(String::from);
        let sender = Sender { address: given(body.long_text()?), name: given(body.long_text()?) };
        Some(Self { subject, text, sender })
    }

    pub(in crate::reset) fn render(
        &self,
        channel: &Channel,
        values: &AuthoredValues<'_>,
    ) -> Option<Rendered> {
        let subject = Some(self.subject.as_str());
        Authored { channel, subject, text: &self.text }.render(values)
    }
}

impl TrustedAuthor<'_> {
    /// `secret` is the longest one that the text has to carry.
    pub(super) fn written(
        &self,
        text: AuthorText<'_>,
        secret: Option<&str>,
    ) -> Result<Written, AuthorError> {
        let AuthorText { channel, subject, text, sender, name } = text;
        let is_mail = *channel == Channel::EMAIL;
        let sms = self.flow.settings.sms.as_ref();
        if !is_mail && !sms.is_some_and(|sms| secret.is_none() || sms.links) {
            return Err(AuthorError::SmsOff);
        }
        let subject = subject.filter(|_| is_mail);
        let text_of = Authored { channel, subject, text };
        if !text_of.check(secret).map_err(AuthorError::Text)? {
            return Err(AuthorError::NoText);
        }
        if subject.is_some_and(|subject| !is_subject(subject)) {
            return Err(AuthorError::Subject);
        }
        let known = if is_mail { &self.author.senders } else { &self.author.sms_senders };
        // As the configuration writes it.
        let known =
            |given: &str| known.iter().find(|known| is_same(known, given, is_mail)).cloned();
        let address = sender.map(|given| known(given).ok_or(AuthorError::Sender)).transpose()?;
        let name = name.filter(|_| is_mail);
        if name.is_some_and(|name| !is_name(name)) {
            return Err(AuthorError::SenderName);
        }
        let sender = Sender { address, name: name.map(String::from) };
        Ok(Written { subject: subject.unwrap_or_default().into(), text: text.into(), sender })
    }
}

/// Whether an author that writes `given` means what the configuration has.
pub(super) fn is_same(known: &str, given: &str, is_mail: bool) -> bool {
    let read = |text: &str| match is_mail {
        true => Contact::email(text).ok(),
        false => Contact::phone(text).ok(),
    };
    let given = given.trim_matches([' ', '\t']);
    match (read(known), read(given)) {
        (Some(known), Some(given)) => known.same_mailbox(&given),
        _ => known == given,
    }
}
