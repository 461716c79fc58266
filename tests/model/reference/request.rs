use super::account::{Account, Password, is_mail, is_sent_to, takes};
use super::attempt::{Contents, Ground, Progress, Row, Subject};
use super::counters::{Counted, Key};
use super::queue::{Kind, Letter, Request, What};
use super::{Did, Model, Thing};
use crate::settings::{CODE_LIFE, LINK_LIFE, MESSAGES, REQUESTS};
use crate::words::{At, Contact, Seen, Tenant, Typed, Wanted};
use repass::answer::Answer;

/// Who a request is for.
pub(crate) struct Found {
    pub(crate) outcome: &'static str,
    pub(crate) target: Option<(Account, Contact)>,
    notice: Option<(&'static str, Contact)>,
}

impl Found {
    fn nobody(outcome: &'static str) -> Self {
        Self { outcome, target: None, notice: None }
    }
}

impl Model {
    pub(super) fn request(
        &mut self,
        tenant: Tenant,
        typed: Typed,
        wanted: Wanted,
        at: At,
    ) -> Did<Seen> {
        let request = asked(typed, wanted, at.now);
        let counted = self.count(Key::Requests(tenant, typed), REQUESTS, None, at.now)?;
        if counted.left().is_none() {
            return Ok(Seen::throttled("request_throttled", counted.end));
        }
        let key = (Kind::Request, at.id, 0, [0; 16]);
        self.push_entry(key, tenant, What::Request(request), at.now)?;
        self.made.push(Thing::Handle { tenant, id: at.id, end: request.code_end });
        Ok(Seen::new("accepted", Answer::Accepted))
    }

    /// What a worker does with a request.
    pub(super) fn run_request(
        &mut self,
        tenant: Tenant,
        id: u64,
        request: Request,
        now: i64,
    ) -> Did<&'static str> {
        self.point()?;
        let people = self.accounts.values().filter(|account| account.who.0 == tenant);
        let found = found(request.typed, request.wanted, people);
        let row = first_row(tenant, id, &request, &found);
        if let Some(stored) = self.row(id)? {
            return self.repeat(&stored, &row, &found, now);
        }
        let changed_at = found.target.as_ref().and_then(|(account, _)| account.changed_at);
        let is_changed = changed_at.is_some_and(|changed| changed > request.requested_at);
        if now >= request.link_end.max(request.code_end) || is_changed {
            return Ok("request_expired");
        }
        Ok(self.start(row, found, now)?.0)
    }

    /// Counts, stores and sends the first message of an attempt.
    pub(super) fn start(
        &mut self,
        mut row: Row,
        found: Found,
        now: i64,
    ) -> Did<(&'static str, Counted)> {
        let mailbox = (row.subject, row.stamp.clone(), row.to);
        let key = match found.notice {
            Some((_, to)) => Key::Stranger(row.tenant(), to),
            None => Key::Messages(mailbox),
        };
        let to = row.to.or(found.notice.map(|(_, to)| to));
        let is_text = to.is_some_and(|to| !is_mail(to));
        let once = (row.id, row.sends);
        let (subject, tenant) = (row.subject, row.tenant());
        let (counted, refused) = self.count_message(key, subject, tenant, is_text, once, now)?;
        let found = refused.map_or(found, Found::nobody);
        if refused.is_some() {
            row.subject = Subject::NotSent(tenant, row.id);
            (row.contents, row.to, row.stamp) = (Contents::default(), None, None);
        }
        let is_sent = found.target.is_some();
        prolong(&mut row, is_sent, counted);
        self.insert(&row)?;
        self.hand_over(&row, &found, now)?;
        Ok((found.outcome, counted))
    }

    /// A request that was run before: the same message once more, unless something has changed.
    fn repeat(&mut self, stored: &Row, row: &Row, found: &Found, now: i64) -> Did<&'static str> {
        let is_same = stored.progress == Progress::Live
            && (stored.subject, stored.to, stored.created) == (row.subject, row.to, row.created)
            && stored.stamp == row.stamp;
        if !is_same {
            return Ok("request_already_run");
        }
        self.hand_over(stored, found, now)?;
        Ok(found.outcome)
    }

    fn hand_over(&mut self, row: &Row, found: &Found, now: i64) -> Did<()> {
        let what = match (&found.target, found.notice) {
            (Some((_, to)), _) => What::Message(Letter::of(row, to)),
            (None, Some((kind, to))) => What::Notice(Letter::notice(kind, row, to, None)),
            (None, None) => What::Decoy,
        };
        self.push(row, what, now)
    }
}

