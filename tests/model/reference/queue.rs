use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::account::is_mail;
use super::attempt::{Contents, Ground, Row};
use super::{Did, Model, Stop, Thing};
use crate::words::{Contact, Seen, Tenant, Typed, Wanted};

const LEASE: i64 = 150;
const LONGEST_WAIT: i64 = 600;
const CLOCKS: i64 = 120;

/// Kind, attempt, number of the message, recipient: the order in which entries of one second are taken.
pub(crate) type EntryKey = (Kind, u64, u32, [u8; 16]);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Notice,
    Message,
    Request,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) tenant: Tenant,
    due: i64,
    tries: u32,
    what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    Request(Request),
    Resend { number: u32, requested_at: i64 },
    Message(Letter),
    Decoy,
    Notice(Letter),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) typed: Typed,
    pub(crate) wanted: Wanted,
    pub(crate) requested_at: i64,
    pub(crate) link_end: i64,
    pub(crate) code_end: i64,
}

/// A message to one contact, and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Letter {
    pub(crate) tenant: Tenant,
    pub(crate) id: u64,
    pub(crate) to: Contact,
    pub(crate) kind: &'static str,
    /// The end of its link.
    pub(crate) link: Option<i64>,
    /// The epoch of its code.
    pub(crate) code: Option<u32>,
    /// The end of its link for "this was not me".
    pub(crate) stop: Option<i64>,
    code_end: i64,
    ground: Option<Ground>,
}

impl Letter {
    /// The message of an attempt.
    pub(crate) fn of(row: &Row, to: Contact) -> Self {
        let Contents { link, code, .. } = row.contents;
        Self {
            tenant: row.tenant(),
            id: row.id,
            to,
            kind: "",
            link: link.then_some(row.link_end),
            code: code.then_some(row.epoch),
            stop: Some(row.link_end.max(row.code_end)),
            code_end: row.code_end,
            ground: Some(row.ground),
        }
    }

    /// A notice without a secret.
    pub(crate) fn notice(kind: &'static str, row: &Row, to: Contact, stop: Option<i64>) -> Self {
        let (link, code, code_end, ground) = (None, None, 0, None);
        Self { tenant: row.tenant(), id: row.id, to, kind, link, code, stop, code_end, ground }
    }

    /// Whether it has a link with which a password can be set.
    pub(crate) fn opens(&self) -> bool {
        self.link.is_some() && self.ground != Some(Ground::Address)
    }

    pub(crate) fn is_notice(&self) -> bool {
        self.ground.is_none()
    }

    /// What is left of it when it is delivered; `None` if no secret in it is good any more.
    fn delivered(mut self, now: i64) -> Option<Self> {
        // A text message has no space for a second link.
        self.stop = self.stop.filter(|end| is_mail(self.to) && now < *end);
        let Some(ground) = self.ground else { return Some(self) };
        self.link = self.link.filter(|end| now < *end);
        self.code = self.code.filter(|_| now < self.code_end);
        let kinds = match ground {
            Ground::Reset | Ground::Change => ["link", "code", "link_and_code"],
            Ground::Operator(_) => ["operator_link", "operator_code", "operator_link_and_code"],
            Ground::FirstPassword => ["first_password"; 3],
            Ground::Address => ["verify_address"; 3],
        };
        self.kind = match (self.link, self.code) {
            (Some(_), None) => kinds[0],
            (None, Some(_)) => kinds[1],
            (Some(_), Some(_)) => kinds[2],
            (None, None) => return None,
        };
        Some(self)
    }
}

pub(crate) type Queue = BTreeMap<EntryKey, Entry>;

impl Model {
    /// An entry whose key is in the queue is not put there again.
    pub(super) fn push(&mut self, row: &Row, what: What, now: i64) -> Did<()> {
        let tenant = row.tenant();
        let key = match &what {
            What::Request(_) => (Kind::Request, row.id, 0, [0; 16]),
            What::Resend { number, .. } => (Kind::Request, row.id, *number, [0; 16]),
            What::Message(letter) => (Kind::Message, row.id, row.sends, recipient(letter.to)),
            What::Decoy => (Kind::Message, row.id, row.sends, [0; 16]),
            What::Notice(letter) => (Kind::Notice, row.id, 0, recipient(letter.to)),
        };
        self.push_entry(key, tenant, what, now)
    }

