//! A service with forgotten, reset and changed passwords: five forms on axum, over SQLite.
//!
//! Messages are appended to a file. The session is one for tests: `/session/ID` signs anybody in. A real
//! service has its own sign-in, sends mail, and answers with pages of its own.

extern crate alloc;

mod notifier;
mod pages;
mod startup;

use alloc::sync::Arc;
use core::time::Duration;

use axum::Form;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::answer::Answer;
use repass::hash::Hasher;
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, ResetLink};
use repass::policy::{Personal, Policy};
use repass::port::{Accounts, PortError, PortSet, Ports};
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Delivery, Flow, Proof};
use repass::secret::{Password, Seed};
use repass::time::UtcDateTime;
use repass_sqlx::{SqliteAccounts, SqliteStore};
use repass_tokio::{HashPool, Host, Worker, finish};
use serde::Deserialize;

use crate::notifier::FileNotifier;
use crate::pages::{Problem, page};

pub use crate::startup::StartupError;

type SqlitePorts = PortSet<SqliteAccounts, SqliteStore, SqliteStore, SqliteStore, FileNotifier>;

/// The state that all requests share.
#[derive(Clone, Debug)]
pub struct Service {
    recovery: Recovery<SqlitePorts>,
    hashing: HashPool,
    policy: Policy,
    host: Arc<Sessions>,
}

/// Sessions here are tags that end with the password, so there is nothing left to do.
#[derive(Debug)]
struct Sessions;

impl Host for Sessions {
    async fn carry_out(&self, _after: &AfterReset) -> Result<(), PortError> {
        Ok(())
    }
}

/// The one place that reads a clock.
#[expect(clippy::disallowed_methods, reason = "services read clocks, the crate does not")]
fn now() -> UtcDateTime {
    UtcDateTime::now()
}

impl Service {
    /// Opens the database. `page` is the address of the reset page, and `key` what [`Key::from_text`]
    /// takes: `base64:` and 32 random bytes in base64, for example.
    ///
    /// # Errors
    ///
    /// [`StartupError`] names the setting that cannot be used.
    pub async fn open(
        database: &str,
        messages: &str,
        page: &str,
        key: &str,
    ) -> Result<Self, StartupError> {
        let key = Key::from_text(key).map_err(StartupError::of("REPASS_KEY"))?;
        let page = ResetLink::new(page, LinkForm::Query).map_err(StartupError::of("ADDRESS"))?;
        let flow = Flow::builder(Keyring::new(KeyId::new(1), key), page).build();
        let flow = flow.map_err(StartupError::of("the configuration"))?;
        let store = SqliteStore::open(database).await.map_err(StartupError::of("DATABASE"))?;
        let ports = PortSet {
            accounts: store.accounts(),
            attempts: store.clone(),
            counters: store.clone(),
            queue: store,
            notifier: FileNotifier::new(messages),
        };
        let hashing = HashPool::new(Hasher::default(), Duration::from_secs(5));
        let (recovery, host) = (Recovery::new(flow, ports), Arc::new(Sessions));
        Ok(Self { recovery, hashing, policy: Policy::django(), host })
    }

    /// Adds an account whose id and user name are `name`, with a verified address.
    ///
    /// # Errors
    ///
    /// [`StartupError`] names what cannot be used: the name, also if it is taken, the address or the
    /// password.
    pub async fn add_user(
        &self,
        name: &str,
        email: &str,
        password: Password,
    ) -> Result<(), StartupError> {
        let id = AccountId::new(name).map_err(StartupError::of("NAME"))?;
        let login = Login::new(name).map_err(StartupError::of("NAME"))?;
        let address = Contact::email(email).map_err(StartupError::of("EMAIL"))?;
        let about = Personal::none().username(name).email(email);
        let accepted = self.policy.check(password.expose_secret(), &about);
        accepted.map_err(StartupError::of("the password"))?;
        let wrong_database = StartupError::of("DATABASE");
        let taken = self.accounts().load(&id, now()).await.map_err(&wrong_database)?;
        if taken.is_some() {
            return Err(StartupError::of("NAME")("there is such an account"));
        }
        let hash = self.hashing.hash(password).await.map_err(StartupError::of("the password"))?;
        let account = Account::new(id).with_login(login).with_password(hash);
        let account = account.with_email(Email::verified(address));
        self.accounts().put(&account).await.map_err(wrong_database)
    }

    /// Works on the queue until `stop` is done.
    pub async fn work(self, stop: impl Future<Output = ()> + Send) {
        let worker = Worker::new(self.recovery, self.host, now);
        worker.poll_every(Duration::from_millis(100)).run(stop).await;
    }

    /// The pages.
    pub fn router(self) -> Router {
        Router::new()
            .route("/forgot", get(forgot_page).post(forgot))
            .route("/reset", get(reset_page).post(reset))
            .route("/change", get(change_page).post(change))
            .route("/session/{id}", get(sign_in))
            .layer(map_response(keep_private))
            .with_state(self)
    }

    /// The account table, to fill it.
    #[must_use]
    pub fn accounts(&self) -> &SqliteAccounts {
        self.recovery.ports().accounts()
    }

    /// Computes hashes.
    #[must_use]
    pub const fn hashing(&self) -> &HashPool {
        &self.hashing
    }

