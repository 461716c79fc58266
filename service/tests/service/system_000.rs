//! A reseller sets the password of a user.

use crate::client::{Answer, send, urlencoded};
use crate::running::{Service, configuration, of_account, of_system};

const PATH: &str = "/SMSApi/reseller/resetuserpassword";
const NEW: &str = "kettle-orbit-42";
/// The document shows it in several lines: the same members in the same order.
const SUCCESS: &str = "{\"response\":{\"api\":\"user\",\"action\":\"resetuserpassword\",\"status\":\"success\",\
                       \"msg\":\"Password changed successfully.\",\"code\":\"200\"}}";

fn form(fields: &[(&str, &str)]) -> (&'static str, String) {
    ("application/x-www-form-urlencoded", urlencoded(fields))
}

/// With the credentials of the demonstration.
fn set(service: &Service, login: &str, new: &str, output: &str) -> Answer {
    let (user, password) = (of_system("000", "userid"), of_system("000", "password"));
    let fields = [
        ("userid", user.as_str()),
        ("password", &password),
        ("userloginname", login),
        ("newPassword", new),
        ("output", output),
    ];
    let (media_type, body) = form(&fields);
    service.post(PATH, &[("content-type", media_type)], &body)
}

#[test]
fn the_answer_in_json_is_that_of_the_document() {
    let service = Service::start();
    let answer = set(&service, "ada", NEW, "json");
    assert_eq!(answer.said(), (200, SUCCESS));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(service.signs_in("ada", NEW));
    assert!(!service.signs_in("ada", &of_account("ada", "password")));
}

#[test]
fn the_owner_is_told_and_the_message_does_not_have_the_password() {
    let service = Service::start();
    assert_eq!(set(&service, "ada", NEW, "json").status, 200);
    let messages = service.messages("ada@example.org", 1);
    let text = messages[0]["text"].as_str().unwrap();
    assert!(text.contains("An administrator"), "{text}");
    assert!(!messages[0].to_string().contains(NEW));
}

#[test]
fn plain_is_the_default_and_xml_has_the_same_five_names() {
    let service = Service::start();
    assert_eq!(set(&service, "ada", NEW, "plain").body, "Password changed successfully.");
    assert_eq!(set(&service, "ada", "kettle-orbit-43", "").body, "Password changed successfully.");
    let answer = set(&service, "ada", "kettle-orbit-44", "XML");
    let xml = "<response><api>user</api><action>resetuserpassword</action><status>success</status>\
               <msg>Password changed successfully.</msg><code>200</code></response>";
    assert_eq!(answer.said(), (200, xml));
    let other = set(&service, "ada", "kettle-orbit-45", "yaml");
    assert_eq!(other.said(), (400, "The parameter output is invalid"));
    assert!(service.signs_in("ada", "kettle-orbit-44"));
}

#[test]
fn only_post_is_supported() {
    let service = Service::start();
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let answer = send(service.address, method, PATH, &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method}");
    }
}

#[test]
fn the_key_decides_and_the_pair_must_not_contradict_it() {
    let service = Service::start();
    let (user, password) = (of_system("000", "userid"), of_system("000", "password"));
    let key = of_system("000", "api_key");
    let ask = |header: Option<&str>, pair: &[(&str, &str)]| {
        let target = [("userloginname", "ada"), ("newPassword", "short"), ("output", "json")];
        let (media_type, body) = form(&[pair, &target].concat());
        let mut headers = vec![("content-type", media_type)];
        headers.extend(header.map(|key| ("apiKey", key)));
        service.post(PATH, &headers, &body)
    };
    let right = [("userid", user.as_str()), ("password", password.as_str())];
    // Right credentials come as far as the policy.
    for (header, pair) in [(Some(key.as_str()), &right[..]), (Some(&key), &[]), (None, &right)] {
        assert_eq!(ask(header, pair).status, 422);
    }
    let refused = "{\"response\":{\"api\":\"user\",\"action\":\"resetuserpassword\",\"status\":\"error\",\
                   \"msg\":\"Invalid user credentials\",\"code\":\"401\"}}";
    let wrong_pair = [("userid", user.as_str()), ("password", "wrong")];
    let wrong_user = [("userid", "other"), ("password", password.as_str())];
    let in_body = [("apiKey", key.as_str())];
    for (header, pair) in [
        (Some(key.as_str()), &wrong_pair[..]),
        (Some(key.as_str()), &wrong_user),
        (Some(key.as_str()), &right[..1]),
        (Some("wrong"), &right),
        (Some(""), &right),
        (None, &wrong_pair),
        (None, &wrong_user),
        (None, &right[..1]),
        (None, &right[1..]),
        (None, &[]),
        // A key in the body is not one, unless the configuration says so.
        (None, &in_body),
    ] {
        assert_eq!(ask(header, pair).said(), (401, refused), "{header:?} {pair:?}");
    }
}

