use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::account::{Account, AccountId, Lookup};
use crate::attempt::{AttemptId, AttemptRow, Progress, SubjectId};
use crate::clock::{CLOCKS, seconds};
use crate::key::{KeyId, Mac, Subkeys, Tag, length_of};
use crate::port::PortFailure;
use crate::secret::PasswordHash;

use super::Flow;
use super::flow::{RUNNING_KEPT, TICKET_LIFE};
use super::step::{Asker, ListAttempts, LoadAttempt};

/// An attempt whose row this flow has sealed: by a key of the ring, for this scope, with nothing
/// altered. A row out of a store becomes one here and nowhere else.
#[derive(Clone, Debug)]
pub(crate) struct Attempt(Arc<AttemptRow>);

impl Attempt {
    pub(crate) fn row(&self) -> &AttemptRow {
        &self.0
    }

    /// The row, to be handed to a store.
    pub(crate) fn shared(&self) -> Arc<AttemptRow> {
        Arc::clone(&self.0)
    }
}

/// In a stamp; no kind of contact has a space in its name.
const RECOVERY_REQUIRED: &[u8] = b"recovery required";

/// Why a row cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Untrusted {
    OtherScope,
    UnknownKey,
    Altered,
}

/// The keyed digests that a row consists of.
impl Flow {
    /// Verifies the seal of a row.
    pub(super) fn verify_row(&self, row: AttemptRow) -> Result<Attempt, Untrusted> {
        if row.scope != self.scope_tag {
            return Err(Untrusted::OtherScope);
        }
        let subkeys = self.keyring.subkeys(row.key_id).ok_or(Untrusted::UnknownKey)?;
        if !self.seal_of(subkeys, &row).matches(&row.seal) {
            return Err(Untrusted::Altered);
        }
        Ok(Attempt(Arc::new(row)))
    }

    /// The attempt with other progress, sealed again; `None` when its key is gone, or when a flow of
    /// another scope verified it.
    pub(super) fn advance(&self, attempt: &Attempt, progress: Progress) -> Option<Attempt> {
        if attempt.row().scope != self.scope_tag {
            return None;
        }
        let row = attempt.row();
        let keep_until = match progress {
            Progress::Running(lease) => lease.until.saturating_add(RUNNING_KEPT),
            _ => {
                let secrets = row.link_expires_at.max(row.code_expires_at);
                let secrets = secrets.saturating_add(seconds(TICKET_LIFE));
                let stop = self.stop_until(attempt).unwrap_or(secrets);
                let end = secrets.max(stop).saturating_add(CLOCKS);
                // What was settled is known for as long as the link of its notice can be used.
                match row.progress {
                    Progress::Settled => end.max(row.keep_until),
                    Progress::Live | Progress::Running(_) | Progress::Ended => end,
                }
            }
        };
        self.sealed(AttemptRow { progress, keep_until, ..row.clone() })
    }

    /// The attempt of this id, if this flow has sealed its row.
    pub(super) async fn sealed_attempt(
        &self,
        ports: &Asker,
        id: AttemptId,
    ) -> Result<Option<Attempt>, PortFailure> {
        let row = ports.ask(LoadAttempt { id }).await?;
        let attempt = row.and_then(|row| self.verify_row(row).ok());
        Ok(attempt.filter(|attempt| attempt.row().id == id))
    }

    /// The attempts of an account that this flow has sealed; other rows admit to nothing.
    pub(super) async fn sealed_attempts(
        &self,
        ports: &Asker,
        account: &AccountId,
    ) -> Result<Vec<Attempt>, PortFailure> {
        let subject = SubjectId::new(self.scope_tag, account);
        let rows = ports.ask(ListAttempts { subject }).await?;
        Ok(rows.into_iter().filter_map(|row| self.verify_row(row).ok()).collect())
    }

    /// The row with its seal; `None` when its key is not in the ring.
    pub(super) fn sealed(&self, mut row: AttemptRow) -> Option<Attempt> {
        let subkeys = self.keyring.subkeys(row.key_id)?;
        row.seal = *self.seal_of(subkeys, &row).bytes();
        Some(Attempt(Arc::new(row)))
    }

    /// The stamp of an account: it changes with the stored password, with the verified contacts, in
    /// any order, with the version where the host has one, and when recovery becomes required.
    pub(super) fn stamp(&self, key_id: KeyId, account: &Account) -> Option<Tag> {
        let subkeys = self.keyring.subkeys(key_id)?;
        let version = account.version().map(u64::to_be_bytes);
        let mut mac = self.state_mac(subkeys, b"stamp", account.id(), account.stored_password());
        mac.add_part_or_absent(version.as_ref().map(|version| version.as_slice()));
        if account.requires_recovery() {
            mac.add_part(RECOVERY_REQUIRED);
        }
        for (kind, address) in account.verified_contacts() {
            mac.add_part(kind.as_bytes());
            mac.add_part(address.as_bytes());
        }
        Some(mac.finish())
    }

    /// What tells one password hash of an account from the next.
    pub(super) fn hash_tag(
        &self,
        key_id: KeyId,
        account: &AccountId,
        hash: Option<&PasswordHash>,
    ) -> Option<Tag> {
        let subkeys = self.keyring.subkeys(key_id)?;
        Some(self.state_mac(subkeys, b"hash", account, hash).finish())
    }

    /// The placeholder account id that is stored when a look-up does not match exactly one account.
    pub(super) fn decoy_account(&self, key_id: KeyId, lookup: &Lookup) -> Option<AccountId> {
        let canonical = lookup.canonical();
        self.placeholder(key_id, b"nobody", &[lookup.kind().as_bytes(), canonical.as_bytes()])
    }

    /// A placeholder account id: `decoy-` and 32 hexadecimal digits.
    pub(super) fn placeholder(
        &self,
        key_id: KeyId,
        label: &[u8],
        parts: &[&[u8]],
    ) -> Option<AccountId> {
        let mac = self.keyring.subkeys(key_id)?.throttle.clone().part(b"decoy").part(label);
        let mac = parts.iter().fold(mac.raw(self.scope.encoded()), |mac, part| mac.part(part));
        let tag = mac.finish();
        let (name, _) = tag.bytes().split_first_chunk::<16>()?;
        AccountId::new(&alloc::format!("decoy-{:032x}", u128::from_be_bytes(*name))).ok()
    }

    fn seal_of(&self, subkeys: &Subkeys, row: &AttemptRow) -> Tag {
        let bytes = row.sealed_bytes();
        subkeys.seal.over(&[self.scope.encoded(), &length_of(&bytes), &bytes])
    }

    fn state_mac(
        &self,
        subkeys: &Subkeys,
        label: &[u8],
        account: &AccountId,
        hash: Option<&PasswordHash>,
    ) -> Mac {
        let mut mac = subkeys.stamp.clone();
        mac.add_part(label);
        mac.add(self.scope.encoded());
        mac.add_part(account.as_str().as_bytes());
        mac.add_part_or_absent(hash.map(|hash| hash.expose_secret().as_bytes()));
        mac
    }
}
