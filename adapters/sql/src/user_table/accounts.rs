use alloc::sync::Arc;
use core::fmt;

use repass::account::{
    Account, AccountId, AccountWrite, Contact, Email, FieldText, Login, Lookup, MustChange,
    MustChangeReason, PastPassword, Phone, Written,
};
use repass::port::{Accounts, PortError, Ports};
use repass::recovery::Recovery;
use repass::reset::{Change, CommitError};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;

use super::UserTable;
use super::check::{check, costs};
use super::error::{Cost, TableError};
use super::sql::{Builder, RETURNS, Shape};
use super::write::write;
use crate::execute::{Alone, Execute};
use crate::query::Row;
use crate::transaction::{Table, commit_within};
use crate::{
    Answer, ColumnType, Driver, Identifier, Store, StoredError, Transaction, Uncommitted, Value,
};

/// The user table of a service, by configuration. Cheap to clone if its driver is.
///
/// A password is set by one conditional statement, whose condition is about the one row that it
/// changes; the old one goes into the history in the same transaction.
///
/// Nobody may administer: wrap the port where somebody may. Where everything of a service is in one
/// database, [`commit_within`](Self::commit_within) sets a password in a transaction of the service.
#[derive(Clone)]
pub struct SqlAccounts<D> {
    driver: D,
    shape: Arc<Shape>,
}

impl<D: Driver> SqlAccounts<D> {
    /// Compares the configuration with the tables as the database has them.
    ///
    /// # Errors
    ///
    /// [`TableError`] names the table and the column that cannot be used, and what is allowed.
    pub async fn open(driver: D, table: UserTable) -> Result<Self, TableError> {
        let shape = check(&driver, table).await?.into();
        Ok(Self { driver, shape })
    }

    /// What the columns that the table lacks cost. Log it at start.
    #[must_use]
    pub fn costs(&self) -> Vec<Cost> {
        costs(&self.shape.table)
    }

