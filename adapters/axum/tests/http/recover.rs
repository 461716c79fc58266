//! From "forgot" to "changed" in JSON.

use serde_json::json;

use crate::client::Client;
use crate::world::{NEW, OLD, World};

#[tokio::test]
async fn a_link_resets_the_password_once_and_signs_nobody_in() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let asked = client.json("/v1/forgot", &json!({ "who": "ada@example.org" })).await;
    assert_eq!(asked.status, 202);
    assert_eq!(asked.json()["expires_in"], 1800);
    assert!(asked.json().get("code").is_none());
    assert!(asked.cookies().is_empty());

    let message = world.message().await;
    let token = message.token("/reset");
    let reset = json!({ "token": token, "password": NEW });
    let set = client.json("/v1/reset", &reset).await;
    assert_eq!((set.status.as_u16(), set.text("outcome")), (200, "reset".to_owned()));
    assert_eq!(set.json()["signed_in"], false);
    assert!(set.cookies().is_empty());
    assert!(world.has_password("ada", NEW).await && world.has_password("eve", OLD).await);
    assert!(world.message().await.text.contains("was changed"));
    let ended: Vec<String> =
        world.host.ended.lock().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(ended, ["ada"]);

    let again = json!({ "token": token, "password": "other-kettle-43" });
    let again = client.json("/v1/reset", &again).await;
    assert_eq!(again.problem(), (403, "refused".to_owned()));
}

#[tokio::test]
async fn a_request_is_in_the_queue_before_it_is_answered() {
    let world = World::new();
    let asked = Client::new(&world.router).json("/v1/forgot", &json!({ "login": "ada" })).await;
    assert_eq!(asked.status, 202);
    // Nothing but the store has to be there for the message to come.
    assert_eq!(world.message().await.to, "ada@example.org");
}

#[tokio::test]
async fn a_code_and_a_password_are_taken_in_one_request_or_in_two() {
    for in_two in [false, true] {
        let world = World::new();
        let mut client = Client::new(&world.router);
        let asked = client.json("/v1/forgot", &json!({ "login": "ada", "by": "code" })).await;
        assert_eq!(asked.json()["expires_in"], 600);
        assert_eq!(asked.json()["code"]["length"], 8);
        assert_eq!(asked.json()["code"]["groups"], json!([4, 4]));
        let (handle, code) = (asked.text("handle"), world.message().await.code());
        let set = if in_two {
            let proof = json!({ "handle": handle, "code": code });
            let admitted = client.json("/v1/code", &proof).await;
            assert_eq!(admitted.json()["expires_in"], 600);
            let attempt = admitted.text("attempt");
            client.json("/v1/reset", &json!({ "attempt": attempt, "password": NEW })).await
        } else {
            let proof = json!({ "handle": handle, "code": code, "password": NEW });
            client.json("/v1/reset", &proof).await
        };
        assert_eq!(set.status, 200, "{}", set.body);
        assert!(world.has_password("ada", NEW).await);
        assert!(client.cookies.is_empty(), "a ticket that was used is forgotten");
    }
}

#[tokio::test]
async fn a_wrong_code_says_how_many_tries_are_left_and_a_text_that_is_none_costs_none() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let asked = client.json("/v1/forgot", &json!({ "login": "ada", "by": "code" })).await;
    let handle = asked.text("handle");
    world.message().await;
    let none = client.json("/v1/code", &json!({ "handle": handle, "code": "12" })).await;
    assert_eq!(none.problem(), (422, "code_malformed".to_owned()));
    assert_eq!(none.json()["field"], "code");
    let mut left = Vec::new();
    for _ in 0..6 {
        let wrong = json!({ "handle": handle, "code": "BBBB-BBBB" });
        let wrong = client.json("/v1/code", &wrong).await;
        assert_eq!(wrong.problem(), (403, "refused".to_owned()));
        left.push(wrong.json()["tries_left"].as_u64().unwrap());
    }
    assert_eq!(left, [4, 3, 2, 1, 0, 0]);
}

