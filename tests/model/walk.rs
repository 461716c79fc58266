//! A walk through service and reference model, side by side.

use std::collections::BTreeSet;
use std::fmt::Write;

use repass::answer::Answer;

use crate::hosts::Host;
use crate::op::{By, Flood, Op, Typing, With};
use crate::people::{ENTERED, FIRST_PASSWORDS, OPERATOR, SPARE, name_of, people};
use crate::plan::Way;
use crate::reference::{Model, Progress, Row, Thing, Trouble};
use crate::service::Service;
use crate::settings::{HOUR, TRIES_OF_HANDLE};
use crate::snapshot::Snapshot;
use crate::words::{At, Call, Guess, Seen, Tenant, Typed, Wanted, Who};

/// One operation with trouble at one call of a port, counted from its first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) op: usize,
    pub(crate) call: usize,
    pub(crate) way: Way,
    /// Whose attempts a revocation ends.
    pub(crate) who: Who,
}

/// A sequence of operations, served by two processes in turn.
#[derive(Clone, Debug)]
pub(crate) struct Plot {
    pub(crate) ops: Vec<Op>,
    /// How far the clock of the second process is from that of the first.
    pub(crate) skew: i64,
    /// Which process serves the operation of this place.
    pub(crate) second: Vec<bool>,
}

pub(crate) struct Walk {
    service: Service,
    /// Every state of the model that explains what was seen.
    models: Vec<Model>,
    clock: i64,
    skew: i64,
    next: u64,
    /// The attempts that ever had a row.
    ids: BTreeSet<u64>,
    troubled: Option<(Call, Trouble)>,
    codes: BTreeSet<String>,
    way: Option<(Way, Who)>,
    log: String,
}

type Step<T> = Result<T, String>;

/// What a walk has seen.
#[derive(Debug, PartialEq)]
pub(crate) struct Walked {
    /// How many calls of ports each operation made.
    pub(crate) calls: Vec<usize>,
    /// What was answered and what became of entries of the queue.
    pub(crate) codes: BTreeSet<String>,
}

/// Walks without a fault, or with one; the error is what the model does not explain.
pub(crate) fn walk(plot: &Plot, fault: Option<Fault>, host: Host) -> Result<Walked, String> {
    let mut walk = Walk::new(host);
    let mut calls = Vec::new();
    let walked = walk.all(plot, fault, &mut calls);
    walked.map_err(|wrong| format!("{}{wrong}", walk.log))?;
    Ok(Walked { calls, codes: walk.codes })
}

impl Walk {
    fn new(host: Host) -> Self {
        Self {
            service: Service::new(host),
            models: vec![Model::new(&people())],
            clock: 1_700_000_000,
            skew: 0,
            next: 1_000,
            ids: BTreeSet::new(),
            troubled: None,
            codes: BTreeSet::new(),
            way: None,
            log: String::new(),
        }
    }

    fn all(&mut self, plot: &Plot, fault: Option<Fault>, calls: &mut Vec<usize>) -> Step<()> {
        for (number, op) in plot.ops.iter().enumerate() {
            let is_second = plot.second.get(number).is_some_and(|second| *second);
            self.skew = if is_second { plot.skew } else { 0 };
            let before = self.service.plan.calls();
            if let Some(fault) = fault.filter(|fault| fault.op == number) {
                self.way = Some((fault.way, fault.who));
                self.service.revoke_in_between(fault.who);
                self.service.plan.arm(fault.call, fault.way);
            }
            self.op(*op)?;
            calls.push(self.service.plan.calls() - before);
            self.service.plan.disarm();
            if let Some((call, _)) = self.troubled.take() {
                self.mend(call)?;
            }
        }
        self.end()
    }

    /// The owner tries the same again, and a thief with the same message; then the jobs run.
    fn mend(&mut self, call: Call) -> Step<()> {
        let is_used_up = matches!(call, Call::CommitAddress { .. });
        if !is_used_up {
            self.call(call)?;
        }
        self.steal(call)?;
        self.op(Op::EnterAddress { back: 0, elsewhere: false, commits: true })?;
        self.finish()
    }

