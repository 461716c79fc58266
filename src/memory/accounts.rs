use std::sync::Mutex;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use time::UtcDateTime;

use super::lock;
use crate::account::{
    Account, AccountChange, AccountId, AccountWrite, Lookup, PastPassword, Written,
};
use crate::port::{Accounts, PortError};

/// A user table in memory.
#[derive(Debug, Default)]
pub struct MemoryAccounts {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    rows: BTreeMap<AccountId, Account>,
    /// The newest comes last.
    past: BTreeMap<AccountId, Vec<PastPassword>>,
    /// Operators, and whose passwords they may reset.
    administers: BTreeSet<(AccountId, AccountId)>,
}

impl MemoryAccounts {
    /// A table of these accounts. If two have the same id, the later one replaces the earlier one.
    #[must_use]
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let rows = accounts.into_iter().map(|account| (account.id().clone(), account)).collect();
        Self { table: Mutex::new(Table { rows, ..Table::default() }) }
    }

    /// Adds an account, or replaces the account that has its id.
    pub fn put(&self, account: Account) {
        lock(&self.table).rows.insert(account.id().clone(), account);
    }

    /// Deletes an account; whether there was one.
    pub fn remove(&self, id: &AccountId) -> bool {
        lock(&self.table).rows.remove(id).is_some()
    }

    /// Lets `operator` reset the password of the account `id`.
    pub fn let_administer(&self, operator: AccountId, id: AccountId) {
        lock(&self.table).administers.insert((operator, id));
    }

    /// All accounts, in the order of their ids.
    #[must_use]
    pub fn all(&self) -> Vec<Account> {
        lock(&self.table).rows.values().cloned().collect()
    }
}

impl Accounts for MemoryAccounts {
    async fn find(&self, lookup: &Lookup, _now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        let table = lock(&self.table);
        Ok(table.rows.values().filter(|account| lookup.names(account)).cloned().collect())
    }

    async fn load(&self, id: &AccountId, _now: UtcDateTime) -> Result<Option<Account>, PortError> {
        Ok(lock(&self.table).rows.get(id).cloned())
    }

    async fn write(&self, write: &AccountWrite, _now: UtcDateTime) -> Result<Written, PortError> {
        let mut table = lock(&self.table);
        let Some(row) = table.rows.get_mut(write.id()) else { return Ok(Written::Stale) };
        let Some(next) = write.apply(row) else { return Ok(Written::Stale) };
        let written = Written::Done { version: next.version(), epoch: next.epoch() };
        let before = core::mem::replace(row, next);
        if let (AccountChange::Password { .. }, Some(hash)) = (write.change(), before.password()) {
            let past = PastPassword::new(hash.clone(), write.at());
            table.past.entry(write.id().clone()).or_default().push(past);
        }
        Ok(written)
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        _now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let table = lock(&self.table);
        let past = table.past.get(id).into_iter().flatten();
        Ok(past.rev().take(limit).cloned().collect())
    }

    async fn may_administer(
        &self,
        operator: &AccountId,
        id: &AccountId,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let table = lock(&self.table);
        Ok(table.administers.contains(&(operator.clone(), id.clone())))
    }
}
