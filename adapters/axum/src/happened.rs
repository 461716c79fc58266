use core::error::Error;
use core::fmt;

use repass::event::Event;

/// Something that happened on a route, for logs and metrics. It holds no secret, and nothing that a
/// person typed.
#[derive(Clone, Copy)]
pub struct Happened<'a> {
    route: &'static str,
    code: &'static str,
    event: Option<&'a Event>,
    failure: Option<&'a (dyn Error + 'static)>,
}

impl<'a> Happened<'a> {
    pub(crate) const fn done(route: &'static str, event: &'a Event) -> Self {
        Self { route, code: event.code(), event: Some(event), failure: None }
    }

    pub(crate) const fn accepted(route: &'static str, code: &'static str) -> Self {
        Self { route, code, event: None, failure: None }
    }

    pub(crate) const fn failed(
        route: &'static str,
        code: &'static str,
        failure: &'a (dyn Error + 'static),
    ) -> Self {
        Self { route, code, event: None, failure: Some(failure) }
    }

    /// The name of the route, such as `forgot`; the form and the JSON route have the same name.
    #[must_use]
    pub const fn route(&self) -> &'static str {
        self.route
    }

    /// What happened: the code of an [event](Self::event) or of a [failure](Self::failure). It can say
    /// more than the person was told, such as whether an account exists.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The event, with account and attempt, where something was done.
    #[must_use]
    pub const fn event(&self) -> Option<&'a Event> {
        self.event
    }

    /// Why something was not done.
    #[must_use]
    pub const fn failure(&self) -> Option<&'a (dyn Error + 'static)> {
        self.failure
    }
}

impl fmt::Debug for Happened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Happened")
            .field("route", &self.route)
            .field("code", &self.code)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}
