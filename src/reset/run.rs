use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::flow::{LONG_FROM, LONG_LINK_AFTER_WINDOW, MESSAGES, TICKET_LIFE};
use super::message::SecretMessage;
use super::notice::{Notice, NoticeKind};
use super::request::Request;
use super::step::{Asker, Find, Insert, LoadAttempt};
use super::verified::Attempt;
use super::{Flow, counting, pushing};
use crate::account::{Account, AccountId, Channel, Contact, Lookup};
use crate::attempt::{AttemptRow, Contents, Ground, Progress, Stage};
use crate::clock::{CLOCKS, seconds};
use crate::port::{Inserted, PortFailure};
use crate::queue::QueueEntry;
use crate::throttle::{Counted, Once, Pool, ThrottleKey};

/// What happened to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// A message with the secret is on its way to its owner.
    Sent,
    /// Nobody has this address or user name.
    Unknown,
    /// The address is not verified, or the account has no verified address.
    Unverified,
    /// Several accounts have the address; a notice asks for the user name.
    SeveralAccounts,
    /// The account has no password; a notice says so.
    NoPassword,
    /// The account may not sign in.
    Disabled,
    /// The account has got as many messages as it may.
    TooManySends,
    /// The request was run before, and what it made is no longer as it was.
    AlreadyRun,
    /// The request waited until its secret would have expired, or its key is retired or removed.
    Expired,
}

impl Outcome {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Sent => "request_sent",
            Self::Unknown => "request_unknown",
            Self::Unverified => "request_unverified",
            Self::SeveralAccounts => "request_several_accounts",
            Self::NoPassword => "request_no_password",
            Self::Disabled => "request_disabled",
            Self::TooManySends => "request_too_many_sends",
            Self::AlreadyRun => "request_already_run",
            Self::Expired => "request_expired",
        }
    }
}

/// What really happened to a request, kept apart from the answer that everybody gets.
#[must_use]
pub struct Report(Outcome);

impl Report {
    /// Opens the report: for the log, and for a service that has decided to tell strangers whether
    /// an account exists.
    #[must_use]
    pub const fn disclose(&self) -> Outcome {
        self.0
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Report(..)")
    }
}

/// What a request comes to once its accounts were looked up.
struct Found {
    outcome: Outcome,
    /// The account that can be reset, and the address that its secret goes to.
    target: Option<(Account, Contact)>,
    notice: Option<NoticeTo>,
}

impl Found {
    const TOO_MANY_SENDS: Self =
        Self { outcome: Outcome::TooManySends, target: None, notice: None };
}

/// A notice in place of a secret.
struct NoticeTo {
    kind: NoticeKind,
    to: Contact,
    account: Option<Account>,
}

/// The same calls, whatever was found: find, load, count, insert, push.
impl Flow {
    /// Does the work of a request: looks up, counts, stores, and puts a message into the queue. After
    /// an error it can be run again: a repeated run counts nothing twice, and makes the same message.
    pub(super) async fn run(
        &self,
        ports: &Asker,
        request: &Request,
        now: UtcDateTime,
    ) -> Result<Report, PortFailure> {
        self.outcome(ports, request, now).await.map(Report)
    }

    async fn outcome(
        &self,
        ports: &Asker,
        request: &Request,
        now: UtcDateTime,
    ) -> Result<Outcome, PortFailure> {
        if self.keyring.is_retired(request.key_id, now) {
            return Ok(Outcome::Expired);
        }
        let accounts = ports.ask(Find { lookup: request.lookup.clone() }).await?;
        let found = found(&request.lookup, accounts);
        let Some(row) = self.first_row(request, &found) else { return Ok(Outcome::Expired) };
        if let Some(stored) = ports.ask(LoadAttempt { id: request.id }).await? {
            return self.repeat(ports, stored, &row, &found).await;
        }
        if is_too_late(request, &found, now) {
            return Ok(Outcome::Expired);
        }
        // Counts the message, and makes of the row what the count says.
        let once = Once::new(&row.id, row.sends);
        let key = self.messages_key(&row, &found);
        let counted = counting(ports, key, MESSAGES, Some(once), now).await?;
        let found = if counted.left().is_some() { found } else { Found::TOO_MANY_SENDS };
        let attempt = self.counted_row(row, found.target.is_some(), counted);
        let Some(attempt) = attempt else { return Ok(Outcome::Expired) };
        match ports.ask(Insert { row: attempt.shared() }).await? {
            Inserted::Done => self.hand_over(ports, &attempt, &found).await,
            // The same request is run by another process.
            Inserted::Exists => match ports.ask(LoadAttempt { id: request.id }).await? {
                Some(stored) => self.repeat(ports, stored, attempt.row(), &found).await,
                None => Ok(Outcome::AlreadyRun),
            },
        }
    }

    /// A request that was run before: what is stored decides, and nothing is counted.
    async fn repeat(
        &self,
        ports: &Asker,
        stored: AttemptRow,
        row: &AttemptRow,
        found: &Found,
    ) -> Result<Outcome, PortFailure> {
        let same = |stored: &Attempt| {
            let stored = stored.row();
            stored.stage() == Stage::Live
                && stored.account == row.account
                && stored.contact == row.contact
                && stored.stamp == row.stamp
                && stored.created_at == row.created_at
        };
        match self.verify_row(stored) {
            Ok(stored) if same(&stored) => self.hand_over(ports, &stored, found).await,
            Ok(_) | Err(_) => Ok(Outcome::AlreadyRun),
        }
    }

