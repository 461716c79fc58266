use crate::account::{Account, AccountId, Lookup};
use crate::key::{KeyId, Mac, Subkeys, Tag};
use crate::secret::PasswordHash;
use crate::throttle::ThrottleKey;

use super::Flow;
use super::pending::{PendingReset, Progress};

/// The keyed digests that a row consists of.
impl Flow {
    /// The row, if it was sealed here: by a key of the ring, for this scope, with nothing altered.
    /// Any other is as good as absent.
    #[must_use]
    pub fn trusted(&self, row: Option<PendingReset>) -> Option<PendingReset> {
        row.filter(|row| {
            self.keyring
                .subkeys(row.key_id)
                .is_some_and(|subkeys| self.seal_of(subkeys, row).matches(&row.seal))
        })
    }

    /// The row with other progress, sealed again; `None` for a row that is not sealed here.
    pub(super) fn advance(&self, row: &PendingReset, progress: Progress) -> Option<PendingReset> {
        let row = self.trusted(Some(row.clone()))?;
        self.sealed(PendingReset { progress, ..row })
    }

    /// The row with its seal; `None` when its key is not in the ring.
    pub(super) fn sealed(&self, mut row: PendingReset) -> Option<PendingReset> {
        let subkeys = self.keyring.subkeys(row.key_id)?;
        row.seal = *self.seal_of(subkeys, &row).bytes();
        Some(row)
    }

    /// The stamp of an account: it changes with the password and with the verified addresses, in
    /// whatever order they come.
    pub(super) fn stamp(&self, key_id: KeyId, account: &Account) -> Option<Tag> {
        let subkeys = self.keyring.subkeys(key_id)?;
        let mut addresses: alloc::vec::Vec<_> = account
            .emails()
            .iter()
            .filter(|email| email.is_verified())
            .map(|email| email.address().canonical())
            .collect();
        addresses.sort_unstable();
        let mac = self.stamp_part(subkeys, b"stamp", account.id(), account.password());
        Some(addresses.iter().fold(mac, |mac, address| mac.part(address.as_bytes())).finish())
    }

    /// What tells one password hash of an account from the next.
    pub(super) fn hash_tag(
        &self,
        key_id: KeyId,
        account: &AccountId,
        hash: Option<&PasswordHash>,
    ) -> Option<Tag> {
        let subkeys = self.keyring.subkeys(key_id)?;
        Some(self.stamp_part(subkeys, b"hash", account, hash).finish())
    }

    /// The account within this scope, as rows are limited by it.
    pub(super) fn subject(&self, account: &AccountId) -> [u8; 32] {
        *ThrottleKey::account(&self.scope, "live attempts", account).as_bytes()
    }

    /// The id of nobody's account that stands in the rows of a lookup which found no one account.
    pub(super) fn decoy_account(&self, label: &[u8], lookup: &Lookup) -> Option<AccountId> {
        let mac = self.keyring.signing().throttle.clone().part(b"decoy").part(label);
        let mac = mac.raw(self.scope.encoded());
        let tag = mac.part(lookup.kind()).part(lookup.canonical().as_bytes()).finish();
        let (name, _) = tag.bytes().split_first_chunk::<16>()?;
        AccountId::new(&alloc::format!("decoy-{:032x}", u128::from_be_bytes(*name))).ok()
    }

    fn seal_of(&self, subkeys: &Subkeys, row: &PendingReset) -> Tag {
        subkeys.seal.clone().raw(self.scope.encoded()).part(&row.sealed_bytes()).finish()
    }

    fn stamp_part(
        &self,
        subkeys: &Subkeys,
        label: &[u8],
        account: &AccountId,
        hash: Option<&PasswordHash>,
    ) -> Mac {
        // A stored hash is never empty, so the empty part says that there is none.
        let hash = hash.map_or("", PasswordHash::expose_secret);
        let mac = subkeys.stamp.clone().part(label).raw(self.scope.encoded());
        mac.part(account.as_str().as_bytes()).part(hash.as_bytes())
    }
}
