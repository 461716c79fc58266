use std::collections::BTreeMap;

use super::account::{Password, Stamp};
use super::attempt::Subject;
use super::{Did, Model};
use crate::settings::{DAY, Limit, MESSAGES, TEXT_MESSAGES};
use crate::words::{Contact, Tenant, Typed, Who};

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Requests(Tenant, Typed),
    ResendsTo(Who),
    Messages(Mailbox),
    OperatorMessages(Mailbox),
    Invitations(Mailbox),
    /// What is sent to a contact whose account is not told, or does not have it yet.
    Stranger(Tenant, Contact),
    Addresses(Who),
    TextMessages(SmsCounter),
    TextNotices(SmsCounter),
    CodesOfHandle(u64),
    CodesOfAccount(Subject),
    PresentPasswords(Who),
    Administered(Who),
    SpokenSecrets(Who),
    SignIns(Tenant, Typed),
    SignInsOfAccount(Who, Password),
    SignInsOfNobody(Tenant, Typed),
}

/// A mailbox or phone of an account in one state.
pub(crate) type Mailbox = (Subject, Option<Stamp>, Option<Contact>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SmsCounter {
    Account(Subject),
    Tenant(Tenant),
    Service,
}

/// Which message is counted: counted again, it is not another one.
pub(crate) type Once = (u64, u32);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counted {
    pub(crate) number: u32,
    pub(crate) end: i64,
    max: u32,
}

impl Counted {
    pub(crate) fn left(self) -> Option<u32> {
        self.max.checked_sub(self.number)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counter {
    number: u32,
    end: i64,
    marks: BTreeMap<Once, u32>,
}

pub(crate) type Counters = BTreeMap<Key, Counter>;

impl Model {
    pub(super) fn count(
        &mut self,
        key: Key,
        (max, period): Limit,
        once: Option<Once>,
        now: i64,
    ) -> Did<Counted> {
        self.point()?;
        let counter = self.counters.entry(key).or_default();
        if !(now < counter.end && counter.end <= now + period + 120) {
            *counter = Counter { end: now + period, ..Counter::default() };
        }
        let marked = once.and_then(|once| counter.marks.get(&once).copied());
        let number = marked.unwrap_or_else(|| {
            counter.number += 1;
            counter.number
        });
        // Only what was within the limit is remembered: more would be counted anew, and be beyond it.
        if let Some(once) = once.filter(|_| number <= max) {
            counter.marks.insert(once, number);
        }
        Ok(Counted { number, end: counter.end, max })
    }

    /// Counts a message, and if it is a text message its caps; whether it may be sent.
    pub(super) fn count_message(
        &mut self,
        key: Key,
        subject: Subject,
        tenant: Tenant,
        is_text: bool,
        once: Once,
        now: i64,
    ) -> Did<(Counted, Option<&'static str>)> {
        let counted = self.count(key, MESSAGES, Some(once), now)?;
        if counted.left().is_none() {
            return Ok((counted, Some("request_too_many_sends")));
        }
        if !is_text {
            return Ok((counted, None));
        }
        Ok((counted, self.count_text(Key::TextMessages, subject, tenant, once, now)?))
    }

    /// Counts a text message against the caps of a day: which is reached.
    pub(super) fn count_text(
        &mut self,
        of: fn(SmsCounter) -> Key,
        subject: Subject,
        tenant: Tenant,
        once: Once,
        now: i64,
    ) -> Did<Option<&'static str>> {
        let [account, of_tenant, service] = TEXT_MESSAGES;
        let caps = [
            (SmsCounter::Account(subject), account, Some(once), "request_sms_cap_of_account"),
            (SmsCounter::Tenant(tenant), of_tenant, None, "request_sms_cap_of_tenant"),
            (SmsCounter::Service, service, None, "request_sms_cap_of_service"),
        ];
        for (counter, cap, once, reached) in caps {
            if self.count(of(counter), (cap, DAY), once, now)?.left().is_none() {
                return Ok(Some(reached));
            }
        }
        Ok(None)
    }
}
