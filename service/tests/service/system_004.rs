//! The link once more, and a change, for the person whom an access token names.

use data_encoding::BASE64URL_NOPAD as base64url;
use hmac::{Hmac, KeyInit, Mac};
use repass_service::Configuration;
use serde_json::{Value, json};
use sha2::{Sha256, Sha384};

use crate::client::Answer;
use crate::running::{Service, of_account, of_system};

const RESEND: &str = "/api/auth/reset-password/resend";
const CHANGE: &str = "/api/auth/change-password";
const SENT: &str = "{\"message\":\"Reset password email sent successfully\"}";
const CHANGED: &str = "{\"message\":\"Password changed successfully\"}";
const NEW: &str = "NewPassword123456!";

fn post(service: &Service, target: &str, authorization: &str, body: &str) -> Answer {
    let headers = [("Authorization", authorization), ("Content-Type", "application/json")];
    service.post(target, &headers, body)
}

fn resend(service: &Service, authorization: &str, email: &str) -> Answer {
    post(service, RESEND, authorization, &json!({ "email": email }).to_string())
}

fn bearer(login: &str) -> String {
    format!("Bearer {}", of_account(login, "jwt"))
}

fn refused(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let members = answer.json();
    assert_eq!(members.as_object().unwrap().keys().collect::<Vec<_>>(), ["message"]);
}

