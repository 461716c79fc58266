//! Cookies are of one host and of one attempt.

use serde_json::json;

use crate::client::Client;
use crate::world::{NEW, World};

async fn link(world: &World, client: &mut Client, who: &str) -> String {
    client.json("/v1/forgot", &json!({ "login": who })).await;
    world.message().await.link("/reset")
}

#[tokio::test]
async fn every_cookie_is_of_this_host_only_and_unknown_to_scripts() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let asked = client.form("/forgot", &[("who", "ada"), ("by", "link")]).await;
    let opened = client.get(&world.message().await.link("/reset")).await;
    for (answer, kind, life) in [(&asked, "handle", 1800), (&opened, "ticket", 600)] {
        let [cookie] = answer.cookies()[..] else { panic!("{:?}", answer.cookies()) };
        let (name, rest) = cookie.split_once('=').unwrap();
        let attempt = name.strip_prefix(&format!("__Host-repass-{kind}-")).unwrap();
        assert_eq!(attempt.len(), 8);
        assert!(answer.location().ends_with(&format!("?attempt={attempt}")));
        let (_, attributes) = rest.split_once(';').unwrap();
        let expected = format!(" Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={life}");
        assert_eq!(attributes, expected);
    }
}

#[tokio::test]
async fn two_tabs_with_two_attempts_do_not_mix() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    let of_ada = link(&world, &mut browser, "ada").await;
    let of_eve = link(&world, &mut browser, "eve").await;
    let ada = browser.get(&of_ada).await.location().to_owned();
    let eve = browser.get(&of_eve).await.location().to_owned();
    assert_ne!(ada, eve);
    assert!(browser.get(&ada).await.body.contains("value=\"ada\""));
    assert!(browser.get(&eve).await.body.contains("value=\"eve\""));
    // The form of the first tab is sent last.
    for (who, path, password) in [("eve", &eve, NEW), ("ada", &ada, "other-kettle-43")] {
        let attempt = path.split_once("attempt=").unwrap().1;
        let fields = [("attempt", attempt), ("password", password), ("again", password)];
        assert_eq!(browser.form("/reset", &fields).await.location(), "/done");
        assert!(world.has_password(who, password).await);
    }
    assert!(browser.cookies.is_empty());
}

#[tokio::test]
async fn a_new_link_replaces_an_older_ticket() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    let older = link(&world, &mut browser, "eve").await;
    browser.get(&older).await;
    // The ticket of the older link is in the browser: the newer link is the one that counts.
    let newer = link(&world, &mut browser, "ada").await;
    let attempt = older.split_once("token=").unwrap().1.get(12..20).unwrap().to_owned();
    let both = format!("{newer}&attempt={attempt}");
    let page = browser.get(&both).await.location().to_owned();
    assert!(browser.get(&page).await.body.contains("value=\"ada\""));
}

#[tokio::test]
async fn a_browser_keeps_a_few_attempts_apart_and_no_more() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    for number in 1..=4 {
        browser.form("/forgot", &[("who", &format!("user{number}")), ("by", "code")]).await;
        assert_eq!(browser.cookies.len(), number);
    }
    let fifth = browser.form("/forgot", &[("who", "ada"), ("by", "code")]).await;
    assert_eq!(browser.cookies.len(), 1);
    let page = browser.get(fifth.location()).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn a_cookie_that_is_there_twice_counts_as_absent() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    let link = link(&world, &mut browser, "ada").await;
    let page = browser.get(&link).await.location().to_owned();
    let (name, ticket) = browser.cookies.pop_first().unwrap();
    let twice = format!("{name}={ticket}; {name}={ticket}");
    assert_eq!(browser.with(&[("cookie", &twice)]).get(&page).await.status, 403);
    let once = format!("a=b; {name}={ticket}");
    assert_eq!(browser.with(&[("cookie", &once)]).get(&page).await.status, 200);
}

#[tokio::test]
async fn thousands_of_cookies_make_no_answer_longer() {
    let world = World::new();
    let names = (0..12_500).map(|number| format!("__Host-repass-handle-{number:08}=x"));
    let many = names.collect::<Vec<_>>().join("; ");
    let site = ("sec-fetch-site", "same-origin");
    let mut client = Client::new(&world.router).with(&[site, ("cookie", &many)]);
    let asked = client.form("/forgot", &[("who", "ada"), ("by", "code")]).await;
    // The new one, and those that are forgotten for it.
    assert_eq!(asked.cookies().len(), 17);
}

#[tokio::test]
async fn cookies_of_one_kind_take_no_place_of_the_other_and_those_not_read_count_as_absent() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    let link = link(&world, &mut browser, "eve").await;
    let page = browser.get(&link).await.location().to_owned();
    let (name, ticket) = browser.cookies.pop_first().unwrap();
    for (kind, before, status) in [("handle", 99, 200), ("ticket", 15, 200), ("ticket", 16, 403)] {
        let others = (0..before).map(|number| format!("__Host-repass-{kind}-{number:08}=x; "));
        let cookies = format!("{}{name}={ticket}", others.collect::<String>());
        let answer = browser.with(&[("cookie", &cookies)]).get(&page).await;
        assert_eq!(answer.status, status, "{before} of {kind}");
    }
}

#[tokio::test]
async fn bytes_of_other_cookies_hide_none_of_ours() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    let link = link(&world, &mut browser, "ada").await;
    let page = browser.get(&link).await.location().to_owned();
    let (name, ticket) = browser.cookies.pop_first().unwrap();
    for (cookies, status) in [
        (format!("lang=fran\u{e7}ais; {name}={ticket}"), 200),
        (format!("{name}={ticket}; caf\u{e9}=1"), 200),
        (format!("=; ;;a; \t{name}={ticket} \t"), 200),
        // Browsers let anybody set these names: they do not begin with the prefix.
        (format!("\u{2000}{name}={ticket}"), 403),
        (format!("\u{a0}{name}={ticket}"), 403),
        // A value that nobody has set does not leave the other one alone.
        (format!("{name}=\u{e9}; {name}={ticket}"), 403),
        (format!("{name}={ticket}; {name}={}", "x".repeat(101)), 403),
    ] {
        let answer = browser.with(&[("cookie", &cookies)]).get(&page).await;
        assert_eq!(answer.status, status, "{cookies:?}");
    }
}

#[tokio::test]
async fn a_handle_in_a_cookie_is_not_taken_in_json() {
    let world = World::new();
    let mut browser = Client::new(&world.router);
    browser.form("/forgot", &[("who", "ada"), ("by", "code")]).await;
    let code = world.message().await.code();
    let answer = browser.json("/v1/code", &json!({ "code": code })).await;
    assert_eq!(answer.problem(), (400, "proof_ambiguous".to_owned()));
}
