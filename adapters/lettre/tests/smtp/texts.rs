//! What arrives, read by another library than the one that wrote it.

use mail_parser::{MessageParser, MimeHeaders};
use repass::message::Message;
use repass::port::{Delivered, Notifier};
use repass_lettre::SetupError;

use crate::server::{Received, Server};
use crate::world::{at, to, written};

async fn sent(message: &Message, name: Option<&str>) -> Received {
    let server = Server::plain(Vec::new()).await;
    let smtp = to(&server);
    let smtp = name.map(|name| to(&server).sender_name(name).unwrap()).unwrap_or(smtp);
    assert_eq!(smtp.deliver(message, at(1)).await.unwrap(), Delivered::Taken);
    let [mail] = &server.received()[..] else { panic!("not one message") };
    mail.clone()
}

/// The text up to the first empty line.
fn head(mail: &Received) -> &str {
    let text = core::str::from_utf8(&mail.text).unwrap();
    text.split_once("\r\n\r\n").unwrap().0
}

#[tokio::test]
async fn a_plain_message_arrives_with_its_headers() {
    let text = "Hello {first_name},\n\n{link}\n";
    let message = written("Ada@example.org", "Ada", "Example", "New password", text, None).await;
    let mail = sent(&message, None).await;
    assert_eq!(mail.sender, "<service@example.org>");
    assert_eq!(mail.recipients, ["<Ada@example.org>"]);
    let id = message.message_id();
    for line in [
        "From: Example <service@example.org>",
        "To: Ada@example.org",
        "Subject: New password",
        "Date: Tue, 14 Nov 2023 22:13:21 +0000",
        "Auto-Submitted: auto-generated",
        "Content-Language: en",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        &format!("Message-ID: {id}"),
    ] {
        let count = head(&mail).split("\r\n").filter(|one| *one == line).count();
        assert_eq!(count, 1, "{line}\n{}", head(&mail));
    }
    let parsed = MessageParser::default().parse(&mail.text).unwrap();
    assert_eq!(parsed.message_id().map(|id| format!("<{id}>")).as_deref(), Some(id));
    let body = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(body.trim_end(), message.expose_secret().trim_end());
}

#[tokio::test]
async fn characters_of_any_script_arrive_as_they_were_written() {
    let subject = "Neues Passwort für Größe & Café – 新しいパスワード";
    let text = "Hallo {first_name} 👋,\n\n{link}\n\nÄÖÜ = ß\ttab, 100 % = =3D \n";
    let html = "<p>Hallo {first_name} 👋</p>\n<p><a href=\"{link}\">Größe</a></p>\n";
    let site = "Größe & Café";
    let message = written("ada@example.org", "Zoë", site, subject, text, Some(html)).await;
    let mail = sent(&message, None).await;
    assert!(mail.text.is_ascii());
    let parsed = MessageParser::default().parse(&mail.text).unwrap();
    assert_eq!(parsed.subject(), Some(message.subject()));
    let from = parsed.from().and_then(|from| from.first()).unwrap();
    assert_eq!((from.name(), from.address()), (Some(site), Some("service@example.org")));
    let unix = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    assert_eq!(unix(&parsed.body_text(0).unwrap()), unix(message.expose_secret()));
    assert_eq!(unix(&parsed.body_html(0).unwrap()), unix(message.expose_html().unwrap()));
    // Alternatives, the plain one first (RFC 2046, section 5.1.4).
    let root = parsed.part(0).unwrap();
    let kind = root.content_type().unwrap();
    assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("alternative")));
    let parts = [1, 2].map(|at| parsed.part(at).unwrap().content_type().unwrap().subtype());
    assert_eq!(parts, [Some("plain"), Some("html")]);
}

#[tokio::test]
async fn lines_that_begin_with_a_dot_arrive_whole_and_end_nothing() {
    let text = ".\n..\n.hidden\n\n{link}\n\nMAIL FROM:<eve@example.org>\n.\nQUIT\n";
    let message = written("ada@example.org", "Ada", "Example", "Dots", text, None).await;
    let mail = sent(&message, None).await;
    let parsed = MessageParser::default().parse(&mail.text).unwrap();
    let body = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(body.trim_end(), message.expose_secret().trim_end());
}

/// CWE-93.
#[tokio::test]
async fn no_name_adds_a_header_or_a_recipient() {
    let hostile = "Eve\r\nBcc: eve@example.org\r\n\r\n<eve@example.org>, \"";
    let server = Server::plain(Vec::new()).await;
    let refused = to(&server).sender_name(hostile);
    assert!(matches!(refused, Err(SetupError::SenderName)));
    let text = "Hello {first_name},\n\n{link}\n";
    let message = written("ada@example.org", hostile, "Example", "New", text, None).await;
    let mail = sent(&message, Some("<eve@example.org>, \"Bcc: eve@example.org\\")).await;
    assert_eq!(mail.recipients, ["<ada@example.org>"]);
    let parsed = MessageParser::default().parse(&mail.text).unwrap();
    assert!(parsed.bcc().is_none());
    let addresses: Vec<_> = parsed.from().unwrap().iter().map(|one| one.address()).collect();
    assert_eq!(addresses, [Some("service@example.org")], "{}", head(&mail));
    assert!(!head(&mail).split("\r\n").any(|line| line.to_lowercase().starts_with("bcc")));
}

#[tokio::test]
async fn a_long_line_arrives_within_the_limits_of_smtp() {
    let long = "word ".repeat(150);
    let text = format!("{long}\n\n{{link}}\n\n{}\n", "ü".repeat(400));
    let subject = "Subject ".repeat(20);
    let message = written("ada@example.org", "Ada", "Example", subject.trim(), &text, None).await;
    // The server has the limit of a line.
    let mail = sent(&message, None).await;
    let parsed = MessageParser::default().parse(&mail.text).unwrap();
    assert_eq!(parsed.subject(), Some(subject.trim()));
    let body = parsed.body_text(0).unwrap().replace("\r\n", "\n");
    assert_eq!(body.trim_end(), message.expose_secret().trim_end());
}
