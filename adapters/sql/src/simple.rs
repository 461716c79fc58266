use alloc::sync::Arc;
use core::fmt;

use repass::account::{
    Account, AccountChange, AccountId, AccountWrite, Contact, Email, Login, Lookup, MustChange,
    MustChangeReason, PastPassword, Written,
};
use repass::port::{Accounts, PortError, Ports};
use repass::recovery::Recovery;
use repass::reset::{Change, CommitError};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;

use crate::execute::{Alone, Execute};
use crate::migrate::{Tables, migrate};
use crate::query::Row;
use crate::transaction::{Table, commit_within};
use crate::{
    Answer, Driver, MigrateError, Names, Query, Statement, Statements, Store, StoredError,
    Transaction, Uncommitted, Value, statements,
};

/// A simple user table, for services that have none. Cheap to clone if its driver is.
///
/// Every account has a version and a session epoch. Logins are unique, whatever their case. The table has
/// no phone numbers and no declared fields: nobody is found by them. Nobody
/// may administer. An address or a stored password that cannot be read does not hide its account.
#[derive(Clone)]
pub struct SimpleAccounts<D> {
    driver: D,
    statements: Arc<Statements>,
}

impl<D: Driver> SimpleAccounts<D> {
    /// How often [`put`](Self::put) begins anew because the account was changed meanwhile.
    const TRIES: usize = 100;

    /// Uses the tables of these names.
    #[must_use]
    pub fn new(driver: D, names: &Names) -> Self {
        Self::over(driver, statements(D::DIALECT, names).into())
    }

    pub(crate) const fn over(driver: D, statements: Arc<Statements>) -> Self {
        Self { driver, statements }
    }

    /// The driver.
    #[must_use]
    pub const fn driver(&self) -> &D {
        &self.driver
    }

