//! What takes too much: long bodies, slow bodies, slow heads.

use core::time::Duration;
use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::client::get;
use crate::running::{Service, configuration, of_system};

fn short() -> Service {
    let mut configuration = configuration();
    configuration.http.time_out = Duration::from_secs(1);
    Service::with(configuration)
}

/// Sends a part of a request and nothing more; what the service says before it closes the connection.
fn begun(service: &Service, request: &str) -> String {
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the service closes the connection");
    answer
}

#[test]
fn a_body_that_does_not_arrive_is_waited_for_no_longer_than_the_time_out() {
    let service = short();
    let key = of_system("001", "api_key");
    for target in
        ["/api/v1/user/forgot-password/", "/SMSApi/reseller/resetuserpassword", "/v1/forgot"]
    {
        let media_type = if target == "/v1/forgot" {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        let request = format!(
            "POST {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\napikey: {key}\r\n\
             Content-Type: {media_type}\r\nContent-Length: 100\r\n\r\nemail="
        );
        let answer = begun(&service, &request);
        assert!(
            answer.starts_with("HTTP/1.1 503") || answer.starts_with("HTTP/1.1 408"),
            "{answer}"
        );
    }
}

#[test]
fn a_head_that_does_not_arrive_is_waited_for_no_longer_than_the_time_out() {
    let service = short();
    // There is nothing to answer: the connection is closed.
    begun(&service, "GET /health HTTP/1.1\r\nHost: loc");
}

#[test]
fn a_long_body_is_refused_in_the_words_of_each_system() {
    let service = Service::start();
    let long = "a".repeat(17 * 1024);
    let key = of_system("001", "api_key");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let answer = service.post("/SMSApi/reseller/resetuserpassword", &[form], &long);
    assert_eq!(answer.said(), (413, "The request is too long."));
    let headers = [("apikey", &*key), form];
    let answer = service.post("/api/v1/user/forgot-password/", &headers, &long);
    assert_eq!((answer.status, answer.json()["status_code"].clone()), (413, json!(413)));
    let answer = service.post_json("/v1/forgot", &json!({ "who": long }));
    assert_eq!(answer.status, 413);
}

#[test]
fn metrics_can_have_an_address_of_their_own() {
    let mut configuration = configuration();
    configuration.http.metrics = repass_service::Metrics::At("127.0.0.1:0".parse().unwrap());
    let service = Service::with(configuration);
    assert_eq!(service.get("/metrics").status, 404);
    let metrics = get(service.metrics_address().unwrap(), "/metrics");
    assert!(metrics.body.contains("# TYPE repass_events_total counter"), "{}", metrics.body);
}

#[test]
fn an_answer_that_was_begun_is_finished_when_the_service_stops() {
    let service = Service::start();
    let mut stream = TcpStream::connect(service.address).unwrap();
    let body = "{\"login\": \"ada\"}";
    let head = format!(
        "POST /v1/forgot HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // It has been accepted when another connection is answered after it.
    assert_eq!(service.get("/health").status, 200);
    let stopping = std::thread::spawn(move || service.stop());
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    stopping.join().unwrap();
}
