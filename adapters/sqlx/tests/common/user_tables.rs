//! The user tables of three services, by configuration: the conformance suite judges them.

use alloc::sync::Arc;

use repass::account::{Account, AccountId, Email, FieldName, Login};
use repass::conformance::accounts::{self, Capability, Clause, Fixture};
use repass::conformance::{Call, Hooked, Runtime};
use repass::port::{Accounts, PortError};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;
use repass_sqlx::repass_sql::{
    Cost, Dialect, Driver, EmailTable, Flag, HistoryTable, SqlAccounts, TableError, TableProblem,
    UserTable,
};
use sqlx::AssertSqlSafe;

use super::{Db, Result, Stores, at, mistaken, skipped};

type Answer<T> = core::result::Result<T, PortError>;

/// Which tables a service has.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    /// Everything in one row, and a history.
    Row,
    /// Addresses in a second table, with a version in the row.
    Second,
    /// The other types that columns can have, and no canonical spellings.
    Types,
    /// An address and a password.
    Minimal,
}

struct Service {
    shape: Shape,
    stores: Stores,
}

/// A table of this service, and what it was opened with.
#[derive(Debug)]
struct Users {
    accounts: SqlAccounts<Db>,
    schema: String,
}

const POSTGRES: bool = matches!(Db::DIALECT, Dialect::Postgres);

/// The type of a moment, and seconds since 1970 as one.
const MOMENT: &str = if POSTGRES { "timestamptz" } else { "TEXT" };
const UUID: &str = if POSTGRES { "uuid" } else { "TEXT" };
const FLAG: &str = if POSTGRES { "boolean" } else { "INTEGER" };
const NUMBERED: &str =
    if POSTGRES { "bigserial PRIMARY KEY" } else { "INTEGER PRIMARY KEY NOT NULL" };

fn moment(bound: &str) -> String {
    match POSTGRES {
        true => format!("to_timestamp(CAST({bound} AS bigint))"),
        false => format!("datetime({bound}, 'unixepoch')"),
    }
}

/// A moment without a time zone, in UTC; on SQLite seconds since 1970.
const UTC: &str = if POSTGRES { "timestamp" } else { "INTEGER" };

fn utc(bound: &str) -> String {
    match POSTGRES {
        true => format!("to_timestamp(CAST({bound} AS bigint)) AT TIME ZONE 'UTC'"),
        false => bound.to_owned(),
    }
}

fn uuid(bound: &str) -> String {
    if POSTGRES { format!("CAST({bound} AS uuid)") } else { bound.to_owned() }
}

fn flag(bound: &str) -> String {
    if POSTGRES { format!("(CAST({bound} AS bigint) <> 0)") } else { bound.to_owned() }
}

