//! What a server does wrong, and what becomes of the message.

use core::time::Duration;

use repass::port::{Delivered, Notifier};
use repass_lettre::Smtp;

use crate::server::{Act, Script, Server};
use crate::world::{at, deliver, error, message, service_address, to, written};

async fn against(script: Script) -> (Server, Smtp) {
    let server = Server::plain(vec![script]).await;
    let smtp = to(&server);
    (server, smtp)
}

#[tokio::test]
async fn a_temporary_refusal_at_any_stage_is_an_error() {
    for (stage, name) in [
        ("GREETING", "the connection"),
        ("EHLO", "the connection"),
        ("MAIL", "the sender"),
        ("RCPT", "the recipient"),
        ("DATA", "DATA"),
        ("TEXT", "the text"),
    ] {
        for (reply, code) in [
            ("451 4.3.0 secret trouble with ada@example.org", 451),
            ("450-4.2.0 first line\r\n450 4.2.0 greylisted", 450),
            ("452 4.2.2 full", 452),
        ] {
            let (server, smtp) = against(vec![(stage, Act::Say(reply))]).await;
            let expected = format!("smtp_refused the mail server refused {name} with {code}");
            assert_eq!(error(deliver(&smtp).await), expected);
            // A later message is not hurt.
            assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Taken, "{stage}");
            assert_eq!(server.connections().0, 2);
        }
    }
}

#[tokio::test]
async fn what_is_refused_for_good_is_rejected() {
    for (stage, reply) in [
        ("RCPT", "550 5.1.1 no such user ada@example.org"),
        ("RCPT", "550 no such user"),
        ("RCPT", "551 user not local"),
        ("RCPT", "552 5.2.2 mailbox full for good"),
        ("RCPT", "553 5.1.3 bad syntax"),
        ("RCPT", "550-5.1.1 no\r\n550 5.1.1 such user"),
        ("RCPT", "556 5.1.10 null MX"),
        ("DATA", "554 no valid recipients"),
        ("TEXT", "554 5.6.0 not liked"),
        ("TEXT", "550 5.1.1 no such user"),
    ] {
        let (_server, smtp) = against(vec![(stage, Act::Say(reply))]).await;
        assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Rejected, "{stage} {reply}");
        assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Taken);
    }
}

