//! The reference model: what DESIGN.md says about accounts, attempts, counters, the queue and messages,
//! without keys, seals, texts and ports.
//!
//! Each operation says in its order what it reads and changes. Before each of these *points* an operation
//! can fail, be dropped, or be overtaken by a revocation; a test tries them all.

mod account;
mod addresses;
mod admission;
mod attempt;
mod commit;
mod counters;
mod host;
mod housekeeping;
mod operators;
mod queue;
mod request;
mod resend;
mod sign_in;
mod stop;

use std::collections::BTreeMap;

pub(crate) use self::account::{Account, MustChange, Password, People};
pub(crate) use self::attempt::{Progress, Row, Subject};
use self::counters::Counters;
pub(crate) use self::operators::may_administer;
pub(crate) use self::queue::Letter;
use self::queue::Queue;
use crate::words::{At, Call, Contact, Seen, Tenant, Who};

/// Why an operation ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Failed,
    Dropped,
}

pub(crate) type Did<T> = Result<T, Stop>;

/// What happens at one point of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    Fails,
    IsDropped,
    Revoked(Who),
}

/// What the service has handed out: to a browser, to its host, or into a mailbox.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Thing {
    Handle { tenant: Tenant, id: u64, end: i64 },
    Ticket { tenant: Tenant, id: u64, end: i64 },
    Letter(Letter),
    Admission(Box<Admission>),
    After(Box<After>),
    Address(Box<AddressAdmission>),
    Administered(Box<Administered>),
    Spoken { tenant: Tenant, id: u64 },
    Session { who: Who, password: Password, epoch: u64 },
}

impl Thing {
    pub(crate) fn tenant(&self) -> Tenant {
        match self {
            Self::Handle { tenant, .. } | Self::Ticket { tenant, .. } => *tenant,
            Self::Letter(letter) => letter.tenant,
            Self::Admission(admission) => admission.account.who.0,
            Self::After(after) => after.account.who.0,
            Self::Address(admission) => admission.account.who.0,
            Self::Administered(administered) => administered.account.who.0,
            Self::Spoken { tenant, .. } => *tenant,
            Self::Session { who, .. } => who.0,
        }
    }

    /// The attempt that it belongs to.
    pub(crate) fn attempt(&self) -> Option<u64> {
        match self {
            Self::Handle { id, .. } | Self::Ticket { id, .. } | Self::Spoken { id, .. } => {
                Some(*id)
            }
            Self::Letter(letter) => Some(letter.id),
            Self::Admission(admission) => match &admission.by {
                By::Secret(row) => Some(row.id),
                By::PresentPassword | By::Operator { .. } => None,
            },
            Self::After(after) => Some(after.running.id),
            Self::Address(admission) => Some(admission.seen.id),
            Self::Administered(_) | Self::Session { .. } => None,
        }
    }

