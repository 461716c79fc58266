use core::fmt;
use core::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use zeroize::Zeroizing;

use crate::attempt_tag::AttemptTag;

/// What a cookie of ours holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CookieKind {
    /// The handle of a request.
    Handle,
    /// The ticket of a person who has shown a right secret.
    Ticket,
}

impl CookieKind {
    /// `__Host-` makes browsers refuse the cookie unless this very host set it (RFC 6265bis).
    const fn prefix(self) -> &'static str {
        match self {
            Self::Handle => "__Host-repass-handle-",
            Self::Ticket => "__Host-repass-ticket-",
        }
    }
}

/// The cookies of ours that a request carries. `Debug` shows nothing of them.
#[derive(Default)]
pub(crate) struct Cookies(Vec<Cookie>);

struct Cookie {
    kind: CookieKind,
    attempt: AttemptTag,
    /// `None` if it is none that we set, or if the request has two of this name: nobody can say which is
    /// the right one.
    value: Option<Zeroizing<String>>,
}

/// The most attempts of one kind that a browser keeps apart.
const MOST: usize = 4;
/// The most cookies of one kind that are read. A browser has at most five of ours, and a stranger who
/// sends more must cost neither time nor an answer that grows with them.
const READ: usize = 16;
/// The longest value that is read: a ticket has 100 characters.
const LONGEST: usize = 100;

impl Cookies {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut cookies = Self::default();
        // The cookies of other programs can have any bytes. No text is trimmed as Unicode: browsers guard
        // the prefix of a name only where it begins with it, and not where a wide space is before it.
        let lines = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
        for pair in lines.flat_map(|line| line.split(|byte| *byte == b';')) {
            let mut halves = pair.trim_ascii().splitn(2, |byte| *byte == b'=');
            let (Some(name), Some(value)) = (halves.next(), halves.next()) else { continue };
            for kind in [CookieKind::Handle, CookieKind::Ticket] {
                let attempt = name.strip_prefix(kind.prefix().as_bytes());
                let attempt = attempt.and_then(|tag| core::str::from_utf8(tag).ok());
                if let Some(attempt) = attempt.and_then(AttemptTag::parse) {
                    cookies.add(kind, attempt, value);
                }
            }
        }
        cookies
    }

    fn add(&mut self, kind: CookieKind, attempt: AttemptTag, value: &[u8]) {
        let same = |cookie: &&mut Cookie| (cookie.kind, cookie.attempt) == (kind, attempt);
        if let Some(cookie) = self.0.iter_mut().find(same) {
            cookie.value = None;
        } else if self.0.iter().filter(|cookie| cookie.kind == kind).count() < READ {
            let value = Some(value).filter(|value| value.len() <= LONGEST);
            let value = value.and_then(|value| core::str::from_utf8(value).ok());
            let value = value.map(|value| Zeroizing::new(value.to_owned()));
            self.0.push(Cookie { kind, attempt, value });
        }
    }

    pub(crate) fn get(&self, kind: CookieKind, attempt: AttemptTag) -> Option<&str> {
        let found = self.0.iter().find(|one| (one.kind, one.attempt) == (kind, attempt));
        found.and_then(|cookie| cookie.value.as_ref()).map(|value| value.as_str())
    }

    /// Whether there is any cookie of this attempt.
    pub(crate) fn know(&self, attempt: AttemptTag) -> bool {
        self.0.iter().any(|cookie| cookie.attempt == attempt)
    }

    /// Sets the cookie of one attempt. A browser that already keeps several attempts apart forgets the
    /// others, so that nobody can fill its cookies.
    pub(crate) fn set(&self, kind: CookieKind, signed: &str, life: Duration) -> Vec<SetCookie> {
        let Some(attempt) = AttemptTag::of(signed) else { return Vec::new() };
        let others = || self.0.iter().filter(|one| one.kind == kind && one.attempt != attempt);
        let mut set = vec![SetCookie::new(kind, attempt, signed, life)];
        if others().count() >= MOST {
            set.extend(others().map(|one| SetCookie::removed(kind, one.attempt)));
        }
        set
    }
}

impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cookies(..)")
    }
}

/// The value of a header `Set-Cookie`. `Debug` shows nothing of it.
#[derive(Clone)]
pub(crate) struct SetCookie(Zeroizing<String>);

impl SetCookie {
    fn new(kind: CookieKind, attempt: AttemptTag, value: &str, life: Duration) -> Self {
        let (prefix, attempt, life) = (kind.prefix(), attempt.as_str(), life.as_secs());
        Self(Zeroizing::new(format!(
            "{prefix}{attempt}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={life}"
        )))
    }

    /// Makes the browser forget a cookie.
    pub(crate) fn removed(kind: CookieKind, attempt: AttemptTag) -> Self {
        Self::new(kind, attempt, "", Duration::ZERO)
    }

    /// Forgets everything about an attempt.
    pub(crate) fn all_removed(attempt: AttemptTag) -> [Self; 2] {
        [CookieKind::Handle, CookieKind::Ticket].map(|kind| Self::removed(kind, attempt))
    }

    /// `None` for a value that is no signed text, which nobody sets.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&self.0).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetCookie(..)")
    }
}
