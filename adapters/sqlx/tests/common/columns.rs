//! Phone numbers, unique columns and tenants of a user table that a service has.

use repass::account::{AccountId, FieldKind, FieldName, Fields, Lookup};
use repass::hash::Verdict;
use repass::port::{Accounts, PortSet};
use repass::recovery::Recovery;
use repass::reset::{CommitError, Delivery, Flow, Handle, Proof, Sms};
use repass::secret::{Password, Salt};
use repass_sqlx::repass_sql::{
    Dialect, Driver, EmailTable, Flag, Names, SqlAccounts, Store, UserTable,
};
use sqlx::AssertSqlSafe;

use super::audit::audit;
use super::{
    Db, FileNotifier, OLD, Result, SysRng, ada, at, drain, flow_builder, hasher, open, policy,
    ports, read, seed, skipped, token,
};

type Ports = PortSet<SqlAccounts<Db>, Store<Db>, Store<Db>, Store<Db>, FileNotifier>;

const NEW: &str = "plum-kettle-42";
const POSTGRES: bool = matches!(Db::DIALECT, Dialect::Postgres);
const FLAG: &str = if POSTGRES { "boolean" } else { "INTEGER" };
const YES: &str = if POSTGRES { "true" } else { "1" };
const NO: &str = if POSTGRES { "false" } else { "0" };

/// Which columns the service has beside its others.
#[derive(Clone, Copy, Debug, PartialEq)]
enum With {
    /// No version: each condition is about the columns themselves.
    Neither,
    /// Canonical spellings, and a version.
    Both,
}

/// A user table with one account, whose phone number is in the spelling of a person.
struct Scene {
    folder: tempfile::TempDir,
    recovery: Recovery<Ports>,
    users: String,
}

impl Scene {
    async fn new(with: With, verified: bool) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = open(folder.path()).await?;
        let names = store.statements().names.clone();
        let users = names.table(Db::DIALECT, "users");
        let create = format!(
            "CREATE TABLE {users} (id varchar(40) PRIMARY KEY NOT NULL, tenant text NOT NULL,
            customer_no text UNIQUE, email text, email_verified {FLAG} NOT NULL, phone varchar(40),
            phone_canonical text, phone_verified {FLAG} NOT NULL, hash text,
            version bigint NOT NULL DEFAULT 0)"
        );
        let pool = store.driver().pool();
        sqlx::raw_sql(AssertSqlSafe(create)).execute(pool).await?;
        let verified = if verified { YES } else { NO };
        let add = format!(
            "INSERT INTO {users} (id, tenant, customer_no, email, email_verified, phone,
            phone_canonical, phone_verified, hash) VALUES ('42', 'ours', 'C-7', NULL, {NO},
            '+49 30 90-1820', '+4930901820', {verified}, $1), ('43', 'theirs', 'C-8',
            'grace@example.org', {YES}, '+49 (30) 90 18 20', '+4930901820', {verified}, $1)"
        );
        let ada = ada()?;
        let hash = ada.stored_password().map(|hash| hash.expose_secret());
        sqlx::query(AssertSqlSafe(add)).bind(hash).execute(pool).await?;
        let recovery = recovery(&store, folder.path(), with).await?;
        Ok(Self { folder, recovery, users })
    }

    async fn change(&self, set: &str) -> Result {
        let change = format!("UPDATE {} SET {set} WHERE id = '42'", self.users);
        let pool = self.recovery.ports().accounts.driver().pool();
        sqlx::raw_sql(AssertSqlSafe(change)).execute(pool).await?;
        Ok(())
    }

    async fn ask(&self, lookup: Lookup, delivery: Delivery) -> Result<Handle> {
        let handle = self.recovery.request(lookup, delivery, None, seed()?, at(0)?).await?;
        drain(&self.recovery, at(0)?).await?;
        audit(&self.recovery.ports().attempts).await?;
        Ok(handle)
    }

    fn messages(&self) -> String {
        read(&self.folder.path().join("messages"))
    }

    /// The code of the only message.
    fn code(&self) -> Result<String> {
        let messages = self.messages();
        let (_, code) = messages.rsplit_once('#').ok_or("no code")?;
        Ok(code.trim().to_owned())
    }

    async fn commit(&self, proof: Proof<'_>) -> Result<core::result::Result<(), CommitError>> {
        let admitted = self.recovery.admit(proof, None, at(1)?).await?;
        let salt = Salt::generate(&mut SysRng)?;
        let new = Password::new(NEW)?;
        let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
        self.set(change).await
    }

    async fn set(
        &self,
        change: repass::reset::Change,
    ) -> Result<core::result::Result<(), CommitError>> {
        let after = match self.recovery.commit(change, at(1)?).await {
            Ok(after) => after,
            Err(error) => return Ok(Err(error)),
        };
        self.recovery.settle(&after, at(1)?).await?;
        drain(&self.recovery, at(1)?).await?;
        audit(&self.recovery.ports().attempts).await?;
        Ok(Ok(()))
    }

    async fn password_is(&self, password: &str) -> Result<bool> {
        let stored = format!("SELECT hash FROM {} WHERE id = '42'", self.users);
        let pool = self.recovery.ports().accounts.driver().pool();
        let stored: String = sqlx::query_scalar(AssertSqlSafe(stored)).fetch_one(pool).await?;
        let stored = repass::secret::PasswordHash::from_column(&stored);
        Ok(hasher()?.verify(&Password::new(password)?, &stored)? == Verdict::Match)
    }
}

