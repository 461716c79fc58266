use core::fmt;

use crate::Dialect;

/// Where the tables are: a schema, and what their names begin with.
///
/// Every statement names its table with the schema, in quotes, and relies on no `search_path`: behind a
/// pool of connections that programs share, such as pgbouncer, the path can be that of another program.
///
/// ```
/// use repass_sql::{Dialect, Names};
///
/// let names = Names::with_prefix("login_")?.in_schema("accounts")?;
/// assert_eq!(names.table(Dialect::Postgres, "attempt"), r#""accounts"."login_attempt""#);
/// assert!(Names::with_prefix("login\"; --").is_err());
/// # Ok::<(), repass_sql::NameError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    schema: Option<Identifier>,
    prefix: String,
}

impl Names {
    /// The longest name of a table or an index without the prefix.
    const LONGEST: &str = "account_email_account";

    /// Tables whose names begin with `prefix`, in the schema that a new database has: `public` on
    /// PostgreSQL and `main` on SQLite.
    ///
    /// # Errors
    ///
    /// [`NameError`] if the names of the tables would not be [identifiers](Identifier).
    pub fn with_prefix(prefix: &str) -> Result<Self, NameError> {
        let longest = format!("{prefix}{}", Self::LONGEST);
        Identifier::new(&longest).map_err(|_| NameError { name: prefix.to_owned() })?;
        Ok(Self { schema: None, prefix: prefix.to_owned() })
    }

    /// The same tables in this schema, which exists. On SQLite it is the name of an attached database.
    ///
    /// # Errors
    ///
    /// [`NameError`] if it is no [identifier](Identifier).
    pub fn in_schema(self, schema: &str) -> Result<Self, NameError> {
        Ok(Self { schema: Some(Identifier::new(schema)?), ..self })
    }

    /// The schema, without quotes.
    #[must_use]
    pub fn schema(&self, dialect: Dialect) -> &str {
        self.schema.as_ref().map_or(dialect.schema(), Identifier::as_str)
    }

    /// The name of a table, quoted and with its schema.
    #[must_use]
    pub fn table(&self, dialect: Dialect, table: &str) -> String {
        format!("\"{}\".{}", self.schema(dialect), self.bare(table))
    }

    /// The name of a table or an index, quoted and without its schema.
    pub(crate) fn bare(&self, name: &str) -> String {
        format!("\"{}{name}\"", self.prefix)
    }

    /// A text that names these tables.
    pub(crate) fn text(&self, dialect: Dialect) -> String {
        format!("{}.{}", self.schema(dialect), self.prefix)
    }
}

/// The prefix is `repass_`.
impl Default for Names {
    fn default() -> Self {
        Self { schema: None, prefix: "repass_".to_owned() }
    }
}

/// A name of a schema, a table or a column: 1 to 63 letters, digits and `_` of ASCII, no digit first.
///
/// It is always quoted, so it means exactly what is written, reserved words and capitals included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(String);

impl Identifier {
    /// The most characters: PostgreSQL cuts off what is behind them.
    pub const MAX_BYTES: usize = 63;

    /// Takes a name that matches `[A-Za-z_][A-Za-z0-9_]{0,62}`.
    ///
    /// # Errors
    ///
    /// [`NameError`] for every other text.
    pub fn new(name: &str) -> Result<Self, NameError> {
        let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
        let goes_on = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if starts && goes_on && name.len() <= Self::MAX_BYTES {
            Ok(Self(name.to_owned()))
        } else {
            Err(NameError { name: name.to_owned() })
        }
    }

    /// The name without quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name in quotes.
impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// A text is no name of a schema, a table or a column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct NameError {
    /// The text.
    pub name: String,
}

impl NameError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "sql_name_malformed"
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no name: it needs letters, digits and _ of ASCII, no digit first, and at most 63 \
             characters (of a prefix: {}, since names follow it)",
            self.name,
            Identifier::MAX_BYTES.saturating_sub(Names::LONGEST.len()),
        )
    }
}

impl core::error::Error for NameError {}
