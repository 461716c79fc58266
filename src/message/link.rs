mod error;

pub use self::error::LinkError;

use alloc::string::String;
use core::fmt;

use zeroize::Zeroizing;

use crate::token::Token;

/// The page of the service to which a reset link leads, out of its configuration: a link is never
/// built from what a request says about its host.
///
/// The page may have a query of its own, and for [`LinkForm::Fragment`] it may be a route of a program in
/// the browser (`#/reset`).
///
/// ```
/// use repass::message::{LinkForm, ResetLink};
///
/// let page = ResetLink::new("https://example.org/reset?lang=de", LinkForm::Query)?;
/// assert_eq!(page.host(), "example.org");
/// let route = ResetLink::new("https://example.org/#/auth/reset", LinkForm::Fragment)?;
/// assert!(ResetLink::new("http://example.org/reset", LinkForm::Query).is_err());
/// # Ok::<(), repass::message::LinkError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetLink {
    /// All of a link that is before the name of its first parameter of ours.
    before: String,
    /// The parameters of the page, which ours must not repeat.
    parameters: String,
    token_name: String,
    /// The parameter for the handle, where links carry it.
    handle_name: Option<String>,
    host: String,
    form: LinkForm,
}

/// The name of the parameter that has the token, unless another is given.
const TOKEN: &str = "token";

/// Where the token is in a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LinkForm {
    /// In the query: `/reset` becomes `/reset?token=…`, and `/reset?lang=de` becomes
    /// `/reset?lang=de&token=…`.
    ///
    /// This works without script. The token reaches the logs of servers and proxies, so the page must
    /// answer with `Referrer-Policy: no-referrer` and `Cache-Control: no-store`, load nothing from
    /// elsewhere, and keep query strings out of its logs.
    Query,
    /// In the fragment: `/reset` becomes `/reset#token=…`. A page whose fragment is a route gets it as a
    /// parameter of the route: `/#/reset` becomes `/#/reset?token=…`, and `/#/reset?lang=de` becomes
    /// `/#/reset?lang=de&token=…`.
    ///
    /// The token stays in the browser, whose script must send it. It is never in a log or a `Referer`
    /// header.
    Fragment,
}

impl ResetLink {
    /// The longest page address, in bytes: a link on a line of its own is not longer than a line of a
    /// message.
    pub const MAX_BYTES: usize = 910;

