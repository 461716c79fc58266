//! Sessions of `axum-login`. Its backend knows the accounts and no passwords: people sign in by the routes of
//! `repass-axum`, and `AuthSession` works everywhere else.
//!
//! `cargo run -p repass-axum --example axum_login`, then open `http://localhost:8080/sign-in` as `ada` with
//! the password `the lost one`.

#[path = "shared/in_memory.rs"]
mod in_memory;

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Html;
use axum::routing::get;
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
use repass::account::AccountId;
use repass::policy::Policy;
use repass::port::{Accounts, Notifier, PortError, Ports as _};
use repass::recovery::Recovery;
use repass::reset::AfterReset;
use repass::time::UtcDateTime;
use repass_axum::{Host, Mount, NewSession, Origin, Session, router};
use tower_sessions_of_login::{MemoryStore, SessionManagerLayer};

use self::in_memory::{Ports, Printed, recovery};

/// An account, as `axum-login` sees it. What it compares at each request is the tag, which changes with the
/// password; it also changes when the service rotates its key.
#[derive(Clone)]
struct User {
    id: String,
    tag: String,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.tag.as_bytes()
    }
}

struct Backend<N> {
    recovery: Recovery<Ports<N>>,
}

impl<N> Clone for Backend<N> {
    fn clone(&self) -> Self {
        Self { recovery: self.recovery.clone() }
    }
}

/// The user table is away.
#[derive(Debug)]
struct Away(PortError);

impl fmt::Display for Away {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Away {}

impl<N: Notifier + 'static> AuthnBackend for Backend<N> {
    type User = User;
    /// Nothing is typed here.
    type Credentials = Infallible;
    type Error = Away;

    async fn authenticate(&self, never: Infallible) -> Result<Option<User>, Away> {
        match never {}
    }

    /// An account that may not sign in, or whose password has to be changed or reset, is nobody.
    async fn get_user(&self, id: &String) -> Result<Option<User>, Away> {
        let Ok(id) = AccountId::new(id) else { return Ok(None) };
        let accounts = self.recovery.ports().accounts();
        let Some(account) = accounts.load(&id, now()).await.map_err(Away)? else { return Ok(None) };
        let flow = self.recovery.flow();
        let tag = flow.session_tag(&account).as_str().to_owned();
        let holds = flow.session_holds(&account, &tag);
        Ok(holds.then(|| User { id: id.to_string(), tag }))
    }
}

struct Login<N> {
    /// For the type of its sessions.
    _backend: Backend<N>,
}

impl<N: Notifier + 'static> Login<N> {
    fn session(request: &Parts) -> Result<AuthSession<Backend<N>>, PortError> {
        let session = request.extensions.get::<AuthSession<Backend<N>>>().cloned();
        session.ok_or_else(|| PortError::new("the layer of axum-login is missing"))
    }
}

impl<N: Notifier + 'static> repass_tokio::Host for Login<N> {
    async fn carry_out(&self, after: &AfterReset) -> Result<(), PortError> {
        self.end_sessions(after.account()).await
    }
}

impl<N: Notifier + 'static> Host for Login<N> {
    async fn signed_in(&self, request: &Parts) -> Result<Option<Session>, PortError> {
        let Some(user) = Self::session(request)?.user else { return Ok(None) };
        Ok(Some(Session::new(AccountId::new(&user.id)?, user.tag)))
    }

    async fn begin_session(
        &self,
        request: &Parts,
        new: &NewSession<'_>,
    ) -> Result<HeaderMap, PortError> {
        let mut session = Self::session(request)?;
        // `login` keeps the id of a session in which somebody is signed in already, who may be an attacker.
        session.session.cycle_id().await?;
        let user = User { id: new.account().to_string(), tag: new.tag().to_owned() };
        session.login(&user).await?;
        Ok(HeaderMap::new())
    }

    /// The store cannot find the sessions of an account. They carry the tag, and have ended by that.
    async fn end_sessions(&self, _account: &AccountId) -> Result<(), PortError> {
        Ok(())
    }
}

/// As any other route of a service with `axum-login`.
async fn home<N: Notifier + 'static>(session: AuthSession<Backend<N>>) -> Html<&'static str> {
    match session.user {
        Some(_) => Html("<p>You are signed in. <a href=/change>Change your password</a></p>"),
        None => Html("<p>You are signed out. <a href=/sign-in>Sign in</a></p>"),
    }
}

/// The one place that reads a clock.
#[expect(clippy::disallowed_methods, reason = "services read clocks, the crate does not")]
fn now() -> UtcDateTime {
    UtcDateTime::now()
}

/// The whole service, for browsers that reach it at `origin`; and its worker.
pub(crate) async fn app<N: Notifier + 'static>(
    origin: &str,
    notifier: N,
) -> Result<(Router, impl Future<Output = ()> + use<N>), Box<dyn Error>> {
    let (recovery, hashing) = recovery(origin, notifier).await?;
    let backend = Backend { recovery: recovery.clone() };
    let mount = Mount::new(recovery, hashing, Policy::django(), Origin::new(origin)?, now);
    let host = Arc::new(Login { _backend: backend.clone() });
    let worker = mount.worker(&host);
    let own = Router::new().route("/", get(home::<N>));
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_name("__Host-id");
    let login = AuthManagerLayerBuilder::new(backend, sessions).build();
    let app = own.merge(router(mount, host)).layer(login);
    Ok((app, worker.run(std::future::pending())))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (app, worker) = app("http://localhost:8080", Printed).await?;
    tokio::spawn(worker);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}
