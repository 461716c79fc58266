//! The only way in which a route answers that something was not done (RFC 9457).

mod kind;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use repass::answer::Answer;
use repass::policy::{Violation, Violations};
use repass::time::UtcDateTime;
use serde_json::{Map, Value, json};

pub(crate) use self::kind::Kind;
use crate::attempt_tag::AttemptTag;
use crate::coded::Coded;
use crate::cookies::SetCookie;

/// Something that was not done, as a person or a program may be told. It is made of a [`Kind`], which
/// fixes type, title and status, and of extensions that each have a type: no text of an error gets here.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    kind: Kind,
    code: &'static str,
    field: Option<&'static str>,
    violations: Option<Violations>,
    tries_left: Option<u32>,
    retry_after: Option<u64>,
    attempt: Option<AttemptTag>,
    cookies: Vec<SetCookie>,
}

/// After how many seconds a client comes again where nothing better is known.
const LATER: u64 = 5;

impl Problem {
    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            code: kind.code(),
            field: None,
            violations: None,
            tries_left: None,
            retry_after: None,
            attempt: None,
            cookies: Vec::new(),
        }
    }

    /// What the answer of an error says. Only where it does not depend on what is stored, which is what
    /// [`Answer::Invalid`] means, the code of the error is told, too.
    pub(crate) fn of(error: &impl Coded, now: UtcDateTime) -> Self {
        let answer = error.answer();
        match answer {
            Answer::Invalid => Self { code: error.code(), ..Self::new(Kind::Invalid) },
            Answer::Refused { tries_left } => Self { tries_left, ..Self::new(Kind::Refused) },
            Answer::Throttled { .. } => {
                Self { retry_after: answer.retry_after(now), ..Self::new(Kind::Throttled) }
            }
            _ => Self::unavailable(),
        }
    }

    pub(crate) fn unavailable() -> Self {
        Self { retry_after: Some(LATER), ..Self::new(Kind::Unavailable) }
    }

    /// The server was not told where requests come from.
    pub(crate) fn source_unknown() -> Self {
        Self { code: "source_unknown", ..Self::unavailable() }
    }

    pub(crate) const fn malformed(code: &'static str) -> Self {
        let mut problem = Self::new(Kind::Malformed);
        problem.code = code;
        problem
    }

    /// A field that is missing, or that is there and cannot be read.
    pub(crate) const fn field(code: &'static str, field: &'static str) -> Self {
        let mut problem = Self::malformed(code);
        problem.field = Some(field);
        problem
    }

    pub(crate) const fn media_type() -> Self {
        Self::new(Kind::MediaType)
    }

    pub(crate) const fn too_large() -> Self {
        Self::new(Kind::TooLarge)
    }

    pub(crate) const fn too_slow() -> Self {
        Self::new(Kind::TooSlow)
    }

    pub(crate) const fn cross_site() -> Self {
        Self::new(Kind::CrossSite)
    }

    pub(crate) const fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    pub(crate) const fn method() -> Self {
        Self::new(Kind::Method)
    }

    pub(crate) const fn signed_out() -> Self {
        Self::new(Kind::SignedOut)
    }

    /// A cookie that a form relies on is not there: it is over, or of another browser.
    pub(crate) const fn refused() -> Self {
        Self::new(Kind::Refused)
    }

    /// After a right password that can no longer be used.
    pub(crate) const fn must_reset() -> Self {
        Self::new(Kind::MustReset)
    }

    pub(crate) const fn wrong_password() -> Self {
        let mut problem = Self::new(Kind::Refused);
        problem.code = "wrong_password";
        problem.field = Some("old_password");
        problem
    }

    pub(crate) fn password(violations: Violations) -> Self {
        let field = Some("password");
        Self { violations: Some(violations), field, ..Self::new(Kind::Password) }
    }

    /// The secret was right all the same: this cookie takes its place at the next try.
    pub(crate) fn with_ticket(self, attempt: Option<AttemptTag>, cookies: Vec<SetCookie>) -> Self {
        Self { attempt, cookies, ..self }
    }

    pub(crate) fn in_field(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) const fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) const fn tries_left(&self) -> Option<u32> {
        self.tries_left
    }

    pub(crate) const fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    pub(crate) const fn attempt(&self) -> Option<AttemptTag> {
        self.attempt
    }

    pub(crate) fn violations(&self) -> impl Iterator<Item = &Violation> {
        self.violations.iter().flat_map(|violations| violations.iter())
    }

    /// Status, headers and cookies, with a body in whatever form.
    pub(crate) fn with_body(self, media_type: HeaderValue, body: String) -> Response {
        let mut response = (self.kind.status(), body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, media_type);
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        for cookie in self.cookies.iter().filter_map(SetCookie::header) {
            headers.append(header::SET_COOKIE, cookie);
        }
        // The rest of what a client sends so slowly, or too much of, is not read.
        if matches!(self.kind, Kind::TooSlow | Kind::TooLarge) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    fn json(&self) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
        put("type", json!(self.kind.urn()));
        put("title", json!(self.kind.title()));
        put("status", json!(self.kind.status().as_u16()));
        put("code", json!(self.code));
        if let Some(field) = self.field {
            put("field", json!(field));
        }
        if let Some(violations) = &self.violations {
            put("violations", json!(violations));
        }
        if let Some(left) = self.tries_left {
            put("tries_left", json!(left));
        }
        if let Some(seconds) = self.retry_after {
            put("retry_after", json!(seconds));
        }
        if let Some(attempt) = self.attempt {
            put("attempt", json!(attempt.as_str()));
        }
        Value::Object(members)
    }
}

/// `application/problem+json`.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = self.json().to_string();
        self.with_body(HeaderValue::from_static("application/problem+json"), body)
    }
}

/// What is answered to a method that a route does not have.
pub(crate) async fn method_not_allowed() -> Problem {
    Problem::method()
}

/// What is answered to a path below ours that is no route.
pub(crate) async fn not_found() -> Problem {
    Problem::not_found()
}
