use core::mem::take;

use axum::extract::State;
use axum::http::StatusCode;
use repass::port::Ports;
use repass::secret::{Password, TypedPassword};
use serde_json::json;

use crate::action::{self, SignedIn};
use crate::app::App;
use crate::attempt_tag::AttemptTag;
use crate::cookies::Cookies;
use crate::host::Host;
use crate::posted::Json;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::route;

type Replied = Result<Reply, Problem>;

pub(crate) async fn sign_in<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::SignIn>,
) -> Replied {
    let call = app.call::<route::SignIn>();
    let mut typed = posted.fields.need("password")?;
    let typed = TypedPassword::new(take(&mut *typed));
    let typed = typed.map_err(|error| call.refuse(&error).in_field("password"))?;
    let lookup = action::lookup(&call, &mut posted.fields)?;
    match action::sign_in(&call, &posted.parts, lookup, posted.source, typed).await? {
        SignedIn::Session(headers) => {
            let body = json!({ "outcome": "signed_in" });
            Ok(Reply::new(StatusCode::OK, body).of_host(headers))
        }
        SignedIn::MustChange(must_change) => {
            let ticket = must_change.ticket();
            let attempt = AttemptTag::of(ticket.expose_secret());
            let body = json!({
                "outcome": "must_change",
                "reason": must_change.reason().code(),
                "attempt": attempt.as_ref().map(AttemptTag::as_str),
            });
            let cookies = Cookies::of(&posted.parts.headers);
            let cookies = action::ticket_cookies(ticket, &cookies);
            Ok(Reply::new(StatusCode::OK, body).cookies(cookies))
        }
    }
}

pub(crate) async fn change<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::Change>,
) -> Replied {
    let call = app.call::<route::Change>();
    let id = call.signed_in(&posted.parts).await?;
    let mut password = |field| {
        let mut text = posted.fields.need(field)?;
        let password = Password::new(take(&mut *text));
        password.map_err(|error| call.refuse(&error).in_field(field))
    };
    let (present, new) = (password("old_password")?, password("password")?);
    let set = action::change(&call, &posted.parts, id, present, new).await?;
    let body = json!({ "outcome": set.outcome(), "signed_in": set.is_signed_in() });
    Ok(Reply::new(StatusCode::OK, body).of_host(set.into_headers()))
}
