use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use repass::answer::{Answer, Answered};

use crate::html::escape;
use crate::parameters::BodyError;
use crate::systems::retry_after::retry_after;

/// An answer: the word or sentence of its one field.
#[derive(Clone, Debug)]
pub(super) struct Said {
    status: u16,
    text: String,
    retry_after: Option<u64>,
}

impl Said {
    pub(super) fn success() -> Self {
        Self { status: 200, text: "SUCCESS".to_owned(), retry_after: None }
    }

    pub(super) fn refused(status: u16, text: &str) -> Self {
        Self { status, text: text.replace('\n', " "), retry_after: None }
    }

    pub(super) fn unreadable(error: BodyError) -> Self {
        Self::refused(error.status(), error.text())
    }

    pub(super) fn answered(answer: Answer) -> Self {
        let text = match answer {
            Answer::Throttled { .. } => "There were too many requests. Try again later.",
            Answer::Unavailable => "Nothing was changed. Try again later.",
            _ => "The request was refused.",
        };
        let retry_after = retry_after(answer);
        Self { retry_after, ..Self::refused(answer.http_status(), text) }
    }

    /// Why a check code cannot be used: one text, whatever the reason.
    pub(super) fn not_valid(error: &impl Answered) -> Self {
        match error.answer() {
            Answer::Refused { .. } => {
                Self::refused(400, "The check code is not valid or has expired.")
            }
            answer => Self::answered(answer),
        }
    }

    fn body(&self) -> String {
        // The document shows no answer to a request that failed.
        let kind = if self.status == 200 { '0' } else { '1' };
        let text = escape(&self.text);
        format!(
            "<result tftype='1' infotype='{kind}'>\n    <field name='msg'>{text}</field>\n</result>"
        )
    }
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = [
            (header::CONTENT_TYPE, "text/xml; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        let mut response = (status, headers, self.body()).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            let methods = HeaderValue::from_static("GET, POST");
            response.headers_mut().insert(header::ALLOW, methods);
        }
        response
    }
}
