//! Plain forms without script, for the links in messages.

use axum::response::{IntoResponse, Response};
use repass::port::Ports;

use crate::app::App;
use crate::host::Host;
use crate::problem::Problem;

/// A problem as a page.
#[derive(Debug)]
pub(crate) struct PageProblem(Problem);

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl<P: Ports + 'static, H: Host> App<P, H> {
    pub(crate) fn page_problem(&self, problem: Problem) -> PageProblem {
        PageProblem(problem)
    }
}
