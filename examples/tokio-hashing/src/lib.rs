//! Hashing in a service on tokio: as many hashes at once as the hasher has slots, on threads for
//! blocking work, and an answer in time for whoever has to wait.
//!
//! The code is that of the documentation of `repass::hash`; the tests show what it promises, and that it
//! is the same.

// recipe
use std::{sync::Arc, time::Duration};

use repass::hash::Hasher;
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

#[derive(Clone)]
pub struct Hashing {
    pub hasher: Hasher,
    pub permits: Arc<Semaphore>,
    pub patience: Duration,
}

/// Too many hashes were before this one: answer 503.
#[derive(Debug, PartialEq, Eq)]
pub struct RetryLater;

impl Hashing {
    pub fn new(hasher: Hasher, patience: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(hasher.slots()));
        Self { hasher, permits, patience }
    }

    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Hasher) -> T + Send + 'static,
    ) -> Result<T, RetryLater> {
        let permit = Arc::clone(&self.permits).acquire_owned();
        let permit = timeout(self.patience, permit).await.map_err(|_| RetryLater)?;
        let hasher = self.hasher.clone();
        let task = spawn_blocking(move || {
            // Moved in here: a request that goes away does not stop the hash, nor free its permit.
            let _permit = permit;
            work(&hasher)
        });
        // It panicked, or the runtime is going down.
        task.await.map_err(|_| RetryLater)
    }
}
// recipe ends
