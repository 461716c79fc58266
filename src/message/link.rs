use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

/// The page of the service to which a reset link leads, out of its configuration: a link is never
/// built from what a request says about its host.
///
/// ```
/// use repass::message::{LinkForm, ResetLink};
///
/// let page = ResetLink::new("https://example.org/reset", LinkForm::Fragment)?;
/// assert!(ResetLink::new("http://example.org/reset", LinkForm::Fragment).is_err());
/// # Ok::<(), repass::message::LinkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetLink {
    page: String,
    form: LinkForm,
}

/// Where in a link the token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkForm {
    /// `?token=…`: works without script. The token reaches the server's and proxies' logs, so the
    /// page has to answer with `Referrer-Policy: no-referrer` and `Cache-Control: no-store`, load
    /// nothing from elsewhere, and keep query strings out of its logs.
    Query,
    /// `#token=…`: the token stays in the browser, whose script has to send it. It never stands in a
    /// log or a `Referer` header.
    Fragment,
}

impl ResetLink {
    /// The longest page address, in bytes.
    pub const MAX_BYTES: usize = 1024;

    /// Takes the address of the page: `https`, or `http` on this machine (`localhost`, `127.0.0.1`,
    /// `[::1]`) for development; no user, query or fragment in it.
    ///
    /// # Errors
    ///
    /// [`LinkError`] says what is wrong with the address.
    pub fn new(page: &str, form: LinkForm) -> Result<Self, LinkError> {
        if page.len() > Self::MAX_BYTES {
            return Err(LinkError::TooLong { max_bytes: Self::MAX_BYTES });
        }
        let (rest, local_only) = match (page.strip_prefix("https://"), page.strip_prefix("http://"))
        {
            (Some(rest), _) => (rest, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => return Err(LinkError::NotHttps),
        };
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}?#@".contains(&byte);
        if !rest.bytes().all(plain) {
            return Err(LinkError::Character);
        }
        let authority = rest.split('/').next().unwrap_or_default();
        let host = host_of(authority).ok_or(LinkError::Host)?;
        if local_only && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            return Err(LinkError::NotHttps);
        }
        Ok(Self { page: page.into(), form })
    }

    /// Where the token stands.
    #[must_use]
    pub const fn form(&self) -> LinkForm {
        self.form
    }

    /// The link that carries `token`, which has to be base64url.
    pub(crate) fn with_token(&self, token: &str) -> Zeroizing<String> {
        let name = match self.form {
            LinkForm::Query => "?token=",
            LinkForm::Fragment => "#token=",
        };
        let parts = [self.page.as_str(), name, token];
        let mut link = Zeroizing::new(String::with_capacity(parts.iter().map(|p| p.len()).sum()));
        link.extend(parts);
        link
    }
}

/// Why an address is no page for reset links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkError {
    /// The address is longer than a link may be.
    TooLong {
        /// The longest address, in bytes.
        max_bytes: usize,
    },
    /// The address is not `https`, nor `http` on this machine.
    NotHttps,
    /// The host or its port is not well-formed.
    Host,
    /// The address has a user, a query, a fragment, or a character that no address has.
    Character,
}

impl LinkError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "link_too_long",
            Self::NotHttps => "link_not_https",
            Self::Host => "link_host_invalid",
            Self::Character => "link_character_invalid",
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { max_bytes } => {
                write!(f, "the page address has at most {max_bytes} bytes")
            }
            Self::NotHttps => f.write_str("the page address has to begin with https://"),
            Self::Host => f.write_str("the host of the page address is not valid"),
            Self::Character => {
                f.write_str("the page address has a user, query, fragment or invalid character")
            }
        }
    }
}

impl core::error::Error for LinkError {}

/// The host of an authority without user; `None` unless host and port are well-formed.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err() || port.starts_with('+')) {
        return None;
    }
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let sound = match literal {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        }),
    };
    sound.then_some(host)
}
