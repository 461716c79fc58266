use core::fmt::Display;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use repass::reset::{Answer, CurrentError, CurrentPasswordError};
use repass_tokio::PoolError;

use crate::Reset;

/// What goes wrong, as a page.
#[derive(Debug)]
pub(crate) enum Problem {
    /// Nobody is signed in.
    SignedOut,
    /// What was typed cannot be used.
    Input(String),
    /// The present password was wrong.
    WrongPassword,
    /// The crate's answer, and a form to try again with.
    Answer(Answer, String),
}

impl Problem {
    pub(crate) fn input(error: impl Display) -> Self {
        Self::Input(error.to_string())
    }

    /// Why the present password does not admit to a change.
    pub(crate) fn present(error: PoolError<CurrentPasswordError>) -> Self {
        match error {
            PoolError::Failed(CurrentPasswordError::Refused(CurrentError::WrongPassword)) => {
                Self::WrongPassword
            }
            PoolError::Failed(error) => error.answer().into(),
            _ => Answer::Unavailable.into(),
        }
    }

    /// A code can be typed again while the handle has tries left. A link cannot be mistyped.
    pub(crate) fn again(answer: Answer, form: &Reset) -> Self {
        let spent = matches!(answer, Answer::Refused { tries_left: Some(0) });
        let refused = matches!(answer, Answer::Refused { .. });
        let lost = spent || (refused && form.handle.is_empty());
        Self::Answer(answer, if lost { String::new() } else { reset(form) })
    }
}

impl From<Answer> for Problem {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer, String::new())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::SignedOut => (StatusCode::UNAUTHORIZED, page("Please sign in.", "")),
            Self::Input(text) => (StatusCode::UNPROCESSABLE_ENTITY, page(&text, "")),
            Self::WrongPassword => {
                let text = "The present password is not right. Please try again.";
                (StatusCode::FORBIDDEN, page(text, &change()))
            }
            Self::Answer(Answer::Throttled { .. }, form) => {
                (StatusCode::TOO_MANY_REQUESTS, page("Please try again later.", &form))
            }
            Self::Answer(Answer::Unavailable, form) => {
                (StatusCode::SERVICE_UNAVAILABLE, page("Please try again in a minute.", &form))
            }
            Self::Answer(_, form) => {
                let text = "This link or code is not valid. Check it, or ask for a new one.";
                (StatusCode::FORBIDDEN, page(text, &form))
            }
        }
        .into_response()
    }
}

pub(crate) fn page(text: &str, form: &str) -> Html<String> {
    let text = escape(text);
    Html(format!(
        "<!doctype html><html lang=en><meta name=referrer content=no-referrer>\
         <title>Password</title><p>{text}</p>{form}</html>"
    ))
}

pub(crate) fn forgot() -> String {
    "<form method=post action=/forgot><label>E-mail address or user name <input name=who></label>\
     <button name=by value=link>Send a link</button><button name=by value=code>Send a code</button>\
     </form>"
        .to_owned()
}

pub(crate) fn reset(form: &Reset) -> String {
    let hidden = [("token", &form.token), ("handle", &form.handle), ("ticket", &form.ticket)];
    let hidden = hidden.map(|(name, value)| {
        format!("<input type=hidden name={name} value=\"{}\">", escape(value))
    });
    let code = if form.handle.is_empty() {
        ""
    } else {
        "<label>Code <input name=code autocomplete=one-time-code></label>"
    };
    format!("<form method=post action=/reset>{}{code}{}</form>", hidden.concat(), NEW)
}

pub(crate) fn change() -> String {
    format!(
        "<form method=post action=/change><label>Present password <input type=password \
         name=present autocomplete=current-password></label>{NEW}</form>"
    )
}

const NEW: &str = "<label>New password <input type=password name=password \
     autocomplete=new-password></label><label>Again <input type=password name=again \
     autocomplete=new-password></label><button>Change</button>";

fn escape(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;")
}
