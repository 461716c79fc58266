use core::fmt;

/// Why there is no [`Smtp`](crate::Smtp) with such settings.
#[derive(Debug)]
#[non_exhaustive]
pub enum SetupError {
    /// The name of the server, or the name for EHLO, is no host name and no IP address.
    HostName,
    /// The sender is not an e-mail address.
    Sender,
    /// The name of the sender is empty, longer than 80 characters, has white space at its ends or a control
    /// character.
    SenderName,
    /// A server without TLS has to be on this machine.
    NotLoopback,
    /// The operating system has no certificates to trust, or TLS could not be set up.
    Tls(rustls::Error),
}

impl SetupError {
    /// A stable name for programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::HostName => "smtp_host_name_invalid",
            Self::Sender => "smtp_sender_invalid",
            Self::SenderName => "smtp_sender_name_invalid",
            Self::NotLoopback => "smtp_not_loopback",
            Self::Tls(_) => "smtp_tls_invalid",
        }
    }
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HostName => "a mail server is a host name or an IP address",
            Self::Sender => "the sender of a mail is an e-mail address",
            Self::SenderName => "the name of a sender is 1 to 80 characters that are shown",
            Self::NotLoopback => {
                "without TLS, the mail server must be on this machine (127.0.0.1 or ::1)"
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
