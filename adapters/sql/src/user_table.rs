//! The user table of a service, as its configuration describes it.

mod accounts;
mod check;
mod columns;
mod error;
mod sql;
mod write;

pub use self::accounts::SqlAccounts;
pub use self::error::{Cost, TableError, TableProblem};

use repass::account::FieldName;

use crate::{Identifier, NameError};

/// Which table the accounts are in, and in which columns.
///
/// Three columns are needed: id, password and an e-mail address, a login or a phone number. What each of
/// the others is for, and what it costs to have none, [`Cost`] says; [`SqlAccounts::costs`] lists it for a
/// table.
///
/// ```
/// use repass_sql::{Flag, UserTable};
///
/// let table = UserTable::new("users", "id", "password_hash")?
///     .email("email")?
///     .email_verified(Flag::set("email_verified_at")?)
///     .enabled(Flag::column("active")?)
///     .version("version")?
///     .epoch("session_epoch")?;
/// # Ok::<(), repass_sql::NameError>(())
/// ```
///
/// **The version** is a number in the row of the account. Our writes raise it, and everything else that
/// changes the password, an address, a phone number, or whether the account may sign in has to raise it in
/// the same transaction. With addresses in a second table it is the only thing that tells, and so it is
/// needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserTable {
    schema: Option<Identifier>,
    table: Identifier,
    id: Identifier,
    password: Identifier,
    email: Option<Text>,
    email_verified: Flag,
    emails: Option<EmailTable>,
    login: Option<Text>,
    phone: Option<Text>,
    phone_verified: Flag,
    fields: Vec<(FieldName, Identifier)>,
    email_field: Option<FieldName>,
    phone_field: Option<FieldName>,
    names: Option<[Identifier; 2]>,
    enabled: Flag,
    must_change: Option<[Identifier; 2]>,
    tenant: Option<(Identifier, String)>,
    version: Option<Identifier>,
    epoch: Option<Identifier>,
    changed_at: Option<Identifier>,
    requires_recovery: Option<Identifier>,
    history: Option<HistoryTable>,
}

/// A column of texts, and one of their canonical spellings if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    column: Identifier,
    canonical: Option<Identifier>,
}

impl Text {
    fn new(column: &str) -> Result<Self, NameError> {
        Ok(Self { column: Identifier::new(column)?, canonical: None })
    }
}

macro_rules! column {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// [`NameError`] if it is no name of a column.
        pub fn $name(self, column: &str) -> Result<Self, NameError> {
            Ok(Self { $name: Some(Identifier::new(column)?), ..self })
        }
    };
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $canonical:ident) => {
        $(#[$doc])*
        ///
        /// # Errors
        ///
        /// [`NameError`] if it is no name of a column.
        pub fn $name(self, column: &str) -> Result<Self, NameError> {
            Ok(Self { $name: Some(Text::new(column)?), ..self })
        }

        /// The same, beside a column in which the service keeps the canonical spelling of each: it is
        /// compared and wants an index, and finds what is beyond ASCII in every spelling.
        ///
        /// # Errors
        ///
        /// [`NameError`] if one is no name of a column.
        pub fn $canonical(self, column: &str, canonical: &str) -> Result<Self, NameError> {
            let canonical = Some(Identifier::new(canonical)?);
            Ok(Self { $name: Some(Text { canonical, ..Text::new(column)? }), ..self })
        }
    };
}

impl UserTable {
    /// The table, and its columns of ids and of password hashes.
    ///
    /// # Errors
    ///
    /// [`NameError`] if one is no name.
    pub fn new(table: &str, id: &str, password: &str) -> Result<Self, NameError> {
        Ok(Self {
            schema: None,
            table: Identifier::new(table)?,
            id: Identifier::new(id)?,
            password: Identifier::new(password)?,
            email: None,
            email_verified: Flag::ALWAYS,
            emails: None,
            login: None,
            phone: None,
            phone_verified: Flag::ALWAYS,
            fields: Vec::new(),
            email_field: None,
            phone_field: None,
            names: None,
            enabled: Flag::ALWAYS,
            must_change: None,
            tenant: None,
            version: None,
            epoch: None,
            changed_at: None,
            requires_recovery: None,
            history: None,
        })
    }

    /// The schema of the tables: `public` on PostgreSQL and `main` on SQLite by default.
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is no name.
    pub fn in_schema(self, schema: &str) -> Result<Self, NameError> {
        Ok(Self { schema: Some(Identifier::new(schema)?), ..self })
    }

    text! {
        /// The e-mail address, in the row of the account.
        email, email_with_canonical
    }
    text! {
        /// The user name.
        login, login_with_canonical
    }
    text! {
        /// The phone number.
        phone, phone_with_canonical
    }
    column! {
        /// The version: see [`UserTable`].
        version
    }
    column! {
        /// The session epoch, a number: sessions that carry a tag end when it is raised.
        epoch
    }
    column! {
        /// When the password was last changed.
        changed_at
    }
    column! {
        /// Whether recovery is required, a flag: the password no longer signs in until it is reset.
        requires_recovery
    }

    /// Whether the e-mail address in the row is verified; always by default.
    #[must_use]
    pub fn email_verified(self, flag: Flag) -> Self {
        Self { email_verified: flag, ..self }
    }

    /// Whether the phone number is verified; always by default.
    #[must_use]
    pub fn phone_verified(self, flag: Flag) -> Self {
        Self { phone_verified: flag, ..self }
    }

