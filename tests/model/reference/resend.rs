use super::account::{Account, is_mail, is_sent_to};
use super::attempt::{Contents, Ground, Progress, Row, Subject};
use super::counters::{Counted, Key};
use super::queue::{Kind, Letter, What};
use super::request::{asked, first_row, found, prolong};
use super::{Did, Model};
use crate::settings::REQUESTS;
use crate::words::{At, Contact, Seen, Tenant, Typed, Wanted, Who};
use repass::answer::Answer;

impl Model {
    /// The message once more, for a browser that has the handle.
    pub(super) fn resend(&mut self, tenant: Tenant, handle: usize, at: At) -> Did<Seen> {
        let (of, id, end) = self.handle(handle);
        if let Some(refused) = token_refused(tenant == of, end, at.now) {
            return Ok(refused);
        }
        let Some(row) = self.row(id)?.filter(|row| row.code_end == end) else {
            return Ok(Seen::throttled("resend_throttled", pause(1, at.now).min(end)));
        };
        if let Some(until) = paused(&row, at.now) {
            return Ok(Seen::throttled("resend_throttled", until));
        }
        let number = row.sends + 1;
        let resend = What::Resend { number, requested_at: at.now };
        self.push_entry((Kind::Request, id, number, [0; 16]), tenant, resend, at.now)?;
        let until = pause(number, at.now).min(end);
        Ok(Seen::new("accepted", Answer::Accepted).with(until))
    }

    /// What a worker does with it; `None` while a commit runs.
    pub(super) fn run_resend(
        &mut self,
        id: u64,
        number: u32,
        requested_at: i64,
        now: i64,
    ) -> Did<Option<&'static str>> {
        let Some(row) = self.row(id)? else { return Ok(Some("request_already_run")) };
        Ok(self.resend_row(&row, number, requested_at, now)?.map(|(outcome, _)| outcome))
    }

    fn resend_row(
        &mut self,
        row: &Row,
        number: u32,
        requested_at: i64,
        now: i64,
    ) -> Did<Option<(&'static str, Option<Counted>)>> {
        if now >= row.code_end {
            return Ok(Some(("request_expired", None)));
        }
        // A worker that crashed has said in the row that this message was sent.
        let is_recorded = row.sends == number;
        if !is_recorded && row.sends + 1 != number {
            return Ok(Some(("request_already_run", None)));
        }
        if !is_recorded && matches!(row.progress, Progress::Running { .. }) {
            return Ok(None);
        }
        let account = match row.who() {
            Some(who) => self.load(who)?,
            None => None,
        };
        let to = account.and_then(|account| resend_target(row, &account));
        let mailbox = (row.subject, row.stamp.clone(), row.to);
        let is_of_operator = matches!(row.ground, Ground::Operator(_));
        let key =
            if is_of_operator { Key::OperatorMessages(mailbox) } else { Key::Messages(mailbox) };
        let is_text = to.is_some_and(|to| !is_mail(to));
        let (subject, tenant) = (row.subject, row.tenant());
        let counted = self.count_message(key, subject, tenant, is_text, (row.id, number), now)?;
        let (counted, refused) = counted;
        let mut next = row.clone();
        if !is_recorded {
            next.sends = number;
            next.sent_at = requested_at;
            next.last_good = row.epoch;
            // The code of a message that is not sent would reach nobody.
            next.epoch += u32::from(refused.is_none());
            let is_sent = refused.is_none() && to.is_some();
            prolong(&mut next, is_sent && !is_of_operator, counted);
            if !self.swap(row, &next)? {
                return Ok(None);
            }
        }
        let what = match to.filter(|_| refused.is_none()) {
            Some(to) => What::Message(Letter::of(&next, to)),
            None => What::Decoy,
        };
        self.push(&next, what, now)?;
        let sent = if to.is_some() { "resend_sent" } else { "resend_not_sent" };
        Ok(Some((refused.unwrap_or(sent), Some(counted))))
    }

    /// A link to a person who is signed in: the one that is live once more, or a new one.
    pub(super) fn resend_to(&mut self, who: Who, typed: Typed, at: At) -> Did<Seen> {
        let counted = self.count(Key::ResendsTo(who), REQUESTS, None, at.now)?;
        if counted.left().is_none() {
            return Ok(Seen::throttled("resend_throttled", counted.end));
        }
        let named = self.load(who)?.filter(|account| account.is_named(typed));
        let Some(account) = named else { return Ok(Seen::refused("resend_other_account")) };
        let rows = self.list(Subject::Account(who))?;
        let found = found(typed, Wanted::Link, [&account].into_iter());
        if found.target.is_none() {
            return Ok(Seen::refused(found.outcome));
        }
        let is_asked_for = |to: Contact| match typed {
            Typed::Contact(_) => account.recipient(typed, Wanted::Link) == Some(to),
            Typed::Login(_) => true,
        };
        let live = rows.into_iter().filter(|row| {
            matches!(row.ground, Ground::Reset | Ground::FirstPassword)
                && row.contents.link
                && at.now < row.code_end
                && resend_target(row, &account).is_some_and(is_asked_for)
        });
        let Some(row) = live.max_by_key(|row| (row.created, row.id)) else {
            let request = asked(typed, Wanted::Link, at.now);
            let row = first_row(who.0, at.id, &request, &found);
            let (outcome, counted) = self.start(row, found, at.now)?;
            return Ok(match outcome {
                "request_sent" | "request_first_password_sent" => {
                    sent_until(pause(1, at.now).min(request.code_end))
                }
                "request_too_many_sends" => Seen::throttled("resend_throttled", counted.end),
                other => Seen::refused(other),
            });
        };
        if let Some(until) = paused(&row, at.now) {
            return Ok(Seen::throttled("resend_throttled", until));
        }
        let number = row.sends + 1;
        Ok(match self.resend_row(&row, number, at.now, at.now)? {
            Some(("resend_sent", _)) => sent_until(pause(number, at.now).min(row.code_end)),
            Some(("request_too_many_sends", Some(counted))) => {
                Seen::throttled("resend_throttled", counted.end)
            }
            Some((other, _)) => Seen::refused(other),
            // A commit began meanwhile.
            None => Seen::throttled("resend_throttled", at.now + 60),
        })
    }
}

/// Why a signed text is refused before a port is called.
pub(crate) fn token_refused(is_ours: bool, end: i64, now: i64) -> Option<Seen> {
    if !is_ours {
        Some(Seen::refused("token_forged"))
    } else {
        (now >= end).then(|| Seen::refused("token_expired"))
    }
}

fn sent_until(until: i64) -> Seen {
    Seen::done("resent").with(until)
}

/// When the message after this number can be asked for.
fn pause(number: u32, sent_at: i64) -> i64 {
    sent_at + (60 * 2_i64.pow((number - 1).min(10))).min(15 * 60)
}

fn paused(row: &Row, now: i64) -> Option<i64> {
    let until = pause(row.sends, row.sent_at.min(now)).min(row.code_end);
    (now < until).then_some(until)
}

/// Who gets the message of an attempt again.
fn resend_target(row: &Row, account: &Account) -> Option<Contact> {
    let is_live = row.progress == Progress::Live && row.contents != Contents::default();
    let fits = is_live && account.enabled && row.fits(account);
    row.to.filter(|to| fits && row.ground != Ground::Address && is_sent_to(to))
}
