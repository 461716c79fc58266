use std::sync::Mutex;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::lock;
use crate::account::{Account, AccountId, Lookup};
use crate::accounts::Accounts;
use crate::port::PortError;
use crate::reset::PasswordWrite;

/// A user table in memory.
#[derive(Debug, Default)]
pub struct MemoryAccounts {
    rows: Mutex<BTreeMap<AccountId, Account>>,
}

impl MemoryAccounts {
    /// A table of these accounts; of two with the same id the later one stands.
    #[must_use]
    pub fn new(accounts: impl IntoIterator<Item = Account>) -> Self {
        let rows = accounts.into_iter().map(|account| (account.id().clone(), account)).collect();
        Self { rows: Mutex::new(rows) }
    }

    /// Adds an account, or puts it in the place of the one with its id.
    pub fn put(&self, account: Account) {
        lock(&self.rows).insert(account.id().clone(), account);
    }

    /// Deletes an account; whether there was one.
    pub fn remove(&self, id: &AccountId) -> bool {
        lock(&self.rows).remove(id).is_some()
    }

    /// All accounts, in the order of their ids.
    #[must_use]
    pub fn all(&self) -> Vec<Account> {
        lock(&self.rows).values().cloned().collect()
    }
}

impl Accounts for MemoryAccounts {
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Account>, PortError> {
        Ok(lock(&self.rows).values().filter(|account| lookup.names(account)).cloned().collect())
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Account>, PortError> {
        Ok(lock(&self.rows).get(id).cloned())
    }

    async fn set_password(&self, write: PasswordWrite<'_>) -> Result<bool, PortError> {
        match lock(&self.rows).get_mut(write.id()) {
            Some(row) if write.fits(row) => {
                *row = row.clone().with_password(write.new_hash().clone());
                Ok(true)
            }
            _ => Ok(false),
        }
    }
}
