use time::UtcDateTime;

use super::step::Asker;
use super::{Flow, RequestError, throttled};
use crate::account::Lookup;
use crate::throttle::{Source, ThrottleKey};

/// What is asked about an identifier, each with counters of its own.
pub(super) struct Asking {
    pub(super) of_identifier: &'static str,
    pub(super) of_source: &'static str,
}

impl Asking {
    /// For a message.
    pub(super) const REQUEST: Self =
        Self { of_identifier: "request", of_source: "requests of a source" };
    /// Whether there is an account. With the counters of requests, strangers who only ask could keep
    /// the owner from getting a message.
    pub(super) const DISCLOSURE: Self =
        Self { of_identifier: "disclosure", of_source: "disclosures of a source" };
}

impl Flow {
    /// Counts before anything is looked up: first what comes from the source or the caller, then what is
    /// asked about the identifier, so that what a source is refused for does not use up what is counted
    /// for a person.
    pub(super) async fn count_asking(
        &self,
        ports: &Asker,
        asking: Asking,
        lookup: &Lookup,
        source: Option<&Source>,
        now: UtcDateTime,
    ) -> Result<(), RequestError> {
        let (keyring, scope) = (&self.keyring, &self.scope);
        let limits = self.settings.limits;
        let of_source = source.map(|source| {
            let limit = match source.is_caller() {
                true => limits.requests_of_caller,
                false => limits.requests_of_source,
            };
            (ThrottleKey::source(keyring, scope, asking.of_source, source), limit.quota())
        });
        let typed = ThrottleKey::typed(keyring, scope, asking.of_identifier, lookup);
        let of_typed = (typed, limits.requests_of_identifier.quota());
        for (key, quota) in of_source.into_iter().chain([of_typed]) {
            if let Some(until) = throttled(ports, key, quota, None, now).await? {
                return Err(RequestError::Throttled { until });
            }
        }
        Ok(())
    }
}
