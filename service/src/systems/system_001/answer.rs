use core::fmt::Display;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use repass::answer::Answer;
use serde_json::{Map, Value};

use crate::systems::retry_after::retry_after;

/// An answer in the envelope of the document.
#[derive(Clone, Debug)]
pub(super) struct Said {
    status: u16,
    errors: Vec<(&'static str, Vec<String>)>,
    retry_after: Option<u64>,
}

impl Said {
    pub(super) const fn done() -> Self {
        Self { status: 200, errors: Vec::new(), retry_after: None }
    }

    /// One text about one field.
    pub(super) fn wrong(status: u16, field: &'static str, text: impl Display) -> Self {
        Self::errors(status, [(field, vec![text.to_string()])])
    }

    pub(super) fn errors(
        status: u16,
        errors: impl IntoIterator<Item = (&'static str, Vec<String>)>,
    ) -> Self {
        Self { status, errors: errors.into_iter().collect(), retry_after: None }
    }

    pub(super) fn answered(answer: Answer) -> Self {
        let text = match answer {
            Answer::Throttled { .. } => "There were too many requests. Try again later.",
            Answer::Unavailable => "Nothing was changed. Try again later.",
            _ => "The request was refused.",
        };
        let retry_after = retry_after(answer);
        Self { retry_after, ..Self::wrong(answer.http_status(), super::NO_FIELD, text) }
    }
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let errors = self.errors.into_iter();
        let errors: Map<_, _> =
            errors.map(|(field, texts)| (field.to_owned(), Value::from(texts))).collect();
        // In the order of the document.
        let errors = Value::Object(errors);
        let body = format!("{{\"status_code\":{},\"errors\":{errors},\"data\":{{}}}}", self.status);
        let headers =
            [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (status, headers, body).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
