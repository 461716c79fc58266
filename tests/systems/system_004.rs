//! The link once more, for the person whom an access token names.

use pollster::block_on;
use repass::account::{AccountId, ExpectedAccount, Lookup};
use repass::recovery::Recovery;
use repass::time::UtcDateTime;
use serde_json::{Value, json};

use crate::document::says;
use crate::recovering::{Shared, messages, over, seed, work};
use crate::world::{Dice, ada, at, flow, id, secret_in};

/// What the host has verified of an access token.
struct Claims<'a> {
    id: AccountId,
    email: &'a str,
}

fn resend(
    service: &Recovery<Shared>,
    claims: Option<&Claims<'_>>,
    body: &Value,
    now: UtcDateTime,
) -> (u16, Value) {
    let says = |status: u16, text: &str| (status, json!({"message": text}));
    let Some(claims) = claims else { return says(401, "Sign in first") };
    let (Some(Ok(lookup)), Ok(claimed)) =
        (body["email"].as_str().map(Lookup::email), Lookup::email(claims.email))
    else {
        return says(400, "An e-mail address is missing");
    };
    let expected = [ExpectedAccount::Lookup(claimed)];
    let seed = seed(&mut Dice(now.unix_timestamp().unsigned_abs()));
    match block_on(service.resend_to(claims.id.clone(), lookup, &expected, seed, now)) {
        Ok(_) => says(200, "Reset password email sent successfully"),
        Err(error) => says(error.answer().http_status(), "The request was refused"),
    }
}

fn service() -> Recovery<Shared> {
    let mut dice = Dice(240);
    over(flow().build().unwrap(), ada(&mut dice))
}

fn received(service: &Recovery<Shared>, now: i64) -> String {
    work(service, &mut Dice(241), at(now));
    let [message] = &messages(service)[..] else { panic!("not one message") };
    secret_in(message.expose_secret())
}

#[test]
fn the_limited_link_is_sent_to_the_person_whom_the_token_names() {
    let service = service();
    let claims = Claims { id: id(), email: "ada@example.org" };
    let body = json!({"email": "ada@example.org"});
    let sent = says("004", r#"{ "message": "Reset password email sent successfully" }"#);
    let sent: Value = serde_json::from_str(sent).unwrap();
    // It begins an attempt, and then sends the same one again.
    assert_eq!(resend(&service, Some(&claims), &body, at(0)), (200, sent.clone()));
    let link = received(&service, 1);
    assert_eq!(resend(&service, Some(&claims), &body, at(90)), (200, sent));
    assert_eq!(received(&service, 91), link);
    // Too soon.
    assert_eq!(resend(&service, Some(&claims), &body, at(95)).0, 429);
}

#[test]
fn body_token_and_account_agree() {
    let service = service();
    for (id, claimed, typed) in [
        ("42", "other@example.org", "ada@example.org"),
        ("42", "ada@example.org", "other@example.org"),
        ("43", "ada@example.org", "ada@example.org"),
    ] {
        let claims = Claims { id: AccountId::new(id).unwrap(), email: claimed };
        let answer = resend(&service, Some(&claims), &json!({"email": typed}), at(0));
        assert_ne!(answer.0, 200, "{id} {claimed} {typed}");
        work(&service, &mut Dice(9), at(1));
        assert!(messages(&service).is_empty());
    }
    assert_eq!(resend(&service, None, &json!({"email": "ada@example.org"}), at(0)).0, 401);
}