/// A message that is dropped for a wrong configuration would be missing when that has been put right.
#[tokio::test]
async fn a_refusal_of_the_service_itself_rejects_no_recipient() {
    for (stage, reply) in [
        ("GREETING", "554 no service"),
        ("EHLO", "550 not to you"),
        ("MAIL", "550 5.1.8 bad sender"),
        ("MAIL", "553 5.7.1 sender not owned by user"),
        ("RCPT", "554 5.7.1 relay access denied"),
        ("RCPT", "550 5.1.8 bad sender"),
        ("RCPT", "550 5.1.7 bad sender's address"),
        ("RCPT", "530 5.7.0 authentication required"),
        ("RCPT", "503 bad sequence"),
        ("RCPT", "555 unknown parameter"),
        ("DATA", "503 5.5.1 no recipients"),
        ("TEXT", "554 5.3.0 out of order"),
    ] {
        let (_server, smtp) = against(vec![(stage, Act::Say(reply))]).await;
        let code = &reply[..3];
        let error = error(deliver(&smtp).await);
        assert!(error.starts_with("smtp_refused") && error.ends_with(code), "{reply}: {error}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_at_any_stage_is_an_error() {
    for stage in ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "TEXT"] {
        for act in [Act::Close, Act::Last("25")] {
            let (server, smtp) = against(vec![(stage, act)]).await;
            let error = error(deliver(&smtp).await);
            assert!(error.starts_with("smtp_broken"), "{stage}: {error}");
            // Only a server that had the whole text may have taken it.
            assert_eq!(server.received().len(), usize::from(stage == "TEXT"));
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let loopback = core::net::Ipv4Addr::LOCALHOST.into();
    let smtp = Smtp::unencrypted_on_loopback(loopback, &service_address()).unwrap().port(port);
    assert_eq!(error(deliver(&smtp).await), "smtp_connect_failed no connection to the mail server");
}

#[tokio::test]
async fn a_server_that_says_nothing_costs_the_timeout_and_no_more() {
    for stage in ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "TEXT"] {
        let (server, smtp) = against(vec![(stage, Act::Silence)]).await;
        let smtp = smtp.timeout(Duration::from_millis(50));
        let error = error(deliver(&smtp).await);
        assert_eq!(error, "smtp_timed_out the mail server took too long", "{stage}");
        // The connection is not used for the next message, whose reply it could still give.
        let smtp = smtp.timeout(Duration::from_secs(10));
        assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Taken);
        assert_eq!(server.connections().0, 2);
    }
}

#[tokio::test]
async fn a_reply_without_an_end_is_not_read_to_its_end() {
    for act in [Act::Flood, Act::Lines] {
        for stage in ["GREETING", "EHLO", "RCPT", "TEXT"] {
            let (_server, smtp) = against(vec![(stage, act.clone())]).await;
            let error = error(deliver(&smtp).await);
            assert!(error.starts_with("smtp_broken"), "{stage} {act:?}: {error}");
        }
    }
}

/// A server that says one thing twice is one reply ahead of the dialogue; no reply of it counts as the one to
/// another command.
#[tokio::test]
async fn a_reply_that_belongs_to_something_else_takes_no_message() {
    for script in [
        vec![("MAIL", Act::Say("250 ok\r\n250 ok"))],
        vec![("DATA", Act::Say("250 ok"))],
        vec![("TEXT", Act::Say("354 go on"))],
        vec![("MAIL", Act::Say("334 go on"))],
    ] {
        let (_server, smtp) = against(script).await;
        assert!(error(deliver(&smtp).await).starts_with("smtp_broken"));
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::plain(Vec::new()).await;
    let smtp = to(&server);
    for _ in 0..3 {
        assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Taken);
    }
    assert_eq!((server.connections().0, server.received().len()), (1, 3));
}

#[tokio::test]
async fn a_new_connection_is_made_if_the_server_has_closed_the_idle_one() {
    for act in [Act::Close, Act::Last("421 4.4.2 idle for too long")] {
        let server = Server::plain(vec![vec![("SECOND", act)]]).await;
        let smtp = to(&server);
        for _ in 0..2 {
            assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Taken);
        }
        assert_eq!((server.connections().0, server.received().len()), (2, 2));
    }
    // What is refused for another reason is not sent a second time.
    let refused = Act::Say("450 4.7.1 not so fast");
    let server = Server::plain(vec![vec![("SECOND", refused)]]).await;
    let smtp = to(&server);
    assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Taken);
    assert!(error(deliver(&smtp).await).ends_with("refused the sender with 450"));
    assert_eq!(server.connections().0, 1);
}

#[tokio::test]
async fn a_delivery_that_is_dropped_leaves_no_connection_behind() {
    let server = Server::plain(vec![vec![("TEXT", Act::Silence)]]).await;
    let smtp = to(&server);
    let message = message().await;
    tokio::select! {
        _ = smtp.deliver(&message, at(1)) => unreachable!("the server says nothing"),
        () = server.until(|server| server.received().len() == 1) => {}
    }
    assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Taken);
    assert_eq!(server.connections().0, 2);
}

#[tokio::test]
async fn at_most_so_many_connections_are_open_at_once() {
    let server = Server::plain(Vec::new()).await;
    let smtp = to(&server).connections(2);
    let message = message().await;
    let (smtp, message) = (&smtp, &message);
    let deliver = || smtp.deliver(message, at(1));
    let all = tokio::join!(deliver(), deliver(), deliver(), deliver(), deliver(), deliver());
    for result in [all.0, all.1, all.2, all.3, all.4, all.5] {
        assert_eq!(result.unwrap(), Delivered::Taken);
    }
    assert_eq!((server.connections().1, server.received().len()), (2, 6));
}

#[tokio::test]
async fn an_address_beyond_ascii_needs_a_server_that_takes_it() {
    let text = "{link}\n";
    let message = written("jürgen@example.org", "Jürgen", "Example", "New", text, None).await;
    let (_server, smtp) = against(vec![("EHLO", Act::Say("250-test\r\n250 8BITMIME"))]).await;
    assert_eq!(smtp.deliver(&message, at(1)).await.unwrap(), Delivered::Rejected);
    let (server, smtp) = against(Vec::new()).await;
    assert_eq!(smtp.deliver(&message, at(1)).await.unwrap(), Delivered::Taken);
    assert_eq!(server.received()[0].recipients, ["<jürgen@example.org>"]);
    assert!(server.commands().iter().any(|line| line.ends_with(" SMTPUTF8 BODY=8BITMIME")));
}
