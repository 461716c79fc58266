use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use repass::port::Ports;

use super::PageProblem;
use crate::app::App;
use crate::attempt_tag::AttemptTag;
use crate::cookies::SetCookie;
use crate::host::Host;
use crate::problem::Problem;
use crate::reply::add_headers;

/// A page of this origin that a browser is sent to after a form.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    /// A page of ours.
    Page(&'static str),
    /// A page of ours about one attempt.
    Attempt(&'static str, AttemptTag),
    /// The page of the host behind the sign-in.
    AfterSignIn,
}

/// Sends a browser on, by GET (RFC 9110, section 15.4.4).
pub(crate) fn see_other<P: Ports + 'static, H: Host>(
    app: &App<P, H>,
    target: Target,
    cookies: &[SetCookie],
    of_host: HeaderMap,
) -> Result<Response, PageProblem> {
    let mount = app.mount();
    let location = match target {
        Target::Page(page) => mount.path(page),
        Target::Attempt(page, attempt) => {
            [&mount.path(page), "?attempt=", attempt.as_str()].concat()
        }
        Target::AfterSignIn => mount.after_sign_in.clone(),
    };
    let location = HeaderValue::from_str(&location);
    let location = location.map_err(|_| app.page_problem(Problem::unavailable()))?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    add_headers(&mut response, cookies, of_host);
    Ok(response)
}
