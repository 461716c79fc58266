use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use repass::answer::Answer;
use serde::Serialize;

use crate::html::escape;
use crate::systems::retry_after::retry_after;

/// In which form an answer is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    Plain,
    Json,
    Xml,
}

impl Output {
    pub(super) fn read(text: &str) -> Option<Self> {
        [("plain", Self::Plain), ("json", Self::Json), ("xml", Self::Xml)]
            .into_iter()
            .find_map(|(name, output)| text.eq_ignore_ascii_case(name).then_some(output))
    }
}

/// What is said, in the words of the document.
#[derive(Clone, Debug)]
pub(super) struct Said {
    status: u16,
    result: &'static str,
    text: String,
    retry_after: Option<u64>,
    output: Output,
}

#[derive(Serialize)]
struct Envelope<'a> {
    response: Fields<'a>,
}

#[derive(Serialize)]
struct Fields<'a> {
    api: &'a str,
    action: &'a str,
    status: &'a str,
    msg: &'a str,
    code: &'a str,
}

impl Said {
    pub(super) fn success(text: &str) -> Self {
        Self::new(200, "success", text)
    }

    pub(super) fn refused(status: u16, text: &str) -> Self {
        Self::new(status, "error", text)
    }

    pub(super) fn answered(answer: Answer) -> Self {
        let text = match answer {
            Answer::Throttled { .. } => "Too many requests",
            Answer::Unavailable => "Try again later",
            _ => "The request was refused",
        };
        let retry_after = retry_after(answer);
        Self { retry_after, ..Self::refused(answer.http_status(), text) }
    }

    pub(super) fn by(self, output: Output) -> Self {
        Self { output, ..self }
    }

    fn new(status: u16, result: &'static str, text: &str) -> Self {
        let text = text.replace('\n', " ");
        Self { status, result, text, retry_after: None, output: Output::Plain }
    }

    fn body(&self) -> (&'static str, String) {
        let code = self.status.to_string();
        match self.output {
            Output::Plain => ("text/plain; charset=utf-8", self.text.clone()),
            Output::Json => {
                let response = Fields {
                    api: "user",
                    action: "resetuserpassword",
                    status: self.result,
                    msg: &self.text,
                    code: &code,
                };
                let body = serde_json::to_string(&Envelope { response });
                ("application/json", body.unwrap_or_default())
            }
            Output::Xml => {
                let body = format!(
                    "<response><api>user</api><action>resetuserpassword</action>\
                     <status>{}</status><msg>{}</msg><code>{code}</code></response>",
                    self.result,
                    escape(&self.text)
                );
                ("application/xml; charset=utf-8", body)
            }
        }
    }
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (media_type, body) = self.body();
        let headers = [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-store")];
        let mut response = (status, headers, body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
