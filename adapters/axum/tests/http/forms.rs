//! The forms, as a person without script walks through them.

use crate::client::{Client, hidden};
use crate::world::{NEW, OLD, World};

#[tokio::test]
async fn a_person_walks_by_link() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    assert!(browser.get("/forgot").await.body.contains("action=\"/forgot\""));
    let asked = browser.form("/forgot", &[("who", "ada"), ("by", "link")]).await;
    let sent = browser.get(asked.location()).await;
    assert!(sent.body.contains("If there is such an account"));
    let opened = browser.get(&world.message().await.link("/reset")).await;
    let form = browser.get(opened.location()).await;
    // For password managers.
    assert!(form.body.contains("autocomplete=\"username\" readonly"));
    assert_eq!(form.body.matches("autocomplete=\"new-password\"").count(), 2);
    let attempt = hidden(&form.body, "attempt");
    let fields =
        [("attempt", attempt.as_str()), ("username", "ada"), ("password", NEW), ("again", NEW)];
    assert_eq!(browser.form("/reset", &fields).await.location(), "/done");
    assert!(browser.get("/done").await.body.contains("href=\"/sign-in\""));
    assert!(world.has_password("ada", NEW).await);
}

#[tokio::test]
async fn a_person_walks_by_code_mistypes_it_and_chooses_a_weak_password() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    let asked = browser.form("/forgot", &[("who", "ada"), ("by", "code")]).await;
    let page = browser.get(asked.location()).await;
    let attempt = hidden(&page.body, "attempt");
    assert!(page.body.contains("autocomplete=\"one-time-code\""));
    let code = world.message().await.code();
    for (typed, status, says) in
        [("12", 422, "This is not a code"), ("BBBB-BBBB", 403, "You can try 4 more times")]
    {
        let wrong = browser.form("/code", &[("attempt", &attempt), ("code", typed)]).await;
        assert_eq!(wrong.status, status);
        assert!(wrong.body.contains(says) && wrong.body.contains("action=\"/code\""));
    }
    let right = browser.form("/code", &[("attempt", &attempt), ("code", &code)]).await;
    let form = browser.get(right.location()).await;
    let attempt = hidden(&form.body, "attempt");
    let set = async |browser: &mut Client, new: &str, again: &str| {
        browser.form("/reset", &[("attempt", &attempt), ("password", new), ("again", again)]).await
    };
    let differ = set(&mut browser, NEW, "another-one-7").await;
    assert_eq!(differ.status, 422);
    assert!(differ.body.contains("not the same") && differ.body.contains("action=\"/reset\""));
    let weak = set(&mut browser, "short", "short").await;
    assert_eq!(weak.status, 422);
    assert!(
        weak.body.contains("at least 12 characters") && weak.body.contains("action=\"/reset\"")
    );
    assert!(!weak.body.contains("value=\"short\""));
    // Somebody who plants a link of their own account cannot have the name of that account left out by an error.
    for page in [&form, &differ, &weak] {
        assert!(page.body.contains("name=\"username\"") && page.body.contains("value=\"ada\""));
    }
    assert_eq!(set(&mut browser, NEW, NEW).await.location(), "/done");
}

#[tokio::test]
async fn a_handle_without_tries_has_no_form_any_more() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    let asked = browser.form("/forgot", &[("who", "ada"), ("by", "code")]).await;
    let attempt = asked.location().split_once("attempt=").unwrap().1.to_owned();
    world.message().await;
    let wrong = [("attempt", attempt.as_str()), ("code", "BBBB-BBBB")];
    for _ in 0..4 {
        assert!(browser.form("/code", &wrong).await.body.contains("action=\"/code\""));
    }
    let last = browser.form("/code", &wrong).await;
    assert!(!last.body.contains("action=\"/code\"") && last.body.contains("href=\"/forgot\""));
}

#[tokio::test]
async fn a_person_asks_for_the_message_once_more() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    let asked = browser.form("/forgot", &[("who", "ada"), ("by", "link")]).await;
    let page = asked.location().to_owned();
    let sent = browser.get(&page).await;
    let attempt = hidden(&sent.body, "attempt");
    let fields = [("attempt", attempt.as_str()), ("page", "sent")];
    world.message().await;
    let early = browser.form("/resend", &fields).await;
    assert_eq!((early.status.as_u16(), early.header("retry-after")), (429, "60"));
    assert!(early.body.contains("Wait 60 seconds"));
    world.wait(60);
    assert_eq!(browser.form("/resend", &fields).await.location(), page);
    world.message().await;
    let elsewhere = Client::new(&world.router).form("/resend", &fields).await;
    assert_eq!(elsewhere.status, 403);
}

#[tokio::test]
async fn a_person_signs_in_and_changes_the_password() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    assert_eq!(browser.get("/.well-known/change-password").await.location(), "/change");
    assert_eq!(browser.get("/change").await.location(), "/sign-in");
    assert!(browser.get("/sign-in").await.body.contains("autocomplete=\"current-password\""));
    let wrong = browser.form("/sign-in", &[("who", "ada"), ("password", "not this")]).await;
    assert_eq!(wrong.status, 403);
    assert!(wrong.body.contains("or the password is wrong") && wrong.body.contains("/forgot"));
    let right = browser.form("/sign-in", &[("who", "ada"), ("password", OLD)]).await;
    assert_eq!(right.location(), "/");
    assert!(browser.get("/change").await.body.contains("action=\"/change\""));
    let change = |old| [("old_password", old), ("password", NEW), ("again", NEW)];
    let wrong = browser.form("/change", &change("not this")).await;
    assert!(wrong.body.contains("present password is wrong") && wrong.body.contains("/change"));
    assert_eq!(browser.form("/change", &change(OLD)).await.location(), "/done");
    assert!(world.has_password("ada", NEW).await);
    assert_eq!(browser.get("/change").await.status, 200);
    let signed_out = Client::new(&world.router).form("/change", &change(NEW)).await;
    assert_eq!(signed_out.status, 403);
    assert!(signed_out.body.contains("href=\"/sign-in\""));
}

/// CVE-2019-11358 and its like: a password is the same in either normal form.
#[tokio::test]
async fn a_password_is_the_same_however_the_keyboard_composes_it() {
    let (composed, decomposed) = ("sm\u{f6}rg\u{e5}s-kettle", "smo\u{308}rga\u{30a}s-kettle");
    let world = World::new();
    let mut browser = Client::new(&world.router);
    browser.form("/sign-in", &[("who", "ada"), ("password", OLD)]).await;
    let change = [("old_password", OLD), ("password", decomposed), ("again", composed)];
    assert_eq!(browser.form("/change", &change).await.location(), "/done");
    let mut other = Client::new(&world.router);
    let sign_in = other.form("/sign-in", &[("who", "ada"), ("password", composed)]).await;
    assert_eq!(sign_in.location(), "/");
}
