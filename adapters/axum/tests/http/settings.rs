//! What a host configures, and what it cannot.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::routing::get;
use repass::hash::{Cost, Hasher};
use repass::policy::Policy;
use repass_axum::{Mount, NoHost, Origin, router};
use repass_tokio::HashPool;
use serde_json::json;
use tower::ServiceExt;

use crate::client::Client;
use crate::world::{NEW, ORIGIN, World};

fn without_host(world: &World) -> Router {
    let hasher = Hasher::new(Cost::new(64, 1, 1).unwrap());
    let pool = HashPool::new(hasher, Duration::from_secs(5));
    let policy = Policy::builder().min_length(12).build().unwrap();
    let (origin, now) = (Origin::new(ORIGIN).unwrap(), world.now());
    router(Mount::new(world.recovery.clone(), pool, policy, origin, move || now), Arc::new(NoHost))
}

#[tokio::test]
async fn without_a_host_nobody_signs_in_and_passwords_are_reset() {
    let world = World::new();
    let mut client = Client::new(&without_host(&world));
    for path in ["/v1/sign-in", "/v1/password"] {
        assert_eq!(client.json(path, &json!({})).await.problem().0, 404, "{path}");
    }
    for path in ["/sign-in", "/change", "/v1/verify", "/verify"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
    assert_eq!(client.get("/.well-known/change-password").await.location(), "/forgot");
    client.json("/v1/forgot", &json!({ "who": "ada" })).await;
    let token = world.message().await.token("/reset");
    let reset = json!({ "token": token, "password": NEW });
    assert_eq!(client.json("/v1/reset", &reset).await.status, 200);
    assert!(!client.get("/done").await.body.contains("sign-in"));
}

#[tokio::test]
async fn everything_is_below_the_base_path() {
    let world = World::mounted(|mount| mount.base_path("/account").unwrap());
    let mut client = Client::new(&world.router);
    for path in ["/forgot", "/v1/policy", "/.well-known/change-password"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
    assert_eq!(client.get("/account/v1/policy").await.status, 200);
    assert_eq!(client.get("/account/v1/nothing").await.problem().0, 404);
    let page = client.get("/account/forgot").await;
    assert!(page.body.contains("action=\"/account/forgot\""));
    let asked = client.form("/account/forgot", &[("who", "ada"), ("by", "link")]).await;
    assert!(asked.location().starts_with("/account/sent?attempt="));
    assert!(client.get("/account/reset?token=x").await.body.contains("href=\"/account/forgot\""));
}

#[tokio::test]
async fn a_host_keeps_its_own_routes_and_its_own_fallback() {
    let world = World::mounted(|mount| mount.without_pages());
    let own = Router::new()
        .route("/forgot", get(|| async { "mine" }))
        .route("/v1/orders", get(|| async { "mine" }))
        .fallback(|| async { "mine" });
    let mut client = Client::new(&own.merge(world.router.clone()));
    for path in ["/forgot", "/v1/orders", "/elsewhere", "/reset"] {
        assert_eq!(client.get(path).await.body, "mine", "{path}");
    }
    assert_eq!(client.get("/v1/policy").await.status, 200);
}

#[tokio::test]
async fn a_server_that_does_not_pass_the_peer_is_told_and_counts_nothing() {
    let world = World::new();
    let request = Request::post("/v1/forgot").header("content-type", "application/json");
    let request = request.body(Body::from("{\"who\":\"ada\"}")).unwrap();
    let answer = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 503);
    let body = axum::body::to_bytes(answer.into_body(), 4096).await.unwrap();
    assert!(String::from_utf8_lossy(&body).contains("\"source_unknown\""));
    assert!(world.messages().await.is_empty());
}

#[test]
fn origins_are_read_strictly() {
    for (text, read) in [
        ("https://example.org", "https://example.org"),
        ("https://Example.ORG/", "https://example.org"),
        ("https://example.org:443", "https://example.org"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ] {
        assert_eq!(Origin::new(text).unwrap().as_str(), read);
    }
    for text in [
        "",
        "example.org",
        "http://example.org",
        "ftp://example.org",
        "https://",
        "null",
        "*",
        "https://a@example.org",
        "https://example.org/x",
        "https://example.org?x",
        "https://example.org:x",
        "https://example.org:",
        "https://example.org:99999",
        "https://exa mple.org",
    ] {
        assert!(Origin::new(text).is_err(), "{text}");
    }
}

#[test]
fn paths_and_names_are_read_strictly() {
    let world = World::new();
    let mount = || {
        let pool = HashPool::new(world.hasher.clone(), Duration::ZERO);
        let policy = Policy::builder().min_length(12).build().unwrap();
        let now = world.now();
        Mount::new(world.recovery.clone(), pool, policy, Origin::new(ORIGIN).unwrap(), move || now)
    };
    for path in ["", "/a", "/a/b-c.d~_"] {
        assert!(mount().base_path(path).is_ok(), "{path}");
    }
    for path in ["/", "a", "//a", "/a/", "/a//b", "/{x}", "/a b", "/..", "/a/./b", "/a?b", "/\r\n"]
    {
        assert!(mount().base_path(path).is_err(), "{path}");
    }
    for path in ["/", "/home", "/home/"] {
        assert!(mount().after_sign_in(path).is_ok(), "{path}");
    }
    for path in ["", "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nb"] {
        assert!(mount().after_sign_in(path).is_err(), "{path}");
    }
    assert!(mount().link_names("user", Some("token")).is_ok());
    for (token, handle) in [("", None), ("a b", None), ("a", Some("a")), ("a", Some(""))] {
        assert!(mount().link_names(token, handle).is_err());
    }
    let shown = format!("{:?}", mount());
    assert!(shown.contains("https://example.org") && !shown.contains("Key("), "{shown}");
}

#[tokio::test]
async fn several_mounts_are_served_side_by_side() {
    let (one, other) = (World::new(), World::mounted(|mount| mount.base_path("/acme").unwrap()));
    let mut browser = Client::new(&one.router.clone().merge(other.router.clone()));
    for (world, base) in [(&one, ""), (&other, "/acme")] {
        let form = [("who", "ada"), ("by", "code")];
        let asked = browser.form(&format!("{base}/forgot"), &form).await;
        assert!(asked.location().starts_with(&format!("{base}/code?")));
        assert_eq!(world.messages().await.len(), 1);
    }
    // What one has made is nothing to the other.
    browser.json("/v1/forgot", &json!({ "who": "ada" })).await;
    let token = one.message().await.token("/reset");
    let reset = json!({ "token": token, "password": NEW });
    assert_eq!(browser.json("/acme/v1/reset", &reset).await.problem().1, "refused");
    assert_eq!(browser.json("/v1/reset", &reset).await.status, 200);
}