impl Shape {
    fn tables(self, schema: &str) -> Vec<String> {
        match self {
            Self::Row => vec![
                format!(
                    "CREATE TABLE \"{schema}\".users (
                    id bigint PRIMARY KEY NOT NULL, tenant text NOT NULL, username text,
                    username_canonical text UNIQUE, email varchar(320), email_canonical text,
                    email_verified_at {MOMENT}, customer_no text, first_name text NOT NULL,
                    last_name text NOT NULL, password_hash text, active {FLAG} NOT NULL,
                    change_reason text, change_until {MOMENT}, version bigint NOT NULL,
                    epoch bigint NOT NULL, changed_at {MOMENT}, recover {FLAG} NOT NULL)"
                ),
                format!(
                    "CREATE TABLE \"{schema}\".passwords (number {NUMBERED}, user_id bigint NOT NULL,
                    hash text NOT NULL, replaced_at {MOMENT} NOT NULL)"
                ),
            ],
            Self::Second => vec![
                format!(
                    "CREATE TABLE \"{schema}\".users (id {UUID} PRIMARY KEY NOT NULL, username text,
                    username_canonical text, \"Password\" varchar(200), disabled {FLAG} NOT NULL,
                    version bigint NOT NULL, epoch bigint NOT NULL)"
                ),
                format!(
                    "CREATE TABLE \"{schema}\".user_emails (number {NUMBERED},
                    user_id {UUID} NOT NULL, email text NOT NULL, canonical text,
                    verified {FLAG} NOT NULL)"
                ),
            ],
            Self::Types => vec![
                format!(
                    "CREATE TABLE \"{schema}\".users (id varchar(40) PRIMARY KEY NOT NULL,
                    username varchar(80), email text, verified integer NOT NULL, hash varchar(128),
                    disabled_at {UTC}, change_reason varchar(40), change_until {UTC},
                    version integer NOT NULL, epoch integer NOT NULL, changed_at bigint,
                    recover integer NOT NULL)"
                ),
                format!(
                    "CREATE TABLE \"{schema}\".passwords (number {NUMBERED},
                    user_id varchar(40) NOT NULL, hash text NOT NULL, replaced_at {UTC} NOT NULL)"
                ),
            ],
            Self::Minimal => vec![format!(
                "CREATE TABLE \"{schema}\".users (
                id bigint PRIMARY KEY NOT NULL, email text, password text)"
            )],
        }
    }

    fn configuration(self, schema: &str) -> Result<UserTable> {
        Ok(match self {
            Self::Row => UserTable::new("users", "id", "password_hash")?
                .login_with_canonical("username", "username_canonical")?
                .email_with_canonical("email", "email_canonical")?
                .email_verified(Flag::set("email_verified_at")?)
                .field(FieldName::new("customer")?, "customer_no")?
                .names("first_name", "last_name")?
                .enabled(Flag::column("active")?)
                .must_change("change_reason", "change_until")?
                .tenant("tenant", "ours")?
                .version("version")?
                .epoch("epoch")?
                .changed_at("changed_at")?
                .requires_recovery("recover")?
                .history(
                    HistoryTable::new("passwords", "user_id", "hash", "replaced_at")?
                        .numbered("number")?,
                ),
            Self::Second => {
                let emails = EmailTable::new("user_emails", "user_id", "email")?
                    .verified(Flag::column("verified")?);
                UserTable::new("users", "id", "Password")?
                    .login_with_canonical("username", "username_canonical")?
                    .emails(if POSTGRES { emails } else { emails.canonical("canonical")? })
                    .enabled(Flag::column("disabled")?.inverted())
                    .version("version")?
                    .epoch("epoch")?
            }
            Self::Types => UserTable::new("users", "id", "hash")?
                .login("username")?
                .email("email")?
                .email_verified(Flag::column("verified")?)
                .enabled(Flag::set("disabled_at")?.inverted())
                .must_change("change_reason", "change_until")?
                .version("version")?
                .epoch("epoch")?
                .changed_at("changed_at")?
                .requires_recovery("recover")?
                .history(
                    HistoryTable::new("passwords", "user_id", "hash", "replaced_at")?
                        .numbered("number")?,
                ),
            Self::Minimal => UserTable::new("users", "id", "password")?.email("email")?,
        }
        .in_schema(schema)?)
    }

    /// Adds an account, or replaces it.
    async fn put(self, users: &Users, account: &Account) -> Answer<()> {
        let (schema, id) = (&users.schema, account.id().as_str());
        let login = account.login().map(Login::as_str);
        let login_canonical = account.login().map(Login::canonical);
        let password = account.stored_password().map(PasswordHash::expose_secret);
        let number = |number: Option<u64>| i64::try_from(number.unwrap_or(0)).unwrap_or(0);
        let (version, epoch) = (number(account.version()), number(account.epoch()));
        let email = account.emails().first();
        let address = email.map(|email| email.address().as_str());
        let canonical = email.map(|email| email.address().canonical());
        // A service raises the version of what it changes.
        let before = users.accounts.load(account.id(), at(0).map_err(text)?).await?;
        let before = before.and_then(|before| before.version());
        let version = version.max(number(before.map(|before| before.saturating_add(1))));
        let mut transaction = users.accounts.driver().pool().begin().await?;
        let delete = match self {
            Self::Second => format!("DELETE FROM \"{schema}\".users WHERE id = {}", uuid("$1")),
            Self::Types => format!("DELETE FROM \"{schema}\".users WHERE id = $1"),
            _ => format!("DELETE FROM \"{schema}\".users WHERE id = CAST($1 AS bigint)"),
        };
        sqlx::query(AssertSqlSafe(delete)).bind(id).execute(&mut *transaction).await?;
        match self {
            Self::Row => {
                let must_change = account.must_change();
                let insert = format!(
                    "INSERT INTO \"{schema}\".users VALUES (CAST($1 AS bigint), 'ours', $2, $3, $4, $5,
                    {}, $7, $8, $9, $10, {}, $12, {}, $14, $15, {}, {})",
                    moment("$6"),
                    flag("$11"),
                    moment("$13"),
                    moment("$16"),
                    flag("$17")
                );
                let customer = account.texts_in_fields().first();
                let verified = email.filter(|email| email.is_verified());
                sqlx::query(AssertSqlSafe(insert))
                    .bind(id)
                    .bind(login)
                    .bind(login_canonical)
                    .bind(address)
                    .bind(canonical)
                    .bind(verified.map(|_| 1_i64))
                    .bind(customer.map(|(_, text)| text.as_str()))
                    .bind(account.first_name())
                    .bind(account.last_name())
                    .bind(password)
                    .bind(i64::from(account.is_enabled()))
                    .bind(must_change.map(|must_change| must_change.reason().code()))
                    .bind(
                        must_change
                            .and_then(|must_change| must_change.expires_at())
                            .map(UtcDateTime::unix_timestamp),
                    )
                    .bind(version)
                    .bind(epoch)
                    .bind(account.changed_at().map(UtcDateTime::unix_timestamp))
                    .bind(i64::from(account.requires_recovery()))
                    .execute(&mut *transaction)
                    .await?;
            }
            Self::Second => {
                let insert = format!(
                    "INSERT INTO \"{schema}\".users VALUES ({}, $2, $3, $4, {}, $6, $7)",
                    uuid("$1"),
                    flag("$5")
                );
                sqlx::query(AssertSqlSafe(insert))
                    .bind(id)
                    .bind(login)
                    .bind(login_canonical)
                    .bind(password)
                    .bind(i64::from(!account.is_enabled()))
                    .bind(version)
                    .bind(epoch)
                    .execute(&mut *transaction)
                    .await?;
                put_emails(&mut transaction, schema, account).await?;
            }
            Self::Types => {
                let must_change = account.must_change();
                let until = must_change.and_then(|must_change| must_change.expires_at());
                let insert = format!(
                    "INSERT INTO \"{schema}\".users VALUES ($1, $2, $3, $4, $5, {}, $7, {}, $9, $10,
                    $11, $12)",
                    utc("$6"),
                    utc("$8"),
                );
                sqlx::query(AssertSqlSafe(insert))
                    .bind(id)
                    .bind(login)
                    .bind(address)
                    .bind(i32::from(email.is_some_and(Email::is_verified)))
                    .bind(password)
                    .bind((!account.is_enabled()).then_some(1_i64))
                    .bind(must_change.map(|must_change| must_change.reason().code()))
                    .bind(until.map(UtcDateTime::unix_timestamp))
                    .bind(i32::try_from(version).unwrap_or(i32::MAX))
                    .bind(i32::try_from(epoch).unwrap_or(i32::MAX))
                    .bind(account.changed_at().map(UtcDateTime::unix_timestamp))
                    .bind(i32::from(account.requires_recovery()))
                    .execute(&mut *transaction)
                    .await?;
            }
            Self::Minimal => {
                let insert =
                    format!("INSERT INTO \"{schema}\".users VALUES (CAST($1 AS bigint), $2, $3)");
                sqlx::query(AssertSqlSafe(insert))
                    .bind(id)
                    .bind(address)
                    .bind(password)
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        Ok(transaction.commit().await?)
    }
}