    /// The driver.
    #[must_use]
    pub const fn driver(&self) -> &D {
        &self.driver
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

    async fn select(
        &self,
        on: &mut impl Execute,
        builder: Builder,
    ) -> Result<Vec<Account>, PortError> {
        let mut returns = RETURNS.to_vec();
        returns.extend(self.shape.table.fields.iter().map(|_| ColumnType::Text));
        let answer = on.run(builder.finish(&returns)).await?;
        let mut accounts: Vec<Account> = Vec::new();
        for mut row in answer.into_rows() {
            let (account, email) = self.account(&mut row)?;
            let account = match accounts.pop() {
                Some(before) if before.id() == account.id() => before,
                other => {
                    accounts.extend(other);
                    account
                }
            };
            accounts.push(match email {
                None => account,
                Some(Err(_)) => account.with_unreadable_email(),
                Some(Ok(email)) => account.with_email(email),
            });
        }
        Ok(accounts)
    }

    /// An account without its addresses, and one of these.
    fn account(&self, row: &mut Row) -> Result<(Account, Option<Result<Email, ()>>), PortError> {
        let table = &self.shape.table;
        let wrong = |column| StoredError::new("the user table", column);
        let mut account = Account::new(AccountId::new(&row.text()?)?);
        if let Some(login) = row.text_or_null()?.and_then(|login| Login::new(&login).ok()) {
            account = account.with_login(login);
        }
        let names = (row.text_or_null()?, row.text_or_null()?);
        account = account.with_names(names.0.unwrap_or_default(), names.1.unwrap_or_default());
        if let Some(text) = row.text_or_null()? {
            account = account.with_password(PasswordHash::from_column(&text));
        }
        if row.integer()? == 0 {
            account = account.disabled();
        }
        if let Some(version) = row.integer_or_null()? {
            account = account.with_version(u64::try_from(version).map_err(|_| wrong("version"))?);
        }
        if let Some(epoch) = row.integer_or_null()? {
            account = account.with_epoch(u64::try_from(epoch).map_err(|_| wrong("epoch"))?);
        }
        if let Some(at) = row.integer_or_null()? {
            account = account.with_changed_at(UtcDateTime::from_unix_timestamp(at)?);
        }
        let (reason, until) = (row.text_or_null()?, row.integer_or_null()?);
        if let Some(code) = reason {
            let reason = MustChangeReason::from_code(&code).ok_or(wrong("must_change"))?;
            let must_change = MustChange::new(reason);
            account = account.with_must_change(Some(match until {
                Some(until) => must_change.until(UtcDateTime::from_unix_timestamp(until)?),
                None => must_change,
            }));
        }
        account = account.with_required_recovery(row.integer()? != 0);
        let (email, verified) = (row.text_or_null()?, row.integer()? != 0);
        let email = email.map(|email| {
            let email = Contact::email(&email).map_err(|_| ())?;
            let email = if verified { Email::verified(email) } else { Email::unverified(email) };
            Ok(match table.email_field {
                Some(name) => email.in_field(name),
                None => email,
            })
        });
        let (phone, verified) = (row.text_or_null()?, row.integer()? != 0);
        account = match phone.map(|phone| Contact::phone(&phone)) {
            None => account,
            Some(Ok(phone)) => {
                let phone =
                    if verified { Phone::verified(phone) } else { Phone::unverified(phone) };
                account.with_phone(match table.phone_field {
                    Some(name) => phone.in_field(name),
                    None => phone,
                })
            }
            Some(Err(_)) => account.with_unreadable_phone(),
        };
        for (name, _) in &table.fields {
            if let Some(text) = row.text_or_null()?.and_then(|text| FieldText::new(&text).ok()) {
                account = account.with_text_in(*name, text);
            }
        }
        Ok((account, email))
    }
}

/// The columns that a canonical value is compared with.
enum By<'a> {
    Email(String),
    Phone(String),
    Login(String),
    Text(&'a Identifier, String),
}

impl<D: Driver> Accounts for SqlAccounts<D> {
    async fn find(&self, lookup: &Lookup, _now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        let shape = &*self.shape;
        let table = &shape.table;
        let mut builder = Builder::new(D::DIALECT);
        shape.select(&mut builder);
        let mut order = String::new();
        let by = match lookup {
            Lookup::Email(address) => By::Email(address.canonical()),
            Lookup::Phone(phone) => By::Phone(phone.canonical()),
            Lookup::Login(login) => By::Login(login.canonical()),
            Lookup::Field(field) if table.email_field.as_ref() == Some(field.name()) => {
                By::Email(field.canonical_value())
            }
            Lookup::Field(field) if table.phone_field.as_ref() == Some(field.name()) => {
                By::Phone(field.canonical_value())
            }
            Lookup::Field(field) => {
                let named = |(name, _): &&(_, _)| name == field.name();
                let Some((_, column)) = table.fields.iter().find(named) else {
                    return Ok(Vec::new());
                };
                By::Text(column, field.canonical_value())
            }
            _ => return Ok(Vec::new()),
        };
        let condition = match by {
            By::Email(address) => {
                let bound = builder.bind(Value::text(&address));
                if let Some(emails) = &table.emails {
                    order = format!(" ORDER BY u.{}", table.id);
                    format!(
                        "u.{} IN (SELECT f.{} FROM {} AS f WHERE {} = {bound})",
                        table.id,
                        emails.account,
                        shape.named(&emails.table),
                        shape.canonical("f", &emails.email)
                    )
                } else if let Some(email) = &table.email {
                    format!("{} = {bound}", shape.canonical("u", email))
                } else {
                    return Ok(Vec::new());
                }
            }
            By::Login(login) => {
                let Some(column) = &table.login else { return Ok(Vec::new()) };
                let bound = builder.bind(Value::text(&login));
                format!("{} = {bound}", shape.canonical("u", column))
            }
            By::Phone(phone) => {
                let Some(column) = &table.phone else { return Ok(Vec::new()) };
                let bound = builder.bind(Value::text(&phone));
                format!("{} = {bound}", shape.canonical_phone("u", column))
            }
            By::Text(column, text) => {
                let bound = builder.bind(Value::text(&text));
                format!("u.{column} = {bound}")
            }
        };
        let tenant = shape.of_tenant(&mut builder);
        if order.is_empty() && table.emails.is_some() {
            order = format!(" ORDER BY u.{}", table.id);
        }
        builder.sql.push_str(&format!(" WHERE {condition}{tenant}{order}"));
        self.select(&mut Alone(&self.driver), builder).await
    }

