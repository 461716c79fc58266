//! What the messages of a flow have in common: page, name of the service, language and texts.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use data_encoding::HEXLOWER;

use super::flow::Settings;
use super::{Flow, FlowError, SealedError, Sms, SmsError};
use crate::account::{Account, Contact, Login};
use crate::bytes::{Reader, put_long_text, put_short_text};
use crate::code::{CodeOrigin, OriginError};
use crate::key::PartsDigest;
use crate::language::Language;
use crate::message::{
    Link, LongestSms, Message, MessageKind, Messages, NAME_CHARACTERS, ResetLink, Values, plain,
};
use crate::queue::QueueKey;

/// The settings of messages, which each tenant can have its own of.
#[derive(Clone, Debug)]
pub(super) struct Mail {
    pub(super) page: ResetLink,
    pub(super) stop_page: Option<ResetLink>,
    pub(super) site: Arc<str>,
    /// The same, if it does not follow from the page.
    pub(super) given_site: Option<Arc<str>>,
    pub(super) language: Language,
    pub(super) messages: Messages,
    /// The site that codes in text messages are bound to; `None` where none are sent.
    pub(super) origin: Option<CodeOrigin>,
}

/// The settings that were given so far.
#[derive(Clone, Debug)]
pub(super) struct MailDraft {
    pub(super) page: ResetLink,
    pub(super) stop_page: Option<ResetLink>,
    pub(super) site: Option<Arc<str>>,
    pub(super) language: Language,
    pub(super) messages: Option<Messages>,
}

impl MailDraft {
    pub(super) fn new(page: ResetLink) -> Self {
        Self { page, stop_page: None, site: None, language: Language::ENGLISH, messages: None }
    }

    pub(super) fn complete(self, settings: &Settings) -> Result<Mail, FlowError> {
        let Self { page, stop_page, site: given_site, language, messages } = self;
        let site = given_site.clone().unwrap_or_else(|| {
            // A host can be longer than a name.
            page.host().chars().take(NAME_CHARACTERS).collect::<String>().into()
        });
        if site.is_empty() || plain(&site) != *site {
            return Err(FlowError::Site);
        }
        let messages = messages.map_or_else(|| Messages::builder().build(), Ok);
        let messages = messages.map_err(FlowError::Messages)?;
        let sample = page.sample();
        let stop = stop_page.as_ref().map(ResetLink::sample);
        let stop = stop.as_ref().map_or("", Link::expose_secret);
        messages.check_lines(&site, sample.expose_secret(), stop).map_err(FlowError::Messages)?;
        let origin = match &settings.sms {
            Some(sms) => {
                let origin = origin_of(sms, &page)?;
                let (code, last_line) = settings.code_shape.longest(&origin);
                let link = sms.links.then(|| sample.expose_secret());
                let longest = LongestSms { site: &site, link, code: &code, last_line: &last_line };
                messages.check_sms(&longest).map_err(FlowError::Messages)?;
                Some(origin)
            }
            None => None,
        };
        Ok(Mail { page, stop_page, site, given_site, language, messages, origin })
    }
}

/// The site that codes are bound to: the one that was given, or the host of the page.
fn origin_of(sms: &Sms, page: &ResetLink) -> Result<CodeOrigin, FlowError> {
    let given = sms.origin.clone();
    let refused = |error: OriginError| SmsError::Origin { max_bytes: error.max_bytes };
    let origin = given.map_or_else(|| CodeOrigin::new(page.host()), Ok);
    origin.map_err(refused).map_err(FlowError::Sms)
}

/// What a message tells about the account of its reader, as it is shown, and in which language.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Addressee {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) login: String,
    pub(super) language: Option<Language>,
}

impl Addressee {
    pub(super) fn of(account: &Account) -> Self {
        // A user name that would have to be changed to be shown is not shown.
        let login = account.login().map_or("", Login::as_str);
        Self {
            first_name: plain(account.first_name()),
            last_name: plain(account.last_name()),
            login: Some(plain(login)).filter(|shown| shown == login).unwrap_or_default(),
            language: account.language(),
        }
    }

    /// First name, last name, user name, language.
    pub(super) fn put(&self, bytes: &mut Vec<u8>) {
        for text in [&self.first_name, &self.last_name, &self.login] {
            put_long_text(bytes, text);
        }
        put_short_text(bytes, self.language.as_ref().map_or("", Language::as_str));
    }

    pub(super) fn read(body: &mut Reader<'_>) -> Option<Self> {
        let (first_name, last_name) = (body.long_text()?.into(), body.long_text()?.into());
        let login = body.long_text()?.into();
        let language = match body.short_text()? {
            "" => None,
            tag => Some(Language::new(tag).ok().filter(|language| language.as_str() == tag)?),
        };
        Some(Self { first_name, last_name, login, language })
    }

    pub(super) fn names(&self) -> [&str; 2] {
        [&self.first_name, &self.last_name]
    }

    pub(super) fn values(&self) -> Values<'_> {
        Values {
            first_name: &self.first_name,
            last_name: &self.last_name,
            login: Some(self.login.as_str()).filter(|login| !login.is_empty()),
            ..Values::default()
        }
    }
}

impl Flow {
    /// Whether the flow delivers messages to such a contact.
    pub(super) fn delivers_to(&self, contact: &Contact) -> Result<(), SealedError> {
        let delivers = contact.is_mailbox() || self.mail.origin.is_some();
        if delivers { Ok(()) } else { Err(SealedError::SmsOff) }
    }

    /// Whether the flow sends messages to such a contact: to each address, and to numbers in countries that
    /// are allowed.
    pub(super) fn sends_to(&self, contact: &Contact) -> bool {
        contact.is_mailbox() || self.settings.sms.as_ref().is_some_and(|sms| sms.allows(contact))
    }

    /// Renders the message of an entry of the queue; `None` never comes, because there is a text for
    /// each message.
    pub(super) fn compose(
        &self,
        kind: MessageKind,
        key: &QueueKey,
        to: &Contact,
        addressee: &Addressee,
        values: &Values<'_>,
    ) -> Option<Message> {
        let mail = &self.mail;
        let languages = [addressee.language.unwrap_or(mail.language), mail.language];
        let text = mail.messages.find(kind, &to.channel(), languages)?;
        Some(Message {
            to: to.clone(),
            rendered: Box::new(text.render(&Values { site: &mail.site, ..*values })),
            kind,
            language: text.language(),
            id: self.message_id(key),
            site: Arc::clone(&mail.site),
            tenant: self.scope.tenant().map(Arc::from),
            authorship: None,
        })
    }

    /// The same for each delivery of an entry; it tells nothing about attempt and recipient.
    fn message_id(&self, key: &QueueKey) -> String {
        let digest = PartsDigest::new(b"repass/1 message id").part(self.scope_tag.as_bytes());
        let name = digest.part(&key.to_bytes()).finish_short();
        ["<", &HEXLOWER.encode(&name), "@", self.mail.page.host(), ">"].concat()
    }
}