fn text(error: super::Failure) -> PortError {
    PortError::new(error.to_string())
}

async fn put_emails(
    transaction: &mut sqlx::Transaction<'_, DbOfSqlx>,
    schema: &str,
    account: &Account,
) -> Answer<()> {
    let delete = format!("DELETE FROM \"{schema}\".user_emails WHERE user_id = {}", uuid("$1"));
    let delete = sqlx::query(AssertSqlSafe(delete)).bind(account.id().as_str());
    delete.execute(&mut **transaction).await?;
    for email in account.emails() {
        let insert = format!(
            "INSERT INTO \"{schema}\".user_emails (user_id, email, canonical, verified)
            VALUES ({}, $2, $3, {})",
            uuid("$1"),
            flag("$4")
        );
        sqlx::query(AssertSqlSafe(insert))
            .bind(account.id().as_str())
            .bind(email.address().as_str())
            .bind(email.address().canonical())
            .bind(i64::from(email.is_verified()))
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

type DbOfSqlx = <super::DbRow as sqlx::Row>::Database;

impl Runtime for Service {
    async fn at_once<T: Send + 'static>(&self, calls: Vec<Call<T>>) -> Vec<T> {
        self.stores.at_once(calls).await
    }
}

impl Service {
    async fn open_one(&self) -> Result<[Users; 2]> {
        let stores = self.stores.stores().await?;
        let schema = stores[0].statements().names.schema(Db::DIALECT).to_owned();
        for table in self.shape.tables(&schema) {
            sqlx::query(AssertSqlSafe(table)).execute(stores[0].driver().pool()).await?;
        }
        let open = async |driver: &Db| {
            let table = self.shape.configuration(&schema)?;
            let accounts = SqlAccounts::open(driver.clone(), table).await?;
            Result::Ok(Users { accounts, schema: schema.clone() })
        };
        Ok([open(stores[0].driver()).await?, open(stores[1].driver()).await?])
    }
}

/// The port is that of the package; the suite needs the schema beside it.
impl Accounts for Users {
    async fn find(
        &self,
        lookup: &repass::account::Lookup,
        now: UtcDateTime,
    ) -> Answer<Vec<Account>> {
        self.accounts.find(lookup, now).await
    }
    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Answer<Option<Account>> {
        self.accounts.load(id, now).await
    }
    async fn write(
        &self,
        write: &repass::account::AccountWrite,
        now: UtcDateTime,
    ) -> Answer<repass::account::Written> {
        self.accounts.write(write, now).await
    }
    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        now: UtcDateTime,
    ) -> Answer<Vec<repass::account::PastPassword>> {
        self.accounts.past(id, limit, now).await
    }
}

