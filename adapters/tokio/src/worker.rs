use alloc::sync::Arc;
use core::fmt;
use core::future::Future;
use core::pin::pin;
use core::time::Duration;

use repass::SysRng;
use repass::port::{PortFailure, Ports};
use repass::queue::{ClaimToken, Claimed};
use repass::recovery::Recovery;
use repass::reset::Worked;
use repass::secret::Seed;
use repass::time::UtcDateTime;
use tokio::task::{JoinError, JoinSet};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, timeout};

use crate::host::{Event, Host, settle};

/// Works on the queue, and does the housekeeping when it starts and every five minutes.
///
/// Run one for each purpose and tenant. Several can run at the same time, in one process or many.
pub struct Worker<P, H, C> {
    recovery: Recovery<P>,
    host: Arc<H>,
    clock: C,
    concurrency: usize,
    poll: Duration,
    housekeeping: Duration,
}

type Finished = Result<Result<Result<Worked, PortFailure>, Elapsed>, JoinError>;

impl<P, H, C> Worker<P, H, C>
where
    P: Ports + 'static,
    H: Host,
    C: Fn() -> UtcDateTime + Send + Sync,
{
    /// The longest work on one entry, for which its lease is made.
    pub const LONGEST_WORK: Duration = Duration::from_secs(30);

    /// A worker that reads this clock, such as `UtcDateTime::now`: once for each claim, each entry, and
    /// each housekeeping.
    #[must_use]
    pub const fn new(recovery: Recovery<P>, host: Arc<H>, clock: C) -> Self {
        Self {
            recovery,
            host,
            clock,
            concurrency: 8,
            poll: Duration::from_secs(1),
            housekeeping: Duration::from_secs(5 * 60),
        }
    }

    /// Works on at most so many entries at once: 8 by default, and 1 at least.
    #[must_use]
    pub fn concurrency(self, concurrency: usize) -> Self {
        Self { concurrency: concurrency.max(1), ..self }
    }

    /// How long it waits when nothing is due: a second by default.
    #[must_use]
    pub fn poll_every(self, poll: Duration) -> Self {
        Self { poll, ..self }
    }

    /// How often it does the housekeeping: every five minutes by default.
    #[must_use]
    pub fn housekeep_every(self, housekeeping: Duration) -> Self {
        Self { housekeeping, ..self }
    }

    /// Works until `stop` is done, and then finishes the entries that it has begun.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let mut stop = pin!(stop);
        let mut running = JoinSet::new();
        let mut housekept: Option<Instant> = None;
        loop {
            if housekept.is_none_or(|at| at.elapsed() >= self.housekeeping) {
                self.housekeep().await;
                housekept = Some(Instant::now());
            }
            let claimed = self.claim(self.concurrency.saturating_sub(running.len())).await;
            let wait = if claimed.is_empty() { self.poll } else { Duration::ZERO };
            for (claimed, token) in claimed {
                running.spawn(self.work_on(claimed, token));
            }
            // With all places taken, the next claim waits for one of them.
            if running.len() >= self.concurrency {
                self.report(running.join_next().await);
            }
            while let Some(finished) = running.try_join_next() {
                self.report(Some(finished));
            }
            if timeout(wait, stop.as_mut()).await.is_ok() {
                break;
            }
        }
        while let Some(finished) = running.join_next().await {
            self.report(Some(finished));
        }
    }

    async fn housekeep(&self) {
        let now = (self.clock)();
        let done = self.recovery.housekeep(now).await;
        self.host.report(Event::Housekept(&done));
        let mut duties = JoinSet::new();
        for after in done.resumed {
            let (recovery, host) = (self.recovery.clone(), Arc::clone(&self.host));
            duties.spawn(async move { settle(&recovery, &*host, &after, now).await });
        }
        while let Some(finished) = duties.join_next().await {
            if finished.is_err() {
                self.host.report(Event::EntryLost);
            }
        }
    }

    async fn claim(&self, places: usize) -> Vec<(Claimed, ClaimToken)> {
        let token = match Seed::generate(&mut SysRng) {
            Ok(seed) => ClaimToken::new(seed),
            Err(error) => {
                self.host.report(Event::Random(&error));
                return Vec::new();
            }
        };
        let limit = u32::try_from(places).unwrap_or(u32::MAX);
        match self.recovery.claim(token, limit, (self.clock)()).await {
            Ok(claimed) => claimed.into_iter().map(|claimed| (claimed, token)).collect(),
            Err(failure) => {
                self.host.report(Event::Failed(&failure));
                Vec::new()
            }
        }
    }

    fn work_on(
        &self,
        claimed: Claimed,
        token: ClaimToken,
    ) -> impl Future<Output = Result<Result<Worked, PortFailure>, Elapsed>> + Send + 'static {
        let (recovery, now) = (self.recovery.clone(), (self.clock)());
        async move { timeout(Self::LONGEST_WORK, recovery.work_on(claimed, token, now)).await }
    }

    fn report(&self, finished: Option<Finished>) {
        match finished {
            None => {}
            Some(Ok(Ok(Ok(worked)))) => self.host.report(Event::Worked(&worked)),
            Some(Ok(Ok(Err(failure)))) => self.host.report(Event::Failed(&failure)),
            Some(Ok(Err(_)) | Err(_)) => self.host.report(Event::EntryLost),
        }
    }
}

impl<P, H, C> fmt::Debug for Worker<P, H, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("recovery", &self.recovery)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
