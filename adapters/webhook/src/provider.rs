use core::fmt;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use repass::message::Message;
use repass::time::UtcDateTime;
use zeroize::Zeroizing;

/// What an SMS provider wants to be sent, and what its answers mean.
///
/// The connection is the business of [`Webhook`](crate::Webhook): the URL of the configuration, TLS, time-outs, no
/// redirects. So an implementation is two functions without I/O:
///
/// ```
/// use repass_webhook::http::HeaderValue;
/// use repass_webhook::repass::message::Message;
/// use repass_webhook::repass::time::UtcDateTime;
/// use repass_webhook::{Post, SmsProvider, Verdict};
///
/// struct Gateway {
///     authorization: HeaderValue,
/// }
///
/// impl SmsProvider for Gateway {
///     // This one answers everything with 200, and says in the body what it means.
///     const MOST_OF_ANSWER: usize = 1024;
///
///     fn post(&self, message: &Message, _now: UtcDateTime) -> Option<Post> {
///         let to = message.to().canonical();
///         let body = format!("{to}\n{}", message.expose_secret());
///         let post = Post::new("text/plain; charset=utf-8", body.into_bytes())?;
///         post.with_secret_header("authorization", self.authorization.clone())
///     }
///
///     fn verdict(&self, status: u16, answer: &[u8]) -> Verdict {
///         match answer {
///             b"sent" => Verdict::Taken,
///             b"no such number" => Verdict::Rejected,
///             _ => Verdict::of_status(status).unless_taken(),
///         }
///     }
/// }
/// ```
pub trait SmsProvider: Send + Sync {
    /// How many bytes of the body of an answer are read, at most 65,536. A longer answer is an error. With 0,
    /// the status alone decides, and [`verdict`](Self::verdict) gets no body.
    const MOST_OF_ANSWER: usize = 0;

    /// What is sent for a message; `None` if this provider cannot send it, which rejects it. The message may
    /// come twice: a provider that takes a name for a request gets [`Message::message_id`].
    fn post(&self, message: &Message, now: UtcDateTime) -> Option<Post>;

    /// What an answer means.
    fn verdict(&self, status: u16, answer: &[u8]) -> Verdict {
        let _ = answer;
        Verdict::of_status(status)
    }
}

/// The headers and the body of a request. The body is wiped on drop; `Debug` shows neither.
pub struct Post {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Post {
    /// A body of this type; `None` if the type cannot be in a header.
    #[must_use]
    pub fn new(content_type: &str, body: Vec<u8>) -> Option<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).ok()?);
        Some(Self { headers, body: Zeroizing::new(body) })
    }

    /// With a header more; `None` if the name or the value cannot be one.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Option<Self> {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        self.headers.insert(name, HeaderValue::from_str(value).ok()?);
        Some(self)
    }

    /// The same with a value that no log shows.
    #[must_use]
    pub fn with_secret_header(mut self, name: &str, mut value: HeaderValue) -> Option<Self> {
        value.set_sensitive(true);
        self.headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, value);
        Some(self)
    }
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Post(..)")
    }
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// The message was taken.
    Taken,
    /// It will never be.
    Rejected,
    /// It is tried again.
    Later,
}

impl Verdict {
    /// What a status means.
    ///
    /// | status | verdict |
    /// |---|---|
    /// | 2xx | taken |
    /// | 401, 402, 403, 404, 405, 407 | later: the configuration or the account is wrong, not the message |
    /// | 408, 425, 429 | later |
    /// | other 4xx | rejected |
    /// | everything else, redirects too | later |
    #[must_use]
    pub const fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Taken,
            401..=405 | 407 | 408 | 425 | 429 => Self::Later,
            400..=499 => Self::Rejected,
            _ => Self::Later,
        }
    }

    /// The same, but [`Verdict::Later`] in place of [`Verdict::Taken`]: for an answer without the words with which
    /// a provider says that it took the message.
    #[must_use]
    pub const fn unless_taken(self) -> Self {
        match self {
            Self::Taken => Self::Later,
            other => other,
        }
    }
}
