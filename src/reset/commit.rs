use alloc::boxed::Box;
use alloc::sync::Arc;

use time::UtcDateTime;

use super::beginning::Beginning;
use super::change::{Cause, Temporary};
use super::flow::LEASE;
use super::step::{Asker, Insert, LoadAccount, LoadAttempt, MayAdminister, Step, Swap, operation};
use super::verified::Attempt;
use super::{AfterReset, Change, CommitError, Flow, WrongAnswer};
use crate::account::{Account, AccountWrite, WriteKind, Written};
use crate::attempt::{AttemptId, AttemptRow, Contents, Ground, Lease, Progress, Stage};
use crate::port::{Inserted, Port, PortFailure};
use crate::secret::PasswordHash;

/// A commit whose running row is in the store, or is about to be.
struct Begun {
    account: Arc<Account>,
    hash: PasswordHash,
    temporary: Option<Temporary>,
    running: Attempt,
    /// Whether an earlier commit of the same attempt crashed, which may have set the password.
    taken_over: bool,
}

impl Flow {
    /// Sets the password, in two recorded statements: one marks the attempt as running, the other is
    /// the conditional change of the account. What follows is to be done and
    /// [settled](Self::settle).
    ///
    /// # Errors
    ///
    /// The step ends with a [`CommitError`].
    pub fn commit(
        &self,
        change: Change,
        now: UtcDateTime,
    ) -> Step<'_, Result<AfterReset, CommitError>> {
        operation(move |ports| async move { self.committed(&ports, change, now).await })
    }

    async fn committed(
        &self,
        ports: &Asker,
        change: Change,
        now: UtcDateTime,
    ) -> Result<AfterReset, CommitError> {
        // What a flow of another tenant or purpose admitted is nothing here.
        if change.scope != self.scope_tag || now.unix_timestamp() >= change.usable_until {
            return Err(CommitError::Expired);
        }
        let Change { account, cause, usable_until, hash, temporary, .. } = change;
        if let Some(operator) = cause.operator().cloned() {
            // As late as it can be asked without a row that says that something was set.
            let asked = MayAdminister { operator, id: account.id().clone() };
            if !ports.ask(asked).await? {
                return Err(CommitError::OperatorRefused);
            }
        }
        let running = self.running(&account, &cause, usable_until, &hash, now);
        let running = running.ok_or(CommitError::Expired)?;
        let (began, taken_over) = match &cause {
            Cause::Attempt(seen) => {
                let taken_over = matches!(seen.row().progress, Progress::Running(_));
                (self.begin(ports, seen, running).await?, taken_over)
            }
            Cause::PresentPassword | Cause::Operator(_) => {
                let is_ours = insert_own(ports, running.shared()).await?;
                (is_ours.then_some(running), false)
            }
        };
        let running = began.ok_or(CommitError::Taken)?;
        self.set(ports, Begun { account, hash, temporary, running, taken_over }, now).await
    }

    /// Marks the attempt as running; `None` if another commit began first.
    ///
    /// A message of the attempt may have been sent again since the secret was shown, perhaps by a
    /// stranger who asked for it. That changes the row, and nothing that a commit depends on: then
    /// the row is marked as it is now.
    async fn begin(
        &self,
        ports: &Asker,
        seen: &Attempt,
        running: Attempt,
    ) -> Result<Option<Attempt>, PortFailure> {
        if ports.ask(Swap { seen: seen.shared(), next: running.shared() }).await? {
            return Ok(Some(running));
        }
        let stored = ports.ask(LoadAttempt { id: seen.row().id }).await?;
        let stored = stored.and_then(|row| self.verify_row(row).ok());
        let again = stored.filter(|stored| is_sent_again(seen.row(), stored.row()));
        let Some(again) = again else { return Ok(None) };
        let Some(running) = self.advance(&again, running.row().progress) else { return Ok(None) };
        let began = ports.ask(Swap { seen: again.shared(), next: running.shared() }).await?;
        Ok(began.then_some(running))
    }

    /// The conditional change of the account. When it did not take effect, the account is looked at
    /// once more: a statement that a pool carried out twice has changed it the first time.
    async fn set(
        &self,
        ports: &Asker,
        begun: Begun,
        now: UtcDateTime,
    ) -> Result<AfterReset, CommitError> {
        let Begun { account, hash, temporary, running, taken_over } = begun;
        let must_change = temporary.as_ref().map(|temporary| temporary.must_change);
        let kind = WriteKind::Password { hash, must_change };
        let write = AccountWrite::new(Arc::clone(&account), kind, now);
        let set = match ports.ask(write.clone()).await? {
            Written::Done { version, epoch } => {
                let after = write.apply(&account).ok_or(CommitError::Superseded)?;
                Ok(self.after(running, with_numbers(after, version, epoch)))
            }
            Written::Stale => {
                let account = ports.ask(LoadAccount { id: account.id().clone() }).await?;
                // The account is as it was: what the table lacks is a place for what was demanded.
                let fits = account.as_ref().is_some_and(|account| write.apply(account).is_some());
                // Boxed, as it is rare: otherwise the future of each commit would have room for it.
                let set = Box::pin(self.not_set(ports, running, taken_over, account)).await;
                set.map_err(|error| match error {
                    CommitError::Superseded if fits && must_change.is_some() => {
                        CommitError::MustChangeUnsupported
                    }
                    other => other,
                })
            }
        };
        set.map(|after| after.with_temporary(temporary))
    }

    /// What a change of nothing comes to, given the account as it is now.
    async fn not_set(
        &self,
        ports: &Asker,
        running: Attempt,
        taken_over: bool,
        account: Option<Account>,
    ) -> Result<AfterReset, CommitError> {
        if let Some(account) = account.filter(|account| self.has_come(&running, account)) {
            return Ok(self.after(running, account));
        }
        // An earlier commit that crashed may have set the password: its row stays, and what follows
        // from it with it.
        let ended = if taken_over { None } else { self.advance(&running, Progress::Ended) };
        if let Some(ended) = ended {
            ports.ask(Swap { seen: running.shared(), next: ended.shared() }).await?;
        }
        Err(CommitError::Superseded)
    }

    /// The row that records the commit; `None` when its key is gone.
    fn running(
        &self,
        account: &Account,
        cause: &Cause,
        usable_until: i64,
        hash: &PasswordHash,
        now: UtcDateTime,
    ) -> Option<Attempt> {
        let now = now.unix_timestamp();
        let key_id = match cause {
            Cause::Attempt(seen) => seen.row().key_id,
            Cause::PresentPassword | Cause::Operator(_) => self.keyring.signing_id(),
        };
        let lease = Lease {
            until: now.saturating_add(LEASE),
            hash_seen: *self.hash_tag(key_id, account.id(), account.stored_password())?.bytes(),
            // The new hash is salted, so no two commits write the same row.
            hash_to_come: *self.hash_tag(key_id, account.id(), Some(hash))?.bytes(),
        };
        let progress = Progress::Running(lease);
        let ground = match cause {
            Cause::Attempt(seen) => return self.advance(seen, progress),
            Cause::PresentPassword => Ground::Change,
            Cause::Operator(operator) => Ground::Operator(operator.clone()),
        };
        // The digest of a salted hash names this change and no other.
        let (id, _) = lease.hash_to_come.split_first_chunk()?;
        let id = AttemptId::from_bytes(*id);
        let change = self.row_without_secret(id, ground, account, usable_until, now)?;
        self.advance(&change, progress)
    }

    /// The row of a change by a person who knows the present password.
    pub(crate) fn change_row(
        &self,
        id: AttemptId,
        account: &Account,
        usable_until: i64,
        now: i64,
    ) -> Option<Attempt> {
        self.row_without_secret(id, Ground::Change, account, usable_until, now)
    }

    /// The row of a change for which no secret is sent.
    fn row_without_secret(
        &self,
        id: AttemptId,
        ground: Ground,
        account: &Account,
        usable_until: i64,
        now: i64,
    ) -> Option<Attempt> {
        let beginning = Beginning::without_message(ground, Contents::Nothing, usable_until);
        self.begun(id, account, beginning, now)
    }

    fn after(&self, running: Attempt, account: Account) -> AfterReset {
        let tag = match running.row().ground {
            Ground::Change => Some(self.session_tag(&account)),
            Ground::Reset | Ground::FirstPassword | Ground::Operator(_) | Ground::Address => None,
        };
        AfterReset::new(Arc::new(account), running, tag)
    }

    /// Whether the account has the password that the commit of `running` was to set.
    fn has_come(&self, running: &Attempt, account: &Account) -> bool {
        let row = running.row();
        let Progress::Running(lease) = row.progress else { return false };
        let tag = self.hash_tag(row.key_id, account.id(), account.stored_password());
        *account.id() == row.account && tag.is_some_and(|tag| tag.matches(&lease.hash_to_come))
    }
}

