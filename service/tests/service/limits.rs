//! What takes too much: long bodies, slow bodies, slow heads.

use core::time::Duration;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};

use repass_service::Log;
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
        // The client is late and not the service; and it is told so in the words of the route.
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(!answer.ends_with("\r\n\r\n"), "{answer}");
    }
}

/// A client that asks on and on, and takes no answer, is not waited for.
#[test]
fn a_client_that_never_reads_loses_its_connection() {
    let service = short();
    let mut stream = TcpStream::connect(service.address).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
    let request = format!("GET /forgot HTTP/1.1\r\nHost: {}\r\n\r\n", service.address);
    let many = request.repeat(100);
    let error = loop {
        if let Err(error) = stream.write_all(many.as_bytes()) {
            break error;
        }
    };
    let closed = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    assert!(closed.contains(&error.kind()), "{error}");
}

#[test]
fn more_connections_than_are_allowed_wait_for_one_that_ends() {
    let mut configuration = configuration();
    configuration.http.connections = 2;
    let service = Service::with(configuration);
    let request = format!("GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", service.address);
    let asked = || {
        let mut stream = TcpStream::connect(service.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    };
    let answered = |mut stream: &TcpStream| stream.read(&mut [0; 12]);
    let [first, second, third] = [(); 3].map(|()| asked());
    for stream in [&first, &second] {
        assert_eq!(answered(stream).unwrap(), 12);
    }
    third.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(answered(&third).is_err());
    drop(first);
    third.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(answered(&third).unwrap(), 12);
}

/// Writes nothing until its sender is dropped, as a pipe that nobody reads.
struct Blocked(Mutex<Receiver<()>>);

impl Write for Blocked {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let _ = self.0.lock().unwrap().recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_that_nobody_reads_stops_no_request() {
    let (sender, blocked) = channel();
    let service = Service::logging(configuration(), Log::new(Blocked(Mutex::new(blocked))));
    // Dropped before the service, which could not stop if the test fails.
    let unblock = sender;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let target = "/SMSApi/reseller/resetuserpassword";
    // Each writes a line.
    let lost = || service.get("/metrics").body.contains("repass_log_lines_lost_total{} ");
    let mut times = 0;
    while !lost() {
        assert!(times < 100, "no line is lost");
        times += 1;
        let mut stream = TcpStream::connect(service.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let one = format!(
            "POST {target} HTTP/1.1\r\nHost: {}\r\n{}: {}\r\nContent-Length: 0\r\n\r\n",
            service.address, form[0].0, form[0].1
        );
        for _ in 0..100 {
            stream.write_all(one.as_bytes()).unwrap();
            assert_ne!(stream.read(&mut [0; 4_096]).unwrap(), 0);
        }
    }
    drop(unblock);
}

#[test]
fn every_answer_says_what_browsers_must_not_make_of_it() {
    let service = Service::start();
    let targets = [
        "/",
        "/health",
        "/metrics",
        "/outbox",
        "/outbox.json",
        "/nothing",
        "/SMSApi/reseller/resetuserpassword",
        "/api/v1/user/forgot-password/",
        "/api/Settings/x",
        "/MapIHttpS/MapIS",
        "/api/auth/change-password",
        "/forgot",
        "/v1/policy",
    ];
    for target in targets {
        let answer = service.get(target);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
        let policy = answer.header("content-security-policy").expect(target);
        assert!(policy.contains("default-src 'none'"), "{target}");
        assert!(policy.contains("frame-ancestors 'none'"), "{target}");
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
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // It is begun when the body is asked for.
    let asked_for = "HTTP/1.1 100 Continue\r\n\r\n";
    let mut begun = vec![0; asked_for.len()];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(String::from_utf8(begun).unwrap(), asked_for);
    let stopping = std::thread::spawn(move || service.stop());
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    stopping.join().unwrap();
}
