use repass::account::{
    Account, AccountChange, AccountId, AccountWrite, Contact, Email, Login, Lookup, MustChange,
    MustChangeReason, PastPassword, Written,
};
use repass::port::{Accounts, PortError};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;
use repass_sql::StoredError;
use repass_sql::sqlite::accounts as sql;
use sqlx::sqlite::{SqliteRow, SqliteTransaction};
use sqlx::{Row, SqlitePool};

/// A simple user table in SQLite, for services that have none. Cheap to clone.
///
/// Every account has a version and a session epoch. Logins are unique, whatever their case. The table has
/// no phone numbers and no declared fields: nobody is found by them. Nobody
/// may administer. An address or a stored password that cannot be read does not hide its account.
#[derive(Clone, Debug)]
pub struct SqliteAccounts {
    pool: SqlitePool,
}

impl SqliteAccounts {
    /// Uses this pool, on whose database [`SqliteStore::migrate`](crate::SqliteStore::migrate) has
    /// made the tables.
    #[must_use]
    pub const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// The pool.
    #[must_use]
    pub const fn pool(&self) -> &SqlitePool {
        &self.pool
    }

    /// Adds an account, or replaces the account that has its id. The version is raised if
    /// the password, a verified address, or whether the account may sign in has changed.
    ///
    /// # Errors
    ///
    /// Any error of the database, also if another account has the login.
    pub async fn put(&self, account: &Account) -> Result<(), PortError> {
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let id = account.id().as_str();
        let before = sqlx::query(sql::LOAD).bind(id).fetch_all(&mut *transaction).await?;
        let before = accounts(&before)?.pop();
        let (version, epoch) = match &before {
            None => (account.version().unwrap_or(0), account.epoch().unwrap_or(0)),
            Some(before) => {
                let changed = before.stored_password() != account.stored_password()
                    || before.is_enabled() != account.is_enabled()
                    || verified(before) != verified(account);
                let version = before.version().unwrap_or(0).saturating_add(u64::from(changed));
                (
                    version.max(account.version().unwrap_or(0)),
                    before.epoch().max(account.epoch()).unwrap_or(0),
                )
            }
        };
        let must_change = MustChangeColumns::new(account.must_change());
        sqlx::query(sql::PUT)
            .bind(id)
            .bind(account.login().map(Login::as_str))
            .bind(account.login().map(Login::canonical))
            .bind(account.first_name())
            .bind(account.last_name())
            .bind(account.stored_password().map(PasswordHash::expose_secret))
            .bind(account.is_enabled())
            .bind(column(version))
            .bind(column(epoch))
            .bind(account.changed_at().map(UtcDateTime::unix_timestamp))
            .bind(must_change.reason)
            .bind(must_change.until)
            .bind(account.requires_recovery())
            .execute(&mut *transaction)
            .await?;
        put_emails(&mut transaction, account).await?;
        Ok(transaction.commit().await?)
    }

