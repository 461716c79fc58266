//! The whole of it in one file: sign-in, and forgotten, reset and changed passwords. Sessions are a cookie
//! with an account and a tag. Everything is in memory, and messages are printed.
//!
//! `cargo run -p repass-axum --example mount`, then open `http://localhost:8080/forgot` and ask for a link
//! for `ada`. A service has its own tables (`repass-sqlx`), keys from a file, and sends mail.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use repass::account::{Account, AccountId, Contact, Email, Login};
use repass::hash::Hasher;
use repass::key::{Key, KeyId, Keyring};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue};
use repass::message::{LinkForm, Message, ResetLink};
use repass::policy::Policy;
use repass::port::{Delivered, Notifier, PortError, PortSet};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Flow};
use repass::secret::Password;
use repass::time::UtcDateTime;
use repass_axum::{Host, Mount, NewSession, Origin, Session, router};
use repass_tokio::HashPool;

/// Prints messages: a real service sends them, and never shows them.
pub(crate) struct Printed;

impl Notifier for Printed {
    async fn deliver(&self, message: &Message, _now: UtcDateTime) -> Result<Delivered, PortError> {
        println!("To: {}\n{}", message.to(), message.expose_secret());
        Ok(Delivered::Taken)
    }
}

/// Sessions are not stored: the cookie has the account and a tag, which ends with the password.
pub(crate) struct CookieSessions;

impl repass_tokio::Host for CookieSessions {
    async fn carry_out(&self, after: &AfterReset) -> Result<(), PortError> {
        self.end_sessions(after.account()).await
    }
}

impl Host for CookieSessions {
    async fn signed_in(&self, request: &Parts) -> Result<Option<Session>, PortError> {
        let cookies = request.headers.get(header::COOKIE).and_then(|line| line.to_str().ok());
        let mut pairs = cookies.unwrap_or_default().split("; ");
        let session = pairs.find_map(|pair| pair.strip_prefix("__Host-session=")?.rsplit_once('.'));
        Ok(session.and_then(|(id, tag)| Some(Session::new(AccountId::new(id).ok()?, tag))))
    }

    async fn begin_session(
        &self,
        _request: &Parts,
        session: &NewSession<'_>,
    ) -> Result<HeaderMap, PortError> {
        let (id, tag) = (session.account(), session.tag());
        let cookie = format!("__Host-session={id}.{tag}; Path=/; Secure; HttpOnly; SameSite=Lax");
        Ok(HeaderMap::from_iter([(header::SET_COOKIE, cookie.parse()?)]))
    }

    async fn end_sessions(&self, _account: &AccountId) -> Result<(), PortError> {
        Ok(())
    }
}

/// The ports in memory, but for what delivers messages.
type Ports<N> = PortSet<MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, N>;

/// The settings, for a service that browsers reach at `origin`.
#[expect(clippy::disallowed_methods, reason = "services read clocks, the crate does not")]
pub(crate) async fn mount<N: Notifier + 'static>(
    origin: &str,
    notifier: N,
) -> Result<Mount<Ports<N>>, Box<dyn Error>> {
    let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
    let page = |path: &str| ResetLink::new(&format!("{origin}{path}"), LinkForm::Query);
    let flow = Flow::builder(keyring, page("/reset")?).stop_page(page("/not-me")?).build()?;
    let hashing = HashPool::new(Hasher::default(), Duration::from_secs(5));
    let ada = Account::new(AccountId::new("42")?)
        .with_login(Login::new("ada")?)
        .with_email(Email::verified(Contact::email("ada@example.org")?))
        .with_password(hashing.hash(Password::new("the lost one")?).await?);
    let ports = PortSet {
        accounts: MemoryAccounts::new([ada]),
        attempts: MemoryAttempts::default(),
        counters: MemoryCounters::default(),
        queue: MemoryQueue::default(),
        notifier,
    };
    let recovery = Recovery::new(flow, ports);
    Ok(Mount::new(recovery, hashing, Policy::django(), Origin::new(origin)?, UtcDateTime::now))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (mount, host) = (mount("http://localhost:8080", Printed).await?, Arc::new(CookieSessions));
    tokio::spawn(mount.worker(&host).run(std::future::pending()));
    let app = Router::new().merge(router(mount, host));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    Ok(axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?)
}
