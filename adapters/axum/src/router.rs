use alloc::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use repass::port::Ports;

use crate::app::App;
use crate::host::Host;
use crate::json;
use crate::mount::Mount;
use crate::problem::{Problem, method_not_allowed, not_found};
use crate::time_limit::within;

/// The routes of `docs/http.md`, to be merged into the router of the host, and served with
/// `into_make_service_with_connect_info::<SocketAddr>()`.
///
/// # Panics
///
/// `Router::merge` panics if the host has one of these routes itself.
pub fn router<P: Ports + 'static, H: Host>(mount: Mount<P>, host: Arc<H>) -> Router {
    let (time_limit, base_path) = (mount.time_limit, mount.base_path.clone());
    let (addresses, signs_in) = (mount.addresses, host.signs_in());
    let app = App::new(mount, host);
    let path = |route: &str| [base_path.as_str(), route].concat();

    let mut api = Router::new()
        .route(&path("/v1/forgot"), post(json::forgot::<P, H>))
        .route(&path("/v1/resend"), post(json::resend::<P, H>))
        .route(&path("/v1/code"), post(json::code::<P, H>))
        .route(&path("/v1/reset"), post(json::reset::<P, H>))
        .route(&path("/v1/check"), post(json::check::<P, H>))
        .route(&path("/v1/not-me"), post(json::not_me::<P, H>))
        .route(&path("/v1/policy"), get(json::policy::<P, H>));
    if addresses {
        api = api.route(&path("/v1/verify"), post(json::verify::<P, H>));
    }
    if signs_in {
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
        .layer(map_response(with_security_headers))
        .with_state(app)
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
