//! Known, unknown, disabled and without a password: the answers are the same, byte by byte.

use repass::port::Ports;
use serde_json::json;

use crate::client::{Answer, Client, hidden};
use crate::world::World;

const WHO: [&str; 6] = ["ada", "nobody", "dan", "pat", "tim", "rex"];

/// Status, headers and body, with random texts of the same length masked.
fn shape(answer: &Answer, random: &[&str]) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let mut text = format!("{}\n{}\n{}", answer.status, headers.concat(), answer.body);
    for secret in random {
        assert!(!secret.is_empty());
        text = text.replace(secret, &"*".repeat(secret.len()));
    }
    text
}

fn all_same(shapes: Vec<String>) {
    for shape in &shapes {
        assert_eq!(*shape, shapes[0]);
    }
}

#[tokio::test]
async fn what_is_asked_for_in_json_is_answered_alike() {
    for by in ["link", "code", "link_and_code"] {
        let mut steps: [Vec<String>; 6] = Default::default();
        for who in WHO {
            let world = World::new();
            let mut client = Client::new(&world.router);
            let asked = client.json("/v1/forgot", &json!({ "login": who, "by": by })).await;
            assert_eq!(asked.status, 202);
            let handle = asked.text("handle");
            let random = [handle.as_str()];
            steps[0].push(shape(&asked, &random));
            let resend = json!({ "handle": handle });
            steps[1].push(shape(&client.json("/v1/resend", &resend).await, &random));
            let wrong = json!({ "handle": handle, "code": "BBBB-BBBB" });
            steps[2].push(shape(&client.json("/v1/code", &wrong).await, &random));
            world.messages().await;
            steps[3].push(shape(&client.json("/v1/code", &wrong).await, &random));
            let reset = json!({ "handle": handle, "code": "BBBB-BBBB", "password": "short" });
            steps[4].push(shape(&client.json("/v1/reset", &reset).await, &random));
            world.wait(60);
            steps[5].push(shape(&client.json("/v1/resend", &resend).await, &random));
        }
        steps.into_iter().for_each(all_same);
    }
}

#[tokio::test]
async fn a_sign_in_that_is_refused_is_answered_alike() {
    let mut shapes = Vec::new();
    for who in WHO {
        let world = World::new();
        let mut client = Client::new(&world.router);
        let wrong = json!({ "login": who, "password": "not this one" });
        let answer = client.json("/v1/sign-in", &wrong).await;
        assert_eq!(answer.problem(), (403, "refused".to_owned()));
        shapes.push(shape(&answer, &[]));
    }
    // The right password of an account that may not sign in is no better than a wrong one.
    let world = World::new();
    let right = json!({ "login": "dan", "password": crate::world::OLD });
    let answer = Client::new(&world.router).json("/v1/sign-in", &right).await;
    shapes.push(shape(&answer, &[]));
    all_same(shapes);
}

#[tokio::test]
async fn forms_are_answered_alike() {
    let mut steps: [Vec<String>; 6] = Default::default();
    for who in WHO {
        let world = World::new();
        let mut client = Client::new(&world.router);
        let asked = client.form("/forgot", &[("who", who), ("by", "code")]).await;
        let path = asked.location().to_owned();
        let attempt = path.split_once("attempt=").unwrap().1;
        let handle = client.cookies.values().next().unwrap().clone();
        let random = [handle.as_str(), attempt];
        steps[0].push(shape(&asked, &random));
        let page = client.get(&path).await;
        assert_eq!(hidden(&page.body, "attempt"), attempt);
        steps[1].push(shape(&page, &random));
        world.messages().await;
        let code = [("attempt", attempt), ("code", "BBBB-BBBB")];
        steps[2].push(shape(&client.form("/code", &code).await, &random));
        let resend = [("attempt", attempt), ("page", "code")];
        steps[3].push(shape(&client.form("/resend", &resend).await, &random));
        world.wait(60);
        steps[4].push(shape(&client.form("/resend", &resend).await, &random));
        let sign_in = [("who", who), ("password", "not this one")];
        steps[5].push(shape(&client.form("/sign-in", &sign_in).await, &random));
    }
    steps.into_iter().for_each(all_same);
}

#[tokio::test]
async fn a_link_of_a_disabled_account_is_refused_as_a_link_that_was_made_up() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    client.json("/v1/forgot", &json!({ "login": "ada" })).await;
    let token = world.message().await.token("/reset");
    let ada = world.account("ada").await;
    world.recovery.ports().accounts().put(ada.disabled());
    let reset = |token: &str| json!({ "token": token, "password": crate::world::NEW });
    let real = client.json("/v1/reset", &reset(&token)).await;
    let made_up = client.json("/v1/reset", &reset(&"A".repeat(80))).await;
    assert_eq!(shape(&real, &[]), shape(&made_up, &[]));
    let real = client.get(&format!("/reset?token={token}")).await;
    let made_up = client.get("/reset?token=x").await;
    assert_eq!(shape(&real, &[]), shape(&made_up, &[]));
}
