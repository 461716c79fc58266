use core::fmt;
use core::net::IpAddr;
use core::time::Duration;

use http::Uri;
use repass::account::Channel;
use repass::message::Message;
use repass::port::{Delivered, Notifier, PortError};
use repass::time::UtcDateTime;
use rustls::ClientConfig;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::client::{Client, system_tls};
use crate::{SetupError, SmsProvider, Verdict, WebhookError};

/// Delivers text messages by POST to one URL, which comes from the configuration of the operator and from
/// nowhere else.
///
/// Redirects are not followed. Mails are [`Delivered::Rejected`].
pub struct Webhook<P> {
    client: Client,
    url: Uri,
    provider: P,
    places: Semaphore,
    timeout: Duration,
}

impl<P: SmsProvider> Webhook<P> {
    /// The longest time for one message. A worker allows 30 s for an entry.
    pub const LONGEST_TIMEOUT: Duration = Duration::from_secs(25);

    const MOST_OF_ANSWER: usize = 65_536;

    /// A URL with `https`, and a certificate that the operating system trusts.
    ///
    /// # Errors
    ///
    /// [`SetupError`].
    pub fn https(url: &str, provider: P) -> Result<Self, SetupError> {
        Self::https_with(url, provider, system_tls()?)
    }

    /// The same with certificates of your own, such as those of a test.
    ///
    /// # Errors
    ///
    /// [`SetupError`].
    pub fn https_with(url: &str, provider: P, tls: ClientConfig) -> Result<Self, SetupError> {
        let url = parsed(url)?;
        if url.scheme_str() != Some("https") {
            return Err(SetupError::NotHttps);
        }
        Ok(Self::new(Client::encrypted(tls), url, provider))
    }

    /// A URL with `http` and the IP address of this machine, such as that of a gateway beside the service.
    ///
    /// # Errors
    ///
    /// [`SetupError`].
    pub fn unencrypted_on_loopback(url: &str, provider: P) -> Result<Self, SetupError> {
        let url = parsed(url)?;
        let host = url.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_loopback = host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if url.scheme_str() != Some("http") || !is_loopback {
            return Err(SetupError::NotLoopback);
        }
        Ok(Self::new(Client::unencrypted(), url, provider))
    }

    fn new(client: Client, url: Uri, provider: P) -> Self {
        let timeout = Duration::from_secs(10);
        Self { client, url, provider, places: Semaphore::new(8), timeout }
    }

    /// The most requests at once: 8 by default, and 1 at least.
    #[must_use]
    pub fn requests(mut self, requests: usize) -> Self {
        self.places = Semaphore::new(requests.clamp(1, Semaphore::MAX_PERMITS));
        self
    }

    /// How long one message may take, including the wait for its turn: 10 s by default, and
    /// [`Webhook::LONGEST_TIMEOUT`] at most.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout.min(Self::LONGEST_TIMEOUT);
        self
    }

    async fn send(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, WebhookError> {
        // It is never closed.
        let _place = self.places.acquire().await.map_err(|_| WebhookError::TimedOut)?;
        let Some(post) = self.provider.post(message, now) else { return Ok(Delivered::Rejected) };
        let most = P::MOST_OF_ANSWER.min(Self::MOST_OF_ANSWER);
        let (status, answer) = self.client.post(&self.url, post, most).await?;
        match self.provider.verdict(status, &answer) {
            Verdict::Taken => Ok(Delivered::Taken),
            Verdict::Rejected => Ok(Delivered::Rejected),
            Verdict::Later => Err(WebhookError::Status { status }),
        }
    }
}

impl<P: SmsProvider> Notifier for Webhook<P> {
    async fn deliver(&self, message: &Message, now: UtcDateTime) -> Result<Delivered, PortError> {
        if message.channel() != Channel::SMS {
            return Ok(Delivered::Rejected);
        }
        let sent = timeout(self.timeout, self.send(message, now)).await;
        sent.unwrap_or(Err(WebhookError::TimedOut)).map_err(PortError::from)
    }
}

/// A URL with a host. One with a user name would lose it, as the client sends none.
fn parsed(url: &str) -> Result<Uri, SetupError> {
    let url: Uri = url.parse().map_err(|_| SetupError::Url)?;
    let authority = url.authority().ok_or(SetupError::Url)?;
    let is_sound = !authority.as_str().contains('@') && !authority.host().is_empty();
    if is_sound { Ok(url) } else { Err(SetupError::Url) }
}

impl<P> fmt::Debug for Webhook<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The path and the query of a webhook are often a secret.
        f.debug_struct("Webhook").field("host", &self.url.host()).finish_non_exhaustive()
    }
}
