use core::iter::once;

use crate::account::{Account, AccountId, Contact};
use crate::attempt::AttemptRow;
use crate::key::{KeyId, Tag};
use crate::reset::Flow;

/// How many addresses of each kind are looked at: more work than this is not done for one link.
const MOST_ADDRESSES: usize = 16;

/// An address that is to be verified, and the one that it replaces.
pub(super) struct Pair<'a> {
    pub(super) address: &'a Contact,
    pub(super) replaces: Option<&'a Contact>,
}

/// The verified contacts that a link can replace: only addresses are verified by a link.
pub(super) fn verified_addresses(account: &Account) -> impl Iterator<Item = &Contact> {
    account.verified().filter(|contact| contact.is_mailbox())
}

/// What the row of such an attempt knows of addresses. Both belong together from the request on, so that
/// no link verifies an address, or replaces one, that another link was sent for (CVE-2026-32700).
impl Flow {
    /// The keyed digest of a pair.
    pub(super) fn pair_tag(
        &self,
        key_id: KeyId,
        account: &AccountId,
        pair: &Pair<'_>,
    ) -> Option<Tag> {
        let mac = self.keyring.subkeys(key_id)?.stamp.clone().part(b"address");
        let mac = mac.raw(self.scope.encoded()).part(account.as_str().as_bytes());
        let mac =
            mac.part(pair.address.kind().as_bytes()).part(pair.address.canonical().as_bytes());
        let replaces = pair.replaces.map(Contact::canonical);
        Some(mac.part_or_absent(replaces.as_deref().map(str::as_bytes)).finish())
    }

    /// The pair of a row, if the account still has both: the one unverified, the other verified.
    pub(super) fn pending_pair<'a>(
        &self,
        row: &AttemptRow,
        account: &'a Account,
    ) -> Option<Pair<'a>> {
        let emails = account.emails().iter();
        let pending = emails.filter(|email| !email.is_verified()).map(|email| email.address());
        let pending = pending.filter(|contact| contact.is_mailbox());
        self.pair_among(row, pending, || verified_addresses(account))
    }

    /// The address that was verified by the attempt of a row, if the account still has it.
    pub(super) fn verified_pair<'a>(
        &self,
        row: &AttemptRow,
        account: &'a Account,
    ) -> Option<Pair<'a>> {
        self.pair_among(row, verified_addresses(account), || account.replaced_email().into_iter())
    }

    fn pair_among<'a, O: Iterator<Item = &'a Contact>>(
        &self,
        row: &AttemptRow,
        new: impl Iterator<Item = &'a Contact>,
        old: impl Fn() -> O,
    ) -> Option<Pair<'a>> {
        let mut pairs = new.take(MOST_ADDRESSES).flat_map(|address| {
            let replaced = once(None).chain(old().take(MOST_ADDRESSES).map(Some));
            replaced.map(move |replaces| Pair { address, replaces })
        });
        pairs.find(|pair| {
            let tag = self.pair_tag(row.key_id, row.account(), pair);
            tag.is_some_and(|tag| tag.matches(&row.contact))
        })
    }

    /// What tells the verified contacts of an account from those after a change.
    pub(in crate::reset) fn contacts_tag(&self, key_id: KeyId, account: &Account) -> Option<Tag> {
        let mut mac = self.keyring.subkeys(key_id)?.stamp.clone();
        mac.add_part(b"contacts");
        mac.add(self.scope.encoded());
        mac.add_part(account.id().as_str().as_bytes());
        for (kind, contact) in account.verified_contacts() {
            mac.add_part(kind.as_bytes());
            mac.add_part(contact.as_bytes());
        }
        Some(mac.finish())
    }
}
