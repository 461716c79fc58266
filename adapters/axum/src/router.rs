use alloc::sync::Arc;
use core::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use repass::port::Ports;

use crate::app::App;
use crate::forms::{self, PageProblem, Target, see_other};
use crate::host::Host;
use crate::json;
use crate::mount::Mount;
use crate::problem::{Problem, method_not_allowed, not_found};
use crate::time_limit::within;

/// The routes of `docs/http.md`, to be merged into the router of the host, and served with
/// `into_make_service_with_connect_info::<SocketAddr>()`: without the address of the peer, every route
/// that takes a body answers 503 with the code `source_unknown`.
///
/// # Panics
///
/// `Router::merge` panics if the host has one of these routes itself.
pub fn router<P: Ports + 'static, H: Host>(mount: Mount<P>, host: Arc<H>) -> Router {
    let time_limit = mount.time_limit;
    let has_pages = mount.pages;
    let app = App::new(mount, host);
    let api = api(&app, time_limit);
    let all = if has_pages { api.merge(pages(&app, time_limit)) } else { api };
    all.layer(map_response(with_security_headers))
}

/// The routes that take and answer JSON.
fn api<P: Ports + 'static, H: Host>(app: &App<P, H>, time_limit: Duration) -> Router {
    let path = |route: &str| app.mount().path(route);
    let mut api = Router::new()
        .route(&path("/v1/forgot"), post(json::forgot::<P, H>))
        .route(&path("/v1/resend"), post(json::resend::<P, H>))
        .route(&path("/v1/code"), post(json::code::<P, H>))
        .route(&path("/v1/reset"), post(json::reset::<P, H>))
        .route(&path("/v1/check"), post(json::check::<P, H>))
        .route(&path("/v1/not-me"), post(json::not_me::<P, H>))
        .route(&path("/v1/policy"), get(json::policy::<P, H>));
    if app.mount().addresses.is_some() {
        api = api.route(&path("/v1/verify"), post(json::verify::<P, H>));
    }
    if app.signs_in() {
        api = api
            .route(&path("/v1/sign-in"), post(json::sign_in::<P, H>))
            .route(&path("/v1/password"), post(json::change::<P, H>));
    }
    let in_time = from_fn(move |request: Request, next: Next| {
        within(time_limit, request, next, Problem::into_response)
    });
    api.method_not_allowed_fallback(method_not_allowed)
        .route(&path("/v1/{*rest}"), any(not_found))
        .layer(in_time)
        .with_state(app.clone())
}

/// The forms.
fn pages<P: Ports + 'static, H: Host>(app: &App<P, H>, time_limit: Duration) -> Router {
    let path = |route: &str| app.mount().path(route);
    let mut pages = Router::new()
        .route(&path("/forgot"), get(forms::forgot_page::<P, H>).post(forms::forgot::<P, H>))
        .route(&path("/sent"), get(forms::sent_page::<P, H>))
        .route(&path("/resend"), post(forms::resend::<P, H>))
        .route(&path("/code"), get(forms::code_page::<P, H>).post(forms::code::<P, H>))
        .route(&path("/reset"), get(forms::reset_page::<P, H>).post(forms::reset::<P, H>))
        .route(&path("/done"), get(forms::done_page::<P, H>))
        .route(&path("/not-me"), get(forms::not_me_page::<P, H>).post(forms::not_me::<P, H>))
        .route(&path("/stopped"), get(forms::stopped_page));
    if app.mount().addresses.is_some() {
        pages = pages
            .route(&path("/verify"), get(forms::verify_page::<P, H>).post(forms::verify::<P, H>))
            .route(&path("/verified"), get(forms::verified_page));
    }
    if app.signs_in() {
        pages = pages
            .route(&path("/sign-in"), get(forms::sign_in_page::<P, H>).post(forms::sign_in::<P, H>))
            .route(&path("/change"), get(forms::change_page::<P, H>).post(forms::change::<P, H>));
    }
    if app.mount().base_path.is_empty() {
        pages = pages.route("/.well-known/change-password", get(change_password::<P, H>));
    }
    let late = app.clone();
    let in_time = from_fn(move |request: Request, next: Next| {
        let app = late.clone();
        within(time_limit, request, next, move |problem| app.page_problem(problem).into_response())
    });
    pages
        .method_not_allowed_fallback(forms::method_not_allowed::<P, H>)
        .layer(in_time)
        .with_state(app.clone())
}

/// Where password managers find the page to change a password (W3C, "A Well-Known URL for Changing
/// Passwords").
async fn change_password<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
) -> Result<Response, PageProblem> {
    let page = if app.signs_in() { "/change" } else { "/forgot" };
    see_other(&app, Target::Page(page), &[], HeaderMap::new())
}

/// What every answer carries: nothing of it is stored, guessed at, framed, or told to another site.
const SECURITY_HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

async fn with_security_headers(mut response: Response) -> Response {
    for (name, value) in SECURITY_HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