#[tokio::test]
async fn the_message_is_sent_again_after_a_pause() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let handle = client.json("/v1/forgot", &json!({ "who": "ada" })).await.text("handle");
    world.message().await;
    let early = client.json("/v1/resend", &json!({ "handle": handle })).await;
    assert_eq!(early.problem(), (429, "throttled".to_owned()));
    assert_eq!((early.header("retry-after"), &early.json()["retry_after"]), ("60", &json!(60)));
    world.wait(60);
    let again = client.json("/v1/resend", &json!({ "handle": handle })).await;
    assert_eq!((again.status.as_u16(), &again.json()["next_in"]), (202, &json!(120)));
    world.message().await;
    let made_up = client.json("/v1/resend", &json!({ "handle": "A".repeat(80) })).await;
    assert_eq!(made_up.problem(), (403, "refused".to_owned()));
}

#[tokio::test]
async fn too_many_requests_are_throttled() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    for _ in 0..40 {
        let asked = client.json("/v1/forgot", &json!({ "who": "nobody" })).await;
        if asked.status != 202 {
            assert_eq!(asked.problem(), (429, "throttled".to_owned()));
            assert!(asked.json()["retry_after"].as_u64().unwrap() > 0);
            return;
        }
    }
    panic!("never throttled");
}

#[tokio::test]
async fn what_is_no_identifier_is_refused_by_its_field() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    for (field, text, code) in [
        ("who", "a@b@c", "email_"),
        ("email", "ada", "email_"),
        ("login", "a\u{7}da", "login_"),
        ("phone", "12", "phone_"),
        ("email", "ada@example.org\r\nBcc: eve@example.org", "email_"),
    ] {
        let answer = client.json("/v1/forgot", &json!({ field: text })).await;
        let (status, found) = answer.problem();
        assert_eq!(status, 422, "{}", answer.body);
        assert_eq!(answer.json()["field"], field);
        assert!(found.contains(code.trim_end_matches('_')), "{found}");
        assert!(!answer.body.contains(text), "nothing that was typed is repeated");
    }
    let two =
        client.json("/v1/forgot", &json!({ "login": "ada", "email": "ada@example.org" })).await;
    assert_eq!(two.problem(), (400, "field_ambiguous".to_owned()));
    let by = client.json("/v1/forgot", &json!({ "login": "ada", "by": "pigeon" })).await;
    assert_eq!((by.problem().1, by.text("field")), ("field_invalid".to_owned(), "by".to_owned()));
    assert!(world.messages().await.is_empty());
}

#[tokio::test]
async fn exactly_one_proof_is_taken() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let (token, handle) = ("t", "h");
    for proof in [
        json!({}),
        json!({ "handle": handle }),
        json!({ "code": "c" }),
        json!({ "token": token, "code": "c" }),
        json!({ "token": token, "attempt": "AAAAAAAA" }),
        json!({ "handle": handle, "code": "c", "who": "ada", "secret": "s" }),
        json!({ "who": "ada" }),
    ] {
        let mut body = proof;
        body["password"] = json!(NEW);
        let answer = client.json("/v1/reset", &body).await;
        assert_eq!(answer.problem(), (400, "proof_ambiguous".to_owned()), "{body}");
    }
}

#[tokio::test]
async fn made_up_proofs_are_refused_alike() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let mut bodies = Vec::new();
    for proof in [
        json!({ "token": "x" }),
        json!({ "token": "A".repeat(80) }),
        json!({ "token": "A".repeat(80), "handle": "A".repeat(80) }),
        json!({ "handle": "A".repeat(80), "code": "BBBB-BBBB" }),
        json!({ "attempt": "AAAAAAAA" }),
        json!({ "attempt": "../../etc" }),
    ] {
        let mut body = proof;
        body["password"] = json!(NEW);
        let answer = client.json("/v1/reset", &body).await;
        assert_eq!(answer.problem(), (403, "refused".to_owned()), "{body}");
        bodies.push(answer.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
}

#[tokio::test]
async fn passwords_that_the_policy_refuses_are_told_with_codes_and_parameters() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    client.json("/v1/forgot", &json!({ "who": "ada" })).await;
    let token = world.message().await.token("/reset");
    let weak = client.json("/v1/reset", &json!({ "token": token, "password": "lovelace" })).await;
    assert_eq!(weak.problem(), (422, "password_refused".to_owned()));
    let violations = weak.json()["violations"].clone();
    let short = json!({ "code": "password_too_short", "params": { "min_length": 12 } });
    assert!(violations.as_array().unwrap().contains(&short), "{violations}");
    assert!(!weak.body.contains("lovelace"));
    let long = json!({ "token": token, "password": "x".repeat(5000) });
    let long = client.json("/v1/reset", &long).await;
    assert_eq!(long.problem(), (422, "password_too_many_bytes".to_owned()));
}
