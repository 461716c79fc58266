//! The user table of the service, in the database that also has everything else.

mod tables;

use core::error::Error;
use core::fmt;

use repass::account::{
    Account, AccountId, AccountWrite, FieldName, FieldNameError, Lookup, PastPassword, Written,
};
use repass::port::{Accounts, PortError};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;
use repass_sqlx::repass_sql::{
    Driver, Flag, HistoryTable, NameError, SqlAccounts, TableError, UserTable,
};
use repass_sqlx::sqlx;
use sqlx::{PgPool, SqlitePool};

use self::tables::{ADD, MAY_ADMINISTER, POSTGRES, POSTGRES_LOCK, SQLITE};
use crate::configuration::ConfiguredAccount;

/// The user table over a driver, and the pool of that driver for the statements of the service itself.
#[derive(Clone, Debug)]
pub(crate) struct Users<D> {
    table: SqlAccounts<D>,
    pool: Pool,
}

/// Connections to either database.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    /// Carries a statement out whose parameters are texts; how many rows it has changed or found.
    async fn run(
        &self,
        sql: &'static str,
        parameters: &[Option<&str>],
    ) -> Result<u64, sqlx::Error> {
        macro_rules! run {
            ($pool:expr) => {{
                let mut query = sqlx::query(sql);
                for parameter in parameters {
                    query = query.bind(*parameter);
                }
                if sql.starts_with("SELECT") {
                    let rows = query.fetch_all($pool).await?.len();
                    Ok(u64::try_from(rows).unwrap_or(u64::MAX))
                } else {
                    Ok(query.execute($pool).await?.rows_affected())
                }
            }};
        }
        match self {
            Self::Sqlite(pool) => run!(pool),
            Self::Postgres(pool) => run!(pool),
        }
    }

    /// Makes the tables if there are none.
    pub(crate) async fn migrate(&self) -> Result<(), sqlx::Error> {
        let pool = match self {
            Self::Sqlite(_) => {
                for statement in SQLITE {
                    let _ = self.run(statement, &[]).await?;
                }
                return Ok(());
            }
            Self::Postgres(pool) => pool,
        };
        let mut transaction = pool.begin().await?;
        for statement in [POSTGRES_LOCK].iter().chain(POSTGRES).copied() {
            let _ = sqlx::query(statement).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    /// Whether the database answers.
    pub(crate) async fn answers(&self) -> bool {
        self.run("SELECT 1", &[]).await.is_ok()
    }
}

impl<D: Driver> Users<D> {
    /// The accounts of a tenant, or of none if its name is empty. It compares the table with what is expected of
    /// it.
    pub(crate) async fn open(driver: D, pool: Pool, tenant: &str) -> Result<Self, UsersError> {
        let table = SqlAccounts::open(driver, description()?.tenant("tenant", tenant)?).await?;
        Ok(Self { table, pool })
    }

    /// Adds an account unless there is one of this id; whether it did.
    pub(crate) async fn add(
        &self,
        account: &ConfiguredAccount,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, sqlx::Error> {
        let login = account.login.as_ref();
        let canonical = [
            login.map(|login| login.canonical()),
            account.email.as_ref().map(|email| email.canonical()),
            account.phone.as_ref().map(|phone| phone.canonical()),
        ];
        let [login_canonical, email_canonical, phone_canonical] = canonical;
        let parameters = [
            Some(account.id.as_str()),
            login.map(|login| login.as_str()),
            login_canonical.as_deref(),
            account.email.as_ref().map(|email| email.as_str()),
            email_canonical.as_deref(),
            account.phone.as_ref().map(|phone| phone.as_str()),
            phone_canonical.as_deref(),
            Some(account.first_name.as_str()),
            Some(account.last_name.as_str()),
            hash.map(PasswordHash::expose_secret),
            Some(if account.enabled { "yes" } else { "no" }),
            account.operator.as_ref().map(AccountId::as_str),
            Some(account.tenant.as_str()),
        ];
        Ok(self.pool.run(ADD, &parameters).await? == 1)
    }
}

/// The field that the address of an account is in.
pub(crate) const EMAIL_FIELD: &str = "EmailAddress";
/// The field that its phone number is in.
pub(crate) const PHONE_FIELD: &str = "Phone";

/// The columns of the table, as the statements that make it have them.
///
/// Address and number are also the fields by which system 002 knows them.
fn description() -> Result<UserTable, UsersError> {
    let history = HistoryTable::new("repass_user_past", "account", "password", "replaced_at")?;
    Ok(UserTable::new("repass_user", "id", "password")?
        .login_with_canonical("login", "login_canonical")?
        .email_with_canonical("email", "email_canonical")?
        .email_verified(Flag::column("email_verified")?)
        .phone_with_canonical("phone", "phone_canonical")?
        .phone_verified(Flag::column("phone_verified")?)
        .email_in_field(FieldName::new(EMAIL_FIELD)?)
        .phone_in_field(FieldName::new(PHONE_FIELD)?)
        .names("first_name", "last_name")?
        .enabled(Flag::column("enabled")?)
        .must_change("must_change", "must_change_until")?
        .version("version")?
        .epoch("epoch")?
        .changed_at("changed_at")?
        .requires_recovery("requires_recovery")?
        .history(history.numbered("number")?))
}

impl<D: Driver> Accounts for Users<D> {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        self.table.find(lookup, now).await
    }

    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.table.load(id, now).await
    }

    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Result<Written, PortError> {
        self.table.write(write, now).await
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        self.table.past(id, limit, now).await
    }

    async fn may_administer(
        &self,
        operator: &AccountId,
        id: &AccountId,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let parameters = [Some(id.as_str()), Some(operator.as_str())];
        Ok(self.pool.run(MAY_ADMINISTER, &parameters).await? == 1)
    }
}

/// Why the user table cannot be used.
#[derive(Debug)]
pub(crate) enum UsersError {
    Field(FieldNameError),
    Name(NameError),
    Table(TableError),
}

impl From<FieldNameError> for UsersError {
    fn from(error: FieldNameError) -> Self {
        Self::Field(error)
    }
}

impl From<NameError> for UsersError {
    fn from(error: NameError) -> Self {
        Self::Name(error)
    }
}

impl From<TableError> for UsersError {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

impl fmt::Display for UsersError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(error) => error.fmt(f),
            Self::Name(error) => error.fmt(f),
            Self::Table(error) => error.fmt(f),
        }
    }
}

impl Error for UsersError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Field(error) => error.source(),
            Self::Name(error) => error.source(),
            Self::Table(error) => error.source(),
        }
    }
}