/// What the minimal table lacks; the last one on SQLite alone.
const MINIMAL: &[Capability] = {
    use Capability::*;
    &[
        Login,
        Names,
        SeveralAddresses,
        UnverifiedAddress,
        Verification,
        Phone,
        Field,
        Disabled,
        Version,
        Epoch,
        ChangedAt,
        MustChange,
        RequiredRecovery,
        History,
        BeyondAscii,
    ]
};

impl Fixture for Service {
    type Port = Users;

    async fn open(&self) -> Answer<[Users; 2]> {
        self.open_one().await.map_err(text)
    }

    fn id(&self, number: u32) -> String {
        match self.shape {
            Shape::Second => format!("00000000-0000-4000-8000-{number:012}"),
            _ => number.to_string(),
        }
    }

    fn lacks(&self) -> &[Capability] {
        use Capability::*;
        match self.shape {
            Shape::Row => &[SeveralAddresses, Phone],
            Shape::Second => {
                &[Names, Phone, Field, ChangedAt, MustChange, RequiredRecovery, History]
            }
            // PostgreSQL has normalization forms.
            Shape::Types if POSTGRES => &[Names, SeveralAddresses, Phone, Field],
            Shape::Types => &[Names, SeveralAddresses, Phone, Field, BeyondAscii],
            Shape::Minimal if POSTGRES => MINIMAL.split_last().map_or(&[], |(_, lacks)| lacks),
            Shape::Minimal => MINIMAL,
        }
    }

    async fn put(&self, users: &Users, account: &Account) -> Answer<()> {
        self.shape.put(users, account).await
    }

