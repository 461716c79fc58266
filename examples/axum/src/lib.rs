//! A service with forgotten, reset and changed passwords: five forms on axum, over SQLite.
//!
//! Messages are appended to a file. The session is one for tests: `/session/ID` signs anybody in. A real
//! service has its own sign-in, sends mail, and answers with pages of its own.

extern crate alloc;

mod notifier;
mod pages;

use alloc::sync::Arc;
use core::time::Duration;

use axum::Form;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use repass::SysRng;
use repass::account::{Account, AccountId, Lookup};
use repass::answer::Answer;
use repass::hash::Hasher;
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
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

type SqlitePorts = PortSet<SqliteAccounts, SqliteStore, SqliteStore, SqliteStore, FileNotifier>;

/// The state that all requests share.
#[derive(Clone, Debug)]
pub struct Service {
    recovery: Recovery<SqlitePorts>,
    hashing: HashPool,
    policy: Policy,
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
    /// Opens the database; `page` is the address of the reset page, and `key` 32 bytes of base64.
    ///
    /// # Errors
    ///
    /// Any error of the configuration or the database.
    pub async fn open(
        database: &str,
        messages: &str,
        page: &str,
        key: &str,
    ) -> Result<Self, Box<dyn core::error::Error>> {
        let keyring = Keyring::new(KeyId::new(1), Key::from_base64(key)?);
        let flow = Flow::builder(keyring, ResetLink::new(page, LinkForm::Query)?).build()?;
        let store = SqliteStore::open(database).await?;
        let ports = PortSet {
            accounts: store.accounts(),
            attempts: store.clone(),
            counters: store.clone(),
            queue: store,
            notifier: FileNotifier::new(messages),
        };
        let hashing = HashPool::new(Hasher::default(), Duration::from_secs(5));
        Ok(Self { recovery: Recovery::new(flow, ports), hashing, policy: Policy::django() })
    }

    /// Works on the queue until `stop` is done.
    pub async fn work(self, stop: impl Future<Output = ()> + Send) {
        let worker = Worker::new(self.recovery, Arc::new(Sessions), now);
        worker.poll_every(Duration::from_millis(100)).run(stop).await;
    }

    /// The pages.
    pub fn router(self) -> Router {
        Router::new()
            .route("/forgot", get(forgot_page).post(forgot))
            .route("/reset", get(reset_page).post(reset))
            .route("/change", get(change_page).post(change))
            .route("/session/{id}", get(sign_in))
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
    let _after = finish(&service.recovery, &Sessions, change, now()).await?;
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
    let present = Password::verbatim(form.present)?;
    let id = account.id().clone();
    let current = service.hashing.current(&service.recovery, id, present, now()).await?;
    let set = service.hashing.set_password(Arc::new(current), new, service.policy.clone());
    let after = finish(&service.recovery, &Sessions, set.await?, now()).await?;
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
