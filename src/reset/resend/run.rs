use time::UtcDateTime;

use super::{Resend, epochs};
use crate::account::{Account, AccountId, Contact};
use crate::attempt::{AttemptRow, Contents, Progress, Stage};
use crate::clock::moment;
use crate::key::Tag;
use crate::port::PortFailure;
use crate::reset::message::SecretMessage;
use crate::reset::step::{Asker, LoadAccount, Swap};
use crate::reset::verified::Attempt;
use crate::reset::{Flow, Outcome, Report, pushing};
use crate::throttle::{Counted, Once, Pool, ThrottleKey};

/// What became of a resend.
pub(in crate::reset) enum Resent {
    /// It was run.
    Ran {
        outcome: Outcome,
        account: Option<AccountId>,
        /// The end of the window that its message was counted in.
        until: Option<UtcDateTime>,
    },
    /// A commit runs, which needs the row as it is: the resend has to wait until it is over.
    Waits,
}

impl Resent {
    const fn nothing(outcome: Outcome) -> Self {
        Self::Ran { outcome, account: None, until: None }
    }
}

/// The same calls, whatever the attempt is and whatever has become of it: load, load the account, count
/// the message and, where text messages are configured, the caps, swap, push.
impl Flow {
    /// Does the work of a resend. After an error it can be run again: a repeated run counts nothing
    /// twice, and makes the same message.
    pub(in crate::reset) async fn run_resend(
        &self,
        ports: &Asker,
        resend: &Resend,
        now: UtcDateTime,
    ) -> Result<Option<Report>, PortFailure> {
        let resent = match self.sealed_attempt(ports, resend.id).await? {
            Some(attempt) => self.resent(ports, attempt, resend, now).await?,
            None => Resent::nothing(Outcome::AlreadyRun),
        };
        Ok(match resent {
            Resent::Ran { outcome, account, .. } => {
                Some(Report::of_resend(outcome, resend.id, account))
            }
            Resent::Waits => None,
        })
    }

    pub(in crate::reset) async fn resent(
        &self,
        ports: &Asker,
        attempt: Attempt,
        resend: &Resend,
        now: UtcDateTime,
    ) -> Result<Resent, PortFailure> {
        let row = attempt.row();
        // The deadline never moves: what was asked for in time and is late is not sent.
        if now.unix_timestamp() >= row.code_expires_at {
            return Ok(Resent::nothing(Outcome::Expired));
        }
        // A worker that crashed has recorded this message, but may not have sent it.
        let is_recorded = row.sends == resend.number;
        if !is_recorded && row.sends.checked_add(1) != Some(resend.number) {
            return Ok(Resent::nothing(Outcome::AlreadyRun));
        }
        if !is_recorded && row.stage() == Stage::Running {
            return Ok(Resent::Waits);
        }
        let account = ports.ask(LoadAccount { id: row.account.clone() }).await?;
        let target = account.and_then(|account| self.resend_target(row, account));
        let (key, once) = (resends_key(self, row), Once::new(&row.id, resend.number));
        let channel = target.as_ref().map(|(_, to)| to.channel());
        let (counted, refused) =
            self.counted_message(ports, key, &row.account, channel, once, now).await?;
        let is_allowed = refused.is_none();
        let sent = if target.is_some() { Outcome::Resent } else { Outcome::NotResent };
        let outcome = refused.unwrap_or(sent);
        let attempt = if is_recorded {
            attempt
        } else {
            // Messages of operators are counted apart from those of strangers, and need no long link.
            let is_sent = is_allowed && target.is_some() && row.ground.operator().is_none();
            let Some(next) = self.recorded(row, resend, is_allowed, is_sent, counted) else {
                return Ok(Resent::nothing(Outcome::Expired));
            };
            if !ports.ask(Swap { seen: attempt.shared(), next: next.shared() }).await? {
                // A commit began meanwhile.
                return Ok(Resent::Waits);
            }
            next
        };
        let row = attempt.row();
        let entry = match &target {
            Some((account, to)) if is_allowed => {
                let quiet_until = self.quiet_until(row);
                self.queue_message(&SecretMessage::new(row, account, to, quiet_until))
            }
            Some(_) | None => self.queue_decoy(row),
        };
        let Some(entry) = entry else { return Ok(Resent::nothing(Outcome::Expired)) };
        pushing(ports, entry).await?;
        let account = target.map(|(account, _)| account.id().clone());
        Ok(Resent::Ran { outcome, account, until: Some(counted.ends_at()) })
    }

    /// The row after a message was counted. Everybody's row says that a message was sent, so that
    /// everybody waits for as long. A new code is opened only by a message that can carry it: beyond the
    /// limit or a cap, the code that was sent last stays good.
    fn recorded(
        &self,
        row: &AttemptRow,
        resend: &Resend,
        is_allowed: bool,
        is_sent: bool,
        counted: Counted,
    ) -> Option<Attempt> {
        let mut next = row.clone();
        next.sends = resend.number;
        next.sent_at = resend.requested_at;
        let requested_at = moment(resend.requested_at);
        let opened = self.settings.resend.resend(epochs::newest(row), requested_at);
        next.last_good_epoch = row.epoch;
        if let Some(opened) = opened.filter(|_| is_allowed) {
            next.epoch = opened.number();
        }
        self.counted_row(next, is_sent, counted)
    }

    /// The owner of an attempt as it was made, and the contact that its secret goes to; `None` if the
    /// attempt is a decoy, was used or has ended, if the account has changed since, or if the flow no longer
    /// sends to this number.
    pub(in crate::reset) fn resend_target(
        &self,
        row: &AttemptRow,
        account: Account,
    ) -> Option<(Account, Contact)> {
        let is_live = matches!(row.progress, Progress::Live) && row.contents != Contents::Nothing;
        let fits = |stamp: Tag| stamp.matches(&row.stamp);
        let is_same = *account.id() == row.account && account.is_enabled();
        if !is_live || !is_same || !self.stamp(row.key_id, &account).is_some_and(fits) {
            return None;
        }
        let is_recipient = |to: &&Contact| {
            self.codes.recipient(row.key_id, to).is_ok_and(|digest| digest == row.contact)
        };
        let to = account.verified().find(is_recipient).filter(|to| self.sends_to(to))?.clone();
        Some((account, to))
    }
}

/// The counter that the first message of the attempt was counted with.
fn resends_key(flow: &Flow, row: &AttemptRow) -> ThrottleKey {
    if row.ground.operator().is_some() {
        return ThrottleKey::operator_messages(&flow.scope, row);
    }
    let key = ThrottleKey::messages(&flow.scope, row);
    if row.contents == Contents::Nothing { key.in_pool(Pool::Nobody) } else { key }
}
