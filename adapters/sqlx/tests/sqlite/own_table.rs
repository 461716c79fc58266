//! The user table of a service without user names, behind a port of its own: the conformance suite
//! judges it, and finds each mistake.

use alloc::sync::Arc;
use std::sync::Mutex;

use repass::account::{
    Account, AccountChange, AccountId, AccountWrite, Contact, Email, Lookup, Written,
};
use repass::conformance::accounts::{self, Capability, Clause};
use repass::conformance::{Call, Hooked, Runtime};
use repass::port::{Accounts, PortError};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;
use repass_sqlx::Sqlite;
use sqlx::sqlite::{SqliteRow, SqliteSynchronous};
use sqlx::{Row, SqliteExecutor, SqlitePool};
use tempfile::TempDir;

use super::Result;

type Answer<T> = core::result::Result<T, PortError>;

const TABLE: &str = "CREATE TABLE users (
    uid TEXT PRIMARY KEY, mail TEXT, mail_canonical TEXT, mail_confirmed INTEGER NOT NULL,
    password TEXT, version INTEGER NOT NULL) STRICT";

/// A mistake of the one who wrote the port.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    FindMindsTheCase,
    FindComparesInLowercase,
    FindReturnsOnlyConfirmedAddresses,
    ALoginIsAnError,
    AnUnreadableAddressIsAnError,
    AnUnreadableHashIsAnError,
    SessionsAreSaidToEnd,
}

#[derive(Debug)]
struct Users {
    pool: SqlitePool,
    mistake: Mistake,
}

impl Users {
    fn account(&self, row: &SqliteRow) -> Answer<Account> {
        let version: i64 = row.try_get("version")?;
        let account = Account::new(AccountId::new(row.try_get("uid")?)?);
        let mut account = account.with_version(u64::try_from(version)?);
        if let Some(mail) = row.try_get("mail")? {
            let confirmed: bool = row.try_get("mail_confirmed")?;
            match Contact::email(mail) {
                Ok(mail) if confirmed => account = account.with_email(Email::verified(mail)),
                Ok(mail) => account = account.with_email(Email::unverified(mail)),
                Err(error) if self.mistake == Mistake::AnUnreadableAddressIsAnError => {
                    return Err(error.into());
                }
                Err(_) => {}
            }
        }
        let password: Option<&str> = row.try_get("password")?;
        Ok(match password {
            Some(text) if self.mistake == Mistake::AnUnreadableHashIsAnError => {
                account.with_password(PasswordHash::from_stored(text)?)
            }
            Some(text) => account.with_password(PasswordHash::from_column(text)),
            None => account,
        })
    }

    async fn read(&self, from: impl SqliteExecutor<'_>, id: &AccountId) -> Answer<Option<Account>> {
        let select = sqlx::query("SELECT * FROM users WHERE uid = ?1").bind(id.as_str());
        select.fetch_optional(from).await?.map(|row| self.account(&row)).transpose()
    }
}

impl Accounts for Users {
    async fn find(&self, lookup: &Lookup, _now: UtcDateTime) -> Answer<Vec<Account>> {
        let Lookup::Email(mail) = lookup else {
            return match self.mistake {
                Mistake::ALoginIsAnError => Err(PortError::new("there are no user names")),
                _ => Ok(Vec::new()),
            };
        };
        let select = match self.mistake {
            Mistake::FindMindsTheCase => "SELECT * FROM users WHERE mail = ?1",
            // Normalization forms remain.
            Mistake::FindComparesInLowercase => "SELECT * FROM users WHERE lower(mail) = ?1",
            Mistake::FindReturnsOnlyConfirmedAddresses => {
                "SELECT * FROM users WHERE mail_canonical = ?1 AND mail_confirmed"
            }
            _ => "SELECT * FROM users WHERE mail_canonical = ?1",
        };
        let rows = sqlx::query(select).bind(mail.canonical()).fetch_all(&self.pool).await?;
        rows.iter().map(|row| self.account(row)).collect()
    }

    async fn load(&self, id: &AccountId, _now: UtcDateTime) -> Answer<Option<Account>> {
        self.read(&self.pool, id).await
    }

    async fn write(&self, write: &AccountWrite, _now: UtcDateTime) -> Answer<Written> {
        let careless = self.mistake == Mistake::SessionsAreSaidToEnd;
        match write.change() {
            AccountChange::EndSessions if careless => {
                return Ok(Written::Done { version: write.seen_version(), epoch: None });
            }
            // There is no column for these.
            AccountChange::EndSessions
            | AccountChange::MustChange { .. }
            | AccountChange::RequireRecovery
            | AccountChange::Contact { .. }
            | AccountChange::Password { must_change: Some(_), .. } => return Ok(Written::Stale),
            _ => {}
        }
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let mut account = self.read(&mut *transaction, write.id()).await?;
        let written = write.apply_to(account.as_mut());
        if let (Written::Done { .. }, Some(account)) = (written, account) {
            sqlx::query("UPDATE users SET password = ?2, version = ?3 WHERE uid = ?1")
                .bind(account.id().as_str())
                .bind(account.stored_password().map(PasswordHash::expose_secret))
                .bind(i64::try_from(account.version().unwrap_or(0))?)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
        }
        Ok(written)
    }
}