    fn is_letter(&self) -> bool {
        matches!(self, Self::Letter(_))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Admission {
    pub(crate) account: Account,
    pub(crate) by: By,
    pub(crate) until: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum By {
    Secret(Row),
    PresentPassword,
    Operator { operator: Who, must_change: Option<MustChange> },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct After {
    pub(crate) account: Account,
    pub(crate) running: Row,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AddressAdmission {
    pub(crate) account: Account,
    pub(crate) seen: Row,
    pub(crate) address: Contact,
    pub(crate) replaces: Option<Contact>,
    pub(crate) until: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Administered {
    pub(crate) operator: Who,
    pub(crate) account: Account,
    pub(crate) until: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Model {
    pub(crate) accounts: BTreeMap<Who, Account>,
    pub(crate) rows: BTreeMap<u64, Row>,
    counters: Counters,
    pub(crate) queue: Queue,
    pub(crate) things: Vec<Thing>,
    /// How many passwords each attempt has set.
    pub(crate) sets: BTreeMap<u64, u32>,
    made: Vec<Thing>,
    points: usize,
    trouble: Option<(usize, Trouble)>,
}

impl Model {
    pub(crate) fn new(people: &People) -> Self {
        Self {
            accounts: people.iter().map(|account| (account.who, account.clone())).collect(),
            rows: BTreeMap::new(),
            counters: Counters::default(),
            queue: Queue::default(),
            things: Vec::new(),
            sets: BTreeMap::new(),
            made: Vec::new(),
            points: 0,
            trouble: None,
        }
    }

    /// What the call answers; `None` if it was dropped.
    pub(crate) fn call(&mut self, call: Call, at: At) -> Option<Seen> {
        let seen = self.run(call, at);
        self.points = 0;
        seen
    }

    /// What a call answers that changes nothing but what was handed out.
    pub(crate) fn look(&mut self, call: Call, now: i64) -> Seen {
        let things = self.things.len();
        let seen = self.call(call, At { now, id: 0, password: 0 });
        self.things.truncate(things);
        seen.unwrap()
    }

    /// Every state and answer that is possible if there is trouble at any one point of the call.
    pub(crate) fn troubled(
        &self,
        call: Call,
        at: At,
        trouble: Trouble,
    ) -> Vec<(Self, Option<Seen>)> {
        let mut possible = Vec::new();
        for point in 0.. {
            let mut model = Self { trouble: Some((point, trouble)), ..self.clone() };
            let seen = model.run(call, at);
            if model.points <= point {
                break;
            }
            (model.points, model.trouble) = (0, None);
            possible.push((model, seen));
        }
        possible
    }

    fn run(&mut self, call: Call, at: At) -> Option<Seen> {
        // What was asked for may have been done when the answer is lost.
        let done = self.carry_out(call, at).and_then(|seen| self.point().map(|()| seen));
        let mut made = core::mem::take(&mut self.made);
        if done.is_err() {
            // What is in a mailbox stays there.
            made.retain(Thing::is_letter);
        }
        made.sort_by_key(|thing| !thing.is_letter());
        self.things.extend(made);
        match done {
            Ok(seen) => Some(seen),
            Err(Stop::Failed) => Some(Seen::failed()),
            Err(Stop::Dropped) => None,
        }
    }

    fn carry_out(&mut self, call: Call, at: At) -> Did<Seen> {
        match call {
            Call::Request { tenant, typed, wanted } => self.request(tenant, typed, wanted, at),
            Call::Resend { tenant, handle } => self.resend(tenant, handle, at),
            Call::ResendTo { who, typed } => self.resend_to(who, typed, at),
            Call::Work { tenant } => self.work(tenant, at.now),
            Call::AdmitLink { tenant, letter } => self.admit_link(tenant, letter, at.now),
            Call::AdmitHandledLink { tenant, handle, letter } => {
                self.admit_handled_link(tenant, handle, letter, at.now)
            }
            Call::AdmitCode { tenant, handle, guess } => {
                self.admit_code(tenant, handle, guess, at.now)
            }
            Call::AdmitSpoken { tenant, typed, guess } => {
                self.admit_spoken(tenant, typed, guess, at.now)
            }
            Call::AdmitTicket { tenant, ticket } => self.admit_ticket(tenant, ticket, at.now),
            Call::Current { who, right } => self.current(who, right, at.now),
            Call::Commit { tenant, admission } => self.commit(tenant, admission, at),
            Call::Settle { after } => self.settle(after, at.now),
            Call::SignIn { tenant, typed, password } => self.sign_in(tenant, typed, password, at),
            Call::Administer { operator, who } => self.administer(operator, who, at.now),
            Call::SendReset { administered, wanted } => self.send_reset(administered, wanted, at),
            Call::Speak { administered } => self.speak(administered, at),
            Call::SetDirectly { administered, temporary } => {
                self.set_directly(administered, temporary, at)
            }
            Call::RequireChange { administered } => self.require_change(administered, at.now),
            Call::Invite { who } => self.invite(who, at),
            Call::VerifyAddress { who, address, replaces } => {
                self.verify_address(who, address, replaces, at)
            }
            Call::AdmitAddress { tenant, letter } => self.admit_address(tenant, letter, at.now),
            Call::CommitAddress { tenant, admission } => {
                self.commit_address(tenant, admission, at.now)
            }
            Call::Stop { tenant, letter } => self.stop(tenant, letter, at.now),
            Call::Revoke { who } => self.revoke(who),
            Call::Forget { who } => self.forget(who),
            Call::Housekeep { tenant } => self.housekeep(tenant, at.now),
            Call::Enable { who, enabled } => Ok(self.enable(who, enabled)),
            Call::AddAddress { who, address } => Ok(self.add_address(who, address)),
            Call::ReplaceAddress { who, address } => Ok(self.replace_address(who, address)),
            Call::Delete { who } => Ok(self.delete(who)),
        }
    }

    /// A port is called here.
    fn point(&mut self) -> Did<()> {
        let here = self.points;
        self.points += 1;
        match self.trouble {
            Some((at, trouble)) if at == here => match trouble {
                Trouble::Fails => Err(Stop::Failed),
                Trouble::IsDropped => Err(Stop::Dropped),
                Trouble::Revoked(who) => {
                    // Nothing happens to the revocation itself.
                    self.trouble = None;
                    self.revoke(who).map(drop)
                }
            },
            _ => Ok(()),
        }
    }

    /// An account as a port loads it.
    fn load(&mut self, who: Who) -> Did<Option<Account>> {
        self.point()?;
        Ok(self.accounts.get(&who).cloned())
    }

    /// A row as a port loads it.
    fn row(&mut self, id: u64) -> Did<Option<Row>> {
        self.point()?;
        Ok(self.rows.get(&id).cloned())
    }

    /// Replaces a row that is still as it was seen, or is the next one already.
    fn swap(&mut self, seen: &Row, next: &Row) -> Did<bool> {
        self.point()?;
        let Some(row) = self.rows.get_mut(&seen.id) else { return Ok(false) };
        if row == seen {
            *row = next.clone();
        }
        Ok(row == next)
    }

    /// Stores a row of an id that no other has.
    fn insert(&mut self, row: &Row) -> Did<()> {
        self.point()?;
        self.rows.insert(row.id, row.clone());
        Ok(())
    }

    /// The rows of an account.
    fn list(&mut self, subject: Subject) -> Did<Vec<Row>> {
        self.point()?;
        Ok(self.rows.values().filter(|row| row.subject == subject).cloned().collect())
    }
}
