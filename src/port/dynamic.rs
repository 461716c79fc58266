use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::future::Future;
use core::pin::Pin;

use time::UtcDateTime;

use super::{Accounts, Attempts, Counters, Delivered, Inserted, Notifier, PortError, Ports, Queue};
use crate::account::{Account, AccountId, AccountWrite, Lookup, PastPassword, Written};
use crate::attempt::{AttemptId, AttemptRow, SubjectId};
use crate::message::Message;
use crate::queue::{Claim, ClaimToken, Claimed, Pushed, QueueEntry, QueueKey};
use crate::throttle::{Counted, Once, Quota, ThrottleKey};

/// Ports that are chosen at run time: each call boxes one future. Cheap to clone.
///
/// It is each of the five ports itself, too.
#[derive(Clone)]
pub struct DynPorts {
    accounts: Arc<dyn DynAccounts>,
    attempts: Arc<dyn DynAttempts>,
    counters: Arc<dyn DynCounters>,
    queue: Arc<dyn DynQueue>,
    notifier: Arc<dyn DynNotifier>,
}

impl DynPorts {
    /// Erases the types of five ports.
    #[must_use]
    pub fn new(
        accounts: impl Accounts + 'static,
        attempts: impl Attempts + 'static,
        counters: impl Counters + 'static,
        queue: impl Queue + 'static,
        notifier: impl Notifier + 'static,
    ) -> Self {
        Self {
            accounts: Arc::new(accounts),
            attempts: Arc::new(attempts),
            counters: Arc::new(counters),
            queue: Arc::new(queue),
            notifier: Arc::new(notifier),
        }
    }
}

impl fmt::Debug for DynPorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DynPorts(..)")
    }
}

impl Ports for DynPorts {
    type Accounts = Self;
    type Attempts = Self;
    type Counters = Self;
    type Queue = Self;
    type Notifier = Self;

    fn accounts(&self) -> &Self {
        self
    }

    fn attempts(&self) -> &Self {
        self
    }

    fn counters(&self) -> &Self {
        self
    }

    fn queue(&self) -> &Self {
        self
    }

    fn notifier(&self) -> &Self {
        self
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, PortError>> + Send + 'a>>;

/// The type of an argument: borrowed, perhaps borrowed, or a value.
macro_rules! argument {
    (&$lifetime:lifetime $type:ty) => { &$lifetime $type };
    (?$lifetime:lifetime $type:ty) => { Option<&$lifetime $type> };
    (=$lifetime:lifetime $type:ty) => { $type };
}

/// For one port: a trait whose futures are boxed, its implementation for every such port, and the
/// port for [`DynPorts`].
macro_rules! erase {
    ($port:ident as $dynamic:ident in $field:ident {
        $(fn $call:ident($($name:ident: $how:tt $type:ty),*) -> $answer:ty;)*
    }) => {
        trait $dynamic: Send + Sync {
            $(fn $call<'a>(
                &'a self,
                $($name: argument!($how 'a $type),)*
                now: UtcDateTime,
            ) -> Answer<'a, $answer>;)*
        }

        impl<P: $port> $dynamic for P {
            $(fn $call<'a>(
                &'a self,
                $($name: argument!($how 'a $type),)*
                now: UtcDateTime,
            ) -> Answer<'a, $answer> {
                Box::pin($port::$call(self, $($name,)* now))
            })*
        }

        impl $port for DynPorts {
            $(async fn $call(
                &self,
                $($name: argument!($how '_ $type),)*
                now: UtcDateTime,
            ) -> Result<$answer, PortError> {
                self.$field.$call($($name,)* now).await
            })*
        }
    };
}

erase! {
    Accounts as DynAccounts in accounts {
        fn find(lookup: &Lookup) -> Vec<Account>;
        fn load(id: &AccountId) -> Option<Account>;
        fn write(write: &AccountWrite) -> Written;
        fn past(id: &AccountId, limit: =u32) -> Vec<PastPassword>;
        fn may_administer(operator: &AccountId, id: &AccountId) -> bool;
    }
}

erase! {
    Attempts as DynAttempts in attempts {
        fn insert(row: &AttemptRow) -> Inserted;
        fn load(id: &AttemptId) -> Option<AttemptRow>;
        fn swap(seen: &AttemptRow, next: &AttemptRow) -> bool;
        fn list(subject: &SubjectId) -> Vec<AttemptRow>;
        fn unfinished(after: ?AttemptId, limit: =u32) -> Vec<AttemptRow>;
        fn purge() -> u64;
        fn erase(subject: &SubjectId) -> u64;
    }
}

erase! {
    Counters as DynCounters in counters {
        fn count(key: &ThrottleKey, quota: =Quota, once: ?Once) -> Counted;
        fn purge() -> u64;
    }
}

erase! {
    Queue as DynQueue in queue {
        fn push(entry: &QueueEntry) -> Pushed;
        fn claim(claim: &Claim) -> Vec<Claimed>;
        fn done(key: &QueueKey, token: &ClaimToken) -> bool;
        fn retry(key: &QueueKey, token: &ClaimToken, due: =UtcDateTime) -> bool;
        fn erase(id: &AttemptId) -> u64;
    }
}

erase! {
    Notifier as DynNotifier in notifier {
        fn deliver(message: &Message) -> Delivered;
    }
}
