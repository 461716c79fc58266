use super::account::{MustChange, is_mail};
use super::attempt::{Contents, Ground, Row, Subject};
use super::counters::{Key, Mailbox};
use super::queue::{Letter, What};
use super::request::{contents, ends};
use super::{Administered, Admission, By, Did, Model, Thing};
use crate::settings::{
    ADMINISTERED, CODE_LIFE, INVITATION_LIFE, MESSAGES, SPOKEN_SECRETS, TEMPORARY_PASSWORD_LIFE,
};
use crate::words::{At, Contact, Seen, Wanted, Who};
use repass::answer::Answer;

/// Of accounts and their operators, those whom an operator may administer have an even number.
pub(crate) fn may_administer(operator: Who, who: Who) -> bool {
    operator.0 == who.0 && who.1.is_multiple_of(2)
}

impl Model {
    pub(super) fn administer(&mut self, operator: Who, who: Who, now: i64) -> Did<Seen> {
        let counted = self.count(Key::Administered(operator), ADMINISTERED, None, now)?;
        if counted.left().is_none() {
            return Ok(Seen::throttled("operator_throttled", counted.end));
        }
        let Some(account) = self.load(who)? else {
            self.point()?;
            return Ok(Seen::refused("operator_unknown_account"));
        };
        self.point()?;
        Ok(if who == operator {
            Seen::refused("operator_own_account")
        } else if !may_administer(operator, who) {
            Seen::refused("operator_not_allowed")
        } else if !account.enabled {
            Seen::refused("operator_account_disabled")
        } else {
            let administered = Administered { operator, account, until: now + 600 };
            self.made.push(Thing::Administered(Box::new(administered)));
            Seen::done("operator_admitted")
        })
    }

    /// An operator has a link or a code sent.
    pub(super) fn send_reset(&mut self, administered: usize, wanted: Wanted, at: At) -> Did<Seen> {
        let Administered { operator, account, until } = self.administered(administered);
        if at.now >= until {
            return Ok(Seen::refused("start_expired"));
        }
        let Some(to) = account.first_recipient(wanted) else {
            return Ok(Seen::refused("start_no_address"));
        };
        let ends = ends(wanted, at.now);
        let row = Row::of(&account, at.id, Ground::Operator(operator), ends, at.now);
        let row = Row { contents: contents(wanted, to), to: Some(to), sends: 1, ..row };
        let sent = self.send_first(&row, to, Key::OperatorMessages, at.now)?;
        Ok(match sent {
            Some(Refused::Throttled(until)) => Seen::throttled("start_throttled", until),
            Some(Refused::Cap) => Seen::new("start_sms_cap", Answer::Unavailable),
            None => {
                self.made.push(Thing::Handle { tenant: row.tenant(), id: row.id, end: ends.1 });
                Seen::done("operator_reset_sent")
            }
        })
    }

    /// An operator reads a secret out.
    pub(super) fn speak(&mut self, administered: usize, at: At) -> Did<Seen> {
        let Administered { operator, account, until } = self.administered(administered);
        if at.now >= until {
            return Ok(Seen::refused("start_expired"));
        }
        let key = Key::SpokenSecrets(account.who);
        let counted = self.count(key, SPOKEN_SECRETS, None, at.now)?;
        if counted.left().is_none() {
            return Ok(Seen::throttled("start_throttled", counted.end));
        }
        let end = at.now + CODE_LIFE;
        let row = Row::of(&account, at.id, Ground::Operator(operator), (end, end), at.now);
        let contents = Contents { spoken: true, ..Contents::default() };
        self.insert(&Row { contents, ..row })?;
        self.made.push(Thing::Spoken { tenant: account.who.0, id: at.id });
        Ok(Seen::done("operator_secret_made"))
    }

