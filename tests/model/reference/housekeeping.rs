use super::attempt::{Ground, Progress, Row, Subject, Value};
use super::{After, Did, Model, Stop, Thing};
use crate::settings::DAY;
use crate::words::{Seen, Tenant, Who};

/// What housekeeping has done.
#[derive(Default)]
struct Done {
    resumed: usize,
    ended: usize,
    addresses: usize,
    purged: usize,
    other_scopes: usize,
    failures: usize,
}

impl Model {
    /// Finishes commits that crashed, and deletes what is over.
    pub(super) fn housekeep(&mut self, tenant: Tenant, now: i64) -> Did<Seen> {
        let mut done = Done::default();
        let resumed = self.resume_all(tenant, &mut done, now);
        done.failures += failures(resumed)?;
        let purged = self.purge(&mut done, now);
        done.failures += failures(purged)?;
        // Counters that are over count nothing, deleted or not.
        let purged = self.point();
        done.failures += failures(purged)?;
        let Done { resumed, ended, addresses, purged, other_scopes, failures } = done;
        let numbers = [resumed, ended, addresses, purged, other_scopes, failures];
        Ok(numbers.into_iter().fold(Seen::done("housekept"), Seen::with))
    }

    fn resume_all(&mut self, tenant: Tenant, done: &mut Done, now: i64) -> Did<()> {
        self.point()?;
        let unfinished: Vec<Row> =
            self.rows.values().filter(|row| row.is_unfinished(now)).cloned().collect();
        for row in &unfinished {
            if row.tenant() != tenant {
                done.other_scopes += 1;
                continue;
            }
            let resumed = self.resume(row, done, now);
            done.failures += failures(resumed)?;
        }
        if unfinished.is_empty() { Ok(()) } else { self.point() }
    }

    fn resume(&mut self, row: &Row, done: &mut Done, now: i64) -> Did<()> {
        let account = self.load(row.who().unwrap())?;
        let Progress::Running { lease, seen, .. } = &row.progress else { unreachable!() };
        if row.keep <= now {
            return Ok(());
        }
        let value = account.as_ref().map(|account| match seen {
            Value::Password(_) => Value::Password(account.password),
            Value::Contacts(_) => Value::Contacts(account.verified_set()),
        });
        match (account, value) {
            (Some(account), Some(value)) if value != *seen => {
                if row.ground == Ground::Address {
                    self.finish_address(row, &account, now)?;
                    done.addresses += 1;
                } else {
                    done.resumed += 1;
                    let after = After { account, running: row.clone() };
                    self.made.push(Thing::After(Box::new(after)));
                }
            }
            // Nothing was set: the secret works again, for a day at most.
            (Some(_), _) if now < lease + DAY => {}
            _ => {
                let is_swapped = self.swap(row, &row.ended())?;
                self.point()?;
                done.ended += usize::from(is_swapped);
            }
        }
        Ok(())
    }

    fn purge(&mut self, done: &mut Done, now: i64) -> Did<()> {
        self.point()?;
        let before = self.rows.len();
        self.rows.retain(|_, row| now < row.keep);
        let purged = before - self.rows.len();
        self.point()?;
        done.purged = purged;
        Ok(())
    }

    /// Deletes what is known of an account.
    pub(super) fn forget(&mut self, who: Who) -> Did<Seen> {
        let mut entries = 0;
        for row in self.list(Subject::Account(who))? {
            entries += self.erase_entries(row.id)?;
        }
        self.point()?;
        let before = self.rows.len();
        self.rows.retain(|_, row| row.subject != Subject::Account(who));
        Ok(Seen::done("forgotten").with(before - self.rows.len()).with(entries))
    }
}

/// What fails is told and holds up nothing else; what is dropped is over.
fn failures(done: Did<()>) -> Did<usize> {
    match done {
        Ok(()) => Ok(0),
        Err(Stop::Failed) => Ok(1),
        Err(Stop::Dropped) => Err(Stop::Dropped),
    }
}
