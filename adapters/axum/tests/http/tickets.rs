//! A ticket takes the place of a secret that was right: it is in a cookie, of one attempt, for ten minutes.

use serde_json::json;

use crate::client::Client;
use crate::world::{NEW, World};

/// A client whose code was right and whose password was refused; the name of the attempt.
async fn refused(world: &World) -> (Client, String, serde_json::Value) {
    let mut client = Client::new(&world.router);
    let asked = client.json("/v1/forgot", &json!({ "login": "ada", "by": "code" })).await;
    let (handle, code) = (asked.text("handle"), world.message().await.code());
    let proof = json!({ "handle": handle, "code": code, "password": "short" });
    let refused = client.json("/v1/reset", &proof).await;
    assert_eq!(refused.problem(), (422, "password_refused".to_owned()));
    let attempt = refused.text("attempt");
    (client, attempt, json!({ "handle": handle, "code": code }))
}

#[tokio::test]
async fn after_a_refused_password_the_next_try_needs_no_secret() {
    let world = World::new();
    let (mut client, attempt, _) = refused(&world).await;
    let reset = client.json("/v1/reset", &json!({ "attempt": attempt, "password": NEW })).await;
    assert_eq!(reset.status, 200, "{}", reset.body);
    assert!(world.has_password("ada", NEW).await && client.cookies.is_empty());
}

#[tokio::test]
async fn the_name_of_an_attempt_is_worth_nothing_without_the_cookie() {
    let world = World::new();
    let (client, attempt, _) = refused(&world).await;
    let mut thief = Client::new(&world.router);
    let reset = json!({ "attempt": attempt, "password": NEW });
    assert_eq!(thief.json("/v1/reset", &reset).await.problem(), (403, "refused".to_owned()));
    // Nor is a cookie under the name of another attempt.
    let (name, ticket) = client.cookies.iter().next().unwrap();
    let other = name.replace(&attempt, "AAAAAAAA");
    thief.cookies.insert(other, ticket.clone());
    assert_eq!(thief.json("/v1/reset", &reset).await.problem(), (403, "refused".to_owned()));
}

#[tokio::test]
async fn a_ticket_ends_after_ten_minutes_and_with_the_password() {
    let world = World::new();
    let (mut client, attempt, _) = refused(&world).await;
    let reset = json!({ "attempt": attempt, "password": NEW });
    world.wait(600);
    assert_eq!(client.json("/v1/reset", &reset).await.problem(), (403, "refused".to_owned()));

    let world = World::new();
    let (mut client, attempt, _) = refused(&world).await;
    let mut thief = client.clone();
    let reset = json!({ "attempt": attempt, "password": NEW });
    assert_eq!(client.json("/v1/reset", &reset).await.status, 200);
    let late = json!({ "attempt": attempt, "password": "other-kettle-43" });
    assert_eq!(thief.json("/v1/reset", &late).await.problem(), (403, "refused".to_owned()));
}

#[tokio::test]
async fn a_ticket_is_no_token_and_no_handle() {
    let world = World::new();
    let (client, _, proof) = refused(&world).await;
    let ticket = client.cookies.values().next().unwrap();
    let mut client = Client::new(&world.router);
    let as_token = json!({ "token": ticket, "password": NEW });
    assert_eq!(client.json("/v1/reset", &as_token).await.problem().0, 403);
    let as_handle = json!({ "handle": ticket, "code": proof["code"] });
    assert_eq!(client.json("/v1/code", &as_handle).await.problem().0, 403);
    assert_eq!(client.json("/v1/resend", &json!({ "handle": ticket })).await.problem().0, 403);
}
