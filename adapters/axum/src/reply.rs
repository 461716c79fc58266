use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::cookies::SetCookie;

/// What a route answers in JSON when it did what was asked.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    body: Value,
    cookies: Vec<SetCookie>,
    /// What the host adds, for its session.
    of_host: HeaderMap,
}

impl Reply {
    pub(crate) fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, cookies: Vec::new(), of_host: HeaderMap::new() }
    }

    pub(crate) fn cookies(self, cookies: impl IntoIterator<Item = SetCookie>) -> Self {
        Self { cookies: cookies.into_iter().collect(), ..self }
    }

    pub(crate) fn of_host(self, of_host: HeaderMap) -> Self {
        Self { of_host, ..self }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body.to_string()).into_response();
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        add_headers(&mut response, &self.cookies, self.of_host);
        response
    }
}

/// Adds cookies of ours, and the headers of the host.
pub(crate) fn add_headers(response: &mut Response, cookies: &[SetCookie], of_host: HeaderMap) {
    let headers = response.headers_mut();
    for cookie in cookies.iter().filter_map(SetCookie::header) {
        headers.append(header::SET_COOKIE, cookie);
    }
    let mut last = None;
    for (name, value) in of_host {
        // A further value of a header comes without its name.
        last = name.or(last);
        if let Some(name) = &last {
            headers.append(name.clone(), value);
        }
    }
}
