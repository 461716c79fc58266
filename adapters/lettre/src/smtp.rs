use alloc::sync::Arc;
use core::fmt;
use core::net::IpAddr;
use core::time::Duration;
use std::sync::{Mutex, PoisonError};

use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use repass::account::{Channel, Contact};
use repass::message::Message;
use repass::port::{Delivered, Notifier, PortError};
use repass::time::UtcDateTime;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

use crate::connection::Connection;
use crate::mail::Mail;
use crate::reply::Trouble;
use crate::settings::{Security, Settings};
use crate::{SetupError, SmtpError};

/// Delivers mails to one relay by SMTP, over TLS.
///
/// What the server refuses for good is [`Delivered::Rejected`]: 550 to 554 and 556 to the recipient or to the text,
/// unless its enhanced code is about the server, the protocol, a policy or the sender. Everything else is an
/// [`SmtpError`], and is tried again by the worker.
///
/// A connection is kept for the next message for some seconds. It is closed if anything goes wrong in a
/// message, and also if the future of a delivery is dropped.
pub struct Smtp {
    settings: Settings,
    places: Semaphore,
    idle: Mutex<Vec<(Connection, Instant)>>,
}

impl Smtp {
    /// The longest time for one message. A worker allows 30 s for an entry.
    pub const LONGEST_TIMEOUT: Duration = Duration::from_secs(25);

    /// Servers close connections after some minutes, and some of them after seconds.
    const LONGEST_IDLE: Duration = Duration::from_secs(10);
    const MOST_ON_ONE_CONNECTION: u32 = 100;

    /// A server that is asked for TLS by STARTTLS (RFC 3207), at port 587. Nothing is sent to one that
    /// does not offer it. `from` is the sender.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if the name is no host name, or the sender no e-mail address.
    pub fn starttls(
        host: &str,
        tls: Arc<ClientConfig>,
        from: &Contact,
    ) -> Result<Self, SetupError> {
        Self::new(host, 587, Security::StartTls(server_name(host)?, tls), from)
    }

    /// A server with TLS from the first byte on (RFC 8314, section 3.3), at port 465.
    ///
    /// # Errors
    ///
    /// As [`starttls`](Self::starttls).
    pub fn implicit_tls(
        host: &str,
        tls: Arc<ClientConfig>,
        from: &Contact,
    ) -> Result<Self, SetupError> {
        Self::new(host, 465, Security::Implicit(server_name(host)?, tls), from)
    }

    /// A relay on this machine that has no TLS, at port 25.
    ///
    /// # Errors
    ///
    /// [`SetupError::NotLoopback`] if the address is that of another machine, or [`SetupError::Sender`].
    pub fn unencrypted_on_loopback(address: IpAddr, from: &Contact) -> Result<Self, SetupError> {
        if !address.is_loopback() {
            return Err(SetupError::NotLoopback);
        }
        Self::new(&address.to_string(), 25, Security::Loopback, from)
    }

    fn new(host: &str, port: u16, security: Security, from: &Contact) -> Result<Self, SetupError> {
        let from = from.as_str().parse().map_err(|_| SetupError::Sender)?;
        let settings = Settings {
            host: host.to_owned(),
            port,
            security,
            credentials: None,
            hello: None,
            from,
            name: None,
            timeout: Duration::from_secs(20),
        };
        Ok(Self { settings, places: Semaphore::new(4), idle: Mutex::default() })
    }

    /// Another port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.settings.port = port;
        self
    }

    /// Signs in with AUTH PLAIN, or else LOGIN.
    #[must_use]
    pub fn credentials(mut self, user: &str, password: &str) -> Self {
        self.settings.credentials = Some(Credentials::new(user.to_owned(), password.to_owned()));
        self
    }

    /// The name beside the address of the sender, in place of [`Message::site`].
    ///
    /// # Errors
    ///
    /// [`SetupError::SenderName`] unless it is 1 to 80 characters without control characters.
    pub fn sender_name(mut self, name: &str) -> Result<Self, SetupError> {
        let is_short = (1..=80).contains(&name.chars().count());
        if !is_short || name.trim() != name || name.contains(char::is_control) {
            return Err(SetupError::SenderName);
        }
        self.settings.name = Some(name.to_owned());
        Ok(self)
    }

    /// The name of this machine, for EHLO, where the server asks for one. It is the IP address by default.
    ///
    /// # Errors
    ///
    /// [`SetupError::HostName`].
    pub fn hello_name(mut self, name: &str) -> Result<Self, SetupError> {
        let ServerName::DnsName(_) = server_name(name)? else { return Err(SetupError::HostName) };
        self.settings.hello = Some(ClientId::Domain(name.to_owned()));
        Ok(self)
    }

    /// The most connections at once: 4 by default, and 1 at least.
    #[must_use]
    pub fn connections(mut self, connections: usize) -> Self {
        self.places = Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS));
        self
    }

    /// How long one message may take, including the wait for a connection: 20 s by default, and
    /// [`Smtp::LONGEST_TIMEOUT`] at most.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout.min(Self::LONGEST_TIMEOUT);
        self
    }

    async fn send(&self, mail: &Mail) -> Result<(), Trouble> {
        // It is never closed.
        let _place = self.places.acquire().await.map_err(|_| SmtpError::TimedOut)?;
        if let Some(mut connection) = self.take_idle() {
            match connection.send(mail).await {
                Err(trouble) if trouble.is_connection_before_text() => {}
                result => return self.keep(connection, result),
            }
        }
        let mut connection = Connection::open(&self.settings).await?;
        let result = connection.send(mail).await;
        self.keep(connection, result)
    }

    fn take_idle(&self) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < Self::LONGEST_IDLE);
        idle.pop().map(|(connection, _)| connection)
    }

    fn keep(&self, connection: Connection, result: Result<(), Trouble>) -> Result<(), Trouble> {
        if result.is_ok() && connection.sent() < Self::MOST_ON_ONE_CONNECTION {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((connection, Instant::now()));
        }
        result
    }
}

impl Notifier for Smtp {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        if message.channel() != Channel::EMAIL {
            return Ok(Delivered::Rejected);
        }
        let (address, name) = (&self.settings.from, self.settings.name.as_deref());
        let Some(mail) = Mail::compose(message, address, name, now) else {
            return Ok(Delivered::Rejected);
        };
        match timeout(self.settings.timeout, self.send(&mail)).await {
            Ok(Ok(())) => Ok(Delivered::Taken),
            Ok(Err(Trouble::Rejected)) => Ok(Delivered::Rejected),
            Ok(Err(Trouble::Passing(error))) => Err(error.into()),
            Err(_) => Err(SmtpError::TimedOut.into()),
        }
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>, SetupError> {
    ServerName::try_from(host.to_owned()).map_err(|_| SetupError::HostName)
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("host", &self.settings.host)
            .field("port", &self.settings.port)
            .finish_non_exhaustive()
    }
}