/// Adds the row of a change for which no secret was sent; whether it is in the table. One
/// of its id that is there already is our own, if its bytes are the same: a statement that was carried
/// out twice.
async fn insert_own(ports: &Asker, row: Arc<AttemptRow>) -> Result<bool, PortFailure> {
    match ports.ask(Insert { row: Arc::clone(&row) }).await? {
        Inserted::Done => Ok(true),
        Inserted::Exists => {
            let stored = ports.ask(LoadAttempt { id: row.id }).await?;
            Ok(stored.is_some_and(|stored| stored == *row))
        }
    }
}

/// Adds the row of a new attempt, of whose id there can be no other: its seed was drawn for it alone.
pub(crate) async fn insert_new(ports: &Asker, attempt: &Attempt) -> Result<(), PortFailure> {
    if insert_own(ports, attempt.shared()).await? {
        Ok(())
    } else {
        Err(PortFailure::new(Port::Attempts, WrongAnswer.into()))
    }
}

/// Whether the row of a live attempt has changed only because its message was sent again.
fn is_sent_again(seen: &AttemptRow, stored: &AttemptRow) -> bool {
    let are_live = [seen, stored].iter().all(|row| row.stage() == Stage::Live);
    are_live && stored.fixed_digest() == seen.fixed_digest() && stored.sends > seen.sends
}

/// The account with the numbers that the host stores now.
fn with_numbers(account: Account, version: Option<u64>, epoch: Option<u64>) -> Account {
    let account = match version {
        Some(version) => account.with_version(version),
        None => account,
    };
    match epoch {
        Some(epoch) => account.with_epoch(epoch),
        None => account,
    }
}
