//! Threads that race for one secret, one account, one counter: one wins, and quotas hold
//! (GHSA-r3xq-68wh-gwvh, CVE-2024-4629).

#[path = "support/world.rs"]
mod world;

use core::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::collections::HashSet;
use std::sync::Barrier;
use std::thread::yield_now;

use repass::account::{Account, AccountId, Lookup};
use repass::accounts::Accounts;
use repass::attempt::AttemptId;
use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
use repass::policy::Policy;
use repass::port::PortError;
use repass::reset::{
    Admitted, Change, Delivery, Outcome, PasswordWrite, PendingReset, Proof, Refusal,
    RefusalReason, Request, Stage,
};
use repass::secret::{Password, PasswordHash, Salt, Seed};
use repass::service::{AdmitError, CommitError, RequestError, Service};
use repass::store::{Inserted, ResetStore};
use repass::throttle::{Count, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use self::world::{Dice, ada, at, flow, hasher, id, secret_in};

const TASKS: usize = 64;
const ROUNDS: usize = 50;

#[test]
fn of_64_commits_with_one_link_exactly_one_wins() {
    for round in 0..ROUNDS {
        let mut dice = Dice(round as u64);
        let service = service(&mut dice);
        let links = links(&service, &mut dice, 1);
        let outcomes = race(&service, &links);
        assert_one_winner(&service, &outcomes);
        // The store already lets one begin, so that the others never reach the user table.
        let taken = |outcome: &&Result<_, _>| matches!(outcome, Err(CommitError::Taken));
        assert_eq!(outcomes.iter().filter(taken).count(), TASKS - 1);
    }
}

#[test]
fn of_64_commits_with_two_links_of_one_account_exactly_one_wins() {
    for round in 0..ROUNDS {
        let mut dice = Dice(round as u64);
        let service = service(&mut dice);
        let links = links(&service, &mut dice, 2);
        assert_one_winner(&service, &race(&service, &links));
    }
}

#[test]
fn control_accounts_that_check_and_then_act_let_two_links_win() {
    for round in 0..ROUNDS {
        let mut dice = Dice(round as u64);
        let accounts = CheckThenAct::new(MemoryAccounts::new([ada(&mut dice)]), 2);
        let service = service_over(accounts, MemoryStore::new());
        let links = links(&service, &mut dice, 2);
        assert_eq!(winners(&race(&service, &links)).len(), 2);
    }
}

#[test]
fn control_a_store_and_accounts_that_check_and_then_act_let_all_64_win() {
    let mut dice = Dice(1);
    let accounts = CheckThenAct::new(MemoryAccounts::new([ada(&mut dice)]), TASKS);
    let store = CheckThenAct::new(MemoryStore::new(), TASKS);
    let service = service_over(accounts, store);
    let links = links(&service, &mut dice, 1);
    assert_eq!(winners(&race(&service, &links)).len(), TASKS);
}

#[test]
fn cve_2024_4629_parallel_wrong_codes_never_pass_the_quota_of_a_handle() {
    let mut dice = Dice(1);
    let service = service(&mut dice);
    let (request, code) = sent_code(&service, &mut dice, 0);
    let answers = guess_in_parallel(&service, &[request.handle().expose_secret()], &code, 200, 1);
    // Each comparison has a number of its own: none was made twice, none beyond the quota.
    assert_eq!(compared(&answers), [0, 1, 2, 3, 4]);
    let spent =
        |answer: &&Refusal| reason_of(answer) == Some((RefusalReason::HandleSpent, Some(0)));
    assert_eq!(answers.iter().filter(spent).count(), 195);
    // The right one comes too late.
    let proof = Proof::Code { handle: request.handle().expose_secret(), code: &code };
    let late = pollster::block_on(service.admit(proof, None, at(9)));
    assert!(spent(&&refusal_of(late)));
}

#[test]
fn parallel_wrong_codes_on_many_handles_never_pass_the_quota_of_the_account() {
    let mut dice = Dice(1);
    let service = service(&mut dice);
    let mut comparisons = 0;
    // Six messages, three at a time, in two half hours: 30 tries on their handles, 15 on the account.
    for half_hour in [0, 1] {
        let now = half_hour * 3_601;
        let sent: Vec<_> = (0..3).map(|_| sent_code(&service, &mut dice, now)).collect();
        let handles: Vec<_> =
            sent.iter().map(|(request, _)| request.handle().expose_secret()).collect();
        let answers = guess_in_parallel(&service, &handles, &sent[0].1, 200, now);
        comparisons += compared(&answers).len();
    }
    assert_eq!(comparisons, 15);
}

#[test]
fn a_flood_of_64_runs_leaves_three_live_attempts_and_three_letters() {
    let mut dice = Dice(1);
    let service = service(&mut dice);
    // Past the throttle of requests, which would stop most of them.
    let made = |_| {
        let seed = Seed::generate(&mut dice).unwrap();
        service.flow().request(lookup(), Delivery::EmailLink, seed, at(0)).unwrap()
    };
    let requests: Vec<Request> = (0..TASKS).map(made).collect();
    assert_eq!(run_all(&service, &requests, 0), 3);
    assert_eq!(live_rows(&service, 0), 3);
}

#[test]
fn floods_within_an_hour_send_five_letters_at_most() {
    let mut dice = Dice(1);
    let service = service(&mut dice);
    let mut sent = 0;
    // Codes live for ten minutes, so that each flood finds no live attempt of the one before.
    for minutes in [0, 11, 22, 33, 44] {
        let now = minutes * 60;
        let made = |_| {
            let seed = Seed::generate(&mut dice).unwrap();
            service.flow().request(lookup(), Delivery::EmailCode, seed, at(now)).unwrap()
        };
        let requests: Vec<Request> = (0..TASKS).map(made).collect();
        sent += run_all(&service, &requests, now);
        assert!(live_rows(&service, now) <= 3);
    }
    assert!((3..=5).contains(&sent), "{sent}");
}

#[test]
fn of_64_requests_for_one_address_ten_are_taken_known_or_not() {
    for address in ["ada@example.org", "nobody@example.org"] {
        let mut dice = Dice(1);
        let service = service(&mut dice);
        let seeds: Vec<Seed> = (0..TASKS).map(|_| Seed::generate(&mut dice).unwrap()).collect();
        let answers = in_parallel(seeds, |_, seed| {
            let lookup = Lookup::email(address).unwrap();
            pollster::block_on(service.request(lookup, Delivery::EmailLink, seed, at(0)))
        });
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        let throttled =
            |answer: &&Result<_, _>| matches!(answer, Err(RequestError::Throttled { .. }));
        assert_eq!((taken, answers.iter().filter(throttled).count()), (10, 54), "{address}");
    }
}

type Memory = Service<MemoryAccounts, MemoryStore, Outbox>;

fn service(dice: &mut Dice) -> Memory {
    service_over(MemoryAccounts::new([ada(dice)]), MemoryStore::new())
}

fn service_over<A: Accounts, S: ResetStore>(accounts: A, store: S) -> Service<A, S, Outbox> {
    Service::new(flow().build().unwrap(), accounts, store, Outbox::new())
}

fn lookup() -> Lookup {
    Lookup::email("ada@example.org").unwrap()
}

/// One thread for each value, all of which begin together.
fn in_parallel<V: Send, T: Send>(values: Vec<V>, task: impl Fn(usize, V) -> T + Sync) -> Vec<T> {
    let (started, task) = (&Barrier::new(values.len()), &task);
    std::thread::scope(|scope| {
        let threads: Vec<_> = values
            .into_iter()
            .enumerate()
            .map(|(number, value)| {
                scope.spawn(move || {
                    started.wait();
                    task(number, value)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn links<A: Accounts, S: ResetStore>(
    service: &Service<A, S, Outbox>,
    dice: &mut Dice,
    count: usize,
) -> Vec<String> {
    let link = |_| {
        let seed = Seed::generate(dice).unwrap();
        let request = service.request(lookup(), Delivery::EmailLink, seed, at(0));
        let report = pollster::block_on(service.run(&pollster::block_on(request).unwrap(), at(0)));
        assert_eq!(report.unwrap().disclose(), Outcome::Sent);
        let letter = service.notifier().take_letter().unwrap();
        secret_in(service.flow().render(&letter, at(0)).unwrap().expose_secret())
    };
    (0..count).map(link).collect()
}

/// All are let in before the first commits. Each returns the hash it set, or why it did not.
fn race<A: Accounts, S: ResetStore>(
    service: &Service<A, S, Outbox>,
    links: &[String],
) -> Vec<Result<PasswordHash, CommitError>> {
    let changes = in_parallel((0..TASKS).collect(), |number, _: usize| {
        let proof = Proof::Link(&links[number % links.len()]);
        let admitted: Admitted = pollster::block_on(service.admit(proof, None, at(1))).unwrap();
        let new = Password::new(format!("plum-kettle-{number}")).unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let salt = Salt::generate(&mut Dice(1_000 + number as u64)).unwrap();
        admitted.set_password(&new, &policy, &hasher(), salt).unwrap()
    });
    in_parallel(changes, |_, change: Change| {
        let hash = change.write().new_hash().clone();
        pollster::block_on(service.commit(change, at(2))).map(|_after| hash)
    })
}

fn winners(outcomes: &[Result<PasswordHash, CommitError>]) -> Vec<&PasswordHash> {
    outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect()
}

fn assert_one_winner(service: &Memory, outcomes: &[Result<PasswordHash, CommitError>]) {
    let [winner] = winners(outcomes)[..] else { panic!("{outcomes:?}") };
    let stored = service.accounts().all();
    assert!(stored[0].password() == Some(winner));
    for lost in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(matches!(lost, CommitError::Taken | CommitError::Superseded), "{lost:?}");
    }
}

fn sent_code(service: &Memory, dice: &mut Dice, now: i64) -> (Request, String) {
    let seed = Seed::generate(dice).unwrap();
    let request = service.request(lookup(), Delivery::EmailCode, seed, at(now));
    let request = pollster::block_on(request).unwrap();
    let report = pollster::block_on(service.run(&request, at(now))).unwrap();
    assert_eq!(report.disclose(), Outcome::Sent);
    let letter = service.notifier().take_letter().unwrap();
    let code = secret_in(service.flow().render(&letter, at(now)).unwrap().expose_secret());
    (request, code)
}

/// So many guesses at once, of which none is `code`, the handles taking turns.
fn guess_in_parallel(
    service: &Memory,
    handles: &[&str],
    code: &str,
    guesses: usize,
    now: i64,
) -> Vec<Refusal> {
    in_parallel((0..guesses).collect(), |number, _: usize| {
        let wrong = wrong_code(code, number);
        let proof = Proof::Code { handle: handles[number % handles.len()], code: &wrong };
        refusal_of(pollster::block_on(service.admit(proof, None, at(now))))
    })
}

/// Another code, told by its number: the last two letters count, the first one differs.
fn wrong_code(code: &str, number: usize) -> String {
    const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
    let first = if code.starts_with('B') { 'C' } else { 'B' };
    let letter = |value: usize| char::from(LETTERS[value % LETTERS.len()]);
    format!("{first}{}{}{}", &code[1..7], letter(number / LETTERS.len()), letter(number))
}

fn refusal_of(admitted: Result<Admitted, AdmitError>) -> Refusal {
    match admitted {
        Err(AdmitError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

fn reason_of(refusal: &Refusal) -> Option<(RefusalReason, Option<u32>)> {
    match refusal {
        Refusal::Refused { reason, tries_left, .. } => Some((*reason, *tries_left)),
        _ => None,
    }
}

/// What was left of the handle after each guess that was compared, in order.
fn compared(answers: &[Refusal]) -> Vec<u32> {
    let mut left: Vec<u32> = answers
        .iter()
        .filter_map(|answer| match reason_of(answer)? {
            (RefusalReason::WrongCode, left) => left,
            _ => None,
        })
        .collect();
    left.sort_unstable();
    left
}

/// Runs all at once; how many letters there are.
fn run_all(service: &Memory, requests: &[Request], now: i64) -> usize {
    let outcomes = in_parallel(requests.iter().collect(), |_, request: &Request| {
        pollster::block_on(service.run(request, at(now))).unwrap().disclose()
    });
    let sent = outcomes.iter().filter(|outcome| **outcome == Outcome::Sent).count();
    let letters: HashSet<[u8; 20]> = core::iter::from_fn(|| service.notifier().take_letter())
        .map(|letter| *letter.id().as_bytes())
        .collect();
    assert_eq!(letters.len(), sent);
    sent
}

fn live_rows(service: &Memory, now: i64) -> usize {
    let rows = service.store().dump();
    let rows = rows.iter().map(|row| PendingReset::from_bytes(row).unwrap());
    let live = |row: &PendingReset| {
        *row.account() == id()
            && row.stage() == Stage::Live
            && row.expires_at() > at(now).unix_timestamp()
    };
    rows.filter(live).count()
}

/// Wrong: reads, waits until so many have read, and writes.
struct CheckThenAct<P> {
    port: P,
    readers: usize,
    read: AtomicUsize,
}

impl<P> CheckThenAct<P> {
    const fn new(port: P, readers: usize) -> Self {
        Self { port, readers, read: AtomicUsize::new(0) }
    }

    /// No barrier: where fewer come than expected, the control fails and does not hang.
    fn wait(&self) {
        self.read.fetch_add(1, SeqCst);
        let met = || self.read.load(SeqCst) >= self.readers;
        (0..1_000_000).take_while(|_| !met()).for_each(|_| yield_now());
    }
}

impl Accounts for CheckThenAct<MemoryAccounts> {
    async fn find(&self, lookup: &Lookup) -> Result<Vec<Account>, PortError> {
        self.port.find(lookup).await
    }

    async fn load(&self, id: &AccountId) -> Result<Option<Account>, PortError> {
        self.port.load(id).await
    }

    async fn set_password(&self, write: PasswordWrite<'_>) -> Result<bool, PortError> {
        let row = self.port.load(write.id()).await?;
        let Some(row) = row.filter(|row| write.fits(row)) else { return Ok(false) };
        self.wait();
        self.port.put(row.with_password(write.new_hash().clone()));
        Ok(true)
    }
}

impl ResetStore for CheckThenAct<MemoryStore> {
    async fn insert(
        &self,
        row: &PendingReset,
        max_live: Option<u32>,
        now: UtcDateTime,
    ) -> Result<Inserted, PortError> {
        self.port.insert(row, max_live, now).await
    }

    async fn load(&self, id: &AttemptId) -> Result<Option<PendingReset>, PortError> {
        self.port.load(id).await
    }

    async fn swap(&self, seen: &PendingReset, next: &PendingReset) -> Result<bool, PortError> {
        let stored = self.port.load(seen.id()).await?;
        let fits = stored.is_some_and(|stored| stored.seal() == seen.seal());
        self.wait();
        if fits {
            // Overwrites, whatever stands there by now.
            let stored = self.port.load(seen.id()).await?.unwrap();
            self.port.swap(&stored, next).await?;
        }
        Ok(fits)
    }

    async fn owed(
        &self,
        after: Option<&AttemptId>,
        limit: usize,
        now: UtcDateTime,
    ) -> Result<Vec<PendingReset>, PortError> {
        self.port.owed(after, limit, now).await
    }

    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        now: UtcDateTime,
    ) -> Result<Count, PortError> {
        self.port.count(key, quota, now).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.port.purge(now).await
    }
}
