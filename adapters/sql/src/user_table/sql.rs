//! The texts of the statements over a table that was checked.

use repass::account::AccountId;

use super::columns::Kind;
use super::{Flag, Source, Text, UserTable};
use crate::{ColumnType, Dialect, Distribution, Identifier, Part, Statement, Value};

/// A user table and the types of its columns.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) dialect: Dialect,
    pub(super) schema: Identifier,
    pub(super) table: UserTable,
    pub(super) id: Kind,
    pub(super) email_account: Kind,
    pub(super) history_account: Kind,
    /// Of the flags that are set to a moment.
    pub(super) email_verified: Kind,
    pub(super) requires_recovery: Kind,
    pub(super) changed_at: Kind,
    pub(super) until: Kind,
    pub(super) replaced_at: Kind,
}

/// A statement that is put together, and what it binds so far.
#[derive(Debug)]
pub(super) struct Builder {
    dialect: Dialect,
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Builder {
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self { dialect, sql: String::new(), values: Vec::new() }
    }

    /// Binds a value; its place in the text.
    pub(super) fn bind(&mut self, value: Value) -> String {
        let of = match value {
            Value::Integer(_) => "bigint",
            Value::Text(_) | Value::Blob(_) => "text",
        };
        self.values.push(value);
        let number = self.values.len();
        match self.dialect {
            Dialect::Sqlite => format!("?{number}"),
            // A parameter has the type of the value, whatever is beside it.
            Dialect::Postgres => format!("CAST(${number} AS {of})"),
        }
    }

    pub(super) fn finish(self, returns: &[ColumnType]) -> crate::Query {
        let every = Distribution::Every;
        let statement = Statement::new(self.sql, Part::Accounts, every, returns);
        crate::Query::new(&statement, self.values)
    }
}

/// The columns that a look-up returns, before those of the fields.
pub(super) const RETURNS: [ColumnType; 16] = {
    use ColumnType::{Integer, Text};
    [
        Text, Text, Text, Text, Text, Integer, Integer, Integer, Integer, Text, Integer, Integer,
        Text, Integer, Text, Integer,
    ]
};

impl Shape {
    pub(super) fn named(&self, table: &Identifier) -> String {
        format!("{}.{table}", self.schema)
    }

