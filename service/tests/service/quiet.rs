//! Logs and metrics hold no query, no identifier and no secret.

use serde_json::json;

use crate::client::{multipart, urlencoded};
use crate::running::{Service, demo, of_account, of_system};

#[test]
fn neither_logs_nor_metrics_hold_what_somebody_sent_or_has() {
    let service = Service::start();
    let new = "Kettle-orbit-42";
    let mut secrets = vec![new.to_owned(), "typed-into-the-wrong-field".to_owned()];
    // Everything that the systems do.
    let (user, password) = (of_system("000", "userid"), of_system("000", "password"));
    let fields = [
        ("userid", &*user),
        ("password", &*password),
        ("userloginname", "grace"),
        ("newPassword", new),
    ];
    let target = "/SMSApi/reseller/resetuserpassword";
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(service.post(target, &form, &urlencoded(&fields)).status, 200);
    assert_eq!(service.post(target, &form, &urlencoded(&fields[1..])).status, 401);
    let key = of_system("001", "api_key");
    for typed in ["ada", "typed-into-the-wrong-field"] {
        let (media_type, body) = multipart(&[("email", typed)]);
        let headers = [("apikey", &*key), ("content-type", &media_type)];
        service.post("/api/v1/user/forgot-password/", &headers, &body);
    }
    let bearer = format!("Bearer {}", of_account("ada", "jwt"));
    let headers = [("authorization", &*bearer), ("content-type", "application/json")];
    let body = "{\"email\": \"ada@example.org\"}";
    assert_eq!(service.post("/api/auth/reset-password/resend", &headers, body).status, 200);
    let headers = [
        ("authorization", &*of_system("002", "authorization")),
        ("content-type", "application/json"),
    ];
    for typed in ["grace@example.org", "typed-into-the-wrong-field@example.org"] {
        let body = json!({"EmailAddress": typed}).to_string();
        let target = "/api/Authentication/SecureForgotPassword";
        assert_eq!(service.post(target, &headers, &body).status, 200);
    }
    // The query has everything here.
    let mapi = [
        ("action", "RESETPASSWD_BYCODE"),
        ("login_name_toreset", "ada@example.org"),
        ("new_passwd", new),
        ("new_passwd_repeat", new),
        ("resetpasswd_checkcode", "typed-into-the-wrong-field"),
        ("device_id", &*of_system("003", "device_id")),
    ];
    let target = format!("/MapIHttpS/MapIS?{}", urlencoded(&mapi));
    assert_eq!(service.get(&target).status, 400);
    // And the main job.
    let typed = json!({"who": "typed-into-the-wrong-field"});
    assert_eq!(service.post_json("/v1/forgot", &typed).status, 202);
    for message in service.messages("ada@example.org", 2) {
        let text = message["text"].as_str().unwrap();
        let links = text.lines().filter_map(|line| line.split_once('?'));
        for pair in links.flat_map(|(_, query)| query.split('&')) {
            secrets.push(pair.split_once('=').unwrap().1.to_owned());
        }
        service.get(&format!("/reset?token={}", secrets.last().unwrap()));
    }
    let token = secrets.last().unwrap().clone();
    for body in [
        json!({"token": token, "password": "123456"}),
        json!({"token": "typed-into-the-wrong-field", "password": new}),
    ] {
        assert_ne!(service.post_json("/v1/reset", &body).status, 200);
    }
    assert!(!service.signs_in("ada", "typed-into-the-wrong-field"));
    service.get("/nothing?token=typed-into-the-wrong-field");

    for account in demo()["accounts"].as_array().unwrap() {
        for key in ["id", "login", "email", "phone", "password", "bearer", "jwt"] {
            secrets.extend(account.get(key).and_then(|text| text.as_str()).map(str::to_owned));
        }
    }
    for (_, system) in demo()["systems"].as_table().unwrap() {
        for key in [
            "userid",
            "password",
            "api_key",
            "authorization",
            "device_id",
            "login_passwd",
            "session_id",
            "jwt_secret",
        ] {
            secrets.extend(system.get(key).and_then(|text| text.as_str()).map(str::to_owned));
        }
    }
    let metrics = service.get("/metrics").body;
    let log = service.stop();
    assert!(log.lines().count() > 5 && metrics.contains("repass_events_total{"), "{log}{metrics}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        assert!(line["at"].is_string() && line["event"].is_string(), "{line}");
    }
    // Short names such as "ada" and "echo" are parts of no name of ours.
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} in {log}");
        assert!(!metrics.contains(&secret), "{secret} in {metrics}");
    }
}
