//! Text messages as the core makes them.

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup, Phone};
use repass::key::{Key, KeyId, Keyring};
use repass::memory::MemoryPorts;
use repass::message::{LinkForm, Message, ResetLink};
use repass::port::{Delivered, Notifier, PortError};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Sms};
use repass::secret::{PasswordHash, Seed};
use repass::time::UtcDateTime;
use repass_webhook::{SignedJson, SigningKey, SmsProvider, Webhook, WebhookError};

use crate::server::Server;

/// `whsec_` and the base64 of the bytes from 0 to 31.
pub(crate) const KEY: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

pub(crate) fn key() -> SigningKey {
    SigningKey::from_text(KEY).unwrap()
}

/// 2023-11-14T22:13:20Z.
pub(crate) fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(1_700_000_000 + seconds).unwrap()
}

pub(crate) fn seed() -> Seed {
    Seed::generate(&mut SysRng).unwrap()
}

pub(crate) fn flow() -> Flow {
    let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut SysRng).unwrap());
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query).unwrap();
    Flow::builder(keyring, page).sms(Sms::to(["+49"])).site("Größe").build().unwrap()
}

pub(crate) fn ada() -> Account {
    Account::new(AccountId::new("1").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_phone(Phone::verified(Contact::phone("+49 170 1234567").unwrap()))
        .with_password(PasswordHash::from_stored("x").unwrap())
}

pub(crate) fn phone() -> Lookup {
    Lookup::phone("+491701234567").unwrap()
}

pub(crate) async fn message_to(lookup: Lookup) -> Message {
    let recovery = Recovery::new(flow(), MemoryPorts::new([ada()]));
    let _handle = recovery.request(lookup, Delivery::CODE, None, seed(), at(0)).await.unwrap();
    while !recovery.work(ClaimToken::new(seed()), 8, at(1)).await.unwrap().is_empty() {}
    recovery.ports().outbox().take().unwrap()
}

pub(crate) async fn message() -> Message {
    message_to(phone()).await
}

pub(crate) fn to(server: &Server) -> Webhook<SignedJson> {
    Webhook::unencrypted_on_loopback(&server.url(), SignedJson::new(key())).unwrap()
}

pub(crate) async fn deliver<P: SmsProvider>(webhook: &Webhook<P>) -> Result<Delivered, PortError> {
    webhook.deliver(&message().await, at(1)).await
}

pub(crate) fn error(result: Result<Delivered, PortError>) -> WebhookError {
    let error = result.unwrap_err();
    let known = error.source().downcast_ref::<WebhookError>().unwrap();
    *known
}
