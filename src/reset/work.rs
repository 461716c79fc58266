use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;

use time::UtcDateTime;

use super::request::{Asked, Request};
use super::resend::Resend;
use super::sealed::SealedError;
use super::step::{Asker, Finish, PutOff, Step, operation};
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
/// How often a request or a message is tried whose key is not known, or that is a text message where none are
/// configured, while a new key or a new configuration reaches every
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
        let claim = Claim::new(token, self.scope_tag, until, limit);
        operation(|ports| async move { ports.ask(claim).await })
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
        operation(move |ports| async move {
            let (key, tries) = (*claimed.entry().key(), claimed.tries());
            let (due, failure) = match self.work(&ports, claimed, now).await {
                Ok(Some(worked)) => {
                    let held = ports.ask(Finish { key, token }).await?;
                    return Ok(if held { worked } else { Worked::LeaseLost });
                }
                Ok(None) => (after(tries, now), None),
                Err(failure) => (after(tries, now), Some(failure)),
            };
            let held = ports.ask(PutOff { key, token, due }).await?;
            Ok(if held { Worked::PutOff { due, failure } } else { Worked::LeaseLost })
        })
    }

    /// Does what an entry says; `None` where another process or a later moment has to decide.
    async fn work(
        &self,
        ports: &Asker,
        claimed: Claimed,
        now: UtcDateTime,
    ) -> Result<Option<Worked>, PortFailure> {
        // A flow of the scope has to work on it.
        if claimed.entry().scope() != self.scope_tag {
            return Ok(None);
        }
        let most = match claimed.entry().key().kind() {
            QueueKind::Notice => MOST_TRIES_NOTICE,
            QueueKind::Message | QueueKind::Request => MOST_TRIES_UNKNOWN_KEY,
        };
        let worked = match self.open_entry(&claimed, now) {
            // Boxed, so that the future of a message or a notice does not have the size of this one.
            Ok(Entry::Request(request)) => {
                Worked::Ran(Box::pin(self.run(ports, request, now)).await?)
            }
            Ok(Entry::Resend(resend)) => {
                match Box::pin(self.run_resend(ports, &resend, now)).await? {
                    Some(report) => Worked::Ran(report),
                    None => return Ok(None),
                }
            }
            Ok(Entry::Rendered(message)) => match ports.ask(message).await? {
                Delivered::Taken => Worked::Delivered,
                Delivered::Rejected => Worked::Rejected,
            },
            Ok(Entry::Decoy) => Worked::Decoy,
            Err(SealedError::UnknownKey { .. } | SealedError::SmsOff) if claimed.tries() < most => {
                return Ok(None);
            }
            Err(error) => Worked::Dropped(error),
        };
        Ok(Some(worked))
    }

    fn open_entry(&self, claimed: &Claimed, now: UtcDateTime) -> Result<Entry, SealedError> {
        let (bytes, key) = (claimed.entry().as_bytes(), claimed.entry().key());
        match key.kind() {
            QueueKind::Request => match self.open_request(bytes, now)? {
                Asked::First(request) => {
                    same_key(key, &request.queue_key())?;
                    Ok(Entry::Request(request))
                }
                Asked::Again(resend) => {
                    same_key(key, &resend.queue_key())?;
                    Ok(Entry::Resend(resend))
                }
            },
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
                self.render_notice(&notice, now).map(Entry::Rendered)
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
    Resend(Resend),
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
