//! What scripts rely on, and that a demonstration stays on this machine.

use repass_service::Configuration;
use serde_json::{Value, json};

use crate::client::{exchange, send};
use crate::running::{Service, configuration, demo};

#[test]
fn the_outbox_has_just_these_members_and_the_oldest_message_first() {
    let service = Service::start();
    assert_eq!(service.get("/outbox.json").body, "[]");
    for (at, login) in ["ada", "grace"].into_iter().enumerate() {
        assert_eq!(service.post_json("/v1/forgot", &json!({"login": login})).status, 202);
        service.messages(&format!("{login}@example.org"), 1);
        assert_eq!(service.outbox().len(), at + 1);
    }
    let outbox = service.outbox();
    let to: Vec<_> = outbox.iter().map(|message| &message["to"]).collect();
    assert_eq!(to, ["ada@example.org", "grace@example.org"]);
    for message in &outbox {
        let mut members: Vec<_> = message.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["at", "channel", "html", "subject", "text", "to"]);
        assert_eq!(message["channel"], "email");
        assert!(message["html"].is_null() || message["html"].is_string());
        for member in ["subject", "text"] {
            assert!(!message[member].as_str().unwrap().is_empty());
        }
        // RFC 3339: 2026-12-01T12:00:00Z.
        let at = message["at"].as_str().unwrap();
        let shape: String =
            at.chars().map(|it| if it.is_ascii_digit() { '0' } else { it }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00Z");
    }
    let page = service.get("/outbox");
    assert_eq!((page.status, page.header("cache-control")), (200, Some("no-store")));
    assert!(page.body.contains("ada@example.org"));
}

#[test]
fn a_text_message_is_to_the_number_as_the_configuration_spells_it() {
    let service = Service::start();
    let body = json!({"phone": "+1 415 741-5569", "by": "code"});
    assert_eq!(service.post_json("/v1/forgot", &body).status, 202);
    let phone = crate::running::of_account("ada", "phone");
    let message = service.messages(&phone, 1).pop().unwrap();
    assert_eq!(message["channel"], "sms");
}

#[test]
fn the_configuration_has_what_scripts_look_for() {
    let demo = demo();
    let accounts = demo["accounts"].as_array().unwrap();
    for account in &accounts[..2] {
        for key in [
            "id",
            "login",
            "email",
            "phone",
            "first_name",
            "last_name",
            "password",
            "bearer",
            "jwt",
        ] {
            assert!(account[key].as_str().is_some_and(|text| !text.is_empty()), "{key}");
        }
        assert_eq!(account.get("operator"), demo["systems"]["000"].get("userid"));
    }
    let count = |holds: fn(&toml::Value) -> bool| accounts.iter().filter(|one| holds(one)).count();
    let shares = |account: &toml::Value| account["email"].as_str() == Some("twins@example.org");
    assert_eq!(count(shares), 2);
    assert_eq!(count(|account| account.get("disabled").is_some()), 1);
    assert_eq!(count(|account| account.get("password").is_none()), 1);
    assert_eq!(count(|account| account.get("operator").is_none()), 1);
    for (system, keys) in [
        ("000", &["userid", "password", "api_key"][..]),
        ("001", &["prefix", "version", "api_key"]),
        ("004", &[]),
    ] {
        let section = demo["systems"][system].as_table().unwrap();
        assert!(keys.iter().all(|key| section[*key].is_str()), "{system}");
    }
    assert_eq!(demo["listen"].as_str(), Some("127.0.0.1:8080"));
}

#[test]
fn everything_that_others_must_not_reach_needs_a_loopback_address() {
    let mut configuration = configuration();
    configuration.listen = "0.0.0.0:8080".parse().unwrap();
    let error = configuration.checked().unwrap_err();
    assert_eq!(error.field(), "outbox");
    assert!(error.reason().contains("loopback"), "{error}");
    let out = "[smtp]\nhost = \"smtp.example.org\"\nsender = \"a@example.org\"\n\
               [webhook]\nurl = \"https://sms.example.org/\"\nkey = \"whsec_x\"\n";
    let elsewhere = Configuration::DEMO
        .replace("listen = \"127.0.0.1:8080\"", "listen = \"192.0.2.1:80\"")
        .replace("outbox = true", "")
        + out;
    assert_eq!(Configuration::read(&elsewhere).unwrap_err().field(), "keys.text");
    let begin = elsewhere.find("text = \"base64:").unwrap();
    let end = begin + elsewhere[begin..].find('\n').unwrap();
    let with_folder = elsewhere.replace(&elsewhere[begin..end], "folder = \"keys\"");
    assert_eq!(Configuration::read(&with_folder).unwrap_err().field(), "http.metrics");
    let without_metrics = with_folder.replace("metrics = \"here\"", "");
    // There it has to be known where links lead.
    assert_eq!(Configuration::read(&without_metrics).unwrap_err().field(), "base_url");
    let complete = format!("base_url = \"https://accounts.example.org\"\n{without_metrics}");
    assert!(Configuration::read(&complete).is_ok());
}

