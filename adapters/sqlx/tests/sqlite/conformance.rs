use alloc::sync::Arc;
use std::sync::Mutex;

use repass::account::{Account, AccountId};
use repass::conformance::{Call, Hooked, Runtime, accounts, attempts, counters, queue};
use repass::port::PortError;
use repass::secret::PasswordHash;
use repass::throttle::Counted;
use repass_sql::sqlite::accounts as sql;
use repass_sqlx::{SqliteAccounts, SqliteStore};
use tempfile::TempDir;

use super::Result;

type Answer<T> = core::result::Result<T, PortError>;

/// Each store is a new file, and each handle has pools of its own.
#[derive(Default)]
struct Files {
    folders: Mutex<Vec<TempDir>>,
}

impl Files {
    async fn stores(&self) -> Answer<[SqliteStore; 2]> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("database");
        let stores = [SqliteStore::open(&path).await?, SqliteStore::open(&path).await?];
        if let Ok(mut folders) = self.folders.lock() {
            folders.push(folder);
        }
        Ok(stores)
    }
}

impl Runtime for Files {
    async fn at_once<T: Send + 'static>(&self, calls: Vec<Call<T>>) -> Vec<T> {
        let tasks: Vec<_> = calls.into_iter().map(tokio::spawn).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.extend(task.await.ok());
        }
        answers
    }
}

impl attempts::Fixture for Files {
    type Port = SqliteStore;

    async fn open(&self) -> Answer<[SqliteStore; 2]> {
        self.stores().await
    }
}

impl counters::Fixture for Files {
    type Port = SqliteStore;

    async fn open(&self) -> Answer<[SqliteStore; 2]> {
        self.stores().await
    }

    async fn rolled_back(
        &self,
        counters: &SqliteStore,
        call: Call<Answer<Counted>>,
    ) -> Answer<Hooked<Counted>> {
        let transaction = counters.pool().begin().await?;
        let counted = call.await?;
        transaction.rollback().await?;
        Ok(Hooked::Done(counted))
    }
}

impl queue::Fixture for Files {
    type Port = SqliteStore;

    async fn open(&self) -> Answer<[SqliteStore; 2]> {
        self.stores().await
    }

    async fn open_small(&self) -> Answer<Option<[SqliteStore; 2]>> {
        Ok(Some(self.stores().await?.map(|store| store.with_max_requests(20))))
    }
}

impl accounts::Fixture for Files {
    type Port = SqliteAccounts;

    async fn open(&self) -> Answer<[SqliteAccounts; 2]> {
        Ok(self.stores().await?.map(|store| store.accounts()))
    }

    fn lacks(&self) -> &[accounts::Capability] {
        &[accounts::Capability::Phone, accounts::Capability::Field]
    }

    async fn put(&self, accounts: &SqliteAccounts, account: &Account) -> Answer<()> {
        accounts.put(account).await
    }

    fn change(
        &self,
        accounts: Arc<SqliteAccounts>,
        account: Account,
    ) -> Option<Call<Answer<Account>>> {
        Some(Box::pin(async move {
            let mut transaction = accounts.pool().begin_with("BEGIN IMMEDIATE").await?;
            let raise = "UPDATE repass_account SET version = version + 1 WHERE id = ?1
                RETURNING password, version, epoch";
            let id = account.id().as_str();
            let (password, version, epoch): (Option<String>, i64, i64) =
                sqlx::query_as(raise).bind(id).fetch_one(&mut *transaction).await?;
            sqlx::query(sql::DELETE_EMAILS).bind(id).execute(&mut *transaction).await?;
            for (position, email) in (0_i64..).zip(account.emails()) {
                sqlx::query(sql::PUT_EMAIL)
                    .bind(email.address().canonical())
                    .bind(id)
                    .bind(position)
                    .bind(email.address().as_str())
                    .bind(if email.is_verified() { "verified" } else { "unverified" })
                    .execute(&mut *transaction)
                    .await?;
            }
            // The write meets the open transaction.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            transaction.commit().await?;
            let account = account.with_version(u64::try_from(version)?);
            let account = account.with_epoch(u64::try_from(epoch)?);
            Ok(match password {
                Some(text) => account.with_password(PasswordHash::from_column(&text)),
                None => account,
            })
        }))
    }

    async fn add_unreadable_address(
        &self,
        accounts: &SqliteAccounts,
        id: &AccountId,
    ) -> Answer<Hooked> {
        let broken = "INSERT INTO repass_account_email VALUES ('x', ?1, 9, 'none', 'verified')";
        sqlx::query(broken).bind(id.as_str()).execute(accounts.pool()).await?;
        Ok(Hooked::Done(()))
    }

    async fn set_unreadable_password(
        &self,
        accounts: &SqliteAccounts,
        id: &AccountId,
        text: &str,
    ) -> Answer<Hooked> {
        let set = "UPDATE repass_account SET password = ?2 WHERE id = ?1";
        sqlx::query(set).bind(id.as_str()).bind(text).execute(accounts.pool()).await?;
        Ok(Hooked::Done(()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_attempts() -> Result {
    // Rows are bounded by the disk.
    let not_judged = [attempts::Clause::RowsAreNotEvicted];
    Ok(attempts::run(&Files::default()).await.proven_except(&not_judged)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_counters() -> Result {
    let not_judged = [counters::Clause::CountersAreNotEvicted];
    Ok(counters::run(&Files::default()).await.proven_except(&not_judged)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_the_queue() -> Result {
    Ok(queue::run(&Files::default()).await.proven_except(&[])?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_accounts() -> Result {
    Ok(accounts::run(&Files::default()).await.proven_except(&[])?)
}
