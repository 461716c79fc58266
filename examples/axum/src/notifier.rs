use core::fmt::Write as _;
use std::path::PathBuf;

use repass::message::Message;
use repass::port::{Delivered, Notifier, PortError};
use repass::time::UtcDateTime;
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

/// Appends messages to a file, for development: a real service never stores them.
#[derive(Debug)]
pub(crate) struct FileNotifier {
    path: PathBuf,
}

impl FileNotifier {
    pub(crate) fn new(path: &str) -> Self {
        Self { path: path.into() }
    }
}

impl Notifier for FileNotifier {
    async fn deliver(&self, message: &Message, _now: UtcDateTime) -> Result<Delivered, PortError> {
        let mut text = String::new();
        writeln!(text, "To: {}\nSubject: {}", message.to(), message.subject())?;
        message.headers().try_for_each(|(name, value)| writeln!(text, "{name}: {value}"))?;
        write!(text, "\n{}\n", message.expose_secret())?;
        let mut file = OpenOptions::new().append(true).create(true).open(&self.path).await?;
        file.write_all(text.as_bytes()).await?;
        file.flush().await?;
        Ok(Delivered::Taken)
    }
}