    /// Whether two values are the same, or both are `NULL`.
    pub(super) const fn same(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => "IS",
            Dialect::Postgres => "IS NOT DISTINCT FROM",
        }
    }

    /// A column compared by its bytes, whatever its collation is.
    pub(super) fn exact(&self, column: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("{column} COLLATE BINARY"),
            Dialect::Postgres => format!("CAST({column} AS text) COLLATE \"C\""),
        }
    }

    /// The value that an id has in a column of this kind; none if it cannot be one.
    pub(super) fn id_value(&self, kind: Kind, id: &AccountId) -> Option<Value> {
        let text = id.as_str();
        match kind {
            Kind::Integer => {
                let number: i64 = text.parse().ok()?;
                (number.to_string() == text).then_some(Value::integer(number))
            }
            Kind::Uuid => {
                let dashes = [8, 13, 18, 23];
                let fits = text.bytes().enumerate().all(|(at, byte)| match byte {
                    b'-' => dashes.contains(&at),
                    b'0'..=b'9' | b'a'..=b'f' => !dashes.contains(&at),
                    _ => false,
                });
                (fits && text.len() == 36).then(|| Value::text(text))
            }
            _ => Some(Value::text(text)),
        }
    }

    /// That a column holds this id.
    pub(super) fn is_id(&self, column: &str, kind: Kind, bound: &str) -> String {
        match (self.dialect, kind) {
            (Dialect::Postgres, Kind::Uuid) => format!("{column} = CAST({bound} AS uuid)"),
            (Dialect::Sqlite, Kind::Text) => format!("{column} COLLATE BINARY = {bound}"),
            _ => format!("{column} = {bound}"),
        }
    }

    /// An id as it is inserted into a column of this kind.
    pub(super) fn to_id(&self, kind: Kind, bound: &str) -> String {
        match (self.dialect, kind) {
            (Dialect::Postgres, Kind::Uuid) => format!("CAST({bound} AS uuid)"),
            _ => bound.to_owned(),
        }
    }

    /// The canonical spelling of an address or a login: Normalization Form C, then ASCII letters in
    /// lowercase. SQLite has no normalization forms.
    pub(super) fn canonical(&self, alias: &str, text: &Text) -> String {
        match (&text.canonical, self.dialect) {
            (Some(canonical), _) => self.exact(&format!("{alias}.{canonical}")),
            (None, Dialect::Sqlite) => format!("lower({alias}.{})", text.column),
            (None, Dialect::Postgres) => {
                format!(
                    "lower(normalize(CAST({alias}.{} AS text), NFC) COLLATE \"C\")",
                    text.column
                )
            }
        }
    }

    /// The canonical spelling of a phone number.
    pub(super) fn canonical_phone(&self, alias: &str, text: &Text) -> String {
        match (&text.canonical, self.dialect) {
            (Some(canonical), _) => self.exact(&format!("{alias}.{canonical}")),
            (None, Dialect::Sqlite) => {
                let column = format!("{alias}.{}", text.column);
                let removed = [" ", "-", ".", "(", ")"];
                removed.iter().fold(column, |text, sign| format!("replace({text}, '{sign}', '')"))
            }
            (None, Dialect::Postgres) => format!(
                "'+' || regexp_replace(CAST({alias}.{} AS text), '[^0-9]', '', 'g')",
                text.column
            ),
        }
    }

    /// Whether a flag holds.
    pub(super) fn flag(&self, alias: &str, flag: &Flag) -> String {
        let (test, holds) = match &flag.0 {
            Source::Always => return "1 = 1".to_owned(),
            Source::Column { column, holds } => (self.truth(&format!("{alias}.{column}")), *holds),
            Source::Set { column, holds } => (format!("{alias}.{column} IS NOT NULL"), *holds),
        };
        if holds { test } else { format!("NOT ({test})") }
    }

    /// Whether a column, a boolean or a number, is true; `NULL` is not.
    pub(super) fn truth(&self, column: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("coalesce({column}, 0) <> 0"),
            Dialect::Postgres => format!("coalesce(CAST({column} AS integer), 0) <> 0"),
        }
    }

    /// A truth as it is written into a column.
    pub(super) fn to_truth(&self, kind: Kind, truth: bool) -> &'static str {
        match (self.dialect, kind, truth) {
            (Dialect::Postgres, Kind::Boolean, true) => "true",
            (Dialect::Postgres, Kind::Boolean, false) => "false",
            (_, _, true) => "1",
            (_, _, false) => "0",
        }
    }

    /// A moment as seconds since 1970.
    pub(super) fn seconds(&self, column: &str, kind: Kind) -> String {
        match kind {
            Kind::Moment | Kind::UtcMoment => {
                format!("CAST(floor(extract(epoch FROM {column})) AS bigint)")
            }
            Kind::TextMoment => format!("CAST(strftime('%s', {column}) AS INTEGER)"),
            _ => column.to_owned(),
        }
    }

    /// Seconds since 1970 as they are written into a column.
    pub(super) fn to_moment(&self, kind: Kind, bound: &str) -> String {
        match kind {
            Kind::Moment => format!("to_timestamp({bound})"),
            Kind::UtcMoment => format!("to_timestamp({bound}) AT TIME ZONE 'UTC'"),
            Kind::TextMoment => format!("datetime({bound}, 'unixepoch')"),
            _ => bound.to_owned(),
        }
    }

    /// The accounts for which a condition holds, once for each of their addresses. One statement reads
    /// all tables, so that they are of one moment.
    pub(super) fn select(&self, builder: &mut Builder) {
        let table = &self.table;
        let text = |column: Option<&Identifier>, alias: &str| match column {
            Some(column) => format!("CAST({alias}.{column} AS text)"),
            None => "CAST(NULL AS text)".to_owned(),
        };
        let integer = |expression: Option<String>| {
            format!("CAST({} AS bigint)", expression.as_deref().unwrap_or("NULL"))
        };
        let truth = |test: String| format!("CAST(CASE WHEN {test} THEN 1 ELSE 0 END AS bigint)");
        let of = |column: &Identifier| format!("u.{column}");
        let [first, last] = match &table.names {
            Some([first, last]) => [Some(first), Some(last)],
            None => [None, None],
        };
        let [reason, until] = match &table.must_change {
            Some([reason, until]) => [Some(reason), Some(until)],
            None => [None, None],
        };
        let (email, verified) = match (&table.emails, &table.email) {
            (Some(emails), _) => {
                (text(Some(&emails.email.column), "e"), self.flag("e", &emails.verified))
            }
            (None, Some(email)) => {
                (text(Some(&email.column), "u"), self.flag("u", &table.email_verified))
            }
            (None, None) => (text(None, "u"), self.flag("u", &Flag::ALWAYS)),
        };
        let phone = table.phone.as_ref().map(|phone| &phone.column);
        let mut columns = vec![
            text(Some(&table.id), "u"),
            text(table.login.as_ref().map(|login| &login.column), "u"),
            text(first, "u"),
            text(last, "u"),
            text(Some(&table.password), "u"),
            truth(self.flag("u", &table.enabled)),
            integer(table.version.as_ref().map(of)),
            integer(table.epoch.as_ref().map(of)),
            integer(table.changed_at.as_ref().map(|at| self.seconds(&of(at), self.changed_at))),
            text(reason, "u"),
            integer(until.map(|at| self.seconds(&of(at), self.until))),
            truth(match &table.requires_recovery {
                Some(column) => self.truth(&of(column)),
                None => "1 = 0".to_owned(),
            }),
            email,
            truth(verified),
            text(phone, "u"),
            truth(self.flag("u", &table.phone_verified)),
        ];
        columns.extend(table.fields.iter().map(|(_, column)| text(Some(column), "u")));
        builder.sql.push_str("SELECT ");
        builder.sql.push_str(&columns.join(", "));
        builder.sql.push_str(&format!(" FROM {} AS u", self.named(&table.table)));
        if let Some(emails) = &table.emails {
            let join = format!(
                " LEFT JOIN {} AS e ON e.{} = u.{}",
                self.named(&emails.table),
                emails.account,
                table.id
            );
            builder.sql.push_str(&join);
        }
    }

    /// That an account is of the tenant.
    pub(super) fn of_tenant(&self, builder: &mut Builder) -> String {
        let Some((column, value)) = &self.table.tenant else { return String::new() };
        let bound = builder.bind(Value::text(value));
        format!(" AND {} = {bound}", self.exact(&format!("CAST(u.{column} AS text)")))
    }
}
