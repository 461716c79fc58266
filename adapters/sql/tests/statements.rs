//! What the texts of the statements promise about themselves.

#![allow(clippy::tests_outside_test_module, reason = "it is a test")]

use std::collections::BTreeSet;

use repass_sql::{Dialect, Distribution, Identifier, Names, Part, Statement, statements};

const DIALECTS: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

fn all(dialect: Dialect, names: &Names) -> Vec<(&'static str, Statement)> {
    let all = statements(dialect, names);
    let groups =
        [all.attempts.all(), all.counters.all(), all.queue.all(), all.accounts.all()].concat();
    groups.into_iter().map(|(name, statement)| (name, statement.clone())).collect()
}

/// The tables that a statement names, without schema and prefix.
fn tables(sql: &str) -> BTreeSet<&str> {
    let mut names = sql.split("\"repass_").skip(1);
    let mut tables = BTreeSet::new();
    for name in &mut names {
        tables.extend(name.split_once('"').map(|(table, _)| table));
    }
    tables
}

#[test]
fn each_statement_names_its_distribution_column_and_no_other_table() {
    for dialect in DIALECTS {
        for (name, statement) in all(dialect, &Names::default()) {
            let sql = statement.sql();
            let column = match statement.part() {
                Part::Attempts => "id",
                Part::Counters => "key",
                Part::Queue => "attempt",
                _ => continue,
            };
            assert_eq!(tables(sql).len(), 1, "{name}: {sql}");
            match statement.distribution() {
                // It binds one value of the column: in its condition, or in the row that it adds.
                Distribution::By(by) => {
                    assert_eq!(by, column, "{name}");
                    let first = if dialect == Dialect::Sqlite { "?1" } else { "$1" };
                    let condition = format!("WHERE {column} = {first}");
                    let table = sql.split_once('(').map_or("", |(_, columns)| columns);
                    let adds = sql.starts_with("INSERT")
                        && table.starts_with(&format!("{column}, "))
                        && sql.contains(&format!("VALUES ({first}, "));
                    assert!(adds || sql.contains(&condition), "{name}: {sql}");
                }
                _ => {
                    let every = ["list", "unfinished", "purge", "erase", "push", "claim"];
                    assert!(every.contains(&name), "{name} asks every server");
                }
            }
        }
    }
}

#[test]
fn a_table_is_always_qualified_and_quoted() -> Result<(), repass_sql::NameError> {
    let names = Names::with_prefix("Select_")?.in_schema("Order")?;
    for dialect in DIALECTS {
        let migrations = statements(dialect, &names).migrations;
        let mut texts: Vec<_> =
            all(dialect, &names).into_iter().map(|(_, statement)| statement).collect();
        texts.extend([migrations.make_versions, migrations.versions, migrations.add_version]);
        for statement in texts {
            let sql = statement.sql();
            let named = sql.matches("\"Select_").count();
            assert!(named > 0, "{sql}");
            assert_eq!(sql.matches("\"Order\".\"Select_").count(), named, "{sql}");
        }
        for migration in migrations.store.iter().chain(&migrations.accounts) {
            for statement in &migration.statements {
                assert!(statement.sql().contains("\"Order\".\"Select_"), "{}", statement.sql());
            }
        }
    }
    Ok(())
}

#[test]
fn the_values_of_a_statement_are_numbered_without_a_gap() {
    for dialect in DIALECTS {
        let sign = if dialect == Dialect::Sqlite { '?' } else { '$' };
        for (name, statement) in all(dialect, &Names::default()) {
            let mut numbers = BTreeSet::new();
            for part in statement.sql().split(sign).skip(1) {
                let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                numbers.insert(digits.parse::<usize>().unwrap_or(0));
            }
            assert_eq!(numbers, (1..=numbers.len()).collect(), "{name}");
        }
    }
}

#[test]
fn both_dialects_bind_and_return_the_same() {
    let names = Names::default();
    for ((name, sqlite), (_, postgres)) in
        all(Dialect::Sqlite, &names).iter().zip(&all(Dialect::Postgres, &names))
    {
        assert_eq!(sqlite.returns(), postgres.returns(), "{name}");
        assert_eq!(sqlite.distribution(), postgres.distribution(), "{name}");
        let highest = |sql: &str, sign: char| {
            let numbers = sql.split(sign).skip(1).map(|part| {
                let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                digits.parse::<u32>().unwrap_or(0)
            });
            numbers.max()
        };
        assert_eq!(highest(sqlite.sql(), '?'), highest(postgres.sql(), '$'), "{name}");
    }
}

#[test]
fn hostile_names_are_refused() {
    for name in
        ["", "1a", "a b", "a\"b", "a.b", "a;b", "a-b", "\u{e4}", "a\0", "a'--", &"a".repeat(64)]
    {
        assert!(Identifier::new(name).is_err(), "{name:?}");
        assert!(Names::default().in_schema(name).is_err(), "{name:?}");
    }
    for name in ["a", "_", "A1", "select", &"a".repeat(63)] {
        assert!(Identifier::new(name).is_ok(), "{name:?}");
    }
    for prefix in ["a\"", "a b", "1", &"a".repeat(43)] {
        assert!(Names::with_prefix(prefix).is_err(), "{prefix:?}");
    }
    // Without a prefix the names are those of the tables; with the longest one none is cut off.
    assert!(Names::with_prefix("").is_ok());
    assert!(Names::with_prefix(&"a".repeat(42)).is_ok());
}
