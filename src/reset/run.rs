use core::fmt;

use time::UtcDateTime;

use super::author::SecretText;
use super::beginning::kept_until;
use super::delivery::contents_for;
use super::found::{Found, NoticeTo, Outcome, found};
use super::limits::LONG_LINK_AFTER_PERIOD;
use super::message::SecretMessage;
use super::notice::Notice;
use super::request::Request;
use super::step::{Asker, Find, Insert, LoadAttempt};
use super::verified::Attempt;
use super::{Flow, pushing};
use crate::account::{AccountId, Channel, Lookup};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground, Progress, Stage};
use crate::clock::seconds;
use crate::event::{Event, TypedDigest};
use crate::port::{Inserted, PortFailure};
use crate::queue::QueueEntry;
use crate::throttle::{Counted, Once, Pool, ThrottleKey};

/// What really happened to a request, kept apart from the answer that everybody gets.
#[must_use]
pub struct Report {
    outcome: Outcome,
    /// What was typed; nothing is typed to have a message sent again.
    lookup: Option<Lookup>,
    attempt: AttemptId,
    account: Option<AccountId>,
}

impl Report {
    /// Opens the report: for the log, and for a service that has decided to tell strangers whether
    /// an account exists.
    #[must_use]
    pub const fn disclose(&self) -> Outcome {
        self.outcome
    }

    /// The event for the log: the [code](Outcome::code) of the outcome, the attempt, the account if
    /// the request was for one account, and a digest of what was typed, if something was. `flow` is the
    /// one that ran the request.
    pub fn event(&self, flow: &Flow) -> Event {
        let event = Event::new(self.outcome.code()).with_account(self.account.clone());
        let event = event.with_attempt(self.attempt);
        match &self.lookup {
            Some(lookup) => event.with_typed(TypedDigest::new(&flow.keyring, &flow.scope, lookup)),
            None => event,
        }
    }

    pub(super) const fn of_request(
        outcome: Outcome,
        lookup: Lookup,
        attempt: AttemptId,
        account: Option<AccountId>,
    ) -> Self {
        Self { outcome, lookup: Some(lookup), attempt, account }
    }

    pub(super) fn of_resend(
        outcome: Outcome,
        attempt: AttemptId,
        account: Option<AccountId>,
    ) -> Self {
        Self { outcome, lookup: None, attempt, account }
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Report(..)")
    }
}

/// The same calls, whatever was found: find, load, count, insert, push.
impl Flow {
    /// Does the work of a request: looks up, counts, stores, and puts a message into the queue. After
    /// an error it can be run again: a repeated run counts nothing twice, and makes the same message.
    pub(super) async fn run(
        &self,
        ports: &Asker,
        request: Request,
        now: UtcDateTime,
    ) -> Result<Report, PortFailure> {
        let mut account = None;
        let outcome = self.outcome(ports, &request, &mut account, now).await?;
        Ok(Report::of_request(outcome, request.lookup, request.id, account))
    }

    async fn outcome(
        &self,
        ports: &Asker,
        request: &Request,
        account: &mut Option<AccountId>,
        now: UtcDateTime,
    ) -> Result<Outcome, PortFailure> {
        let accounts = ports.ask(Find { lookup: request.lookup.clone() }).await?;
        let text = request.text.as_deref();
        let reach = self.reach(&request.lookup, &request.delivery);
        let found = found(&reach.only_by(text.map(SecretText::channel)), accounts);
        *account = found.account.clone();
        let Some(row) = self.first_row(request, &found) else { return Ok(Outcome::Expired) };
        let stored = ports.ask(LoadAttempt { id: request.id }).await?;
        if let Some(stored) = stored.map(|row| self.verify_row(row).ok()) {
            return self.repeat(ports, stored, &row, &found, text).await;
        }
        if is_too_late(request, &found, now) {
            return Ok(Outcome::Expired);
        }
        Ok(self.start(ports, row, found, text, now).await?.0)
    }

