use axum::extract::State;
use axum::response::{IntoResponse, Response};
use repass::port::Ports;

use super::html::{Html, MEDIA_TYPE};
use super::text;
use crate::app::App;
use crate::host::Host;
use crate::problem::{Kind, Problem};

/// A [`Problem`] as a page, with a form to try again where that helps.
#[derive(Debug)]
pub(crate) struct PageProblem {
    problem: Box<Problem>,
    text: Option<&'static str>,
    again: Html,
}

impl PageProblem {
    /// The form to try again with.
    pub(crate) fn again(self, form: &Html) -> Self {
        Self { again: form.clone().then(&self.again), ..self }
    }

    /// Says it in other words than those for the kind of the problem.
    pub(crate) fn said(self, text: &'static str) -> Self {
        Self { text: Some(text), ..self }
    }
}

impl IntoResponse for PageProblem {
    fn into_response(self) -> Response {
        let Self { problem, text, again } = self;
        let lines = match text {
            Some(text) => vec![text.to_owned()],
            None => text::of(&problem),
        };
        let page = Html::new().alert(&lines).then(&again);
        let body = page.into_text(text::title(problem.kind()));
        problem.with_body(MEDIA_TYPE, body)
    }
}

impl<P: Ports + 'static, H: Host> App<P, H> {
    /// The page for a problem, with the links that lead on.
    pub(crate) fn page_problem(&self, problem: Problem) -> PageProblem {
        let mount = self.mount();
        let again = match problem.kind() {
            Kind::SignedOut => Html::new().link(&mount.path("/sign-in"), "Sign in"),
            Kind::Refused | Kind::MustReset | Kind::Malformed => {
                Html::new().link(&mount.path("/forgot"), "Ask for a new link or code")
            }
            _ => Html::new(),
        };
        PageProblem { problem: Box::new(problem), text: None, again }
    }
}

/// What a page answers to a method that it does not have.
pub(crate) async fn method_not_allowed<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
) -> PageProblem {
    app.page_problem(Problem::method())
}
