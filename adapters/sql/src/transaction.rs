use core::fmt;
use core::future::Future;

use repass::account::{Account, AccountId, AccountWrite, Written};
use repass::port::{Accounts, PortError, Ports};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Call, Change, CommitError, Step};
use repass::time::UtcDateTime;

use crate::execute::{Execute, Within};
use crate::store::attempts;
use crate::{Answer, AttemptStatements, Driver, Query};

/// A transaction that a service has begun, in the database that has attempts and accounts. Implementers
/// write `async fn`.
///
/// With it a service that keeps everything in one database sets a password together with changes of its
/// own, such as the end of all sessions: all of it happens, or nothing. Hand the transaction to
/// [`SqlAccounts::commit_within`](crate::SqlAccounts::commit_within) or
/// [`SimpleAccounts::commit_within`](crate::SimpleAccounts::commit_within), do the rest in
/// [`Uncommitted::transaction`], and end it with [`Uncommitted::commit`].
///
/// | call | where | why |
/// |---|---|---|
/// | the attempt is marked as running | in the transaction | rolled back, its secret is as good as before |
/// | the account is changed | in the transaction | the condition is in the row that is changed, so a second transaction waits for the first one and then changes nothing |
/// | the operator is asked about | the [`Accounts`] of the service, and not in it | the rule is the service's own, and only reads: see below |
/// | guesses, messages and requests are counted | never in it | a roll-back would give a guess back |
/// | notices, and the end of the attempt | after it, by [`settle`](Recovery::settle) | nobody is told of a password that was not set |
///
/// Types see to it. A transaction is no [`Driver`], so no [`Store`](crate::Store) and no port is made of
/// one, and there is no [`AfterReset`] before the commit. A crash between the commit and
/// [`settle`](Recovery::settle) is found by [`housekeep`](Recovery::housekeep), as ever.
///
/// ```compile_fail,E0277
/// # use repass_sql::{Names, Store, Transaction};
/// fn counters_in_it<T: Transaction>(transaction: T) {
///     let _ = Store::new(transaction, &Names::default());
/// }
/// ```
///
/// ```compile_fail,E0308
/// # use repass_sql::{Transaction, Uncommitted, repass};
/// # use repass::{port::{PortFailure, Ports}, recovery::Recovery, time::UtcDateTime};
/// async fn settled_too_early<T: Transaction, P: Ports>(
///     set: Uncommitted<T>,
///     recovery: &Recovery<P>,
///     now: UtcDateTime,
/// ) -> Result<(), PortFailure> {
///     recovery.settle(&set, now).await
/// }
/// ```
///
/// **Operators.** [`may_administer`](Accounts::may_administer) is asked while the transaction holds its
/// connection. Where it reads from a database, give it a pool of its own. If it takes its connection from
/// the pool of the transaction, as many commits for operators as the pool has places wait for each
/// other, until the pool refuses them and they are rolled back. It must not write: on SQLite it would
/// wait for the transaction, which waits for it.
///
/// 1. [`run`](Self::run) carries out one statement in the transaction.
/// 2. [`commit`](Self::commit) ends the whole transaction, not a savepoint in it, and answers once it is
///    on the disk. After an error nobody knows whether it was committed.
/// 3. Where a value is dropped, its transaction is rolled back.
pub trait Transaction: Send + Sized {
    /// The driver of the same database.
    type Driver: Driver;

    /// Carries out one statement.
    ///
    /// # Errors
    ///
    /// Any error of the database. The transaction is rolled back then.
    fn run(&mut self, query: Query) -> impl Future<Output = Result<Answer, PortError>> + Send;

    /// Commits it.
    ///
    /// # Errors
    ///
    /// Any error of the database, whether or not it was committed.
    fn commit(self) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Rolls it back.
    ///
    /// # Errors
    ///
    /// Any error of the database. It was not committed in any case.
    fn roll_back(self) -> impl Future<Output = Result<(), PortError>> + Send;
}

/// A password that was set in a transaction which is not committed yet. Where it is dropped, the
/// transaction is rolled back: the password is the one before, and the secret can be used again.
///
/// Commit soon. The rows of attempt and account are locked until then, and on SQLite everything else that
/// writes waits, counters as well. Call nothing else of the crate meanwhile.
#[must_use = "the transaction is rolled back where it is dropped"]
pub struct Uncommitted<T> {
    transaction: T,
    after: AfterReset,
}

