mod error;
mod path;

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use repass::policy::Policy;
use repass::port::Ports;
use repass::recovery::Recovery;
use repass::time::UtcDateTime;
use repass_tokio::{HashPool, Worker};

pub use self::error::MountError;
use self::path::{base_path, local_path, parameter_name};
use crate::host::Host;
use crate::origin::Origin;
use crate::posted::{BODY_LIMIT, BODY_TIME};
use crate::source::Proxies;

/// What [`router`](crate::router) serves, and its settings: each has a default but the arguments of
/// [`new`](Self::new). Cheap to clone.
///
/// For several tenants, or purposes whose links lead to pages of their own, make one for each, with
/// another [`base_path`](Self::base_path).
pub struct Mount<P> {
    pub(crate) recovery: Recovery<P>,
    pub(crate) hashing: HashPool,
    pub(crate) policy: Policy,
    pub(crate) origin: Origin,
    clock: Arc<dyn Fn() -> UtcDateTime + Send + Sync>,
    pub(crate) base_path: String,
    pub(crate) proxies: Proxies,
    pub(crate) body_limit: usize,
    pub(crate) body_time: Duration,
    pub(crate) time_limit: Duration,
    pub(crate) pages: bool,
    pub(crate) addresses: Option<Recovery<P>>,
    pub(crate) token_name: String,
    pub(crate) handle_name: Option<String>,
    pub(crate) after_sign_in: String,
}

impl<P: Ports + 'static> Mount<P> {
    /// Serves this recovery with new passwords under `policy`. Browsers reach it at `origin`, and the
    /// clock is that of the host, such as `UtcDateTime::now`.
    #[must_use]
    pub fn new(
        recovery: Recovery<P>,
        hashing: HashPool,
        policy: Policy,
        origin: Origin,
        clock: impl Fn() -> UtcDateTime + Send + Sync + 'static,
    ) -> Self {
        Self {
            recovery,
            hashing,
            policy,
            origin,
            clock: Arc::new(clock),
            base_path: String::new(),
            proxies: Proxies::default(),
            body_limit: BODY_LIMIT,
            body_time: BODY_TIME,
            time_limit: Duration::from_secs(15),
            pages: true,
            addresses: None,
            token_name: "token".to_owned(),
            handle_name: None,
            after_sign_in: "/".to_owned(),
        }
    }

    /// The path that all routes are below, such as `/account`; none by default. The one exception is
    /// `/.well-known/change-password`, which only a mount without a base path has.
    ///
    /// # Errors
    ///
    /// [`MountError::Path`] unless the path begins with `/`, does not end with one, and has only letters,
    /// digits, `-`, `.`, `_` and `~` between them.
    pub fn base_path(self, path: &str) -> Result<Self, MountError> {
        Ok(Self { base_path: base_path(path)?, ..self })
    }

    /// The proxies whose word is taken for where a request comes from; none by default, so that it comes
    /// from the peer of the connection.
    #[must_use]
    pub fn proxies(self, proxies: Proxies) -> Self {
        Self { proxies, ..self }
    }

    /// The largest body, in bytes: 16 KiB by default, and never less than 8 KiB, so that the longest
    /// password fits.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { body_limit: bytes.max(8 * 1024), ..self }
    }

    /// How long a body may take to arrive: 10 seconds by default. The time that the head of a request
    /// takes is limited by the server of the host.
    #[must_use]
    pub fn body_time(self, time: Duration) -> Self {
        Self { body_time: time, ..self }
    }

    /// How long a request may take, body and waiting for a slot to hash included: 15 seconds by default.
    #[must_use]
    pub fn time_limit(self, time: Duration) -> Self {
        Self { time_limit: time, ..self }
    }

    /// Serves no forms, for a service that has pages of its own for the links in messages.
    #[must_use]
    pub fn without_pages(self) -> Self {
        Self { pages: false, ..self }
    }

    /// Serves the page `/verify`, and its route, for the links of
    /// [`Recovery::verify_address`]; off by default. `addresses` is a recovery of the purpose that the
    /// service verifies addresses with, whose links lead to that page. It needs a
    /// [worker](repass_tokio::Worker) of its own.
    #[must_use]
    pub fn verifies_addresses(self, addresses: Recovery<P>) -> Self {
        Self { addresses: Some(addresses), ..self }
    }

    /// The names of the parameters of links to `/reset`, where they are not those of the default: that of
    /// the token ([`ResetLink::with_token_name`](repass::message::ResetLink::with_token_name)), and that
    /// of the handle where links carry it
    /// ([`ResetLink::with_handle_name`](repass::message::ResetLink::with_handle_name)).
    ///
    /// # Errors
    ///
    /// [`MountError::Name`] unless a name is 1 to 32 letters, digits, `-` and `_`, and the two differ.
    pub fn link_names(self, token: &str, handle: Option<&str>) -> Result<Self, MountError> {
        let token_name = parameter_name(token)?;
        let handle_name = handle.map(parameter_name).transpose()?;
        if handle_name.as_ref() == Some(&token_name) {
            return Err(MountError::Name);
        }
        Ok(Self { token_name, handle_name, ..self })
    }

    /// The page that the form for signing in leads to: `/` by default.
    ///
    /// # Errors
    ///
    /// [`MountError::Path`] unless it is a path on this origin.
    pub fn after_sign_in(self, path: &str) -> Result<Self, MountError> {
        Ok(Self { after_sign_in: local_path(path)?, ..self })
    }

    /// A worker for the same recovery, host and clock. Run one beside the router, or in another process:
    /// without it no message is sent.
    pub fn worker<H: Host>(
        &self,
        host: &Arc<H>,
    ) -> Worker<P, H, impl Fn() -> UtcDateTime + Send + Sync + use<P, H>> {
        let clock = Arc::clone(&self.clock);
        Worker::new(self.recovery.clone(), Arc::clone(host), move || clock())
    }

    /// The recovery that is served.
    #[must_use]
    pub const fn recovery(&self) -> &Recovery<P> {
        &self.recovery
    }

    pub(crate) fn now(&self) -> UtcDateTime {
        (self.clock)()
    }

    /// The path of a page of ours.
    pub(crate) fn path(&self, page: &str) -> String {
        [&self.base_path, page].concat()
    }
}

impl<P> Clone for Mount<P> {
    fn clone(&self) -> Self {
        Self {
            recovery: self.recovery.clone(),
            hashing: self.hashing.clone(),
            policy: self.policy.clone(),
            origin: self.origin.clone(),
            clock: Arc::clone(&self.clock),
            base_path: self.base_path.clone(),
            proxies: self.proxies.clone(),
            addresses: self.addresses.clone(),
            token_name: self.token_name.clone(),
            handle_name: self.handle_name.clone(),
            after_sign_in: self.after_sign_in.clone(),
            ..*self
        }
    }
}

impl<P> fmt::Debug for Mount<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mount")
            .field("recovery", &self.recovery)
            .field("origin", &self.origin)
            .field("base_path", &self.base_path)
            .field("proxies", &self.proxies)
            .field("body_limit", &self.body_limit)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}
