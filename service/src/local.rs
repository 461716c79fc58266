//! Keeps a service that only this machine may reach from being reached by others: through a name that leads here
//! from a page of somebody else (DNS rebinding), or through a proxy.

use core::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What proxies add.
const FORWARDING: [&str; 20] = [
    "cdn-loop",
    "cf-connecting-ip",
    "client-ip",
    "fastly-client-ip",
    "forwarded",
    "forwarded-for",
    "true-client-ip",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-external-address",
    "x-forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-original-forwarded-for",
    "x-original-host",
    "x-real-ip",
];

pub(crate) async fn only_local(request: Request, next: Next) -> Response {
    if !is_local(request.headers()) || request.uri().authority().is_some() {
        let text = "This service answers under a loopback address or localhost only.\n";
        return (StatusCode::MISDIRECTED_REQUEST, text).into_response();
    }
    if FORWARDING.iter().any(|name| request.headers().contains_key(*name)) {
        let text = "This service cannot be used behind a proxy.\n";
        return (StatusCode::BAD_REQUEST, text).into_response();
    }
    next.run(request).await
}

/// Whether the one header `Host` names this machine.
fn is_local(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    is_this_machine(host.to_str().unwrap_or_default())
}

/// Whether a host, with or without a port, is a loopback address or `localhost`.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((name, _)) => name,
        None => host.split(':').next().unwrap_or_default(),
    };
    let address: Result<IpAddr, _> = name.parse();
    address.map_or(name.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}