    /// The statements, and the names of the tables.
    #[must_use]
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    /// Makes the tables, or changes those of an older release. It can be called again, and by several
    /// processes at once.
    ///
    /// # Errors
    ///
    /// [`MigrateError`] if a newer program has changed the tables, or the database fails.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        migrate(&self.driver, &self.statements.migrations, Tables::Accounts).await
    }

    /// Adds an account, or replaces the account that has its id. The version is raised if
    /// the password, a verified address, or whether the account may sign in has changed.
    ///
    /// # Errors
    ///
    /// Any error of the database, also if another account has the login.
    pub async fn put(&self, account: &Account) -> Result<(), PortError> {
        for _ in 0..Self::TRIES {
            let before = self.read(account.id()).await?;
            let seen = before.as_ref().map_or((0, 0), |before| {
                (before.version().unwrap_or(0), before.epoch().unwrap_or(0))
            });
            let changed = before.as_ref().is_some_and(|before| {
                before.stored_password() != account.stored_password()
                    || before.is_enabled() != account.is_enabled()
                    || verified(before) != verified(account)
            });
            let version = seen.0.saturating_add(u64::from(changed));
            let version = version.max(account.version().unwrap_or(0));
            let epoch = seen.1.max(account.epoch().unwrap_or(0));
            let must_change = MustChangeColumns::new(account.must_change());
            let put = Query::new(
                &self.statements.accounts.put,
                [
                    Value::text(account.id().as_str()),
                    Value::Text(account.login().map(|login| login.as_str().to_owned())),
                    Value::Text(account.login().map(Login::canonical)),
                    Value::text(account.first_name()),
                    Value::text(account.last_name()),
                    password(account.stored_password()),
                    Value::integer(account.is_enabled()),
                    Value::integer(column(version)),
                    Value::integer(column(epoch)),
                    Value::Integer(account.changed_at().map(UtcDateTime::unix_timestamp)),
                    must_change.reason,
                    must_change.until,
                    Value::integer(account.requires_recovery()),
                    Value::integer(column(seen.0)),
                    Value::integer(column(seen.1)),
                ],
            );
            let mut queries = vec![put.decides()];
            queries.extend(self.put_emails(account));
            if self.driver.transact(queries).await?.is_some() {
                return Ok(());
            }
        }
        Err(PortError::new("the account is changed all the time"))
    }

    /// Deletes an account; whether there was one. Its id must not be given to another account.
    ///
    /// # Errors
    ///
    /// Any error of the database.
    pub async fn remove(&self, id: &AccountId) -> Result<bool, PortError> {
        let values = [Value::text(id.as_str())];
        let answer = self.run(&self.statements.accounts.remove, values).await?;
        Ok(answer.count() == 1)
    }

    /// Sets a password in a transaction of the service; `store` has the attempts, in the same database.
    /// It does what [`Recovery::commit`] does, except that the transaction is not committed yet: see
    /// [`Transaction`].
    ///
    /// # Errors
    ///
    /// [`CommitError`] says why not, or that a port failed; nothing was set, and the transaction was rolled
    /// back with everything that the service did in it.
    pub async fn commit_within<T, P>(
        &self,
        transaction: T,
        store: &Store<D>,
        recovery: &Recovery<P>,
        change: Change,
        now: UtcDateTime,
    ) -> Result<Uncommitted<T>, CommitError>
    where
        T: Transaction<Driver = D>,
        P: Ports,
    {
        let attempts = &store.statements().attempts;
        commit_within(transaction, self, attempts, recovery, change, now).await
    }

    async fn run(
        &self,
        statement: &Statement,
        values: impl Into<Vec<Value>>,
    ) -> Result<Answer, PortError> {
        self.driver.run(Query::new(statement, values)).await
    }

    async fn read(&self, id: &AccountId) -> Result<Option<Account>, PortError> {
        self.load_on(&mut Alone(&self.driver), id).await
    }

    /// Replaces the addresses of an account by those that it has now.
    fn put_emails(&self, account: &Account) -> Vec<Query> {
        let id = Value::text(account.id().as_str());
        let own = account.emails().iter().map(|email| {
            (email.address(), if email.is_verified() { "verified" } else { "unverified" })
        });
        let replaced = account.replaced_email().map(|address| (address, "replaced"));
        let mut queries = vec![Query::new(&self.statements.accounts.delete_emails, [id.clone()])];
        for (position, (address, state)) in (0_i64..).zip(own.chain(replaced)) {
            let values = [
                Value::text(&address.canonical()),
                id.clone(),
                Value::integer(position),
                Value::text(address.as_str()),
                Value::text(state),
            ];
            queries.push(Query::new(&self.statements.accounts.put_email, values));
        }
        queries
    }

    /// Sets the password in one conditional statement, and keeps the old one in the same transaction.
    async fn set_password(
        &self,
        on: &mut impl Execute,
        write: &AccountWrite,
        hash: &PasswordHash,
        must_change: Option<MustChange>,
    ) -> Result<Option<Answer>, PortError> {
        let id = Value::text(write.id().as_str());
        let at = Value::integer(write.at().unix_timestamp());
        let must_change = MustChangeColumns::new(must_change);
        let set = Query::new(
            &self.statements.accounts.set_password,
            [
                id.clone(),
                password(write.seen_password()),
                Value::Integer(write.seen_version().map(column)),
                password(Some(hash)),
                at.clone(),
                must_change.reason,
                must_change.until,
                Value::integer(write.seen_requires_recovery()),
            ],
        );
        let mut queries = vec![set.decides()];
        if let Some(before) = write.seen_password().filter(|hash| hash.is_usable()) {
            let values = [id, password(Some(before)), at];
            queries.push(Query::new(&self.statements.accounts.add_past, values));
        }
        Ok(on.transact(queries).await?.and_then(|answers| answers.into_iter().next()))
    }

    /// Verifies an address. Every change of an address raises the version, so the account is as it was
    /// read if the version still is, and that is the condition of the statement that raises it again.
    /// The addresses are not unique, so that several accounts can verify one.
    async fn verify_address(
        &self,
        on: &mut impl Execute,
        write: &AccountWrite,
    ) -> Result<Option<Answer>, PortError> {
        let account = self.load_on(on, write.id()).await?;
        let Some(next) = account.and_then(|account| write.apply(&account)) else {
            return Ok(None);
        };
        let raise = Query::new(
            &self.statements.accounts.raise_version,
            [
                Value::text(write.id().as_str()),
                password(write.seen_password()),
                Value::Integer(write.seen_version().map(column)),
                Value::integer(write.seen_requires_recovery()),
            ],
        );
        let mut queries = vec![raise.decides()];
        queries.extend(self.put_emails(&next));
        Ok(on.transact(queries).await?.and_then(|answers| answers.into_iter().next()))
    }
}

impl<D: Driver> Accounts for SimpleAccounts<D> {
    async fn find(&self, lookup: &Lookup, _now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        let (statement, text) = match lookup {
            Lookup::Email(address) => {
                (&self.statements.accounts.find_by_email, address.canonical())
            }
            Lookup::Login(login) => (&self.statements.accounts.find_by_login, login.canonical()),
            // The table has no column for it, so nobody is found.
            _ => return Ok(Vec::new()),
        };
        accounts(self.run(statement, [Value::Text(Some(text))]).await?)
    }

    async fn load(&self, id: &AccountId, _now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.read(id).await
    }

