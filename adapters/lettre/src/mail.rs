use core::time::Duration;
use std::time::SystemTime;

use lettre::address::{Address, Envelope};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use repass::account::Contact;
use repass::message::Message;
use repass::time::UtcDateTime;

/// A message as it is sent: one sender and one recipient of the envelope, and the text.
pub(crate) struct Mail {
    pub(crate) from: Address,
    pub(crate) to: Address,
    pub(crate) bytes: Vec<u8>,
}

impl Mail {
    /// Writes a message of the service, whose address and name these are; `None` if there is an address in it
    /// that no mail can have.
    pub(crate) fn compose(
        message: &Message,
        address: &Address,
        name: Option<&str>,
        now: UtcDateTime,
    ) -> Option<Self> {
        let sender = message.sender();
        let from = match sender.and_then(|sender| sender.address()) {
            Some(address) => address.parse().ok()?,
            None => address.clone(),
        };
        let name = sender.and_then(|sender| sender.name()).or(name).unwrap_or(message.site());
        let name = Some(name.to_owned()).filter(|name| !name.is_empty());
        let to = mailbox(message.to())?;
        let mut builder = lettre::Message::builder()
            .from(Mailbox::new(name, from.clone()))
            .to(mailbox(message.addressed_to())?)
            .date(moment(now)?)
            .subject(message.subject());
        for contact in message.cc() {
            builder = builder.cc(mailbox(contact)?);
        }
        for (name, value) in message.headers() {
            let name = HeaderName::new_from_ascii(name.to_owned()).ok()?;
            builder = builder.raw_header(HeaderValue::new(name, value.to_owned()));
        }
        let builder =
            builder.envelope(Envelope::new(Some(from.clone()), vec![to.email.clone()]).ok()?);
        let text = message.expose_secret().to_owned();
        let written = match message.expose_html() {
            Some(html) => {
                builder.multipart(MultiPart::alternative_plain_html(text, html.to_owned()))
            }
            None => builder.singlepart(SinglePart::plain(text)),
        };
        Some(Self { from, to: to.email, bytes: written.ok()?.formatted() })
    }
}

fn mailbox(contact: &Contact) -> Option<Mailbox> {
    Some(Mailbox::new(None, contact.as_str().parse().ok()?))
}

fn moment(now: UtcDateTime) -> Option<SystemTime> {
    let seconds = u64::try_from(now.unix_timestamp()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}
