use core::fmt;
use core::future::Future;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use repass::account::AccountId;
use repass::policy::BreachAnswer;
use repass::port::PortError;
use repass::reset::{AfterReset, SessionTag};
use repass::secret::Password;

use crate::Happened;

/// What the routes need to know of the service around them. Implementers write `async fn`.
///
/// [`carry_out`](repass_tokio::Host::carry_out) of the trait that this one extends is called after
/// every change of a password, and has to end the sessions of the account, too.
pub trait Host: repass_tokio::Host {
    /// Whether people sign in here. If not, the routes that need a session are absent: sign-in, and
    /// the change of a password by a person who is signed in.
    fn signs_in(&self) -> bool {
        true
    }

    /// The session that the request belongs to, if there is one. Layers of the host, such as
    /// `tower-sessions`, have run before, and leave what they know in `request.extensions`.
    ///
    /// # Errors
    ///
    /// Any error: the answer is 503.
    fn signed_in(
        &self,
        request: &Parts,
    ) -> impl Future<Output = Result<Option<Session>, PortError>> + Send;

    /// Begins a session, after a sign-in and after a change by a person who is signed in. The host
    /// must give the session a new id, whatever the request carries: otherwise an attacker could fix
    /// the id of a session before its owner signs in. The headers are added to the answer.
    ///
    /// # Errors
    ///
    /// Any error: the answer is 503, and nobody is signed in.
    fn begin_session(
        &self,
        request: &Parts,
        session: &NewSession<'_>,
    ) -> impl Future<Output = Result<HeaderMap, PortError>> + Send;

    /// Ends all sessions of an account whose owner said "this was not me". It may be called again;
    /// the second time does no harm. Sessions that carry a [tag](NewSession::tag) have ended already.
    ///
    /// # Errors
    ///
    /// Any error: it is reported as
    /// [`Event::DutiesFailed`](repass_tokio::Event::DutiesFailed). The password is blocked
    /// all the same, and the reset that has to follow asks for the sessions to be ended again.
    fn end_sessions(
        &self,
        account: &AccountId,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Asks a list of breached passwords, for a policy with a rule about breaches. Without an answer,
    /// which is the default, such a policy refuses every password.
    fn breach(&self, password: &Password) -> impl Future<Output = Option<BreachAnswer>> + Send {
        let _ = password;
        async { None }
    }

    /// Is told what happened on a route, for logs and metrics; does nothing by default.
    fn happened(&self, what: &Happened<'_>) {
        let _ = what;
    }
}

/// The session that a request belongs to, as the host found it.
///
/// A session with a tag is compared with the account at each request, so that it has ended when the
/// password has changed. `Debug` shows nothing of it.
pub struct Session {
    account: AccountId,
    tag: Option<String>,
}

impl Session {
    /// A session that carries the [tag](NewSession::tag) that it began with.
    #[must_use]
    pub fn new(account: AccountId, tag: impl Into<String>) -> Self {
        Self { account, tag: Some(tag.into()) }
    }

    /// A session without a tag. The host itself must end it when the password changes.
    #[must_use]
    pub const fn without_tag(account: AccountId) -> Self {
        Self { account, tag: None }
    }

    pub(crate) const fn account(&self) -> &AccountId {
        &self.account
    }

    pub(crate) fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Session(..)")
    }
}

/// A session that begins now.
#[derive(Clone, Copy)]
pub struct NewSession<'a> {
    account: &'a AccountId,
    tag: &'a SessionTag,
}

impl<'a> NewSession<'a> {
    pub(crate) const fn new(account: &'a AccountId, tag: &'a SessionTag) -> Self {
        Self { account, tag }
    }

    /// Whose session it is.
    #[must_use]
    pub const fn account(&self) -> &'a AccountId {
        self.account
    }

    /// What to keep in the session beside the account, for [`Session::new`].
    #[must_use]
    pub fn tag(&self) -> &'a str {
        self.tag.as_str()
    }
}

impl fmt::Debug for NewSession<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession").field("account", self.account).finish_non_exhaustive()
    }
}

/// No host: people do not sign in here, and there are no sessions to end.
///
/// A service that has sessions anywhere, even if people do not sign in by these routes, implements
/// [`Host`] instead, so that its sessions end with the password.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "it is nothing, and stays so")]
pub struct NoHost;

impl repass_tokio::Host for NoHost {
    async fn carry_out(&self, _after: &AfterReset) -> Result<(), PortError> {
        Ok(())
    }
}

impl Host for NoHost {
    fn signs_in(&self) -> bool {
        false
    }

    async fn signed_in(&self, _request: &Parts) -> Result<Option<Session>, PortError> {
        Ok(None)
    }

    async fn begin_session(
        &self,
        _request: &Parts,
        _session: &NewSession<'_>,
    ) -> Result<HeaderMap, PortError> {
        Ok(HeaderMap::new())
    }

    async fn end_sessions(&self, _account: &AccountId) -> Result<(), PortError> {
        Ok(())
    }
}
