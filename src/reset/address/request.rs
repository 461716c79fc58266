use time::UtcDateTime;

use super::AddressRequestError;
use super::pair::{Pair, verified_addresses};
use crate::account::{Account, AccountId, Channel, Contact, Lookup};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground};
use crate::clock::{moment, seconds};
use crate::event::Event;
use crate::reset::beginning::Beginning;
use crate::reset::message::SecretMessage;
use crate::reset::step::{Asker, Step, operation};
use crate::reset::verified::Attempt;
use crate::reset::{Flow, account_of, insert_new, pushing, throttled};
use crate::secret::Seed;
use crate::throttle::{Once, Pool, ThrottleKey};
use crate::token::TokenError;

/// A link that is on its way to an address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct AddressRequested {
    account: AccountId,
    attempt: AttemptId,
    expires_at: UtcDateTime,
}

impl AddressRequested {
    /// The first moment at which the link is no longer valid.
    #[must_use]
    pub const fn expires_at(&self) -> UtcDateTime {
        self.expires_at
    }

    /// The event for the log: `address_requested`, with account and attempt.
    pub fn event(&self) -> Event {
        let event = Event::new("address_requested").with_account(self.account.clone());
        event.with_attempt(self.attempt)
    }
}

impl Flow {
    /// Sends a link to an unverified e-mail address of an account. Opened by its reader and
    /// [committed](Self::commit_address), it verifies the address, which then takes the place of
    /// `replaces`, if there is one to be replaced.
    ///
    /// Build a flow for this with the purpose [`VERIFICATION`](crate::scope::Purpose::VERIFICATION) or
    /// [`EMAIL_CHANGE`](crate::scope::Purpose::EMAIL_CHANGE), whose page is the one that the link leads
    /// to. The service stores the new address as an unverified address of the account first, and until it
    /// is verified keeps the old one. The caller has authenticated the person who asks, and for a change
    /// has asked for the password or a second factor once more.
    ///
    /// The link is valid for the two addresses together, once, and for the life of links of the flow. It
    /// ends when the password, a verified contact or the version of the account changes: of two
    /// addresses that are verified one after the other, the second needs a new link. An account and an
    /// address get as many of these messages as a mailbox gets within the period of
    /// [`Limits::messages`](crate::reset::Limits::messages). The message has no name and nothing else of
    /// the account, because a stranger may read it.
    ///
    /// # Errors
    ///
    /// The step ends with an [`AddressRequestError`].
    ///
    #[cfg_attr(feature = "memory", doc = "```")]
    #[cfg_attr(not(feature = "memory"), doc = "```ignore")]
    /// # pollster::block_on(async {
    /// # use repass::account::{Account, AccountId, Contact, Email};
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::memory::MemoryPorts;
    /// # use repass::message::{LinkForm, ResetLink};
    /// # use repass::queue::ClaimToken;
    /// # use repass::secret::Seed;
    /// # use repass::time::UtcDateTime;
    /// use repass::recovery::Recovery;
    /// use repass::reset::Flow;
    /// use repass::scope::{Purpose, Scope};
    ///
    /// # let mut rng = repass::SysRng;
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
    /// # let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    /// let old = Contact::email("ada@example.org")?;
    /// let new = Contact::email("ada@example.net")?;
    /// let ada = Account::new(AccountId::new("42")?)
    ///     .with_email(Email::verified(old.clone()))
    ///     .with_email(Email::unverified(new.clone()));
    /// let page = ResetLink::new("https://example.org/verify", LinkForm::Query)?;
    /// let flow = Flow::builder(keyring, page).scope(Scope::new(Purpose::EMAIL_CHANGE)).build()?;
    /// let recovery = Recovery::new(flow, MemoryPorts::new([ada]));
    ///
    /// let (id, seed) = (AccountId::new("42")?, Seed::generate(&mut rng)?);
    /// let _sent = recovery.verify_address(id, new, Some(old), seed, now).await?;
    /// # let worker = ClaimToken::new(Seed::generate(&mut rng)?);
    /// # while !recovery.work(worker, 10, now).await?.is_empty() {}
    /// let message = recovery.ports().outbox().take().ok_or("no message")?;
    /// let link = message.expose_secret().split("?token=").nth(1).ok_or("no link")?;
    /// let token = link.lines().next().ok_or("no token")?;
    ///
    /// // GET: the page shows the address. POST: its button.
    /// let admitted = recovery.admit_address(token, None, now).await?;
    /// assert_eq!(admitted.address().as_str(), "ada@example.net");
    /// let _verified = recovery.commit_address(admitted, now).await?;
    /// # while !recovery.work(worker, 10, now).await?.is_empty() {}
    /// let notice = recovery.ports().outbox().take().ok_or("no notice")?;
    /// assert_eq!(notice.to().as_str(), "ada@example.org");
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    pub fn verify_address(
        &self,
        id: AccountId,
        address: Contact,
        replaces: Option<Contact>,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'_, Result<AddressRequested, AddressRequestError>> {
        let attempt = AttemptId::new(seed);
        operation(move |ports| async move {
            let account = self.who_asks(&ports, &id).await?;
            let pair = Pair { address: &address, replaces: replaces.as_ref() };
            let row = self.address_row(attempt, &account, &pair, now);
            let row = row.ok_or_else(no_clock)?;
            let Some(pair) = self.pending_pair(row.row(), &account) else {
                let is_old =
                    |old: &Contact| verified_addresses(&account).any(|one| one.same_mailbox(old));
                return Err(if replaces.as_ref().is_none_or(is_old) {
                    AddressRequestError::NotPending
                } else {
                    AddressRequestError::NotVerified
                });
            };
            self.count_address(&ports, row.row(), pair.address, now).await?;
            insert_new(&ports, &row).await?;
            let message = SecretMessage::to_stranger(row.row(), &account, pair.address);
            let entry = self.queue_message(&message).ok_or_else(no_clock)?;
            pushing(&ports, entry).await?;
            let expires_at = moment(row.row().link_expires_at);
            Ok(AddressRequested { account: id, attempt, expires_at })
        })
    }

