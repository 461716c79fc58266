//! What the database says about its columns.

use repass::port::PortError;

use super::error::{TableError, TableProblem};
use crate::statement::render;
use crate::{
    ColumnType, Dialect, Distribution, Driver, Identifier, Names, Part, Query, Statement, Value,
};

/// The columns of one table.
#[derive(Debug)]
pub(super) struct Columns {
    dialect: Dialect,
    table: String,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    name: String,
    found: String,
    length: Option<i64>,
    not_null: bool,
    unique: bool,
}

/// How a column is read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Uuid,
    Integer,
    Boolean,
    /// `timestamp with time zone`.
    Moment,
    /// `timestamp without time zone`, in UTC.
    UtcMoment,
    /// A text of SQLite's date functions.
    TextMoment,
    Other,
}

impl Columns {
    pub(super) async fn read<D: Driver>(
        driver: &D,
        schema: &str,
        table: &Identifier,
    ) -> Result<Self, TableError> {
        let sql = match D::DIALECT {
            Dialect::Sqlite => SQLITE,
            Dialect::Postgres => POSTGRES,
        };
        let statement = Statement::new(
            render(sql, &Names::default(), D::DIALECT),
            Part::Accounts,
            Distribution::Every,
            &[
                ColumnType::Text,
                ColumnType::Text,
                ColumnType::Integer,
                ColumnType::Integer,
                ColumnType::Integer,
            ],
        );
        let values = [Value::text(schema), Value::text(table.as_str())];
        let answer = driver.run(Query::new(&statement, values)).await?;
        let columns = answer.into_rows().into_iter().map(|mut row| {
            Ok(Column {
                name: row.text()?,
                found: row.text()?.to_lowercase(),
                length: row.integer_or_null()?,
                not_null: row.integer()? != 0,
                unique: row.integer()? != 0,
            })
        });
        let columns = columns.collect::<Result<Vec<_>, crate::AnswerError>>();
        let columns = columns.map_err(PortError::from)?;
        let this =
            Self { dialect: D::DIALECT, table: format!("{schema}.{}", table.as_str()), columns };
        if this.columns.is_empty() {
            return Err(this.wrong(None, TableProblem::Missing { there: Vec::new() }));
        }
        Ok(this)
    }

    pub(super) fn wrong(&self, column: Option<&Identifier>, problem: TableProblem) -> TableError {
        let column = column.map(|column| column.as_str().to_owned());
        TableError::Wrong { table: self.table.clone(), column, problem }
    }

    fn column(&self, name: &Identifier) -> Result<&Column, TableError> {
        self.columns.iter().find(|column| column.name == name.as_str()).ok_or_else(|| {
            let there = self.columns.iter().map(|column| column.name.clone()).collect();
            self.wrong(Some(name), TableProblem::Missing { there })
        })
    }

    fn of_kind(
        &self,
        name: &Identifier,
        kinds: &[Kind],
        allowed: &'static str,
    ) -> Result<Kind, TableError> {
        let column = self.column(name)?;
        let kind = column.kind();
        if kinds.contains(&kind) {
            return Ok(kind);
        }
        let found = column.found.clone();
        Err(self.wrong(Some(name), TableProblem::Type { found, allowed }))
    }

    /// An id is compared by its bytes.
    pub(super) fn id(&self, name: &Identifier) -> Result<Kind, TableError> {
        let kinds = [Kind::Text, Kind::Uuid, Kind::Integer];
        let allowed = "text, varchar, uuid, integer or bigint";
        let kind = self.of_kind(name, &kinds, allowed)?;
        let column = self.column(name)?;
        if column.found == "citext" {
            let found = column.found.clone();
            return Err(self.wrong(Some(name), TableProblem::Type { found, allowed }));
        }
        Ok(kind)
    }

    pub(super) fn unique(&self, name: &Identifier) -> Result<(), TableError> {
        if self.column(name)?.unique {
            return Ok(());
        }
        Err(self.wrong(Some(name), TableProblem::NotUnique))
    }

    pub(super) fn text(&self, name: &Identifier) -> Result<(), TableError> {
        self.of_kind(name, &[Kind::Text], "text or varchar").map(drop)
    }