pub(crate) fn asked(typed: Typed, wanted: Wanted, now: i64) -> Request {
    let (link_end, code_end) = ends(wanted, now);
    Request { typed, wanted, requested_at: now, link_end, code_end }
}

/// When link and code of what is asked for now end.
pub(crate) fn ends(wanted: Wanted, now: i64) -> (i64, i64) {
    match wanted {
        Wanted::Link => (now + LINK_LIFE, now + LINK_LIFE),
        Wanted::Code => (now + CODE_LIFE, now + CODE_LIFE),
        Wanted::LinkAndCode => (now + LINK_LIFE, now + CODE_LIFE),
    }
}

/// A text message has a code alone.
pub(crate) fn contents(wanted: Wanted, to: Contact) -> Contents {
    let link = wanted != Wanted::Code && is_mail(to);
    Contents { link, code: wanted != Wanted::Link, spoken: false }
}

/// Narrows the matches down: proven ones, those that it can be sent to, enabled ones, those with a
/// password, those that may choose a first one.
pub(crate) fn found<'a>(
    typed: Typed,
    wanted: Wanted,
    people: impl Iterator<Item = &'a Account>,
) -> Found {
    let named: Vec<&Account> = people.filter(|account| account.is_named(typed)).collect();
    if named.is_empty() {
        return Found::nobody("request_unknown");
    }
    let is_proven = named.iter().any(|account| account.is_proven(typed));
    let reached = named.into_iter().filter_map(|one| Some((one, one.recipient(typed, wanted)?)));
    let mut matches: Vec<(&Account, Contact)> = reached.collect();
    if matches.is_empty() {
        let why = if is_proven { "request_no_recipient" } else { "request_unverified" };
        return Found::nobody(why);
    }
    let may_have_first = |account: &Account| account.password == Password::Absent;
    matches.retain(|(account, _)| account.enabled);
    prefer(&mut matches, |(account, _)| account.has_password());
    prefer(&mut matches, |(account, _)| may_have_first(account));
    let [(account, to), others @ ..] = &matches[..] else {
        return Found::nobody("request_disabled");
    };
    let is_first = may_have_first(account);
    if others.is_empty() {
        if !account.has_password() && !is_first {
            let notice = Some(("no_password", *to));
            return Found { outcome: "request_no_password", target: None, notice };
        }
        if is_first && !takes(to, Wanted::Link) {
            return Found::nobody("request_no_recipient");
        }
        let outcome = if is_first { "request_first_password_sent" } else { "request_sent" };
        return Found { outcome, target: Some(((*account).clone(), *to)), notice: None };
    }
    let Typed::Contact(shared) = typed else { return Found::nobody("request_ambiguous_login") };
    let (outcome, kind) = match account.has_password() || is_first {
        true => ("request_several_accounts", "several_accounts"),
        false => ("request_no_password", "no_password"),
    };
    let notice = Some((kind, shared)).filter(|_| is_sent_to(shared));
    Found { outcome, target: None, notice }
}

pub(crate) fn first_row(tenant: Tenant, id: u64, request: &Request, found: &Found) -> Row {
    let now = request.requested_at;
    let ends = (request.link_end, request.code_end);
    let Some((account, to)) = &found.target else {
        let nobody = Subject::Nobody(tenant, request.typed);
        return Row { sends: 1, ..Row::of_nobody(nobody, id, ends, now) };
    };
    let is_first = account.password == Password::Absent;
    let ground = if is_first { Ground::FirstPassword } else { Ground::Reset };
    // A first password is chosen with a link, whatever was asked for.
    let wanted = if is_first { Wanted::Link } else { request.wanted };
    let ends = if is_first { (now + LINK_LIFE, ends.1) } else { ends };
    let contents = contents(wanted, to);
    Row { contents, to: Some(to), sends: 1, ..Row::of(account, id, ground, ends, now) }
}

/// The last two messages of a window have a link that is good until half an hour after the window.
pub(crate) fn prolong(row: &mut Row, is_sent: bool, counted: Counted) {
    let (most, _) = MESSAGES;
    if is_sent && row.is_mail() && counted.number >= most - 1 {
        row.link_end = row.link_end.max(counted.end + 30 * 60);
        row.contents.link = true;
    }
    row.keep = row.kept_for_its_secrets();
}

pub(crate) fn prefer<T>(matches: &mut Vec<T>, fits: impl Fn(&T) -> bool) {
    if matches.iter().any(&fits) {
        matches.retain(fits);
    }
}
