//! Lines of JSON about what happened. A line has names that are in the program, and numbers: never a query, an
//! identifier or a secret.

use core::fmt;
use core::time::Duration;
use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use serde_json::{Map, Value};

use crate::clock::now;
use crate::outbox::rfc3339;

/// Where lines go. Cheap to clone.
///
/// A thread of its own writes them, so that a pipe that nobody reads stops no request.
#[derive(Clone)]
pub struct Log {
    lines: SyncSender<Line>,
}

enum Line {
    Text(String),
    /// Says when everything before it has been written.
    End(SyncSender<()>),
}

/// How many lines wait to be written; what happens while there are so many is counted and not logged.
const MOST_WAITING: usize = 4_096;
/// How long a service that stops waits for its last lines.
const PATIENCE: Duration = Duration::from_secs(2);

impl Log {
    /// Writes the lines to `to`.
    #[must_use]
    pub fn new(to: impl Write + Send + 'static) -> Self {
        let (lines, waiting) = sync_channel(MOST_WAITING);
        // Without a thread nothing is logged, and each line counts as lost.
        let _ = std::thread::Builder::new().name("log".to_owned()).spawn(|| write(to, waiting));
        Self { lines }
    }

    /// A line for something that happened; `false` if it is lost. The texts are in the program, so they cannot be
    /// what somebody sent.
    #[must_use]
    pub(crate) fn line(&self, event: &'static str, texts: &[(&'static str, &'static str)]) -> bool {
        let mut line = Map::new();
        line.insert("at".to_owned(), rfc3339(now()).into());
        line.insert("event".to_owned(), event.into());
        line.extend(texts.iter().map(|(name, text)| ((*name).to_owned(), Value::from(*text))));
        let line = format!("{}\n", Value::Object(line));
        self.lines.try_send(Line::Text(line)).is_ok()
    }

    /// Waits until everything that was logged has been written, but not for a pipe that nobody reads.
    pub(crate) async fn written(&self) {
        let (end, ended) = sync_channel(1);
        if self.lines.try_send(Line::End(end)).is_ok() {
            let waiting = tokio::task::spawn_blocking(move || ended.recv_timeout(PATIENCE));
            let _ = waiting.await;
        }
    }
}

/// A log that cannot be written stops no password from being changed.
fn write(mut to: impl Write, waiting: Receiver<Line>) {
    while let Ok(line) = waiting.recv() {
        match line {
            Line::Text(text) => drop(to.write_all(text.as_bytes()).and_then(|()| to.flush())),
            Line::End(end) => drop(end.send(())),
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log(..)")
    }
}
