//! System 002 on the wire.

use repass_service::Configuration;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::running::{Service, configuration, of_account, of_system};

const FORGOT: &str = "/api/Authentication/SecureForgotPassword";
const RESETS: [&str; 2] =
    ["/api/Authentication/ResetPassword", "/api/Authentication/v2/ResetPassword"];
const CHANGES: [&str; 2] = ["/api/Settings/ChangePassword", "/api/Settings/v2/ChangePassword"];
const NEW: &str = "kettle+Orbit-42";

fn sent() -> Value {
    json!({"Status": "Success", "Message": "Reset link sent successfully"})
}

fn changed() -> Value {
    json!({"IsSuccessful": true, "ResponseText": "Password changed successfully"})
}

fn private_key(login: &str) -> String {
    let demo = crate::running::demo();
    let keys = &demo["systems"]["002"]["private_keys"];
    keys[&of_account(login, "id")].as_str().unwrap().to_owned()
}

fn call(service: &Service, target: &str, key: &str, body: &str) -> Answer {
    service.post(target, &[("Authorization", key), ("Content-Type", "application/json")], body)
}

fn post(service: &Service, target: &str, body: &Value) -> Answer {
    call(service, target, &of_system("002", "authorization"), &body.to_string())
}

fn said(answer: &Answer) -> (u16, Value) {
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    (answer.status, answer.json())
}

/// The envelope of an error, with the status and a part of its text.
fn failed(answer: &Answer, status: u16, part: &str) {
    let (code, body) = said(answer);
    assert_eq!((code, &body["Status"]), (status, &json!("Error")), "{body}");
    assert!(body["ExceptionType"].as_str().unwrap().starts_with("MX"));
    assert!(body["ExceptionMessage"].as_str().unwrap().contains(part), "{body}");
}

/// Lead id and temporary password of the last message to somebody.
fn received(service: &Service, to: &str, many: usize) -> (String, String) {
    let message = service.messages(to, many).pop().unwrap();
    let parameter = |name| Service::parameter(&message, "/system-002/reset", name);
    (parameter("LeadId"), parameter("TemporaryPassword"))
}

fn with(new: &str, (lead, temporary): &(String, String)) -> Value {
    json!({"Password": new, "LeadId": lead, "TemporaryPassword": temporary})
}

#[test]
fn a_link_by_address_resets_the_password_once() {
    for (target, query) in RESETS.into_iter().zip(["", "?"]) {
        let service = Service::start();
        let forgot = format!("{FORGOT}{query}");
        let answer = post(&service, &forgot, &json!({"EmailAddress": "ADA@example.org"}));
        assert_eq!(said(&answer), (200, sent()));
        let secrets = received(&service, "ada@example.org", 1);
        let target = format!("{target}{query}");
        let crossed = (secrets.1.clone(), secrets.0.clone());
        failed(&post(&service, &target, &with(NEW, &crossed)), 400, "not valid");
        // A password that the policy refuses spends nothing.
        failed(&post(&service, &target, &with("12345", &secrets)), 400, "");
        assert_eq!(said(&post(&service, &target, &with(NEW, &secrets))), (200, changed()));
        failed(&post(&service, &target, &with("kettle+Orbit-43", &secrets)), 400, "not valid");
        assert!(service.signs_in("ada", NEW));
    }
}

/// "A password reset email will be sent to the email address associated with the lead": by another field, too.
#[test]
fn a_field_finds_the_account_and_another_names_the_recipient() {
    let phone = of_account("ada", "phone");
    let key = json!({"SchemaName": "Phone", "Value": "+14-157415569"});
    let to = |field: &str| json!({"SchemaName": field});
    for (body, recipient) in [
        (json!({"SearchKeyData": key}), "ada@example.org"),
        (json!({"SearchKeyData": key, "RecipientField": to("EmailAddress")}), "ada@example.org"),
        (json!({"SearchKeyData": key, "RecipientField": to("Phone")}), phone.as_str()),
        (
            json!({
                "SearchKeyData": {"SchemaName": "EmailAddress", "Value": "ada@example.org"},
                "RecipientField": to("Phone"),
            }),
            phone.as_str(),
        ),
    ] {
        let service = Service::start();
        assert_eq!(said(&post(&service, FORGOT, &body)), (200, sent()), "{body}");
        let secrets = received(&service, recipient, 1);
        assert_eq!(service.outbox().len(), 1);
        assert_eq!(said(&post(&service, RESETS[0], &with(NEW, &secrets))), (200, changed()));
    }
}

#[test]
fn known_unknown_disabled_and_password_less_accounts_get_one_answer() {
    let service = Service::start();
    let ask = |body: Value| {
        let answer = post(&service, FORGOT, &body);
        (answer.status, answer.body.clone(), answer.header("content-length").map(str::to_owned))
    };
    let known = ask(json!({"EmailAddress": "ada@example.org"}));
    for login in ["nobody", "icarus", "echo", "twins"] {
        assert_eq!(ask(json!({"EmailAddress": format!("{login}@example.org")})), known);
    }
    let nobody = json!({"SchemaName": "Phone", "Value": "+4915112345678"});
    assert_eq!(ask(json!({"SearchKeyData": nobody})), known);
}

