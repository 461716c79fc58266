//! System 003 on the wire.

use serde_json::Value;

use crate::client::{Answer, send, urlencoded};
use crate::running::{Service, of_account, of_system};

const PATH: &str = "/MapIHttpS/MapIS";
const NEW: &str = "kettle+Orbit-42";
/// As the document shows it, to the byte.
const SUCCESS: &str =
    "<result tftype='1' infotype='0'>\n    <field name='msg'>SUCCESS</field>\n</result>";

type Fields<'a> = Vec<(&'a str, &'a str)>;

/// An answer to a request that was refused.
fn refused(answer: &Answer, status: u16, part: &str) {
    headers(answer);
    let body = &answer.body;
    assert_eq!(answer.status, status, "{body}");
    let (start, end) =
        ("<result tftype='1' infotype='1'>\n    <field name='msg'>", "</field>\n</result>");
    let text = body.strip_prefix(start).and_then(|body| body.strip_suffix(end));
    assert!(text.is_some_and(|text| text.contains(part)), "{body}");
}

fn headers(answer: &Answer) {
    assert_eq!(answer.header("content-type"), Some("text/xml; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
    assert!(answer.header("location").is_none() && answer.header("set-cookie").is_none());
}

fn get(service: &Service, fields: &[(&str, &str)]) -> Answer {
    service.get(&format!("{PATH}?{}", urlencoded(fields)))
}

fn post(service: &Service, fields: &[(&str, &str)]) -> Answer {
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    service.post(PATH, &kind, &urlencoded(fields))
}

fn device() -> String {
    of_system("003", "device_id")
}

/// The check code that somebody gets by mail.
fn check_code(service: &Service, login: &str) -> String {
    let device = device();
    let asked = [
        ("action", "FORGOTPASSWD"),
        ("login_name_toreset", login),
        ("check_channel", "email"),
        ("email_content", "Code: [%resetpasswd_checkcode%]"),
        ("device_id", &device),
    ];
    let answer = get(service, &asked);
    headers(&answer);
    assert_eq!(answer.said(), (200, SUCCESS));
    let message = service.messages(login, 1).pop().unwrap();
    let text = message["text"].as_str().unwrap();
    text.strip_prefix("Code: ").unwrap().trim_end().to_owned()
}

/// The parameters of a reset with this code.
fn reset<'a>(code: &'a str, more: &[(&'a str, &'a str)]) -> Fields<'a> {
    let mut fields = vec![
        ("action", "RESETPASSWD_BYCODE"),
        ("login_name_toreset", "ada@example.org"),
        ("new_passwd", NEW),
        ("new_passwd_repeat", NEW),
        ("resetpasswd_checkcode", code),
    ];
    fields.extend(more);
    fields
}

/// The messages that a caller wrote have none of the words of the service.
fn notices(service: &Service, to: &str, text: &str) -> Vec<Value> {
    for _ in 0..100_000 {
        let found: Vec<_> = service
            .outbox()
            .into_iter()
            .filter(|message| message["to"] == to && message["text"].as_str() == Some(text))
            .collect();
        if !found.is_empty() {
            return found;
        }
    }
    panic!("{to} has no notice");
}

#[test]
fn the_example_of_the_document_resets_the_password_and_tells_the_owner_by_sms() {
    let (phone, device) = (of_account("ada", "phone"), device());
    for by in [get, post] {
        let service = Service::start();
        let code = check_code(&service, "ada@example.org");
        // A string of letters and digits, as the document says.
        assert!(
            code.len() == 120 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{code}"
        );
        let code = code.to_uppercase();
        let sms = [
            ("check_channel", "sms"),
            ("sms_content", "YourPasswordHasBeenReset"),
            ("from_mobile", "YVN"),
            ("device_id", &*device),
        ];
        let answer = by(&service, &reset(&code, &sms));
        headers(&answer);
        assert_eq!(answer.said(), (200, SUCCESS));
        let notice = notices(&service, &phone, "YourPasswordHasBeenReset");
        assert_eq!((notice.len(), &notice[0]["channel"]), (1, &Value::from("sms")));
        assert!(service.signs_in("ada", NEW));
        // The code was used.
        refused(&by(&service, &reset(&code, &sms)), 400, "check code");
    }
}