    /// A thief has the message of the same attempt, or else the newest one.
    fn steal(&mut self, call: Call) -> Step<()> {
        let before = self.things();
        let model = &self.models[0];
        let id = match call {
            Call::AdmitLink { letter: thing, .. }
            | Call::AdmitHandledLink { letter: thing, .. }
            | Call::AdmitCode { handle: thing, .. }
            | Call::AdmitTicket { ticket: thing, .. }
            | Call::Commit { admission: thing, .. }
            | Call::Settle { after: thing }
            | Call::Stop { letter: thing, .. }
            | Call::Resend { handle: thing, .. } => model.things[thing].attempt(),
            _ => None,
        };
        let link = self.newest(0, |thing| match thing {
            Thing::Letter(letter) if id.is_none() || id == Some(letter.id) => letter.opens(),
            _ => false,
        });
        if let Some((tenant, letter)) = link {
            self.call(Call::AdmitLink { tenant, letter })?;
            self.set_newest(before)?;
        }
        Ok(())
    }

    /// Sets a password if somebody was admitted since there were so many things.
    fn set_newest(&mut self, before: usize) -> Step<()> {
        let admission = self.newest(0, |thing| matches!(thing, Thing::Admission(_)));
        match admission.filter(|(_, at)| *at >= before) {
            Some((tenant, admission)) => self.set(tenant, admission, true),
            None => Ok(()),
        }
    }

    /// Everything that is open is finished.
    fn finish(&mut self) -> Step<()> {
        self.clock += 200;
        let model = &self.models[0];
        let of_rows = model.rows.values().map(Row::tenant);
        let tenants: BTreeSet<Tenant> =
            of_rows.chain(model.queue.values().map(|entry| entry.tenant)).collect();
        for tenant in tenants {
            self.op(Op::Housekeep { tenant })?;
            self.call(Call::Work { tenant })?;
        }
        Ok(())
    }

    /// In the end everything is finished, and every secret is tried.
    fn end(&mut self) -> Step<()> {
        self.skew = 0;
        self.try_all()?;
        // Longer than any entry waits.
        self.clock += 900;
        self.finish()?;
        // Longer than any link or code that is sent again.
        self.clock += 2 * HOUR;
        self.finish()?;
        if !self.models[0].queue.is_empty() {
            self.finish()?;
        }
        self.laws()?;
        self.try_all()
    }