    pub(super) fn push_entry(
        &mut self,
        key: EntryKey,
        tenant: Tenant,
        what: What,
        now: i64,
    ) -> Did<()> {
        self.point()?;
        self.queue.entry(key).or_insert(Entry { tenant, due: now, tries: 0, what });
        Ok(())
    }

    pub(super) fn erase_entries(&mut self, id: u64) -> Did<usize> {
        self.point()?;
        let before = self.queue.len();
        self.queue.retain(|key, _| key.1 != id);
        Ok(before - self.queue.len())
    }

    /// A worker takes one entry of its tenant after the other, until none is due.
    pub(super) fn work(&mut self, tenant: Tenant, now: i64) -> Did<Seen> {
        let mut outcomes = Vec::new();
        while let Some((key, entry)) = self.claim(tenant, now)? {
            let worked = self.work_on(key, &entry, now);
            let worked = worked.and_then(|outcome| self.point().map(|()| outcome));
            let (outcome, is_held) = match worked {
                Ok(Some(outcome)) => {
                    self.point()?;
                    (outcome, self.queue.remove(&key).is_some())
                }
                Ok(None) | Err(Stop::Failed) => {
                    self.point()?;
                    let wait = (5 << (entry.tries - 1).min(7)).min(LONGEST_WAIT);
                    let held = self.queue.get_mut(&key);
                    ("put_off", held.map(|entry| entry.due = now + wait).is_some())
                }
                Err(Stop::Dropped) => return Err(Stop::Dropped),
            };
            // An entry that was deleted meanwhile belongs to nobody.
            outcomes.push(if is_held { outcome } else { "lease_lost" });
        }
        outcomes.sort_unstable();
        Ok(outcomes.into_iter().fold(Seen::done("worked"), Seen::with))
    }

    fn claim(&mut self, tenant: Tenant, now: i64) -> Did<Option<(EntryKey, Entry)>> {
        self.point()?;
        let is_due = |due: i64| due <= now || due > now + LONGEST_WAIT + CLOCKS;
        let due = self.queue.iter_mut().filter(|(_, own)| own.tenant == tenant && is_due(own.due));
        let first = due.min_by_key(|(key, entry)| (key.0, entry.due, **key));
        let claimed = first.map(|(key, entry)| {
            entry.due = now + LEASE;
            entry.tries += 1;
            (*key, entry.clone())
        });
        self.point()?;
        Ok(claimed)
    }

    /// What became of the entry; `None` if it has to wait.
    fn work_on(&mut self, key: EntryKey, entry: &Entry, now: i64) -> Did<Option<&'static str>> {
        let (_, id, _, _) = key;
        match &entry.what {
            What::Request(request) => self.run_request(entry.tenant, id, *request, now).map(Some),
            What::Resend { number, requested_at } => {
                self.run_resend(id, *number, *requested_at, now)
            }
            What::Decoy => Ok(Some("decoy")),
            What::Message(letter) | What::Notice(letter) => {
                let Some(letter) = letter.clone().delivered(now) else {
                    return Ok(Some("dropped"));
                };
                self.point()?;
                self.made.push(Thing::Letter(letter));
                Ok(Some("delivered"))
            }
        }
    }
}

/// The digest of a recipient, as DESIGN.md has it under *Queue*: it orders what is due at one moment.
fn recipient(to: Contact) -> [u8; 16] {
    let mut digest = Sha256::new();
    let channel = if is_mail(to) { "email" } else { "sms" };
    for part in ["repass/1 recipient", channel, to] {
        digest.update(u32::try_from(part.len()).unwrap().to_be_bytes());
        digest.update(part);
    }
    digest.finalize()[..16].try_into().unwrap()
}