    /// Puts what belongs to a row into the queue: a message, a notice, or a decoy.
    async fn hand_over(
        &self,
        ports: &Asker,
        attempt: &Attempt,
        found: &Found,
    ) -> Result<Outcome, PortFailure> {
        let row = attempt.row();
        let entry: Option<QueueEntry> = match (&found.target, &found.notice) {
            (Some((account, to)), _) => {
                let quiet_until = self.quiet_until(row);
                self.queue_message(&SecretMessage::new(row, account, to, quiet_until))
            }
            (None, Some(NoticeTo { kind, to, account })) => {
                self.queue_notice(&Notice::new(*kind, row.id, to, account.as_ref()))
            }
            (None, None) => self.queue_decoy(row),
        };
        let Some(entry) = entry else { return Ok(Outcome::Expired) };
        pushing(ports, entry).await?;
        Ok(found.outcome)
    }

    /// The row before its message is counted; `None` when the key of the request is gone.
    fn first_row(&self, request: &Request, found: &Found) -> Option<AttemptRow> {
        let key_id = request.key_id;
        let (account, contact, stamp) = match &found.target {
            Some((account, to)) => (
                account.id().clone(),
                self.codes.recipient(key_id, to).ok()?,
                *self.stamp(key_id, account)?.bytes(),
            ),
            None => (self.decoy_account(key_id, &request.lookup)?, [0; 32], [0; 32]),
        };
        Some(AttemptRow {
            id: request.id,
            key_id,
            scope: self.scope_tag,
            ground: Ground::Reset,
            contents: match found.target {
                Some(_) => request.delivery.contents(),
                None => Contents::Nothing,
            },
            channel: Some(Channel::EMAIL),
            account,
            contact,
            stamp,
            created_at: request.requested_at,
            link_expires_at: request.link_expires_at,
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

    /// The last two messages of a window carry a link that is good until the next window has opened,
    /// so that a flood of requests cannot leave an owner without a way in.
    fn counted_row(
        &self,
        mut row: AttemptRow,
        is_for_somebody: bool,
        counted: Counted,
    ) -> Option<Attempt> {
        if counted.left().is_none() {
            row.contents = Contents::Nothing;
            row.account = self.decoy_of(&row)?;
            (row.contact, row.stamp) = ([0; 32], [0; 32]);
        } else if is_for_somebody && counted.number() >= LONG_FROM {
            let end = counted.ends_at().unix_timestamp();
            let end = end.saturating_add(seconds(LONG_LINK_AFTER_WINDOW));
            row.link_expires_at = end.max(row.link_expires_at);
            row.contents = match row.contents {
                Contents::Code | Contents::LinkAndCode => Contents::LinkAndCode,
                Contents::Link | Contents::Nothing => Contents::Link,
            };
        }
        let end = row.link_expires_at.max(row.code_expires_at);
        row.keep_until = end.saturating_add(seconds(TICKET_LIFE)).saturating_add(CLOCKS);
        self.sealed(row)
    }

    /// Messages count for the account in its present state, notices for the mailbox.
    fn messages_key(&self, row: &AttemptRow, found: &Found) -> ThrottleKey {
        match (&found.target, &found.notice) {
            (None, Some(notice)) => {
                let mailbox = Lookup::Email(notice.to.clone());
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

/// Decides who can be reset, given all accounts that a lookup found.
///
/// Look-alikes that the lookup does not name are dropped, and an account that was found twice is
/// one; verified matches hide unverified ones.
fn found(lookup: &Lookup, accounts: Vec<Account>) -> Found {
    let named = lookup.among(accounts);
    let nothing = |outcome| Found { outcome, target: None, notice: None };
    if named.is_empty() {
        return nothing(Outcome::Unknown);
    }
    let mut reachable: Vec<(Account, Contact)> = named
        .into_iter()
        .filter_map(|account| {
            let to = recipient(lookup, &account)?.clone();
            Some((account, to))
        })
        .collect();
    if reachable.is_empty() {
        return nothing(Outcome::Unverified);
    }
    reachable.retain(|(account, _)| account.is_enabled());
    let several = reachable.len() > 1;
    let Some((account, to)) = reachable.into_iter().next() else {
        return nothing(Outcome::Disabled);
    };
    if several {
        // Several accounts share an address, never a user name.
        let kind = NoticeKind::SeveralAccounts;
        let notice = NoticeTo { kind, to, account: None };
        let notice = matches!(lookup, Lookup::Email(_)).then_some(notice);
        return Found { outcome: Outcome::SeveralAccounts, target: None, notice };
    }
    if account.password().is_none() {
        let notice = NoticeTo { kind: NoticeKind::NoPassword, to, account: Some(account) };
        return Found { outcome: Outcome::NoPassword, target: None, notice: Some(notice) };
    }
    Found { outcome: Outcome::Sent, target: Some((account, to)), notice: None }
}

/// The one address that a secret may go to, as the account writes it: the verified one that was
/// asked by, or the first verified one.
fn recipient<'a>(lookup: &Lookup, account: &'a Account) -> Option<&'a Contact> {
    let mut verified =
        account.emails().iter().filter(|email| email.is_verified()).map(|email| email.address());
    match lookup {
        Lookup::Email(asked) => verified.find(|address| address.same_mailbox(asked)),
        Lookup::Login(_) => verified.next(),
    }
}
