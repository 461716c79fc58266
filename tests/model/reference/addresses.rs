use super::account::is_sent_to;
use super::admission::judge;
use super::attempt::{Contents, Ground, Progress, Row, Value};
use super::commit::running;
use super::counters::Key;
use super::queue::{Letter, What};
use super::resend::token_refused;
use super::{Account, AddressAdmission, Did, Model, Stop, Thing};
use crate::settings::{LINK_LIFE, MESSAGES};
use crate::words::{At, Contact, Seen, Tenant, Who};

impl Model {
    /// Sends a link to an address that the account has and nobody has verified.
    pub(super) fn verify_address(
        &mut self,
        who: Who,
        address: Contact,
        replaces: Option<Contact>,
        at: At,
    ) -> Did<Seen> {
        let Some(account) = self.load(who)? else {
            return Ok(Seen::refused("address_account_gone"));
        };
        if !account.enabled {
            return Ok(Seen::refused("address_account_disabled"));
        }
        if account.recovery {
            return Ok(Seen::refused("address_recovery_required"));
        }
        if replaces.is_some_and(|old| !account.has(old, true)) {
            return Ok(Seen::refused("address_not_verified"));
        }
        if !account.has(address, false) {
            return Ok(Seen::refused("address_not_pending"));
        }
        for key in [Key::Addresses(who), Key::Stranger(who.0, address)] {
            let counted = self.count(key, MESSAGES, Some((at.id, 1)), at.now)?;
            if counted.left().is_none() {
                return Ok(Seen::throttled("address_throttled", counted.end));
            }
        }
        let ends = (at.now + LINK_LIFE, at.now + LINK_LIFE);
        let row = Row::of(&account, at.id, Ground::Address, ends, at.now);
        let contents = Contents { link: true, ..Contents::default() };
        let row = Row { contents, to: Some(address), replaces, sends: 1, ..row };
        self.insert(&row)?;
        self.push(&row, What::Message(Letter::of(&row, address)), at.now)?;
        Ok(Seen::done("address_requested").with(row.link_end))
    }

    pub(super) fn admit_address(&mut self, tenant: Tenant, letter: usize, now: i64) -> Did<Seen> {
        let letter = self.letter(letter);
        let end = letter.link.unwrap();
        if let Some(refused) = token_refused(tenant == letter.tenant, end, now) {
            return Ok(refused);
        }
        let row = self.row(letter.id)?.filter(|row| row.ground == Ground::Address);
        let Some(row) = row else { return Ok(Seen::refused("reset_unknown")) };
        let account = self.load(row.who().unwrap())?;
        let account = match judge(&row, account, now) {
            Err("reset_running") => return Ok(running("address_running")),
            Err(code) => return Ok(Seen::refused(code)),
            Ok(account) => account,
        };
        let (address, replaces) = (row.to.unwrap(), row.replaces);
        if account.with_verified(address, replaces).is_none() {
            return Ok(Seen::refused("reset_superseded"));
        }
        let until = now + 600;
        let admission = AddressAdmission { account, seen: row, address, replaces, until };
        self.made.push(Thing::Address(Box::new(admission)));
        Ok(Seen::done("address_admitted"))
    }

    pub(super) fn commit_address(
        &mut self,
        tenant: Tenant,
        admission: usize,
        now: i64,
    ) -> Did<Seen> {
        let Thing::Address(admission) = self.things[admission].clone() else { unreachable!() };
        let AddressAdmission { account, seen, address, replaces, until } = *admission;
        if tenant != account.who.0 || now >= until {
            return Ok(Seen::refused("commit_expired"));
        }
        let next = account.with_verified(address, replaces).unwrap();
        let contacts = |account: &Account| Value::Contacts(account.verified_set());
        let running = seen.running(contacts(&account), contacts(&next), now);
        if !self.swap(&seen, &running)? {
            return Ok(Seen::refused("commit_taken"));
        }
        self.point()?;
        let current = self.accounts.get_mut(&account.who);
        let written = current.filter(|current| current.may_be_written(&account));
        let after = written.and_then(|current| {
            *current = current.with_verified(address, replaces)?;
            Some(current.clone())
        });
        let after = match after {
            Some(after) => after,
            None => {
                let current = self.load(account.who)?;
                match current.filter(|current| current.verified_set() == next.verified_set()) {
                    // Another submit of the same link has verified it.
                    Some(current) => current,
                    None => {
                        if seen.progress == Progress::Live {
                            self.swap(&running, &running.ended())?;
                        }
                        return Ok(Seen::refused("commit_superseded"));
                    }
                }
            }
        };
        self.point()?;
        // What fails from here on, housekeeping does.
        if self.finish_address(&running, &after, now) == Err(Stop::Dropped) {
            return Err(Stop::Dropped);
        }
        let code = if replaces.is_some() { "address_replaced" } else { "address_verified" };
        Ok(Seen::done(code))
    }

    /// Tells the other verified contacts and the address that was replaced, and settles.
    pub(super) fn finish_address(&mut self, running: &Row, account: &Account, now: i64) -> Did<()> {
        let new = running.to.filter(|new| account.has(new, true));
        let others = account.verified().filter(|one| Some(*one) != new && is_sent_to(one));
        let mut to: Vec<Contact> = others.take(5).collect();
        let replaced = account.replaced.filter(|old| Some(*old) != new && !to.contains(old));
        to.extend(replaced);
        self.tell("address_changed", running, to, now)?;
        self.swap(running, &running.settled())?;
        self.point()
    }
}
