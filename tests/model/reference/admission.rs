use super::attempt::{Contents, Ground, Progress, Row, Subject};
use super::counters::Key;
use super::request::prefer;
use super::resend::token_refused;
use super::{Account, Admission, By, Did, Letter, Model, Stop, Thing};
use crate::settings::{
    CODE_LIFE, LAST_CODE_KEPT, LINK_LIFE, PRESENT_PASSWORDS, TRIES_OF_ACCOUNT, TRIES_OF_HANDLE,
};
use crate::words::{Guess, Seen, Tenant, Typed, Who};
use repass::answer::Answer;

const TICKET: i64 = 600;
/// How many secrets that operators read out a guess is compared with.
const MOST_SPOKEN: usize = 3;

impl Model {
    pub(super) fn admit_link(&mut self, tenant: Tenant, letter: usize, now: i64) -> Did<Seen> {
        let letter = self.letter(letter);
        let end = letter.link.unwrap();
        if let Some(refused) = token_refused(tenant == letter.tenant, end, now) {
            return Ok(refused);
        }
        self.prove_link(letter.id, end, now)
    }

    pub(super) fn admit_handled_link(
        &mut self,
        tenant: Tenant,
        handle: usize,
        letter: usize,
        now: i64,
    ) -> Did<Seen> {
        let letter = self.letter(letter);
        let (of, id, handle_end) = self.handle(handle);
        let end = letter.link.unwrap();
        let link = token_refused(tenant == letter.tenant, end, now);
        if let Some(refused) = link.or_else(|| token_refused(tenant == of, handle_end, now)) {
            return Ok(refused);
        }
        if id != letter.id {
            return Ok(Seen::refused("reset_other_attempt"));
        }
        self.prove_link(id, end, now)
    }

    fn prove_link(&mut self, id: u64, end: i64, now: i64) -> Did<Seen> {
        let row = self.row(id)?;
        // An earlier link is good until its own end, which is no later than that of the row.
        let Some(row) = row.filter(|row| row.contents.link && end <= row.link_end) else {
            return Ok(Seen::refused("reset_unknown"));
        };
        self.admit(row, now + TICKET, None, now)
    }

    pub(super) fn admit_code(
        &mut self,
        tenant: Tenant,
        handle: usize,
        guess: Guess,
        now: i64,
    ) -> Did<Seen> {
        let (of, id, end) = self.handle(handle);
        if let Some(refused) = token_refused(tenant == of, end, now) {
            return Ok(refused);
        }
        if guess == Guess::Malformed {
            return Ok(Seen::new("code_malformed", Answer::Invalid));
        }
        let Some(row) = self.row(id)?.filter(|row| row.code_end == end) else {
            return Ok(Seen::refused("reset_unknown"));
        };
        let of_handle = (TRIES_OF_HANDLE, LINK_LIFE.max(CODE_LIFE));
        let on_handle = self.count(Key::CodesOfHandle(id), of_handle, None, now)?;
        let Some(left) = on_handle.left() else {
            return Ok(wrong("reset_handle_spent", 0));
        };
        let of_account = Key::CodesOfAccount(row.subject);
        let on_account = self.count(of_account, TRIES_OF_ACCOUNT, None, now)?;
        if on_account.left().is_none() {
            return Ok(wrong("reset_account_spent", left));
        }
        let is_right = match guess {
            Guess::Of(letter) => {
                let letter = self.letter(letter);
                let is_good = |epoch| is_good(&row, epoch, now);
                row.contents.code && letter.id == id && letter.code.is_some_and(is_good)
            }
            Guess::Wrong | Guess::Malformed => false,
        };
        if !is_right {
            return Ok(wrong("reset_wrong_code", left));
        }
        self.admit(row, now + TICKET, Some(left), now)
    }

    pub(super) fn admit_spoken(
        &mut self,
        tenant: Tenant,
        typed: Typed,
        guess: Guess,
        now: i64,
    ) -> Did<Seen> {
        if guess == Guess::Malformed {
            return Ok(Seen::new("code_malformed", Answer::Invalid));
        }
        self.point()?;
        let meant = self.meant(tenant, typed);
        let subject = match meant[..] {
            [who] => Subject::Account(who),
            _ => Subject::Nobody(tenant, typed),
        };
        let mut live = self.list(subject)?;
        live.retain(|row| {
            let is_open = matches!(row.progress, Progress::Live | Progress::Running { .. });
            row.contents.spoken && is_open && now < row.code_end
        });
        live.sort_by_key(|row| core::cmp::Reverse((row.created, row.id)));
        live.truncate(MOST_SPOKEN);
        let id = match guess {
            Guess::Of(thing) => match self.things[thing] {
                Thing::Spoken { tenant: of, id } => Some(id).filter(|_| of == tenant),
                _ => unreachable!(),
            },
            Guess::Wrong | Guess::Malformed => None,
        };
        match live.into_iter().find(|row| Some(row.id) == id) {
            Some(row) => self.admit(row, now + TICKET, None, now),
            None => Ok(Seen::refused("reset_wrong_code")),
        }
    }

