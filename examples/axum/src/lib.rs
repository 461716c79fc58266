//! A service with sign-up, sign-in, and forgotten, reset and changed passwords: forms on axum, over
//! SQLite.
//!
//! Messages are appended to a file. A real service sends mail, asks for a proof of the address of a new
//! account, and answers with pages of its own.

extern crate alloc;

mod notifier;
mod pages;
mod startup;

use alloc::sync::Arc;
use core::net::SocketAddr;
use core::time::Duration;

use axum::Form;
use axum::Router;
use axum::extract::{ConnectInfo, Extension, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use repass::SysRng;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::answer::Answer;
use repass::hash::Hasher;
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, ResetLink};
use repass::policy::{Personal, Policy};
use repass::port::{Accounts, PortError, PortSet, Ports};
use repass::rand_core::TryRng;
use repass::recovery::Recovery;
use repass::reset::{AfterReset, Delivery, Flow, Proof};
use repass::secret::{Password, Seed, TypedPassword};
use repass::sign_in::SignInOutcome;
use repass::throttle::Source;
use repass::time::UtcDateTime;
use repass_sqlx::{Sqlite, SqliteAccounts, SqliteStore};
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
        let store = Sqlite::open(database).await.map_err(StartupError::of("DATABASE"))?;
        let accounts = store.accounts();
        accounts.migrate().await.map_err(StartupError::of("DATABASE"))?;
        let ports = PortSet {
            accounts,
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
        let accepted = self.policy.check(&password, &about);
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
            .route("/sign-up", get(sign_up_page).post(sign_up))
            .route("/sign-in", get(sign_in_page).post(sign_in))
            .route("/sign-out", post(sign_out))
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
    let delivery = if by_code { Delivery::CODE } else { Delivery::LINK };
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

async fn reset(
    State(service): State<Service>,
    Form(form): Form<Reset>,
) -> Result<Response, Problem> {
    let new = match Password::confirmed(form.password.as_str(), form.again.as_str()) {
        Ok(new) => new,
        Err(error) => return Ok(page(&error.to_string(), &pages::reset(&form)).into_response()),
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
            let form = pages::reset(&Reset::with_ticket(ticket));
            return Ok(page(&error.to_string(), &form).into_response());
        }
    };
    let after = finish(&service.recovery, &service.host, change, now()).await?;
    // Only after a change by somebody who typed the present password: at sign-in, before the ticket.
    Ok(match after.session_tag() {
        Some(tag) => {
            let cookie = [(header::SET_COOKIE, session(after.account(), tag.as_str()))];
            (cookie, page("Your password was changed. You are signed in.", "")).into_response()
        }
        None => {
            page("Your password was changed. Please sign in.", &pages::sign_in()).into_response()
        }
    })
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

async fn sign_up_page() -> Html<String> {
    page("Choose a user name and a password", &pages::sign_up())
}

#[derive(Deserialize)]
struct SignUp {
    name: String,
    email: String,
    password: String,
    again: String,
}

async fn sign_up(State(service): State<Service>, Form(form): Form<SignUp>) -> Page {
    let login = Login::new(form.name.trim())?;
    let address = Contact::email(form.email.trim())?;
    let password = Password::confirmed(form.password, form.again)?;
    let about = Personal::none().username(login.as_str()).email(address.as_str());
    service.policy.check(&password, &about)?;
    // User names are public, so it can be said that one is taken. Of addresses nothing is said.
    let taken = service.accounts().find(&Lookup::Login(login.clone()), now()).await;
    if !taken.map_err(|_| Answer::Unavailable)?.is_empty() {
        return Ok(page("This user name is taken.", &pages::sign_up()));
    }
    let hash = service.hashing.hash(password).await?;
    // Nobody has proved the address yet. A real service sends a link to it; until then it gets no link
    // that resets the password.
    let account = Account::new(new_id()?).with_login(login).with_password(hash);
    let account = account.with_email(Email::unverified(address));
    // The id is new, and the table refuses a second account of a user name.
    service.accounts().put(&account).await.map_err(|_| Answer::Unavailable)?;
    Ok(page("Welcome! Please sign in.", &pages::sign_in()))
}

/// Ids are never given to another account, so they are drawn.
fn new_id() -> Result<AccountId, Problem> {
    let mut bytes = [0; 16];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| Answer::Unavailable)?;
    let id = AccountId::new(&format!("{:032x}", u128::from_be_bytes(bytes)));
    id.map_err(|_| Answer::Unavailable.into())
}

async fn sign_in_page() -> Html<String> {
    page("Please sign in.", &pages::sign_in())
}

#[derive(Deserialize)]
struct SignIn {
    who: String,
    password: String,
}

type Client = Option<Extension<ConnectInfo<SocketAddr>>>;

async fn sign_in(
    State(service): State<Service>,
    client: Client,
    Form(form): Form<SignIn>,
) -> Result<Response, Problem> {
    let lookup = Lookup::email_or_login(&form.who)?;
    let typed = TypedPassword::new(form.password)?;
    // Behind a proxy, this has to be the address that the proxy reports.
    let source = client.map(|Extension(ConnectInfo(address))| Source::from_ip(address.ip()));
    let outcome = service.hashing.sign_in(&service.recovery, lookup, source, typed, now()).await;
    Ok(match outcome.map_err(Problem::sign_in)? {
        SignInOutcome::SignedIn(signed_in) => {
            let cookie = session(signed_in.account().id(), signed_in.tag().as_str());
            ([(header::SET_COOKIE, cookie)], page("You are signed in.", "")).into_response()
        }
        SignInOutcome::MustChange(must_change) => {
            let form = Reset::with_ticket(must_change.ticket().expose_secret());
            page("Please choose a new password.", &pages::reset(&form)).into_response()
        }
        _ => return Err(Problem::SignedOut),
    })
}

async fn sign_out() -> impl IntoResponse {
    let cookie = "session=; Max-Age=0; HttpOnly; SameSite=Lax; Path=/";
    ([(header::SET_COOKIE, cookie)], page("You are signed out.", ""))
}

fn session(id: &AccountId, tag: &str) -> String {
    format!("session={id}.{tag}; HttpOnly; SameSite=Lax; Path=/")
}
