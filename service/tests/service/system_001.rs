//! Change, forgot and submit.

use serde_json::{Value, json};

use crate::client::{Answer, multipart, send, urlencoded};
use crate::running::{Service, of_account, of_system};

const DONE: &str = "{\"status_code\":200,\"errors\":{},\"data\":{}}";
const NEW: &str = "Kettle-orbit-42";
const REQUIRED: &str = "This field is required.";
const INVALID_TOKEN: &str =
    "The token is invalid. Enter the correct token that send to your email.";
/// In the order of the document.
const POLICY: [&str; 5] = [
    "Your password can't be too similar to your other personal information.",
    "Your password must contain at least 8 characters.",
    "Your password can't be a commonly used password.",
    "Your password can't be entirely numeric.",
    "Your password must contain at least one capital letter, small letter, number and special character.",
];

fn path(name: &str) -> String {
    format!("/{}/{}/user/{name}", of_system("001", "prefix"), of_system("001", "version"))
}

/// As the document's samples write it.
fn post(service: &Service, name: &str, bearer: Option<&str>, fields: &[(&str, &str)]) -> Answer {
    let key = of_system("001", "api_key");
    let (media_type, body) = multipart(fields);
    let authorization = bearer.map(|bearer| format!("Bearer {bearer}"));
    let mut headers = vec![("apikey", key.as_str()), ("Content-Type", &media_type)];
    headers.extend(authorization.as_deref().map(|value| ("Authorization", value)));
    service.post(&path(name), &headers, &body)
}

fn errors(status: u16, errors: Value) -> (u16, Value) {
    (status, json!({"status_code": status, "errors": errors, "data": {}}))
}

fn said(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json())
}

fn change(service: &Service, old: &str, new: &str, again: &str) -> Answer {
    let fields = [("old_password", old), ("new_password", new), ("confirm_password", again)];
    post(service, "profile/change-password/", Some(&of_account("ada", "bearer")), &fields)
}

fn forgot(service: &Service, email: &str) -> Answer {
    post(service, "forgot-password/", None, &[("email", email)])
}

fn submit(service: &Service, user: &str, token: &str, new: &str) -> Answer {
    let fields = [("user", user), ("token", token), ("new_password", new)];
    post(service, "forgot-password-submit/", None, &fields)
}

/// User key and token of the newest message.
fn received(service: &Service, to: &str, many: usize) -> (String, String) {
    let messages = service.messages(to, many);
    let parameter = |name| Service::parameter(messages.last().unwrap(), "/reset?", name);
    (parameter("user"), parameter("token"))
}

#[test]
fn a_forgotten_password_is_set_by_user_key_and_token() {
    for typed in ["ada@example.org", "ada"] {
        let service = Service::start();
        assert_eq!(forgot(&service, typed).said(), (200, DONE));
        let (user, token) = received(&service, "ada@example.org", 1);
        assert_eq!(submit(&service, &user, &token, NEW).said(), (200, DONE));
        assert!(service.signs_in("ada", NEW));
        // Used.
        let answer = submit(&service, &user, &token, "Kettle-orbit-43");
        assert_eq!(said(&answer), errors(400, json!({"token": [INVALID_TOKEN]})));
        // The owner is told.
        let notice = service.messages("ada@example.org", 2).pop().unwrap();
        assert!(notice["subject"].as_str().unwrap().contains("was changed"), "{notice}");
    }
}

