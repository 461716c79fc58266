//! What the service itself does when a password was set, and where it says what happened.

use alloc::sync::Arc;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use repass::account::AccountId;
use repass::port::PortError;
use repass::reset::{AfterReset, Housekeeping, Worked};
use repass_axum::{Happened, NewSession, Session};
use repass_tokio::{Event, Host};

use crate::clock::now;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::sessions::Sessions;

/// Sessions are tags that end with the password, so there is nothing left to do.
#[derive(Clone, Debug)]
pub(crate) struct ServiceHost {
    log: Log,
    metrics: Arc<Metrics>,
    sessions: Sessions,
    signs_in: bool,
}

impl ServiceHost {
    pub(crate) fn new(log: Log, metrics: Arc<Metrics>) -> Self {
        let sessions = Sessions::default();
        Self { log, metrics, sessions, signs_in: true }
    }

    /// The same for pages where nobody signs in.
    pub(crate) fn without_sign_in(&self) -> Self {
        Self { signs_in: false, ..self.clone() }
    }

    /// The same with other keys.
    pub(crate) fn with_sessions(&self, sessions: Sessions) -> Self {
        Self { sessions, ..self.clone() }
    }

    pub(crate) const fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Says that something happened, by a name that tells nothing about a person.
    pub(crate) fn happened(&self, event: &'static str) {
        self.metrics.count("repass_events_total", &[("event", event)]);
        self.line(event, &[]);
    }

    /// A log that is not read costs lines, which are counted.
    fn line(&self, event: &'static str, texts: &[(&'static str, &'static str)]) {
        if !self.log.line(event, texts) {
            self.metrics.count("repass_log_lines_lost_total", &[]);
        }
    }

    fn failed(&self, event: &'static str, code: &'static str) {
        self.metrics.count("repass_events_total", &[("event", event)]);
        self.line(event, &[("code", code)]);
    }

    fn housekept(&self, done: &Housekeeping) {
        let numbers = [
            ("ended", done.ended),
            ("addresses", done.addresses),
            ("purged_attempts", done.purged_attempts),
            ("purged_counters", done.purged_counters),
            ("unknown_keys", done.unknown_keys),
            ("altered", done.altered),
        ];
        for (name, number) in numbers {
            self.metrics.add("repass_housekeeping_total", &[("what", name)], number);
        }
        for failure in &done.failures {
            self.failed("housekeeping_failed", failure.code());
        }
        // Rows that something else has written need a person to look.
        if done.altered > 0 {
            self.failed("housekeeping_found", "altered_rows");
        }
    }
}

impl Host for ServiceHost {
    async fn carry_out(&self, after: &AfterReset) -> Result<(), PortError> {
        self.happened(after.event().code());
        Ok(())
    }

    fn report(&self, event: Event<'_>) {
        match event {
            Event::Worked(worked) => match worked {
                Worked::Ran(report) => self.happened(report.disclose().code()),
                Worked::Delivered => self.happened("message_delivered"),
                Worked::Rejected => self.happened("message_rejected"),
                // There is one for each message that was not sent: counted as if it had been.
                Worked::Decoy => self.metrics.count("repass_events_total", &[("event", "decoy")]),
                Worked::Dropped(error) => self.failed("entry_dropped", error.code()),
                Worked::PutOff { failure, .. } => {
                    let code = failure.as_ref().map_or("unknown_key", |failure| failure.code());
                    self.failed("entry_put_off", code);
                }
                _ => self.happened("entry_lost"),
            },
            Event::Housekept(done) => self.housekept(done),
            Event::Failed(failure) => self.failed("port_failed", failure.code()),
            Event::DutiesFailed(_) => self.happened("duties_failed"),
            Event::EntryLost => self.happened("entry_lost"),
            Event::Random(error) => self.failed("no_randomness", error.code()),
            _ => self.happened("other"),
        }
    }
}

impl repass_axum::Host for ServiceHost {
    fn signs_in(&self) -> bool {
        self.signs_in
    }

    async fn signed_in(&self, request: &Parts) -> Result<Option<Session>, PortError> {
        let session = self.sessions.in_cookies(&request.headers, now());
        Ok(session.map(|(id, tag)| Session::new(id, tag)))
    }

    async fn begin_session(
        &self,
        _request: &Parts,
        session: &NewSession<'_>,
    ) -> Result<HeaderMap, PortError> {
        Ok(self.sessions.cookie(session.account(), session.tag(), now()))
    }

    async fn end_sessions(&self, _account: &AccountId) -> Result<(), PortError> {
        Ok(())
    }

    fn happened(&self, what: &Happened<'_>) {
        let labels = [("route", what.route()), ("event", what.code())];
        self.metrics.count("repass_events_total", &labels);
        self.line(what.code(), &labels[..1]);
    }
}
