use super::account::{Password, is_mail, is_sent_to};
use super::attempt::{Contents, Ground, Progress, Row, Subject, Value};
use super::counters::Key;
use super::queue::{Letter, What};
use super::{After, By, Did, Model, Thing};
use crate::words::{At, Contact, Seen, Tenant};
use repass::answer::Answer;

impl Model {
    /// Begins, writes, and says what follows.
    pub(super) fn commit(&mut self, tenant: Tenant, admission: usize, at: At) -> Did<Seen> {
        let Thing::Admission(admission) = self.things[admission].clone() else { unreachable!() };
        let (account, password) = (admission.account, Password::Set(at.password));
        if tenant != account.who.0 || at.now >= admission.until {
            return Ok(Seen::refused("commit_expired"));
        }
        let operator = match &admission.by {
            By::Operator { operator, .. } => Some(*operator),
            By::Secret(Row { ground: Ground::Operator(operator), .. }) => Some(*operator),
            By::Secret(_) | By::PresentPassword => None,
        };
        if operator.is_some() {
            // The operators of this test may administer whom they administered before.
            self.point()?;
        }
        let (seen, to_come) = (Value::Password(account.password), Value::Password(password));
        let own =
            |ground| Row::of(&account, at.id, ground, (admission.until, admission.until), at.now);
        let must_change = match admission.by {
            By::Operator { must_change, .. } => must_change,
            By::Secret(_) | By::PresentPassword => None,
        };
        let (live, is_taken_over) = match admission.by {
            By::Secret(row) => {
                let is_taken_over = row.progress != Progress::Live;
                match self.begin(&row, &seen, &to_come, at.now)? {
                    Some(running) => (running, is_taken_over),
                    None => return Ok(Seen::refused("commit_taken")),
                }
            }
            By::PresentPassword => {
                (self.begin_own(own(Ground::Change), &seen, &to_come, at.now)?, false)
            }
            By::Operator { operator, .. } => {
                (self.begin_own(own(Ground::Operator(operator)), &seen, &to_come, at.now)?, false)
            }
        };
        self.point()?;
        let current = self.accounts.get_mut(&account.who);
        let Some(written) = current.filter(|current| current.may_be_written(&account)) else {
            self.point()?;
            if !is_taken_over {
                self.swap(&live, &live.ended())?;
            }
            return Ok(Seen::refused("commit_superseded"));
        };
        written.password = password;
        written.must_change = must_change;
        written.recovery = false;
        written.changed_at = Some(at.now);
        written.version += 1;
        written.epoch += 1;
        let after = After { account: written.clone(), running: live };
        *self.sets.entry(after.running.id).or_default() += 1;
        let (who, epoch) = (after.account.who, after.account.epoch);
        let seen = Seen::done(occasion(&after.running).0);
        if after.running.ground == Ground::Change {
            self.made.push(Thing::Session { who, password, epoch });
        }
        self.made.push(Thing::After(Box::new(after)));
        Ok(seen)
    }

    fn begin(&mut self, row: &Row, seen: &Value, to_come: &Value, now: i64) -> Did<Option<Row>> {
        let running = row.running(seen.clone(), to_come.clone(), now);
        if self.swap(row, &running)? {
            return Ok(Some(running));
        }
        // A message that was sent again meanwhile is no reason to fail.
        let stored = self.row(row.id)?.filter(|stored| {
            let are_live = row.progress == Progress::Live && stored.progress == Progress::Live;
            are_live && stored.sends > row.sends
        });
        let Some(stored) = stored else { return Ok(None) };
        let running = stored.running(seen.clone(), to_come.clone(), now);
        Ok(self.swap(&stored, &running)?.then_some(running))
    }

    fn begin_own(&mut self, row: Row, seen: &Value, to_come: &Value, now: i64) -> Did<Row> {
        let running = row.running(seen.clone(), to_come.clone(), now);
        self.insert(&running)?;
        Ok(running)
    }

    /// A notice to every verified contact, and to an address that was replaced; then the row is settled.
    pub(super) fn settle(&mut self, after: usize, now: i64) -> Did<Seen> {
        let Thing::After(after) = self.things[after].clone() else { unreachable!() };
        let After { account, running } = *after;
        let mut to: Vec<Contact> =
            account.verified().filter(|one| is_sent_to(one)).take(5).collect();
        to.extend(account.replaced.filter(|old| !to.contains(old)));
        self.tell(occasion(&running).1, &running, to, now)?;
        self.swap(&running, &running.settled())?;
        Ok(Seen::done("settled"))
    }

    /// Puts notices of a change into the queue. Text messages have caps.
    pub(super) fn tell(
        &mut self,
        kind: &'static str,
        running: &Row,
        to: Vec<Contact>,
        now: i64,
    ) -> Did<()> {
        let (tenant, subject) = (running.tenant(), Subject::Account(running.who().unwrap()));
        for (number, to) in (0..).zip(to) {
            let once = (running.id, number);
            let counts = !is_mail(to);
            if counts && self.count_text(Key::TextNotices, subject, tenant, once, now)?.is_some() {
                continue;
            }
            let notice = Letter::notice(kind, running, to, running.stop_end());
            self.push(running, What::Notice(notice), now)?;
        }
        Ok(())
    }
}

/// The code of the event of a change, and the kind of its notice.
pub(crate) fn occasion(running: &Row) -> (&'static str, &'static str) {
    match running.ground {
        Ground::Change => ("password_changed", "password_changed"),
        Ground::FirstPassword => ("first_password_set", "first_password_set"),
        Ground::Operator(_) if running.contents == Contents::default() => {
            ("password_set_by_operator", "password_set_by_operator")
        }
        Ground::Reset | Ground::Operator(_) | Ground::Address => {
            ("password_reset", "password_changed")
        }
    }
}

/// What a person is told to whom nothing can be said yet.
pub(crate) fn running(code: &'static str) -> Seen {
    Seen::new(code, Answer::Unavailable)
}