    /// Deletes an account; whether there was one. Its id must not be given to another account.
    ///
    /// # Errors
    ///
    /// Any error of the database.
    pub async fn remove(&self, id: &AccountId) -> Result<bool, PortError> {
        let done = sqlx::query(sql::REMOVE).bind(id.as_str()).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Sets the password in one conditional statement, and keeps the old one in the same transaction.
    async fn set_password(
        &self,
        write: &AccountWrite,
        hash: &PasswordHash,
        must_change: Option<MustChange>,
    ) -> Result<Option<(i64, i64)>, PortError> {
        let must_change = MustChangeColumns::new(must_change);
        let mut transaction = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let done: Option<(i64, i64)> = sqlx::query_as(sql::SET_PASSWORD)
            .bind(write.id().as_str())
            .bind(write.seen_password().map(PasswordHash::expose_secret))
            .bind(write.seen_version().map(column))
            .bind(hash.expose_secret())
            .bind(write.at().unix_timestamp())
            .bind(must_change.reason)
            .bind(must_change.until)
            .bind(write.seen_requires_recovery())
            .fetch_optional(&mut *transaction)
            .await?;
        if let (Some(_), Some(before)) =
            (done, write.seen_password().filter(|hash| hash.is_usable()))
        {
            sqlx::query(sql::ADD_PAST)
                .bind(write.id().as_str())
                .bind(before.expose_secret())
                .bind(write.at().unix_timestamp())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(done)
    }
}

impl Accounts for SqliteAccounts {
    async fn find(&self, lookup: &Lookup, _now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        let (statement, text) = match lookup {
            Lookup::Email(address) => (sql::FIND_BY_EMAIL, address.canonical()),
            Lookup::Login(login) => (sql::FIND_BY_LOGIN, login.canonical()),
            // The table has no column for it, so nobody is found.
            _ => return Ok(Vec::new()),
        };
        accounts(&sqlx::query(statement).bind(text).fetch_all(&self.pool).await?)
    }

    async fn load(&self, id: &AccountId, _now: UtcDateTime) -> Result<Option<Account>, PortError> {
        let rows = sqlx::query(sql::LOAD).bind(id.as_str()).fetch_all(&self.pool).await?;
        Ok(accounts(&rows)?.pop())
    }

    async fn write(&self, write: &AccountWrite, _now: UtcDateTime) -> Result<Written, PortError> {
        let id = write.id().as_str();
        let done = match write.change() {
            AccountChange::Password { hash, must_change } => {
                self.set_password(write, hash, must_change).await?
            }
            AccountChange::Rehash { hash } => {
                sqlx::query_as(sql::REHASH)
                    .bind(id)
                    .bind(write.seen_password().map(PasswordHash::expose_secret))
                    .bind(hash.expose_secret())
                    .fetch_optional(&self.pool)
                    .await?
            }
            AccountChange::EndSessions => {
                sqlx::query_as(sql::END_SESSIONS).bind(id).fetch_optional(&self.pool).await?
            }
            AccountChange::RequireRecovery => {
                sqlx::query_as(sql::REQUIRE_RECOVERY).bind(id).fetch_optional(&self.pool).await?
            }
        };
        Ok(match done {
            Some((version, epoch)) => {
                Written::Done { version: number(version), epoch: number(epoch) }
            }
            None => Written::Stale,
        })
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        _now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(sql::PAST)
            .bind(id.as_str())
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        let past = |(text, at): (String, i64)| {
            let hash = PasswordHash::from_column(&text);
            hash.is_usable().then(|| Ok(PastPassword::new(hash, moment(at)?)))
        };
        rows.into_iter().filter_map(past).collect()
    }
}

async fn put_emails(
    transaction: &mut SqliteTransaction<'_>,
    account: &Account,
) -> Result<(), PortError> {
    let id = account.id().as_str();
    sqlx::query(sql::DELETE_EMAILS).bind(id).execute(&mut **transaction).await?;
    let own = account.emails().iter().map(|email| {
        (email.address(), if email.is_verified() { "verified" } else { "unverified" })
    });
    let replaced = account.replaced_email().map(|address| (address, "replaced"));
    for (position, (address, state)) in (0_i64..).zip(own.chain(replaced)) {
        sqlx::query(sql::PUT_EMAIL)
            .bind(address.canonical())
            .bind(id)
            .bind(position)
            .bind(address.as_str())
            .bind(state)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// The verified addresses in one spelling and order.
fn verified(account: &Account) -> Vec<String> {
    let verified = account.emails().iter().filter(|email| email.is_verified());
    let mut addresses: Vec<_> = verified.map(|email| email.address().canonical()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// Accounts out of rows that repeat one for each of its addresses.
fn accounts(rows: &[SqliteRow]) -> Result<Vec<Account>, PortError> {
    let mut accounts: Vec<Account> = Vec::new();
    for row in rows {
        let id = AccountId::new(row.try_get("id")?)?;
        let account = match accounts.pop() {
            Some(account) if *account.id() == id => account,
            other => {
                accounts.extend(other);
                account(id, row)?
            }
        };
        let address: Option<&str> = row.try_get("address")?;
        accounts.push(match (address.map(Contact::email), row.try_get("state")?) {
            (Some(Ok(address)), Some("verified")) => account.with_email(Email::verified(address)),
            (Some(Ok(address)), Some("replaced")) => account.with_replaced_email(address),
            (Some(Ok(address)), _) => account.with_email(Email::unverified(address)),
            (Some(Err(_)), _) => account.with_unreadable_email(),
            (None, _) => account,
        });
    }
    Ok(accounts)
}

/// An account without its addresses.
fn account(id: AccountId, row: &SqliteRow) -> Result<Account, PortError> {
    let mut account = Account::new(id)
        .with_names(row.try_get::<&str, _>("first_name")?, row.try_get::<&str, _>("last_name")?)
        .with_required_recovery(row.try_get("requires_recovery")?);
    let login: Option<&str> = row.try_get("login")?;
    if let Some(login) = login.and_then(|login| Login::new(login).ok()) {
        account = account.with_login(login);
    }
    if let Some(text) = row.try_get("password")? {
        account = account.with_password(PasswordHash::from_column(text));
    }
    if let Some(version) = number(row.try_get("version")?) {
        account = account.with_version(version);
    }
    if let Some(epoch) = number(row.try_get("epoch")?) {
        account = account.with_epoch(epoch);
    }
    if let Some(at) = row.try_get("changed_at")? {
        account = account.with_changed_at(moment(at)?);
    }
    if let Some(code) = row.try_get("must_change")? {
        let reason = MustChangeReason::from_code(code)
            .ok_or(StoredError::new("repass_account", "must_change"))?;
        let must_change = MustChange::new(reason);
        account = account.with_must_change(Some(match row.try_get("must_change_until")? {
            Some(until) => must_change.until(moment(until)?),
            None => must_change,
        }));
    }
    Ok(if row.try_get("enabled")? { account } else { account.disabled() })
}

struct MustChangeColumns {
    reason: Option<&'static str>,
    until: Option<i64>,
}

impl MustChangeColumns {
    fn new(must_change: Option<MustChange>) -> Self {
        Self {
            reason: must_change.map(|must_change| must_change.reason().code()),
            until: must_change
                .and_then(|must_change| must_change.expires_at())
                .map(UtcDateTime::unix_timestamp),
        }
    }
}

fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn number(column: i64) -> Option<u64> {
    u64::try_from(column).ok()
}

fn moment(seconds: i64) -> Result<UtcDateTime, PortError> {
    Ok(UtcDateTime::from_unix_timestamp(seconds)?)
}
