use core::fmt;

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
    /// The address has a user, a percent sign without two hexadecimal digits, or a character that no
    /// address has.
    Character,
    /// The path or the route has two slashes in a row, as an address does that was joined from one
    /// with a slash at its end and one with a slash at its beginning.
    DoubleSlash,
    /// The address has a fragment: for [`LinkForm::Query`](super::LinkForm::Query) any, for
    /// [`LinkForm::Fragment`](super::LinkForm::Fragment) one that does not begin with `/` or `!/`.
    Fragment,
    /// The name of a parameter is not 1 to 32 ASCII letters, digits, `-` and `_`.
    Name,
    /// Two parameters of the link have one name: a parameter of the address, that of the token, or that of
    /// the handle.
    NameTwice,
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
            Self::DoubleSlash => "link_double_slash",
            Self::Fragment => "link_fragment_invalid",
            Self::Name => "link_name_invalid",
            Self::NameTwice => "link_name_twice",
        }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { max_bytes } => {
                write!(f, "the page address must not be longer than {max_bytes} bytes")
            }
            Self::NotHttps => f.write_str("the page address must begin with https://"),
            Self::Host => f.write_str("the host of the page address is not valid"),
            Self::Character => {
                f.write_str("the page address has a user or a character that an address cannot have")
            }
            Self::DoubleSlash => f.write_str(
                "the path of the page address has two slashes in a row; leave one of them out",
            ),
            Self::Fragment => f.write_str(
                "the page address can have a fragment only if it is a route such as #/reset and the \
                 token is in the fragment, too",
            ),
            Self::Name => f.write_str(
                "the name of a parameter must be 1 to 32 ASCII letters, digits, hyphens and underscores",
            ),
            Self::NameTwice => f.write_str("two parameters of the link have the same name"),
        }
    }
}

impl core::error::Error for LinkError {}
