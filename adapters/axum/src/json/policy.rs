use core::mem::take;

use axum::extract::State;
use axum::http::StatusCode;
use repass::code::CodeShape;
use repass::policy::{CheckState, Personal};
use repass::port::Ports;
use repass::secret::Password;
use serde_json::{Value, json};

use crate::app::App;
use crate::host::Host;
use crate::posted::Json;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::route;

/// What a form has to know: the rules for passwords, and how a code looks.
pub(crate) async fn policy<P: Ports + 'static, H: Host>(State(app): State<App<P, H>>) -> Reply {
    let (policy, flow) = (&app.mount().policy, app.mount().recovery.flow());
    let requirements: Vec<Value> = policy
        .requirements()
        .map(|requirement| json!({ "rule": requirement, "text": requirement.to_string() }))
        .collect();
    let body = json!({
        "requirements": requirements,
        // For the attribute `passwordrules`; none where it cannot say what the policy asks.
        "passwordrules": policy.password_rules().ok(),
        "code": code_shape(&flow.code_shape()),
        "link_life": flow.link_life().as_secs(),
        "code_life": flow.code_life().as_secs(),
    });
    Reply::new(StatusCode::OK, body)
}

/// How a code looks, for a field that takes it: its length is not the same everywhere.
pub(super) fn code_shape(shape: &CodeShape) -> Value {
    json!({
        "length": shape.length(),
        "alphabet": shape.characters(),
        "groups": shape.groups().collect::<Vec<_>>(),
    })
}

/// Compares a password with the policy, before it is sent to be set. Of its owner only what the request
/// says is known, so a password that passes here can still be refused.
pub(crate) async fn check<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Json(mut posted): Json<route::Check>,
) -> Result<Reply, Problem> {
    let call = app.call::<route::Check>();
    let mut password = posted.fields.need("password")?;
    let password = Password::new(take(&mut *password));
    let password = password.map_err(|error| call.refuse(&error).in_field("password"))?;
    let mut text = |name| posted.fields.take(name);
    let [login, email, first, last] = ["login", "email", "first_name", "last_name"].map(&mut text);
    let about = Personal::none()
        .username(login.as_ref().map(|text| text.as_str()))
        .email(email.as_ref().map(|text| text.as_str()))
        .first_name(first.as_ref().map(|text| text.as_str()))
        .last_name(last.as_ref().map(|text| text.as_str()));
    let checklist = call.mount.policy.checklist(&password, &about);
    let accepted = checklist.iter().all(|line| line.state != CheckState::Unmet);
    let lines: Vec<Value> = checklist
        .iter()
        .map(|line| {
            json!({
                "rule": line.requirement,
                "text": line.requirement.to_string(),
                "state": line.state,
            })
        })
        .collect();
    Ok(Reply::new(StatusCode::OK, json!({ "accepted": accepted, "checklist": lines })))
}