    /// Counts the message, makes of the row what the count says, and stores it: what became of it, and the
    /// end of the window that it was counted in.
    pub(super) async fn start(
        &self,
        ports: &Asker,
        row: AttemptRow,
        found: Found,
        text: Option<&SecretText>,
        now: UtcDateTime,
    ) -> Result<(Outcome, UtcDateTime), PortFailure> {
        let id = row.id;
        let once = Once::new(&id, row.sends);
        let key = self.messages_key(&row, &found);
        let (account, channel) = (&row.account, found.channel());
        let (counted, refused) =
            self.counted_message(ports, key, account, channel, once, now).await?;
        let end = counted.ends_at();
        let found = refused.map_or(found, Found::nobody);
        let is_for_somebody = found.target.is_some();
        let attempt = self.counted_first_row(row, refused.is_none(), is_for_somebody, counted);
        let Some(attempt) = attempt else { return Ok((Outcome::Expired, end)) };
        let outcome = match ports.ask(Insert { row: attempt.shared() }).await? {
            Inserted::Done => self.hand_over(ports, &attempt, &found, text).await?,
            // The same request is run by another process.
            Inserted::Exists => {
                let stored = self.sealed_attempt(ports, id).await?;
                self.repeat(ports, stored, attempt.row(), &found, text).await?
            }
        };
        Ok((outcome, end))
    }

    /// A request that was run before: what is stored decides, if it can be trusted, and nothing is counted.
    async fn repeat(
        &self,
        ports: &Asker,
        stored: Option<Attempt>,
        row: &AttemptRow,
        found: &Found,
        text: Option<&SecretText>,
    ) -> Result<Outcome, PortFailure> {
        let same = |stored: &Attempt| {
            let stored = stored.row();
            stored.stage() == Stage::Live
                && stored.account == row.account
                && stored.contact == row.contact
                && stored.stamp == row.stamp
                && stored.created_at == row.created_at
        };
        match stored.filter(same) {
            Some(stored) => self.hand_over(ports, &stored, found, text).await,
            None => Ok(Outcome::AlreadyRun),
        }
    }

    /// Puts what belongs to a row into the queue: a message, a notice, or a decoy.
    async fn hand_over(
        &self,
        ports: &Asker,
        attempt: &Attempt,
        found: &Found,
        text: Option<&SecretText>,
    ) -> Result<Outcome, PortFailure> {
        let row = attempt.row();
        let entry: Option<QueueEntry> = match (&found.target, &found.notice) {
            (Some((account, to)), _) => {
                let quiet_until = self.quiet_until(row);
                let message = SecretMessage::new(row, account, to, quiet_until);
                // The last two messages, which a flood leaves to the owner, have the link of the service.
                let is_asked = quiet_until.is_none() && row.ground == Ground::Reset;
                self.queue_message(&message.with_text(text.filter(|_| is_asked)))
            }
            (None, Some(NoticeTo { kind, to, account })) => {
                self.queue_notice(&Notice::new(*kind, row.id, to, account.as_deref()))
            }
            (None, None) => self.queue_decoy(row),
        };
        let Some(entry) = entry else { return Ok(Outcome::Expired) };
        pushing(ports, entry).await?;
        Ok(found.outcome)
    }

