//! Links in messages: mail programs open them, so that only a button does something.

use axum::http::Method;
use repass::account::{Account, AccountId, Contact, Email};
use repass::message::{LinkForm, ResetLink};
use repass::port::Ports;
use repass::secret::Seed;
use serde_json::json;

use crate::client::{Client, hidden};
use crate::world::{NEW, OLD, ORIGIN, World};

#[tokio::test]
async fn opening_a_link_uses_nothing_up() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    client.json("/v1/forgot", &json!({ "who": "ada" })).await;
    let message = world.message().await;
    for _ in 0..3 {
        for method in [Method::GET, Method::HEAD] {
            let mut scanner = Client::new(&world.router);
            let reset = message.link("/reset");
            let opened = scanner.send(method.clone(), &reset, "", "").await;
            assert!(scanner.send(method.clone(), opened.location(), "", "").await.status == 200);
            let not_me = message.link("/not-me");
            assert_eq!(scanner.send(method.clone(), &not_me, "", "").await.status, 200);
        }
    }
    let reset = json!({ "token": message.token("/reset"), "password": NEW });
    assert_eq!(client.json("/v1/reset", &reset).await.status, 200);
}

#[tokio::test]
async fn no_page_with_a_form_for_a_password_has_a_secret_in_its_address() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    client.json("/v1/forgot", &json!({ "who": "ada" })).await;
    let message = world.message().await;
    let token = message.token("/reset");
    let opened = client.get(&message.link("/reset")).await;
    assert!(!opened.location().contains(&token) && opened.body.is_empty());
    let page = client.get(opened.location()).await;
    assert!(!page.body.contains(&token));
    let ticket = client.cookies.values().next().unwrap();
    assert!(!page.body.contains(ticket));
}

#[tokio::test]
async fn a_link_that_is_not_valid_says_so_and_offers_a_new_one() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    for path in [
        "/reset?token=x",
        "/reset?attempt=AAAAAAAA",
        "/not-me?token=x",
        "/not-me",
        "/code?attempt=AAAAAAAA",
        "/sent",
    ] {
        let page = client.get(path).await;
        assert_eq!(page.status, 403, "{path}");
        assert!(page.body.contains("no longer valid") && page.body.contains("href=\"/forgot\""));
    }
    assert_eq!(client.get("/reset").await.location(), "/forgot");
    assert_eq!(client.get("/reset?token=a&token=b").await.status, 400);
    assert_eq!(client.get("/reset?token=%FF").await.status, 400);
}

#[tokio::test]
async fn this_was_not_me_ends_an_attempt() {
    for by_form in [false, true] {
        let world = World::new();
        let mut client = Client::new(&world.router);
        client.json("/v1/forgot", &json!({ "who": "ada" })).await;
        let message = world.message().await;
        let token = message.token("/not-me");
        if by_form {
            let page = client.get(&message.link("/not-me")).await;
            assert!(page.body.contains("We received a request"));
            let token = hidden(&page.body, "token");
            assert_eq!(client.form("/not-me", &[("token", &token)]).await.location(), "/stopped");
            assert_eq!(client.get("/stopped").await.status, 200);
        } else {
            assert_eq!(client.json("/v1/not-me", &json!({ "token": token })).await.status, 200);
        }
        let again = client.json("/v1/not-me", &json!({ "token": token })).await;
        assert_eq!((again.status.as_u16(), again.json()), (200, json!({})));
        let reset = json!({ "token": message.token("/reset"), "password": NEW });
        assert_eq!(client.json("/v1/reset", &reset).await.problem().1, "refused");
        assert!(world.host.ended.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn this_was_not_me_after_a_change_ends_the_sessions_and_the_password() {
    let world = World::new();
    let mut thief = Client::new(&world.router);
    thief.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    thief.json("/v1/password", &json!({ "old_password": OLD, "password": NEW })).await;
    let notice = world.message().await;
    let mut owner = Client::new(&world.router);
    let page = owner.get(&notice.link("/not-me")).await;
    assert!(page.body.contains("The password of your account was changed"));
    world.host.ended.lock().unwrap().clear();
    let token = json!({ "token": notice.token("/not-me") });
    assert_eq!(owner.json("/v1/not-me", &token).await.status, 200);
    assert_eq!(world.host.ended.lock().unwrap().len(), 1);
    assert_eq!(thief.get("/change").await.location(), "/sign-in");
    let sign_in = json!({ "who": "ada", "password": NEW });
    assert_eq!(thief.json("/v1/sign-in", &sign_in).await.problem().1, "must_reset");
}

#[tokio::test]
async fn links_with_a_handle_and_other_names_open_the_same_form() {
    let world = World::with(
        |_| {
            let keyring = repass::key::Keyring::new(
                repass::key::KeyId::new(1),
                repass::key::Key::generate(&mut repass::SysRng).unwrap(),
            );
            let page = ResetLink::new(&format!("{ORIGIN}/reset?lang=de"), LinkForm::Query).unwrap();
            let page = page.with_token_name("TemporaryPassword").unwrap();
            repass::reset::Flow::builder(keyring, page.with_handle_name("LeadId").unwrap())
        },
        |mount| mount.link_names("TemporaryPassword", Some("LeadId")).unwrap(),
    );
    let mut client = Client::new(&world.router);
    client.json("/v1/forgot", &json!({ "who": "ada" })).await;
    let link = world.message().await.link("/reset");
    let page = client.get(&link).await.location().to_owned();
    let attempt = hidden(&client.get(&page).await.body, "attempt");
    let (without, _) = link.split_once("&LeadId=").unwrap();
    assert_eq!(client.get(without).await.status, 403);
    assert_eq!(client.get(&format!("{without}&LeadId=x")).await.status, 403);
    let fields = [("attempt", attempt.as_str()), ("password", NEW), ("again", NEW)];
    assert_eq!(client.form("/reset", &fields).await.location(), "/done");
}

#[tokio::test]
async fn an_address_is_verified_by_a_button() {
    for by_form in [false, true] {
        let world = World::new();
        let accounts = world.recovery.ports().accounts();
        let new = Contact::email("new@example.org").unwrap();
        let ada: Account = world.account("ada").await.with_email(Email::unverified(new.clone()));
        accounts.put(ada);
        let seed = Seed::generate(&mut repass::SysRng).unwrap();
        let id = AccountId::new("ada").unwrap();
        let asked = world.addresses.verify_address(id, new, None, seed, world.now()).await;
        let _ = asked.unwrap();
        let message = world.message().await;
        let token = message.token("/verify");
        let mut client = Client::new(&world.router);
        // The link of an address sets no password.
        assert_eq!(client.get(&format!("/reset?token={token}")).await.status, 403);
        let reset = json!({ "token": token, "password": NEW });
        assert_eq!(client.json("/v1/reset", &reset).await.problem().1, "refused");
        let page = client.get(&message.link("/verify")).await;
        assert!(page.body.contains("new@example.org"));
        let is_verified = async || {
            let emails = world.account("ada").await.emails().to_vec();
            emails.iter().all(Email::is_verified)
        };
        assert!(!is_verified().await);
        if by_form {
            let token = hidden(&page.body, "token");
            assert_eq!(client.form("/verify", &[("token", &token)]).await.location(), "/verified");
            assert_eq!(client.get("/verified").await.status, 200);
        } else {
            let verified = client.json("/v1/verify", &json!({ "token": token })).await;
            assert_eq!(verified.status, 200);
        }
        assert!(is_verified().await);
        let again = client.json("/v1/verify", &json!({ "token": token })).await;
        assert_eq!(again.problem(), (403, "refused".to_owned()));
    }
}
