use core::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

/// The hops that the header names, the client first; `None` for what is no address.
pub(super) fn x_forwarded_for(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let name = HeaderName::from_static("x-forwarded-for");
    elements(headers, &name).iter().map(|element| element.as_deref().and_then(address)).collect()
}

/// The same of `Forwarded` (RFC 7239, section 4): the parameter `for` of each element.
pub(super) fn forwarded(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let hop = |element: &Option<String>| {
        let mut named = None;
        for pair in element.as_deref()?.split(';') {
            let (name, value) = pair.split_once('=')?;
            if name.trim().eq_ignore_ascii_case("for") {
                // Twice in one element says nothing.
                if named.replace(value.trim()).is_some() {
                    return None;
                }
            }
        }
        let named = named?;
        let quoted = named.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        address(quoted.unwrap_or(named))
    };
    elements(headers, &header::FORWARDED).iter().map(hop).collect()
}

/// The elements of a header that can be there several times; `None` for a line that is no text.
fn elements(headers: &HeaderMap, name: &HeaderName) -> Vec<Option<String>> {
    let mut elements = Vec::new();
    for line in headers.get_all(name) {
        match line.to_str() {
            Ok(line) => elements.extend(line.split(',').map(|one| Some(one.trim().to_owned()))),
            Err(_) => elements.push(None),
        }
    }
    elements
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let address = bare.unwrap_or(text).parse().ok().or_else(with_port)?;
    Some(IpAddr::to_canonical(&address))
}
