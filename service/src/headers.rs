//! Headers that a request can have once.

use axum::http::HeaderMap;
use axum::http::header::AsHeaderName;

/// A header is there twice, or is no text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotOne;

/// The value of a header; none without it. What is there twice is refused: a proxy could have looked at the other
/// one.
pub(crate) fn one(headers: &HeaderMap, name: impl AsHeaderName) -> Result<Option<&str>, NotOne> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| NotOne),
        (Some(_), Some(_)) => Err(NotOne),
    }
}
