//! Mails go to a relay and text messages to a webhook, both on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread::spawn;

use repass_service::Configuration;
use serde_json::json;

use crate::running::{Service, configuration};

/// A relay that takes everything; what it was told, envelope and text, message by message.
fn relay() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (took, taken) = channel();
    spawn(move || {
        for stream in listener.incoming().flatten() {
            let took = took.clone();
            spawn(move || {
                let _ = speak(stream, |message| took.send(message).is_ok());
            });
        }
    });
    (port, taken)
}

fn speak(mut stream: TcpStream, took: impl Fn(String) -> bool) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    stream.write_all(b"220 relay\r\n")?;
    let mut said = String::new();
    while let Some(line) = lines.next().transpose()? {
        said.push_str(&line);
        said.push('\n');
        match line.get(..4).unwrap_or_default() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    said.push_str(&line);
                    said.push('\n');
                }
                stream.write_all(b"250 taken\r\n")?;
                took(core::mem::take(&mut said));
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n"),
            _ => stream.write_all(b"250 relay\r\n")?,
        }
    }
    Ok(())
}

/// A gateway that takes everything; the requests as they came.
fn gateway() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (took, taken) = channel();
    spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") {
                let from = head.len();
                if reader.read_line(&mut head).unwrap() == 0 {
                    break;
                }
                let line = head[from..].to_ascii_lowercase();
                if let Some(value) = line.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
            stream.write_all(answer).unwrap();
            let _ = took.send(head + &String::from_utf8(body).unwrap());
        }
    });
    (port, taken)
}

fn with(delivery: &str) -> Configuration {
    let text = Configuration::DEMO.replace("outbox = true", "") + delivery;
    let mut read = Configuration::read(&text).unwrap_or_else(|error| panic!("{error}"));
    read.listen = configuration().listen;
    read.hashing = configuration().hashing;
    read
}

#[test]
fn a_mail_goes_to_the_relay_and_a_text_message_to_the_webhook() {
    let ((mail, mails), (sms, texts)) = (relay(), gateway());
    let service = Service::with(with(&format!(
        "[smtp]\nhost = \"127.0.0.1\"\ntls = \"none\"\nport = {mail}\nsender = \"service@example.org\"\n\
         [webhook]\nurl = \"http://127.0.0.1:{sms}/sms\"\n\
         key = \"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"\n"
    )));
    assert_eq!(service.get("/outbox.json").status, 404);
    assert_eq!(service.post_json("/v1/forgot", &json!({"login": "ada"})).status, 202);
    let mail = mails.recv().unwrap();
    for line in [
        "MAIL FROM:<service@example.org>",
        "RCPT TO:<ada@example.org>",
        "Subject: Reset your password for Repass demo",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(mail.lines().any(|own| own.starts_with(line)), "{line} is not in {mail}");
    }
    assert!(mail.contains("/reset?token="), "{mail}");
    let body = json!({"phone": "+49 170 1234567", "by": "code"});
    assert_eq!(service.post_json("/v1/forgot", &body).status, 202);
    let text = texts.recv().unwrap();
    assert!(text.starts_with("POST /sms HTTP/1.1\r\n"), "{text}");
    assert!(text.to_ascii_lowercase().contains("webhook-signature: v1,"), "{text}");
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!((&body["to"], &body["kind"]), (&json!("+491701234567"), &json!("code")));
    // What was delivered is in no log.
    let log = service.stop();
    assert!(!log.contains("ada") && !log.contains("491701234567"), "{log}");
}

#[test]
fn a_message_that_the_relay_does_not_take_is_tried_again() {
    // A port at which nobody listens.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = Configuration::DEMO.replace("outbox = true", "");
    let begin = text.find("[sms]").unwrap();
    let end = begin + text[begin..].find("[http]").unwrap();
    let text = text.replace(&text[begin..end], "")
        + &format!(
            "[smtp]\nhost = \"127.0.0.1\"\ntls = \"none\"\nport = {port}\nsender = \"a@example.org\"\n"
        );
    let mut read = Configuration::read(&text).unwrap();
    read.listen = configuration().listen;
    read.hashing = configuration().hashing;
    let service = Service::with(read);
    assert_eq!(service.post_json("/v1/forgot", &json!({"login": "ada"})).status, 202);
    let put_off = (0..100_000).any(|_| {
        let _ = service.get("/health");
        service.log().contains("entry_put_off")
    });
    assert!(put_off, "{}", service.log());
}

#[test]
fn what_cannot_deliver_is_refused_when_the_configuration_is_read() {
    let smtp = "[smtp]\nhost = \"smtp.example.org\"\nsender = \"a@example.org\"\n";
    let key = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let webhook = format!("[webhook]\nurl = \"https://sms.example.org/\"\nkey = \"{key}\"\n");
    let whole = format!("{smtp}{webhook}");
    let without_outbox = Configuration::DEMO.replace("outbox = true", "");
    let read = |text: &str, delivery: &str| Configuration::read(&format!("{text}{delivery}"));
    assert!(read(&without_outbox, &whole).is_ok());
    for (text, delivery, field) in [
        (without_outbox.as_str(), "", "smtp"),
        (&without_outbox, smtp, "webhook"),
        (Configuration::DEMO, &whole, "outbox"),
        (&without_outbox, &whole.replace("sender", "from"), "smtp.sender"),
        (&without_outbox, &whole.replace("host = ", "tls = \"none\"\nhost = "), "smtp.host"),
        (&without_outbox, &whole.replace("host = ", "tls = \"maybe\"\nhost = "), "smtp.tls"),
        (&without_outbox, &whole.replace("host = ", "user = \"u\"\nhost = "), "smtp.user"),
        (&without_outbox, &whole.replace("host = ", "port = 0\nhost = "), "smtp.port"),
    ] {
        assert_eq!(read(text, delivery).unwrap_err().field(), field, "{delivery}");
    }
}
