//! What is sent, and to where.

use repass::account::Lookup;
use repass::port::{Delivered, Notifier};
use repass_webhook::{SetupError, SignedJson, SigningKey, Webhook};
use serde_json::Value;

use crate::server::{Received, Server};
use crate::world::{KEY, at, key, message, message_to, to};

/// What `vectors/signature.py` has computed.
fn vectors() -> impl Iterator<Item = Value> {
    let lines = include_str!("../vectors/signature.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).unwrap())
}

#[test]
fn signatures_are_those_of_another_program() {
    let (mut signatures, mut wrong) = (0, 0);
    for vector in vectors() {
        if let Some(text) = vector["wrong_key"].as_str() {
            assert!(SigningKey::from_text(text).is_err(), "{text}");
            wrong += 1;
            continue;
        }
        let text = |name: &str| vector[name].as_str().unwrap();
        let key = SigningKey::from_text(&format!("\n{}\n", text("key"))).unwrap();
        let timestamp = vector["timestamp"].as_i64().unwrap();
        let signature = key.sign(text("id"), timestamp, text("body").as_bytes());
        assert_eq!(signature, text("signature"));
        signatures += 1;
    }
    assert_eq!((signatures, wrong), (12, 8));
}

/// As a receiver verifies it.
fn is_signed_by(request: &Received, key: &SigningKey) -> bool {
    let timestamp = request.header("webhook-timestamp").parse().unwrap();
    let expected = key.sign(request.header("webhook-id"), timestamp, &request.body);
    request.header("webhook-signature").split(' ').any(|one| one == expected)
}

#[tokio::test]
async fn a_message_is_json_that_is_signed_with_its_name_and_the_time() {
    let (server, message) = (Server::plain(Vec::new()).await, message().await);
    assert_eq!(to(&server).deliver(&message, at(7)).await.unwrap(), Delivered::Taken);
    let [request] = &server.received()[..] else { panic!("not one request") };
    assert_eq!(request.line, "POST /sms?service=1 HTTP/1.1");
    assert_eq!(request.header("host"), format!("127.0.0.1:{}", server.port));
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-timestamp"), "1700000007");
    assert!(is_signed_by(request, &key()));
    let id = message.message_id().trim_matches(['<', '>']);
    assert_eq!(request.header("webhook-id"), id);
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let expected = serde_json::json!({
        "id": id,
        "to": "+491701234567",
        "from": null,
        "text": message.expose_secret(),
        "kind": "code",
        "language": "en",
        "tenant": null,
        "encoding": "gsm7",
        "segments": message.segments().unwrap().count(),
    });
    assert_eq!(body, expected);
    assert!(message.expose_secret().contains("Größe"));
}

#[tokio::test]
async fn a_message_that_is_sent_again_has_the_same_name_and_its_own_time() {
    let (server, message) = (Server::plain(Vec::new()).await, message().await);
    let webhook = to(&server);
    for moment in [1, 400] {
        assert_eq!(webhook.deliver(&message, at(moment)).await.unwrap(), Delivered::Taken);
    }
    let received = server.received();
    assert_eq!(received[0].header("webhook-id"), received[1].header("webhook-id"));
    assert_eq!(received[0].body, received[1].body);
    assert_ne!(received[0].header("webhook-signature"), received[1].header("webhook-signature"));
}

#[tokio::test]
async fn while_a_key_is_replaced_both_sign() {
    let server = Server::plain(Vec::new()).await;
    let new = SigningKey::new(&b"new ".repeat(8)).unwrap();
    let provider = SignedJson::new(new.clone()).with_former_key(key());
    let webhook = Webhook::unencrypted_on_loopback(&server.url(), provider).unwrap();
    assert_eq!(webhook.deliver(&message().await, at(1)).await.unwrap(), Delivered::Taken);
    let [request] = &server.received()[..] else { panic!("not one request") };
    let other = SigningKey::new(&b"else".repeat(8)).unwrap();
    let signed = [&new, &key(), &other].map(|key| is_signed_by(request, key));
    assert_eq!(signed, [true, true, false]);
}

#[tokio::test]
async fn a_mail_is_rejected_and_not_posted() {
    let server = Server::plain(Vec::new()).await;
    let mail = message_to(Lookup::email("ada@example.org").unwrap()).await;
    assert_eq!(to(&server).deliver(&mail, at(1)).await.unwrap(), Delivered::Rejected);
    assert!(server.received().is_empty());
}

#[test]
fn only_this_machine_is_reached_without_tls() {
    let loopback = |url: &str| {
        let made = Webhook::unencrypted_on_loopback(url, SignedJson::new(key()));
        made.map(drop).map_err(|error| error.code())
    };
    for url in ["http://127.0.0.1:8080/sms", "http://127.1.2.3/", "http://[::1]:8080/sms?a=b"] {
        assert_eq!(loopback(url), Ok(()), "{url}");
    }
    for url in [
        "http://192.0.2.1/sms",
        "http://0.0.0.0/",
        // A name can lead elsewhere.
        "http://localhost/sms",
        "http://127.0.0.1.example.org/",
        "http://[::ffff:192.0.2.1]/",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
    ] {
        assert_eq!(loopback(url), Err("webhook_url_not_loopback"), "{url}");
    }
    for url in [
        "",
        "/sms",
        "http://",
        "http:///sms",
        "127.0.0.1",
        "http://a@127.0.0.1/",
        "http://127.0.0.1/a b",
    ] {
        let refused = loopback(url);
        let is_url = refused == Err("webhook_url_invalid");
        assert!(is_url || refused == Err("webhook_url_not_loopback"), "{url} {refused:?}");
    }
}

#[test]
fn a_provider_elsewhere_has_a_url_with_https_and_no_password() {
    let https = |url: &str| {
        let (_, tls) = crate::tls::certificate("localhost");
        Webhook::https_with(url, SignedJson::new(key()), tls)
    };
    for url in ["http://sms.example.org/", "ws://sms.example.org/", "sms.example.org"] {
        assert!(matches!(https(url), Err(SetupError::NotHttps)), "{url}");
    }
    for url in ["https://user:secret@sms.example.org/", "/sms", "https://", "https:///sms"] {
        assert!(matches!(https(url), Err(SetupError::Url)), "{url}");
    }
    let webhook = https("https://sms.example.org/hook/secret?token=secret").unwrap();
    let shown = format!("{webhook:?} {:?} {:?}", SignedJson::new(key()), key());
    assert!(!shown.contains("secret") && !shown.contains(KEY), "{shown}");
}
