//! The message once more, for a person who is signed in.

mod error;

pub use self::error::ResendToError;

use time::UtcDateTime;

use super::delivery::Reach;
use super::flow::LEASE;
use super::found::{Found, Outcome, found};
use super::request::Request;
use super::resend::{Resend, Resent, next_send, pause_until};
use super::step::{Asker, Step, operation};
use super::verified::Attempt;
use super::{Delivery, Flow, account_of, throttled};
use crate::account::{Account, AccountId, Contact, ExpectedAccount, Lookup};
use crate::attempt::{Ground, Stage};
use crate::clock::moment;
use crate::port::PortFailure;
use crate::secret::Seed;
use crate::throttle::ThrottleKey;
use crate::token::TokenError;

impl Flow {
    /// Sends the link again to a person who is signed in: of the newest attempt that is live, or of a new
    /// one if none is. Links live as long as those of a [request](Self::request), and a link that is sent
    /// again ends when it was to end.
    ///
    /// The host has verified who the person is: `id` is the account of the session or access token. What
    /// the person asks by (`lookup`), and everything else that names an account, such as the address in
    /// the access token (`expected`), must name this account. The message goes where a request by `lookup` would
    /// send it.
    ///
    /// The result is the first moment at which the message can be asked for once more. A person can call
    /// this as often as [`Limits::requests_of_identifier`] says; the pause of [`resend`](Self::resend) and
    /// the limit of messages apply.
    ///
    /// [`Limits::requests_of_identifier`]: super::Limits::requests_of_identifier
    ///
    #[cfg_attr(feature = "memory", doc = "```")]
    #[cfg_attr(not(feature = "memory"), doc = "```ignore")]
    /// # pollster::block_on(async {
    /// # use repass::account::{AccountId, ExpectedAccount, Lookup};
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::message::{LinkForm, ResetLink};
    /// # use repass::recovery::Recovery;
    /// # use repass::reset::{Flow, ResendToError};
    /// # use repass::secret::Seed;
    /// # let mut rng = repass::SysRng;
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut rng)?);
    /// # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// # let flow = Flow::builder(keyring, page).build()?;
    /// # let recovery = Recovery::new(flow, repass::memory::MemoryPorts::new([]));
    /// # let now = repass::time::UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    /// // Out of the access token, which the host has verified, and out of the body.
    /// let id = AccountId::new("42")?;
    /// let expected = [ExpectedAccount::Lookup(Lookup::email("ada@example.org")?)];
    /// let lookup = Lookup::email("ada@example.org")?;
    /// let seed = Seed::generate(&mut rng)?;
    /// let sent = recovery.resend_to(id, lookup, &expected, seed, now).await;
    /// assert!(matches!(sent, Err(ResendToError::OtherAccount))); // nobody has this id
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The step ends with a [`ResendToError`]. Unlike other answers, it may be precise: the person is known.
    pub fn resend_to<'a>(
        &'a self,
        id: AccountId,
        lookup: Lookup,
        expected: &'a [ExpectedAccount],
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'a, Result<UtcDateTime, ResendToError>> {
        let made = self.new_request(lookup, Delivery::LINK, seed, now);
        operation(move |ports| async move {
            let (request, _) = made.map_err(ResendToError::Clock)?;
            let key = ThrottleKey::account(&self.scope, "resends to an account", &id);
            let quota = self.settings.limits.requests_of_identifier.quota();
            if let Some(until) = throttled(&ports, key, quota, None, now).await? {
                return Err(ResendToError::Throttled { until });
            }
            let account = account_of(&ports, &id).await?.filter(|account| {
                let named = expected.iter().all(|expected| expected.holds(account));
                request.lookup.names(account) && named
            });
            let account = account.ok_or(ResendToError::OtherAccount)?;
            let reach = self.reach(&request.lookup, &request.delivery);
            let live = self.newest_live(&ports, &account, &reach, now).await?;
            let found = found(&reach, alloc::vec![account]);
            if found.target.is_none() {
                return Err(ResendToError::NotSent(found.outcome));
            }
            match live {
                Some(attempt) => self.resend_live(&ports, attempt, now).await,
                None => self.start_to(&ports, &request, found, now).await,
            }
        })
    }

    /// The newest attempt whose link can be sent again to where a request would send it.
    async fn newest_live(
        &self,
        ports: &Asker,
        account: &Account,
        reach: &Reach<'_>,
        now: UtcDateTime,
    ) -> Result<Option<Attempt>, PortFailure> {
        let attempts = self.sealed_attempts(ports, account.id()).await?;
        let live = attempts.into_iter().filter(|attempt| {
            let row = attempt.row();
            let recipient = self.resend_target(row, account.clone());
            // A person who asks by something else than a contact asks for any of them.
            let asked = |to: &Contact| match reach.lookup.contact() {
                Some(_) => {
                    reach.recipient(account).is_some_and(|own| own.canonical() == to.canonical())
                }
                None => true,
            };
            row.stage() == Stage::Live
                && matches!(row.ground, Ground::Reset | Ground::FirstPassword)
                && row.contents.has_link()
                && now.unix_timestamp() < row.code_expires_at
                && recipient.is_some_and(|(_, to)| asked(&to))
        });
        Ok(live.max_by_key(|attempt| (attempt.row().created_at, attempt.row().id)))
    }

    async fn resend_live(
        &self,
        ports: &Asker,
        attempt: Attempt,
        now: UtcDateTime,
    ) -> Result<UtcDateTime, ResendToError> {
        let row = attempt.row();
        let end = moment(row.code_expires_at);
        if let Some(until) = pause_until(row, now) {
            return Err(ResendToError::Throttled { until });
        }
        let resend = Resend::of(row, now);
        match self.resent(ports, attempt, &resend, now).await? {
            Resent::Ran { outcome: Outcome::Resent, .. } => {
                Ok(next_send(resend.number(), now).min(end))
            }
            Resent::Ran { outcome: Outcome::TooManySends, until: Some(until), .. } => {
                Err(ResendToError::Throttled { until })
            }
            Resent::Ran { outcome, .. } => Err(ResendToError::NotSent(outcome)),
            Resent::Waits => {
                let until = moment(now.unix_timestamp().saturating_add(LEASE));
                Err(ResendToError::Throttled { until })
            }
        }
    }

    async fn start_to(
        &self,
        ports: &Asker,
        request: &Request,
        found: Found,
        now: UtcDateTime,
    ) -> Result<UtcDateTime, ResendToError> {
        let key_id = request.key_id;
        let gone = || ResendToError::Clock(TokenError::UnknownKey { key_id });
        let row = self.first_row(request, &found).ok_or_else(gone)?;
        let (outcome, until) = self.start(ports, row, found, None, now).await?;
        match outcome {
            Outcome::Sent | Outcome::FirstPasswordSent => {
                Ok(next_send(1, now).min(moment(request.code_expires_at)))
            }
            Outcome::TooManySends => Err(ResendToError::Throttled { until }),
            outcome => Err(ResendToError::NotSent(outcome)),
        }
    }
}
