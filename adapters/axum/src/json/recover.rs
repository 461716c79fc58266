use axum::extract::State;
use axum::http::StatusCode;
use core::mem::take;

use repass::port::Ports;
use repass::secret::Password;
use serde_json::{Map, Value, json};

use crate::action::{self, Shown};
use crate::app::App;
use crate::attempt_tag::AttemptTag;
use crate::cookies::{Cookies, SetCookie};
use crate::host::Host;
use crate::posted::Json;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::route;

use super::policy::code_shape;

type Replied = Result<Reply, Problem>;

pub(crate) async fn forgot<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::Forgot>,
) -> Replied {
    let call = app.call::<route::Forgot>();
    let (delivery, has_code) = action::delivery(&mut posted.fields)?;
    let lookup = action::lookup(&call, &mut posted.fields)?;
    let handle = action::request(&call, lookup, delivery, posted.source).await?;
    let flow = call.recovery().flow();
    let mut body = Map::new();
    body.insert("handle".to_owned(), json!(handle.expose_secret()));
    let life = if has_code { flow.code_life() } else { flow.link_life() };
    body.insert("expires_in".to_owned(), json!(life.as_secs()));
    if has_code {
        body.insert("code".to_owned(), code_shape(&flow.code_shape()));
    }
    Ok(Reply::new(StatusCode::ACCEPTED, Value::Object(body)))
}

pub(crate) async fn resend<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::Resend>,
) -> Replied {
    let call = app.call::<route::Resend>();
    let handle = posted.fields.need("handle")?;
    let next = action::resend(&call, &handle).await?;
    Ok(Reply::new(StatusCode::ACCEPTED, json!({ "next_in": next })))
}

pub(crate) async fn code<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::Code>,
) -> Replied {
    let call = app.call::<route::Code>();
    let cookies = Cookies::of(&posted.parts.headers);
    let shown = Shown::of(&call, &mut posted.fields, &cookies)?;
    let admitted = action::admit(&call, &shown, &cookies).await?;
    let ticket = admitted.ticket().ok_or_else(Problem::unavailable)?;
    let attempt = AttemptTag::of(ticket.expose_secret());
    let body = json!({
        "attempt": attempt.as_ref().map(AttemptTag::as_str),
        "expires_in": call.until(admitted.usable_until()),
    });
    let cookies = action::ticket_cookies(ticket, &cookies);
    Ok(Reply::new(StatusCode::OK, body).cookies(cookies))
}

pub(crate) async fn reset<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::Reset>,
) -> Replied {
    let call = app.call::<route::Reset>();
    let cookies = Cookies::of(&posted.parts.headers);
    let mut new = posted.fields.need("password")?;
    let new = Password::new(take(&mut *new));
    let new = new.map_err(|error| call.refuse(&error).in_field("password"))?;
    let shown = Shown::of(&call, &mut posted.fields, &cookies)?;
    let admitted = action::admit(&call, &shown, &cookies).await?;
    let set = action::set(&call, &posted.parts, &admitted, new, &cookies).await?;
    let body = json!({ "outcome": set.outcome(), "signed_in": set.is_signed_in() });
    let used = shown.attempt().filter(|attempt| cookies.know(*attempt));
    let used = used.map(SetCookie::all_removed).into_iter().flatten();
    Ok(Reply::new(StatusCode::OK, body).cookies(used).of_host(set.into_headers()))
}

pub(crate) async fn not_me<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::NotMe>,
) -> Replied {
    let call = app.call::<route::NotMe>();
    let token = posted.fields.need("token")?;
    action::not_me(&call, &token).await?;
    Ok(Reply::new(StatusCode::OK, json!({})))
}

pub(crate) async fn verify<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::Verify>,
) -> Replied {
    let call = app.call::<route::Verify>();
    let token = posted.fields.need("token")?;
    action::verify_address(&call, &token).await?;
    Ok(Reply::new(StatusCode::OK, json!({})))
}
