use core::fmt;

use http::HeaderValue;
use repass::message::{Encoding, Message};
use repass::time::UtcDateTime;
use serde::Serialize;

use crate::{Post, SigningKey, SmsProvider};

/// JSON that is signed as [Standard Webhooks](https://www.standardwebhooks.com) 1.0.0 say. The README has the format,
/// and how it is verified.
#[derive(Clone)]
pub struct SignedJson {
    key: SigningKey,
    former: Option<SigningKey>,
}

impl SignedJson {
    /// Signs with this key.
    #[must_use]
    pub const fn new(key: SigningKey) -> Self {
        Self { key, former: None }
    }

    /// Signs with a former key as well, while the receiver changes over: it takes a request if one of the
    /// signatures is right.
    #[must_use]
    pub fn with_former_key(self, key: SigningKey) -> Self {
        Self { former: Some(key), ..self }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    to: &'a str,
    from: Option<&'a str>,
    text: &'a str,
    kind: &'a str,
    language: &'a str,
    tenant: Option<&'a str>,
    encoding: &'a str,
    segments: usize,
}

impl SmsProvider for SignedJson {
    fn post(&self, message: &Message, now: UtcDateTime) -> Option<Post> {
        let segments = message.segments()?;
        let id = message.message_id().trim_start_matches('<').trim_end_matches('>');
        let language = message.language();
        let body = Body {
            id,
            to: &message.to().canonical(),
            from: message.sender().and_then(|sender| sender.address()),
            text: message.expose_secret(),
            kind: message.kind().code(),
            language: language.as_str(),
            tenant: message.tenant(),
            encoding: match segments.encoding() {
                Encoding::Gsm7 => "gsm7",
                _ => "ucs2",
            },
            segments: segments.count(),
        };
        let body = serde_json::to_vec(&body).ok()?;
        let timestamp = now.unix_timestamp();
        let mut signatures = self.key.sign(id, timestamp, &body);
        if let Some(former) = &self.former {
            signatures.push(' ');
            signatures.push_str(&former.sign(id, timestamp, &body));
        }
        let signatures = HeaderValue::try_from(signatures).ok()?;
        Post::new("application/json", body)?
            .with_header("webhook-id", id)?
            .with_header("webhook-timestamp", &timestamp.to_string())?
            .with_secret_header("webhook-signature", signatures)
    }
}

impl fmt::Debug for SignedJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedJson(..)")
    }
}
