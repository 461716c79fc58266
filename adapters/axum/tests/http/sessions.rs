//! Sign-in, changes by people who are signed in, and the sessions of the host.

use serde_json::json;

use crate::client::{Client, hidden};
use crate::world::{NEW, OLD, World};

fn number(client: &Client) -> u32 {
    client.cookies["session"].parse().unwrap()
}

#[tokio::test]
async fn a_right_password_begins_a_session_with_a_new_id() {
    let world = World::new();
    let mut attacker = Client::new(&world.router);
    let sign_in = json!({ "who": "eve", "password": OLD });
    attacker.json("/v1/sign-in", &sign_in).await;
    // CWE-384: the id that an attacker has put into the browser is not the one of the session.
    let mut victim = attacker.clone();
    let answer = victim.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({ "outcome": "signed_in" })));
    assert_ne!(number(&victim), number(&attacker));
}

#[tokio::test]
async fn a_change_needs_the_present_password_and_keeps_this_session_alone() {
    let world = World::new();
    let mut mine = Client::new(&world.router);
    let change = json!({ "old_password": OLD, "password": NEW });
    let out = mine.json("/v1/password", &change).await;
    assert_eq!(out.problem(), (403, "signed_out".to_owned()));

    mine.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    let mut other = Client::new(&world.router);
    other.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    let wrong = json!({ "old_password": "not this one", "password": NEW });
    let wrong = mine.json("/v1/password", &wrong).await;
    assert_eq!(wrong.problem(), (403, "wrong_password".to_owned()));
    assert_eq!(wrong.text("field"), "old_password");
    let weak = json!({ "old_password": OLD, "password": "short" });
    let weak = mine.json("/v1/password", &weak).await;
    assert_eq!(weak.problem(), (422, "password_refused".to_owned()));
    assert!(weak.json().get("attempt").is_none());

    let before = number(&mine);
    let changed = mine.json("/v1/password", &change).await;
    assert_eq!(changed.json(), json!({ "outcome": "changed", "signed_in": true }));
    assert!(world.has_password("ada", NEW).await && number(&mine) != before);
    let again = json!({ "old_password": NEW, "password": "other-kettle-43" });
    assert_eq!(other.json("/v1/password", &again).await.problem().1, "signed_out");
    assert_eq!(mine.json("/v1/password", &again).await.status, 200);
    assert_eq!(world.messages().await.len(), 2);
}

/// CWE-613.
#[tokio::test]
async fn a_session_ends_with_the_password_even_if_the_host_leaves_it() {
    let world = World::new();
    *world.host.keeps.lock().unwrap() = true;
    let mut mine = Client::new(&world.router);
    mine.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    mine.json("/v1/forgot", &json!({ "who": "ada" })).await;
    let token = world.message().await.token("/reset");
    assert_eq!(mine.get("/change").await.status, 200);
    let reset = json!({ "token": token, "password": NEW });
    assert_eq!(Client::new(&world.router).json("/v1/reset", &reset).await.status, 200);
    assert_eq!(mine.get("/change").await.location(), "/sign-in");
    let change = json!({ "old_password": NEW, "password": "other-kettle-43" });
    assert_eq!(mine.json("/v1/password", &change).await.problem().1, "signed_out");
}

#[tokio::test]
async fn present_passwords_are_throttled() {
    let world = World::new();
    let mut mine = Client::new(&world.router);
    mine.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    let wrong = json!({ "old_password": "not this one", "password": NEW });
    for _ in 0..10 {
        assert_eq!(mine.json("/v1/password", &wrong).await.problem().1, "wrong_password");
    }
    let right = json!({ "old_password": OLD, "password": NEW });
    assert_eq!(mine.json("/v1/password", &right).await.problem(), (429, "throttled".to_owned()));
}

#[tokio::test]
async fn sign_ins_are_throttled() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let wrong = json!({ "who": "ada", "password": "not this one" });
    for _ in 0..10 {
        assert_eq!(client.json("/v1/sign-in", &wrong).await.problem().1, "refused");
    }
    let right = json!({ "who": "ada", "password": OLD });
    let throttled = client.json("/v1/sign-in", &right).await;
    assert_eq!(throttled.problem(), (429, "throttled".to_owned()));
    client.peer = "198.51.100.1:1".parse().unwrap();
    assert_eq!(client.json("/v1/sign-in", &right).await.status, 200);
}