impl<T: Transaction> Uncommitted<T> {
    /// The transaction, for what the service changes together with the password.
    ///
    /// Only run statements in it. Do not end it with a statement, and do not put another transaction in its
    /// place, as `core::mem::replace` does: [`commit`](Self::commit) would commit the other one, and say that
    /// a password was set which is rolled back.
    pub const fn transaction(&mut self) -> &mut T {
        &mut self.transaction
    }

    /// Whose password it is.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        self.after.account()
    }

    /// Commits the transaction. What follows from the change is to be done, and
    /// [settled](Recovery::settle).
    ///
    /// # Errors
    ///
    /// Any error of the database. Then nobody knows whether the password was set: either the secret works
    /// again, or [`housekeep`](Recovery::housekeep) returns what follows from the change.
    pub async fn commit(self) -> Result<AfterReset, PortError> {
        self.transaction.commit().await?;
        Ok(self.after)
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    ///
    /// Any error of the database. The password was not set in any case.
    pub async fn roll_back(self) -> Result<(), PortError> {
        self.transaction.roll_back().await
    }
}

impl<T> fmt::Debug for Uncommitted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Uncommitted").field("account", self.after.account()).finish_non_exhaustive()
    }
}

/// A user table whose statements can be carried out anywhere.
pub(crate) trait Table: Sync {
    fn load_on<E: Execute>(
        &self,
        on: &mut E,
        id: &AccountId,
    ) -> impl Future<Output = Result<Option<Account>, PortError>> + Send;

    fn write_on<E: Execute>(
        &self,
        on: &mut E,
        write: &AccountWrite,
    ) -> impl Future<Output = Result<Written, PortError>> + Send;
}

/// Sets a password in a transaction of the service; rolls it back if nothing was set.
pub(crate) async fn commit_within<T: Transaction, P: Ports>(
    mut transaction: T,
    table: &impl Table,
    statements: &AttemptStatements,
    recovery: &Recovery<P>,
    change: Change,
    now: UtcDateTime,
) -> Result<Uncommitted<T>, CommitError> {
    let mut on = Within(&mut transaction);
    let mut step = recovery.flow().commit(change, now);
    let committed = loop {
        step = match step {
            Step::Done(committed) => break committed,
            Step::Insert(call) => {
                let answer = attempts::insert(statements, &mut on, &call.question().row).await;
                call.reply(answer)
            }
            Step::LoadAttempt(call) => {
                let answer = attempts::load(statements, &mut on, &call.question().id).await;
                call.reply(answer)
            }
            Step::Swap(call) => {
                let swap = call.question();
                let answer = attempts::swap(statements, &mut on, &swap.seen, &swap.next).await;
                call.reply(answer)
            }
            Step::LoadAccount(call) => {
                let answer = table.load_on(&mut on, &call.question().id).await;
                call.reply(answer)
            }
            Step::Write(call) => {
                let answer = table.write_on(&mut on, call.question()).await;
                call.reply(answer)
            }
            Step::MayAdminister(call) => {
                let asked = call.question();
                let accounts = recovery.ports().accounts();
                let answer = accounts.may_administer(&asked.operator, &asked.id, now).await;
                call.reply(answer)
            }
            Step::Find(call) => outside(call),
            Step::Past(call) => outside(call),
            Step::ListAttempts(call) => outside(call),
            Step::EraseAttempts(call) => outside(call),
            Step::Unfinished(call) => outside(call),
            Step::PurgeAttempts(call) => outside(call),
            Step::Count(call) => outside(call),
            Step::PurgeCounters(call) => outside(call),
            Step::Push(call) => outside(call),
            Step::Claim(call) => outside(call),
            Step::Finish(call) => outside(call),
            Step::PutOff(call) => outside(call),
            Step::EraseEntries(call) => outside(call),
            Step::Deliver(call) => outside(call),
        };
    };
    match committed {
        Ok(after) => Ok(Uncommitted { transaction, after }),
        Err(error) => {
            // Where this fails, the connection is gone, and the database rolls it back.
            let _ = transaction.roll_back().await;
            Err(error)
        }
    }
}

/// A commit does not ask this. If it did, a roll-back would take the answer back.
fn outside<'a, Q: repass::reset::Ask, T>(call: Call<'a, Q, T>) -> Step<'a, T> {
    call.reply(Err(PortError::new("this must not be in a transaction of the service")))
}
