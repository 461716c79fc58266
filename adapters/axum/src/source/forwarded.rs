use core::net::{IpAddr, SocketAddr};
use core::str;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The hops that the header names, the nearest first; `None` for what is no address.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    elements(headers, X_FORWARDED_FOR).map(address)
}

/// The same of `Forwarded` (RFC 7239, section 4): the parameter `for` of each element.
pub(super) fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    elements(headers, header::FORWARDED).map(|element| {
        let mut named = None;
        for pair in element.split(|byte| *byte == b';') {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let (name, value) = (halves.next()?, halves.next()?);
            if name.trim_ascii().eq_ignore_ascii_case(b"for") {
                // Twice in one element says nothing.
                if named.replace(value.trim_ascii()).is_some() {
                    return None;
                }
            }
        }
        let named = named?;
        let quoted = named.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
        address(quoted.unwrap_or(named))
    })
}

/// The elements of a header that can be there several times, the last first. They are bytes: what a
/// client wrote must not hide what a proxy has added to its line.
fn elements(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &[u8]> {
    let lines = headers.get_all(name).iter().rev().map(HeaderValue::as_bytes);
    lines.flat_map(|line| line.rsplit(|byte| *byte == b',')).map(<[u8]>::trim_ascii)
}

/// An address, with or without a port.
fn address(bytes: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(bytes).ok()?;
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let address = bare.unwrap_or(text).parse().ok().or_else(with_port)?;
    Some(IpAddr::to_canonical(&address))
}
