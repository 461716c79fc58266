//! Counters as Prometheus reads them (text format 0.0.4). Names and labels are in the program: no label is what
//! somebody sent.

use alloc::collections::BTreeMap;
use core::fmt::Write;
use std::sync::{Mutex, PoisonError};

/// All counters of a process.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    counts: Mutex<BTreeMap<(&'static str, Labels), u64>>,
}

type Label = (&'static str, &'static str);
type Labels = Vec<Label>;

const HELP: [(&str, &str); 4] = [
    ("repass_events_total", "What happened, by name."),
    ("repass_housekeeping_total", "What the housekeeping did and found."),
    ("repass_http_requests_total", "Answers, by route and status."),
    (
        "repass_log_lines_lost_total",
        "Lines that were not logged, since nobody read those before them.",
    ),
];

impl Metrics {
    pub(crate) fn count(&self, name: &'static str, labels: &[Label]) {
        self.add(name, labels, 1);
    }

    pub(crate) fn add(&self, name: &'static str, labels: &[Label], number: u64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry((name, labels.to_vec())).or_default();
        *count = count.saturating_add(number);
    }

    /// All of them.
    pub(crate) fn text(&self) -> String {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        for (name, help) in HELP {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} counter");
            for ((_, labels), count) in counts.iter().filter(|((other, _), _)| *other == name) {
                let labels: Vec<_> =
                    labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
                let _ = writeln!(text, "{name}{{{}}} {count}", labels.join(","));
            }
        }
        text
    }
}
