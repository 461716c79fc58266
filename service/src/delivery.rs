//! Delivers messages in the way of the configuration.

use alloc::sync::Arc;
use core::fmt;

use repass::message::Message;
use repass::port::{Delivered, Notifier, PortError};
use repass::time::UtcDateTime;
use repass_lettre::{Smtp, system_tls};
use repass_tokio::ByChannel;
use repass_webhook::{SignedJson, SigningKey, Webhook};

use crate::configuration::{Delivery, Server, SmtpSettings, WebhookSettings};
use crate::outbox::Outbox;
use crate::start_error::StartError;

/// What delivers messages. Cheap to clone.
#[derive(Clone)]
pub(crate) enum Deliverer {
    Outbox(Outbox),
    /// Text messages are rejected.
    Mails(Arc<Smtp>),
    Both(ByChannel<Arc<Smtp>, Arc<Webhook<SignedJson>>>),
}

impl Deliverer {
    pub(crate) fn new(delivery: &Delivery) -> Result<Self, StartError> {
        match delivery {
            Delivery::Outbox => Ok(Self::Outbox(Outbox::default())),
            Delivery::Out { smtp: mails, webhook: None } => Ok(Self::Mails(Arc::new(smtp(mails)?))),
            Delivery::Out { smtp: mails, webhook: Some(texts) } => {
                let both = ByChannel::new(Arc::new(smtp(mails)?), Arc::new(webhook(texts)?));
                Ok(Self::Both(both))
            }
        }
    }

    /// The messages that were kept, if they are.
    pub(crate) fn outbox(&self) -> Option<Outbox> {
        match self {
            Self::Outbox(outbox) => Some(outbox.clone()),
            Self::Mails(_) | Self::Both(_) => None,
        }
    }
}

impl fmt::Debug for Deliverer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deliverer(..)")
    }
}

impl Notifier for Deliverer {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        match self {
            Self::Outbox(outbox) => outbox.deliver(message, now).await,
            Self::Mails(mails) => mails.deliver(message, now).await,
            Self::Both(both) => both.deliver(message, now).await,
        }
    }
}

fn smtp(settings: &SmtpSettings) -> Result<Smtp, StartError> {
    let wrong = StartError::of("smtp");
    let tls = || system_tls().map_err(StartError::of("smtp.tls"));
    let sender = &settings.sender;
    let smtp = match &settings.server {
        Server::StartTls(host) => Smtp::starttls(host, tls()?, sender),
        Server::ImplicitTls(host) => Smtp::implicit_tls(host, tls()?, sender),
        Server::Loopback(address) => Smtp::unencrypted_on_loopback(*address, sender),
    };
    let mut smtp = smtp.map_err(&wrong)?;
    if let Some(port) = settings.port {
        smtp = smtp.port(port);
    }
    if let Some((user, password)) = &settings.credentials {
        smtp = smtp.credentials(user, password.expose());
    }
    if let Some(name) = &settings.sender_name {
        smtp = smtp.sender_name(name).map_err(&wrong)?;
    }
    if let Some(name) = &settings.hello_name {
        smtp = smtp.hello_name(name).map_err(&wrong)?;
    }
    if let Some(connections) = settings.connections {
        smtp = smtp.connections(usize::try_from(connections).unwrap_or(1));
    }
    if let Some(timeout) = settings.timeout {
        smtp = smtp.timeout(timeout);
    }
    Ok(smtp)
}

fn webhook(settings: &WebhookSettings) -> Result<Webhook<SignedJson>, StartError> {
    let key = |key: &str| SigningKey::from_text(key).map_err(StartError::of("webhook.key"));
    let mut provider = SignedJson::new(key(settings.key.expose())?);
    if let Some(former) = &settings.former_key {
        provider = provider.with_former_key(key(former.expose())?);
    }
    let webhook = if settings.url.starts_with("http://") {
        Webhook::unencrypted_on_loopback(&settings.url, provider)
    } else {
        Webhook::https(&settings.url, provider)
    };
    webhook.map_err(StartError::of("webhook.url"))
}