/// A name of somebody else that leads to this machine (DNS rebinding) is no name of the service.
#[test]
fn another_host_is_refused() {
    let service = Service::start();
    let port = service.address.port();
    for host in ["example.org", "127.0.0.1.example.org", "localhost.example.org", "", "10.0.0.1"] {
        for target in ["/outbox.json", "/health", "/v1/policy", "/nothing"] {
            let answer = send(service.address, "GET", target, &[("Host", host)], b"");
            assert_eq!(answer.status, 421, "{host} {target}");
        }
    }
    for host in [format!("127.0.0.1:{port}"), format!("localhost:{port}"), "[::1]".to_owned()] {
        let answer = send(service.address, "GET", "/health", &[("Host", &host)], b"");
        assert_eq!(answer.status, 200, "{host}");
    }
    let twice = [("Host", "localhost"), ("Host", "example.org")];
    assert_ne!(send(service.address, "GET", "/health", &twice, b"").status, 200);
    let absolute = b"GET http://example.org/outbox.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(exchange(service.address, absolute).status, 421);
}

#[test]
fn a_proxy_is_refused() {
    let service = Service::start();
    for name in [
        "Forwarded",
        "Via",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Real-IP",
    ] {
        let answer = send(service.address, "GET", "/health", &[(name, "192.0.2.1")], b"");
        assert_eq!(answer.status, 400, "{name}");
    }
}

#[test]
fn every_start_has_a_database_of_its_own_and_one_can_be_kept() {
    let set = |service: &Service, new: &str| {
        let body = json!({"login": "ada"});
        assert_eq!(service.post_json("/v1/forgot", &body).status, 202);
        let message = service.messages("ada@example.org", 1).pop().unwrap();
        let token = Service::parameter(&message, "/reset?", "token");
        let body = json!({"token": token, "password": new});
        assert_eq!(service.post_json("/v1/reset", &body).status, 200);
        // The notice of the change would be delivered by the next service.
        service.messages("ada@example.org", 2);
    };
    let service = Service::start();
    set(&service, "plum-kettle-42");
    service.stop();
    assert!(!Service::start().signs_in("ada", "plum-kettle-42"));
    let folder = tempfile::tempdir().unwrap();
    let kept = || {
        let mut configuration = configuration();
        let file = folder.path().join("service.db");
        configuration.database = repass_service::Database::Sqlite(file);
        configuration
    };
    let service = Service::with(kept());
    set(&service, "plum-kettle-42");
    service.stop();
    let service = Service::with(kept());
    assert!(service.signs_in("ada", "plum-kettle-42"));
    assert!(service.outbox().is_empty());
}

#[test]
fn there_is_a_page_to_begin_with_and_a_problem_where_there_is_nothing() {
    let service = Service::start();
    let page = service.get("/");
    assert_eq!(page.status, 200);
    for target in ["/sign-in", "/change", "/forgot", "/outbox", "/.well-known/change-password"] {
        assert!(matches!(service.get(target).status, 200 | 303 | 403), "{target}");
    }
    assert!(page.body.contains("href=\"/forgot\""));
    for target in [
        "/nothing",
        // Password managers ask for it to find out whether statuses mean anything.
        "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200",
        "/v1/nothing",
    ] {
        let answer = service.get(target);
        assert_eq!((answer.status, &answer.json()["code"]), (404, &json!("not_found")), "{target}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
}

#[test]
fn the_main_job_by_link_and_by_code() {
    let service = Service::start();
    let body = json!({"email": "grace@example.org", "by": "code"});
    let asked = service.post_json("/v1/forgot", &body);
    assert_eq!(asked.status, 202);
    let message = service.messages("grace@example.org", 1).pop().unwrap();
    let text = message["text"].as_str().unwrap();
    let length = asked.json()["code"]["length"].as_u64().unwrap();
    let is_code = |line: &&str| {
        let letters = line.bytes().filter(u8::is_ascii_uppercase).count();
        letters as u64 == length
            && line.bytes().all(|byte| byte == b'-' || byte.is_ascii_uppercase())
    };
    let code = text.lines().find(is_code).expect("a code");
    let body: Value = json!({
        "handle": asked.json()["handle"], "code": code, "password": "plum-kettle-42",
    });
    let answer = service.post_json("/v1/reset", &body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(service.signs_in("grace", "plum-kettle-42"));
}