fn configuration(names: &Names, with: With) -> Result<UserTable> {
    let table = UserTable::new("repass_users", "id", "hash")?
        .in_schema(names.schema(Db::DIALECT))?
        .email("email")?
        .email_verified(Flag::column("email_verified")?)
        .email_in_field(FieldName::new("mail")?)
        .phone_verified(Flag::column("phone_verified")?)
        .phone_in_field(FieldName::new("phone")?)
        .field(FieldName::new("customer")?, "customer_no")?
        .tenant("tenant", "ours")?;
    Ok(match with {
        With::Neither => table.phone("phone")?,
        With::Both => table.phone_with_canonical("phone", "phone_canonical")?.version("version")?,
    })
}

async fn recovery(
    store: &Store<Db>,
    folder: &std::path::Path,
    with: With,
) -> Result<Recovery<Ports>> {
    let table = configuration(&store.statements().names, with)?;
    let simple = ports(store, folder);
    let ports = PortSet {
        accounts: SqlAccounts::open(store.driver().clone(), table).await?,
        attempts: simple.attempts,
        counters: simple.counters,
        queue: simple.queue,
        notifier: simple.notifier,
    };
    Ok(Recovery::new(flow()?, ports))
}

fn flow() -> Result<Flow> {
    Ok(flow_builder()?.sms(Sms::to(["+49"])).build()?)
}

fn fields() -> Result<Fields> {
    let (mail, phone) = (("mail", FieldKind::Email), ("phone", FieldKind::Phone));
    Ok(Fields::new([("customer", FieldKind::Text), mail, phone])?)
}

fn by_phone() -> Result<Lookup> {
    Ok(Lookup::phone("+49 (30) 901820")?)
}

#[tokio::test]
async fn a_phone_number_is_found_in_any_spelling_and_gets_the_message_as_it_is_stored() -> Result {
    if skipped() {
        return Ok(());
    }
    for with in [With::Neither, With::Both] {
        let scene = Scene::new(with, true).await?;
        for text in ["+4930901820", "+49 (30) 901820", "+49-30-90.18.20"] {
            let found = scene.recovery.ports().accounts.find(&Lookup::phone(text)?, at(0)?).await?;
            let ids: Vec<_> = found.iter().map(|account| account.id().as_str()).collect();
            // The same number of another tenant is not looked at.
            assert_eq!(ids, ["42"], "{with:?}: {text}");
        }
        let handle = scene.ask(by_phone()?, Delivery::CODE).await?;
        assert!(scene.messages().starts_with("To: +49 30 90-1820\n"), "{}", scene.messages());
        let code = scene.code()?;
        let proof = Proof::Code { handle: handle.expose_secret(), code: &code };
        assert!(scene.commit(proof).await?.is_ok());
        assert!(scene.password_is(NEW).await?);
        assert_eq!(scene.messages().matches("To: +49 30 90-1820\n").count(), 2, "the notice");
    }
    Ok(())
}

