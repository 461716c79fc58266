//! Threads that race for one secret, one account, one counter, one entry: one wins, and quotas hold
//! (GHSA-r3xq-68wh-gwvh, CVE-2024-4629).

extern crate alloc;

#[path = "support/recovering.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod recovering;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod world;

use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::collections::HashSet;
use std::sync::Barrier;
use std::thread::yield_now;

use pollster::block_on;
use repass::account::{
    Account, AccountChange, AccountId, AccountWrite, Lookup, PastPassword, Written,
};
use repass::attempt::{AttemptId, AttemptRow, Stage, SubjectId};
use repass::hash::Verdict;
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::policy::Policy;
use repass::port::{Accounts, Attempts, Inserted, PortError, PortSet, Queue};
use repass::recovery::Recovery;
use repass::reset::{
    AdmitError, Admitted, Change, CommitError, Delivery, Flow, Limits, Outcome, Proof, Refusal,
    RefusalReason, RequestError, Step, Worked,
};
use repass::secret::{Password, Salt, Seed};
use repass::throttle::Counted;
use repass::time::UtcDateTime;

use self::recovering::{lookup, messages, obtain, outcomes, over, request, seed, token, work};
use self::world::{Dice, ada, at, flow, hasher, secret_in};

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
        let service = service_over(accounts, MemoryAttempts::default());
        let links = links(&service, &mut dice, 2);
        assert_eq!(winners(&race(&service, &links)).len(), 2);
    }
}

#[test]
fn control_a_store_and_accounts_that_check_and_then_act_let_all_64_win() {
    let mut dice = Dice(1);
    let accounts = CheckThenAct::new(MemoryAccounts::new([ada(&mut dice)]), TASKS);
    let store = CheckThenAct::new(MemoryAttempts::default(), TASKS);
    let service = service_over(accounts, store);
    let links = links(&service, &mut dice, 1);
    assert_eq!(winners(&race(&service, &links)).len(), TASKS);
}

#[test]
fn cve_2024_4629_parallel_wrong_codes_never_pass_the_quota_of_a_handle() {
    let mut dice = Dice(1);
    let service = service(&mut dice);
    let (handle, code) = obtain(&service, Delivery::CODE, &mut dice, at(0));
    let answers = guess_in_parallel(&service, &[&handle], &code, 200, 1);
    // Each comparison has a number of its own: none was made twice, none beyond the quota.
    assert_eq!(compared(&answers), [0, 1, 2, 3, 4]);
    let spent =
        |answer: &&Refusal| reason_of(answer) == Some((RefusalReason::HandleSpent, Some(0)));
    assert_eq!(answers.iter().filter(spent).count(), 195);
    // The right one comes too late.
    let proof = Proof::Code { handle: &handle, code: &code };
    let late = block_on(service.admit(proof, None, at(9)));
    assert!(spent(&&refusal_of(late)));
}

#[test]
fn parallel_wrong_codes_on_many_handles_never_pass_the_quota_of_the_account() {
    let mut dice = Dice(1);
    let service = service(&mut dice);
    // Four messages with a code: 20 tries on their handles, 15 on the account.
    let sent: Vec<_> = (0..4).map(|_| obtain(&service, Delivery::CODE, &mut dice, at(0))).collect();
    let handles: Vec<&str> = sent.iter().map(|(handle, _)| handle.as_str()).collect();
    let code = sent[0].1.clone();
    let answers = guess_in_parallel(&service, &handles, &code, 200, 1);
    assert_eq!(compared(&answers).len(), 15);
}

/// In 2021, 1,587 codes in place of 20 were compared at a large provider, because they came at once.
#[test]
fn of_2000_guesses_at_once_the_widest_limits_permit_as_many_as_they_say() {
    let mut dice = Dice(1);
    let most = Flow::MAX_TRIES;
    let widest = flow().limits(Limits::default().tries(most, most)).build().unwrap();
    let service = over(widest, ada(&mut dice));
    let sent: Vec<_> = (0..4).map(|_| obtain(&service, Delivery::CODE, &mut dice, at(0))).collect();
    let handles: Vec<&str> = sent.iter().map(|(handle, _)| handle.as_str()).collect();
    let answers = guess_in_parallel(&service, &handles, &sent[0].1, 2_000, 1);
    assert_eq!(compared(&answers).len(), usize::try_from(most).unwrap());
}

#[test]
fn a_flood_of_64_requests_worked_on_at_once_sends_five_messages() {
    for round in 0..10 {
        let mut dice = Dice(round);
        let service = service(&mut dice);
        (0..TASKS).for_each(|_| request_unthrottled(&service, &mut dice, 0));
        assert_eq!(run_all(&service, &mut dice, 0), 5);
    }
}

#[test]
fn floods_within_twelve_hours_send_five_messages_at_most() {
    let mut dice = Dice(1);
    let service = service(&mut dice);
    let mut sent = 0;
    for hours in [0, 1, 5, 9, 11] {
        let now = hours * 3_600;
        (0..TASKS).for_each(|_| request_unthrottled(&service, &mut dice, now));
        sent += run_all(&service, &mut dice, now);
    }
    assert_eq!(sent, 5);
    // The next window has five of its own.
    let now = 12 * 3_600;
    (0..TASKS).for_each(|_| request_unthrottled(&service, &mut dice, now));
    assert_eq!(run_all(&service, &mut dice, now), 5);
}

