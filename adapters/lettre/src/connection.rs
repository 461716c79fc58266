use alloc::sync::Arc;
use core::net::IpAddr;
use core::time::Duration;
use std::io;

use lettre::address::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::mail::Mail as Composed;
use crate::reply::Trouble;
use crate::settings::{Security, Settings};
use crate::stream::Stream;
use crate::{SmtpError, Stage};

/// How long one of the addresses of a server has to answer.
const ADDRESS_PATIENCE: Duration = Duration::from_secs(5);
/// RFC 5321, section 4.5.3.1.5, has 512 bytes; some servers have longer lines.
const MAX_LINE: usize = 1000;
const MAX_LINES: usize = 100;

/// A connection on which messages can be sent, one after the other. It is dropped in the middle of one if
/// anything goes wrong, so that no reply is taken for that to another message.
pub(crate) struct Connection {
    smtp: AsyncSmtpConnection,
    sent: u32,
}

impl Connection {
    pub(crate) async fn open(settings: &Settings) -> Result<Self, Trouble> {
        let tcp = connect(&settings.host, settings.port).await.map_err(SmtpError::Connect)?;
        let hello = match &settings.hello {
            Some(name) => name.clone(),
            None => match tcp.local_addr().map_err(SmtpError::Connect)?.ip() {
                IpAddr::V4(address) => ClientId::Ipv4(address),
                IpAddr::V6(address) => ClientId::Ipv6(address),
            },
        };
        let stream = match &settings.security {
            Security::Loopback => Stream::plain(tcp),
            Security::Implicit(name, config) => encrypt(tcp, name, config).await?,
            Security::StartTls(name, config) => {
                let tcp = start_tls(tcp, &hello).await?;
                encrypt(tcp, name, config).await?.greeted()
            }
        };
        let smtp = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello).await;
        let mut smtp = smtp.map_err(|error| Trouble::at(Stage::Greeting, &error))?;
        if let Some(credentials) = &settings.credentials {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let signed_in = smtp.auth(&mechanisms, credentials).await;
            signed_in.map_err(|error| Trouble::at(Stage::Authentication, &error))?;
        }
        Ok(Self { smtp, sent: 0 })
    }

    /// How many messages were sent on it.
    pub(crate) const fn sent(&self) -> u32 {
        self.sent
    }

    /// Sends one message to its one recipient.
    pub(crate) async fn send(&mut self, mail: &Composed) -> Result<(), Trouble> {
        let info = self.smtp.server_info();
        let mut parameters = Vec::new();
        let is_ascii = |address: &Address| address.user().is_ascii() && address.domain().is_ascii();
        if !is_ascii(&mail.from) || !is_ascii(&mail.to) {
            // Such an address reaches nobody through this server (RFC 6531, section 3.2).
            if !info.supports_feature(Extension::SmtpUtfEight) {
                return Err(Trouble::Rejected);
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !mail.bytes.is_ascii() {
            if !info.supports_feature(Extension::EightBitMime) {
                return Err(Trouble::Rejected);
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let sender = Mail::new(Some(mail.from.clone()), parameters);
        completed(Stage::Sender, self.smtp.command(sender).await)?;
        let recipient = Rcpt::new(mail.to.clone(), Vec::new());
        completed(Stage::Recipient, self.smtp.command(recipient).await)?;
        let begun = self.smtp.command(Data).await;
        // Any other code is the reply to something else.
        if !begun.map_err(|error| Trouble::at(Stage::Data, &error))?.has_code(354) {
            return Err(SmtpError::Broken { stage: Stage::Data }.into());
        }
        completed(Stage::Text, self.smtp.message(&mail.bytes).await)?;
        self.sent = self.sent.saturating_add(1);
        Ok(())
    }
}

/// A reply of 2xx. The library passes 3xx as well.
fn completed(stage: Stage, reply: Result<Response, Error>) -> Result<(), Trouble> {
    let reply = reply.map_err(|error| Trouble::at(stage, &error))?;
    let is_completed = (200..300).contains(&u16::from(reply.code()));
    if is_completed { Ok(()) } else { Err(SmtpError::Broken { stage }.into()) }
}

/// Tries the addresses of a server one after the other.
async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in lookup_host((host, port)).await? {
        match timeout(ADDRESS_PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

async fn encrypt(
    tcp: TcpStream,
    name: &ServerName<'static>,
    config: &Arc<ClientConfig>,
) -> Result<Stream, SmtpError> {
    let connector = TlsConnector::from(Arc::clone(config));
    Ok(Stream::encrypted(connector.connect(name.clone(), tcp).await.map_err(SmtpError::Tls)?))
}

/// The dialogue up to the moment at which both sides begin TLS.
///
/// It is read byte by byte, so that nothing which somebody on the way put behind a reply is taken for a
/// reply under TLS (CVE-2011-0411): it is part of the handshake, which fails.
async fn start_tls(mut tcp: TcpStream, hello: &ClientId) -> Result<TcpStream, SmtpError> {
    expect(&mut tcp, Stage::Greeting, 220).await?;
    write(&mut tcp, Stage::Greeting, &format!("EHLO {hello}\r\n")).await?;
    let offers = expect(&mut tcp, Stage::Greeting, 250).await?;
    if !offers.iter().any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(SmtpError::NoStartTls);
    }
    write(&mut tcp, Stage::StartTls, "STARTTLS\r\n").await?;
    expect(&mut tcp, Stage::StartTls, 220).await?;
    Ok(tcp)
}

async fn write(tcp: &mut TcpStream, stage: Stage, text: &str) -> Result<(), SmtpError> {
    tcp.write_all(text.as_bytes()).await.map_err(|_| SmtpError::Broken { stage })
}

/// The lines of a reply with this code, without the code.
async fn expect(tcp: &mut TcpStream, stage: Stage, code: u16) -> Result<Vec<String>, SmtpError> {
    let broken = || SmtpError::Broken { stage };
    let mut lines = Vec::new();
    while lines.len() < MAX_LINES {
        let line = read_line(tcp).await.ok_or_else(broken)?;
        let (digits, text) = line.split_at_checked(3).ok_or_else(broken)?;
        let is_code = digits.bytes().all(|byte| byte.is_ascii_digit());
        let got = digits.parse::<u16>().ok().filter(|_| is_code).ok_or_else(broken)?;
        if got != code {
            return Err(SmtpError::Refused { stage, code: got });
        }
        let is_last = !text.starts_with('-');
        lines.push(text.get(1..).unwrap_or_default().to_owned());
        if is_last {
            return Ok(lines);
        }
    }
    Err(broken())
}

async fn read_line(tcp: &mut TcpStream) -> Option<String> {
    let mut line = Vec::new();
    while line.len() < MAX_LINE {
        match tcp.read_u8().await.ok()? {
            b'\n' => return String::from_utf8(line).ok().map(|line| line.trim_end().to_owned()),
            byte => line.push(byte),
        }
    }
    None
}
