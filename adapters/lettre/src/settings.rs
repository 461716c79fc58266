use alloc::sync::Arc;
use core::time::Duration;

use lettre::address::Address;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;

/// How a server is reached.
pub(crate) struct Settings {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: Security,
    pub(crate) credentials: Option<Credentials>,
    /// The address of the connection itself if it has no name.
    pub(crate) hello: Option<ClientId>,
    pub(crate) from: Address,
    pub(crate) name: Option<String>,
    pub(crate) timeout: Duration,
}

pub(crate) enum Security {
    /// TLS after STARTTLS, or not at all.
    StartTls(ServerName<'static>, Arc<ClientConfig>),
    /// TLS from the first byte on.
    Implicit(ServerName<'static>, Arc<ClientConfig>),
    /// None, on this machine.
    Loopback,
}
