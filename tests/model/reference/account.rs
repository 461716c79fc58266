use std::collections::BTreeSet;

use crate::settings::{ALLOWED, NOT_ALLOWED};
use crate::words::{Contact, Typed, Wanted, Who};

pub(crate) type People = Vec<Account>;

/// What a user table has in the place of a password: a number is that of a password that was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Password {
    Absent,
    Marker,
    Set(usize),
}

/// That the password has to be changed: whether it is a temporary one, and until when it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MustChange {
    pub(crate) temporary: bool,
    pub(crate) end: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    pub(crate) who: Who,
    pub(crate) login: &'static str,
    /// In the order of the user table, and whether each is verified.
    pub(crate) contacts: Vec<(Contact, bool)>,
    pub(crate) replaced: Option<Contact>,
    pub(crate) password: Password,
    pub(crate) enabled: bool,
    pub(crate) version: u64,
    pub(crate) epoch: u64,
    pub(crate) changed_at: Option<i64>,
    pub(crate) must_change: Option<MustChange>,
    pub(crate) recovery: bool,
}

/// What ends every attempt of an account when it changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    password: Password,
    contacts: BTreeSet<Contact>,
    version: u64,
    recovery: bool,
}

pub(crate) fn is_mail(contact: Contact) -> bool {
    contact.contains('@')
}

/// Whether anything is sent to it.
pub(crate) fn is_sent_to(contact: Contact) -> bool {
    is_mail(contact) || (contact.starts_with(ALLOWED) && !contact.starts_with(NOT_ALLOWED))
}

/// A text message has a code, and only a code.
pub(crate) fn takes(contact: Contact, wanted: Wanted) -> bool {
    is_sent_to(contact) && (is_mail(contact) || wanted != Wanted::Link)
}

impl Account {
    /// The verified contacts, addresses first.
    pub(crate) fn verified(&self) -> impl Iterator<Item = Contact> + '_ {
        let of_kind = |mail| {
            let contacts = self.contacts.iter().filter(|(_, verified)| *verified);
            contacts.map(|(contact, _)| *contact).filter(move |one| is_mail(one) == mail)
        };
        of_kind(true).chain(of_kind(false))
    }

    pub(crate) fn has(&self, contact: Contact, verified: bool) -> bool {
        self.contacts.contains(&(contact, verified))
    }

    pub(crate) fn is_named(&self, typed: Typed) -> bool {
        match typed {
            Typed::Contact(contact) => self.contacts.iter().any(|(own, _)| *own == contact),
            Typed::Login(login) => self.login == login,
        }
    }

    /// Whether the contact that was typed is verified, or any is if a login was typed.
    pub(crate) fn is_proven(&self, typed: Typed) -> bool {
        match typed {
            Typed::Contact(contact) => self.has(contact, true),
            Typed::Login(_) => self.verified().next().is_some(),
        }
    }

    /// The contact that was asked by, or else the first verified one that what is wanted can be sent to.
    pub(crate) fn recipient(&self, typed: Typed, wanted: Wanted) -> Option<Contact> {
        if !self.is_proven(typed) {
            return None;
        }
        let asked = match typed {
            Typed::Contact(contact) => Some(contact).filter(|contact| takes(contact, wanted)),
            Typed::Login(_) => None,
        };
        asked.or_else(|| self.first_recipient(wanted))
    }

    pub(crate) fn first_recipient(&self, wanted: Wanted) -> Option<Contact> {
        self.verified().find(|contact| takes(contact, wanted))
    }

    pub(crate) fn has_password(&self) -> bool {
        matches!(self.password, Password::Set(_))
    }

    /// The number of its password.
    pub(crate) fn number(&self) -> Option<usize> {
        match self.password {
            Password::Set(number) => Some(number),
            Password::Absent | Password::Marker => None,
        }
    }

    pub(crate) fn stamp(&self) -> Stamp {
        Stamp {
            password: self.password,
            contacts: self.verified_set(),
            version: self.version,
            recovery: self.recovery,
        }
    }

    pub(crate) fn verified_set(&self) -> BTreeSet<Contact> {
        self.verified().collect()
    }

    /// Whether a change that was decided for the account as it was seen may be written.
    pub(crate) fn may_be_written(&self, seen: &Self) -> bool {
        self.enabled && self.stamp() == seen.stamp()
    }

    /// Whether a session that began with this password and epoch goes on.
    pub(crate) fn session_holds(&self, password: Password, epoch: u64) -> bool {
        let may_sign_in = self.enabled && self.must_change.is_none() && !self.recovery;
        may_sign_in && (self.password, self.epoch) == (password, epoch)
    }

    /// The account once an address is verified, perhaps in the place of another.
    pub(crate) fn with_verified(&self, new: Contact, old: Option<Contact>) -> Option<Self> {
        let is_pending = self.has(new, false) && old.is_none_or(|old| self.has(old, true));
        if !is_pending {
            return None;
        }
        let mut next = self.clone();
        if old.is_some() {
            next.contacts.retain(|contact| *contact != (new, false));
        }
        let place = old.map_or((new, false), |old| (old, true));
        next.contacts.iter_mut().filter(|own| **own == place).for_each(|own| *own = (new, true));
        next.replaced = old.or(self.replaced);
        next.version += 1;
        Some(next)
    }
}