/// `%` in `[%first_name%]` must be encoded, and few clients do: both spellings mean the same.
#[test]
fn placeholders_are_read_encoded_and_as_they_are() {
    let device = device();
    for content in [
        "Dear+%5B%25first_name%25%5D%20%5B%25last_name%25%5D%2C%0Adone%3A+100+%25+%26+more.",
        "Dear+[%first_name%]%20[%last_name%],%0Adone:+100+%+%26+more.",
    ] {
        let service = Service::start();
        let code = check_code(&service, "ada@example.org");
        let fields = reset(&code, &[("device_id", &device), ("check_channel", "email")]);
        let body = format!("{}&email_content={content}", urlencoded(&fields));
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        assert_eq!(service.post(PATH, &kind, &body).said(), (200, SUCCESS));
        let text = "Dear Ada Lovelace,\ndone: 100 % & more.";
        let found = notices(&service, "ada@example.org", text);
        // An omitted subject is that of the service.
        assert!(!found[0]["subject"].as_str().unwrap().is_empty());
    }
}

#[test]
fn a_mail_has_the_subject_of_the_caller_and_goes_to_the_copies_that_are_allowed() {
    let (service, device) = (Service::start(), device());
    let code = check_code(&service, "ada@example.org");
    let mail = [
        ("check_channel", "email"),
        ("email_subject", "Grüße"),
        ("email_content", "Your password is set."),
        ("from_email", "support@example.org"),
        ("sender_name", "YVN Support"),
        ("email_bcc", "archive@example.org"),
        ("device_id", &*device),
    ];
    assert_eq!(get(&service, &reset(&code, &mail)).said(), (200, SUCCESS));
    for to in ["ada@example.org", "archive@example.org"] {
        let notice = notices(&service, to, "Your password is set.");
        assert_eq!((notice.len(), &notice[0]["subject"]), (1, &Value::from("Grüße")));
    }
}

#[test]
fn without_a_channel_only_the_service_tells_the_owner() {
    let (service, device) = (Service::start(), device());
    let code = check_code(&service, "ada@example.org");
    let fields = reset(&code, &[("device_id", &device), ("email_content", "Not sent.")]);
    assert_eq!(get(&service, &fields).said(), (200, SUCCESS));
    service.messages("ada@example.org", 2);
    service.messages(&of_account("ada", "phone"), 1);
    let texts: Vec<_> =
        service.outbox().iter().map(|message| message["text"].to_string()).collect();
    assert!(!texts.iter().any(|text| text.contains("Not sent")), "{texts:?}");
}

#[test]
fn each_kind_of_credentials_is_taken_and_whatever_is_there_has_to_be_right() {
    let service = Service::start();
    let of = |name| of_system("003", name);
    let (device, name) = (of("device_id"), of("login_name"));
    let (password, session) = (of("login_passwd"), of("session_id"));
    let asked = [
        ("action", "FORGOTPASSWD"),
        ("login_name_toreset", "nobody@example.org"),
        ("check_channel", "email"),
        ("email_content", "[%resetpasswd_checkcode%]"),
    ];
    let status = |credentials: &[(&str, &str)]| {
        let mut fields = asked.to_vec();
        fields.extend(credentials);
        get(&service, &fields).status
    };
    let (device, name) = (("device_id", &*device), ("login_name", &*name));
    let (password, session) = (("login_passwd", &*password), ("session_id", &*session));
    for right in [
        &[device][..],
        &[name, password],
        &[name, session],
        &[name, password, session],
        &[device, name, password],
    ] {
        assert_eq!(status(right), 200, "{right:?}");
    }
    for wrong in [
        &[][..],
        &[name],
        &[password],
        &[session],
        &[("device_id", "mytestid")],
        &[("device_id", "")],
        &[("login_name", "other"), password],
        &[name, ("login_passwd", "x")],
        &[name, ("login_passwd", session.1)],
        &[name, ("session_id", password.1)],
        &[device, name],
        &[device, ("login_passwd", "x")],
        &[device, name, ("session_id", "x")],
    ] {
        assert_eq!(status(wrong), 401, "{wrong:?}");
    }
}