    fn change(&self, users: Arc<Users>, account: Account) -> Option<Call<Answer<Account>>> {
        let shape = self.shape;
        Some(Box::pin(async move {
            let schema = &users.schema;
            let begin = if POSTGRES { "BEGIN" } else { "BEGIN IMMEDIATE" };
            let mut transaction = users.accounts.driver().pool().begin_with(begin).await?;
            let (set, id) = match shape {
                Shape::Row => (
                    "email = $2, email_canonical = $3, version = version + 1",
                    "CAST($1 AS bigint)".to_owned(),
                ),
                Shape::Second => ("version = version + 1", uuid("$1")),
                Shape::Types => ("email = $2, version = version + 1", "$1".to_owned()),
                Shape::Minimal => ("email = $2", "CAST($1 AS bigint)".to_owned()),
            };
            let (password, returned) = match shape {
                Shape::Row => ("password_hash", "version, epoch"),
                Shape::Second => ("\"Password\"", "version, epoch"),
                Shape::Types => ("hash", "CAST(version AS bigint), CAST(epoch AS bigint)"),
                Shape::Minimal => ("password", "CAST(0 AS bigint), CAST(0 AS bigint)"),
            };
            let update = format!(
                "UPDATE \"{schema}\".users SET {set} WHERE id = {id} RETURNING {password}, {returned}"
            );
            let email = account.emails().first().map(Email::address);
            let mut query = sqlx::query_as(AssertSqlSafe(update)).bind(account.id().as_str());
            if shape != Shape::Second {
                query = query.bind(email.map(|email| email.as_str()));
            }
            if shape == Shape::Row {
                query = query.bind(email.map(|email| email.canonical()));
            }
            let (password, version, epoch): (Option<String>, i64, i64) =
                query.fetch_one(&mut *transaction).await?;
            if shape == Shape::Second {
                put_emails(&mut transaction, schema, &account).await?;
            }
            // The write meets the open transaction.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            transaction.commit().await?;
            let account = match shape {
                Shape::Minimal => account,
                _ => {
                    account.with_version(u64::try_from(version)?).with_epoch(u64::try_from(epoch)?)
                }
            };
            Ok(match password {
                Some(text) => account.with_password(PasswordHash::from_column(&text)),
                None => account,
            })
        }))
    }

    async fn add_unreadable_address(&self, users: &Users, id: &AccountId) -> Answer<Hooked> {
        let schema = &users.schema;
        let broken = match self.shape {
            Shape::Second => format!(
                "INSERT INTO \"{schema}\".user_emails (user_id, email, canonical, verified)
                VALUES ({}, 'not an address', 'x', {})",
                uuid("$1"),
                flag("1")
            ),
            Shape::Types => {
                format!("UPDATE \"{schema}\".users SET email = 'not an address' WHERE id = $1")
            }
            _ => format!(
                "UPDATE \"{schema}\".users SET email = 'not an address'
                WHERE id = CAST($1 AS bigint)"
            ),
        };
        let broken = sqlx::query(AssertSqlSafe(broken)).bind(id.as_str());
        broken.execute(users.accounts.driver().pool()).await?;
        Ok(Hooked::Done(()))
    }

    async fn set_unreadable_password(
        &self,
        users: &Users,
        id: &AccountId,
        text: &str,
    ) -> Answer<Hooked> {
        let schema = &users.schema;
        let (column, id_is) = match self.shape {
            Shape::Row => ("password_hash", "CAST($1 AS bigint)".to_owned()),
            Shape::Second => ("\"Password\"", uuid("$1")),
            Shape::Types => ("hash", "$1".to_owned()),
            Shape::Minimal => ("password", "CAST($1 AS bigint)".to_owned()),
        };
        // A longer one does not fit the column.
        if matches!(self.shape, Shape::Second | Shape::Types) && text.len() > 128 {
            return Ok(Hooked::Missing);
        }
        let broken = format!("UPDATE \"{schema}\".users SET {column} = $2 WHERE id = {id_is}");
        let broken = sqlx::query(AssertSqlSafe(broken)).bind(id.as_str()).bind(text);
        broken.execute(users.accounts.driver().pool()).await?;
        Ok(Hooked::Done(()))
    }
}