    /// The account of a session: the cookie holds the id and a tag that ends with the password.
    async fn signed_in(&self, headers: &HeaderMap) -> Result<Account, Problem> {
        let cookie = headers.get(header::COOKIE).and_then(|cookie| cookie.to_str().ok());
        let session = cookie.and_then(|cookie| cookie.strip_prefix("session="));
        let (id, tag) = session.and_then(|text| text.rsplit_once('.')).ok_or(Problem::SignedOut)?;
        let account = self.account(id).await?;
        let holds = self.recovery.flow().session_holds(&account, tag);
        holds.then_some(account).ok_or(Problem::SignedOut)
    }

    async fn account(&self, id: &str) -> Result<Account, Problem> {
        let id = AccountId::new(id).map_err(|_| Problem::SignedOut)?;
        let account = self.accounts().load(&id, now()).await;
        account.map_err(|_| Answer::Unavailable)?.ok_or(Problem::SignedOut)
    }
}

/// Addresses and pages hold secrets: no other site is told where a person came from, and no browser or
/// proxy keeps a page.
async fn keep_private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

type Page = Result<Html<String>, Problem>;

async fn forgot_page() -> Html<String> {
    page("Forgot your password?", &pages::forgot())
}

#[derive(Deserialize)]
struct Forgot {
    who: String,
    by: String,
}

async fn forgot(State(service): State<Service>, Form(form): Form<Forgot>) -> Page {
    let by_code = form.by == "code";
    let delivery = if by_code { Delivery::EmailCode } else { Delivery::EmailLink };
    let lookup = Lookup::email_or_login(&form.who)?;
    let seed = Seed::generate(&mut SysRng)?;
    let handle = service.recovery.request(lookup, delivery, None, seed, now()).await?;
    let note = "If there is such an account, a message is on its way.";
    let form = Reset { handle: handle.expose_secret().to_owned(), ..Reset::default() };
    let form = if by_code { pages::reset(&form) } else { String::new() };
    Ok(page(note, &form))
}

/// The one form for links, codes and tickets: what a person does not have is empty.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Reset {
    token: String,
    handle: String,
    code: String,
    ticket: String,
    password: String,
    again: String,
}

impl Reset {
    fn proof(&self) -> Proof<'_> {
        match self {
            Self { ticket, .. } if !ticket.is_empty() => Proof::Ticket(ticket),
            Self { handle, code, .. } if !handle.is_empty() => Proof::Code { handle, code },
            Self { token, .. } => Proof::Link(token),
        }
    }

    fn with_ticket(ticket: &str) -> Self {
        Self { ticket: ticket.to_owned(), ..Self::default() }
    }
}

async fn reset_page(State(service): State<Service>, Query(form): Query<Reset>) -> Page {
    service.recovery.inspect(&form.token, now()).await?;
    Ok(page("Choose a new password", &pages::reset(&form)))
}

async fn reset(State(service): State<Service>, Form(form): Form<Reset>) -> Page {
    let new = match Password::confirmed(form.password.as_str(), form.again.as_str()) {
        Ok(new) => new,
        Err(error) => return Ok(page(&error.to_string(), &pages::reset(&form))),
    };
    let admitted = match service.recovery.admit(form.proof(), None, now()).await {
        Ok(admitted) => Arc::new(admitted),
        Err(error) => {
            let again = error.ticket().map(|ticket| Reset::with_ticket(ticket.expose_secret()));
            return Err(Problem::again(&error, &again.unwrap_or(form)));
        }
    };
    let set = service.hashing.set_password(Arc::clone(&admitted), new, service.policy.clone());
    let change = match set.await {
        Ok(change) => change,
        Err(error) => {
            let ticket = admitted.ticket().map_or("", |ticket| ticket.expose_secret());
            return Ok(page(&error.to_string(), &pages::reset(&Reset::with_ticket(ticket))));
        }
    };
    let _after = finish(&service.recovery, &service.host, change, now()).await?;
    Ok(page("Your password was changed. Please sign in.", ""))
}

async fn change_page() -> Html<String> {
    page("Change your password", &pages::change())
}

#[derive(Deserialize)]
struct Change {
    present: String,
    password: String,
    again: String,
}

async fn change(
    State(service): State<Service>,
    headers: HeaderMap,
    Form(form): Form<Change>,
) -> Result<impl IntoResponse, Problem> {
    let account = service.signed_in(&headers).await?;
    let new = Password::confirmed(form.password, form.again)?;
    let present = Password::new(form.present)?;
    let id = account.id().clone();
    let current = service.hashing.current(&service.recovery, id, present, now()).await;
    let admitted = Arc::new(current.map_err(Problem::present)?);
    let change = service.hashing.set_password(admitted, new, service.policy.clone()).await?;
    let after = finish(&service.recovery, &service.host, change, now()).await?;
    let tag = after.session_tag().map_or("", |tag| tag.as_str());
    let cookie = [(header::SET_COOKIE, session(account.id(), tag))];
    Ok((cookie, page("Your password was changed.", "")))
}

async fn sign_in(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let account = service.account(&id).await?;
    let tag = service.recovery.flow().session_tag(&account);
    let cookie = [(header::SET_COOKIE, session(account.id(), tag.as_str()))];
    Ok((cookie, page("Signed in, for a test.", "")))
}

fn session(id: &AccountId, tag: &str) -> String {
    format!("session={id}.{tag}; HttpOnly; SameSite=Lax; Path=/")
}
