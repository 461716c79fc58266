//! CWE-400: bodies that are too large or too slow, and more work than there are slots, over real sockets.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use repass_axum::Mount;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::openapi;
use crate::world::{Shared, World};

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

/// Sends this text and no more, and reads until the server closes or has answered.
async fn send(address: SocketAddr, text: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that has answered reads no further.
    let _ = stream.write_all(text.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn head(path: &str, media_type: &str, rest: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: example.org\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: {media_type}\r\n{rest}\r\n\r\n"
    )
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let world = World::new();
    let address = serve(world.router.clone()).await;
    let body = "x".repeat(16 * 1024 + 1);
    let length = format!("Content-Length: {}", body.len());
    let chunked = format!("4001\r\n{body}\r\n0\r\n\r\n");
    for (rest, body) in [(length.as_str(), &body), ("Transfer-Encoding: chunked", &chunked)] {
        let answer = send(address, &(head("/v1/forgot", "application/json", rest) + body)).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("\"code\":\"too_large\""), "{answer}");
        let answer = send(address, &(head("/reset", FORM, rest) + body)).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("text/html"), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_slow_is_refused() {
    let slow = |mount: Mount<Shared>| mount.body_time(Duration::from_millis(20));
    let world = World::mounted(slow);
    let address = serve(world.router.clone()).await;
    for rest in ["Content-Length: 30", "Transfer-Encoding: chunked"] {
        for (path, _) in openapi::problems() {
            let answer = send(address, &head(path, "application/json", rest)).await;
            assert!(answer.starts_with("HTTP/1.1 408 "), "{path} {answer}");
            assert!(answer.contains("\"code\":\"too_slow\""), "{path} {answer}");
        }
        let answer = send(address, &head("/forgot", FORM, rest)).await;
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("text/html"), "{answer}");
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_503() {
    let late = |mount: Mount<Shared>| mount.time_limit(Duration::from_millis(20));
    let world = World::mounted(late);
    let address = serve(world.router.clone()).await;
    let head = head("/v1/forgot", "application/json", "Content-Length: 30");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 1024];
    let length = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]);
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 5"), "{answer}");
}

#[tokio::test]
async fn when_all_slots_are_taken_the_answer_is_503_and_no_try_is_counted() {
    use serde_json::json;

    use crate::client::Client;
    use crate::world::{NEW, OLD};

    let world = World::new();
    let mut client = Client::new(&world.router);
    client.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    client.json("/v1/forgot", &json!({ "who": "ada", "by": "link_and_code" })).await;
    let message = world.message().await;
    let mut slots = Vec::new();
    for _ in 0..world.hasher.slots() {
        slots.push(world.hashing.permit::<repass::hash::HashError>().await.unwrap());
    }
    for _ in 0..12 {
        let sign_in = json!({ "who": "ada", "password": OLD });
        let busy = client.json("/v1/sign-in", &sign_in).await;
        assert_eq!(busy.problem(), (503, "unavailable".to_owned()));
        let change = json!({ "old_password": OLD, "password": NEW });
        assert_eq!(client.json("/v1/password", &change).await.problem().0, 503);
    }
    let reset = json!({ "token": message.token("/reset"), "password": NEW });
    let busy = client.json("/v1/reset", &reset).await;
    assert_eq!((busy.problem().0, busy.header("retry-after")), (503, "5"));
    let attempt = busy.text("attempt");
    drop(slots);
    let sign_in = json!({ "who": "ada", "password": OLD });
    assert_eq!(client.json("/v1/sign-in", &sign_in).await.status, 200);
    let reset = json!({ "attempt": attempt, "password": NEW });
    assert_eq!(client.json("/v1/reset", &reset).await.status, 200);
}
