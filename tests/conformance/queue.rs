use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use pollster::block_on;
use repass::attempt::AttemptId;
use repass::conformance::Runtime;
use repass::conformance::queue::{self, Clause, Fixture};
use repass::port::{PortError, Queue};
use repass::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey, QueueKind};
use repass::time::UtcDateTime;

use crate::pause;

/// What is wrong with a queue.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    PushDoubles,
    PushThatReadsFirst,
    BytesAreCut,
    UnboundedRequests,
    BoundedMessages,
    AClaimWithoutAToken,
    RequestsFirst,
    YoungestFirst,
    OtherScopesClaimed,
    WrongClocksTrusted,
    ClocksThatAgree,
    LeaseNeverOver,
    TriesNotCounted,
    DoneWithoutToken,
    RetryWithoutToken,
    AFailingEntryBlocksTheRest,
    EraseOfEverything,
}

const BROKEN: [(Fault, Clause); 17] = [
    (Fault::PushDoubles, Clause::PushNeverDoubles),
    (Fault::PushThatReadsFirst, Clause::PushNeverDoubles),
    (Fault::BytesAreCut, Clause::ClaimReturnsWhatWasPushed),
    (Fault::UnboundedRequests, Clause::PushBoundsTheRequestsThatWait),
    (Fault::BoundedMessages, Clause::PushBoundsTheRequestsThatWait),
    (Fault::AClaimWithoutAToken, Clause::ClaimGivesAnEntryToOneWorker),
    (Fault::RequestsFirst, Clause::ClaimTakesRequestsLast),
    (Fault::YoungestFirst, Clause::ClaimTakesRequestsLast),
    (Fault::OtherScopesClaimed, Clause::ClaimTakesOnlyItsScope),
    (Fault::WrongClocksTrusted, Clause::ClaimTakesWhatAWrongClockPutOff),
    (Fault::ClocksThatAgree, Clause::ClaimTakesWhatAWrongClockPutOff),
    (Fault::LeaseNeverOver, Clause::ClaimTakesOverWhenTheLeaseIsOver),
    (Fault::TriesNotCounted, Clause::ClaimTakesOverWhenTheLeaseIsOver),
    (Fault::DoneWithoutToken, Clause::DoneNeedsTheToken),
    (Fault::RetryWithoutToken, Clause::RetryNeedsTheToken),
    (Fault::AFailingEntryBlocksTheRest, Clause::AFailingEntryDoesNotBlockOthers),
    (Fault::EraseOfEverything, Clause::EraseDeletesTheEntriesOfOneAttempt),
];

#[derive(Clone)]
struct Waiting {
    entry: QueueEntry,
    pushed: UtcDateTime,
    due: UtcDateTime,
    tries: u32,
    token: Option<ClaimToken>,
}

struct List {
    entries: Arc<Mutex<Vec<Waiting>>>,
    max: usize,
    fault: Fault,
}

impl List {
    fn entries(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.entries.lock().unwrap()
    }

    /// What the claim would take now.
    fn due(&self, claim: &Claim, now: UtcDateTime) -> Vec<QueueKey> {
        let mut due = self.entries().clone();
        due.retain(|waiting| {
            waiting.entry.scope() == claim.scope() || self.fault == Fault::OtherScopesClaimed
        });
        due.sort_by_key(|waiting| {
            let kind = waiting.entry.key().kind() as i64;
            let age = waiting.due.unix_timestamp();
            match self.fault {
                Fault::RequestsFirst => (-kind, age),
                Fault::YoungestFirst => (kind, -age),
                Fault::AFailingEntryBlocksTheRest => (kind, waiting.pushed.unix_timestamp()),
                _ => (kind, age),
            }
        });
        let allowed = if self.fault == Fault::ClocksThatAgree { 0 } else { 120 };
        let latest = now + QueueEntry::LONGEST_WAIT + Duration::from_secs(allowed);
        let wrong =
            |waiting: &Waiting| waiting.due > latest && self.fault != Fault::WrongClocksTrusted;
        let free = |waiting: &Waiting| {
            let taken = waiting.token.is_some() && self.fault == Fault::LeaseNeverOver;
            (waiting.due <= now && !taken) || wrong(waiting)
        };
        if self.fault == Fault::AFailingEntryBlocksTheRest {
            // The oldest entry that was put off holds up those behind it.
            let put_off = |waiting: &Waiting| waiting.token.is_none() && !free(waiting);
            let before = due.iter().take_while(|waiting| !put_off(waiting)).count();
            due.truncate(before);
        }
        due.retain(free);
        due.truncate(claim.limit() as usize);
        due.iter().map(|waiting| *waiting.entry.key()).collect()
    }
}

