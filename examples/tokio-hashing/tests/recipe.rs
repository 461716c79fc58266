//! What the recipe promises. Nothing sleeps: a hash that takes long is one that waits to be told to go on.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use repass::hash::{Cost, ForeignScheme, HashError, Hasher, Verdict};
use repass::secret::{Password, PasswordHash, Salt};
use tokio::sync::Semaphore;
use tokio_hashing::{Hashing, RetryLater};

const AT_ONCE: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_request_that_goes_away_keeps_its_permit_while_the_hash_runs() {
    let (slow, hasher) = slow_hasher();
    let impatient = Hashing::new(hasher, AT_ONCE);
    let request = tokio::spawn({
        let hashing = impatient.clone();
        async move { hashing.run(verify_slow).await }
    });
    let slow = slow.started().await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());

    // The hash still runs: nobody else is let in, so nobody finds the hasher busy.
    for _ in 0..3 {
        assert_eq!(impatient.run(hash).await, Err(RetryLater));
    }
    slow.go_on();
    let patient = Hashing { patience: LONG, ..impatient };
    assert_eq!(patient.run(hash).await, Ok(Ok(())));
}

/// The control: with the permit in the request, what the recipe prevents comes about.
#[tokio::test]
async fn control_a_permit_that_stays_behind_is_freed_too_early() {
    let (slow, hasher) = slow_hasher();
    let permits = Arc::new(Semaphore::new(hasher.slots()));
    let request = tokio::spawn({
        let (permits, hasher) = (Arc::clone(&permits), hasher.clone());
        async move {
            let _permit = permits.acquire_owned().await.unwrap();
            tokio::task::spawn_blocking(move || verify_slow(&hasher)).await.unwrap()
        }
    });
    let slow = slow.started().await;
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());

    let _permit = permits.try_acquire().unwrap();
    assert_eq!(hash(&hasher), Err(HashError::Busy));
    slow.go_on();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_as_many_permits_as_slots_no_hash_finds_it_busy() {
    let hasher = Hasher::new(Cost::new(1024, 1, 1).unwrap()).with_slots(2);
    let hashing = Hashing::new(hasher, LONG);
    let results = Arc::new(Mutex::new(Vec::new()));
    let requests: Vec<_> = (0..200)
        .map(|number| {
            let (hashing, results) = (hashing.clone(), Arc::clone(&results));
            let request = tokio::spawn(async move {
                let record = move |hasher: &Hasher| results.lock().unwrap().push(hash(hasher));
                hashing.run(record).await
            });
            (number, request)
        })
        .collect();
    let mut done = 0;
    for (number, request) in requests {
        // Every third request goes away, at whichever point it has come to.
        if number % 3 == 0 {
            tokio::task::yield_now().await;
            request.abort();
        }
        match request.await {
            Ok(result) => {
                assert_eq!(result, Ok(()));
                done += 1;
            }
            Err(error) => assert!(error.is_cancelled()),
        }
    }
    assert!(done >= 133);
    // What was still running when its request went away has run by the time all permits are back.
    for _ in 0..2 {
        assert_eq!(hashing.run(hash).await, Ok(Ok(())));
    }
    let results = results.lock().unwrap();
    assert!(results.len() >= done);
    assert!(results.iter().all(Result::is_ok), "{results:?}");
}

#[tokio::test]
async fn a_permit_comes_back_after_a_panic() {
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap()).with_slots(1);
    let hashing = Hashing::new(hasher, LONG);
    let panics = |_: &Hasher| -> () { panic!("work of the host that panics") };
    assert_eq!(hashing.run(panics).await, Err(RetryLater));
    assert_eq!(hashing.run(hash).await, Ok(Ok(())));
}

#[test]
fn the_documentation_shows_this_recipe() {
    let ours = include_str!("../src/lib.rs");
    let ours = ours.split_once("// recipe\n").unwrap().1.split_once("// recipe ends").unwrap().0;
    let theirs = include_str!("../../../src/hash.rs");
    let lines = theirs.lines().filter_map(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    assert!(lines.join("\n").contains(ours.trim()), "src/hash.rs shows another recipe");
}

fn hash(hasher: &Hasher) -> Result<(), HashError> {
    let password = Password::new("correct horse").unwrap();
    hasher.hash(&password, Salt::generate(&mut repass::SysRng).unwrap()).map(drop)
}

fn verify_slow(hasher: &Hasher) -> Result<Verdict, HashError> {
    let password = Password::new("correct horse").unwrap();
    hasher.verify(&password, &PasswordHash::from_stored("slow").unwrap())
}

/// A hasher of one slot, and the other end of its hashes that are stored as `slow`.
fn slow_hasher() -> (Started, Hasher) {
    let ((started, has_started), (go_on, may_go_on)) = (channel(), channel());
    let scheme = Slow { started, may_go_on: Mutex::new(may_go_on) };
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap()).with_slots(1).with_foreign(scheme);
    (Started { has_started, go_on }, hasher)
}

/// Says that it has started, and ends when it may.
struct Slow {
    started: Sender<()>,
    may_go_on: Mutex<Receiver<()>>,
}

impl ForeignScheme for Slow {
    fn recognises(&self, stored: &str) -> bool {
        stored == "slow"
    }

    fn verify(&self, _: &Password, _: &str) -> Result<bool, HashError> {
        self.started.send(()).unwrap();
        self.may_go_on.lock().unwrap().recv().unwrap();
        Ok(true)
    }
}

struct Started {
    has_started: Receiver<()>,
    go_on: Sender<()>,
}

impl Started {
    /// Waits for the slow hash on a thread, so that the request may run.
    async fn started(self) -> Self {
        let wait = move || {
            self.has_started.recv().unwrap();
            self
        };
        tokio::task::spawn_blocking(wait).await.unwrap()
    }

    fn go_on(&self) {
        self.go_on.send(()).unwrap();
    }
}
