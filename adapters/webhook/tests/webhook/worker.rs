//! A worker that delivers text messages, and crashes.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicI64, Ordering};
use core::time::Duration;

use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::port::{PortError, PortSet};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Delivery};
use repass_tokio::{ByChannel, Host, Worker};
use repass_webhook::{SignedJson, Webhook};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::server::{Act, Server};
use crate::world::{ada, at, flow, phone, seed, to};

type Both = ByChannel<Arc<Outbox>, Arc<Webhook<SignedJson>>>;
type Ports = PortSet<MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Both>;

struct Nothing;

impl Host for Nothing {
    async fn carry_out(&self, _after: &AfterReset) -> Result<(), PortError> {
        Ok(())
    }
}

fn start(recovery: &Recovery<Ports>, clock: &Arc<AtomicI64>) -> (JoinHandle<()>, Arc<Notify>) {
    let (clock, stop) = (Arc::clone(clock), Arc::new(Notify::new()));
    let worker =
        Worker::new(recovery.clone(), Arc::new(Nothing), move || at(clock.load(Ordering::SeqCst)))
            .poll_every(Duration::from_millis(2));
    let stopped = Arc::clone(&stop);
    (tokio::spawn(worker.run(async move { stopped.notified().await })), stop)
}

/// A provider that took a message without an answer gets it again under its name, and can drop it.
#[tokio::test]
async fn a_worker_that_crashes_before_the_answer_sends_one_more_request_with_the_same_name() {
    let server = Server::plain(vec![Act::Silence]).await;
    let mails = Arc::new(Outbox::default());
    let ports = PortSet {
        accounts: MemoryAccounts::new([ada()]),
        attempts: MemoryAttempts::default(),
        counters: MemoryCounters::default(),
        queue: MemoryQueue::default(),
        notifier: ByChannel::new(Arc::clone(&mails), Arc::new(to(&server))),
    };
    let recovery = Recovery::new(flow(), ports);
    let clock = Arc::new(AtomicI64::new(0));
    let _handle = recovery.request(phone(), Delivery::CODE, None, seed(), at(0)).await.unwrap();

    let (crashes, _) = start(&recovery, &clock);
    server.until(|server| server.received().len() == 1).await;
    crashes.abort();
    assert!(crashes.await.unwrap_err().is_cancelled());

    // Its lease is over, and the code is valid.
    clock.store(200, Ordering::SeqCst);
    let (worker, stop) = start(&recovery, &clock);
    server.until(|server| server.received().len() == 2).await;
    stop.notify_one();
    worker.await.unwrap();

    clock.store(500, Ordering::SeqCst);
    let (worker, stop) = start(&recovery, &clock);
    stop.notify_one();
    worker.await.unwrap();
    let received = server.received();
    let names: Vec<_> = received.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[0], names[1]);
    assert!(mails.take().is_none());
}