    pub(super) fn admit_ticket(&mut self, tenant: Tenant, ticket: usize, now: i64) -> Did<Seen> {
        let Thing::Ticket { tenant: of, id, end } = self.things[ticket] else { unreachable!() };
        if let Some(refused) = token_refused(tenant == of, end, now) {
            return Ok(refused);
        }
        match self.row(id)? {
            // A ticket prolongs no other.
            Some(row) if row.contents != Contents::default() || row.ground == Ground::Change => {
                self.admit(row, end, None, now)
            }
            _ => Ok(Seen::refused("reset_unknown")),
        }
    }

    /// A secret was right: whether the attempt and its account still allow anything.
    fn admit(&mut self, row: Row, until: i64, left: Option<u32>, now: i64) -> Did<Seen> {
        let refused = |code| Seen::new(code, Answer::Refused { tries_left: left });
        if row.ground == Ground::Address {
            return Ok(Seen::refused("reset_unknown"));
        }
        let ticket = Thing::Ticket { tenant: row.tenant(), id: row.id, end: until };
        let account = match self.load(row.who().unwrap()) {
            Ok(account) => account,
            Err(Stop::Failed) => {
                // What was right is not asked for again.
                self.made.push(ticket);
                return Ok(Seen::failed());
            }
            Err(Stop::Dropped) => return Err(Stop::Dropped),
        };
        let account = match judge(&row, account, now) {
            Err("reset_running") => {
                self.made.push(ticket);
                return Ok(Seen::new("reset_running", Answer::Unavailable));
            }
            Err(code) => return Ok(refused(code)),
            Ok(account) => account,
        };
        let admission = Admission { account, by: By::Secret(row), until };
        self.made.extend([ticket, Thing::Admission(Box::new(admission))]);
        Ok(Seen::done("reset_admitted"))
    }

    /// A signed-in person types the present password.
    pub(super) fn current(&mut self, who: Who, right: bool, now: i64) -> Did<Seen> {
        let counted = self.count(Key::PresentPasswords(who), PRESENT_PASSWORDS, None, now)?;
        if counted.left().is_none() {
            return Ok(Seen::throttled("current_throttled", counted.end));
        }
        let Some(account) = self.load(who)? else {
            return Ok(Seen::refused("current_account_gone"));
        };
        let end = account.must_change.and_then(|must_change| must_change.end);
        Ok(if !account.enabled {
            Seen::refused("current_account_disabled")
        } else if account.recovery {
            Seen::refused("current_recovery_required")
        } else if end.is_some_and(|end| now >= end) {
            Seen::refused("current_password_expired")
        } else if !account.has_password() {
            Seen::refused("current_no_password")
        } else if !right {
            Seen::refused("current_wrong_password")
        } else {
            let until = end.map_or(now + TICKET, |end| end.min(now + TICKET));
            let admission = Admission { account, by: By::PresentPassword, until };
            self.made.push(Thing::Admission(Box::new(admission)));
            Seen::done("present_password_right")
        })
    }

    /// The accounts that a person means who types this to sign in.
    pub(super) fn meant(&self, tenant: Tenant, typed: Typed) -> Vec<Who> {
        let people = self.accounts.values().filter(|account| account.who.0 == tenant);
        let mut named: Vec<&Account> = people.filter(|account| account.is_named(typed)).collect();
        if let Typed::Contact(contact) = typed {
            prefer(&mut named, |account| account.has(contact, true));
        }
        named.retain(|account| account.enabled);
        prefer(&mut named, |account| account.has_password());
        named.into_iter().map(|account| account.who).collect()
    }

    pub(super) fn handle(&self, thing: usize) -> (Tenant, u64, i64) {
        let Thing::Handle { tenant, id, end } = self.things[thing] else { unreachable!() };
        (tenant, id, end)
    }

    pub(super) fn letter(&self, thing: usize) -> Letter {
        let Thing::Letter(letter) = &self.things[thing] else { unreachable!() };
        letter.clone()
    }
}

/// Whether an attempt whose secret is right admits.
pub(crate) fn judge(
    row: &Row,
    account: Option<Account>,
    now: i64,
) -> Result<Account, &'static str> {
    let is_running = match row.progress {
        Progress::Live => false,
        Progress::Running { .. } => !row.is_unfinished(now),
        Progress::Settled | Progress::Ended => return Err("reset_used"),
    };
    let account = account.ok_or("reset_account_gone")?;
    if row.ground == Ground::Change && account.recovery {
        Err("reset_recovery_required")
    } else if !row.fits(&account) {
        Err("reset_superseded")
    } else if !account.enabled {
        Err("reset_account_disabled")
    } else if is_running {
        Err("reset_running")
    } else {
        Ok(account)
    }
}

/// The newest code is good, and for a while the one before it.
fn is_good(row: &Row, epoch: u32, now: i64) -> bool {
    let is_kept = epoch + 1 == row.epoch && now < row.sent_at + LAST_CODE_KEPT;
    epoch >= row.last_good && (epoch == row.epoch || is_kept)
}

fn wrong(code: &'static str, left: u32) -> Seen {
    Seen::new(code, Answer::Refused { tries_left: Some(left) })
}
