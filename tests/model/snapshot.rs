//! What service and reference model have in common and can be compared in.

use std::collections::{BTreeMap, BTreeSet};

use repass::attempt::Stage;

use crate::reference::{Model, Password, Progress, Thing};
use crate::words::{Tenant, Who};

#[derive(Clone, Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) accounts: BTreeMap<Who, AccountShown>,
    pub(crate) rows: BTreeMap<u64, RowShown>,
    pub(crate) entries: usize,
    /// What was handed out since there were so many things.
    pub(crate) since: usize,
    pub(crate) things: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AccountShown {
    pub(crate) password: Password,
    pub(crate) contacts: BTreeSet<(String, bool)>,
    pub(crate) replaced: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) version: u64,
    pub(crate) epoch: u64,
    pub(crate) changed_at: Option<i64>,
    /// Whether the password is a temporary one, and until when it can be used.
    pub(crate) must_change: Option<(bool, Option<i64>)>,
    pub(crate) recovery: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RowShown {
    pub(crate) tenant: Tenant,
    /// Nobody's if it is a decoy.
    pub(crate) account: Option<u8>,
    pub(crate) stage: Stage,
    pub(crate) end: i64,
    pub(crate) keep: i64,
    pub(crate) lease: Option<i64>,
}

impl Snapshot {
    pub(crate) fn of(model: &Model, since: usize) -> Self {
        let rows = model.rows.values().map(|row| {
            let (stage, lease) = match row.progress {
                Progress::Live => (Stage::Live, None),
                Progress::Running { lease, .. } => (Stage::Running, Some(lease)),
                Progress::Settled => (Stage::Settled, None),
                Progress::Ended => (Stage::Ended, None),
            };
            let (tenant, account) = (row.tenant(), row.who().map(|(_, number)| number));
            let end = row.link_end.max(row.code_end);
            (row.id, RowShown { tenant, account, stage, end, keep: row.keep, lease })
        });
        let accounts = model.accounts.values().map(|account| {
            let contacts =
                account.contacts.iter().map(|(contact, is)| ((*contact).to_owned(), *is));
            let shown = AccountShown {
                password: account.password,
                contacts: contacts.collect(),
                replaced: account.replaced.map(str::to_owned),
                enabled: account.enabled,
                version: account.version,
                epoch: account.epoch,
                changed_at: account.changed_at,
                must_change: account.must_change.map(|must| (must.temporary, must.end)),
                recovery: account.recovery,
            };
            (account.who, shown)
        });
        Self {
            accounts: accounts.collect(),
            rows: rows.collect(),
            entries: model.queue.len(),
            since,
            things: model.things[since..].iter().map(name).collect(),
        }
    }

    /// What is not as it was seen.
    pub(crate) fn difference(&self, seen: &Self) -> Option<String> {
        if self.things != seen.things {
            return Some(format!("hands out {:?} and not {:?}", self.things, seen.things));
        }
        differing("account", &self.accounts, &seen.accounts)
            .or_else(|| differing("attempt", &self.rows, &seen.rows))
            .or_else(|| {
                let is_same = self.entries == seen.entries;
                (!is_same).then(|| format!("queues {} and not {}", self.entries, seen.entries))
            })
    }
}

fn differing<K: Ord + core::fmt::Debug, V: PartialEq + core::fmt::Debug>(
    what: &str,
    own: &BTreeMap<K, V>,
    seen: &BTreeMap<K, V>,
) -> Option<String> {
    let key = own.keys().chain(seen.keys()).find(|key| own.get(key) != seen.get(key))?;
    let (own, seen) = (own.get(key), seen.get(key));
    Some(format!("has {what} {key:?} as {own:?}\n    and not {seen:?}"))
}

fn name(thing: &Thing) -> String {
    match thing {
        Thing::Handle { .. } => "handle".to_owned(),
        Thing::Ticket { .. } => "ticket".to_owned(),
        Thing::Letter(letter) => {
            let tenant = ["-", "tenant"][letter.tenant];
            let name = [tenant, letter.kind, letter.to].join(" ");
            letter_name(&name, letter.link.is_some(), letter.code.is_some(), letter.stop.is_some())
        }
        Thing::Admission(_) => "admission".to_owned(),
        Thing::After(_) => "after".to_owned(),
        Thing::Address(_) => "address".to_owned(),
        Thing::Administered(_) => "administered".to_owned(),
        Thing::Spoken { .. } => "spoken".to_owned(),
        Thing::Session { who, .. } => format!("session {who:?}"),
    }
}

/// A message by tenant, kind and recipient, and what is in it.
pub(crate) fn letter_name(name: &str, link: bool, code: bool, stop: bool) -> String {
    let with = |has: bool, what: &'static str| if has { what } else { "" };
    [name, with(link, " +link"), with(code, " +code"), with(stop, " +stop")].concat()
}
