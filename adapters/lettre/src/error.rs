use core::fmt;
use std::io;

/// Why a message was not delivered. It can be tried again.
///
/// No text of the server is in it: servers repeat addresses, and some of them what they were sent.
#[derive(Debug)]
#[non_exhaustive]
pub enum SmtpError {
    /// The name of the server was not found, or no connection was made.
    Connect(io::Error),
    /// The server does not offer STARTTLS. Nothing was sent to it.
    NoStartTls,
    /// TLS was refused or failed: the certificate is that of another server, for example.
    Tls(io::Error),
    /// The server refused, for now or for a reason that is not the recipient.
    Refused {
        /// What it refused.
        stage: Stage,
        /// Its code, of three digits.
        code: u16,
    },
    /// The connection ended, or the server sent something that is no reply.
    Broken {
        /// What the server was to answer.
        stage: Stage,
    },
    /// It took too long.
    TimedOut,
}

impl SmtpError {
    /// A stable name for programs, logs and metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Connect(_) => "smtp_connect_failed",
            Self::NoStartTls => "smtp_no_starttls",
            Self::Tls(_) => "smtp_tls_failed",
            Self::Refused { .. } => "smtp_refused",
            Self::Broken { .. } => "smtp_broken",
            Self::TimedOut => "smtp_timed_out",
        }
    }
}

impl fmt::Display for SmtpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(_) => f.write_str("no connection to the mail server"),
            Self::NoStartTls => f.write_str("the mail server does not offer STARTTLS"),
            Self::Tls(_) => f.write_str("no TLS with the mail server"),
            Self::Refused { stage, code } => {
                write!(f, "the mail server refused {} with {code}", stage.name())
            }
            Self::Broken { stage } => {
                write!(f, "the mail server gave no proper reply to {}", stage.name())
            }
            Self::TimedOut => f.write_str("the mail server took too long"),
        }
    }
}

impl core::error::Error for SmtpError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Connect(error) | Self::Tls(error) => Some(error),
            _ => None,
        }
    }
}

/// What a mail server answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The connection itself, and EHLO.
    Greeting,
    /// STARTTLS.
    StartTls,
    /// AUTH.
    Authentication,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, before the text is sent.
    Data,
    /// The text of the message.
    Text,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Greeting => "the connection",
            Self::StartTls => "STARTTLS",
            Self::Authentication => "the credentials",
            Self::Sender => "the sender",
            Self::Recipient => "the recipient",
            Self::Data => "DATA",
            Self::Text => "the text",
        }
    }
}
