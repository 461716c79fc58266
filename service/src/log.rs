//! Lines of JSON about what happened. A line has names that are in the program, and numbers: never a query, an
//! identifier or a secret.

use alloc::sync::Arc;
use core::fmt;
use std::io::Write;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::clock::now;
use crate::outbox::rfc3339;

/// Where lines go. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    to: Arc<Mutex<Box<dyn Write + Send>>>,
}

impl Log {
    /// Writes the lines to `to`.
    #[must_use]
    pub fn new(to: impl Write + Send + 'static) -> Self {
        Self { to: Arc::new(Mutex::new(Box::new(to))) }
    }

    /// A line for something that happened. The texts are in the program, so they cannot be what somebody sent.
    pub(crate) fn line(&self, event: &'static str, texts: &[(&'static str, &'static str)]) {
        let mut line = Map::new();
        line.insert("at".to_owned(), rfc3339(now()).into());
        line.insert("event".to_owned(), event.into());
        line.extend(texts.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))));
        let line = format!("{}\n", Value::Object(line));
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written stops no password from being changed.
        let _ = to.write_all(line.as_bytes()).and_then(|()| to.flush());
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log(..)")
    }
}
