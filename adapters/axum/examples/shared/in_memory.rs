//! What the examples with sessions have in common: the ports in memory, one account, and printed messages.

use std::error::Error;
use std::time::Duration;

use repass::account::{Account, AccountId, Contact, Email, Login};
use repass::hash::Hasher;
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue};
use repass::message::{LinkForm, Message, ResetLink};
use repass::port::{Delivered, Notifier, PortError, PortSet};
use repass::recovery::Recovery;
use repass::reset::Flow;
use repass::secret::Password;
use repass::time::UtcDateTime;
use repass_tokio::HashPool;

/// The ports in memory, but for what delivers messages.
pub(crate) type Ports<N> = PortSet<MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, N>;

/// Prints messages: a real service sends them, and never shows them.
pub(crate) struct Printed;

impl Notifier for Printed {
    async fn deliver(&self, message: &Message, _now: UtcDateTime) -> Result<Delivered, PortError> {
        println!("To: {}\n{}", message.to(), message.expose_secret());
        Ok(Delivered::Taken)
    }
}

/// A recovery with one account, `ada`, whose password is `the lost one`.
pub(crate) async fn recovery<N: Notifier + 'static>(
    origin: &str,
    notifier: N,
) -> Result<(Recovery<Ports<N>>, HashPool), Box<dyn Error>> {
    let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
    let page = ResetLink::new(&format!("{origin}/reset"), LinkForm::Query)?;
    let not_me = ResetLink::new(&format!("{origin}/not-me"), LinkForm::Query)?;
    let flow = Flow::builder(keyring, page).stop_page(not_me).build()?;
    let hashing = HashPool::new(Hasher::default(), Duration::from_secs(5));
    let ada = Account::new(AccountId::new("42")?)
        .with_login(Login::new("ada")?)
        .with_email(Email::verified(Contact::email("ada@example.org")?))
        .with_password(hashing.hash(Password::new("the lost one")?).await?);
    let accounts = MemoryAccounts::new([ada]);
    let (attempts, counters, queue) = Default::default();
    let ports = PortSet { accounts, attempts, counters, queue, notifier };
    Ok((Recovery::new(flow, ports), hashing))
}
