use core::fmt::Display;

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{Html, IntoResponse, Response};
use repass::answer::{Answer, Answered};
use repass::reset::{AdmitError, CurrentError, CurrentPasswordError};
use repass::sign_in::SignInError;
use repass_tokio::PoolError;

use crate::{Reset, now};

/// What goes wrong, as a page.
#[derive(Debug)]
pub(crate) enum Problem {
    /// Nobody is signed in.
    SignedOut,
    /// What the person is told, in words, and a form to try again with.
    Answer(Answer, String, String),
}

impl Problem {
    /// A wrong present password can be typed again: it has a text of its own.
    pub(crate) fn present(error: PoolError<CurrentPasswordError>) -> Self {
        let answer = error.answer();
        match error {
            PoolError::Failed(CurrentPasswordError::Refused(CurrentError::WrongPassword)) => {
                let text = "The present password is not right. Please try again.".to_owned();
                Self::Answer(answer, text, change())
            }
            error => error.into(),
        }
    }

    /// Everybody who is refused reads the same, and how to get in all the same. What is told about an
    /// account follows its right password.
    pub(crate) fn sign_in(error: PoolError<SignInError>) -> Self {
        let text = match &error {
            PoolError::Failed(SignInError::Refused(_)) => {
                "The user name or the password is not right. Please try again, or choose a new password."
            }
            PoolError::Failed(SignInError::RecoveryRequired | SignInError::PasswordExpired) => {
                "This password can no longer be used. Please choose a new one."
            }
            _ => return error.into(),
        };
        Self::Answer(error.answer(), text.to_owned(), [sign_in(), forgot()].concat())
    }

    /// A code can be typed again while the handle has tries left. A link cannot be mistyped.
    pub(crate) fn again(error: &AdmitError, form: &Reset) -> Self {
        let answer = error.answer();
        let spent = matches!(answer, Answer::Refused { tries_left: Some(0) });
        let refused = matches!(answer, Answer::Refused { .. });
        let lost = spent || (refused && form.handle.is_empty());
        let form = if lost { String::new() } else { reset(form) };
        Self::Answer(answer, in_words(answer, error), form)
    }
}

/// Every error that has an answer.
impl<E: Answered + Display> From<E> for Problem {
    fn from(error: E) -> Self {
        let answer = error.answer();
        Self::Answer(answer, in_words(answer, &error), String::new())
    }
}

/// What was typed can be corrected, so the person is told what is wrong with it.
fn in_words(answer: Answer, error: &impl Display) -> String {
    match answer {
        Answer::Invalid => error.to_string(),
        Answer::Throttled { .. } => "Please try again later.".to_owned(),
        Answer::Unavailable => "Please try again in a minute.".to_owned(),
        _ => "This link, code or password is not valid. Check it, or ask for a new one.".to_owned(),
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self::Answer(answer, text, form) = self else {
            return (StatusCode::UNAUTHORIZED, page("Please sign in.", &sign_in())).into_response();
        };
        let failed = StatusCode::INTERNAL_SERVER_ERROR;
        let status = StatusCode::from_u16(answer.http_status()).unwrap_or(failed);
        let mut response = (status, page(&text, &form)).into_response();
        if let Some(seconds) = answer.retry_after(now()) {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
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

pub(crate) fn sign_in() -> String {
    "<form method=post action=/sign-in><label>E-mail address or user name <input name=who \
     autocomplete=username></label><label>Password <input type=password name=password \
     autocomplete=current-password></label><button>Sign in</button></form>"
        .to_owned()
}

pub(crate) fn sign_up() -> String {
    format!(
        "<form method=post action=/sign-up><label>User name <input name=name \
         autocomplete=username></label><label>E-mail address <input type=email name=email \
         autocomplete=email></label>{NEW}</form>"
    )
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
     autocomplete=new-password></label><button>Save</button>";

fn escape(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    escaped.replace('"', "&quot;")
}
