//! What every answer carries, and what nobody can add to it.

use axum::http::Method;
use repass::account::Login;
use repass::port::Ports;
use serde_json::json;

use crate::client::{Client, FORM};
use crate::world::World;

#[tokio::test]
async fn no_answer_is_kept_framed_guessed_at_or_told_to_another_site() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let mut answers = Vec::new();
    for path in [
        "/v1/policy",
        "/v1/nothing",
        "/v1/forgot",
        "/forgot",
        "/sent",
        "/code",
        "/reset",
        "/reset?token=x",
        "/done",
        "/not-me?token=x",
        "/stopped",
        "/verify?token=x",
        "/verified",
        "/sign-in",
        "/change",
        "/.well-known/change-password",
    ] {
        answers.push(client.get(path).await);
    }
    answers.push(client.json("/v1/forgot", &json!({ "who": "ada" })).await);
    answers.push(client.json("/v1/reset", &json!({})).await);
    answers.push(client.form("/forgot", &[("who", "ada"), ("by", "link")]).await);
    answers.push(client.form("/reset", &[]).await);
    answers.push(client.send(Method::PUT, "/forgot", FORM, "").await);
    for answer in answers {
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let policy =
            "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        assert_eq!(answer.header("content-security-policy"), policy);
    }
}

#[tokio::test]
async fn a_page_answers_a_method_that_it_does_not_have_as_a_page() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    for (path, allowed) in
        [("/forgot", "GET,HEAD,POST"), ("/done", "GET,HEAD"), ("/resend", "POST")]
    {
        let answer = client.send(Method::DELETE, path, "", "").await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed));
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    }
}

#[tokio::test]
async fn a_path_that_is_no_route_is_a_problem() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    for path in ["/v1/nothing", "/v1/forgot/", "/v1/forgot/x", "/v1/FORGOT"] {
        assert_eq!(client.get(path).await.problem(), (404, "not_found".to_owned()), "{path}");
        let posted = client.json(path, &json!({})).await;
        assert_eq!(posted.problem(), (404, "not_found".to_owned()), "{path}");
    }
}

/// CWE-113: nothing that is typed becomes a header.
#[tokio::test]
async fn nothing_that_is_typed_becomes_a_header() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let nasty = "AAAA\r\nSet-Cookie: a=b\r\n\r\n<script>";
    let mut answers = Vec::new();
    for path in [
        "/reset?token=",
        "/reset?attempt=",
        "/code?attempt=",
        "/sent?attempt=",
        "/not-me?token=",
        "/reset?x=1&token=",
    ] {
        let encoded: String = nasty.bytes().map(|byte| format!("%{byte:02X}")).collect();
        answers.push(client.get(&format!("{path}{encoded}")).await);
    }
    for path in ["/forgot", "/resend", "/code", "/reset", "/not-me", "/sign-in"] {
        for field in ["who", "by", "attempt", "token", "page", "code", "password"] {
            answers.push(client.form(path, &[(field, nasty)]).await);
        }
    }
    for path in ["/v1/forgot", "/v1/resend", "/v1/code", "/v1/reset", "/v1/not-me"] {
        for field in ["who", "by", "attempt", "token", "handle", nasty] {
            answers.push(client.json(path, &json!({ field: nasty })).await);
        }
    }
    for answer in answers {
        assert!(!answer.headers.contains_key("set-cookie"));
        assert!(!answer.body.contains("<script>"), "{}", answer.body);
        assert!(answer.status.is_client_error(), "{}", answer.status);
    }
}

/// CWE-79.
#[tokio::test]
async fn a_name_adds_no_tag_to_a_page() {
    let world = World::new();
    let login = "x\"'><i>&y";
    let ada = world.account("ada").await.with_login(Login::new(login).unwrap());
    world.recovery.ports().accounts().put(ada);
    let mut client = Client::new(&world.router);
    client.json("/v1/forgot", &json!({ "who": "ada@example.org" })).await;
    let opened = client.get(&world.message().await.link("/reset")).await;
    let page = client.get(opened.location()).await;
    assert!(page.body.contains("value=\"x&quot;&#39;&gt;&lt;i&gt;&amp;y\""), "{}", page.body);
}