/// A request that many workers run at once, because each took the others for dead.
#[test]
fn one_request_that_64_workers_run_counts_and_sends_one_message() {
    for round in 0..10 {
        let mut dice = Dice(round);
        let service = service(&mut dice);
        request(&service, Delivery::LINK, &mut dice, at(0));
        let token = token(&mut dice);
        let claimed = block_on(service.claim(token, 1, at(0))).unwrap().remove(0);
        let worked = in_parallel(vec![claimed; TASKS], |_, claimed| {
            block_on(service.work_on(claimed, token, at(1))).unwrap()
        });
        let lost = worked.iter().filter(|one| matches!(one, Worked::LeaseLost)).count();
        assert_eq!(lost, TASKS - 1);
        let delivered = work(&service, &mut dice, at(1));
        assert!(matches!(&delivered[..], [Worked::Delivered]), "{delivered:?}");
        assert_eq!(messages(&service).len(), 1);
        assert_eq!(live_rows(&service), 1);
        for _ in 0..4 {
            obtain(&service, Delivery::LINK, &mut dice, at(2));
        }
        request(&service, Delivery::LINK, &mut dice, at(2));
        let worked = work(&service, &mut dice, at(2));
        assert_eq!(outcomes(&worked), [Outcome::TooManySends]);
    }
}

/// Claims at once: no two workers get the same entry.
#[test]
fn of_64_workers_each_entry_goes_to_one() {
    for round in 0..10 {
        let mut dice = Dice(round);
        let service = service(&mut dice);
        (0..TASKS).for_each(|_| request_unthrottled(&service, &mut dice, 0));
        let tokens: Vec<_> = (0..TASKS).map(|_| token(&mut dice)).collect();
        let claims =
            in_parallel(tokens, |_, token| block_on(service.claim(token, 3, at(0))).unwrap());
        let keys: Vec<_> = claims.iter().flatten().map(|claimed| *claimed.entry().key()).collect();
        assert_eq!(keys.len(), TASKS);
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), TASKS);
    }
}

/// E27: requests are limited as well as what is submitted.
#[test]
fn of_64_requests_for_one_address_ten_are_taken_known_or_not() {
    for address in ["ada@example.org", "nobody@example.org"] {
        let mut dice = Dice(1);
        let service = service(&mut dice);
        let seeds: Vec<Seed> = (0..TASKS).map(|_| seed(&mut dice)).collect();
        let answers = in_parallel(seeds, |_, seed| {
            let lookup = Lookup::email(address).unwrap();
            block_on(service.request(lookup, Delivery::LINK, None, seed, at(0)))
        });
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        let throttled =
            |answer: &&Result<_, _>| matches!(answer, Err(RequestError::Throttled { .. }));
        assert_eq!((taken, answers.iter().filter(throttled).count()), (10, 54), "{address}");
    }
}

type Over<A, T> =
    Recovery<PortSet<Arc<A>, Arc<T>, Arc<MemoryCounters>, Arc<MemoryQueue>, Arc<Outbox>>>;
type Memory = Over<MemoryAccounts, MemoryAttempts>;

fn service(dice: &mut Dice) -> Memory {
    over(flow().build().unwrap(), ada(dice))
}

fn service_over<A: Accounts, T: Attempts>(accounts: A, attempts: T) -> Over<A, T> {
    let ports = PortSet {
        accounts: Arc::new(accounts),
        attempts: Arc::new(attempts),
        counters: Arc::default(),
        queue: Arc::default(),
        notifier: Arc::default(),
    };
    Recovery::new(flow().build().unwrap(), ports)
}

/// Asks past the limit of requests for one address, which would stop most of them: the driver answers
/// each count by a first one.
fn request_unthrottled(service: &Memory, dice: &mut Dice, now: i64) {
    let mut step = service.flow().request(lookup(), Delivery::LINK, None, seed(dice), at(now));
    loop {
        step = match step {
            Step::Done(taken) => {
                assert!(taken.is_ok());
                return;
            }
            Step::Count(call) => {
                let (key, quota) = (call.question().key, call.question().quota);
                call.reply(Ok(Counted::new(key, quota, 1, quota.ends_at(at(now)))))
            }
            Step::Push(call) => {
                let pushed = block_on(service.ports().queue.push(call.question(), at(now)));
                call.reply(pushed)
            }
            other => panic!("{other:?}"),
        };
    }
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

fn links<A: Accounts, T: Attempts>(
    service: &Over<A, T>,
    dice: &mut Dice,
    count: usize,
) -> Vec<String> {
    let link = |_| {
        request(service, Delivery::LINK, dice, at(0));
        assert_eq!(outcomes(&work(service, dice, at(0))), [Outcome::Sent]);
        secret_in(service.ports().notifier.take().unwrap().expose_secret())
    };
    (0..count).map(link).collect()
}

/// All are admitted before the first commits. Each returns the number of the password it set, or why
/// it did not.
fn race<A: Accounts, T: Attempts>(
    service: &Over<A, T>,
    links: &[String],
) -> Vec<Result<usize, CommitError>> {
    let changes = in_parallel((0..TASKS).collect(), |number, _: usize| {
        let proof = Proof::Link(&links[number % links.len()]);
        let admitted: Admitted = block_on(service.admit(proof, None, at(1))).unwrap();
        let policy = Policy::builder().min_length(8).build().unwrap();
        let salt = Salt::generate(&mut Dice(1_000 + number as u64)).unwrap();
        admitted.set_password(&password(number), &policy, &hasher(), salt).unwrap()
    });
    in_parallel(changes, |number, change: Change| {
        block_on(service.commit(change, at(2))).map(|_after| number)
    })
}

fn password(number: usize) -> Password {
    Password::new(format!("plum-kettle-{number}")).unwrap()
}

fn winners(outcomes: &[Result<usize, CommitError>]) -> Vec<usize> {
    outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).copied().collect()
}

