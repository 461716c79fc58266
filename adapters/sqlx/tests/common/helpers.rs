//! What the tests of every database share: a flow, an account, and a notifier that writes into a file.

use core::error::Error;
use std::path::Path;

use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{Delivered, Notifier, PortError, PortSet, Ports};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow};
use repass::secret::{Password, Salt, Seed};
use repass::time::UtcDateTime;
use repass_sqlx::repass_sql::{Driver, SimpleAccounts, Store};

use super::{Db, open};

pub(crate) type Failure = Box<dyn Error + Send + Sync>;
pub(crate) type Result<T = ()> = core::result::Result<T, Failure>;
pub(crate) type FilePorts = FilePortsOf<Db>;
pub(crate) type FilePortsOf<D> =
    PortSet<SimpleAccounts<D>, Store<D>, Store<D>, Store<D>, FileNotifier>;

pub(crate) const OLD: &str = "the lost one";

/// The moment at which a test begins, and later ones.
pub(crate) fn at(seconds: i64) -> Result<UtcDateTime> {
    Ok(UtcDateTime::from_unix_timestamp(1_700_000_000_i64.saturating_add(seconds))?)
}

/// Appends messages to a file, which another process can read.
#[derive(Debug)]
pub(crate) struct FileNotifier(std::path::PathBuf);

impl Notifier for FileNotifier {
    async fn deliver(
        &self,
        message: &repass::message::Message,
        _now: UtcDateTime,
    ) -> core::result::Result<Delivered, PortError> {
        append(&self.0, &format!("To: {}\n{}\n", message.to(), message.expose_secret()))?;
        Ok(Delivered::Taken)
    }
}

pub(crate) fn append(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

pub(crate) fn hasher() -> Result<Hasher> {
    Ok(Hasher::new(Cost::new(64, 1, 1)?))
}

pub(crate) fn policy() -> Result<Policy> {
    Ok(Policy::builder().min_length(12).build()?)
}

pub(crate) fn flow() -> Result<Flow> {
    Ok(flow_builder()?.build()?)
}

pub(crate) fn flow_builder() -> Result<repass::reset::FlowBuilder> {
    let key = Key::from_base64("ihwOW9HydkqeA8e4XS9ukQtNg6b3wl4Z0DSrbH+Y4hU")?;
    let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    Ok(Flow::builder(Keyring::new(KeyId::new(1), key), page))
}

pub(crate) fn ports<D: Driver + Clone>(store: &Store<D>, folder: &Path) -> FilePortsOf<D> {
    PortSet {
        accounts: store.accounts(),
        attempts: store.clone(),
        counters: store.clone(),
        queue: store.clone(),
        notifier: FileNotifier(folder.join("messages")),
    }
}

pub(crate) async fn recovery(folder: &Path) -> Result<Recovery<FilePorts>> {
    Ok(Recovery::new(flow()?, ports(&open(folder).await?, folder)))
}

pub(crate) fn ada() -> Result<Account> {
    let old = hasher()?.hash(&Password::new(OLD)?, Salt::generate(&mut SysRng)?)?;
    Ok(Account::new(AccountId::new("42")?)
        .with_names("Ada", "Lovelace")
        .with_email(Email::verified(Contact::email("ada@example.org")?))
        .with_password(old))
}

pub(crate) fn seed() -> Result<Seed> {
    Ok(Seed::generate(&mut SysRng)?)
}

pub(crate) async fn ask<P: Ports>(recovery: &Recovery<P>, now: UtcDateTime) -> Result {
    let lookup = Lookup::email("ada@example.org")?;
    let _handle = recovery.request(lookup, Delivery::LINK, None, seed()?, now).await?;
    Ok(())
}

pub(crate) async fn drain<P: Ports>(recovery: &Recovery<P>, now: UtcDateTime) -> Result {
    while !recovery.work(ClaimToken::new(seed()?), 10, now).await?.is_empty() {}
    Ok(())
}

/// The token of the newest link in the messages.
pub(crate) fn token(folder: &Path) -> Option<String> {
    let messages = read(&folder.join("messages"));
    let (_, rest) = messages.rsplit_once("?token=")?;
    rest.lines().next().map(str::to_owned)
}

/// All rounds of a long test if `REPASS_CI` is `full`, and a tenth of them otherwise.
pub(crate) fn rounds(all: i64) -> i64 {
    if is_full() { all } else { all / 10 }
}

/// Whether long tests are run as well.
pub(crate) fn is_full() -> bool {
    std::env::var_os("REPASS_CI").is_some_and(|tier| tier == "full")
}