    async fn write(&self, write: &AccountWrite, _now: UtcDateTime) -> Result<Written, PortError> {
        self.write_on(&mut Alone(&self.driver), write).await
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        _now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        let values = [Value::text(id.as_str()), Value::integer(limit)];
        let answer = self.run(&self.statements.accounts.past, values).await?;
        let mut past = Vec::new();
        for mut row in answer.into_rows() {
            let hash = PasswordHash::from_column(&row.text()?);
            let replaced_at = moment(row.integer()?)?;
            if hash.is_usable() {
                past.push(PastPassword::new(hash, replaced_at));
            }
        }
        Ok(past)
    }
}

impl<D: Driver> Table for SimpleAccounts<D> {
    async fn load_on<E: Execute>(
        &self,
        on: &mut E,
        id: &AccountId,
    ) -> Result<Option<Account>, PortError> {
        let load = Query::new(&self.statements.accounts.load, [Value::text(id.as_str())]);
        Ok(accounts(on.run(load).await?)?.pop())
    }

    async fn write_on<E: Execute>(
        &self,
        on: &mut E,
        write: &AccountWrite,
    ) -> Result<Written, PortError> {
        let id = Value::text(write.id().as_str());
        let sql = &self.statements.accounts;
        let done = match write.change() {
            AccountChange::Password { hash, must_change } => {
                self.set_password(on, write, hash, must_change).await?
            }
            AccountChange::Rehash { hash } => {
                let values = [id, password(write.seen_password()), password(Some(hash))];
                Some(on.run(Query::new(&sql.rehash, values)).await?)
            }
            AccountChange::MustChange { must_change } => {
                let MustChangeColumns { reason, until } = MustChangeColumns::new(Some(must_change));
                let values = [id, password(write.seen_password()), reason, until];
                Some(on.run(Query::new(&sql.require_change, values)).await?)
            }
            AccountChange::EndSessions => Some(on.run(Query::new(&sql.end_sessions, [id])).await?),
            AccountChange::RequireRecovery => {
                Some(on.run(Query::new(&sql.require_recovery, [id])).await?)
            }
            AccountChange::Contact { .. } => self.verify_address(on, write).await?,
        };
        let Some(mut row) = done.and_then(Answer::into_row) else { return Ok(Written::Stale) };
        Ok(Written::Done { version: number(row.integer()?), epoch: number(row.integer()?) })
    }
}

impl<D: fmt::Debug> fmt::Debug for SimpleAccounts<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimpleAccounts").field("driver", &self.driver).finish_non_exhaustive()
    }
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
fn accounts(answer: Answer) -> Result<Vec<Account>, PortError> {
    let mut accounts: Vec<Account> = Vec::new();
    for mut row in answer.into_rows() {
        let read = account(&mut row)?;
        let account = match accounts.pop() {
            Some(account) if account.id() == read.id() => account,
            other => {
                accounts.extend(other);
                read
            }
        };
        let address = row.text_or_null()?;
        let state = row.text_or_null()?;
        accounts.push(match (address.as_deref().map(Contact::email), state.as_deref()) {
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
fn account(row: &mut Row) -> Result<Account, PortError> {
    let mut account = Account::new(AccountId::new(&row.text()?)?);
    if let Some(login) = row.text_or_null()?.and_then(|login| Login::new(&login).ok()) {
        account = account.with_login(login);
    }
    account = account.with_names(row.text()?, row.text()?);
    if let Some(text) = row.text_or_null()? {
        account = account.with_password(PasswordHash::from_column(&text));
    }
    if row.integer()? == 0 {
        account = account.disabled();
    }
    if let Some(version) = number(row.integer()?) {
        account = account.with_version(version);
    }
    if let Some(epoch) = number(row.integer()?) {
        account = account.with_epoch(epoch);
    }
    if let Some(at) = row.integer_or_null()? {
        account = account.with_changed_at(moment(at)?);
    }
    let (reason, until) = (row.text_or_null()?, row.integer_or_null()?);
    if let Some(code) = reason {
        let reason =
            MustChangeReason::from_code(&code).ok_or(StoredError::new("account", "must_change"))?;
        let must_change = MustChange::new(reason);
        account = account.with_must_change(Some(match until {
            Some(until) => must_change.until(moment(until)?),
            None => must_change,
        }));
    }
    let required = row.integer()? != 0;
    Ok(account.with_required_recovery(required))
}

struct MustChangeColumns {
    reason: Value,
    until: Value,
}

impl MustChangeColumns {
    fn new(must_change: Option<MustChange>) -> Self {
        let reason = must_change.map(|must_change| must_change.reason().code().to_owned());
        let until = must_change.and_then(|must_change| must_change.expires_at());
        Self {
            reason: Value::Text(reason),
            until: Value::Integer(until.map(UtcDateTime::unix_timestamp)),
        }
    }
}

fn password(hash: Option<&PasswordHash>) -> Value {
    Value::Text(hash.map(|hash| hash.expose_secret().to_owned()))
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
