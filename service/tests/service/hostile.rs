//! What strangers send to make the service slow, or to make it read something else than a proxy before it.

use core::time::Duration;

use serde_json::json;

use crate::client::{multipart, send};
use crate::running::{Service, configuration, of_account, of_system};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Whatever reads the headers of a request is given no more than 32 KiB and 64 of them.
#[test]
fn a_long_head_is_refused() {
    let service = Service::start();
    let short = "a=b; ".repeat(4 * 1024);
    assert_eq!(send(service.address, "GET", "/forgot", &[("cookie", &short)], b"").status, 200);
    let long = "a=b; ".repeat(8 * 1024);
    assert_eq!(send(service.address, "GET", "/forgot", &[("cookie", &long)], b"").status, 431);
    assert_eq!(send(service.address, "GET", "/forgot", &[("x", "y"); 60], b"").status, 200);
    assert_eq!(send(service.address, "GET", "/forgot", &[("x", "y"); 64], b"").status, 431);
}

/// Callers without credentials are read as well, so that reading must not take the square of what they send.
#[test]
fn more_parameters_than_any_system_has_are_refused_while_they_are_read() {
    let service = Service::start();
    let too_many = "There are too many parameters.";
    let names: Vec<_> = (0..40).map(|number| format!("n{number}")).collect();
    let pairs: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
    let query = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    let query = query.collect::<Vec<_>>().join("&");
    let target = "/SMSApi/reseller/resetuserpassword";
    assert_eq!(service.post(target, &[FORM], &query).said(), (400, too_many));
    let mapi = "/MapIHttpS/MapIS";
    let half: Vec<_> = query.splitn(21, '&').collect();
    let (first, rest) = (half[..20].join("&"), half[20]);
    for answer in [
        service.get(&format!("{mapi}?{query}")),
        service.post(mapi, &[FORM], &query),
        service.post(&format!("{mapi}?{first}"), &[FORM], rest),
    ] {
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains(too_many), "{}", answer.body);
    }
    let (key, target) = (of_system("001", "api_key"), "/api/v1/user/forgot-password/");
    let (parts, body) = multipart(&pairs);
    let members: serde_json::Map<_, _> =
        names.iter().map(|name| (name.clone(), json!("x"))).collect();
    let members = serde_json::Value::from(members).to_string();
    for (media_type, body) in [(parts.as_str(), &*body), ("application/json", &*members)] {
        let headers = [("apikey", &*key), ("content-type", media_type)];
        let answer = service.post(target, &headers, body);
        assert_eq!(answer.status, 400);
        assert!(answer.body.contains(too_many), "{}", answer.body);
    }
}

/// The cookie of a session, as a sign-in sets it.
pub(crate) fn session(service: &Service, login: &str, password: &str) -> String {
    let body = json!({"login": login, "password": password});
    let answer = service.post_json("/v1/sign-in", &body);
    let cookie = answer.header("set-cookie").expect("a session");
    cookie.split(';').next().unwrap().to_owned()
}

/// Whether a request with these cookies is one of a person who is signed in: then a wrong present password is
/// refused as that.
pub(crate) fn is_signed_in(service: &Service, cookies: &[u8]) -> bool {
    let body =
        json!({"old_password": "not the present one", "password": "plum-kettle-42"}).to_string();
    let head = format!(
        "POST /v1/password HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\nCookie: ",
        service.address,
        body.len()
    );
    let request = [head.as_bytes(), cookies, b"\r\n\r\n", body.as_bytes()].concat();
    let answer = crate::client::exchange(service.address, &request);
    match answer.json()["code"].as_str() {
        Some("signed_out") => false,
        Some("wrong_password") => true,
        code => panic!("{code:?}: {}", answer.body),
    }
}

#[test]
fn cookies_are_read_as_bytes() {
    let service = Service::start();
    let cookie = session(&service, "ada", &of_account("ada", "password"));
    let cookie = cookie.as_bytes();
    assert!(is_signed_in(&service, cookie));
    assert!(is_signed_in(&service, &[b"other=\xff\xe9; ", cookie].concat()));
    assert!(is_signed_in(&service, &[cookie, b" ;\tother=\xff"].concat()));
    // A browser lets any page of a sibling domain set this name, since the space is a part of it.
    for space in ["\u{2000}", "\u{a0}", "\u{85}"] {
        assert!(!is_signed_in(&service, &[space.as_bytes(), cookie].concat()));
    }
    assert!(!is_signed_in(&service, &[cookie, b"; ", cookie].concat()));
}

