use crate::account::{Account, Channel, Contact, FieldName, Lookup, Recipient};
use crate::attempt::Contents;

use super::{FirstPasswords, Flow, Sms};

/// What a request asks for, and where it is to be sent.
///
/// Without a recipient, a message goes to the contact that was asked by, if the flow can send to it, or else
/// to the first verified e-mail address of the account, or else to its first verified phone number.
/// It never goes to a contact that is not verified.
///
/// ```
/// use repass::account::{FieldKind, Fields};
/// use repass::reset::Delivery;
///
/// let fields = Fields::new([("AlternateEmail", FieldKind::Email)])?;
/// let delivery = Delivery::LINK.to(fields.recipient("AlternateEmail")?);
/// # let _ = delivery;
/// # Ok::<(), repass::account::FieldError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    contents: Contents,
    recipient: Option<Recipient>,
}

impl Delivery {
    /// A link. By text message it is sent only where [`Sms::links`] says so.
    pub const LINK: Self = Self { contents: Contents::Link, recipient: None };
    /// A code; it is valid only together with the handle.
    pub const CODE: Self = Self { contents: Contents::Code, recipient: None };
    /// A link and a code in one mail, of which either is enough. A commit by either ends both, and wrong
    /// codes exhaust the code alone. A text message has only the code.
    pub const LINK_AND_CODE: Self = Self { contents: Contents::LinkAndCode, recipient: None };

    /// Sends it to the contact that is the value of this field in the account; if the account has no
    /// verified contact in it, nothing is sent.
    #[must_use]
    pub fn to(self, recipient: Recipient) -> Self {
        Self { recipient: Some(recipient), ..self }
    }

    pub(super) const fn contents(&self) -> Contents {
        self.contents
    }

    /// The contact that a message goes to which its reader did not ask for: that of the field, or the first
    /// verified one that takes it.
    pub(super) fn recipient_of<'a>(
        &self,
        account: &'a Account,
        sms: Option<&Sms>,
    ) -> Option<&'a Contact> {
        let takes = |contact: &&Contact| takes(self.contents, sms, contact);
        match &self.recipient {
            Some(recipient) => account.recipient_in(recipient.field()).filter(takes),
            None => account.verified().find(takes),
        }
    }

    /// The name of the field in the format of a request; empty for the default.
    pub(super) fn field(&self) -> &str {
        self.recipient.as_ref().map_or("", |recipient| recipient.field().as_str())
    }

    /// As a format has it; `None` for contents that no request has.
    pub(super) fn read(field: &str, contents: u8) -> Option<Self> {
        let delivery = match contents {
            1 => Self::LINK,
            2 => Self::CODE,
            3 => Self::LINK_AND_CODE,
            _ => return None,
        };
        match field {
            "" => Some(delivery),
            name => Some(delivery.to(Recipient::read(name)?)),
        }
    }
}

/// What a flow can send to whom, for one request.
#[derive(Clone, Copy)]
pub(super) struct Reach<'a> {
    pub(super) lookup: &'a Lookup,
    pub(super) contents: Contents,
    pub(super) field: Option<&'a FieldName>,
    /// The only channel by which it is sent; `None` for any.
    channel: Option<&'a Channel>,
    pub(super) sms: Option<&'a Sms>,
    pub(super) first_passwords: FirstPasswords,
}

impl Flow {
    pub(super) fn reach<'a>(&'a self, lookup: &'a Lookup, delivery: &'a Delivery) -> Reach<'a> {
        Reach {
            lookup,
            contents: delivery.contents,
            field: delivery.recipient.as_ref().map(Recipient::field),
            channel: None,
            sms: self.settings.sms.as_deref(),
            first_passwords: self.settings.first_passwords,
        }
    }
}

impl<'a> Reach<'a> {
    pub(super) fn only_by(self, channel: Option<&'a Channel>) -> Self {
        Self { channel, ..self }
    }

    /// Whether the account has the contact that was asked by, and it is verified; or, where the person
    /// asked by something else, any verified contact.
    pub(super) fn is_proven(&self, account: &Account) -> bool {
        match self.lookup.contact() {
            Some(_) => self.lookup.proven(account).is_some(),
            None => account.verified().next().is_some(),
        }
    }

    /// The one contact that a secret may go to, as the account writes it.
    pub(super) fn recipient<'b>(&self, account: &'b Account) -> Option<&'b Contact> {
        if !self.is_proven(account) {
            return None;
        }
        match self.field {
            Some(field) => account.recipient_in(field).filter(|contact| self.takes(contact)),
            None => {
                let asked = self.lookup.proven(account).filter(|contact| self.takes(contact));
                asked.or_else(|| account.verified().find(|contact| self.takes(contact)))
            }
        }
    }

    /// The contact that was asked by, for a notice about the accounts that share it.
    pub(super) fn shared<'b>(&self, account: &'b Account) -> Option<&'b Contact> {
        self.lookup.proven(account).filter(|contact| self.reaches(contact))
    }

    /// Whether a link goes to this contact, whatever was asked for.
    pub(super) fn takes_link(&self, contact: &Contact) -> bool {
        takes(Contents::Link, self.sms, contact)
    }

    fn reaches(&self, contact: &Contact) -> bool {
        reaches(self.sms, contact)
    }

    fn takes(&self, contact: &Contact) -> bool {
        let is_asked = self.channel.is_none_or(|channel| *channel == contact.channel());
        is_asked && takes(self.contents, self.sms, contact)
    }
}

fn reaches(sms: Option<&Sms>, contact: &Contact) -> bool {
    contact.is_mailbox() || sms.is_some_and(|sms| sms.allows(contact))
}

fn takes(contents: Contents, sms: Option<&Sms>, contact: &Contact) -> bool {
    let fits = || contents.has_code() || sms.is_some_and(|sms| sms.links);
    reaches(sms, contact) && (contact.is_mailbox() || fits())
}

/// What a message to this contact has of what was asked for: a text message has either, and a code is
/// the shorter one.
pub(super) const fn contents_for(to: &Contact, asked: Contents) -> Contents {
    match asked {
        Contents::LinkAndCode if !to.is_mailbox() => Contents::Code,
        asked => asked,
    }
}