/// A token with these parts, signed with HMAC of this secret.
fn signed(header: &Value, claims: &Value, secret: &str) -> String {
    let part = |value: &Value| base64url.encode(value.to_string().as_bytes());
    let message = format!("{}.{}", part(header), part(claims));
    let tag = match header["alg"].as_str() {
        Some("HS384") => {
            let mut mac = Hmac::<Sha384>::new_from_slice(secret.as_bytes()).unwrap();
            mac.update(message.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        Some("none") => Vec::new(),
        _ => {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
            mac.update(message.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
    };
    format!("Bearer {message}.{}", base64url.encode(&tag))
}

fn claims() -> Value {
    json!({
        "id": of_account("ada", "id"), "email": "ada@example.org", "role": "user",
        "epoch": 0, "iat": 1_767_225_600, "exp": 4_102_444_800_u64,
    })
}

#[test]
fn the_link_is_sent_to_the_person_whom_the_token_names() {
    let service = Service::start();
    let answer = resend(&service, &bearer("ada"), "ada@example.org");
    assert_eq!(answer.said(), (200, SENT));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let message = service.messages("ada@example.org", 1).pop().unwrap();
    let token = Service::parameter(&message, "/reset?", "token");
    let body = json!({"token": token, "password": "plum-kettle-42"});
    assert_eq!(service.post_json("/v1/reset", &body).status, 200);
    assert!(service.signs_in("ada", "plum-kettle-42"));
}

#[test]
fn the_demonstration_has_tokens_that_end_after_2090() {
    let claims = of_account("ada", "jwt");
    let claims = claims.split('.').nth(1).unwrap();
    let claims: Value =
        serde_json::from_slice(&base64url.decode(claims.as_bytes()).unwrap()).unwrap();
    assert!(claims["exp"].as_u64().unwrap() > 3_818_448_000, "{claims}");
    assert_eq!((&claims["epoch"], &claims["email"]), (&json!(0), &json!("ada@example.org")));
}

#[test]
fn body_token_and_account_agree() {
    let service = Service::start();
    refused(&resend(&service, &bearer("ada"), "grace@example.org"), 403);
    refused(&resend(&service, &bearer("ada"), "nobody@example.org"), 403);
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let mut other = claims();
    other["email"] = json!("grace@example.org");
    let token = signed(&header, &other, &of_system("004", "jwt_secret"));
    refused(&resend(&service, &token, "ada@example.org"), 403);
    refused(&resend(&service, &token, "grace@example.org"), 403);
    assert!(service.outbox().is_empty());
}

/// The algorithm is that of the service, whatever a token says (RFC 8725, section 3.1).
#[test]
fn only_hs256_under_the_key_of_the_service_is_a_token() {
    let service = Service::start();
    let secret = of_system("004", "jwt_secret");
    let right = json!({"alg": "HS256", "typ": "JWT"});
    assert_eq!(
        resend(&service, &signed(&right, &claims(), &secret), "ada@example.org").status,
        200
    );
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        signed(&right, &claims, &secret)
    };
    let without = |name: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        signed(&right, &claims, &secret)
    };
    let text = of_account("ada", "jwt");
    for token in [
        signed(&json!({"alg": "HS384", "typ": "JWT"}), &claims(), &secret),
        signed(&json!({"alg": "none", "typ": "JWT"}), &claims(), &secret),
        signed(&json!({"alg": "hs256", "typ": "JWT"}), &claims(), &secret),
        signed(&json!({"alg": "RS256", "typ": "JWT"}), &claims(), &secret),
        signed(&right, &claims(), "another-key-of-another-service-0"),
        with("exp", json!(1_767_225_601)),
        with("exp", json!("4102444800")),
        with("iat", json!(4_102_444_799_u64)),
        with("epoch", json!(1)),
        with("epoch", json!(-1)),
        with("id", json!("nobody")),
        without("exp"),
        without("epoch"),
        without("id"),
        without("email"),
        text.clone(),
        format!("Basic {text}"),
        format!("Bearer {}", &text[..text.len() - 2]),
        format!("Bearer {text}x"),
        format!("Bearer {text}.x"),
        "Bearer".to_owned(),
        String::new(),
    ] {
        let answer = resend(&service, &token, "ada@example.org");
        refused(&answer, 401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{token}");
    }
    // The scheme is compared without case (RFC 9110, section 11.1).
    let answer =
        resend(&service, &format!("bEARER {}", of_account("grace", "jwt")), "grace@example.org");
    assert_eq!(answer.said(), (200, SENT));
}

#[test]
fn a_bare_token_is_accepted_where_the_configuration_says_so() {
    let text = Configuration::DEMO.replace("[systems.004]", "[systems.004]\nbare_token = true");
    let mut configuration = Configuration::read(&text).unwrap();
    configuration.listen = crate::running::configuration().listen;
    configuration.hashing = crate::running::configuration().hashing;
    let service = Service::with(configuration);
    let answer = resend(&service, &of_account("ada", "jwt"), "ada@example.org");
    assert_eq!(answer.said(), (200, SENT));
}

#[test]
fn a_second_message_waits_for_its_pause() {
    let service = Service::start();
    assert_eq!(resend(&service, &bearer("ada"), "ada@example.org").status, 200);
    service.messages("ada@example.org", 1);
    let answer = resend(&service, &bearer("ada"), "ada@example.org");
    refused(&answer, 429);
    assert!(answer.header("retry-after").is_some());
}

/// The body of the document has a comma before its end, so it is no JSON; its samples have none.
#[test]
fn what_is_not_json_is_refused() {
    let service = Service::start();
    for body in [
        "{\n\"email\": \"ada@example.org\",\n}",
        "",
        "[]",
        "{}",
        "{\"email\": 1}",
        "{\"email\": \"x\"}",
    ] {
        refused(&post(&service, RESEND, &bearer("ada"), body), 400);
    }
    let headers = [("Authorization", &*bearer("ada")), ("Content-Type", "text/plain")];
    refused(&service.post(RESEND, &headers, "{}"), 415);
    for target in [RESEND, CHANGE] {
        let answer = service.get(target);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    }
    for body in ["{\n\"email\": \"ada@example.org\"\n}", "{\"email\":\"ada@example.org\"}"] {
        let service = Service::start();
        assert_eq!(post(&service, RESEND, &bearer("ada"), body).said(), (200, SENT));
    }
}

#[test]
fn a_change_needs_the_old_password_and_ends_the_token() {
    let service = Service::start();
    let present = of_account("ada", "password");
    let change = |old: &str, new: &str| {
        let body = json!({"old_password": old, "password": new}).to_string();
        post(&service, CHANGE, &bearer("ada"), &body)
    };
    refused(&post(&service, CHANGE, &bearer("ada"), &json!({"password": NEW}).to_string()), 400);
    refused(&change("wrong", NEW), 403);
    refused(&change(&present, "123456"), 400);
    assert_eq!(change(&present, NEW).said(), (200, CHANGED));
    assert!(service.signs_in("ada", NEW));
    refused(&change(NEW, "NewPassword123457!"), 401);
    refused(&resend(&service, &bearer("ada"), "ada@example.org"), 401);
}

/// RFC 7519, sections 4.1.3 and 4.1.5, and RFC 8725, section 3.11.
#[test]
fn a_token_of_another_time_audience_or_kind_is_refused() {
    let (service, secret) = (Service::start(), of_system("004", "jwt_secret"));
    let answer = |service: &Service, kind: Value, name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        let token = signed(&json!({"alg": "HS256", "typ": kind}), &claims, &secret);
        // An address that is none, so that nothing is sent: the token is looked at before.
        resend(service, &token, "none").status
    };
    for kind in ["JWT", "jwt", "at+jwt"] {
        assert_eq!(answer(&service, json!(kind), "nbf", json!(1_767_225_600)), 400, "{kind}");
    }
    assert_eq!(answer(&service, json!("refresh+jwt"), "nbf", json!(1_767_225_600)), 401);
    assert_eq!(answer(&service, json!("JWT"), "nbf", json!(4_000_000_000_u64)), 401);
    for audience in [json!("https://other.example.org"), json!(["a", "b"]), json!([])] {
        assert_eq!(answer(&service, json!("JWT"), "aud", audience), 401);
    }
    let own = "jwt_secret = ";
    let with = Configuration::DEMO.replace(own, &format!("audience = \"ours\"\n{own}"));
    let mut configuration = Configuration::read(&with).unwrap();
    configuration.listen = crate::running::configuration().listen;
    configuration.hashing = crate::running::configuration().hashing;
    let service = Service::with(configuration);
    for audience in [json!("ours"), json!(["other", "ours"])] {
        assert_eq!(answer(&service, json!("JWT"), "aud", audience), 400);
    }
    for audience in [json!("other"), json!(["other"]), Value::Null] {
        assert_eq!(answer(&service, json!("JWT"), "aud", audience), 401);
    }
}