    /// The row before its message is counted; `None` when the key of the request is gone.
    pub(super) fn first_row(&self, request: &Request, found: &Found) -> Option<AttemptRow> {
        let key_id = request.key_id;
        let (account, contact, stamp) = match &found.target {
            Some((account, to)) => (
                account.id().clone(),
                self.codes.recipient(key_id, to).ok()?,
                *self.stamp(key_id, account)?.bytes(),
            ),
            None => (self.decoy_account(key_id, &request.lookup)?, [0; 32], [0; 32]),
        };
        // A first password is chosen with a link, which is what invitations have.
        let first = found.outcome == Outcome::FirstPasswordSent;
        let life = seconds(self.settings.link_life);
        let link_expires_at =
            if first { request.requested_at.saturating_add(life) } else { request.link_expires_at };
        Some(AttemptRow {
            id: request.id,
            key_id,
            scope: self.scope_tag,
            ground: if first { Ground::FirstPassword } else { Ground::Reset },
            contents: match &found.target {
                Some(_) if first => Contents::Link,
                Some((_, to)) => contents_for(to, request.delivery.contents()),
                None => Contents::Nothing,
            },
            channel: Some(found.channel().unwrap_or(Channel::EMAIL)),
            account,
            contact,
            stamp,
            created_at: request.requested_at,
            link_expires_at,
            code_expires_at: request.code_expires_at,
            keep_until: 0,
            epoch: 0,
            last_good_epoch: 0,
            sends: 1,
            sent_at: request.requested_at,
            progress: Progress::Live,
            seal: [0; 32],
        })
    }

    /// The row of a first message. Beyond the limit or a cap it is a decoy.
    pub(super) fn counted_first_row(
        &self,
        mut row: AttemptRow,
        is_sent: bool,
        is_for_somebody: bool,
        counted: Counted,
    ) -> Option<Attempt> {
        if !is_sent {
            row.contents = Contents::Nothing;
            row.account = self.decoy_of(&row)?;
            (row.contact, row.stamp) = ([0; 32], [0; 32]);
        }
        self.counted_row(row, is_sent && is_for_somebody, counted)
    }

    /// The last two messages of a window carry a link that is good until the next window has opened,
    /// so that a flood of requests cannot leave an owner without a way in. Text messages have caps, which no
    /// link gets around, so they stay as they are.
    pub(super) fn counted_row(
        &self,
        mut row: AttemptRow,
        is_sent: bool,
        counted: Counted,
    ) -> Option<Attempt> {
        let is_long = counted.number() >= self.settings.limits.long_from();
        let is_mail = row.channel == Some(Channel::EMAIL);
        if is_sent && is_mail && is_long {
            let end = counted.ends_at().unix_timestamp();
            let end = end.saturating_add(seconds(LONG_LINK_AFTER_PERIOD));
            row.link_expires_at = end.max(row.link_expires_at);
            row.contents = match row.contents {
                Contents::Code | Contents::LinkAndCode => Contents::LinkAndCode,
                Contents::Link | Contents::Nothing | Contents::Spoken => Contents::Link,
            };
        }
        row.keep_until = kept_until(row.link_expires_at.max(row.code_expires_at));
        self.sealed(row)
    }

    /// Messages count for the account in its present state, notices for the mailbox.
    fn messages_key(&self, row: &AttemptRow, found: &Found) -> ThrottleKey {
        match (&found.target, &found.notice) {
            (None, Some(notice)) => {
                let to = notice.to.clone();
                let mailbox = if to.is_mailbox() { Lookup::Email(to) } else { Lookup::Phone(to) };
                let key = ThrottleKey::typed(&self.keyring, &self.scope, "messages", &mailbox);
                // There are no more of them than accounts.
                key.in_pool(Pool::Messages)
            }
            (None, None) => ThrottleKey::messages(&self.scope, row).in_pool(Pool::Nobody),
            (Some(_), _) => ThrottleKey::messages(&self.scope, row),
        }
    }

    /// A placeholder for an attempt whose message is not sent.
    fn decoy_of(&self, row: &AttemptRow) -> Option<AccountId> {
        self.placeholder(row.key_id, b"not sent", &[row.id.as_bytes()])
    }
}

/// Whether a request that left no row is no longer to be answered: its secret would have expired, or
/// the password was changed after it, perhaps by its own link, whose row was deleted since.
fn is_too_late(request: &Request, found: &Found, now: UtcDateTime) -> bool {
    let end = request.link_expires_at.max(request.code_expires_at);
    let changed_at = found.target.as_ref().and_then(|(account, _)| account.changed_at());
    let changed = changed_at.is_some_and(|at| at.unix_timestamp() > request.requested_at);
    now.unix_timestamp() >= end || changed
}
