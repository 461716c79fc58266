use super::account::is_mail;
use super::{Account, Model};
use crate::words::{Contact, Seen, Who};

/// What the host does to its user table. It raises the version with every change that matters, and ends
/// sessions when it disables an account.
impl Model {
    pub(super) fn enable(&mut self, who: Who, enabled: bool) -> Seen {
        if let Some(account) = self.accounts.get_mut(&who).filter(|own| own.enabled != enabled) {
            account.enabled = enabled;
            account.version += 1;
            account.epoch += 1;
        }
        Seen::done("host")
    }

    /// The owner enters an address, which is not verified yet.
    pub(super) fn add_address(&mut self, who: Who, address: Contact) -> Seen {
        let account = self.accounts.get_mut(&who);
        let is_new = |own: &&mut Account| !has(own, address);
        if let Some(account) = account.filter(is_new) {
            account.contacts.push((address, false));
        }
        Seen::done("host")
    }

    /// Without asking the flow: no notice follows, and every attempt ends.
    pub(super) fn replace_address(&mut self, who: Who, address: Contact) -> Seen {
        let account = self.accounts.get_mut(&who);
        let old = account.as_ref().and_then(|own| own.verified().find(|one| is_mail(one)));
        if let (Some(account), Some(old)) = (account, old.filter(|old| *old != address)) {
            account.contacts.retain(|(own, _)| *own != address);
            let is_old = |own: &&mut (Contact, bool)| **own == (old, true);
            account.contacts.iter_mut().filter(is_old).for_each(|own| *own = (address, true));
            account.version += 1;
        }
        Seen::done("host")
    }

    pub(super) fn delete(&mut self, who: Who) -> Seen {
        self.accounts.remove(&who);
        Seen::done("host")
    }
}

fn has(account: &Account, address: Contact) -> bool {
    account.contacts.iter().any(|(own, _)| *own == address)
}
