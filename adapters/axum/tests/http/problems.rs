//! Every status that `openapi.json` names for a route is produced, or its test is named here.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::client::Client;
use crate::openapi;
use crate::world::{NEW, OLD, World};

/// A request of the route that is refused by 422, and one that is refused by 429 when it is repeated.
fn refused(path: &str) -> (Option<Value>, Option<Value>) {
    let long = "x".repeat(5000);
    match path {
        "/v1/forgot" => (Some(json!({ "email": "ada" })), Some(json!({ "who": "nobody" }))),
        "/v1/resend" => (None, Some(json!({}))),
        "/v1/code" => (Some(json!({ "who": "a@b@c", "secret": "s" })), None),
        "/v1/reset" => (Some(json!({ "token": "x", "password": long })), None),
        "/v1/check" => (Some(json!({ "password": long })), None),
        "/v1/sign-in" => (
            Some(json!({ "email": "ada", "password": OLD })),
            Some(json!({ "who": "nobody", "password": OLD })),
        ),
        "/v1/password" => (
            Some(json!({ "old_password": OLD, "password": long })),
            Some(json!({ "old_password": "not this one", "password": NEW })),
        ),
        _ => (None, None),
    }
}

#[tokio::test]
async fn every_documented_status_is_produced() {
    for (path, documented) in openapi::problems() {
        let world = World::new();
        let mut client = Client::new(&world.router);
        client.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
        let mut seen = BTreeSet::new();
        // By a body that is too slow: `limits::a_body_that_is_too_slow_is_refused`, on every route.
        seen.insert("408".to_owned());
        let mut saw = |status: u16| seen.insert(status.to_string());

        saw(client.json(path, &json!({ "nothing": "x" })).await.status.as_u16());
        let mut other = client.with(&[("sec-fetch-site", "cross-site")]);
        saw(other.json(path, &json!({})).await.status.as_u16());
        let large = json!({ "who": "x".repeat(20_000) });
        saw(client.json(path, &large).await.status.as_u16());
        saw(client.send(Method::POST, path, "text/plain", "x").await.status.as_u16());
        let request = Request::post(path).header("content-type", "application/json");
        let request = request.body(Body::from("{}")).unwrap();
        saw(world.router.clone().oneshot(request).await.unwrap().status().as_u16());

        let (invalid, mut repeated) = refused(path);
        if let Some(body) = invalid {
            let answer = client.json(path, &body).await;
            assert_eq!(answer.status, 422, "{path} {}", answer.body);
            saw(422);
        }
        if path == "/v1/resend" {
            let asked = client.json("/v1/forgot", &json!({ "who": "ada" })).await;
            repeated = Some(json!({ "handle": asked.text("handle") }));
        }
        if let Some(body) = repeated {
            let mut last = 0;
            for _ in 0..11 {
                last = client.json(path, &body).await.status.as_u16();
            }
            assert_eq!(last, 429, "{path}");
            saw(last);
        }
        assert_eq!(seen, documented, "{path}");
    }
}
