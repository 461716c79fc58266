use core::net::IpAddr;
use core::time::Duration;

use repass::account::Contact;

use super::{ConfigurationError, Secret, Section};

/// How messages leave the service.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Delivery {
    /// They are kept in memory and shown.
    Outbox,
    /// Mails go to a relay, and text messages, where there are some, to a webhook.
    Out {
        /// The relay.
        smtp: Box<SmtpSettings>,
        /// The webhook.
        webhook: Option<WebhookSettings>,
    },
}

/// A relay for mails.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    pub(crate) server: Server,
    pub(crate) port: Option<u16>,
    pub(crate) sender: Contact,
    pub(crate) sender_name: Option<String>,
    pub(crate) hello_name: Option<String>,
    pub(crate) credentials: Option<(String, Secret)>,
    pub(crate) connections: Option<u32>,
    pub(crate) timeout: Option<Duration>,
}

/// A relay, and how the connection to it is protected.
#[derive(Clone, Debug)]
pub(crate) enum Server {
    StartTls(String),
    ImplicitTls(String),
    Loopback(IpAddr),
}

/// What takes text messages.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    pub(crate) url: String,
    pub(crate) key: Secret,
    pub(crate) former_key: Option<Secret>,
}

type Read<T> = Result<T, ConfigurationError>;

const HOST: &str = "host = \"smtp.example.org\"";

/// `sends_sms` says whether the configuration has a section for text messages.
pub(super) fn delivery(root: &mut Section, sends_sms: bool) -> Read<Delivery> {
    let outbox = root.flag("outbox")?;
    let smtp = root.section("smtp")?.map(smtp).transpose()?;
    let webhook = root.section("webhook")?.map(webhook).transpose()?;
    match (outbox, smtp) {
        (true, None) if webhook.is_none() => Ok(Delivery::Outbox),
        (true, _) => {
            let reason = "keeps messages in memory, so there must be neither [smtp] nor [webhook]";
            Err(root.error("outbox", reason, "outbox = true"))
        }
        (false, None) => {
            Err(root.error("smtp", "is missing", "[smtp] host = \"smtp.example.org\""))
        }
        (false, Some(_)) if sends_sms != webhook.is_some() => {
            let reason = "is needed where there is [sms], and has no effect without it";
            Err(root.error("webhook", reason, "[webhook] url = \"https://sms.example.org/\""))
        }
        (false, Some(smtp)) => Ok(Delivery::Out { smtp: Box::new(smtp), webhook }),
    }
}

fn smtp(mut section: Section) -> Read<SmtpSettings> {
    let host = section.required_text("host", HOST)?;
    let tls = section.text("tls", "tls = \"starttls\"")?;
    let server = match tls.as_deref() {
        None | Some("starttls") => Server::StartTls(host),
        Some("implicit") => Server::ImplicitTls(host),
        Some("none") => {
            let address = host.parse().ok().filter(IpAddr::is_loopback);
            let reason = "must be a loopback address, since `tls` is \"none\"";
            let wrong = || section.error("host", reason, "host = \"127.0.0.1\"");
            Server::Loopback(address.ok_or_else(wrong)?)
        }
        Some(_) => {
            let reason = "must be \"starttls\", \"implicit\" or \"none\"";
            return Err(section.error("tls", reason, "tls = \"starttls\""));
        }
    };
    let port = section.number("port", 1..=u16::MAX.into())?;
    let sender = "sender = \"service@example.org\"";
    let contact = section.parsed("sender", sender, Contact::email)?;
    let user = section.text("user", "user = \"service\"")?;
    let password = section.secret("password", "password = { file = \"/etc/repass/smtp\" }")?;
    let credentials = match (user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        _ => return Err(section.error("user", "must go with password", "user = \"service\"")),
    };
    let settings = SmtpSettings {
        server,
        port: port.and_then(|port| u16::try_from(port).ok()),
        sender: contact.ok_or_else(|| section.error("sender", "is missing", sender))?,
        sender_name: section.text("sender_name", "sender_name = \"Example\"")?,
        hello_name: section.text("hello_name", "hello_name = \"accounts.example.org\"")?,
        credentials,
        connections: section.number("connections", 1..=64)?,
        timeout: section.seconds("timeout_seconds", 1..=25)?,
    };
    section.end()?;
    Ok(settings)
}

fn webhook(mut section: Section) -> Read<WebhookSettings> {
    let key = "key = { file = \"/etc/repass/webhook\" }";
    let settings = WebhookSettings {
        url: section.required_text("url", "url = \"https://sms.example.org/\"")?,
        key: section.secret("key", key)?.ok_or_else(|| section.error("key", "is missing", key))?,
        former_key: section.secret("former_key", "former_key = { file = \"…\" }")?,
    };
    section.end()?;
    Ok(settings)
}
