//! The rules as data.

use serde_json::json;

use crate::client::Client;
use crate::world::World;

#[tokio::test]
async fn the_policy_says_what_it_asks_and_how_a_code_looks() {
    let world = World::new();
    let policy = Client::new(&world.router).with(&[]).get("/v1/policy").await;
    assert_eq!(policy.status, 200);
    let policy = policy.json();
    let length = json!({
        "rule": { "code": "password_too_short", "params": { "min_length": 12 } },
        "text": "at least 12 characters",
    });
    assert!(policy["requirements"].as_array().unwrap().contains(&length), "{policy}");
    assert_eq!(policy["code"]["length"], 8);
    assert_eq!(policy["code"]["alphabet"].as_str().unwrap().len(), 20);
    assert_eq!((&policy["link_life"], &policy["code_life"]), (&json!(1800), &json!(600)));
}

#[tokio::test]
async fn a_password_is_checked_before_it_is_sent_to_be_set() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let checked = client.json("/v1/check", &json!({ "password": "lovelace" })).await;
    assert_eq!(checked.status, 200);
    assert_eq!(checked.json()["accepted"], false);
    let good = json!({ "password": "lovelace-1815", "login": "ada" });
    assert_eq!(client.json("/v1/check", &good).await.json()["accepted"], true);
    let similar = json!({ "password": "lovelace-1815", "last_name": "lovelace1815" });
    let similar = client.json("/v1/check", &similar).await;
    assert_eq!(similar.json()["accepted"], false);
    assert!(!similar.body.contains("1815"));
    let long = client.json("/v1/check", &json!({ "password": "x".repeat(5000) })).await;
    assert_eq!(long.problem(), (422, "password_too_many_bytes".to_owned()));
}
