//! Somebody who has an account, nobody, somebody whose account is disabled, and somebody without a password get the
//! same answers on the routes of the service.

use serde_json::json;

use crate::client::{Answer, urlencoded};
use crate::running::Service;

const WHO: [(&str, &str); 4] = [
    ("grace", "grace@example.org"),
    ("nobody", "nobody@example.org"),
    ("icarus", "icarus@example.org"),
    ("echo", "echo@example.org"),
];

/// An answer without its date, and without what is drawn at random for each request.
fn plain(answer: &Answer) -> String {
    let head = answer.head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("date:"));
    let text = head.chain(answer.body.lines()).collect::<Vec<_>>().join("\n");
    let is_token = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    // Handles have 80 characters.
    let words = text.split(|character| !is_token(character));
    let handles: Vec<_> = words.filter(|word| word.len() == 80).map(str::to_owned).collect();
    handles.iter().fold(text, |text, handle| text.replace(handle, "HANDLE"))
}

fn alike(ask: impl Fn(&str) -> Answer, by: fn(&(&'static str, &'static str)) -> &'static str) {
    let answers: Vec<_> = WHO.iter().map(|who| plain(&ask(by(who)))).collect();
    for answer in &answers[1..] {
        assert_eq!(*answer, answers[0]);
    }
}

#[test]
fn a_request_in_json_is_answered_alike() {
    let service = Service::start();
    for by in ["link", "code", "link_and_code"] {
        alike(
            |login| service.post_json("/v1/forgot", &json!({"login": login, "by": by})),
            |who| who.0,
        );
        alike(
            |email| service.post_json("/v1/forgot", &json!({"who": email, "by": by})),
            |who| who.1,
        );
    }
}

#[test]
fn a_wrong_code_and_a_resend_are_answered_alike() {
    let service = Service::start();
    let handle = |login: &str| {
        let body = json!({"login": login, "by": "code"});
        let answer = service.post_json("/v1/forgot", &body).json();
        answer["handle"].as_str().unwrap().to_owned()
    };
    alike(
        |login| {
            let body = json!({"handle": handle(login), "code": "BCDF-GHJK"});
            service.post_json("/v1/code", &body)
        },
        |who| who.0,
    );
    alike(|login| service.post_json("/v1/resend", &json!({"handle": handle(login)})), |who| who.0);
}

#[test]
fn a_wrong_password_is_answered_alike() {
    let service = Service::start();
    alike(
        |login| {
            let body = json!({"login": login, "password": "wrong+Password=1"});
            service.post_json("/v1/sign-in", &body)
        },
        |who| who.0,
    );
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    let origin = format!("http://{}", service.address);
    let headers = [form, ("Origin", origin.as_str())];
    alike(
        |login| {
            let body = urlencoded(&[("who", login), ("password", "wrong+Password=1")]);
            service.post("/sign-in", &headers, &body)
        },
        |who| who.0,
    );
}