#[test]
fn a_key_in_the_body_is_accepted_where_the_configuration_says_so() {
    let text = repass_service::Configuration::DEMO
        .replace("[systems.000]", "[systems.000]\nkey_in_body = true");
    let mut configuration = repass_service::Configuration::read(&text).unwrap();
    configuration.listen = self::configuration().listen;
    configuration.hashing = self::configuration().hashing;
    let service = Service::with(configuration);
    let key = of_system("000", "api_key");
    let fields = [("apiKey", key.as_str()), ("userloginname", "ada"), ("newPassword", NEW)];
    let (media_type, body) = form(&fields);
    let answer = service.post(PATH, &[("content-type", media_type)], &body);
    assert_eq!(answer.said(), (200, "Password changed successfully."));
}

#[test]
fn nobody_and_everybody_outside_the_hierarchy_get_one_answer() {
    let service = Service::start();
    let answers: Vec<_> = ["nobody", "proteus", "icarus"]
        .map(|login| set(&service, login, NEW, "json").said().1.to_owned())
        .into();
    let refused = "{\"response\":{\"api\":\"user\",\"action\":\"resetuserpassword\",\"status\":\"error\",\
                   \"msg\":\"The request was refused\",\"code\":\"403\"}}";
    assert_eq!(answers, [refused; 3]);
    let login = of_account("proteus", "password");
    assert!(service.signs_in("proteus", &login));
}

/// "at least 8 characters, including letters, numbers, and special characters"
#[test]
fn a_weak_password_is_refused_and_nothing_is_changed() {
    let service = Service::start();
    for weak in ["newpass", "kettle-orbit", "kettle42orbit", "42-42-42-42", "short-1"] {
        let answer = set(&service, "ada", weak, "json");
        let response = &answer.json()["response"];
        assert_eq!((answer.status, &response["status"]), (422, &"error".into()), "{weak}");
        assert_eq!(response["code"], "422");
    }
    assert!(service.signs_in("ada", &of_account("ada", "password")));
    assert_eq!(set(&service, "ada", "kettle-42", "json").said(), (200, SUCCESS));
}

#[test]
fn what_is_missing_or_written_in_another_way_is_refused() {
    let service = Service::start();
    for (login, new) in [("", NEW), ("ada", "")] {
        let answer = set(&service, login, new, "plain");
        assert_eq!(answer.said(), (400, "A required parameter is missing"));
    }
    let key = of_system("000", "api_key");
    let post = |media_type: &str, body: &str| {
        service.post(PATH, &[("apiKey", &key), ("Content-Type", media_type)], body)
    };
    let urlencoded = "application/x-www-form-urlencoded";
    assert_eq!(post("application/json", "{}").status, 415);
    assert_eq!(post("text/plain", "userloginname=ada").status, 415);
    // The media type is compared without case, and its parameters do not matter.
    let body = "userloginname=ada&newPassword=kettle-orbit-46";
    assert_eq!(post("Application/X-WWW-Form-Urlencoded; charset=utf-8", body).status, 200);
    // A parameter twice: which one was meant?
    assert_eq!(post(urlencoded, "userloginname=ada&userloginname=grace&newPassword=x").status, 400);
    // Not UTF-8.
    assert_eq!(post(urlencoded, "userloginname=ada&newPassword=kettle-%ff-42").status, 400);
    // What is no escape stands for itself, and `+` is a space.
    let odd = "userloginname=ada&newPassword=kettle%zz+42%";
    assert_eq!(post(urlencoded, odd).status, 200);
    assert!(service.signs_in("ada", "kettle%zz 42%"));
}

/// Sixty an hour, so that nobody finds out with the reseller's key who has an account.
#[test]
fn a_reseller_who_asks_too_often_is_told_when_to_come_again() {
    let service = Service::start();
    for _ in 0..60 {
        assert_eq!(set(&service, "nobody", NEW, "plain").status, 403);
    }
    let answer = set(&service, "nobody", NEW, "json");
    assert_eq!((answer.status, &answer.json()["response"]["code"]), (429, &"429".into()));
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((3_500..=3_600).contains(&wait), "{wait}");
}