fn assert_one_winner(service: &Memory, outcomes: &[Result<usize, CommitError>]) {
    let [winner] = winners(outcomes)[..] else { panic!("{outcomes:?}") };
    let stored = service.ports().accounts.all();
    let verdict = hasher().verify(&password(winner), stored[0].password());
    assert_eq!(verdict, Ok(Verdict::Match));
    for lost in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(matches!(lost, CommitError::Taken | CommitError::Superseded), "{lost:?}");
    }
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
        refusal_of(block_on(service.admit(proof, None, at(now))))
    })
}

/// Another code, told by its number: the last three letters count, the first one differs.
fn wrong_code(code: &str, number: usize) -> String {
    const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
    let first = if code.starts_with('B') { 'C' } else { 'B' };
    let letter = |value: usize| char::from(LETTERS[value % LETTERS.len()]);
    let [high, middle] = [number / LETTERS.len().pow(2), number / LETTERS.len()].map(letter);
    format!("{first}{}{high}{middle}{}", &code[1..6], letter(number))
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

/// A worker for each entry, all at once, until nothing is due; how many messages came.
fn run_all(service: &Memory, dice: &mut Dice, now: i64) -> usize {
    let mut sent = 0;
    loop {
        let tokens: Vec<_> = (0..TASKS).map(|_| token(dice)).collect();
        let worked =
            in_parallel(tokens, |_, token| block_on(service.work(token, 1, at(now))).unwrap());
        let worked: Vec<Worked> = worked.into_iter().flatten().collect();
        if worked.is_empty() {
            break;
        }
        sent += outcomes(&worked).iter().filter(|outcome| **outcome == Outcome::Sent).count();
    }
    let arrived = messages(service);
    let secrets: HashSet<String> =
        arrived.iter().map(|message| secret_in(message.expose_secret())).collect();
    assert_eq!((arrived.len(), secrets.len()), (sent, sent));
    sent
}

fn live_rows(service: &Memory) -> usize {
    let rows = service.ports().attempts.dump();
    let rows = rows.iter().map(|row| AttemptRow::from_bytes(row).unwrap());
    rows.filter(|row| row.account().as_str() == "42" && row.stage() == Stage::Live).count()
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
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        self.port.find(lookup, now).await
    }

    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.port.load(id, now).await
    }

    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Result<Written, PortError> {
        let row = self.port.load(write.id(), now).await?;
        let Some(row) = row else { return Ok(Written::Stale) };
        if write.apply(&row).is_none() {
            return Ok(Written::Stale);
        }
        let AccountChange::Password { hash, .. } = write.change() else { panic!("{write:?}") };
        self.wait();
        self.port.put(row.with_password(hash.clone()));
        Ok(Written::Done { version: None, epoch: None })
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        self.port.past(id, limit, now).await
    }
}

impl Attempts for CheckThenAct<MemoryAttempts> {
    async fn insert(&self, row: &AttemptRow, now: UtcDateTime) -> Result<Inserted, PortError> {
        self.port.insert(row, now).await
    }

    async fn load(
        &self,
        id: &AttemptId,
        now: UtcDateTime,
    ) -> Result<Option<AttemptRow>, PortError> {
        self.port.load(id, now).await
    }

    async fn swap(
        &self,
        seen: &AttemptRow,
        next: &AttemptRow,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let stored = self.port.load(seen.id(), now).await?;
        let fits = stored.is_some_and(|stored| stored.seal() == seen.seal());
        self.wait();
        if fits {
            // Overwrites, whatever the row is by now.
            let stored = self.port.load(seen.id(), now).await?.unwrap();
            self.port.swap(&stored, next, now).await?;
        }
        Ok(fits)
    }

    async fn list(
        &self,
        subject: &SubjectId,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.port.list(subject, now).await
    }

    async fn unfinished(
        &self,
        after: Option<&AttemptId>,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<AttemptRow>, PortError> {
        self.port.unfinished(after, limit, now).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        self.port.purge(now).await
    }

    async fn erase(&self, subject: &SubjectId, now: UtcDateTime) -> Result<u64, PortError> {
        self.port.erase(subject, now).await
    }
}
