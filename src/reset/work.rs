use alloc::vec::Vec;
use core::time::Duration;

use time::UtcDateTime;

use super::request::Request;
use super::sealed::SealedError;
use super::step::{Finish, PutOff, Step, ask};
use super::{Flow, Report};
use crate::clock::{moment, seconds};
use crate::message::Message;
use crate::port::{Delivered, PortFailure};
use crate::queue::{Claim, ClaimToken, Claimed, QueueEntry, QueueKey, QueueKind};

/// What became of one entry of the queue.
#[derive(Debug)]
#[non_exhaustive]
#[must_use]
pub enum Worked {
    /// A request was run.
    Ran(Report),
    /// A message or a notice was delivered.
    Delivered,
    /// A message or a notice was refused for good by the other side.
    Rejected,
    /// A decoy was dropped.
    Decoy,
    /// The entry cannot be used and was deleted: it was altered, or is too late.
    Dropped(SealedError),
    /// A port failed, or the key of the entry is not known here yet: it is tried again.
    PutOff {
        /// When it is due again.
        due: UtcDateTime,
        /// The port that failed, if one did.
        failure: Option<PortFailure>,
    },
    /// The lease was over, and another worker has the entry now.
    LeaseLost,
}

/// The longest time that the work on one entry takes.
const LONGEST_WORK: Duration = Duration::from_secs(30);
/// How long clocks may differ, added to every lease.
const LEASE_MARGIN: Duration = Duration::from_secs(120);
/// How often a request or a message is tried whose key is not known, while a new key reaches every
/// process of a service: more than 15 hours, in which each secret has expired.
const MOST_TRIES_UNKNOWN_KEY: u32 = 100;
/// How often a notice is tried whose key is not known: for 30 days.
const MOST_TRIES_NOTICE: u32 = 30 * 24 * 6;

impl Flow {
    /// The most entries that are claimed at once.
    pub const MAX_CLAIM: u32 = 64;

    /// Claims entries of this flow's scope, to be worked on one by one with
    /// [`work_on`](Self::work_on), all at the same time: the lease is 150 s, 30 s for the longest work
    /// and 120 s by which clocks may differ.
    ///
    /// `limit` is cut to [`Flow::MAX_CLAIM`].
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if the queue failed.
    pub fn claim(
        &self,
        token: ClaimToken,
        limit: u32,
        now: UtcDateTime,
    ) -> Step<'_, Result<Vec<Claimed>, PortFailure>> {
        let limit = limit.min(Self::MAX_CLAIM);
        let lease = LONGEST_WORK.saturating_add(LEASE_MARGIN);
        let until = moment(now.unix_timestamp().saturating_add(seconds(lease)));
        ask(Claim::new(token, self.scope_tag, until, limit))
    }

    /// Works on one entry that was claimed with `token`: runs a request, or delivers a message or a
    /// notice, and acknowledges it.
    ///
    /// # Errors
    ///
    /// The step ends with a [`PortFailure`] if the queue failed to acknowledge; the entry comes again
    /// when its lease is over.
    pub fn work_on(
        &self,
        claimed: Claimed,
        token: ClaimToken,
        now: UtcDateTime,
    ) -> Step<'_, Result<Worked, PortFailure>> {
        let key = *claimed.entry().key();
        let tries = claimed.tries();
        self.work(&claimed, now).then(move |work| match work {
            Ok(Some(worked)) => finish(key, token, worked),
            Ok(None) => put_off(key, token, after(tries, now), None),
            Err(failure) => put_off(key, token, after(tries, now), Some(failure)),
        })
    }

    /// Does what an entry says; `None` where another process or a later moment has to decide.
    fn work(
        &self,
        claimed: &Claimed,
        now: UtcDateTime,
    ) -> Step<'_, Result<Option<Worked>, PortFailure>> {
        let done = |worked| Step::Done(Ok(Some(worked)));
        // A flow of the scope has to work on it.
        if claimed.entry().scope() != self.scope_tag {
            return Step::Done(Ok(None));
        }
        let most = match claimed.entry().key().kind() {
            QueueKind::Notice => MOST_TRIES_NOTICE,
            QueueKind::Message | QueueKind::Request => MOST_TRIES_UNKNOWN_KEY,
        };
        let unknown = claimed.tries() < most;
        match self.open_entry(claimed, now) {
            Ok(Entry::Request(request)) => {
                self.run(request, now).and_then(move |report| done(Worked::Ran(report)))
            }
            Ok(Entry::Rendered(message)) => ask(message).and_then(move |delivered| {
                done(match delivered {
                    Delivered::Taken => Worked::Delivered,
                    Delivered::Rejected => Worked::Rejected,
                })
            }),
            Ok(Entry::Decoy) => done(Worked::Decoy),
            Err(SealedError::UnknownKey { .. }) if unknown => Step::Done(Ok(None)),
            Err(error) => done(Worked::Dropped(error)),
        }
    }

    fn open_entry(&self, claimed: &Claimed, now: UtcDateTime) -> Result<Entry, SealedError> {
        let (bytes, key) = (claimed.entry().as_bytes(), claimed.entry().key());
        match key.kind() {
            QueueKind::Request => {
                let request = self.open_request(bytes, now)?;
                same_key(key, &request.queue_key())?;
                Ok(Entry::Request(request))
            }
            QueueKind::Message => match self.open_message(bytes, now)? {
                Some(message) => {
                    same_key(key, &message.queue_key())?;
                    self.render(&message, now).map(Entry::Rendered)
                }
                None => Ok(Entry::Decoy),
            },
            QueueKind::Notice => {
                let notice = self.open_notice(bytes, now)?;
                same_key(key, &notice.queue_key())?;
                self.render_notice(&notice).map(Entry::Rendered)
            }
        }
    }
}

/// Sealed bytes under the key of another entry would be delivered more than once.
fn same_key(stored: &QueueKey, own: &QueueKey) -> Result<(), SealedError> {
    if stored == own { Ok(()) } else { Err(SealedError::Forged) }
}

/// An entry that was opened.
enum Entry {
    Request(Request),
    Rendered(Message),
    Decoy,
}

/// When an entry is tried again that was tried so often: after 5 s, and twice as long each time, up to
/// 10 minutes.
fn after(tries: u32, now: UtcDateTime) -> UtcDateTime {
    let doublings = tries.saturating_sub(1).min(7);
    let wait = 5_i64.saturating_mul(1_i64.checked_shl(doublings).unwrap_or(1));
    moment(now.unix_timestamp().saturating_add(wait.min(seconds(QueueEntry::LONGEST_WAIT))))
}

type Acknowledged<'a> = Step<'a, Result<Worked, PortFailure>>;

fn finish<'a>(key: QueueKey, token: ClaimToken, worked: Worked) -> Acknowledged<'a> {
    ask(Finish { key, token })
        .and_then(|held| Step::Done(Ok(if held { worked } else { Worked::LeaseLost })))
}

fn put_off<'a>(
    key: QueueKey,
    token: ClaimToken,
    due: UtcDateTime,
    failure: Option<PortFailure>,
) -> Acknowledged<'a> {
    ask(PutOff { key, token, due }).and_then(move |held| {
        let worked = if held { Worked::PutOff { due, failure } } else { Worked::LeaseLost };
        Step::Done(Ok(worked))
    })
}