#[test]
fn what_the_document_does_not_allow_is_400() {
    let service = Service::start();
    let key = r#"{"SchemaName":"Phone","Value":"+14157415569"}"#;
    let field = |name: &str| format!(r#"{{"SchemaName":"{name}"}}"#);
    for body in [
        String::new(),
        "{}".to_owned(),
        "[]".to_owned(),
        "\u{feff}{\"EmailAddress\":\"ada@example.org\"}".to_owned(),
        r#"{"EmailAddress":"ada@example.org",}"#.to_owned(),
        r#"{"EmailAddress":"ada@example.org"} x"#.to_owned(),
        r#"{"EmailAddress":"ada@example.org","EmailAddress":"grace@example.org"}"#.to_owned(),
        r#"{"EmailAddress":1}"#.to_owned(),
        r#"{"EmailAddress":""}"#.to_owned(),
        r#"{"EmailAddress":"ada"}"#.to_owned(),
        r#"{"emailAddress":"ada@example.org"}"#.to_owned(),
        format!(r#"{{"EmailAddress":"ada@example.org","SearchKeyData":{key}}}"#),
        format!(r#"{{"EmailAddress":"ada@example.org","RecipientField":{}}}"#, field("Phone")),
        format!(r#"{{"RecipientField":{}}}"#, field("Phone")),
        r#"{"SearchKeyData":{"SchemaName":"Password","Value":"x"}}"#.to_owned(),
        r#"{"SearchKeyData":{"SchemaName":"Phone"}}"#.to_owned(),
        r#"{"SearchKeyData":{"SchemaName":"Phone","Value":"1"}}"#.to_owned(),
        r#"{"SearchKeyData":"Phone"}"#.to_owned(),
        format!(r#"{{"SearchKeyData":{key},"RecipientField":{}}}"#, field("Password")),
        format!("{{\"SearchKeyData\":{}1{}}}", "[".repeat(5000), "]".repeat(5000)),
    ] {
        let answer = call(&service, FORGOT, &of_system("002", "authorization"), &body);
        failed(&answer, 400, "not as per API specification");
    }
    for target in RESETS {
        for body in [json!({}), json!({"Password": NEW}), json!({"LeadId": "x", "Password": NEW})] {
            failed(&post(&service, target, &body), 400, "not as per API specification");
        }
    }
    // Not 415: the document says so.
    let key = of_system("002", "authorization");
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let headers = [("Authorization", &*key), ("Content-Type", kind)];
        let answer = service.post(FORGOT, &headers, r#"{"EmailAddress":"ada@example.org"}"#);
        failed(&answer, 400, "content type");
    }
    failed(&service.post(FORGOT, &[("Authorization", &*key)], "{}"), 400, "content type");
    let kind = [("Authorization", &*key), ("Content-Type", "Application/JSON; charset=utf-8")];
    let answer = service.post(FORGOT, &kind, r#"{"EmailAddress":"ada@example.org"}"#);
    assert_eq!(answer.status, 200);
}

#[test]
fn a_caller_without_the_key_is_refused_before_its_body_is_read() {
    let service = Service::start();
    let public = of_system("002", "authorization");
    for key in ["", "x", &public[1..], &format!("Bearer {public}"), &private_key("ada")] {
        for target in [FORGOT, RESETS[0], RESETS[1]] {
            failed(&call(&service, target, key, "not JSON"), 401, "invalid access credentials");
        }
    }
    for key in ["", "x", &public] {
        for target in CHANGES {
            failed(&call(&service, target, key, "not JSON"), 401, "invalid access credentials");
        }
    }
}

#[test]
fn what_is_not_there_is_404_in_the_same_envelope() {
    let service = Service::start();
    for target in
        ["/api/Authentication/Nothing", "/api/Authentication/v3/ResetPassword", "/api/Settings/x"]
    {
        failed(&post(&service, target, &json!({})), 404, "could not be found");
    }
    for target in [FORGOT, RESETS[0], RESETS[1], CHANGES[0], CHANGES[1]] {
        let answer = service.get(target);
        failed(&answer, 405, "could not be found");
        assert_eq!(answer.header("allow"), Some("POST"));
    }
}

/// By key and before the look-up, whoever is asked for; another system is not hurt.
#[test]
fn a_key_asks_25_times_in_5_seconds() {
    let mut statuses = Vec::new();
    // Two windows can meet within one run of 51 requests, three cannot.
    let service = Service::start();
    let answers: Vec<_> = (0..51)
        .map(|number| {
            post(&service, FORGOT, &json!({"EmailAddress": format!("n{number}@example.org")}))
        })
        .collect();
    statuses.extend(answers.iter().map(|answer| answer.status));
    assert_eq!(statuses[..25], [200; 25]);
    let refused = answers.iter().find(|answer| answer.status == 429).expect("a limit");
    failed(refused, 429, "API calls exceeded the limit of 25 in 5 second(s)");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=5).contains(&wait), "{wait}");
    assert_eq!(service.post_json("/v1/forgot", &json!({"login": "ada"})).status, 202);
}

/// The limit of the service, whose wait is longer than that of the document.
#[test]
fn one_person_is_asked_for_ten_times_in_five_minutes() {
    let service = Service::start();
    for address in ["nobody@example.org", "ada@example.org"] {
        let body = json!({"EmailAddress": address});
        let statuses: Vec<_> = (0..11).map(|_| post(&service, FORGOT, &body).status).collect();
        assert_eq!((&statuses[..10], statuses[10]), (&[200; 10][..], 429), "{address}");
        let wait: u64 =
            post(&service, FORGOT, &body).header("retry-after").unwrap().parse().unwrap();
        assert!((6..=300).contains(&wait), "{wait}");
    }
}

/// What is counted for the key is not counted for the address that it is sent from.
#[test]
fn the_requests_of_a_key_use_up_no_limit_of_their_source() {
    let text = format!(
        "{}\n[limits]\nrequests_of_source = {{ max = 2, seconds = 86400 }}\n",
        Configuration::DEMO
    );
    let mut changed = Configuration::read(&text).unwrap();
    changed.listen = configuration().listen;
    changed.hashing = configuration().hashing;
    let service = Service::with(changed);
    for number in 0..5 {
        let body = json!({"EmailAddress": format!("n{number}@example.org")});
        assert_eq!(post(&service, FORGOT, &body).status, 200);
    }
    for (login, status) in [("ada", 202), ("grace", 202), ("castor", 429)] {
        assert_eq!(service.post_json("/v1/forgot", &json!({"login": login})).status, status);
    }
}

#[test]
fn the_owner_changes_the_password_with_the_private_key_which_ends_with_it() {
    for target in CHANGES {
        let service = Service::start();
        let (key, present) = (private_key("ada"), of_account("ada", "password"));
        let change = |present: &str, new: &str| {
            let body = json!({"CurrentPassword": present, "NewPassword": new});
            call(&service, target, &key, &body.to_string())
        };
        failed(&change("wrong", NEW), 400, "current password is wrong");
        failed(&change(&present, "12345"), 400, "");
        failed(&call(&service, target, &key, "{}"), 400, "not as per API specification");
        // The headers of the second version play no part.
        assert_eq!(said(&change(&present, NEW)), (200, changed()));
        assert!(service.signs_in("ada", NEW));
        failed(&change(NEW, "kettle+Orbit-43"), 401, "invalid access credentials");
    }
}

#[test]
fn only_a_caller_that_the_configuration_trusts_gets_the_secrets_in_the_answer() {
    let trusted = "the-key-of-a-portal-that-delivers";
    let text = Configuration::DEMO
        .replace("[systems.002]", &format!("[systems.002]\ntrusted_authorization = \"{trusted}\""));
    let mut changed_configuration = Configuration::read(&text).unwrap();
    changed_configuration.listen = configuration().listen;
    changed_configuration.hashing = configuration().hashing;
    let service = Service::with(changed_configuration);
    let ask = |address: &str| {
        let body = json!({"EmailAddress": address}).to_string();
        said(&call(&service, FORGOT, trusted, &body))
    };
    let (status, known) = ask("ada@example.org");
    let (_, nobody) = ask("nobody@example.org");
    assert_eq!(status, 200);
    let shape = |answer: &Value| {
        let of = |name: &str| answer[name].as_str().unwrap().len();
        (of("LeadId"), of("TemporaryPassword"), answer["Status"].clone())
    };
    assert_eq!(shape(&known), (80, 80, json!("Success")));
    assert_eq!(shape(&nobody), shape(&known));
    let secrets = |answer: &Value| {
        let of = |name: &str| answer[name].as_str().unwrap().to_owned();
        (of("LeadId"), of("TemporaryPassword"))
    };
    failed(&post(&service, RESETS[0], &with(NEW, &secrets(&nobody))), 400, "not valid");
    assert_eq!(said(&post(&service, RESETS[0], &with(NEW, &secrets(&known)))), (200, changed()));
    // The public key gets none.
    let answer = post(&service, FORGOT, &json!({"EmailAddress": "grace@example.org"}));
    assert_eq!(said(&answer), (200, sent()));
}

/// The page of the link works without the portal.
#[test]
fn the_link_of_the_message_opens_a_form() {
    let service = Service::start();
    post(&service, FORGOT, &json!({"EmailAddress": "ada@example.org"}));
    let (lead, temporary) = received(&service, "ada@example.org", 1);
    let page =
        service.get(&format!("/system-002/reset?LeadId={lead}&TemporaryPassword={temporary}"));
    assert_eq!(page.status, 303, "{}", page.head);
    assert!(page.header("set-cookie").is_some());
}
