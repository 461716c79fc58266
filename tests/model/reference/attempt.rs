use std::collections::BTreeSet;

use super::account::{Account, Password, Stamp, is_mail};
use crate::settings::DAY;
use crate::words::{Contact, Tenant, Typed, Who};

const LEASE: i64 = 60;
const TICKET: i64 = 600;
const CLOCKS: i64 = 120;

/// Whose row it is. That of a decoy is nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Account(Who),
    /// Nobody can be reset by what was typed.
    Nobody(Tenant, Typed),
    /// The message of this attempt was beyond a limit.
    NotSent(Tenant, u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    Reset,
    FirstPassword,
    Operator(Who),
    Change,
    Address,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) link: bool,
    pub(crate) code: bool,
    pub(crate) spoken: bool,
}

/// What an attempt changes: the password, or the verified contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Password(Password),
    Contacts(BTreeSet<Contact>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Progress {
    Live,
    Running { lease: i64, seen: Value, to_come: Value },
    Settled,
    Ended,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: u64,
    pub(crate) subject: Subject,
    pub(crate) ground: Ground,
    pub(crate) contents: Contents,
    pub(crate) to: Option<Contact>,
    /// The address that is replaced, of a row that verifies one.
    pub(crate) replaces: Option<Contact>,
    pub(crate) stamp: Option<Stamp>,
    pub(crate) created: i64,
    pub(crate) link_end: i64,
    pub(crate) code_end: i64,
    pub(crate) keep: i64,
    pub(crate) epoch: u32,
    pub(crate) last_good: u32,
    pub(crate) sends: u32,
    pub(crate) sent_at: i64,
    pub(crate) progress: Progress,
}

impl Row {
    /// The row of an account that is known, with ends of link and code.
    pub(crate) fn of(
        account: &Account,
        id: u64,
        ground: Ground,
        ends: (i64, i64),
        now: i64,
    ) -> Self {
        let subject = Subject::Account(account.who);
        let stamp = Some(account.stamp());
        Self { ground, stamp, ..Self::of_nobody(subject, id, ends, now) }
    }

    /// The row of a decoy.
    pub(crate) fn of_nobody(subject: Subject, id: u64, ends: (i64, i64), now: i64) -> Self {
        Self {
            id,
            subject,
            ground: Ground::Reset,
            contents: Contents::default(),
            to: None,
            replaces: None,
            stamp: None,
            created: now,
            link_end: ends.0,
            code_end: ends.1,
            keep: ends.0.max(ends.1) + TICKET + CLOCKS,
            epoch: 0,
            last_good: 0,
            sends: 0,
            sent_at: now,
            progress: Progress::Live,
        }
    }

    pub(crate) fn tenant(&self) -> Tenant {
        match self.subject {
            Subject::Account((tenant, _))
            | Subject::Nobody(tenant, _)
            | Subject::NotSent(tenant, _) => tenant,
        }
    }

    /// Whose it is; a decoy is nobody's.
    pub(crate) fn who(&self) -> Option<Who> {
        match self.subject {
            Subject::Account(who) => Some(who),
            Subject::Nobody(..) | Subject::NotSent(..) => None,
        }
    }

    pub(crate) fn is_mail(&self) -> bool {
        self.to.is_none_or(is_mail)
    }

    pub(crate) fn fits(&self, account: &Account) -> bool {
        self.stamp.as_ref() == Some(&account.stamp())
    }

    /// Whether a commit was begun and did not finish within its lease.
    pub(crate) fn is_unfinished(&self, now: i64) -> bool {
        matches!(self.progress, Progress::Running { lease, .. } if lease <= now || lease > now + 180)
    }

    pub(crate) fn kept_for_its_secrets(&self) -> i64 {
        self.link_end.max(self.code_end) + TICKET + CLOCKS
    }

    pub(crate) fn running(&self, seen: Value, to_come: Value, now: i64) -> Self {
        let lease = now + LEASE;
        let progress = Progress::Running { lease, seen, to_come };
        Self { progress, keep: lease + 30 * DAY, ..self.clone() }
    }

    pub(crate) fn settled(&self) -> Self {
        Self { progress: Progress::Settled, keep: self.kept(), ..self.clone() }
    }

    pub(crate) fn ended(&self) -> Self {
        let keep = match self.progress {
            // Using a notice up does not shorten for how long it is known.
            Progress::Settled => self.keep.max(self.kept()),
            _ => self.kept(),
        };
        Self { progress: Progress::Ended, keep, ..self.clone() }
    }

    /// Until when the link in the notice of the change that runs can be used.
    pub(crate) fn stop_end(&self) -> Option<i64> {
        match self.progress {
            Progress::Running { lease, .. } if self.ground != Ground::Address => {
                Some(lease + 7 * DAY)
            }
            _ => None,
        }
    }

    fn kept(&self) -> i64 {
        let secrets = self.kept_for_its_secrets();
        self.stop_end().map_or(secrets, |stop| secrets.max(stop + CLOCKS))
    }
}