    /// Takes the address of the page: `https`, or `http` on this machine (`localhost`, `127.0.0.1`,
    /// `[::1]`) for development, without a user.
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
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte);
        if !rest.bytes().all(plain) || !percent_encoded(rest) {
            return Err(LinkError::Character);
        }
        let (resource, fragment) =
            rest.split_once('#').map_or((rest, None), |(resource, fragment)| {
                (
                    resource,
                    Some(fragment)
                        .filter(|fragment| !fragment.is_empty() || form == LinkForm::Query),
                )
            });
        let (place, query) = resource
            .split_once('?')
            .map_or((resource, None), |(place, query)| (place, Some(query)));
        let (authority, path) =
            place.split_at_checked(place.find('/').unwrap_or(place.len())).unwrap_or_default();
        if authority.contains('@') || fragment.is_some_and(|fragment| fragment.contains('#')) {
            return Err(LinkError::Character);
        }
        let host = host_of(authority).ok_or(LinkError::Host)?;
        if local_only && !matches!(host, "localhost" | "127.0.0.1" | "[::1]") {
            return Err(LinkError::NotHttps);
        }
        let (route, parameters) = match (form, fragment) {
            (_, None) => (None, None),
            (LinkForm::Fragment, Some(route))
                if route.starts_with('/') || route.starts_with("!/") =>
            {
                let (route, parameters) = route.split_once('?').unzip();
                (route.or(fragment), parameters)
            }
            (_, Some(_)) => return Err(LinkError::Fragment),
        };
        if path.contains("//") || route.is_some_and(|route| route.contains("//")) {
            return Err(LinkError::DoubleSlash);
        }
        // A link without a path is one that some programs change.
        let path = if path.is_empty() { "/" } else { path };
        let scheme = if local_only { "http://" } else { "https://" };
        let mut before = [scheme, authority, path].concat();
        let parameter = |before: &mut String, parameters: Option<&str>| {
            let parameters = parameters.unwrap_or_default();
            let and = if parameters.is_empty() || parameters.ends_with('&') { "" } else { "&" };
            before.extend(["?", parameters, and]);
        };
        match form {
            LinkForm::Query => parameter(&mut before, query),
            LinkForm::Fragment => {
                if let Some(query) = query {
                    before.extend(["?", query]);
                }
                before.push('#');
                if let Some(route) = route {
                    before.push_str(route);
                    parameter(&mut before, parameters);
                }
            }
        }
        let own = [query.unwrap_or_default(), "&", parameters.unwrap_or_default()].concat();
        let link = Self {
            before,
            parameters: own,
            token_name: TOKEN.into(),
            handle_name: None,
            host: host.into(),
            form,
        };
        link.with_unique_names()
    }

    /// Sets the name of the parameter that has the token, `token` by default: 1 to 32 ASCII letters,
    /// digits, `-` and `_`.
    ///
    /// # Errors
    ///
    /// [`LinkError::Name`] for a name that cannot be used, and [`LinkError::NameTwice`] if the link has
    /// another parameter of this name.
    pub fn with_token_name(mut self, name: &str) -> Result<Self, LinkError> {
        self.token_name = checked_name(name)?;
        self.with_unique_names()
    }

    /// Adds a second parameter of this name: the handle of the attempt that the token belongs to. The
    /// form that the link leads to then sends both, as
    /// [`Proof::HandledLink`](crate::reset::Proof::HandledLink).
    ///
    /// The handle makes a link no stronger. It is for services whose documented parameters are two.
    ///
    /// ```
    /// use repass::message::{LinkForm, ResetLink};
    ///
    /// let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// // https://example.org/reset?TemporaryPassword=…&LeadId=…
    /// let page = page.with_token_name("TemporaryPassword")?.with_handle_name("LeadId")?;
    /// assert!(page.with_handle_name("TemporaryPassword").is_err());
    /// # Ok::<(), repass::message::LinkError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`with_token_name`](Self::with_token_name).
    pub fn with_handle_name(mut self, name: &str) -> Result<Self, LinkError> {
        self.handle_name = Some(checked_name(name)?);
        self.with_unique_names()
    }

    fn with_unique_names(self) -> Result<Self, LinkError> {
        let token = self.token_name.as_str();
        let handle = self.handle_name.as_deref();
        let own = self.parameters.split('&').filter_map(|parameter| parameter.split('=').next());
        if handle == Some(token) || own.into_iter().any(|own| own == token || handle == Some(own)) {
            return Err(LinkError::NameTwice);
        }
        Ok(self)
    }

    /// Where the token is.
    #[must_use]
    pub const fn form(&self) -> LinkForm {
        self.form
    }

    /// The host of the page, without its port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether links carry the handle, too.
    #[must_use]
    pub const fn has_handle(&self) -> bool {
        self.handle_name.is_some()
    }

    /// The link that carries a token of any kind, and no handle.
    #[must_use]
    pub fn link(&self, token: &Token) -> Link {
        self.with_texts(token.expose_secret(), None)
    }

    /// The link that carries a token, and its handle if links of this page carry it.
    pub(crate) fn handled_link(&self, token: &Token, handle: Option<&Token>) -> Link {
        self.with_texts(token.expose_secret(), handle.map(Token::expose_secret))
    }

    /// A link as long as those of messages.
    pub(crate) fn sample(&self) -> Link {
        let text = "0".repeat(Token::CHARACTERS);
        self.with_texts(&text, Some(&text))
    }

    fn with_texts(&self, token: &str, handle: Option<&str>) -> Link {
        let handle = self.handle_name.as_deref().zip(handle);
        let [and, name, equals, handle] =
            handle.map_or([""; 4], |(name, handle)| ["&", name, "=", handle]);
        let parts = [&self.before, &self.token_name, "=", token, and, name, equals, handle];
        let mut link = Zeroizing::new(String::with_capacity(parts.iter().map(|p| p.len()).sum()));
        link.extend(parts);
        Link(link)
    }
}

/// A link with a token, as powerful as the token: wiped on drop, without `Display` and without
/// equality.
pub struct Link(Zeroizing<String>);

impl Link {
    /// The link.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link(..)")
    }
}

/// Whether each percent sign has two hexadecimal digits behind it (RFC 3986, section 2.1).
fn percent_encoded(text: &str) -> bool {
    text.split('%').skip(1).all(|behind| {
        behind.len() >= 2 && behind.bytes().take(2).all(|byte| byte.is_ascii_hexdigit())
    })
}

/// A name that needs no escape in a query.
fn checked_name(name: &str) -> Result<String, LinkError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if (1..=32).contains(&name.len()) && name.bytes().all(plain) {
        Ok(name.into())
    } else {
        Err(LinkError::Name)
    }
}

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