    async fn load(&self, id: &AccountId, _now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.load_on(&mut Alone(&self.driver), id).await
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
        let shape = &*self.shape;
        let Some(history) = &shape.table.history else { return Ok(Vec::new()) };
        let Some(value) = shape.id_value(shape.history_account, id) else { return Ok(Vec::new()) };
        let mut builder = Builder::new(D::DIALECT);
        let bound = builder.bind(value);
        let limit = builder.bind(Value::integer(limit));
        let replaced_at = format!("h.{}", history.replaced_at);
        let number =
            history.number.as_ref().map_or(String::new(), |number| format!(", h.{number} DESC"));
        builder.sql = format!(
            "SELECT CAST(h.{} AS text), {} FROM {} AS h WHERE {} ORDER BY {replaced_at} DESC{number} \
             LIMIT {limit}",
            history.password,
            shape.seconds(&replaced_at, shape.replaced_at),
            shape.named(&history.table),
            shape.is_id(&format!("h.{}", history.account), shape.history_account, &bound),
        );
        let answer = self.driver.run(builder.finish(&[ColumnType::Text, ColumnType::Integer]));
        let mut past = Vec::new();
        for mut row in answer.await?.into_rows() {
            let hash = PasswordHash::from_column(&row.text()?);
            let replaced_at = UtcDateTime::from_unix_timestamp(row.integer()?)?;
            if hash.is_usable() {
                past.push(PastPassword::new(hash, replaced_at));
            }
        }
        Ok(past)
    }
}

impl<D: Driver> Table for SqlAccounts<D> {
    async fn load_on<E: Execute>(
        &self,
        on: &mut E,
        id: &AccountId,
    ) -> Result<Option<Account>, PortError> {
        let shape = &*self.shape;
        let Some(value) = shape.id_value(shape.id, id) else { return Ok(None) };
        let mut builder = Builder::new(D::DIALECT);
        shape.select(&mut builder);
        let bound = builder.bind(value);
        let condition = shape.is_id(&format!("u.{}", shape.table.id), shape.id, &bound);
        let tenant = shape.of_tenant(&mut builder);
        builder.sql.push_str(&format!(" WHERE {condition}{tenant}"));
        // A collation of the column can find another one.
        Ok(self.select(on, builder).await?.into_iter().find(|account| account.id() == id))
    }

    async fn write_on<E: Execute>(
        &self,
        on: &mut E,
        change: &AccountWrite,
    ) -> Result<Written, PortError> {
        let Some(queries) = write(&self.shape, change) else { return Ok(Written::Stale) };
        let answers = on.transact(queries).await?;
        let first = answers.and_then(|answers| answers.into_iter().next());
        let Some(mut row) = first.and_then(Answer::into_row) else { return Ok(Written::Stale) };
        let number = |column: Option<i64>| column.and_then(|column| u64::try_from(column).ok());
        let (version, epoch) = (row.integer_or_null()?, row.integer_or_null()?);
        Ok(Written::Done { version: number(version), epoch: number(epoch) })
    }
}

impl<D: fmt::Debug> fmt::Debug for SqlAccounts<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut accounts = f.debug_struct("SqlAccounts");
        accounts.field("driver", &self.driver).field("table", &self.shape.table);
        accounts.finish_non_exhaustive()
    }
}
