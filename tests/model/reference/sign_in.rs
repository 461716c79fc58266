use super::attempt::{Ground, Row};
use super::counters::Key;
use super::{Did, Model, Password, Thing};
use crate::settings::{SIGN_INS_OF_ACCOUNT, SIGN_INS_OF_IDENTIFIER};
use crate::words::{At, Seen, Tenant, Typed, Who};

const TICKET: i64 = 600;

impl Model {
    pub(super) fn sign_in(
        &mut self,
        tenant: Tenant,
        typed: Typed,
        password: usize,
        at: At,
    ) -> Did<Seen> {
        let key = Key::SignIns(tenant, typed);
        let counted = self.count(key, SIGN_INS_OF_IDENTIFIER, None, at.now)?;
        if counted.left().is_none() {
            return Ok(Seen::throttled("sign_in_throttled", counted.end));
        }
        self.point()?;
        let found = self.candidate(tenant, typed);
        let key = match found {
            Ok((who, stored)) => Key::SignInsOfAccount(who, stored),
            Err(_) => Key::SignInsOfNobody(tenant, typed),
        };
        let counted = self.count(key, SIGN_INS_OF_ACCOUNT, None, at.now)?;
        if counted.left().is_none() {
            return Ok(Seen::refused("sign_in_account_spent"));
        }
        let who = match found {
            Err(code) => return Ok(Seen::refused(code)),
            Ok((_, stored)) if stored != Password::Set(password) => {
                return Ok(Seen::refused("sign_in_wrong_password"));
            }
            Ok((who, _)) => who,
        };
        self.enter(who, at)
    }

    /// The password was right.
    fn enter(&mut self, who: Who, at: At) -> Did<Seen> {
        let account = self.load(who)?.unwrap();
        if account.recovery {
            return Ok(Seen::refused("sign_in_recovery_required"));
        }
        let (password, epoch) = (account.password, account.epoch);
        let Some(must_change) = account.must_change else {
            self.made.push(Thing::Session { who, password, epoch });
            return Ok(Seen::done("signed_in"));
        };
        let latest = at.now + TICKET;
        let until = match must_change.end {
            Some(end) if at.now >= end => return Ok(Seen::refused("sign_in_password_expired")),
            Some(end) => latest.min(end),
            None => latest,
        };
        self.insert(&Row::of(&account, at.id, Ground::Change, (until, until), at.now))?;
        self.made.push(Thing::Ticket { tenant: who.0, id: at.id, end: until });
        Ok(Seen::done("sign_in_must_change"))
    }

    /// The one account that is meant, and its stored password.
    fn candidate(&self, tenant: Tenant, typed: Typed) -> Result<(Who, Password), &'static str> {
        let people = self.accounts.values().filter(|account| account.who.0 == tenant);
        if people.filter(|account| account.is_named(typed)).count() == 0 {
            return Err("sign_in_unknown");
        }
        match self.meant(tenant, typed)[..] {
            [] => Err("sign_in_account_disabled"),
            [who] if !self.accounts[&who].has_password() => Err("sign_in_no_password"),
            [who] => Ok((who, self.accounts[&who].password)),
            _ => Err("sign_in_several_accounts"),
        }
    }
}
