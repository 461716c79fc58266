use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use repass::answer::Answer;
use serde_json::{Value, json};

use crate::parameters::BodyError;
use crate::systems::retry_after::retry_after;

const BAD: &str = "The message body on the request is not as per API specification. Make sure that content \
                   type is set to \"application/json\" and the JSON body has correct attribute names and \
                   structure.";

/// An answer in one of the envelopes of the document.
#[derive(Clone, Debug)]
pub(super) struct Said {
    status: u16,
    body: Value,
    retry_after: Option<u64>,
}

impl Said {
    pub(super) fn sent() -> Self {
        Self::success(json!({"Status": "Success", "Message": "Reset link sent successfully"}))
    }

    pub(super) fn changed() -> Self {
        let text = "Password changed successfully";
        Self::success(json!({"IsSuccessful": true, "ResponseText": text}))
    }

    /// The secrets of a request, for a caller that delivers them.
    pub(super) fn entrusted(lead: &str, temporary: &str) -> Self {
        Self::success(json!({
            "Status": "Success",
            "Message": "Reset link sent successfully",
            "LeadId": lead,
            "TemporaryPassword": temporary,
        }))
    }

    const fn success(body: Value) -> Self {
        Self { status: 200, body, retry_after: None }
    }

    pub(super) fn failed(status: u16, text: &str) -> Self {
        let kind = match status {
            400 => "MXMandatoryAttributeMissingException",
            401 => "MXUnauthorizedAccessException",
            404 | 405 => "MXNotFoundException",
            429 => "MXAPIRateLimitExceededException",
            _ => "MXException",
        };
        let body = json!({
            "Status": "Error",
            "ExceptionType": kind,
            "ExceptionMessage": text,
        });
        Self { status, body, retry_after: None }
    }

    pub(super) fn bad() -> Self {
        Self::failed(400, BAD)
    }

    pub(super) fn unauthorized() -> Self {
        let text = "The API call was made with invalid access credentials. Check your AccessKey and SecretKey.";
        Self::failed(401, text)
    }

    pub(super) fn unreadable(error: BodyError) -> Self {
        match error {
            BodyError::TooLong | BodyError::TooLate => Self::failed(error.status(), error.text()),
            BodyError::MediaType | BodyError::Malformed | BodyError::Twice | BodyError::TooMany => {
                Self::bad()
            }
        }
    }

    pub(super) fn answered(answer: Answer) -> Self {
        let text = match answer {
            Answer::Throttled { .. } => "API calls exceeded the limit of 25 in 5 second(s)",
            Answer::Unavailable => "The API called failed. Nothing was changed; try again later.",
            _ => "The request was refused.",
        };
        let retry_after = retry_after(answer);
        Self { retry_after, ..Self::failed(answer.http_status(), text) }
    }
}

impl IntoResponse for Said {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers =
            [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (status, headers, self.body.to_string()).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
