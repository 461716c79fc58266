use std::sync::Mutex;

use alloc::collections::VecDeque;

use super::lock;
use crate::notify::Notifier;
use crate::port::PortError;
use crate::reset::{Letter, Notice};

/// A notifier that keeps letters and notices until they are taken out; the oldest come first.
#[derive(Debug, Default)]
pub struct Outbox {
    letters: Mutex<VecDeque<Letter>>,
    notices: Mutex<VecDeque<Notice>>,
}

impl Outbox {
    /// An empty outbox.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes out the oldest letter.
    #[must_use]
    pub fn take_letter(&self) -> Option<Letter> {
        lock(&self.letters).pop_front()
    }

    /// Takes out the oldest notice.
    #[must_use]
    pub fn take_notice(&self) -> Option<Notice> {
        lock(&self.notices).pop_front()
    }
}

impl Notifier for Outbox {
    async fn letter(&self, letter: Letter) -> Result<(), PortError> {
        lock(&self.letters).push_back(letter);
        Ok(())
    }

    async fn notice(&self, notice: Notice) -> Result<(), PortError> {
        lock(&self.notices).push_back(notice);
        Ok(())
    }
}
