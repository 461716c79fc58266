//! TLS, or no message.

use alloc::sync::Arc;
use core::net::IpAddr;

use repass::account::Contact;
use repass::port::Delivered;
use repass_lettre::rustls::{ClientConfig, ServerConfig};
use repass_lettre::{SetupError, Smtp};

use crate::server::{Act, Offers, Script, Server, certificate};
use crate::world::{deliver, error, service_address};

async fn starttls(
    server: Arc<ServerConfig>,
    client: Arc<ClientConfig>,
    script: Script,
) -> (Server, Smtp) {
    let server = Server::start(Offers::StartTls, Some(server), vec![script]).await;
    let smtp = Smtp::starttls("localhost", client, &service_address()).unwrap().port(server.port);
    (server, smtp)
}

#[tokio::test]
async fn messages_and_credentials_go_through_tls_only() {
    for offers in [Offers::StartTls, Offers::Implicit] {
        let (server, client) = certificate("localhost");
        let server = Server::start(offers, Some(server), Vec::new()).await;
        let new = if offers == Offers::Implicit { Smtp::implicit_tls } else { Smtp::starttls };
        let smtp = new("localhost", client, &service_address()).unwrap().port(server.port);
        let smtp = smtp.credentials("user", "secret").hello_name("host.example.org").unwrap();
        for _ in 0..2 {
            assert_eq!(deliver(&smtp).await.unwrap(), Delivered::Taken);
        }
        assert_eq!(server.connections().0, 1);
        assert!(server.received().iter().all(|mail| mail.was_encrypted));
        // base64 of NUL user NUL secret (RFC 4616).
        let auth = "AUTH PLAIN AHVzZXIAc2VjcmV0";
        let ehlo = "EHLO host.example.org";
        let expected = match offers {
            Offers::StartTls => &[ehlo, "STARTTLS", ehlo, auth][..],
            _ => &[ehlo, auth],
        };
        assert_eq!(server.commands()[..expected.len()], *expected);
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing() {
    let (server, client) = certificate("localhost");
    for reply in ["250 test", "250-test\r\n250-XSTARTTLS\r\n250 8BITMIME"] {
        let script = vec![("EHLO", Act::Say(reply))];
        let (server, smtp) = starttls(Arc::clone(&server), Arc::clone(&client), script).await;
        let smtp = smtp.credentials("user", "secret");
        let text = "smtp_no_starttls the mail server does not offer STARTTLS";
        assert_eq!(error(deliver(&smtp).await), text);
        assert_eq!(server.commands(), ["EHLO [127.0.0.1]"]);
    }
}

#[tokio::test]
async fn a_server_that_refuses_starttls_gets_nothing() {
    let (config, client) = certificate("localhost");
    for act in [
        Act::Say("454 4.7.0 not now"),
        Act::Say("554 never"),
        Act::Say("250 unexpected"),
        Act::Close,
        Act::Last("2"),
        Act::Flood,
        Act::Lines,
    ] {
        let script = vec![("STARTTLS", act)];
        let (server, smtp) = starttls(Arc::clone(&config), Arc::clone(&client), script).await;
        let error = error(deliver(&smtp).await);
        assert!(error.contains("STARTTLS"), "{error}");
        assert_eq!(server.commands().len(), 2);
    }
}

#[tokio::test]
async fn a_certificate_of_another_name_or_issuer_ends_the_connection() {
    let ((wrong, trusting), (right, _)) = (certificate("example.net"), certificate("localhost"));
    for server in [wrong, right] {
        for offers in [Offers::StartTls, Offers::Implicit] {
            let tls = Some(Arc::clone(&server));
            let server = Server::start(offers, tls, Vec::new()).await;
            let new = if offers == Offers::Implicit { Smtp::implicit_tls } else { Smtp::starttls };
            let smtp = new("localhost", Arc::clone(&trusting), &service_address()).unwrap();
            let smtp = smtp.port(server.port).credentials("user", "secret");
            assert_eq!(error(deliver(&smtp).await), "smtp_tls_failed no TLS with the mail server");
            assert!(!server.commands().iter().any(|line| line.starts_with("AUTH")));
            assert!(server.received().is_empty());
        }
    }
}

/// CVE-2011-0411: replies that were put behind the one to STARTTLS, in the clear, are not read under TLS.
#[tokio::test]
async fn cve_2011_0411_replies_in_the_clear_are_not_read_under_tls() {
    let (config, client) = certificate("localhost");
    let injected = "220 go ahead\r\n250 injected\r\n235 injected\r\n250 injected";
    for act in [Act::Say(injected), Act::Last(injected)] {
        let script = vec![("STARTTLS", act)];
        let (server, smtp) = starttls(Arc::clone(&config), Arc::clone(&client), script).await;
        let smtp = smtp.credentials("user", "secret");
        assert_eq!(error(deliver(&smtp).await), "smtp_tls_failed no TLS with the mail server");
        assert_eq!(server.commands(), ["EHLO [127.0.0.1]", "STARTTLS"]);
    }
}

#[tokio::test]
async fn wrong_credentials_are_an_error_that_shows_none() {
    let (config, client) = certificate("localhost");
    for reply in ["535 5.7.8 user secret unknown", "454 4.7.0 later", "334 VXNlcm5hbWU6"] {
        let script = vec![("AUTH", Act::Say(reply))];
        let (server, smtp) = starttls(Arc::clone(&config), Arc::clone(&client), script).await;
        let smtp = smtp.credentials("user", "secret");
        let shown = format!("{smtp:?}");
        assert!(!shown.contains("user") && !shown.contains("secret"), "{shown}");
        let error = error(deliver(&smtp).await);
        assert!(error.contains("the credentials"), "{error}");
        assert!(server.received().is_empty());
    }
}

#[test]
fn only_this_machine_is_reached_without_tls() {
    let from = service_address();
    for address in ["192.0.2.1", "0.0.0.0", "::", "2001:db8::1", "::ffff:192.0.2.1"] {
        let address: IpAddr = address.parse().unwrap();
        let refused = Smtp::unencrypted_on_loopback(address, &from);
        assert!(matches!(refused, Err(SetupError::NotLoopback)), "{address}");
    }
    for address in ["127.0.0.1", "127.255.0.3", "::1"] {
        assert!(Smtp::unencrypted_on_loopback(address.parse().unwrap(), &from).is_ok());
    }
}

#[test]
fn what_cannot_be_a_server_or_a_sender_is_told() {
    let (_, client) = certificate("localhost");
    let starttls = |host: &str, from: &Contact| {
        Smtp::starttls(host, Arc::clone(&client), from).map(drop).map_err(|error| error.code())
    };
    let phone = Contact::phone("+491701234567").unwrap();
    assert_eq!(starttls("a b", &service_address()), Err("smtp_host_name_invalid"));
    assert_eq!(starttls("smtp.example.org", &phone), Err("smtp_sender_invalid"));
    let smtp =
        || Smtp::starttls("smtp.example.org", Arc::clone(&client), &service_address()).unwrap();
    for name in ["", "a\r\nMAIL FROM:<eve@example.org>", "a b", "127.0.0.1"] {
        assert!(matches!(smtp().hello_name(name), Err(SetupError::HostName)), "{name:?}");
    }
    assert_eq!(format!("{:?}", smtp()), r#"Smtp { host: "smtp.example.org", port: 587, .. }"#);
}
