//! A mail server that misbehaves as it is told.

use alloc::sync::Arc;
use core::net::Ipv4Addr;
use std::io;
use std::sync::Mutex;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// What the server does in place of what a good one does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Says this.
    Say(&'static str),
    /// Says this and closes.
    Last(&'static str),
    Close,
    /// Says nothing, and keeps the connection.
    Silence,
    /// Never ends its line.
    Flood,
    /// Has endless lines.
    Lines,
}

/// At which command it does so. The text of a message is `TEXT`, the beginning `GREETING`, and MAIL of a second message
/// on one connection `SECOND`.
pub(crate) type Script = Vec<(&'static str, Act)>;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offers {
    Nothing,
    StartTls,
    Implicit,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    pub(crate) sender: String,
    pub(crate) recipients: Vec<String>,
    pub(crate) text: Vec<u8>,
    pub(crate) was_encrypted: bool,
}

#[derive(Default)]
struct Log {
    received: Mutex<Vec<Received>>,
    commands: Mutex<Vec<String>>,
    connections: Mutex<(usize, usize, usize)>,
    changed: Notify,
}

/// What is at the other end, until the test ends.
pub(crate) struct Server {
    pub(crate) port: u16,
    log: Arc<Log>,
}

impl Server {
    /// Each connection follows its script, and those behind the last script are good.
    pub(crate) async fn start(
        offers: Offers,
        tls: Option<Arc<ServerConfig>>,
        scripts: Vec<Script>,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Log::default());
        let shared = Arc::clone(&log);
        tokio::spawn(async move {
            let mut scripts = scripts.into_iter();
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let script = scripts.next().unwrap_or_default();
                let (log, tls) = (Arc::clone(&shared), tls.clone());
                tokio::spawn(async move {
                    log.begun();
                    // A client that goes away is no fault of the server.
                    let _ = session(tcp, offers, tls, &script, &log).await;
                    log.ended();
                });
            }
        });
        Self { port, log }
    }

    /// Without TLS.
    pub(crate) async fn plain(scripts: Vec<Script>) -> Self {
        Self::start(Offers::Nothing, None, scripts).await
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.log.received.lock().unwrap().clone()
    }

    pub(crate) fn commands(&self) -> Vec<String> {
        self.log.commands.lock().unwrap().clone()
    }

    /// How many connections there were, and the most at once.
    pub(crate) fn connections(&self) -> (usize, usize) {
        let (all, _, most) = *self.log.connections.lock().unwrap();
        (all, most)
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, holds: impl Fn(&Self) -> bool) {
        loop {
            let changed = self.log.changed.notified();
            if holds(self) {
                return;
            }
            changed.await;
        }
    }
}

impl Log {
    fn begun(&self) {
        let mut connections = self.connections.lock().unwrap();
        connections.0 += 1;
        connections.1 += 1;
        connections.2 = connections.2.max(connections.1);
    }

    fn ended(&self) {
        self.connections.lock().unwrap().1 -= 1;
        self.changed.notify_one();
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

async fn session(
    tcp: tokio::net::TcpStream,
    offers: Offers,
    tls: Option<Arc<ServerConfig>>,
    script: &Script,
    log: &Log,
) -> io::Result<()> {
    let act = |command: &str| {
        let found = script.iter().find(|(at, _)| command.starts_with(at));
        found.map(|(_, act)| act.clone())
    };
    let mut encrypted = offers == Offers::Implicit;
    let acceptor = tls.map(TlsAcceptor::from);
    let mut wire: BufReader<Box<dyn Wire>> = match (&acceptor, encrypted) {
        (Some(acceptor), true) => BufReader::new(Box::new(acceptor.accept(tcp).await?)),
        _ => BufReader::new(Box::new(tcp)),
    };
    if !answer(&mut wire, act("GREETING"), "220 test ESMTP").await? {
        return Ok(());
    }
    let (mut mail, mut taken) = (Received::default(), 0_u32);
    loop {
        let mut line = String::new();
        if wire.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        log.commands.lock().unwrap().push(line.to_owned());
        log.changed.notify_one();
        let command = line.to_ascii_uppercase();
        let usual = match &command[..command.len().min(4)] {
            "EHLO" if encrypted || offers == Offers::Nothing => {
                "250-test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN"
            }
            "EHLO" => "250-test\r\n250 STARTTLS",
            "STAR" => "220 go ahead",
            "AUTH" => "235 welcome",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        let is_second = command.starts_with("MAIL") && taken > 0;
        if !answer(&mut wire, act(if is_second { "SECOND" } else { &command }), usual).await? {
            return Ok(());
        }
        if let Some(address) = line.strip_prefix("MAIL FROM:") {
            mail = Received { sender: address.to_owned(), was_encrypted: encrypted, ..mail };
        } else if let Some(address) = line.strip_prefix("RCPT TO:") {
            mail.recipients.push(address.to_owned());
        } else if command == "STARTTLS" {
            let acceptor = acceptor.as_ref().expect("a server with STARTTLS has a certificate");
            wire = BufReader::new(Box::new(acceptor.accept(wire.into_inner()).await?));
            encrypted = true;
        } else if command == "DATA" {
            mail.text = read_text(&mut wire).await?;
            log.received.lock().unwrap().push(core::mem::take(&mut mail));
            taken += 1;
            log.changed.notify_one();
            if !answer(&mut wire, act("TEXT"), "250 taken").await? {
                return Ok(());
            }
        } else if command == "QUIT" {
            return Ok(());
        }
    }
}

/// Whether the dialogue goes on.
async fn answer<W: Wire>(wire: &mut W, act: Option<Act>, usual: &str) -> io::Result<bool> {
    match act {
        None => wire.write_all(format!("{usual}\r\n").as_bytes()).await?,
        Some(Act::Say(reply)) => wire.write_all(format!("{reply}\r\n").as_bytes()).await?,
        Some(Act::Last(reply)) => {
            wire.write_all(format!("{reply}\r\n").as_bytes()).await?;
            wire.shutdown().await?;
            return Ok(false);
        }
        Some(Act::Close) => return Ok(false),
        // Until the client goes away.
        Some(Act::Silence) => {
            while wire.read_u8().await.is_ok() {}
            return Ok(false);
        }
        Some(Act::Flood) => loop {
            wire.write_all(&[b'2'; 4096]).await?;
        },
        Some(Act::Lines) => loop {
            wire.write_all(b"250-again\r\n").await?;
        },
    }
    Ok(true)
}

/// The text without the dots that were put before those at the beginning of a line (RFC 5321, section
/// 4.5.2).
async fn read_text<W: Wire>(wire: &mut BufReader<W>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        let mut line = Vec::new();
        if wire.read_until(b'\n', &mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        assert!(line.ends_with(b"\r\n"), "a line ends otherwise than with CR LF");
        assert!(line.len() <= 1000, "a line is longer than RFC 5321 allows");
        match line.strip_prefix(b".") {
            Some(b"\r\n") => return Ok(text),
            Some(rest) => text.extend(rest),
            None => text.extend(line),
        }
    }
}

/// A certificate for this name, and a client that trusts its issuer.
pub(crate) fn certificate(name: &str) -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let provider = || Arc::new(rustls::crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(issuer.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}
