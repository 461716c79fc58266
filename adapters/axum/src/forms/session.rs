//! Sign-in, and the change of a password by a person who is signed in.

use core::mem::take;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use repass::port::Ports;
use repass::secret::{Password, TypedPassword};

use super::recover::new_password;
use super::redirect::{Target, see_other};
use super::{PageProblem, show};
use crate::action::{self, SignedIn};
use crate::app::App;
use crate::attempt_tag::AttemptTag;
use crate::cookies::Cookies;
use crate::host::Host;
use crate::posted::Form;
use crate::problem::{Kind, Problem};
use crate::route::{self, Route as _};

type Page = Result<Response, PageProblem>;

pub(crate) async fn sign_in_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
) -> Response {
    show::sign_in(&app).into_page(StatusCode::OK, "Sign in")
}

pub(crate) async fn sign_in<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Form(mut posted): Form<route::SignIn>,
) -> Page {
    let call = app.call::<route::SignIn>();
    let again = |problem: Problem| {
        let wrong = problem.kind() == Kind::Refused;
        let page = app.page_problem(problem).again(&show::sign_in(&app));
        if wrong { page.said("The user name or the password is wrong.") } else { page }
    };
    let mut typed = posted.fields.need("password").map_err(again)?;
    let typed = TypedPassword::new(take(&mut *typed));
    let typed = typed.map_err(|error| again(call.refuse(&error).in_field("password")))?;
    let lookup = action::lookup(&call, &mut posted.fields).map_err(again)?;
    let signed_in = action::sign_in(&call, &posted.parts, lookup, posted.source, typed).await;
    match signed_in.map_err(again)? {
        SignedIn::Session(headers) => see_other(&app, Target::AfterSignIn, &[], headers),
        SignedIn::MustChange(must_change) => {
            let ticket = must_change.ticket();
            let attempt = AttemptTag::of(ticket.expose_secret());
            let attempt = attempt.ok_or_else(|| app.page_problem(Problem::unavailable()))?;
            let cookies = Cookies::of(&posted.parts.headers);
            let cookies = action::ticket_cookies(ticket, &cookies);
            see_other(&app, Target::Attempt("/reset", attempt), &cookies, HeaderMap::new())
        }
    }
}

pub(crate) async fn change_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    request: Request,
) -> Page {
    let (parts, _) = request.into_parts();
    match app.call_of(route::Change::NAME).signed_in(&parts).await {
        Ok(_) => Ok(show::change(&app).into_page(StatusCode::OK, "Change your password")),
        Err(problem) if problem.kind() == Kind::SignedOut => {
            see_other(&app, Target::Page("/sign-in"), &[], HeaderMap::new())
        }
        Err(problem) => Err(app.page_problem(problem)),
    }
}

pub(crate) async fn change<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Form(mut posted): Form<route::Change>,
) -> Page {
    let call = app.call::<route::Change>();
    let id = call.signed_in(&posted.parts).await.map_err(|problem| app.page_problem(problem))?;
    let again = |problem: Problem| {
        let wrong = problem.code() == Problem::wrong_password().code();
        let page = app.page_problem(problem).again(&show::change(&app));
        if wrong { page.said("The present password is wrong.") } else { page }
    };
    let mut present = posted.fields.need("old_password").map_err(again)?;
    let present = Password::new(take(&mut *present));
    let present = present.map_err(|error| again(call.refuse(&error).in_field("old_password")))?;
    let new = new_password(&call, &mut posted.fields).map_err(again)?;
    let set = action::change(&call, &posted.parts, id, present, new).await.map_err(again)?;
    see_other(&app, Target::Page("/done"), &[], set.into_headers())
}
