//! The page of a person who has signed in by the form, and the way out.

use alloc::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use crate::clock::now;
use crate::host::ServiceHost;
use crate::sessions;

struct Pages {
    host: Arc<ServiceHost>,
    base_path: String,
    has_outbox: bool,
}

type Shared = State<Arc<Pages>>;

pub(crate) fn routes(host: &Arc<ServiceHost>, base_path: &str, has_outbox: bool) -> Router {
    let (host, base_path) = (Arc::clone(host), base_path.to_owned());
    let sign_out_path = format!("{base_path}/sign-out");
    let pages = Pages { host, base_path, has_outbox };
    Router::new()
        .route("/", get(start))
        .route(&sign_out_path, post(sign_out))
        .with_state(Arc::new(pages))
}

async fn start(State(pages): Shared, headers: HeaderMap) -> impl IntoResponse {
    let path = &pages.base_path;
    let is_signed_in = pages.host.sessions().in_cookies(&headers, now()).is_some();
    let sign_out = format!(
        "<form method=post action=\"{path}/sign-out\">\n<button>Sign out</button>\n</form>\n"
    );
    let outbox = "<li><a href=\"/outbox\">Messages that would have been sent</a></li>\n";
    let page = format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Your account</title>\n<main>\n\
         <h1>Your account</h1>\n<ul>\n<li><a href=\"{path}/sign-in\">Sign in</a></li>\n\
         <li><a href=\"{path}/change\">Change your password</a></li>\n\
         <li><a href=\"{path}/forgot\">Forgot your password?</a></li>\n{}</ul>\n{}</main>\n</html>\n",
        if pages.has_outbox { outbox } else { "" },
        if is_signed_in { &sign_out } else { "" },
    );
    let policy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, Html(page))
}

/// Says where a request of a browser comes from (W3C Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The browser forgets the session. Pages of others must not do that to anybody.
async fn sign_out(State(pages): Shared, headers: HeaderMap) -> Response {
    let ours = ["same-origin", "none"];
    if headers.get_all(SEC_FETCH_SITE).iter().any(|site| !ours.iter().any(|ours| site == ours)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    pages.host.happened("signed_out");
    let location = [(header::LOCATION, "/"), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::SEE_OTHER, location, sessions::removed()).into_response()
}
