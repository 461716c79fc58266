//! The control: the limits that the flow had before, as a model.

use std::collections::HashMap;

use crate::service::{Identifier, Letter, Service};

const HOUR: i64 = 60 * 60;

#[derive(Clone, Default)]
pub(crate) struct FormerLimits {
    counters: HashMap<&'static str, (u32, i64)>,
    /// Until when each live attempt is.
    live: Vec<i64>,
}

impl FormerLimits {
    fn count(&mut self, name: &'static str, period: i64, now: i64) -> u32 {
        let counter = self.counters.entry(name).or_insert((0, 0));
        *counter = if counter.1 > now { (counter.0 + 1, counter.1) } else { (1, now + period) };
        counter.0
    }
}

impl Service for FormerLimits {
    fn request(&mut self, identifier: Identifier, link: bool, now: i64) -> Letter {
        let typed = match identifier {
            Identifier::Email => "requests by address",
            Identifier::Login => "requests by login",
        };
        self.live.retain(|end| *end > now);
        let refused = self.count(typed, HOUR, now) > 10
            || self.live.len() >= 3
            || self.count("messages an hour", HOUR, now) > 5
            || self.count("messages a day", 24 * HOUR, now) > 10;
        if refused {
            return Letter::None;
        }
        let end = now + if link { HOUR / 2 } else { HOUR / 6 };
        self.live.push(end);
        if link { Letter::Link { token: String::new(), end } } else { Letter::Code }
    }

    fn admits(&mut self, _: &str, _: i64) -> bool {
        true
    }

    fn succeed(&mut self, _: &str, _: i64) {
        self.live.clear();
    }

    fn ends(&self) -> Vec<i64> {
        self.counters.values().map(|(_, end)| *end).chain(self.live.iter().copied()).collect()
    }
}