    /// Every link and every ticket that was handed out.
    fn try_all(&mut self) -> Step<()> {
        for thing in 0..self.things() {
            match self.models[0].things[thing].clone() {
                Thing::Letter(letter) if letter.link.is_some() => {
                    self.call(Call::AdmitLink { tenant: letter.tenant, letter: thing })?;
                }
                Thing::Ticket { tenant, .. } => {
                    self.call(Call::AdmitTicket { tenant, ticket: thing })?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What holds for the model itself once everything is finished.
    fn laws(&self) -> Step<()> {
        let model = &self.models[0];
        if !model.queue.is_empty() {
            return Err("something waits for ever".to_owned());
        }
        for (id, number) in &model.sets {
            let row = model.rows.get(id);
            if row.is_some_and(|row| matches!(row.progress, Progress::Running { .. })) {
                return Err(format!("what follows from attempt {id} was lost"));
            }
            if *number > 1 {
                return Err(format!("attempt {id} set {number} passwords"));
            }
            let account = row.and_then(Row::who).and_then(|who| model.accounts.get(&who));
            let has_mail = account.is_some_and(|own| own.first_recipient(Wanted::Link).is_some());
            let is_told = model.things.iter().any(|thing| match thing {
                Thing::Letter(letter) => letter.id == *id && letter.is_notice(),
                _ => false,
            });
            if has_mail && !is_told {
                return Err(format!("nobody was told of attempt {id}"));
            }
        }
        Ok(())
    }

    fn op(&mut self, op: Op) -> Step<()> {
        if op != Op::Idle {
            writeln!(self.log, "{op:?}").unwrap();
        }
        match op {
            Op::Idle => {}
            Op::Wait { seconds } => self.clock += seconds,
            Op::Ask { tenant, typed, wanted } => {
                self.call(Call::Request { tenant, typed, wanted })?;
            }
            Op::Get { tenant, typed, wanted } => {
                self.call(Call::Request { tenant, typed, wanted })?;
                self.call(Call::Work { tenant })?;
            }
            Op::AskAgain { back } => {
                let handle = self.newest(back, |thing| matches!(thing, Thing::Handle { .. }));
                if let Some((tenant, handle)) = handle {
                    self.call(Call::Resend { tenant, handle })?;
                    self.call(Call::Work { tenant })?;
                }
            }
            Op::ResendTo { who, typed } => {
                self.call(Call::ResendTo { who, typed })?;
            }
            Op::Work { tenant } => {
                self.call(Call::Work { tenant })?;
            }
            Op::Enter { by, back, elsewhere } => {
                self.enter(by, back, elsewhere)?;
            }
            Op::Reset { by, back } => {
                let before = self.things();
                self.enter(by, back, false)?;
                self.set_newest(before)?;
            }
            Op::Set { back, settles, elsewhere } => {
                let admission = self.newest(back, |thing| matches!(thing, Thing::Admission(_)));
                if let Some((tenant, admission)) = admission {
                    self.set(other(tenant, elsewhere), admission, settles)?;
                }
            }
            Op::Settle { back } => {
                let after = self.newest(back, |thing| matches!(thing, Thing::After(_)));
                if let Some((_, after)) = after {
                    self.call(Call::Settle { after })?;
                }
            }
            Op::Change { who, right } => {
                let before = self.things();
                self.call(Call::Current { who, right: right && self.knows_password(who) })?;
                self.set_newest(before)?;
            }
            Op::SignIn { tenant, typed, back } => {
                let password = self.password(tenant, typed, back);
                self.call(Call::SignIn { tenant, typed, password })?;
            }
            Op::Operate { operator, who, with } => self.operate((who.0, operator.1), who, with)?,
            Op::Speak { tenant, typed, guess, back } => {
                let is_spoken = |thing: &Thing| matches!(thing, Thing::Spoken { .. });
                let guess = match (guess, self.newest(back, is_spoken)) {
                    (Typing::Right, Some((_, thing))) => Guess::Of(thing),
                    (Typing::Malformed, _) => Guess::Malformed,
                    _ => Guess::Wrong,
                };
                self.call(Call::AdmitSpoken { tenant, typed, guess })?;
            }
            Op::Invite { who } => {
                self.call(Call::Invite { who })?;
                self.call(Call::Work { tenant: who.0 })?;
            }
            Op::Verify { who, spare, replaces } => {
                let address = SPARE[spare];
                self.call(Call::AddAddress { who, address })?;
                let account = self.models[0].accounts.get(&who);
                let old =
                    account.and_then(|account| account.verified().find(|one| one.contains('@')));
                let replaces = old.filter(|_| replaces);
                self.call(Call::VerifyAddress { who, address, replaces })?;
                self.call(Call::Work { tenant: who.0 })?;
            }
            Op::EnterAddress { back, elsewhere, commits } => {
                let is_link = |thing: &Thing| match thing {
                    Thing::Letter(letter) => letter.kind == "verify_address",
                    _ => false,
                };
                if let Some((tenant, letter)) = self.newest(back, is_link) {
                    self.call(Call::AdmitAddress { tenant: other(tenant, elsewhere), letter })?;
                    if commits {
                        self.op(Op::CommitAddress { back: 0 })?;
                    }
                }
            }
            Op::CommitAddress { back } => {
                let admission = self.newest(back, |thing| matches!(thing, Thing::Address(_)));
                let is_unused = |(_, at): &(Tenant, usize)| self.service.has_address(*at);
                if let Some((tenant, admission)) = admission.filter(is_unused) {
                    self.call(Call::CommitAddress { tenant, admission })?;
                }
            }
            Op::Stop { back, elsewhere } => {
                let has_stop = |thing: &Thing| match thing {
                    Thing::Letter(letter) => letter.stop.is_some(),
                    _ => false,
                };
                if let Some((tenant, letter)) = self.newest(back, has_stop) {
                    self.call(Call::Stop { tenant: other(tenant, elsewhere), letter })?;
                }
            }
            Op::Revoke { who } => {
                self.call(Call::Revoke { who })?;
            }
            Op::Enable { who, enabled } => {
                self.call(Call::Enable { who, enabled })?;
            }
            Op::ReplaceAddress { who, spare } => {
                self.call(Call::ReplaceAddress { who, address: ENTERED[spare] })?;
            }
            Op::Delete { who } => {
                self.call(Call::Delete { who })?;
                self.call(Call::Forget { who })?;
            }
            Op::Flood { who, with } => self.flood(who, with)?,
            Op::Housekeep { tenant } => {
                let before = self.things();
                self.call(Call::Housekeep { tenant })?;
                for after in before..self.things() {
                    self.call(Call::Settle { after })?;
                }
            }
        }
        Ok(())
    }

    fn flood(&mut self, who: Who, with: Flood) -> Step<()> {
        let (tenant, typed) = (who.0, name_of(who, 0));
        for number in 0..8 {
            let wanted = Wanted::LinkAndCode;
            let seen = match with {
                Flood::Requests => {
                    let seen = self.call(Call::Request { tenant, typed, wanted })?;
                    self.call(Call::Work { tenant })?;
                    seen
                }
                Flood::LinksToThePerson => self.call(Call::ResendTo { who, typed })?,
                Flood::Codes => {
                    // Of several handles: one alone has fewer tries than the account.
                    if (number as u32).is_multiple_of(TRIES_OF_HANDLE) {
                        self.call(Call::Request { tenant, typed, wanted })?;
                        self.call(Call::Work { tenant })?;
                    }
                    let newest = self.newest(0, |thing| matches!(thing, Thing::Handle { .. }));
                    let Some((tenant, handle)) = newest else { return Ok(()) };
                    self.call(Call::AdmitCode { tenant, handle, guess: Guess::Wrong })?
                }
                Flood::Spoken => {
                    self.call(Call::AdmitSpoken { tenant, typed, guess: Guess::Wrong })?
                }
                Flood::PresentPasswords => self.call(Call::Current { who, right: false })?,
                Flood::SignIns => {
                    // By another name of the account, once too many were tried by one.
                    let typed = name_of(who, number / 5);
                    let password = self.password(tenant, typed, 2);
                    self.call(Call::SignIn { tenant, typed, password })?
                }
                Flood::Operators(with) => {
                    self.operate((tenant, OPERATOR.1), who, with)?;
                    None
                }
                Flood::Invitations => self.call(Call::Invite { who })?,
                Flood::Addresses => {
                    let (address, replaces) = (SPARE[0], None);
                    self.call(Call::VerifyAddress { who, address, replaces })?
                }
            };
            // Codes are tried on, as the limit of the account is not told; spoken secrets have none.
            if seen.is_some_and(|seen| matches!(seen.answer, Answer::Throttled { .. })) {
                break;
            }
        }
        Ok(())
    }

    fn enter(&mut self, by: By, back: usize, elsewhere: bool) -> Step<()> {
        let is_handle = |thing: &Thing| matches!(thing, Thing::Handle { .. });
        let link = self.newest(back, |thing| match thing {
            Thing::Letter(letter) => letter.opens(),
            _ => false,
        });
        match by {
            By::Link => {
                if let Some((tenant, letter)) = link {
                    self.call(Call::AdmitLink { tenant: other(tenant, elsewhere), letter })?;
                }
            }
            By::HandledLink => {
                let handle = self.newest(back, is_handle);
                if let (Some((tenant, letter)), Some((_, handle))) = (link, handle) {
                    let tenant = other(tenant, elsewhere);
                    self.call(Call::AdmitHandledLink { tenant, handle, letter })?;
                }
            }
            By::Code(typing) => {
                let Some((tenant, handle)) = self.newest(back, is_handle) else { return Ok(()) };
                let Thing::Handle { id, .. } = self.models[0].things[handle] else {
                    unreachable!()
                };
                let code = self.newest(0, |thing| match thing {
                    Thing::Letter(letter) => letter.code.is_some() && letter.id == id,
                    _ => false,
                });
                let other_code = self.newest(0, |thing| match thing {
                    Thing::Letter(letter) => letter.code.is_some(),
                    _ => false,
                });
                let guess = match (typing, code.or(other_code)) {
                    (Typing::Right, Some((_, letter))) => Guess::Of(letter),
                    (Typing::Malformed, _) => Guess::Malformed,
                    _ => Guess::Wrong,
                };
                self.call(Call::AdmitCode { tenant: other(tenant, elsewhere), handle, guess })?;
            }
            By::Ticket => {
                let ticket = self.newest(back, |thing| matches!(thing, Thing::Ticket { .. }));
                if let Some((tenant, ticket)) = ticket {
                    self.call(Call::AdmitTicket { tenant: other(tenant, elsewhere), ticket })?;
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, tenant: Tenant, admission: usize, settles: bool) -> Step<()> {
        let before = self.things();
        self.call(Call::Commit { tenant, admission })?;
        self.settle_since(before, settles)
    }

    fn settle_since(&mut self, before: usize, settles: bool) -> Step<()> {
        let after = self.newest(0, |thing| matches!(thing, Thing::After(_)));
        if let Some((tenant, after)) = after.filter(|(_, at)| settles && *at >= before) {
            self.call(Call::Settle { after })?;
            self.call(Call::Work { tenant })?;
        }
        Ok(())
    }

    fn operate(&mut self, operator: Who, who: Who, with: With) -> Step<()> {
        let before = self.things();
        self.call(Call::Administer { operator, who })?;
        let newest = self.newest(0, |thing| matches!(thing, Thing::Administered(_)));
        let Some((tenant, administered)) = newest.filter(|(_, at)| *at >= before) else {
            return Ok(());
        };
        match with {
            With::Message(wanted) => {
                self.call(Call::SendReset { administered, wanted })?;
                self.call(Call::Work { tenant })?;
            }
            With::Spoken => drop(self.call(Call::Speak { administered })?),
            With::Password { temporary } => {
                self.call(Call::SetDirectly { administered, temporary })?;
                self.settle_since(before, true)?;
            }
            With::Demand => drop(self.call(Call::RequireChange { administered })?),
        }
        Ok(())
    }

    /// Calls the service and the model, and compares.
    fn call(&mut self, call: Call) -> Step<Option<Seen>> {
        let before = self.things();
        let password = usize::try_from(self.next).unwrap();
        let at = At { now: self.clock + self.skew, id: self.next, password };
        self.next += 1;
        let seen = self.service.call(call, at);
        let snapshot = self.service.snapshot(before, password);
        // The row of a change that no message belongs to has the name that its hash gives it.
        let named = snapshot.rows.keys().find(|id| **id != at.id && !self.ids.contains(id));
        let at = At { id: named.copied().unwrap_or(at.id), ..at };
        self.ids.extend(snapshot.rows.keys());
        writeln!(self.log, "    {call:?} at {}: {seen:?}", at.now).unwrap();
        if let Some(seen) = &seen {
            self.codes.extend(core::iter::once(seen.code.to_owned()).chain(seen.details.clone()));
        }
        let has_fired = self.service.plan.has_fired();
        let mut possible: Vec<(Model, Option<Seen>)> = Vec::new();
        for mut model in core::mem::take(&mut self.models) {
            if let (true, Some((way, who))) = (has_fired, self.way) {
                let trouble = match way {
                    Way::ErrorBefore | Way::ErrorAfter => Trouble::Fails,
                    Way::DropBefore | Way::DropAfter => Trouble::IsDropped,
                    Way::Revoke => Trouble::Revoked(who),
                };
                writeln!(self.log, "    with trouble: {trouble:?}").unwrap();
                self.troubled = Some((call, trouble));
                possible.extend(model.troubled(call, at, trouble));
            } else {
                let expected = model.call(call, at);
                possible.push((model, expected));
            }
        }
        let mut wrong = String::new();
        for (mut model, expected) in possible {
            let difference = if expected == seen {
                self.difference(&mut model, &snapshot, at.now)
            } else {
                Some(format!("answers {expected:?}"))
            };
            match difference {
                None if self.models.contains(&model) => {}
                None => self.models.push(model),
                Some(difference) => writeln!(wrong, "  the model {difference}").unwrap(),
            }
        }
        if self.models.is_empty() {
            return Err(format!("no state of the model explains it:\n{wrong}"));
        }
        Ok(seen)
    }

    /// What differs between service and model.
    fn difference(&self, model: &mut Model, seen: &Snapshot, now: i64) -> Option<String> {
        let own = Snapshot::of(model, seen.since);
        if let Some(difference) = own.difference(seen) {
            return Some(difference);
        }
        // What was handed out last still opens what the model says.
        for thing in (0..model.things.len()).rev().take(8) {
            let expected = match &model.things[thing] {
                Thing::Letter(letter) if letter.link.is_some() => {
                    let tenant = letter.tenant;
                    Some((tenant, model.look(Call::AdmitLink { tenant, letter: thing }, now)))
                }
                Thing::Ticket { tenant, .. } => {
                    let tenant = *tenant;
                    Some((tenant, model.look(Call::AdmitTicket { tenant, ticket: thing }, now)))
                }
                _ => None,
            };
            if let Some((tenant, expected)) = expected {
                let seen = self.service.look(tenant, thing, now);
                if seen != expected {
                    return Some(format!("says of thing {thing} {expected:?} and not {seen:?}"));
                }
            }
        }
        for (at, thing) in model.things.iter().enumerate() {
            let Thing::Session { who, password, epoch } = thing else { continue };
            let account = model.accounts.get(who);
            let holds = account.is_some_and(|account| account.session_holds(*password, *epoch));
            if holds != self.service.session_holds(at) {
                return Some(format!("says of session {at} that it holds: {holds}"));
            }
        }
        None
    }

    fn things(&self) -> usize {
        self.service.things.len()
    }

    /// The newest thing that fits but for so many, and its tenant.
    fn newest(&self, back: usize, fits: impl Fn(&Thing) -> bool) -> Option<(Tenant, usize)> {
        let things = self.models[0].things.iter().enumerate().rev();
        let (at, thing) = things.filter(|(_, thing)| fits(thing)).nth(back)?;
        Some((thing.tenant(), at))
    }

    fn knows_password(&self, who: Who) -> bool {
        let account = self.models[0].accounts.get(&who);
        account.and_then(|account| account.number()).is_some_and(|own| self.service.knows(own))
    }

    /// The password of the account that is meant, or one that it perhaps had before.
    fn password(&self, tenant: Tenant, typed: Typed, back: usize) -> usize {
        let model = &self.models[0];
        let mut accounts = model.accounts.values().filter(|account| account.who.0 == tenant);
        let named = accounts.find(|account| account.is_named(typed));
        let own = named.and_then(|account| account.number());
        let own = own.filter(|own| back < 2 && self.service.knows(*own));
        own.unwrap_or(back % FIRST_PASSWORDS)
    }
}

fn other(tenant: Tenant, elsewhere: bool) -> Tenant {
    if elsewhere { 1 - tenant } else { tenant }
}
