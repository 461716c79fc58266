//! Whatever is sent, it is answered, and never by 500; a secret that is there twice is refused.

use axum::http::Method;
use proptest::prelude::*;
use serde_json::json;

use crate::client::{Client, FORM};
use crate::world::World;

const JSON: [&str; 9] = [
    "/v1/forgot",
    "/v1/resend",
    "/v1/code",
    "/v1/reset",
    "/v1/check",
    "/v1/not-me",
    "/v1/verify",
    "/v1/sign-in",
    "/v1/password",
];
const FORMS: [&str; 8] =
    ["/forgot", "/resend", "/code", "/reset", "/not-me", "/verify", "/sign-in", "/change"];

#[tokio::test]
async fn bodies_that_are_no_object_of_texts_are_refused() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let deep = "[".repeat(10_000);
    for body in [
        "",
        "null",
        "[]",
        "\"who\"",
        "1",
        "{",
        "{}}",
        "{} {}",
        "{\"who\"}",
        "{\"who\":}",
        "{'who':'a'}",
        "\u{feff}{\"who\":\"ada\"}",
        "{\"who\":\"ada\",}",
        "{\"password\":null}",
        "{\"password\":1}",
        "{\"password\":{\"a\":\"b\"}}",
        "{\"password\":[\"a\"]}",
        "{\"password\":\"\\ud800\"}",
        "{\"password\":\"a\nb\"}",
        deep.as_str(),
    ] {
        for path in JSON {
            let answer = client.send(Method::POST, path, "application/json", body.to_owned()).await;
            let (status, code) = answer.problem();
            assert_eq!(status, 400, "{path} {body}");
            assert!(code == "json_malformed" || code == "field_unknown", "{path} {body}: {code}");
        }
    }
    let bytes: &[u8] = b"{\"password\":\"\xff\"}";
    let answer = client.send(Method::POST, "/v1/check", "application/json", bytes).await;
    assert_eq!(answer.problem(), (400, "json_malformed".to_owned()));
}

/// CWE-235: two programs that read the same bytes must not see two secrets.
#[tokio::test]
async fn a_field_that_is_there_twice_is_refused() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    for (path, field) in [
        ("/v1/forgot", "who"),
        ("/v1/resend", "handle"),
        ("/v1/code", "code"),
        ("/v1/reset", "password"),
        ("/v1/reset", "token"),
        ("/v1/check", "password"),
        ("/v1/not-me", "token"),
        ("/v1/verify", "token"),
        ("/v1/sign-in", "password"),
        ("/v1/password", "old_password"),
    ] {
        // An escape does not hide it.
        let escaped = field.replacen('o', "\\u006f", 1);
        for twice in [
            format!("{{\"{field}\":\"a\",\"{field}\":\"a\"}}"),
            format!("{{\"{field}\":\"\",\"{field}\":\"a\"}}"),
            format!("{{\"{field}\":\"a\",\"{escaped}\":\"b\"}}"),
        ] {
            let answer = client.send(Method::POST, path, "application/json", twice.clone()).await;
            assert_eq!(answer.problem(), (400, "field_repeated".to_owned()), "{path} {twice}");
            assert_eq!(answer.text("field"), field);
        }
    }
    for (path, field) in [
        ("/forgot", "who"),
        ("/resend", "attempt"),
        ("/code", "code"),
        ("/reset", "password"),
        ("/reset", "attempt"),
        ("/not-me", "token"),
        ("/verify", "token"),
        ("/sign-in", "password"),
        ("/change", "old_password"),
    ] {
        let first = field.as_bytes()[0];
        for twice in [
            format!("{field}=a&{field}=a"),
            format!("{field}=&{field}=a"),
            format!("{field}&{field}"),
            format!("{field}=a&%{first:02x}{}=b", &field[1..]),
        ] {
            let answer = client.send(Method::POST, path, FORM, twice.clone()).await;
            assert_eq!(answer.status, 400, "{path} {twice}");
        }
    }
}

#[tokio::test]
async fn a_field_that_the_route_does_not_have_is_refused() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    for path in JSON {
        for field in ["Password", "password ", "", "__proto__", "newPassword"] {
            let answer = client.json(path, &json!({ field: "secret-value" })).await;
            assert_eq!(answer.problem(), (400, "field_unknown".to_owned()), "{path} {field}");
            assert!(!answer.body.contains("secret-value") && answer.json().get("field").is_none());
        }
    }
    for path in FORMS {
        let answer = client.form(path, &[("newPassword", "x")]).await;
        assert_eq!(answer.status, 400, "{path}");
    }
}

#[tokio::test]
async fn a_form_is_decoded_as_browsers_encode_it_and_never_changed() {
    let world = World::new();
    let mut client = Client::new(&world.router);
    let sign_in = async |client: &mut Client, body: &str| {
        client.send(Method::POST, "/sign-in", FORM, body.to_owned()).await.status.as_u16()
    };
    assert_eq!(sign_in(&mut client, "who=ada&password=the+lost+one").await, 303);
    assert_eq!(sign_in(&mut client, "&who=%61da&&password=the%20lost%20one&").await, 303);
    // A percent sign that is no escape is itself: another password.
    assert_eq!(sign_in(&mut client, "who=ada&password=the+lost+one%").await, 403);
    assert_eq!(sign_in(&mut client, "who=ada&password=the+lost+one%zz").await, 403);
    // Not U+FFFD.
    assert_eq!(sign_in(&mut client, "who=ada&password=%FF").await, 400);
    assert_eq!(sign_in(&mut client, "who=ada&password=").await, 400);
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => ".{0,40}",
        2 => "[A-Za-z0-9_-]{80}",
        1 => "[A-Za-z0-9_-]{100}",
        1 => "[A-Za-z0-9_-]{8}",
        1 => Just("ada".to_owned()),
        1 => Just("link".to_owned()),
        1 => Just("%00%zz&=+;\u{0}\u{202e}".to_owned()),
        1 => "x{4000,4200}",
    ]
}

fn name() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "who",
        "email",
        "login",
        "phone",
        "by",
        "handle",
        "code",
        "secret",
        "token",
        "attempt",
        "password",
        "old_password",
        "again",
        "username",
        "page",
        "first_name",
        "last_name",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_fields_are_sent_no_answer_is_a_failure(
        fields in proptest::collection::vec((name(), value()), 0..5),
        raw in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let mut client = Client::new(&world.router);
            let object: serde_json::Map<_, _> =
                fields.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
            for path in JSON {
                let answer = client.json(path, &json!(object)).await;
                assert!(!answer.status.is_server_error(), "{path} {}", answer.body);
                let answer = client.send(Method::POST, path, "application/json", raw.clone()).await;
                assert!(answer.status.is_client_error(), "{path}");
            }
            let pairs: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            for path in FORMS {
                let answer = client.form(path, &pairs).await;
                assert!(!answer.status.is_server_error(), "{path} {}", answer.body);
                let answer = client.send(Method::POST, path, FORM, raw.clone()).await;
                assert!(answer.status.is_client_error(), "{path}");
            }
        });
    }
}