    /// Whether the account may sign in; always by default.
    #[must_use]
    pub fn enabled(self, flag: Flag) -> Self {
        Self { enabled: flag, ..self }
    }

    /// The e-mail addresses, in a table of their own. Needs a [version](Self::version).
    #[must_use]
    pub fn emails(self, emails: EmailTable) -> Self {
        Self { emails: Some(emails), ..self }
    }

    /// The table of passwords that were replaced.
    #[must_use]
    pub fn history(self, history: HistoryTable) -> Self {
        Self { history: Some(history), ..self }
    }

    /// A column of texts by which people are looked up, as the declared field `name`.
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is no name of a column.
    pub fn field(mut self, name: FieldName, column: &str) -> Result<Self, NameError> {
        self.fields.push((name, Identifier::new(column)?));
        Ok(self)
    }

    /// The declared field that the e-mail addresses are the values of: people are looked up by it, and messages
    /// are sent to it, as [`Fields`](repass::account::Fields) say.
    #[must_use]
    pub fn email_in_field(self, name: FieldName) -> Self {
        Self { email_field: Some(name), ..self }
    }

    /// The same for the phone number.
    #[must_use]
    pub fn phone_in_field(self, name: FieldName) -> Self {
        Self { phone_field: Some(name), ..self }
    }

    /// The first and the last name.
    ///
    /// # Errors
    ///
    /// [`NameError`] if one is no name of a column.
    pub fn names(self, first: &str, last: &str) -> Result<Self, NameError> {
        Ok(Self { names: Some([Identifier::new(first)?, Identifier::new(last)?]), ..self })
    }

    /// Why the password has to be changed, a text that is `NULL` where it has not, and until when it can be
    /// used for that.
    ///
    /// # Errors
    ///
    /// [`NameError`] if one is no name of a column.
    pub fn must_change(self, reason: &str, until: &str) -> Result<Self, NameError> {
        let columns = [Identifier::new(reason)?, Identifier::new(until)?];
        Ok(Self { must_change: Some(columns), ..self })
    }

    /// Only the accounts of one tenant: those that have `value` in this column.
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is no name of a column.
    pub fn tenant(self, column: &str, value: &str) -> Result<Self, NameError> {
        Ok(Self { tenant: Some((Identifier::new(column)?, value.to_owned())), ..self })
    }
}

/// A fact about an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag(Source);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Always,
    Column { column: Identifier, holds: bool },
    Set { column: Identifier, holds: bool },
}

impl Flag {
    /// It holds of every account.
    pub const ALWAYS: Self = Self(Source::Always);

    /// It holds where this column, a boolean or a number, is true or not 0.
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is no name of a column.
    pub fn column(column: &str) -> Result<Self, NameError> {
        Ok(Self(Source::Column { column: Identifier::new(column)?, holds: true }))
    }

    /// It holds where this column is not `NULL`, such as the moment at which an address was verified.
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is no name of a column.
    pub fn set(column: &str) -> Result<Self, NameError> {
        Ok(Self(Source::Set { column: Identifier::new(column)?, holds: true }))
    }

    /// It holds where the other one does not, as `enabled` where there is a column `disabled`.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self(match self.0 {
            Source::Always => Source::Always,
            Source::Column { column, holds } => Source::Column { column, holds: !holds },
            Source::Set { column, holds } => Source::Set { column, holds: !holds },
        })
    }
}

/// A table of e-mail addresses: a row for each address of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailTable {
    table: Identifier,
    account: Identifier,
    email: Text,
    verified: Flag,
}

impl EmailTable {
    /// The table, its column of the ids of accounts, and that of the addresses.
    ///
    /// # Errors
    ///
    /// [`NameError`] if one is no name.
    pub fn new(table: &str, account: &str, email: &str) -> Result<Self, NameError> {
        Ok(Self {
            table: Identifier::new(table)?,
            account: Identifier::new(account)?,
            email: Text::new(email)?,
            verified: Flag::ALWAYS,
        })
    }

    /// A column in which the service keeps the canonical spelling of each address.
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is no name of a column.
    pub fn canonical(mut self, column: &str) -> Result<Self, NameError> {
        self.email.canonical = Some(Identifier::new(column)?);
        Ok(self)
    }

    /// Whether an address is verified; always by default.
    #[must_use]
    pub fn verified(self, flag: Flag) -> Self {
        Self { verified: flag, ..self }
    }
}

/// A table of passwords that were replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryTable {
    table: Identifier,
    account: Identifier,
    password: Identifier,
    replaced_at: Identifier,
    number: Option<Identifier>,
}

impl HistoryTable {
    /// The table, and its columns of the ids of accounts, of hashes, and of the moments at which they were
    /// replaced.
    ///
    /// # Errors
    ///
    /// [`NameError`] if one is no name.
    pub fn new(
        table: &str,
        account: &str,
        password: &str,
        replaced_at: &str,
    ) -> Result<Self, NameError> {
        Ok(Self {
            table: Identifier::new(table)?,
            account: Identifier::new(account)?,
            password: Identifier::new(password)?,
            replaced_at: Identifier::new(replaced_at)?,
            number: None,
        })
    }

    /// A column that the database numbers: it tells which of two is newer that were replaced in one second.
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is no name of a column.
    pub fn numbered(self, column: &str) -> Result<Self, NameError> {
        Ok(Self { number: Some(Identifier::new(column)?), ..self })
    }
}
