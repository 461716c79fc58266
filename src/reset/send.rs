use time::UtcDateTime;

use super::delivery::contents_for;
use super::flow::TICKET_LIFE;
use super::message::SecretMessage;
use super::step::{Step, operation};
use super::{
    Administered, Delivery, Flow, Handle, StartError, WrongAnswer, counting, insert_own, pushing,
};
use crate::account::{Account, AccountId, Contact};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground, Progress};
use crate::clock::{CLOCKS, seconds};
use crate::event::Event;
use crate::port::{Port, PortFailure};
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
            let ground = Ground::Operator(administered.operator.clone());
            let expiries = self.expiries(delivery, now.unix_timestamp());
            let handle = self.handle(id, expiries.1)?;
            let contents = contents_for(to, delivery.contents());
            let sent = Sent { to: Some(to), contents, expiries };
            let row = self.started_row(id, ground, account, &sent, now)?;
            let key = ThrottleKey::operator_messages(&self.scope, &row);
            let (quota, once) = (self.settings.limits.messages.quota(), Once::new(&id, row.sends));
            let counted = counting(&ports, key, quota, Some(once), now).await?;
            if counted.left().is_none() {
                return Err(StartError::Throttled { until: counted.ends_at() });
            }
            let channel = row.channel.as_ref();
            if self.counted_sms(&ports, account.id(), channel, once, now).await?.is_some() {
                return Err(StartError::SmsCap);
            }
            let entry = self.queue_message(&SecretMessage::new(&row, account, to, None));
            let entry = entry.ok_or_else(|| self.no_key())?;
            let attempt = self.sealed(row).ok_or_else(|| self.no_key())?;
            if !insert_own(&ports, attempt.shared()).await? {
                return Err(seed_was_used().into());
            }
            pushing(&ports, entry).await?;
            let (account, operator) = (account.id().clone(), administered.operator.clone());
            Ok(SentReset { handle, attempt: id, account, operator })
        })
    }

    /// The row of an attempt that is started without a request, not sealed yet.
    pub(super) fn started_row(
        &self,
        id: AttemptId,
        ground: Ground,
        account: &Account,
        sent: &Sent<'_>,
        now: UtcDateTime,
    ) -> Result<AttemptRow, TokenError> {
        let key_id = self.keyring.signing_id();
        let contact = match sent.to {
            Some(to) => self.codes.recipient(key_id, to).map_err(|_| self.no_key())?,
            None => [0; 32],
        };
        let (link_expires_at, code_expires_at) = sent.expiries;
        let end = link_expires_at.max(code_expires_at);
        Ok(AttemptRow {
            id,
            key_id,
            scope: self.scope_tag,
            ground,
            contents: sent.contents,
            channel: sent.to.map(Contact::channel),
            account: account.id().clone(),
            contact,
            stamp: *self.stamp(key_id, account).ok_or_else(|| self.no_key())?.bytes(),
            created_at: now.unix_timestamp(),
            link_expires_at,
            code_expires_at,
            keep_until: end.saturating_add(seconds(TICKET_LIFE)).saturating_add(CLOCKS),
            epoch: 0,
            last_good_epoch: 0,
            sends: u32::from(sent.to.is_some()),
            sent_at: now.unix_timestamp(),
            progress: Progress::Live,
            seal: [0; 32],
        })
    }

    /// Never comes: the key that signs is in the ring.
    pub(super) fn no_key(&self) -> TokenError {
        TokenError::UnknownKey { key_id: self.keyring.signing_id() }
    }
}

/// What is sent to whom, and when link and code of it expire.
pub(super) struct Sent<'a> {
    pub(super) to: Option<&'a Contact>,
    pub(super) contents: Contents,
    pub(super) expiries: (i64, i64),
}

/// Two attempts were started with one seed.
pub(super) fn seed_was_used() -> PortFailure {
    PortFailure::new(Port::Attempts, WrongAnswer.into())
}

impl Administered {
    /// Refuses what the flow cannot use at `now`.
    pub(super) fn check(&self, flow: &Flow, now: UtcDateTime) -> Result<(), StartError> {
        if self.is_usable(flow, now) { Ok(()) } else { Err(StartError::Expired) }
    }
}
