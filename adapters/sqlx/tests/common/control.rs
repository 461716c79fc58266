//! Statements with one mistake each: the conformance suites find it.

use repass::conformance::{accounts, attempts, counters, queue};
use repass_sqlx::repass_sql::{Dialect, Driver, Statement, Statements};

use super::{Db, Result, mistaken, skipped};

/// What a careless author would write, and the clause that it breaks.
struct Mistake {
    statement: fn(&mut Statements) -> &mut Statement,
    find: &'static str,
    put: &'static str,
    broken: &'static str,
}

const fn mistake(
    statement: fn(&mut Statements) -> &mut Statement,
    find: &'static str,
    put: &'static str,
    broken: &'static str,
) -> Mistake {
    Mistake { statement, find, put, broken }
}

/// Parameters are written as `?1`.
const MISTAKES: [Mistake; 19] = [
    mistake(
        |all| &mut all.attempts.insert,
        "DO NOTHING",
        "DO UPDATE SET seal = excluded.seal, bytes = excluded.bytes",
        "insert_never_overwrites",
    ),
    mistake(
        |all| &mut all.attempts.swap,
        "AND seal IN (?2, ?3)",
        "AND (seal IN (?2, ?3) OR TRUE)",
        "swap_lets_one_of_two_succeed",
    ),
    mistake(
        |all| &mut all.attempts.swap,
        "seal IN (?2, ?3)",
        "seal = ?2",
        "swap_answers_its_own_repeat",
    ),
    mistake(
        |all| &mut all.attempts.unfinished,
        "lease_until <= ?1 OR",
        "lease_until < ?1 OR",
        "unfinished_finds_every_crashed_commit",
    ),
    mistake(
        |all| &mut all.attempts.unfinished,
        "ORDER BY id",
        "ORDER BY id DESC",
        "unfinished_pages_by_the_bytes_of_the_id",
    ),
    mistake(
        |all| &mut all.attempts.list,
        "subject = ?1",
        "subject = ?1 AND stage = 'live'",
        "list_returns_the_rows_of_one_subject",
    ),
    mistake(
        |all| &mut all.attempts.purge,
        "AND stage <> 'running'",
        "",
        "purge_spares_what_is_kept",
    ),
    mistake(
        |all| &mut all.attempts.erase,
        "subject = ?1",
        "subject = ?1 AND stage = 'live'",
        "erase_deletes_the_rows_of_one_subject",
    ),
    mistake(|all| &mut all.queue.push, "<> 3 OR", "<> 9 AND", "push_bounds_the_requests_that_wait"),
    mistake(
        |all| &mut all.queue.claim,
        "scope = ?3 AND",
        "(scope = ?3 OR TRUE) AND",
        "claim_takes_only_its_scope",
    ),
    mistake(
        |all| &mut all.queue.claim,
        "ORDER BY kind, due",
        "ORDER BY due",
        "claim_takes_requests_last",
    ),
    mistake(
        |all| &mut all.queue.claim,
        " OR due > ?6",
        " OR due > ?6 + 999999999999999",
        "claim_takes_what_a_wrong_clock_put_off",
    ),
    mistake(
        |all| &mut all.queue.done,
        "token = ?3",
        "(token = ?3 OR TRUE)",
        "done_needs_the_token",
    ),
    mistake(
        |all| &mut all.queue.retry,
        "token = ?3",
        "(token = ?3 OR TRUE)",
        "retry_needs_the_token",
    ),
    mistake(
        |all| &mut all.accounts.set_password,
        "AND version = ?3",
        "AND (version = ?3 OR TRUE)",
        "write_sees_contacts_that_changed_meanwhile",
    ),
    mistake(
        |all| &mut all.accounts.rehash,
        "id = ?1 AND",
        "id = ?1 OR",
        "write_is_stale_where_the_account_changed",
    ),
    mistake(
        |all| &mut all.accounts.find_by_email,
        "WHERE canonical = ?1",
        "WHERE canonical = ?1 AND state = 'verified'",
        "find_returns_every_account_that_the_lookup_names",
    ),
    mistake(
        |all| &mut all.accounts.past,
        "ORDER BY number DESC",
        "ORDER BY number",
        "past_returns_the_newest_first",
    ),
    mistake(
        |all| &mut all.counters.count,
        "excluded.ends_at ELSE",
        "excluded.ends_at + 1 ELSE",
        "counter_opens_with_its_first_count",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_a_statement_breaks_the_clause_about_it() -> Result {
    if skipped() {
        return Ok(());
    }
    for Mistake { statement, find, put, broken } in MISTAKES {
        let [find, put] = [find, put].map(|text| match Db::DIALECT {
            Dialect::Postgres => text.replace('?', "$"),
            _ => text.to_owned(),
        });
        let fixture = mistaken(move |all| {
            let statement = statement(all);
            let sql = statement.sql().replacen(&find, &put, 1);
            assert_ne!(sql, **statement.sql(), "{find} is not in the statement");
            *statement = statement.clone().with_sql(sql);
        })?;
        // Each suite judges its own clauses.
        let mut judged = Vec::new();
        for clause in attempts::Clause::ALL {
            if clause.code() == broken {
                judged.push(attempts::judge(clause, &fixture).await.is_broken());
            }
        }
        for clause in counters::Clause::ALL {
            if clause.code() == broken {
                judged.push(counters::judge(clause, &fixture).await.is_broken());
            }
        }
        for clause in queue::Clause::ALL {
            if clause.code() == broken {
                judged.push(queue::judge(clause, &fixture).await.is_broken());
            }
        }
        for clause in accounts::Clause::ALL {
            if clause.code() == broken {
                judged.push(accounts::judge(clause, &fixture).await.is_broken());
            }
        }
        assert_eq!(judged, [true], "{broken}");
    }
    Ok(())
}
