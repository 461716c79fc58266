//! The statements, and why each is written the way it is.

mod accounts;
mod attempts;
mod counters;
mod migrations;
mod queue;

pub use self::accounts::AccountStatements;
pub use self::attempts::AttemptStatements;
pub use self::counters::CounterStatements;
pub use self::migrations::{Migration, MigrationStatements};
pub use self::queue::QueueStatements;

use crate::{Dialect, Names};

/// All statements over the tables of these names. They bind the same values in both dialects.
///
/// ```
/// use repass_sql::{Dialect, Names, statements};
///
/// let statements = statements(Dialect::Postgres, &Names::default());
/// let swap = statements.attempts.swap.sql();
/// assert!(swap.contains(r#"UPDATE "public"."repass_attempt""#));
/// assert!(swap.contains("WHERE id = $1 AND seal IN ($2, $3)"));
/// ```
#[must_use]
pub fn statements(dialect: Dialect, names: &Names) -> Statements {
    Statements {
        names: names.clone(),
        attempts: AttemptStatements::new(dialect, names),
        counters: CounterStatements::new(dialect, names),
        queue: QueueStatements::new(dialect, names),
        accounts: AccountStatements::new(dialect, names),
        migrations: MigrationStatements::new(dialect, names),
    }
}

/// The statements of all ports.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statements {
    /// The names of the tables.
    pub names: Names,
    /// Attempts.
    pub attempts: AttemptStatements,
    /// Counters.
    pub counters: CounterStatements,
    /// The queue.
    pub queue: QueueStatements,
    /// The simple user table.
    pub accounts: AccountStatements,
    /// The tables themselves.
    pub migrations: MigrationStatements,
}

/// A struct with a statement in each field, and its constructor.
macro_rules! group {
    (
        $(#[$about:meta])*
        $group:ident of $part:ident {
            $(
                $(#[$doc:meta])*
                $name:ident, $distribution:expr, [$($returns:ident),*], $sqlite:expr, $postgres:expr;
            )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $group {
            $($(#[$doc])* pub $name: Statement,)*
        }

        impl $group {
            pub(super) fn new(dialect: Dialect, names: &Names) -> Self {
                Self {
                    $($name: {
                        let template = match dialect {
                            Dialect::Sqlite => $sqlite,
                            Dialect::Postgres => $postgres,
                        };
                        let sql = render(template, names, dialect);
                        let returns = &[$(ColumnType::$returns),*];
                        Statement::new(sql, Part::$part, $distribution, returns)
                    },)*
                }
            }

            /// All of them, with their names.
            #[must_use]
            pub fn all(&self) -> Vec<(&'static str, &Statement)> {
                vec![$((stringify!($name), &self.$name)),*]
            }
        }
    };
}

use group;