#[tokio::test]
async fn a_temporary_password_leads_to_another_one_and_then_to_a_session() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let asked = client.json("/v1/sign-in", &json!({ "who": "tim", "password": OLD })).await;
    assert_eq!(
        (asked.text("outcome"), asked.text("reason")),
        ("must_change".into(), "temporary".into())
    );
    assert!(!client.cookies.contains_key("session"));
    let attempt = asked.text("attempt");
    let same = json!({ "attempt": attempt, "password": OLD });
    assert_eq!(client.json("/v1/reset", &same).await.problem().1, "password_refused");
    let set = client.json("/v1/reset", &json!({ "attempt": attempt, "password": NEW })).await;
    assert_eq!(set.json(), json!({ "outcome": "changed", "signed_in": true }));
    assert_eq!(client.get("/change").await.status, 200);

    let world = World::new();
    let mut browser = Client::new(&world.router);
    let page = browser.form("/sign-in", &[("who", "tim"), ("password", OLD)]).await;
    let form = browser.get(page.location()).await;
    let attempt = hidden(&form.body, "attempt");
    let fields = [("attempt", attempt.as_str()), ("password", NEW), ("again", NEW)];
    assert_eq!(browser.form("/reset", &fields).await.location(), "/");
    assert_eq!(browser.get("/change").await.status, 200);
}

#[tokio::test]
async fn a_password_that_no_longer_signs_in_is_told_only_to_those_who_type_it() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let right = json!({ "who": "rex", "password": OLD });
    assert_eq!(client.json("/v1/sign-in", &right).await.problem(), (403, "must_reset".to_owned()));
    let wrong = json!({ "who": "rex", "password": "not this one" });
    assert_eq!(client.json("/v1/sign-in", &wrong).await.problem(), (403, "refused".to_owned()));
    let page = client.form("/sign-in", &[("who", "rex"), ("password", OLD)]).await;
    assert!(page.body.contains("can no longer be used") && page.body.contains("/forgot"));
}

#[tokio::test]
async fn what_fails_behind_the_routes_is_told_to_the_host_and_to_nobody_else() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    client.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    *world.host.fails.lock().unwrap() = true;
    let sign_in = json!({ "who": "ada", "password": OLD });
    let change = json!({ "old_password": OLD, "password": NEW });
    for (path, body) in [("/v1/sign-in", sign_in), ("/v1/password", change)] {
        let answer = client.json(path, &body).await;
        assert_eq!(answer.problem(), (503, "unavailable".to_owned()));
        assert!(!answer.body.contains("table"));
    }
    assert_eq!(client.get("/change").await.status, 503);
    let log = world.host.log.lock().unwrap();
    assert!(log.contains("session_unavailable") && log.contains("10.1.2.3"), "{log}");
}

/// CWE-532.
#[tokio::test]
async fn no_log_holds_a_secret_or_what_was_typed() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let asked = json!({ "who": "ada@example.org", "by": "link_and_code" });
    let handle = client.json("/v1/forgot", &asked).await.text("handle");
    let message = world.message().await;
    let (token, code) = (message.token("/reset"), message.code());
    for body in [
        json!({ "handle": handle, "code": "BBBB-BBBB", "password": NEW }),
        json!({ "handle": handle, "code": code, "password": "lovelace" }),
        json!({ "token": token, "password": NEW }),
        json!({ "token": token, "password": NEW }),
    ] {
        client.json("/v1/reset", &body).await;
    }
    client.json("/v1/sign-in", &json!({ "who": "ada@example.org", "password": NEW })).await;
    client.json("/v1/sign-in", &json!({ "who": "nobody@example.org", "password": OLD })).await;
    let log = world.host.log.lock().unwrap().clone();
    for event in [
        "request_accepted",
        "reset_wrong_code",
        "reset_admitted",
        "password_refused",
        "password_reset",
        "reset_used",
        "signed_in",
        "sign_in_unknown",
    ] {
        assert!(log.contains(event), "{event}: {log}");
    }
    for secret in [&handle, &token, &code, NEW, OLD, "lovelace", "example.org"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}
