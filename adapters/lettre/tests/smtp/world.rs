//! Messages as the core makes them.

use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::key::{Key, KeyId, Keyring};
use repass::language::Language;
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, Message, MessageKind, MessageText, Messages, ResetLink};
use repass::port::{Delivered, Notifier, PortError};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow};
use repass::secret::Seed;
use repass::time::UtcDateTime;
use repass_lettre::{Smtp, SmtpError};

use crate::server::Server;

/// 2023-11-14T22:13:20Z.
pub(crate) fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_700_000_000 + seconds).unwrap()
}

pub(crate) fn seed() -> Seed {
    Seed::generate(&mut SysRng).unwrap()
}

pub(crate) fn keyring() -> Keyring {
    Keyring::new(KeyId::new(1), Key::generate(&mut SysRng).unwrap())
}

pub(crate) fn page() -> ResetLink {
    ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap()
}

pub(crate) fn service_address() -> Contact {
    Contact::email("service@example.org").unwrap()
}

/// A message to this address with such texts.
pub(crate) async fn written(
    to: &str,
    first_name: &str,
    site: &str,
    subject: &str,
    text: &str,
    html: Option<&str>,
) -> Message {
    let texts = MessageText::new(subject, text);
    let texts = html.map_or(texts, |html| texts.with_html(html));
    let english = Language::new("en").unwrap();
    let messages = Messages::builder().email(MessageKind::Link, english, texts).build().unwrap();
    let flow = Flow::builder(keyring(), page()).messages(messages).site(site).build().unwrap();
    let account = Account::new(AccountId::new("1").unwrap())
        .with_names(first_name, "")
        .with_email(Email::verified(Contact::email(to).unwrap()))
        .with_password(repass::secret::PasswordHash::from_stored("x").unwrap());
    let recovery = Recovery::new(flow, MemoryPorts::new([account]));
    let lookup = Lookup::email(to).unwrap();
    let _handle = recovery.request(lookup, Delivery::LINK, None, seed(), at(0)).await.unwrap();
    while !recovery.work(ClaimToken::new(seed()), 8, at(1)).await.unwrap().is_empty() {}
    recovery.ports().outbox().take().unwrap()
}

pub(crate) async fn message() -> Message {
    let text = "Hello {first_name},\n\n{link}\n";
    written("ada@example.org", "Ada", "Example", "New password", text, None).await
}

/// A notifier to this server, without TLS.
pub(crate) fn to(server: &Server) -> Smtp {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let smtp = Smtp::unencrypted_on_loopback(loopback, &service_address()).unwrap();
    smtp.port(server.port).timeout(Duration::from_secs(10))
}

pub(crate) async fn deliver(smtp: &Smtp) -> Result<Delivered, PortError> {
    smtp.deliver(&message().await, at(1)).await
}

/// The error of a delivery that failed.
pub(crate) fn error(result: Result<Delivered, PortError>) -> String {
    let error = result.unwrap_err();
    let known = error.source().downcast_ref::<SmtpError>().unwrap();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("ada@") && !shown.contains("secret"), "{shown}");
    format!("{} {known}", known.code())
}
