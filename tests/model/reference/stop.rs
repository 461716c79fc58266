use super::attempt::{Ground, Progress, Row, Subject};
use super::resend::token_refused;
use super::{Did, Model};
use crate::words::{Seen, Tenant, Who};

impl Model {
    /// "This was not me": ends the attempt, or requires recovery if the password was changed by it.
    pub(super) fn stop(&mut self, tenant: Tenant, letter: usize, now: i64) -> Did<Seen> {
        let letter = self.letter(letter);
        if let Some(refused) = token_refused(tenant == letter.tenant, letter.stop.unwrap(), now) {
            return Ok(refused);
        }
        loop {
            let Some(row) = self.row(letter.id)? else { return Ok(Seen::refused("reset_unknown")) };
            match row.progress {
                Progress::Live => {
                    if self.end(&row)?.is_some() {
                        return Ok(Seen::done("stop_attempt_ended"));
                    }
                }
                Progress::Running { .. } | Progress::Settled if row.ground != Ground::Address => {
                    self.require_recovery(&row)?;
                    return Ok(Seen::done("stop_recovery_required"));
                }
                _ => return Ok(Seen::done("stop_nothing")),
            }
        }
    }

    fn require_recovery(&mut self, stopped: &Row) -> Did<()> {
        let who = stopped.who().unwrap();
        if self.load(who)?.is_some() {
            self.point()?;
            let account = self.accounts.get_mut(&who).unwrap();
            account.recovery = true;
            account.epoch += 1;
        }
        for row in self.list(Subject::Account(who))? {
            match row.progress {
                Progress::Live => drop(self.end(&row)?),
                Progress::Settled if row.id != stopped.id => drop(self.swap(&row, &row.ended())?),
                _ => {}
            }
        }
        // A commit that runs keeps its row.
        if stopped.progress == Progress::Settled {
            self.swap(stopped, &stopped.ended())?;
        }
        Ok(())
    }

    /// Ends the live attempts of an account.
    pub(super) fn revoke(&mut self, who: Who) -> Did<Seen> {
        let (mut attempts, mut entries, mut running) = (0, 0, 0);
        for row in self.list(Subject::Account(who))? {
            let ended = match row.progress {
                Progress::Live => self.end(&row)?,
                Progress::Running { .. } => None,
                Progress::Settled | Progress::Ended => continue,
            };
            match ended {
                Some(erased) => (attempts, entries) = (attempts + 1, entries + erased),
                None => running += 1,
            }
        }
        Ok(Seen::done("attempts_revoked").with(attempts).with(entries).with(running))
    }

    /// Ends a live attempt and deletes its message: how many entries, or `None` if it has changed.
    fn end(&mut self, live: &Row) -> Did<Option<usize>> {
        if !self.swap(live, &live.ended())? {
            return Ok(None);
        }
        self.erase_entries(live.id).map(Some)
    }
}