/// Each table is in a new file, and each handle has a pool of its own.
struct Tables {
    mistake: Mistake,
    folders: Mutex<Vec<TempDir>>,
}

impl Tables {
    fn new(mistake: Mistake) -> Self {
        Self { mistake, folders: Mutex::default() }
    }
}

impl Runtime for Tables {}

impl accounts::Fixture for Tables {
    type Port = Users;

    async fn open(&self) -> Answer<[Users; 2]> {
        let folder = tempfile::tempdir()?;
        // No machine crashes here.
        let options = Sqlite::options(&folder.path().join("users"));
        let options = options.synchronous(SqliteSynchronous::Off);
        let open = async || SqlitePool::connect_with(options.clone()).await;
        let pools = [open().await?, open().await?];
        sqlx::query(TABLE).execute(&pools[0]).await?;
        if let Ok(mut folders) = self.folders.lock() {
            folders.push(folder);
        }
        Ok(pools.map(|pool| Users { pool, mistake: self.mistake }))
    }

    fn lacks(&self) -> &[Capability] {
        &[
            Capability::Login,
            Capability::Names,
            Capability::SeveralAddresses,
            Capability::Verification,
            Capability::Phone,
            Capability::Field,
            Capability::Disabled,
            Capability::Epoch,
            Capability::ChangedAt,
            Capability::MustChange,
            Capability::RequiredRecovery,
            Capability::History,
        ]
    }

    async fn put(&self, users: &Users, account: &Account) -> Answer<()> {
        let mail = account.emails().first();
        sqlx::query("REPLACE INTO users VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .bind(account.id().as_str())
            .bind(mail.map(|mail| mail.address().as_str()))
            .bind(mail.map(|mail| mail.address().canonical()))
            .bind(mail.is_some_and(Email::is_verified))
            .bind(account.stored_password().map(PasswordHash::expose_secret))
            .bind(i64::try_from(account.version().unwrap_or(0))?)
            .execute(&users.pool)
            .await?;
        Ok(())
    }

    fn change(&self, users: Arc<Users>, account: Account) -> Option<Call<Answer<Account>>> {
        Some(Box::pin(async move {
            let mut transaction = users.pool.begin_with("BEGIN IMMEDIATE").await?;
            let mail = account.emails().first();
            let update = "UPDATE users SET mail = ?2, mail_canonical = ?3, version = version + 1
                WHERE uid = ?1";
            sqlx::query(update)
                .bind(account.id().as_str())
                .bind(mail.map(|mail| mail.address().as_str()))
                .bind(mail.map(|mail| mail.address().canonical()))
                .execute(&mut *transaction)
                .await?;
            // The write meets the open transaction.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            let changed = users.read(&mut *transaction, account.id()).await?;
            transaction.commit().await?;
            changed.ok_or_else(|| PortError::new("no such account"))
        }))
    }

    async fn add_unreadable_address(&self, users: &Users, id: &AccountId) -> Answer<Hooked> {
        let broken =
            "UPDATE users SET mail = 'not an address', mail_canonical = NULL WHERE uid = ?1";
        sqlx::query(broken).bind(id.as_str()).execute(&users.pool).await?;
        Ok(Hooked::Done(()))
    }

    async fn set_unreadable_password(
        &self,
        users: &Users,
        id: &AccountId,
        text: &str,
    ) -> Answer<Hooked> {
        let broken = "UPDATE users SET password = ?2 WHERE uid = ?1";
        sqlx::query(broken).bind(id.as_str()).bind(text).execute(&users.pool).await?;
        Ok(Hooked::Done(()))
    }
}

#[tokio::test]
async fn conformance_of_a_table_without_logins() -> Result {
    let report = accounts::run(&Tables::new(Mistake::None)).await;
    Ok(report.proven_except(&[Clause::PastReturnsTheNewestFirst])?)
}

#[tokio::test]
async fn conformance_finds_each_mistake_in_a_table_without_logins() {
    for (mistake, clause) in [
        (Mistake::FindMindsTheCase, Clause::FindReturnsEveryAccountThatTheLookupNames),
        (Mistake::FindComparesInLowercase, Clause::FindReturnsEveryAccountThatTheLookupNames),
        (
            Mistake::FindReturnsOnlyConfirmedAddresses,
            Clause::FindReturnsEveryAccountThatTheLookupNames,
        ),
        (Mistake::ALoginIsAnError, Clause::FindReturnsEveryAccountThatTheLookupNames),
        (Mistake::AnUnreadableAddressIsAnError, Clause::FindKeepsAnAccountWithAnUnreadableAddress),
        (Mistake::AnUnreadableHashIsAnError, Clause::FindKeepsAnAccountWithAnUnreadablePassword),
        (Mistake::SessionsAreSaidToEnd, Clause::WriteAnswersWithWhatIsStored),
    ] {
        for judged in Clause::ALL {
            // Races take long, and no mistake is in what they are about.
            if matches!(
                judged,
                Clause::WriteLetsOneOfTwoSucceed | Clause::WriteSeesContactsThatChangedMeanwhile
            ) {
                continue;
            }
            let outcome = accounts::judge(judged, &Tables::new(mistake)).await;
            assert_eq!(outcome.is_broken(), judged == clause, "{mistake:?}: {outcome}");
        }
    }
}
