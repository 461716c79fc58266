//! CWE-352: requests that a browser sends for another site.

use axum::http::Method;
use serde_json::json;

use crate::client::{Client, FORM};
use crate::world::{ORIGIN, World};

type Headers = &'static [(&'static str, &'static str)];

const OF_THIS_SITE: [Headers; 4] = [
    &[("sec-fetch-site", "same-origin")],
    &[("sec-fetch-site", "none")],
    &[("origin", ORIGIN)],
    // As browsers write it under `Referrer-Policy: no-referrer`.
    &[("sec-fetch-site", "same-origin"), ("origin", "null")],
];

const OF_ANOTHER: [Headers; 10] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "")],
    &[("sec-fetch-site", "cross-site"), ("origin", ORIGIN)],
    &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
    &[("origin", "https://evil.example")],
    &[("origin", "http://example.org")],
    &[("origin", "https://example.org.evil.example")],
    &[("origin", "null")],
    &[("origin", ORIGIN), ("origin", "https://evil.example")],
];

const JSON: [&str; 8] = [
    "/v1/forgot",
    "/v1/resend",
    "/v1/code",
    "/v1/reset",
    "/v1/check",
    "/v1/not-me",
    "/v1/sign-in",
    "/v1/password",
];
const FORMS_WITH_COOKIES: [&str; 5] = ["/resend", "/code", "/reset", "/sign-in", "/change"];
const OPEN_FORMS: [&str; 2] = ["/forgot", "/not-me"];

#[tokio::test]
async fn a_request_of_another_site_is_refused_by_every_route() {
    let world = World::new();
    for headers in OF_ANOTHER {
        let mut client = Client::new(&world.router).with(headers);
        for path in JSON {
            let answer = client.json(path, &json!({})).await;
            assert_eq!(answer.problem(), (403, "cross_site".to_owned()), "{path} {headers:?}");
        }
        for path in FORMS_WITH_COOKIES.iter().chain(&OPEN_FORMS) {
            let answer = client.form(path, &[("who", "ada"), ("by", "link")]).await;
            assert_eq!(answer.status, 403, "{path} {headers:?}");
            assert!(answer.body.contains("did not say"), "{}", answer.body);
        }
    }
    assert!(world.messages().await.is_empty());
}

#[tokio::test]
async fn a_request_of_this_site_is_taken() {
    let world = World::new();
    for headers in OF_THIS_SITE {
        let mut client = Client::new(&world.router).with(headers);
        for path in JSON {
            assert_ne!(client.json(path, &json!({})).await.problem().1, "cross_site", "{path}");
        }
        for path in FORMS_WITH_COOKIES.iter().chain(&OPEN_FORMS) {
            let answer = client.form(path, &[]).await;
            assert!(!answer.body.contains("did not say"), "{path} {headers:?}");
        }
    }
}

#[tokio::test]
async fn a_form_that_says_nothing_is_refused_where_it_would_use_a_cookie() {
    let world = World::new();
    let mut client = Client::new(&world.router).with(&[]);
    for path in FORMS_WITH_COOKIES {
        assert_eq!(client.form(path, &[]).await.status, 403, "{path}");
        assert!(client.form(path, &[]).await.body.contains("did not say"), "{path}");
    }
    let asked = client.form("/forgot", &[("who", "ada"), ("by", "link")]).await;
    assert_eq!(asked.status, 303);
    // A client that is no browser.
    assert_eq!(client.json("/v1/forgot", &json!({ "who": "ada" })).await.status, 202);
}

#[tokio::test]
async fn what_a_form_of_another_site_can_send_is_no_json() {
    let world = World::new();
    let mut client = Client::new(&world.router).with(&[]);
    let body = "{\"who\":\"ada\"}";
    for media_type in
        ["text/plain", FORM, "multipart/form-data; boundary=x", "", "application/jsonx"]
    {
        for path in JSON {
            let answer = client.send(Method::POST, path, media_type, body).await;
            let expected = (415, "unsupported_media_type".to_owned());
            assert_eq!(answer.problem(), expected, "{path} {media_type}");
        }
    }
    for media_type in
        ["application/json; charset=utf-8", "Application/JSON", "application/json ;a=b"]
    {
        let answer = client.send(Method::POST, "/v1/forgot", media_type, body).await;
        assert_eq!(answer.status, 202, "{media_type}");
    }
    for path in OPEN_FORMS {
        for media_type in ["application/json", "multipart/form-data; boundary=x", ""] {
            let answer = client.send(Method::POST, path, media_type, body).await;
            assert_eq!(answer.status, 415, "{path} {media_type}");
        }
    }
    // Those that were taken above.
    assert_eq!(world.messages().await.len(), 3);
}