fn service(shape: Shape) -> Result<Service> {
    Ok(Service { shape, stores: mistaken(|_| ())? })
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_a_table_with_all_in_one_row() -> Result {
    if skipped() {
        return Ok(());
    }
    Ok(accounts::run(&service(Shape::Row)?).await.proven_except(&[])?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_a_table_with_addresses_in_a_second_one() -> Result {
    if skipped() {
        return Ok(());
    }
    let not_judged = [Clause::PastReturnsTheNewestFirst];
    Ok(accounts::run(&service(Shape::Second)?).await.proven_except(&not_judged)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_a_table_with_other_types() -> Result {
    if skipped() {
        return Ok(());
    }
    Ok(accounts::run(&service(Shape::Types)?).await.proven_except(&[])?)
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_of_a_table_with_address_and_password() -> Result {
    if skipped() {
        return Ok(());
    }
    let not_judged = [Clause::PastReturnsTheNewestFirst];
    Ok(accounts::run(&service(Shape::Minimal)?).await.proven_except(&not_judged)?)
}

#[tokio::test]
async fn what_a_table_lacks_is_said() -> Result {
    if skipped() {
        return Ok(());
    }
    for (shape, right) in [
        (Shape::Row, vec![]),
        (
            Shape::Minimal,
            vec![
                Cost::NoVersion,
                Cost::NoEpoch,
                Cost::NoVerified,
                Cost::NoEnabled,
                Cost::NoMustChange,
                Cost::NoRequiredRecovery,
                Cost::NoChangedAt,
                Cost::NoHistory,
                Cost::NoCanonical,
            ],
        ),
    ] {
        let [users, _] = service(shape)?.open_one().await?;
        assert_eq!(users.accounts.costs(), right, "{shape:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_table_that_does_not_fit_is_refused_by_name() -> Result {
    if skipped() {
        return Ok(());
    }
    let service = service(Shape::Row)?;
    let [users, _] = service.open_one().await?;
    let (driver, schema) = (users.accounts.driver(), &users.schema);
    let table = |id: &str, password: &str| {
        Result::Ok(UserTable::new("users", id, password)?.in_schema(schema)?.email("email")?)
    };
    let there = TableProblem::Missing { there: Vec::new() };
    let mut cases = vec![
        (table("id", "hash")?, "hash", "user_table_missing"),
        (table("version", "password_hash")?, "version", "user_table_not_unique"),
        (table("id", "password_hash")?.version("email")?, "email", "user_table_type"),
        (table("id", "version")?, "version", "user_table_type"),
    ];
    // A moment of SQLite can be a number or a text.
    if POSTGRES {
        let table = table("id", "password_hash")?.changed_at("active")?;
        cases.push((table, "active", "user_table_type"));
    }
    for (table, column, code) in cases {
        let refused = SqlAccounts::open(driver.clone(), table).await.err().ok_or("taken")?;
        let said = refused.to_string();
        assert_eq!(refused.code(), code, "{said}");
        assert!(said.starts_with(&format!("{schema}.users.{column} ")), "{said}");
    }
    let none = UserTable::new("people", "id", "hash")?.in_schema(schema)?.email("email")?;
    let refused = SqlAccounts::open(driver.clone(), none).await.err().ok_or("taken")?;
    assert!(matches!(
        &refused,
        TableError::Wrong { column: None, problem, .. } if *problem == there
    ));
    let without = UserTable::new("users", "id", "password_hash")?.in_schema(schema)?;
    let emails = EmailTable::new("passwords", "user_id", "hash")?;
    for (table, code) in [
        (without.clone(), "user_table_no_lookup"),
        (without.clone().emails(emails.clone()), "user_table_no_version"),
        (without.email("email")?.emails(emails), "user_table_two_addresses"),
    ] {
        let refused = SqlAccounts::open(driver.clone(), table).await.err().ok_or("taken")?;
        assert_eq!(refused.code(), code);
    }
    Ok(())
}

#[tokio::test]
async fn accounts_of_another_tenant_are_not_there() -> Result {
    if skipped() {
        return Ok(());
    }
    let service = service(Shape::Row)?;
    let [users, _] = service.open_one().await?;
    let account = Account::new(AccountId::new("1")?)
        .with_email(Email::verified(repass::account::Contact::email("a@example.org")?));
    service.put(&users, &account).await?;
    let (now, lookup) = (at(0)?, repass::account::Lookup::email("a@example.org")?);
    assert_eq!(users.find(&lookup, now).await?.len(), 1);
    let table = Shape::Row.configuration(&users.schema)?.tenant("tenant", "theirs")?;
    let theirs = SqlAccounts::open(users.accounts.driver().clone(), table).await?;
    assert_eq!(theirs.find(&lookup, now).await?.len(), 0);
    assert!(theirs.load(account.id(), now).await?.is_none());
    Ok(())
}