    /// New hashes have at most 128 characters. A hash that is cut, or filled with blanks, fits no password.
    pub(super) fn hash(&self, name: &Identifier) -> Result<(), TableError> {
        let allowed = "text, or varchar of at least 128 characters";
        self.of_kind(name, &[Kind::Text], allowed)?;
        let column = self.column(name)?;
        if column.found != "citext" && column.length.is_none_or(|length| length >= 128) {
            return Ok(());
        }
        let found = match column.length {
            Some(length) => format!("{}({length})", column.found),
            None => column.found.clone(),
        };
        Err(self.wrong(Some(name), TableProblem::Type { found, allowed }))
    }

    pub(super) fn number(&self, name: &Identifier) -> Result<(), TableError> {
        self.of_kind(name, &[Kind::Integer], "bigint or integer")?;
        if self.column(name)?.not_null {
            return Ok(());
        }
        Err(self.wrong(Some(name), TableProblem::Nullable))
    }

    pub(super) fn flag(&self, name: &Identifier) -> Result<Kind, TableError> {
        self.of_kind(name, &[Kind::Boolean, Kind::Integer], "boolean or integer")
    }

    pub(super) fn moment(&self, name: &Identifier) -> Result<Kind, TableError> {
        let kinds = [Kind::Moment, Kind::UtcMoment, Kind::TextMoment, Kind::Integer, Kind::Text];
        let allowed = "a timestamp, or a bigint of seconds since 1970";
        let column = self.column(name)?;
        let kind = self.of_kind(name, &kinds, allowed)?;
        // A number of 32 bits ends in 2038, and a text is a moment on SQLite alone.
        let wrong = match self.dialect {
            Dialect::Sqlite => false,
            Dialect::Postgres => {
                kind == Kind::Text || matches!(&*column.found, "integer" | "smallint")
            }
        };
        if wrong {
            let found = column.found.clone();
            return Err(self.wrong(Some(name), TableProblem::Type { found, allowed }));
        }
        Ok(if kind == Kind::Text { Kind::TextMoment } else { kind })
    }

    pub(super) fn exists(&self, name: &Identifier) -> Result<(), TableError> {
        self.column(name).map(drop)
    }
}

impl Column {
    fn kind(&self) -> Kind {
        let declared = self.found.split('(').next().unwrap_or_default().trim();
        match declared {
            "text" | "character varying" | "varchar" | "citext" => Kind::Text,
            "uuid" => Kind::Uuid,
            "integer" | "int" | "bigint" | "smallint" => Kind::Integer,
            "boolean" | "bool" => Kind::Boolean,
            "timestamp with time zone" => Kind::Moment,
            "timestamp without time zone" => Kind::UtcMoment,
            "datetime" | "timestamp" => Kind::TextMoment,
            _ => Kind::Other,
        }
    }
}

const SQLITE: &str = "\
SELECT c.name, c.type, CAST(NULL AS INTEGER), c.\"notnull\" OR c.pk > 0,
    (c.pk = 1 AND (SELECT count(*) FROM pragma_table_info(?2, ?1) WHERE pk > 0) = 1)
    OR EXISTS (SELECT 1 FROM pragma_index_list(?2, ?1) AS i
        WHERE i.\"unique\" AND NOT i.partial
            AND (SELECT count(*) FROM pragma_index_info(i.name, ?1)) = 1
            AND (SELECT name FROM pragma_index_info(i.name, ?1)) = c.name)
FROM pragma_table_info(?2, ?1) AS c";

const POSTGRES: &str = "\
SELECT CAST(c.column_name AS text),
    CAST(CASE WHEN c.data_type = 'USER-DEFINED' THEN c.udt_name ELSE c.data_type END AS text),
    CAST(c.character_maximum_length AS bigint),
    CAST(CASE WHEN c.is_nullable = 'NO' THEN 1 ELSE 0 END AS bigint),
    CAST(CASE WHEN EXISTS (
        SELECT 1 FROM pg_catalog.pg_index AS i
        JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
        JOIN pg_catalog.pg_namespace AS n ON n.oid = t.relnamespace
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
        WHERE n.nspname = c.table_schema AND t.relname = c.table_name
            AND a.attname = c.column_name AND i.indisunique AND i.indisvalid
            AND i.indnkeyatts = 1 AND i.indpred IS NULL) THEN 1 ELSE 0 END AS bigint)
FROM information_schema.columns AS c
WHERE c.table_schema = CAST(?1 AS text) AND c.table_name = CAST(?2 AS text)
ORDER BY c.ordinal_position";