#[test]
fn the_link_opens_a_form_that_works() {
    let service = Service::start();
    assert_eq!(forgot(&service, "ada").status, 200);
    let message = service.messages("ada@example.org", 1).pop().unwrap();
    let link = message["text"].as_str().unwrap().lines().find(|line| line.starts_with("http"));
    let origin = format!("http://{}", service.address);
    let target = link.unwrap().strip_prefix(&origin).expect("a link to this service");
    let answer = service.get(target);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let cookies = answer.head.lines().filter_map(|line| line.strip_prefix("set-cookie: "));
    let cookies: Vec<_> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
    let cookies = cookies.join("; ");
    let page = answer.header("location").unwrap().to_owned();
    let shown = send(service.address, "GET", &page, &[("Cookie", &cookies)], b"");
    assert_eq!(shown.status, 200);
    assert!(!shown.body.contains("token="), "{}", shown.body);
    let (_, action) = shown.body.split_once("action=\"").expect("a form");
    let action = action.split('"').next().unwrap();
    // As a browser posts the form: every hidden field, and what a person types.
    let mut fields = Vec::new();
    for input in shown.body.split("<input").skip(1) {
        let attribute = |name: &str| {
            let (_, rest) = input.split_once(&format!(" {name}=\""))?;
            rest.split('"').next()
        };
        match (attribute("type"), attribute("name")) {
            (Some("password"), Some(name)) => fields.push((name, NEW)),
            (_, Some(name)) => fields.push((name, attribute("value").unwrap_or(""))),
            (_, None) => {}
        }
    }
    let headers = [
        ("Cookie", cookies.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Origin", &origin),
    ];
    let answer = service.post(action, &headers, &urlencoded(&fields));
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(service.signs_in("ada", NEW));
}

#[test]
fn the_error_for_a_token_is_one_whatever_is_wrong_with_it() {
    let service = Service::start();
    assert_eq!(forgot(&service, "ada").status, 200);
    assert_eq!(forgot(&service, "grace").status, 200);
    let (user, token) = received(&service, "ada@example.org", 1);
    let (other, foreign) = received(&service, "grace@example.org", 1);
    let invalid = errors(400, json!({"token": [INVALID_TOKEN]}));
    for (user, token) in [
        (user.as_str(), foreign.as_str()),
        (&other, &token),
        (&user, "x"),
        (&user, &user),
        (&token, &token),
        ("x", &token),
        ("67ea622b0552935fac5cd1ad", &token),
    ] {
        assert_eq!(said(&submit(&service, user, token, NEW)), invalid, "{user} {token}");
    }
    assert!(service.signs_in("ada", &of_account("ada", "password")));
    assert_eq!(submit(&service, &user, &token, NEW).said(), (200, DONE));
}

#[test]
fn missing_fields_are_named() {
    let service = Service::start();
    let required = |fields: &[&str]| {
        let fields = fields.iter().map(|field| ((*field).to_owned(), json!([REQUIRED])));
        errors(400, Value::Object(fields.collect()))
    };
    assert_eq!(said(&submit(&service, "", "x", NEW)), required(&["user"]));
    assert_eq!(said(&submit(&service, "", "", "")), required(&["user", "token", "new_password"]));
    assert_eq!(said(&forgot(&service, "")), required(&["email"]));
    let all = ["old_password", "new_password", "confirm_password"];
    assert_eq!(said(&change(&service, "", "", "")), required(&all));
}

#[test]
fn what_the_document_discloses_is_disclosed() {
    let service = Service::start();
    let text = "This username or email does not exist in the system.";
    let unknown = errors(401, json!({"non_field_errors": [text]}));
    for typed in ["nobody@example.org", "nobody", "@"] {
        assert_eq!(said(&forgot(&service, typed)), unknown, "{typed}");
    }
    let text = "There is multiple users are registered with the specified E-Mail address.Please enter \
                the username";
    let several = errors(401, json!({"non_field_errors": [text]}));
    assert_eq!(said(&forgot(&service, "twins@example.org")), several);
    assert_eq!(forgot(&service, "castor").said(), (200, DONE));
    assert_eq!(service.messages("twins@example.org", 1).len(), 1);
    // Nothing is told about the state of an account that exists.
    assert_eq!(forgot(&service, "icarus").said(), (200, DONE));
    assert_eq!(forgot(&service, "echo").said(), (200, DONE));
}

#[test]
fn a_change_says_what_is_missing_then_what_differs_then_the_old_password_then_the_policy() {
    let service = Service::start();
    let present = of_account("ada", "password");
    let differ =
        errors(400, json!({"confirm_password": ["The two password fields didn't match."]}));
    assert_eq!(said(&change(&service, "wrong", "123456", "1234567")), differ);
    let text = "Your old password was entered incorrectly. Please enter it again.";
    let wrong = errors(401, json!({"non_field_errors": [text]}));
    assert_eq!(said(&change(&service, "wrong", "123456", "123456")), wrong);
    let weak = errors(400, json!({"password": POLICY[1..]}));
    assert_eq!(said(&change(&service, &present, "123456", "123456")), weak);
    let like_the_name = errors(400, json!({"password": [POLICY[0], POLICY[4]]}));
    assert_eq!(said(&change(&service, &present, "lovelace", "lovelace")), like_the_name);
    assert_eq!(change(&service, &present, NEW, NEW).said(), (200, DONE));
    assert!(service.signs_in("ada", NEW));
}

#[test]
fn the_policy_is_told_of_a_submit_too_and_the_token_is_not_spent() {
    let service = Service::start();
    assert_eq!(forgot(&service, "ada").status, 200);
    let (user, token) = received(&service, "ada@example.org", 1);
    let weak = errors(400, json!({"password": POLICY[1..]}));
    assert_eq!(said(&submit(&service, &user, &token, "123456")), weak);
    assert_eq!(submit(&service, &user, &token, NEW).said(), (200, DONE));
}

/// The bearer ends with the password, however it was changed.
#[test]
fn the_access_token_ends_with_the_password() {
    let service = Service::start();
    let signed_out = |answer: &Answer| {
        let text = "The access token is missing or not valid.";
        assert_eq!(said(answer), errors(401, json!({"non_field_errors": [text]})));
    };
    let fields = [("old_password", "x"), ("new_password", NEW), ("confirm_password", NEW)];
    for bearer in [None, Some("wrong"), Some("67ea.x"), Some("")] {
        signed_out(&post(&service, "profile/change-password/", bearer, &fields));
    }
    let present = of_account("ada", "password");
    assert_eq!(change(&service, &present, NEW, NEW).said(), (200, DONE));
    signed_out(&change(&service, NEW, "Kettle-orbit-43", "Kettle-orbit-43"));
    // The token of another account goes on.
    let present = of_account("grace", "password");
    let fields = [("old_password", &*present), ("new_password", NEW), ("confirm_password", NEW)];
    let bearer = of_account("grace", "bearer");
    let answer = post(&service, "profile/change-password/", Some(&bearer), &fields);
    assert_eq!(answer.said(), (200, DONE));
}

#[test]
fn a_session_of_the_service_is_an_access_token() {
    let service = Service::start();
    let present = of_account("castor", "password");
    let body = json!({"login": "castor", "password": present});
    let answer = service.post_json("/v1/sign-in", &body);
    let cookie = answer.header("set-cookie").expect("a session");
    let session = cookie.strip_prefix("__Host-session=").unwrap().split(';').next().unwrap();
    for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let fields = [("old_password", &*present), ("new_password", NEW), ("confirm_password", NEW)];
    let changed = || post(&service, "profile/change-password/", Some(session), &fields);
    assert_eq!(changed().said(), (200, DONE));
    assert_eq!(changed().status, 401);
}

#[test]
fn a_caller_without_the_key_is_refused_before_the_body_is_read() {
    let service = Service::start();
    let text = "The apikey is missing or wrong.";
    let refused = errors(401, json!({"non_field_errors": [text]}));
    for name in ["profile/change-password/", "forgot-password/", "forgot-password-submit/"] {
        for headers in [&[][..], &[("apikey", "wrong")], &[("apikey", "")]] {
            assert_eq!(said(&service.post(&path(name), headers, "no form")), refused);
        }
    }
}

#[test]
fn both_spellings_of_a_path_are_answered_and_never_by_a_redirect() {
    let service = Service::start();
    for name in ["forgot-password", "forgot-password/"] {
        assert_eq!(post(&service, name, None, &[("email", "ada")]).said(), (200, DONE));
        let answer = service.get(&path(name));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
    }
    let (user, token) = received(&service, "ada@example.org", 1);
    let fields = [("user", &*user), ("token", &*token), ("new_password", NEW)];
    let answer = post(&service, "forgot-password-submit", None, &fields);
    assert_eq!(answer.said(), (200, DONE));
    assert_eq!(post(&service, "profile/change-password", None, &fields).status, 401);
}

#[test]
fn multipart_urlencoded_and_json_say_the_same() {
    let service = Service::start();
    let key = of_system("001", "api_key");
    let target = path("forgot-password/");
    let (media_type, body) = multipart(&[("email", "ada"), ("more", "x")]);
    for (media_type, body) in [
        (media_type.as_str(), body.as_str()),
        ("application/x-www-form-urlencoded", "email=ada&more=x"),
        ("application/json", "{\"email\": \"ada\", \"more\": [1]}"),
        ("application/json;charset=UTF-8", "{\r\n \"email\": \"ada\"\r\n}"),
    ] {
        let answer = service.post(&target, &[("apikey", &key), ("content-type", media_type)], body);
        assert_eq!(answer.said(), (200, DONE), "{media_type}");
    }
    assert_eq!(service.messages("ada@example.org", 4).len(), 4);
}

#[test]
fn a_body_that_is_not_what_it_says_is_refused() {
    let service = Service::start();
    let key = of_system("001", "api_key");
    let target = path("forgot-password/");
    let (form, right) = multipart(&[("email", "ada")]);
    let (_, twice) = multipart(&[("email", "ada"), ("email", "grace")]);
    let without_end = right.replace("abcdef--\r\n", "abcdef");
    let cut = right.split_once("abcdef--\r\n").unwrap().0.rsplit_once("\r\n").unwrap().0;
    let file = right.replace("name=\"email\"", "name=\"email\"; filename=\"ada\"");
    let nameless = right.replace("; name=\"email\"", "");
    let urlencoded = "application/x-www-form-urlencoded";
    let json = "application/json";
    let deep = format!("{{\"email\": \"ada\", \"more\": {}1{}}}", "[".repeat(500), "]".repeat(500));
    for (status, media_type, body) in [
        (400, form.as_str(), twice.as_str()),
        (400, &form, &without_end),
        (400, &form, cut),
        (400, &form, &file),
        (400, &form, &nameless),
        (400, &form, ""),
        (400, "multipart/form-data", &right),
        (400, urlencoded, "email=ada&email=ada"),
        (400, urlencoded, "email=%ff"),
        (400, urlencoded, "email=%c3%28"),
        (400, json, "{\"email\": \"ada\", \"email\": \"ada\"}"),
        (400, json, "{\"email\": \"ada\",}"),
        (400, json, "\u{feff}{\"email\": \"ada\"}"),
        (400, json, "{\"email\": \"ada\"} {}"),
        (400, json, "[\"ada\"]"),
        (400, json, ""),
        (400, json, &deep),
        // A number is no text: the field is missing.
        (400, json, "{\"email\": 1}"),
        (415, "text/plain", "email=ada"),
        (415, "", "email=ada"),
    ] {
        let answer = service.post(&target, &[("apikey", &key), ("content-type", media_type)], body);
        assert_eq!(answer.status, status, "{media_type} {body}: {}", answer.body);
        assert_eq!(answer.json()["status_code"], status);
    }
    let bytes = [right.as_bytes().split_at(120).0, b"\xff\xfe", right.as_bytes().split_at(120).1];
    let headers = [("apikey", key.as_str()), ("content-type", &form)];
    let answer = send(service.address, "POST", &target, &headers, &bytes.concat());
    assert_eq!(answer.status, 400);
    let long = multipart(&[("email", &"a".repeat(1 << 20))]).1;
    let answer = send(service.address, "POST", &target, &headers, long.as_bytes());
    assert_eq!(answer.status, 413);
    assert!(service.outbox().is_empty());
}

#[test]
fn too_many_requests_of_one_identifier_are_told_when_to_come_again() {
    let service = Service::start();
    for _ in 0..10 {
        assert_eq!(forgot(&service, "nobody").status, 401);
    }
    let answer = forgot(&service, "nobody");
    assert_eq!((answer.status, &answer.json()["status_code"]), (429, &json!(429)));
    assert!(answer.header("retry-after").is_some());
}
