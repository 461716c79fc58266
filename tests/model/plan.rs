//! Trouble at one planned call of a port.

use core::future::pending;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use pollster::block_on;
use repass::memory::MemoryCounters;
use repass::port::{Counters, PortError};
use repass::time::UtcDateTime;

use crate::troubled::{Injected, Trouble};

/// What happens to the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ErrorBefore,
    ErrorAfter,
    DropBefore,
    DropAfter,
    /// The host revokes the attempts of an account just before it.
    Revoke,
}

impl Way {
    pub(crate) const ALL: [Self; 5] =
        [Self::ErrorBefore, Self::ErrorAfter, Self::DropBefore, Self::DropAfter, Self::Revoke];
}

type Interlude = Box<dyn Fn() + Send>;

/// The calls of all ports, counted, and which of them has trouble.
#[derive(Clone, Default)]
pub(crate) struct Plan(Arc<Planned>);

#[derive(Default)]
struct Planned {
    calls: AtomicUsize,
    trouble: Mutex<Option<(usize, Way)>>,
    has_fired: AtomicBool,
    interlude: Mutex<Option<Interlude>>,
    /// What is forgotten when a count fails.
    forgetful: Mutex<Option<Arc<MemoryCounters>>>,
}

impl Plan {
    /// How many calls there were.
    pub(crate) fn calls(&self) -> usize {
        self.0.calls.load(SeqCst)
    }

    /// The call of this number from now on has trouble, once.
    pub(crate) fn arm(&self, calls: usize, way: Way) {
        *self.0.trouble.lock().unwrap() = Some((self.calls() + calls, way));
    }

    pub(crate) fn disarm(&self) {
        *self.0.trouble.lock().unwrap() = None;
    }

    /// What is done in between if the trouble is a revocation.
    pub(crate) fn set_interlude(&self, interlude: impl Fn() + Send + 'static) {
        *self.0.interlude.lock().unwrap() = Some(Box::new(interlude));
    }

    /// These counters lose everything when the caller of a count sees an error.
    pub(crate) fn forget(&self, counters: &Arc<MemoryCounters>) {
        *self.0.forgetful.lock().unwrap() = Some(Arc::clone(counters));
    }

    /// Whether there was trouble since this was asked.
    pub(crate) fn has_fired(&self) -> bool {
        self.0.has_fired.swap(false, SeqCst)
    }

    fn next(&self) -> Option<Way> {
        let call = self.0.calls.fetch_add(1, SeqCst);
        let mut trouble = self.0.trouble.lock().unwrap();
        let (_, way) = trouble.take_if(|(at, _)| *at == call)?;
        self.0.has_fired.store(true, SeqCst);
        Some(way)
    }

    fn failed(&self, name: &str) -> PortError {
        let forgetful = self.0.forgetful.lock().unwrap();
        if let Some(counters) = forgetful.as_ref().filter(|_| name == "count") {
            // At the end of time every counter is over.
            block_on(counters.purge(UtcDateTime::MAX)).unwrap();
        }
        Injected.into()
    }
}

impl Trouble for Plan {
    async fn carry_out<T: Send>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, PortError>> + Send,
    ) -> Result<T, PortError> {
        let way = self.next();
        match way {
            Some(Way::ErrorBefore) => return Err(self.failed(name)),
            Some(Way::DropBefore) => pending().await,
            Some(Way::Revoke) => {
                if let Some(interlude) = &*self.0.interlude.lock().unwrap() {
                    interlude();
                }
            }
            _ => {}
        }
        let done = call.await;
        match way {
            Some(Way::ErrorAfter) => Err(self.failed(name)),
            Some(Way::DropAfter) => pending().await,
            _ => done,
        }
    }
}