    /// An operator sets a password, or a temporary one.
    pub(super) fn set_directly(
        &mut self,
        administered: usize,
        temporary: bool,
        at: At,
    ) -> Did<Seen> {
        let Administered { operator, account, until } = self.administered(administered);
        let end = Some(at.now + TEMPORARY_PASSWORD_LIFE);
        let must_change = temporary.then_some(MustChange { temporary, end });
        let tenant = account.who.0;
        let by = By::Operator { operator, must_change };
        let admission = Admission { account, by, until };
        // It is used for one commit, and kept by nobody.
        self.things.push(Thing::Admission(Box::new(admission)));
        let seen = self.commit(tenant, self.things.len() - 1, at);
        self.things.pop();
        seen
    }

    /// An operator demands that the password is changed.
    pub(super) fn require_change(&mut self, administered: usize, now: i64) -> Did<Seen> {
        let Administered { account, until, .. } = self.administered(administered);
        if now >= until {
            return Ok(Seen::refused("require_change_expired"));
        }
        if !account.has_password() {
            return Ok(Seen::refused("require_change_no_password"));
        }
        self.point()?;
        self.point()?;
        let current = self.accounts.get_mut(&account.who);
        let current = current.filter(|current| current.password == account.password);
        if let Some(current) = current.filter(|current| current.must_change.is_none()) {
            current.must_change = Some(MustChange { temporary: false, end: None });
            current.epoch += 1;
            return Ok(Seen::done("change_required"));
        }
        // What is demanded already is not demanded anew.
        let current = self.load(account.who)?;
        Ok(match current.filter(|current| current.password == account.password) {
            Some(_) => Seen::done("change_required"),
            None => Seen::refused("require_change_superseded"),
        })
    }

    /// Invites the owner of an account that has no password.
    pub(super) fn invite(&mut self, who: Who, at: At) -> Did<Seen> {
        let Some(account) = self.load(who)? else {
            return Ok(Seen::refused("invite_account_gone"));
        };
        if !account.enabled {
            return Ok(Seen::refused("invite_account_disabled"));
        }
        if account.has_password() {
            return Ok(Seen::refused("invite_has_password"));
        }
        let Some(to) = account.first_recipient(Wanted::Link) else {
            return Ok(Seen::refused("invite_no_address"));
        };
        let end = at.now + INVITATION_LIFE;
        let row = Row::of(&account, at.id, Ground::FirstPassword, (end, end), at.now);
        let row = Row { contents: contents(Wanted::Link, to), to: Some(to), sends: 1, ..row };
        let sent = self.send_first(&row, to, Key::Invitations, at.now)?;
        Ok(match sent {
            Some(Refused::Throttled(until)) => Seen::throttled("invite_throttled", until),
            Some(Refused::Cap) => Seen::new("invite_sms_cap", Answer::Unavailable),
            None => Seen::done("invitation_sent"),
        })
    }

    /// The first message of an attempt that nobody asked for.
    fn send_first(
        &mut self,
        row: &Row,
        to: Contact,
        key: fn(Mailbox) -> Key,
        now: i64,
    ) -> Did<Option<Refused>> {
        let mailbox = (row.subject, row.stamp.clone(), row.to);
        let once = (row.id, row.sends);
        let counted = self.count(key(mailbox), MESSAGES, Some(once), now)?;
        if counted.left().is_none() {
            return Ok(Some(Refused::Throttled(counted.end)));
        }
        let (subject, tenant) = (Subject::Account(row.who().unwrap()), row.tenant());
        let counts = !is_mail(to);
        if counts && self.count_text(Key::TextMessages, subject, tenant, once, now)?.is_some() {
            return Ok(Some(Refused::Cap));
        }
        self.insert(row)?;
        self.push(row, What::Message(Letter::of(row, to)), now)?;
        Ok(None)
    }

    fn administered(&self, thing: usize) -> Administered {
        let Thing::Administered(administered) = &self.things[thing] else { unreachable!() };
        (**administered).clone()
    }
}

/// Why a message was not sent.
enum Refused {
    Throttled(i64),
    Cap,
}
