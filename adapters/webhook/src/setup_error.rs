use core::fmt;
use std::io;

/// Why there is no [`Webhook`](crate::Webhook) with such settings.
#[derive(Debug)]
#[non_exhaustive]
pub enum SetupError {
    /// The URL is not an absolute one with a host, or has a user name or a password.
    Url,
    /// The URL does not begin with `https://`.
    NotHttps,
    /// A provider without TLS has to be on this machine: `http://127.0.0.1:8080/sms`, for example.
    NotLoopback,
    /// The operating system has no certificates to trust, or TLS could not be set up.
    Tls(io::Error),
}

impl SetupError {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Url => "webhook_url_invalid",
            Self::NotHttps => "webhook_url_not_https",
            Self::NotLoopback => "webhook_url_not_loopback",
            Self::Tls(_) => "webhook_tls_invalid",
        }
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Url => {
                "the URL must be absolute, with a host and without a user name or password"
            }
            Self::NotHttps => "the URL must begin with https://",
            Self::NotLoopback => {
                "without TLS, the URL must be http:// and the IP address of this machine"
            }
            Self::Tls(_) => "TLS cannot be set up: the system has no certificates to trust",
        })
    }
}

impl core::error::Error for SetupError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        if let Self::Tls(error) = self { Some(error) } else { None }
    }
}