/// A proxy could have looked at the other one.
#[test]
fn headers_that_are_there_twice_are_refused() {
    let service = Service::start();
    let (key_000, key_001) = (of_system("000", "api_key"), of_system("001", "api_key"));
    let json = ("content-type", "application/json");
    let twice = |target: &str, headers: &[(&str, &str)], name: &str, body: &str, status: u16| {
        let once = service.post(target, headers, body);
        assert_ne!(once.status, status, "{}", once.body);
        let mut headers = headers.to_vec();
        let again = *headers.iter().find(|(own, _)| *own == name).unwrap();
        headers.push(again);
        let answer = service.post(target, &headers, body);
        assert_eq!(answer.status, status, "{target} {name}: {}", answer.body);
    };
    let (reseller, forgot) =
        ("/SMSApi/reseller/resetuserpassword", "/api/v1/user/forgot-password/");
    let body = "userloginname=nobody&newPassword=Kettle-orbit-42";
    twice(reseller, &[("apikey", &key_000), FORM], "apikey", body, 401);
    twice(reseller, &[("apikey", &key_000), FORM], "content-type", body, 415);
    twice(forgot, &[("apikey", &key_001), FORM], "apikey", "email=ada", 401);
    let bearer = format!("Bearer {}", of_account("ada", "bearer"));
    let headers = [("apikey", &*key_001), ("authorization", &*bearer), FORM];
    let change = "/api/v1/user/profile/change-password/";
    twice(change, &headers, "authorization", "old_password=", 401);
    let key = of_system("002", "authorization");
    let headers = [("authorization", &*key), json];
    let forgot = "/api/Authentication/SecureForgotPassword";
    twice(forgot, &headers, "authorization", "{}", 401);
    let bearer = format!("Bearer {}", of_account("ada", "jwt"));
    let headers = [("authorization", &*bearer), json];
    twice("/api/auth/reset-password/resend", &headers, "authorization", "{}", 401);
}

/// A demonstration behind a proxy would show everybody its messages.
#[test]
fn what_proxies_add_is_refused_by_a_service_for_this_machine() {
    let service = Service::start();
    for name in ["X-Original-Forwarded-For", "True-Client-IP", "CF-Connecting-IP", "X-Real-IP"] {
        let headers = [(name, "192.0.2.1")];
        let answer = send(service.address, "GET", "/outbox.json", &headers, b"");
        assert_eq!(answer.status, 400, "{name}");
    }
}

/// A copy of a cookie must not open an account for ever.
#[test]
fn a_session_ends_after_its_time() {
    let password = of_account("ada", "password");
    let mut configuration = configuration();
    configuration.http.session_time = Duration::ZERO;
    let service = Service::with(configuration);
    let cookie = session(&service, "ada", &password);
    assert!(!is_signed_in(&service, cookie.as_bytes()));
    let service = Service::start();
    let cookie = session(&service, "ada", &password);
    assert!(is_signed_in(&service, cookie.as_bytes()));
    // The time is signed, as everything else of it.
    let parts: Vec<_> = cookie.split('.').collect();
    let [id, tag, begun, mac] = parts[..] else { panic!("{cookie}") };
    let later = begun.parse::<i64>().unwrap() + 60;
    for forged in [
        format!("{id}.{tag}.{later}.{mac}"),
        format!("{id}.{tag}.{begun}."),
        format!("{id}.{tag}.{begun}"),
        format!("{id}.{tag}"),
        format!("{id}61.{tag}.{begun}.{mac}"),
        format!("{id}.{tag}.{begun}.{}", "0".repeat(64)),
    ] {
        assert!(!is_signed_in(&service, forged.as_bytes()), "{forged}");
    }
}

#[test]
fn a_person_signs_out_by_the_page_that_follows_the_sign_in() {
    let service = Service::start();
    let cookie = session(&service, "ada", &of_account("ada", "password"));
    assert!(!service.get("/").body.contains("/sign-out"));
    let page = send(service.address, "GET", "/", &[("cookie", &cookie)], b"");
    assert!(page.body.contains("<form method=post action=\"/sign-out\">"), "{}", page.body);
    assert!(page.body.contains("href=\"/outbox\""), "{}", page.body);
    assert_eq!(service.get("/sign-out").status, 405);
    let site = |site| [("cookie", &*cookie), ("sec-fetch-site", site)];
    let answer = service.post("/sign-out", &site("cross-site"), "");
    assert_eq!((answer.status, answer.header("set-cookie")), (403, None));
    let answer = service.post("/sign-out", &site("same-origin"), "");
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    let removed = "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";
    assert_eq!(answer.header("set-cookie"), Some(removed));
}
