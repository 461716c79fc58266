use core::fmt;

use axum::http::{HeaderMap, HeaderName, Uri, header};

use crate::problem::Problem;

/// The origin at which browsers reach the service, such as `https://example.org`: a scheme, a host,
/// and a port unless it is the usual one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

/// Says where the request of a browser comes from (W3C Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

impl Origin {
    /// Takes `https`, or `http` on this machine (`localhost`, `127.0.0.1`, `[::1]`) for development.
    ///
    /// # Errors
    ///
    /// [`OriginError`] for anything else, and for a path, a query or a user.
    pub fn new(text: &str) -> Result<Self, OriginError> {
        let uri: Uri = text.parse().map_err(|_| OriginError)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(OriginError);
        };
        let host = authority.host().to_ascii_lowercase();
        let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
        let usual = match scheme {
            "https" => 443,
            "http" if local => 80,
            _ => return Err(OriginError),
        };
        let has_more = uri.query().is_some() || !matches!(uri.path(), "" | "/");
        if host.is_empty() || has_more || authority.as_str().contains('@') {
            return Err(OriginError);
        }
        let port = authority.port_u16().filter(|port| *port != usual);
        if authority.as_str().len() > authority.host().len() && authority.port_u16().is_none() {
            return Err(OriginError);
        }
        // As browsers write it in the header `Origin` (RFC 6454, section 6.2).
        Ok(Self(match port {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }))
    }

    /// The origin as browsers write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Refuses a request that a browser sends for another site. Browsers say so in `Sec-Fetch-Site`,
    /// and those that do not know it in `Origin`.
    pub(crate) fn check(&self, headers: &HeaderMap) -> Result<Sender, Problem> {
        if let Some(site) = one(headers, &SEC_FETCH_SITE)? {
            // `none` is what a person does in the browser itself.
            return match site {
                b"same-origin" | b"none" => Ok(Sender::SameOrigin),
                _ => Err(Problem::cross_site()),
            };
        }
        match one(headers, &header::ORIGIN)? {
            Some(origin) if origin == self.0.as_bytes() => Ok(Sender::SameOrigin),
            Some(_) => Err(Problem::cross_site()),
            None => Ok(Sender::Unknown),
        }
    }
}

/// Who sends a request that is not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// A page of this origin.
    SameOrigin,
    /// A client that is no browser, or one that is too old to say.
    Unknown,
}

/// The value of a header that must not occur twice.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a [u8]>, Problem> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value.map(|value| value.as_bytes())),
        (_, Some(_)) => Err(Problem::cross_site()),
    }
}

/// The text is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OriginError;

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an origin is https://HOST or https://HOST:PORT, or http on this machine")
    }
}

impl core::error::Error for OriginError {}
