use core::fmt;

use crate::Statement;

/// A value that is bound or that comes back, in the type of its column; `None` is `NULL`.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a driver has to bind every value")]
pub enum Value {
    /// Bytes: `bytea`, `BLOB`.
    Blob(Option<Vec<u8>>),
    /// A signed number of 64 bits: `bigint`, `INTEGER`.
    Integer(Option<i64>),
    /// A text: `text`, `TEXT`.
    Text(Option<String>),
}

impl Value {
    /// Bytes.
    #[must_use]
    pub fn blob(bytes: &[u8]) -> Self {
        Self::Blob(Some(bytes.to_vec()))
    }

    /// A number.
    #[must_use]
    pub fn integer(number: impl Into<i64>) -> Self {
        Self::Integer(Some(number.into()))
    }

    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

/// Only the type: a value can be what a person typed, or a stored password.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blob(_) => "Blob(..)",
            Self::Integer(_) => "Integer(..)",
            Self::Text(_) => "Text(..)",
        })
    }
}

/// A statement and the values that it binds.
#[derive(Clone, Debug)]
pub struct Query {
    statement: Statement,
    values: Vec<Value>,
    decides: bool,
}

impl Query {
    /// Binds the values, in their order.
    #[must_use]
    pub fn new(statement: &Statement, values: impl Into<Vec<Value>>) -> Self {
        Self { statement: statement.clone(), values: values.into(), decides: false }
    }

    /// In a transaction: where this one finds no row, nothing happens.
    #[must_use]
    pub fn decides(self) -> Self {
        Self { decides: true, ..self }
    }

    /// The statement.
    #[must_use]
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// What is bound.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Whether the transaction has to be rolled back after this answer.
    #[must_use]
    pub fn stops(&self, answer: &Answer) -> bool {
        self.decides && answer.changed == 0
    }

    /// The statement and what is bound.
    #[must_use]
    pub fn into_parts(self) -> (Statement, Vec<Value>) {
        (self.statement, self.values)
    }
}

/// What a statement answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    changed: u64,
    rows: Vec<Row>,
}

impl Answer {
    /// Of a statement that returns no rows: how many it changed.
    #[must_use]
    pub const fn changed(changed: u64) -> Self {
        Self { changed, rows: Vec::new() }
    }

    /// Of a statement that returns rows, each with the columns that it
    /// [returns](Statement::returns).
    #[must_use]
    pub fn rows(rows: Vec<Vec<Value>>) -> Self {
        let changed = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        Self { changed, rows: rows.into_iter().map(Row::new).collect() }
    }

    pub(crate) const fn count(&self) -> u64 {
        self.changed
    }

    pub(crate) fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    pub(crate) fn into_row(self) -> Option<Row> {
        self.rows.into_iter().next()
    }
}

/// One row; its columns are taken from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Those that were not taken yet, the next one last.
    values: Vec<Value>,
    taken: usize,
}

impl Row {
    fn new(mut values: Vec<Value>) -> Self {
        values.reverse();
        Self { values, taken: 0 }
    }

    fn next(&mut self) -> Option<Value> {
        self.taken = self.taken.saturating_add(1);
        self.values.pop()
    }

    const fn wrong(&self) -> AnswerError {
        AnswerError { column: self.taken }
    }

    pub(crate) fn blob_or_null(&mut self) -> Result<Option<Vec<u8>>, AnswerError> {
        match self.next() {
            Some(Value::Blob(bytes)) => Ok(bytes),
            _ => Err(self.wrong()),
        }
    }

    pub(crate) fn integer_or_null(&mut self) -> Result<Option<i64>, AnswerError> {
        match self.next() {
            Some(Value::Integer(number)) => Ok(number),
            _ => Err(self.wrong()),
        }
    }

    pub(crate) fn text_or_null(&mut self) -> Result<Option<String>, AnswerError> {
        match self.next() {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.wrong()),
        }
    }

    pub(crate) fn blob(&mut self) -> Result<Vec<u8>, AnswerError> {
        self.blob_or_null()?.ok_or_else(|| self.wrong())
    }

    pub(crate) fn integer(&mut self) -> Result<i64, AnswerError> {
        self.integer_or_null()?.ok_or_else(|| self.wrong())
    }

    pub(crate) fn text(&mut self) -> Result<String, AnswerError> {
        self.text_or_null()?.ok_or_else(|| self.wrong())
    }
}

/// A driver answered a statement with other columns than it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AnswerError {
    /// The number of the column, from 1 on; 0 if a row is missing.
    pub column: usize,
}

impl AnswerError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "sql_answer_unexpected"
    }
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            0 => f.write_str("the database answered without a row"),
            column => write!(f, "column {column} of an answer is missing or of another type"),
        }
    }
}

impl core::error::Error for AnswerError {}
