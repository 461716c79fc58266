//! Sessions of `tower-sessions`, and what a service adds itself: a page for those who are signed in, sign-up,
//! and sign-out.
//!
//! `cargo run -p repass-axum --example tower_sessions`, then open `http://localhost:8080/sign-in` as `ada`
//! with the password `the lost one`.

#[path = "shared/in_memory.rs"]
mod in_memory;

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use repass::account::{Account, AccountId, Login, Lookup};
use repass::policy::{Personal, Policy};
use repass::port::{Accounts, Notifier, PortError, Ports as _};
use repass::recovery::Recovery;
use repass::reset::AfterReset;
use repass::secret::Password;
use repass::time::UtcDateTime;
use repass_axum::{Host, Mount, NewSession, Origin, Session, router};
use repass_tokio::HashPool;
use tower_sessions::{MemoryStore, Session as TowerSession, SessionManagerLayer};

use self::in_memory::{Ports, Printed, recovery};

/// The key of what a session holds: the account, and the tag that ends with the password.
const SIGNED_IN: &str = "signed_in";

struct Sessions;

impl repass_tokio::Host for Sessions {
    async fn carry_out(&self, after: &AfterReset) -> Result<(), PortError> {
        self.end_sessions(after.account()).await
    }
}

impl Host for Sessions {
    async fn signed_in(&self, request: &Parts) -> Result<Option<Session>, PortError> {
        let session = request.extensions.get::<TowerSession>();
        let session = session.ok_or_else(|| PortError::new("the layer of sessions is missing"))?;
        let signed_in = session.get::<(String, String)>(SIGNED_IN).await?;
        Ok(signed_in.and_then(|(id, tag)| Some(Session::new(AccountId::new(&id).ok()?, tag))))
    }

    async fn begin_session(
        &self,
        request: &Parts,
        new: &NewSession<'_>,
    ) -> Result<HeaderMap, PortError> {
        let session = request.extensions.get::<TowerSession>();
        let session = session.ok_or_else(|| PortError::new("the layer of sessions is missing"))?;
        // Nothing of an earlier session, and a new id: a person who knows the earlier one would share this.
        session.clear().await;
        session.cycle_id().await?;
        session.insert(SIGNED_IN, (new.account().as_str(), new.tag())).await?;
        Ok(HeaderMap::new())
    }

    /// The store cannot find the sessions of an account. They carry the tag, and have ended by that.
    async fn end_sessions(&self, _account: &AccountId) -> Result<(), PortError> {
        Ok(())
    }
}

/// What the routes of the service itself need.
struct Service<N> {
    recovery: Recovery<Ports<N>>,
    hashing: HashPool,
    policy: Policy,
}

/// The account that is signed in, on every route of the service: the tag has to be compared there, too.
async fn account<N: Notifier + 'static>(
    service: &Service<N>,
    session: &TowerSession,
) -> Option<Account> {
    let (id, tag): (String, String) = session.get(SIGNED_IN).await.ok()??;
    let id = AccountId::new(&id).ok()?;
    let account = service.recovery.ports().accounts().load(&id, now()).await.ok()??;
    service.recovery.flow().session_holds(&account, &tag).then_some(account)
}

async fn home<N: Notifier + 'static>(
    State(service): State<Arc<Service<N>>>,
    session: TowerSession,
) -> Html<&'static str> {
    match account(&service, &session).await {
        Some(_) => Html("<p>You are signed in. <a href=/change>Change your password</a></p>"),
        None => Html("<p>You are signed out. <a href=/sign-in>Sign in</a></p>"),
    }
}

async fn sign_out(session: TowerSession) -> Result<Redirect, StatusCode> {
    session.flush().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(Redirect::to("/"))
}

/// Takes a user name and a password, a line each. A real service also asks for an address, and sends a link
/// to it (`Recovery::verify_address`); its form is protected against requests of other sites.
async fn sign_up<N: Notifier + 'static>(
    State(service): State<Arc<Service<N>>>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, String)> {
    let refused = |error: &dyn Error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string());
    let away = |_| (StatusCode::SERVICE_UNAVAILABLE, String::new());
    let text = core::str::from_utf8(&body).map_err(|error| refused(&error))?;
    let (name, password) = text.split_once('\n').unwrap_or((text, ""));
    let login = Login::new(name).map_err(|error| refused(&error))?;
    let password = Password::new(password).map_err(|error| refused(&error))?;
    let about = Personal::none().username(login.as_str());
    service.policy.check(&password, &about).map_err(|error| refused(&error))?;
    let accounts = service.recovery.ports().accounts();
    let taken = accounts.find(&Lookup::Login(login.clone()), now()).await.map_err(away)?;
    if !taken.is_empty() {
        return Err((StatusCode::CONFLICT, "this user name is taken".to_owned()));
    }
    let hash = service.hashing.hash(password).await;
    let hash = hash.map_err(|_| (StatusCode::SERVICE_UNAVAILABLE, String::new()))?;
    let id = AccountId::new(&login.canonical()).map_err(|error| refused(&error))?;
    accounts.put(Account::new(id).with_login(login).with_password(hash));
    Ok(StatusCode::CREATED)
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
    let policy = Policy::django();
    let mount = Mount::new(recovery, hashing.clone(), policy.clone(), Origin::new(origin)?, now);
    let host = Arc::new(Sessions);
    let worker = mount.worker(&host);
    let service = Arc::new(Service { recovery: mount.recovery().clone(), hashing, policy });
    let own = Router::new()
        .route("/", get(home::<N>))
        .route("/sign-out", post(sign_out))
        .route("/sign-up", post(sign_up::<N>))
        .with_state(service);
    // The layer is around all routes, so that the host finds the session in the request. The cookie of the
    // session is `Secure`, `HttpOnly` and `SameSite=Strict` by default.
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_name("__Host-id");
    let app = own.merge(router(mount, host)).layer(sessions);
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
