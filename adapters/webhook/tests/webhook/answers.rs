//! What a provider answers, and what becomes of the message.

use core::time::Duration;

use repass::message::Message;
use repass::port::{Delivered, Notifier};
use repass::time::UtcDateTime;
use repass_webhook::{Post, SmsProvider, Verdict, Webhook, WebhookError};

use crate::server::{Act, Server};
use crate::world::{at, deliver, error, message, to};

#[tokio::test]
async fn each_status_means_what_its_table_says() {
    for status in [200, 201, 202, 204, 299] {
        let act = if status == 204 {
            Act::Bytes("HTTP/1.1 204 No Content\r\n\r\n")
        } else {
            Act::Answer(status, "", "{}")
        };
        let server = Server::plain(vec![act]).await;
        assert_eq!(deliver(&to(&server)).await.unwrap(), Delivered::Taken, "{status}");
    }
    for status in [400, 406, 409, 410, 413, 415, 422, 451, 499] {
        let server = Server::plain(vec![Act::Answer(status, "", "{}")]).await;
        assert_eq!(deliver(&to(&server)).await.unwrap(), Delivered::Rejected, "{status}");
    }
    for status in [
        300, 304, 401, 402, 403, 404, 405, 407, 408, 425, 429, 500, 501, 502, 503, 504, 599, 600,
        999,
    ] {
        let server = Server::plain(vec![Act::Answer(status, "", "{}")]).await;
        let failed = error(deliver(&to(&server)).await);
        assert_eq!(failed, WebhookError::Status { status });
    }
}

/// CWE-918: an answer leads nowhere.
#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::plain(Vec::new()).await;
    let location = format!("location: {}\r\n", other.url());
    for status in [301, 302, 303, 307, 308] {
        let location: &'static str = location.clone().leak();
        let server = Server::plain(vec![Act::Answer(status, location, "")]).await;
        let failed = error(deliver(&to(&server)).await);
        assert_eq!(failed, WebhookError::Status { status });
        assert_eq!((server.received().len(), other.received().len()), (1, 0));
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_or_gives_no_answer_is_an_error() {
    for bytes in [
        "",
        "HTTP/1.1 20",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "220 smtp.example.org ESMTP\r\n",
        "\r\n\r\n",
        "HTTP/1.1 -200 OK\r\n\r\n",
    ] {
        let server = Server::plain(vec![Act::Bytes(bytes)]).await;
        let failed = error(deliver(&to(&server)).await);
        assert_eq!(failed, WebhookError::Broken, "{bytes:?}");
    }
    let server = Server::plain(vec![Act::Headers]).await;
    assert_eq!(error(deliver(&to(&server)).await), WebhookError::Broken);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let webhook = Webhook::unencrypted_on_loopback(&url, Words).unwrap();
    assert_eq!(error(deliver(&webhook).await), WebhookError::Connect);
}

#[tokio::test]
async fn a_provider_that_says_nothing_costs_the_timeout_and_no_more() {
    let server = Server::plain(vec![Act::Silence]).await;
    let webhook = to(&server).timeout(Duration::from_millis(50));
    assert_eq!(error(deliver(&webhook).await), WebhookError::TimedOut);
    let webhook = webhook.timeout(Duration::from_secs(10));
    assert_eq!(deliver(&webhook).await.unwrap(), Delivered::Taken);
}

/// The status of 2xx was said, so that another delivery would only be a second message.
#[tokio::test]
async fn a_body_that_nobody_reads_does_not_matter() {
    for act in [Act::Body, Act::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nends early")] {
        let server = Server::plain(vec![act]).await;
        let webhook = to(&server);
        assert_eq!(deliver(&webhook).await.unwrap(), Delivered::Taken);
        // Nothing of it is taken for the next answer.
        assert_eq!(deliver(&webhook).await.unwrap(), Delivered::Taken);
    }
}

/// A provider that says in the body what it means.
struct Words;

impl SmsProvider for Words {
    const MOST_OF_ANSWER: usize = 16;

    fn post(&self, message: &Message, _now: UtcDateTime) -> Option<Post> {
        Post::new("text/plain", message.to().as_str().into())
    }

    fn verdict(&self, status: u16, answer: &[u8]) -> Verdict {
        match answer {
            b"sent" => Verdict::Taken,
            b"no such number" => Verdict::Rejected,
            _ => Verdict::of_status(status).unless_taken(),
        }
    }
}

#[tokio::test]
async fn a_provider_of_the_host_reads_the_body_up_to_its_limit() {
    let cases = [
        (Act::Answer(200, "", "sent"), Ok(Delivered::Taken)),
        (Act::Answer(200, "", "no such number"), Ok(Delivered::Rejected)),
        (Act::Answer(200, "", "try later"), Err(WebhookError::Status { status: 200 })),
        (Act::Answer(400, "", "bad request"), Ok(Delivered::Rejected)),
        (Act::Answer(200, "", "seventeen letters"), Err(WebhookError::AnswerTooLong)),
        (Act::Body, Err(WebhookError::AnswerTooLong)),
        (
            Act::Bytes("HTTP/1.1 200 OK\r\ncontent-length: 14\r\n\r\nsent"),
            Err(WebhookError::Broken),
        ),
    ];
    for (act, expected) in cases {
        let server = Server::plain(vec![act.clone()]).await;
        let webhook = Webhook::unencrypted_on_loopback(&server.url(), Words).unwrap();
        let result = deliver(&webhook).await;
        let result = if let Ok(delivered) = result { Ok(delivered) } else { Err(error(result)) };
        assert_eq!(result, expected, "{act:?}");
        assert_eq!(server.received()[0].body, b"+49 170 1234567");
    }
}

#[tokio::test]
async fn at_most_so_many_requests_are_made_at_once() {
    let server = Server::plain(Vec::new()).await;
    let webhook = to(&server).requests(2);
    let message = message().await;
    let (webhook, message) = (&webhook, &message);
    let one = || webhook.deliver(message, at(1));
    let all = tokio::join!(one(), one(), one(), one(), one(), one());
    for result in [all.0, all.1, all.2, all.3, all.4, all.5] {
        assert_eq!(result.unwrap(), Delivered::Taken);
    }
    assert_eq!(server.received().len(), 6);
    assert!(server.most_at_once() <= 2, "{}", server.most_at_once());
}

#[test]
fn errors_name_what_happened_and_nothing_else() {
    let refused = WebhookError::Status { status: 503 };
    assert_eq!(refused.to_string(), "the SMS provider answered with status 503");
    assert_eq!(refused.code(), "webhook_refused");
}