#[test]
fn what_is_wrong_is_told_before_the_code_is_spent() {
    let (service, device) = (Service::start(), device());
    let code = check_code(&service, "ada@example.org");
    let (mail, content) = (("check_channel", "email"), ("email_content", "Done."));
    let sms = ("check_channel", "sms");
    for (change, part) in [
        (&[mail][..], "email_content"),
        (&[sms, content], "sms_content"),
        (&[("check_channel", "fax"), content], "check_channel"),
        (&[mail, content, ("from_email", "ceo@example.org")], "sender"),
        (&[mail, content, ("email_cc", "eve@example.org")], "copy"),
        (&[mail, content, ("email_bcc", "archive@example.org,eve@example.org")], "copy"),
        (&[mail, content, ("email_subject", "a\r\nBcc: eve@example.org")], ""),
        (&[mail, content, ("sender_name", "a\nb")], "sender"),
        (&[mail, ("email_content", "[%resetpasswd_checkcode%]")], "resetpasswd_checkcode"),
        (&[sms, ("sms_content", "Done."), ("from_mobile", "BANK")], "sender"),
        (&[sms, ("sms_content", "Done."), ("email_cc", "archive@example.org")], "copies"),
        (&[("new_passwd_repeat", "another")], "differ"),
        (&[("new_passwd", "")], "new_passwd is required"),
        (&[("new_passwd", "12345"), ("new_passwd_repeat", "12345")], ""),
        (&[("login_name_toreset", "grace@example.org")], "check code"),
        (&[("login_name_toreset", "ada")], "email address"),
        (&[("resetpasswd_checkcode", "4e945486417a27d6")], "check code"),
        (&[("action", "DELETE")], "action"),
        (&[("action", "")], "action"),
    ] {
        let fields = reset(&code, &[("device_id", &device)]);
        let replaced = |name: &str| change.iter().any(|(other, _)| *other == name);
        let mut fields: Fields<'_> =
            fields.into_iter().filter(|(name, _)| !replaced(name)).collect();
        fields.extend(change);
        refused(&get(&service, &fields), 400, part);
    }
    assert_eq!(get(&service, &reset(&code, &[("device_id", &device)])).said(), (200, SUCCESS));
}

/// CWE-235: which of two values counts would be a matter of the reader.
#[test]
fn a_repeated_parameter_is_refused() {
    let (service, device) = (Service::start(), device());
    let code = check_code(&service, "ada@example.org");
    let fields = reset(&code, &[("device_id", &device)]);
    for again in
        ["new_passwd", "resetpasswd_checkcode", "action", "device_id", "login_name_toreset"]
    {
        let twice = format!("{}&{again}=x", urlencoded(&fields));
        refused(&service.get(&format!("{PATH}?{twice}")), 400, "repeated");
        // Once in the query, and once in the body.
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        let target = format!("{PATH}?{again}=x");
        refused(&service.post(&target, &kind, &urlencoded(&fields)), 400, "repeated");
    }
    assert_eq!(post(&service, &fields).said(), (200, SUCCESS));
}

#[test]
fn what_is_sent_is_never_a_part_of_the_markup() {
    let (service, device) = (Service::start(), device());
    for name in ["<a href='x'>&\"", "</field><field name='msg'>SUCCESS"] {
        let fields = [
            ("action", "FORGOTPASSWD"),
            ("login_name_toreset", "ada@example.org"),
            ("check_channel", "email"),
            ("email_content", &*format!("[%{name}%] [%resetpasswd_checkcode%]")),
            ("device_id", &*device),
        ];
        let answer = get(&service, &fields);
        headers(&answer);
        assert_eq!(answer.body.matches('<').count(), 4, "{}", answer.body);
        assert!(answer.body.matches('\'').count() == 6, "{}", answer.body);
    }
}

#[test]
fn other_methods_and_bodies_do_nothing() {
    let (service, device) = (Service::start(), device());
    let code = check_code(&service, "ada@example.org");
    let target = format!("{PATH}?{}", urlencoded(&reset(&code, &[("device_id", &device)])));
    for method in ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let answer = send(service.address, method, &target, &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, POST")), "{method}");
    }
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x"] {
        refused(&service.post(&target, &[("Content-Type", kind)], "{}"), 415, "media type");
    }
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    refused(&service.post(PATH, &kind, "a=%ff"), 400, "read");
    let long = format!("{PATH}?{}&x={}", urlencoded(&[("device_id", &device)]), "y".repeat(20_000));
    refused(&service.get(&long), 414, "too long");
    assert_eq!(service.get(&target).said(), (200, SUCCESS));
}

#[test]
fn known_unknown_disabled_and_password_less_accounts_get_one_answer() {
    let (service, device) = (Service::start(), device());
    let asked = |login: &str| {
        let answer = post(
            &service,
            &[
                ("action", "FORGOTPASSWD"),
                ("login_name_toreset", login),
                ("check_channel", "sms"),
                ("sms_content", "Code [%resetpasswd_checkcode%]"),
                ("device_id", &device),
            ],
        );
        (answer.status, answer.body)
    };
    for login in ["ada", "nobody", "icarus", "echo", "twins"] {
        let answer = asked(&format!("{login}@example.org"));
        assert_eq!(answer, (200, SUCCESS.to_owned()), "{login}");
    }
    let message = service.messages(&of_account("ada", "phone"), 1).pop().unwrap();
    assert!(message["text"].as_str().unwrap().starts_with("Code "));
}