#[tokio::test]
async fn a_phone_number_that_nobody_proved_gets_nothing() -> Result {
    if skipped() {
        return Ok(());
    }
    for with in [With::Neither, With::Both] {
        let scene = Scene::new(with, false).await?;
        scene.ask(by_phone()?, Delivery::CODE).await?;
        assert_eq!(scene.messages(), "");
    }
    Ok(())
}

#[tokio::test]
async fn a_phone_number_that_changed_meanwhile_stops_a_commit() -> Result {
    if skipped() {
        return Ok(());
    }
    for with in [With::Neither, With::Both] {
        for set in [
            "phone = '+49 30 90-1821', phone_canonical = '+4930901821', version = version + 1",
            &format!("phone_verified = {NO}, version = version + 1"),
            "phone = NULL, phone_canonical = NULL, version = version + 1",
            &format!("email = 'a@example.org', email_verified = {YES}, version = version + 1"),
        ] {
            let scene = Scene::new(with, true).await?;
            let handle = scene.ask(by_phone()?, Delivery::CODE).await?;
            let code = scene.code()?;
            let proof = Proof::Code { handle: handle.expose_secret(), code: &code };
            let admitted = scene.recovery.admit(proof, None, at(1)?).await?;
            let (new, salt) = (Password::new(NEW)?, Salt::generate(&mut SysRng)?);
            let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
            scene.change(set).await?;
            let refused = scene.set(change).await?;
            assert!(
                matches!(refused, Err(CommitError::Superseded)),
                "{with:?}, {set}: {refused:?}"
            );
            assert!(scene.password_is(OLD).await?);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_phone_number_that_cannot_be_read_hides_no_account() -> Result {
    if skipped() {
        return Ok(());
    }
    let scene = Scene::new(With::Both, true).await?;
    scene
        .change(&format!("phone = '030 901820', email = 'a@example.org', email_verified = {YES}"))
        .await?;
    let accounts = &scene.recovery.ports().accounts;
    let account = accounts.load(&AccountId::new("42")?, at(0)?).await?.ok_or("gone")?;
    assert!(account.has_unreadable_phone());
    scene.ask(Lookup::email("A@example.org")?, Delivery::LINK).await?;
    let token = token(scene.folder.path()).ok_or("no link")?;
    assert!(scene.commit(Proof::Link(&token)).await?.is_ok());
    assert!(scene.password_is(NEW).await?);
    Ok(())
}

#[tokio::test]
async fn an_account_is_found_by_any_unique_column() -> Result {
    if skipped() {
        return Ok(());
    }
    for with in [With::Neither, With::Both] {
        let scene = Scene::new(with, true).await?;
        let lookup = |text| Result::Ok(fields()?.lookup("customer", text)?);
        // Nobody, and an account of another tenant.
        for text in ["C-9", "C-8", "c-7"] {
            scene.ask(lookup(text)?, Delivery::CODE).await?;
            assert_eq!(scene.messages(), "", "{text}");
        }
        let handle = scene.ask(lookup("C-7")?, Delivery::CODE).await?;
        let code = scene.code()?;
        let proof = Proof::Code { handle: handle.expose_secret(), code: &code };
        assert!(scene.commit(proof).await?.is_ok());
        assert!(scene.password_is(NEW).await?);
    }
    Ok(())
}

#[tokio::test]
async fn address_and_number_are_fields_by_which_an_account_is_found_and_reached() -> Result {
    if skipped() {
        return Ok(());
    }
    for with in [With::Neither, With::Both] {
        let scene = Scene::new(with, true).await?;
        scene.change(&format!("email = 'ada@example.org', email_verified = {YES}")).await?;
        let by_phone = || Result::Ok(fields()?.lookup("phone", "+49 (30) 901820")?);
        let by_mail = || Result::Ok(fields()?.lookup("mail", "ada@Example.org")?);
        let to = |name| Result::Ok(Delivery::CODE.to(fields()?.recipient(name)?));
        for (lookup, to, recipient) in [
            (by_phone()?, to("mail")?, "ada@example.org"),
            (by_phone()?, to("phone")?, "+49 30 90-1820"),
            (by_mail()?, to("phone")?, "+49 30 90-1820"),
        ] {
            let before = scene.messages().len();
            let _handle = scene.ask(lookup, to).await?;
            let messages = scene.messages();
            let message = messages.get(before..).ok_or("no message")?;
            let line = format!("To: {recipient}\n");
            assert_eq!(message.matches("To: ").count(), 1, "{message}");
            assert!(message.contains(&line), "{with:?} {message}");
        }
        // A value of one field is none of the other.
        let other = fields()?.lookup("phone", "+49 30 901821")?;
        assert!(scene.recovery.ports().accounts.find(&other, at(0)?).await?.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn an_account_that_moved_to_another_tenant_is_not_changed() -> Result {
    if skipped() {
        return Ok(());
    }
    let scene = Scene::new(With::Neither, true).await?;
    let handle = scene.ask(by_phone()?, Delivery::CODE).await?;
    let code = scene.code()?;
    let proof = Proof::Code { handle: handle.expose_secret(), code: &code };
    let admitted = scene.recovery.admit(proof, None, at(1)?).await?;
    let (new, salt) = (Password::new(NEW)?, Salt::generate(&mut SysRng)?);
    let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
    scene.change("tenant = 'theirs'").await?;
    let refused = scene.set(change).await?;
    assert!(matches!(refused, Err(CommitError::Superseded)), "{refused:?}");
    assert!(scene.password_is(OLD).await?);
    let accounts = &scene.recovery.ports().accounts;
    assert!(accounts.load(&AccountId::new("42")?, at(1)?).await?.is_none());
    assert!(accounts.find(&by_phone()?, at(1)?).await?.is_empty());
    Ok(())
}

/// Addresses in a second table: a link goes to one of them, and none survives its address.
#[tokio::test]
async fn an_address_in_a_second_table_gets_the_link_until_it_is_taken_away() -> Result {
    if skipped() {
        return Ok(());
    }
    for is_taken_away in [false, true] {
        let scene = Scene::new(With::Both, true).await?;
        let store = scene.recovery.ports().attempts.clone();
        let names = &store.statements().names;
        let emails = names.table(Db::DIALECT, "emails");
        let make = format!(
            "CREATE TABLE {emails} (user_id varchar(40) NOT NULL, address text NOT NULL,
                verified {FLAG} NOT NULL);
            INSERT INTO {emails} VALUES ('42', 'Ada@Example.org', {YES}),
                ('42', 'new@example.org', {NO}), ('43', 'grace@example.org', {YES})"
        );
        let pool = store.driver().pool();
        sqlx::raw_sql(AssertSqlSafe(make)).execute(pool).await?;
        let table = UserTable::new("repass_users", "id", "hash")?
            .in_schema(names.schema(Db::DIALECT))?
            .version("version")?
            .emails(
                EmailTable::new("repass_emails", "user_id", "address")?
                    .verified(Flag::column("verified")?),
            );
        let simple = ports(&store, scene.folder.path());
        let ports = PortSet {
            accounts: SqlAccounts::open(store.driver().clone(), table).await?,
            attempts: simple.attempts,
            counters: simple.counters,
            queue: simple.queue,
            notifier: simple.notifier,
        };
        let scene = Scene { recovery: Recovery::new(flow()?, ports), ..scene };
        scene.ask(Lookup::email("new@example.org")?, Delivery::LINK).await?;
        assert!(!scene.messages().contains("?token="), "an address that nobody proved got a link");
        scene.ask(Lookup::email("ada@example.org")?, Delivery::LINK).await?;
        assert!(scene.messages().contains("To: Ada@Example.org\n"), "{}", scene.messages());
        let token = token(scene.folder.path()).ok_or("no link")?;
        let admitted = scene.recovery.admit(Proof::Link(&token), None, at(1)?).await?;
        let (new, salt) = (Password::new(NEW)?, Salt::generate(&mut SysRng)?);
        let change = admitted.set_password(&new, &policy()?, &hasher()?, salt)?;
        if is_taken_away {
            let delete = format!("DELETE FROM {emails} WHERE address = 'Ada@Example.org'");
            sqlx::raw_sql(AssertSqlSafe(delete)).execute(pool).await?;
            scene.change("version = version + 1").await?;
        }
        let set = scene.set(change).await?;
        assert_eq!(set.is_err(), is_taken_away, "{set:?}");
        assert_eq!(scene.password_is(NEW).await?, !is_taken_away);
    }
    Ok(())
}
