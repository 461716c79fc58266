//! A worker that delivers by SMTP, and crashes.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicI64, Ordering};
use core::time::Duration;

use mail_parser::MessageParser;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue};
use repass::port::{PortError, PortSet};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Delivery, Flow};
use repass::secret::PasswordHash;
use repass_lettre::Smtp;
use repass_tokio::{Host, Worker};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::server::{Act, Server};
use crate::world::{at, keyring, page, seed, to};

type Ports = PortSet<MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Arc<Smtp>>;

struct Nothing;

impl Host for Nothing {
    async fn carry_out(&self, _after: &AfterReset) -> Result<(), PortError> {
        Ok(())
    }
}

fn recovery(smtp: Smtp) -> Recovery<Ports> {
    let ada = Account::new(AccountId::new("1").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(PasswordHash::from_stored("x").unwrap());
    let ports = PortSet {
        accounts: MemoryAccounts::new([ada]),
        attempts: MemoryAttempts::default(),
        counters: MemoryCounters::default(),
        queue: MemoryQueue::default(),
        notifier: Arc::new(smtp),
    };
    Recovery::new(Flow::builder(keyring(), page()).build().unwrap(), ports)
}

fn start(recovery: &Recovery<Ports>, clock: &Arc<AtomicI64>) -> (JoinHandle<()>, Arc<Notify>) {
    let (clock, stop) = (Arc::clone(clock), Arc::new(Notify::new()));
    let worker =
        Worker::new(recovery.clone(), Arc::new(Nothing), move || at(clock.load(Ordering::SeqCst)))
            .poll_every(Duration::from_millis(2));
    let stopped = Arc::clone(&stop);
    (tokio::spawn(worker.run(async move { stopped.notified().await })), stop)
}

/// What the server took and did not confirm comes once more, with the same name.
#[tokio::test]
async fn a_worker_that_crashes_after_the_text_sends_one_more_copy_with_the_same_message_id() {
    let server = Server::plain(vec![vec![("TEXT", Act::Silence)]]).await;
    let recovery = recovery(to(&server));
    let clock = Arc::new(AtomicI64::new(0));
    let lookup = Lookup::email("ada@example.org").unwrap();
    let _handle = recovery.request(lookup, Delivery::LINK, None, seed(), at(0)).await.unwrap();

    let (crashes, _) = start(&recovery, &clock);
    server.until(|server| server.received().len() == 1).await;
    crashes.abort();
    assert!(crashes.await.unwrap_err().is_cancelled());

    // Its lease is over.
    clock.store(1000, Ordering::SeqCst);
    let (worker, stop) = start(&recovery, &clock);
    server.until(|server| server.received().len() == 2).await;
    stop.notify_one();
    worker.await.unwrap();

    // Nothing is left for a third.
    clock.store(3000, Ordering::SeqCst);
    let (worker, stop) = start(&recovery, &clock);
    stop.notify_one();
    worker.await.unwrap();
    let received = server.received();
    let ids: Vec<_> = received
        .iter()
        .map(|mail| {
            MessageParser::default().parse(&mail.text).unwrap().message_id().unwrap().to_owned()
        })
        .collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    assert!(received.iter().all(|mail| mail.recipients == ["<ada@example.org>"]));
}

#[tokio::test]
async fn a_message_that_is_refused_for_now_is_delivered_later_and_a_rejected_one_never() {
    for (reply, expected) in [("451 later", 1), ("550 5.1.1 no such user", 0)] {
        let server = Server::plain(vec![vec![("RCPT", Act::Say(reply))]]).await;
        let recovery = recovery(to(&server));
        let clock = Arc::new(AtomicI64::new(0));
        let lookup = Lookup::email("ada@example.org").unwrap();
        let _handle = recovery.request(lookup, Delivery::LINK, None, seed(), at(0)).await.unwrap();
        for moment in [0, 400, 800] {
            clock.store(moment, Ordering::SeqCst);
            let (worker, stop) = start(&recovery, &clock);
            if moment == 0 {
                let is_recipient = |line: &String| line.starts_with("RCPT");
                server.until(|server| server.commands().iter().any(is_recipient)).await;
            } else if expected == 1 {
                server.until(|server| server.received().len() == 1).await;
            }
            stop.notify_one();
            worker.await.unwrap();
        }
        assert_eq!(server.received().len(), expected, "{reply}");
    }
}
