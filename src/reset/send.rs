use time::UtcDateTime;

use super::beginning::Beginning;
use super::delivery::contents_for;
use super::message::SecretMessage;
use super::step::{Asker, Step, operation};
use super::verified::Attempt;
use super::{Administered, Delivery, Flow, Handle, StartError, insert_new, pushing, throttled};
use crate::account::{Account, AccountId, Contact};
use crate::attempt::{AttemptId, Contents, Ground};
use crate::event::Event;
use crate::port::PortFailure;
use crate::queue::QueueEntry;
use crate::secret::Seed;
use crate::throttle::{Once, ThrottleKey};
use crate::token::TokenError;

/// A reset that an operator started: its message is on the way to the owner of the account.
#[derive(Debug)]
#[must_use]
pub struct SentReset {
    handle: Handle,
    attempt: AttemptId,
    account: AccountId,
    operator: AccountId,
}

impl SentReset {
    /// What a code is compared with: for the browser in which the owner enters it. A link needs none.
    #[must_use]
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// The event for the log: `operator_reset_sent`, with account, attempt and operator.
    pub fn event(&self) -> Event {
        let event = Event::new("operator_reset_sent").with_account(self.account.clone());
        event.with_attempt(self.attempt).with_operator(self.operator.clone())
    }
}

impl Flow {
    /// Sends the owner of an account a link, a code or both, with which the owner chooses a password. The
    /// operator learns nothing of it.
    ///
    /// The message goes to the first verified address of the account, or else to its first verified phone
    /// number, or to the field that `delivery` names. Messages of operators have a
    /// budget of their own, of the same size as [`Limits::messages`](super::Limits::messages): what
    /// strangers ask for does not use it up. When the password is set, the operator has to be allowed to
    /// administer the account, still.
    ///
    /// # Errors
    ///
    /// The step ends with a [`StartError`].
    pub fn send_reset<'a>(
        &'a self,
        administered: &'a Administered,
        delivery: Delivery,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'a, Result<SentReset, StartError>> {
        let id = AttemptId::new(seed);
        operation(move |ports| async move {
            administered.check(self, now)?;
            let account = &*administered.account;
            let sms = self.settings.sms.as_deref();
            let to = delivery.recipient_of(account, sms).ok_or(StartError::NoAddress)?;
            let expiries = self.expiries(delivery, now.unix_timestamp());
            let handle = self.handle(id, expiries.1)?;
            let ground = Ground::Operator(administered.operator.clone());
            let contents = contents_for(to, delivery.contents());
            let first = FirstMessage { to, ground, contents, expiries };
            let begun = self.begun_to(id, account, first, now);
            let (attempt, entry) = begun.ok_or_else(|| self.no_key())?;
            let key = ThrottleKey::operator_messages(&self.scope, attempt.row());
            match self.send_first(&ports, &attempt, entry, key, now).await? {
                Sent::Done => {}
                Sent::Throttled { until } => return Err(StartError::Throttled { until }),
                Sent::SmsCap => return Err(StartError::SmsCap),
            }
            let (account, operator) = (account.id().clone(), administered.operator.clone());
            Ok(SentReset { handle, attempt: id, account, operator })
        })
    }

    /// An attempt that is started with a message, and the message.
    pub(super) fn begun_to(
        &self,
        id: AttemptId,
        account: &Account,
        first: FirstMessage<'_>,
        now: UtcDateTime,
    ) -> Option<(Attempt, QueueEntry)> {
        let FirstMessage { to, ground, contents, expiries } = first;
        let contact = self.codes.recipient(self.keyring.signing_id(), to).ok()?;
        let channel = Some(to.channel());
        let beginning = Beginning { ground, contents, channel, contact, expiries };
        let attempt = self.begun(id, account, beginning, now.unix_timestamp())?;
        let entry = self.queue_message(&SecretMessage::new(attempt.row(), account, to, None))?;
        Some((attempt, entry))
    }

    /// Counts the first message of an attempt on `key` and in the caps of text messages, stores the attempt,
    /// and queues the message.
    pub(super) async fn send_first(
        &self,
        ports: &Asker,
        attempt: &Attempt,
        entry: QueueEntry,
        key: ThrottleKey,
        now: UtcDateTime,
    ) -> Result<Sent, PortFailure> {
        let row = attempt.row();
        let (quota, once) = (self.settings.limits.messages.quota(), Once::new(&row.id, row.sends));
        if let Some(until) = throttled(ports, key, quota, Some(once), now).await? {
            return Ok(Sent::Throttled { until });
        }
        let channel = row.channel.as_ref();
        if self.counted_sms(ports, &row.account, channel, once, now).await?.is_some() {
            return Ok(Sent::SmsCap);
        }
        insert_new(ports, attempt).await?;
        pushing(ports, entry).await?;
        Ok(Sent::Done)
    }

    /// Never comes: the key that signs is in the ring.
    pub(super) fn no_key(&self) -> TokenError {
        TokenError::UnknownKey { key_id: self.keyring.signing_id() }
    }
}

/// What is sent to whom, and when link and code of it expire.
pub(super) struct FirstMessage<'a> {
    pub(super) to: &'a Contact,
    pub(super) ground: Ground,
    pub(super) contents: Contents,
    pub(super) expiries: (i64, i64),
}

/// What became of a first message.
pub(super) enum Sent {
    Done,
    Throttled { until: UtcDateTime },
    SmsCap,
}

impl Administered {
    /// Refuses what the flow cannot use at `now`.
    pub(super) fn check(&self, flow: &Flow, now: UtcDateTime) -> Result<(), StartError> {
        if self.is_usable(flow, now) { Ok(()) } else { Err(StartError::Expired) }
    }
}
