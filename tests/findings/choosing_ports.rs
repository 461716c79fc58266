//! Ports that are chosen at run time.

use std::thread;

use pollster::block_on;
use repass::message::MessageKind;
use repass::port::DynPorts;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Proof};

use crate::recovering::{request, shared, work};
use crate::steps::choose;
use crate::world::{Dice, ada, at, flow, secret_in};

fn assert_shared<T: Clone + Send + Sync + 'static>(value: T) -> T {
    value
}

#[test]
fn recovery_over_dyn_ports_is_shared_between_threads_and_runs_the_flow() {
    let mut dice = Dice(40);
    let memory = shared([ada(&mut dice)]);
    let ports = DynPorts::new(
        memory.accounts.clone(),
        memory.attempts.clone(),
        memory.counters.clone(),
        memory.queue.clone(),
        memory.notifier.clone(),
    );
    let recovery: Recovery<DynPorts> = assert_shared(Recovery::new(flow().build().unwrap(), ports));
    request(&recovery, Delivery::LINK, &mut dice, at(0));
    let worker = recovery.clone();
    let mut dice = thread::spawn(move || {
        let _ = work(&worker, &mut dice, at(0));
        dice
    })
    .join()
    .unwrap();
    let link = secret_in(memory.notifier.take().unwrap().expose_secret());
    let front = recovery.clone();
    thread::spawn(move || {
        let admitted = block_on(front.admit(Proof::Link(&link), None, at(1))).unwrap();
        let change = choose(&admitted, "plum-kettle-42", &mut dice);
        let after = block_on(front.commit(change, at(2))).unwrap();
        block_on(front.settle(&after, at(3))).unwrap();
        let _ = work(&front, &mut dice, at(3));
    })
    .join()
    .unwrap();
    let notice = memory.notifier.take().unwrap();
    assert_eq!(notice.kind(), MessageKind::PasswordChanged);
    assert!(block_on(recovery.housekeep(at(100))).resumed.is_empty());
    // The futures can be handed to an executor with threads.
    let future = assert_send(recovery.housekeep(at(100)));
    let _ = block_on(future);
}

fn assert_send<T: Send>(value: T) -> T {
    value
}