impl Queue for List {
    async fn push(&self, entry: &QueueEntry, now: UtcDateTime) -> Result<Pushed, PortError> {
        let there =
            |entries: &[Waiting]| entries.iter().any(|waiting| waiting.entry.key() == entry.key());
        let read = there(&self.entries());
        pause().await;
        let mut entries = self.entries();
        let exists = match self.fault {
            Fault::PushDoubles => false,
            Fault::PushThatReadsFirst => read,
            _ => there(&entries),
        };
        if exists {
            return Ok(Pushed::Exists);
        }
        let bounded = match self.fault {
            Fault::UnboundedRequests => false,
            Fault::BoundedMessages => true,
            _ => entry.key().kind() == QueueKind::Request,
        };
        let requests = |waiting: &&Waiting| waiting.entry.key().kind() == QueueKind::Request;
        if bounded && entries.iter().filter(requests).count() >= self.max {
            return Ok(Pushed::Full);
        }
        let mut bytes = entry.as_bytes().to_vec();
        if self.fault == Fault::BytesAreCut {
            bytes.truncate(255);
        }
        let entry = QueueEntry::from_stored(*entry.key(), entry.scope(), bytes);
        entries.push(Waiting { entry, pushed: now, due: now, tries: 0, token: None });
        Ok(Pushed::Done)
    }

    async fn claim(&self, claim: &Claim, now: UtcDateTime) -> Result<Vec<Claimed>, PortError> {
        let read = self.due(claim, now);
        pause().await;
        // Without a token nothing tells that another worker marked the entries in between.
        let keys =
            if self.fault == Fault::AClaimWithoutAToken { read } else { self.due(claim, now) };
        let mut claimed = Vec::new();
        for waiting in self.entries().iter_mut() {
            if keys.contains(waiting.entry.key()) {
                waiting.due = claim.until();
                waiting.token = Some(*claim.token());
                let lost = self.fault == Fault::TriesNotCounted && waiting.tries > 1;
                waiting.tries += u32::from(!lost);
                claimed.push(Claimed::new(waiting.entry.clone(), waiting.tries));
            }
        }
        Ok(claimed)
    }

    async fn done(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let mut entries = self.entries();
        let before = entries.len();
        entries.retain(|waiting| {
            let holds = waiting.token == Some(*token)
                || (self.fault == Fault::DoneWithoutToken && waiting.token.is_some());
            waiting.entry.key() != key || !holds
        });
        Ok(entries.len() < before)
    }

    async fn retry(
        &self,
        key: &QueueKey,
        token: &ClaimToken,
        due: UtcDateTime,
        _now: UtcDateTime,
    ) -> Result<bool, PortError> {
        let mut entries = self.entries();
        let found = entries.iter_mut().find(|waiting| waiting.entry.key() == key);
        let Some(waiting) = found else { return Ok(false) };
        let holds = waiting.token == Some(*token) || self.fault == Fault::RetryWithoutToken;
        if holds {
            (waiting.due, waiting.token) = (due, None);
        }
        Ok(holds)
    }

    async fn erase(&self, id: &AttemptId, _now: UtcDateTime) -> Result<u64, PortError> {
        let mut entries = self.entries();
        let before = entries.len();
        let all = self.fault == Fault::EraseOfEverything;
        entries.retain(|waiting| !all && waiting.entry.key().id() != id);
        Ok((before - entries.len()) as u64)
    }
}

impl Runtime for Fault {}

impl Fixture for Fault {
    type Port = List;

    async fn open(&self) -> Result<[List; 2], PortError> {
        Ok(lists(*self, if *self == Fault::BoundedMessages { 1000 } else { usize::MAX }))
    }

    async fn open_small(&self) -> Result<Option<[List; 2]>, PortError> {
        Ok(Some(lists(*self, 5)))
    }
}

fn lists(fault: Fault, max: usize) -> [List; 2] {
    let entries = Arc::new(Mutex::default());
    [Arc::clone(&entries), entries].map(|entries| List { entries, max, fault })
}

#[test]
fn conformance_of_the_queue_tells_which_clause_is_broken() {
    let clean = block_on(queue::run(&Fault::None));
    clean.assert_held();
    for (fault, clause) in BROKEN {
        let report = block_on(queue::run(&fault));
        let broken: Vec<_> = report.broken().map(|outcome| *outcome.clause()).collect();
        assert_eq!(broken, [clause], "{fault:?}:\n{report}");
    }
    for clause in Clause::ALL {
        assert!(BROKEN.iter().any(|(_, broken)| *broken == clause), "nothing breaks {clause:?}");
    }
}
