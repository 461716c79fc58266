//! The forms, and the pages that only say something.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use repass::account::Account;
use repass::port::Ports;

use super::html::{Form, Html, Input};
use crate::app::App;
use crate::attempt_tag::AttemptTag;
use crate::host::Host;

/// Asks for a link or a code.
pub(super) fn forgot<P: Ports + 'static, H: Host>(app: &App<P, H>) -> Html {
    Html::new().form(&app.mount().path("/forgot"), |form| {
        let form = form.input("who", "E-mail address or user name", Input::Who);
        form.choice("by", "link", "Send a link").choice("by", "code", "Send a code")
    })
}

/// Takes a code.
pub(super) fn code<P: Ports + 'static, H: Host>(app: &App<P, H>, attempt: AttemptTag) -> Html {
    Html::new().form(&app.mount().path("/code"), |form| {
        let form = form.hidden("attempt", attempt.as_str());
        form.input("code", "Code", Input::Code).button("Continue")
    })
}

/// Asks for the message once more, and comes back to the page.
pub(super) fn resend<P: Ports + 'static, H: Host>(
    app: &App<P, H>,
    attempt: AttemptTag,
    page: &'static str,
) -> Html {
    Html::new().form(&app.mount().path("/resend"), |form| {
        let form = form.hidden("attempt", attempt.as_str()).hidden("page", page);
        form.button("Send the message again")
    })
}

/// Takes a new password. The user name is there for password managers.
pub(super) fn reset<P: Ports + 'static, H: Host>(
    app: &App<P, H>,
    attempt: AttemptTag,
    account: Option<&Account>,
) -> Html {
    let name = account.and_then(|account| match account.login() {
        Some(login) => Some(login.as_str()),
        None => account.emails().first().map(|email| email.address().as_str()),
    });
    Html::new().form(&app.mount().path("/reset"), |form| {
        let form = form.hidden("attempt", attempt.as_str());
        let form = match name {
            Some(name) => form.filled("username", "User name", Input::Username, name),
            None => form,
        };
        new_password(form)
    })
}

/// Takes the present password and a new one.
pub(super) fn change<P: Ports + 'static, H: Host>(app: &App<P, H>) -> Html {
    Html::new().form(&app.mount().path("/change"), |form| {
        new_password(form.input("old_password", "Present password", Input::PresentPassword))
    })
}

pub(super) fn sign_in<P: Ports + 'static, H: Host>(app: &App<P, H>) -> Html {
    let form = Html::new().form(&app.mount().path("/sign-in"), |form| {
        let form = form.input("who", "E-mail address or user name", Input::Who);
        form.input("password", "Password", Input::PresentPassword).button("Sign in")
    });
    form.link(&app.mount().path("/forgot"), "Forgot your password?")
}

/// One button, for what a link does only when a person says so.
pub(super) fn confirm<P: Ports + 'static, H: Host>(
    app: &App<P, H>,
    page: &'static str,
    token: &str,
    label: &str,
) -> Html {
    Html::new().form(&app.mount().path(page), |form| form.hidden("token", token).button(label))
}

fn new_password(form: Form) -> Form {
    form.input("password", "New password", Input::NewPassword)
        .input("again", "New password again", Input::NewPassword)
        .button("Save the password")
}

pub(crate) async fn done_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
) -> Response {
    let page = Html::new().paragraph("From now on, sign in with your new password.");
    let page =
        if app.signs_in() { page.link(&app.mount().path("/sign-in"), "Sign in") } else { page };
    page.into_page(StatusCode::OK, "Your password was changed")
}

pub(crate) async fn stopped_page() -> Response {
    let text =
        "If the password of your account had been changed, choose a new one before you sign in.";
    Html::new().paragraph(text).into_page(StatusCode::OK, "Thank you, we have ended it")
}

pub(crate) async fn verified_page() -> Response {
    let text = "From now on, we send messages to this address.";
    Html::new().paragraph(text).into_page(StatusCode::OK, "Your address is confirmed")
}