    async fn who_asks(
        &self,
        ports: &Asker,
        id: &AccountId,
    ) -> Result<Account, AddressRequestError> {
        let account = account_of(ports, id).await?.ok_or(AddressRequestError::AccountGone)?;
        if !account.is_enabled() {
            Err(AddressRequestError::AccountDisabled)
        } else if account.requires_recovery() {
            Err(AddressRequestError::RecoveryRequired)
        } else {
            Ok(account)
        }
    }

    /// An account cannot send to many addresses, and many accounts cannot send to one.
    async fn count_address(
        &self,
        ports: &Asker,
        row: &AttemptRow,
        to: &Contact,
        now: UtcDateTime,
    ) -> Result<(), AddressRequestError> {
        let quota = self.settings.limits.messages.quota();
        let mailbox = Lookup::Email(to.clone());
        let mailbox = ThrottleKey::typed(&self.keyring, &self.scope, "messages", &mailbox);
        let keys = [
            ThrottleKey::account(&self.scope, "addresses", &row.account),
            mailbox.in_pool(Pool::Messages),
        ];
        for key in keys {
            let once = Once::new(&row.id, row.sends);
            if let Some(until) = throttled(ports, key, quota, Some(once), now).await? {
                return Err(AddressRequestError::Throttled { until });
            }
        }
        Ok(())
    }

    /// `None` for a moment that no row can have.
    fn address_row(
        &self,
        id: AttemptId,
        account: &Account,
        pair: &Pair<'_>,
        now: UtcDateTime,
    ) -> Option<Attempt> {
        let (key_id, now) = (self.keyring.signing_id(), now.unix_timestamp());
        let end = now.saturating_add(seconds(self.settings.link_life));
        UtcDateTime::from_unix_timestamp(end).ok().filter(|_| end >= 0)?;
        let beginning = Beginning {
            ground: Ground::Address,
            contents: Contents::Link,
            channel: Some(Channel::EMAIL),
            contact: *self.pair_tag(key_id, account.id(), pair)?.bytes(),
            expiries: (end, end),
        };
        self.begun(id, account, beginning, now)
    }
}

const fn no_clock() -> AddressRequestError {
    AddressRequestError::Clock(TokenError::Expiry)
}
