//! Forgot by e-mail address or by a field, reset with lead id and temporary password, and change.

mod answer;
mod asked;

use alloc::sync::Arc;
use core::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use repass::account::{AccountId, Fields};
use repass::answer::{Answer, Answered};
use repass::policy::Policy;
use repass::port::DynPorts;
use repass::recovery::Recovery;
use repass::reset::{CurrentError, CurrentPasswordError, Proof, SetError};
use repass::scope::Purpose;
use repass::secret::Password;
use repass::throttle::Source;
use repass_tokio::PoolError;

use self::answer::Said;
use super::Mounted;
use super::bearers::Bearers;
use crate::clock::now;
use crate::configuration::{ConfigurationError, Secret, Section, policy};
use crate::context::{Context, NotSet, seed};
use crate::headers::one;
use crate::parameters::{Format, Parameters};
use crate::start_error::StartError;

/// The pages of the links in messages are below this path.
const PAGES: &str = "/system-002";
const TOKEN: &str = "TemporaryPassword";
const HANDLE: &str = "LeadId";
/// What the requests of the key are counted as.
const CALLER: &str = "system-002";
/// What those of the key are counted as whose answers have the secrets.
const TRUSTED: &str = "system-002-trusted";

/// What the configuration says about the system.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    authorization: Secret,
    trusted_authorization: Option<Secret>,
    private_keys: Vec<(AccountId, Secret)>,
    policy: Option<Policy>,
}

impl Configured {
    pub(super) fn read(mut section: Section) -> Result<Self, ConfigurationError> {
        let (key, trusted) = ("authorization = \"…\"", "trusted_authorization = \"…\"");
        let trusted_authorization =
            section.optional_caller_secret("trusted_authorization", trusted)?;
        let configured = Self {
            authorization: section.caller_secret("authorization", key)?,
            trusted_authorization,
            private_keys: private_keys(&mut section)?,
            policy: policy(&mut section, "policy")?,
        };
        configured.check_keys(&section)?;
        section.end()?;
        Ok(configured)
    }

    /// A key that is another one as well would say that its caller is somebody else.
    fn check_keys(&self, section: &Section) -> Result<(), ConfigurationError> {
        let mut others = vec![&self.authorization];
        let trusted = self.trusted_authorization.iter().map(|key| ("trusted_authorization", key));
        let private = self.private_keys.iter().map(|(_, key)| ("private_keys", key));
        for (name, key) in trusted.chain(private) {
            if others.iter().any(|other| other.is(key.expose())) {
                let reason = "is the same as another key of this section";
                return Err(section.error(name, reason, "authorization = \"…\""));
            }
            others.push(key);
        }
        Ok(())
    }
}

/// The keys of accounts, by their ids.
fn private_keys(section: &mut Section) -> Result<Vec<(AccountId, Secret)>, ConfigurationError> {
    let example = "[systems.002.private_keys] 1001 = \"…\"";
    let name = "private_keys";
    let Some(keys) = section.secrets(name, example)? else { return Ok(Vec::new()) };
    let keys = keys.into_iter().map(|(id, key)| {
        let id = AccountId::new(&id).map_err(|error| section.error(name, error, example))?;
        Ok((id, key))
    });
    keys.collect()
}

struct System {
    configured: Configured,
    policy: Policy,
    context: Context,
    recovery: Recovery<DynPorts>,
    private_keys: Bearers,
    fields: Fields,
}

type Shared = State<Arc<System>>;

pub(super) fn mount(configured: &Configured, context: &Context) -> Result<Mounted, StartError> {
    let wrong = || StartError::of("systems.002");
    let purpose = Purpose::new("system-002").map_err(StartError::of("systems.002"))?;
    let page = context.flows().page(&format!("{PAGES}/reset"))?;
    let page = page.with_token_name(TOKEN).and_then(|page| page.with_handle_name(HANDLE));
    let page = page.map_err(StartError::of("base_url"))?;
    // The limit of the document.
    let limits = context.flows().limits.requests_of_caller(25, Duration::from_secs(5));
    let is_trusted = configured.trusted_authorization.is_some();
    let recovery = context.flows().recovery(purpose, page, |flow| {
        let flow = flow.limits(limits);
        if is_trusted { flow.trusted_caller(TRUSTED) } else { flow }
    })?;
    let policy = configured.policy.clone().unwrap_or_else(|| context.policy.clone());
    let pages = context.mount(&recovery, &policy, PAGES);
    let pages = pages.and_then(|pages| pages.link_names(TOKEN, Some(HANDLE)));
    let pages = pages.map_err(wrong())?;
    let pages = repass_axum::router(pages, Arc::new(context.host.without_sign_in()));
    let keys = configured.private_keys.iter().map(|(id, key)| (id, key));
    let system = System {
        private_keys: Bearers::new(keys),
        configured: configured.clone(),
        policy,
        context: context.clone(),
        recovery: recovery.clone(),
        fields: asked::fields().map_err(StartError::of("systems.002"))?,
    };
    let unknown = async || Said::failed(404, NOT_FOUND);
    let only_post = async || Said::failed(405, NOT_FOUND);
    let routes = Router::new()
        .route("/api/Authentication/SecureForgotPassword", post(forgot).fallback(only_post))
        .route("/api/Authentication/ResetPassword", post(reset).fallback(only_post))
        .route("/api/Authentication/v2/ResetPassword", post(reset).fallback(only_post))
        .route("/api/Settings/ChangePassword", post(change).fallback(only_post))
        .route("/api/Settings/v2/ChangePassword", post(change).fallback(only_post))
        .route("/api/Authentication/{*other}", any(unknown))
        .route("/api/Settings/{*other}", any(unknown));
    Ok(Mounted { routes: routes.with_state(Arc::new(system)).merge(pages), flow: Some(recovery) })
}

const NOT_FOUND: &str = "The API could not be found. Please check the API signature.";

async fn forgot(State(system): Shared, request: Request) -> Response {
    system.forgotten(request).await.unwrap_or_else(|refused| refused).into_response()
}

async fn reset(State(system): Shared, request: Request) -> Response {
    system.reset(request).await.unwrap_or_else(|refused| refused).into_response()
}

async fn change(State(system): Shared, request: Request) -> Response {
    system.changed(request).await.unwrap_or_else(|refused| refused).into_response()
}

/// Whose key was sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    Known,
    Trusted,
}

impl System {
    /// Refuses a caller without a key before the body is read.
    fn caller(&self, headers: &HeaderMap) -> Result<Caller, Said> {
        let sent = key(headers);
        let is_trusted =
            self.configured.trusted_authorization.as_ref().is_some_and(|key| key.is(sent));
        match (is_trusted, self.configured.authorization.is(sent)) {
            (true, _) => Ok(Caller::Trusted),
            (false, true) => Ok(Caller::Known),
            (false, false) => Err(self.unauthorized()),
        }
    }

    fn unauthorized(&self) -> Said {
        self.context.host.happened("system_002_unauthorized");
        Said::unauthorized()
    }

    async fn forgotten(&self, request: Request) -> Result<Said, Said> {
        let caller = self.caller(request.headers())?;
        let (parts, body) = request.into_parts();
        let read = Parameters::bytes(&parts, body, &self.context.http, &[Format::Json]).await;
        let (_, bytes) = read.map_err(Said::unreadable)?;
        let (lookup, delivery) = asked::read(&self.fields, &bytes).ok_or_else(Said::bad)?;
        let seed = seed().map_err(|error| Said::answered(error.answer()))?;
        let refused = |error: repass::reset::RequestError| {
            self.context.host.happened(error.code());
            Said::answered(error.answer())
        };
        if caller == Caller::Trusted
            && let Some(trusted) = self.recovery.flow().trusted_caller(TRUSTED)
        {
            let asked = self.recovery.request_for_caller(&trusted, lookup, seed, now()).await;
            let entrusted = asked.map_err(refused)?;
            let (lead, temporary) = (entrusted.handle().expose_secret(), entrusted.expose_secret());
            return Ok(Said::entrusted(lead, temporary));
        }
        // Counted for the key and not for the address that it is sent from, behind which are many people.
        let source = Source::caller(CALLER).map_err(|_| Said::answered(Answer::Unavailable))?;
        let asked = self.recovery.request(lookup, delivery, Some(source), seed, now()).await;
        asked.map(|_| Said::sent()).map_err(refused)
    }

    async fn parameters(&self, request: Request) -> Result<Parameters, Said> {
        let (parts, body) = request.into_parts();
        let read = Parameters::read(&parts, body, &self.context.http, &[Format::Json]).await;
        read.map_err(Said::unreadable)
    }

    async fn reset(&self, request: Request) -> Result<Said, Said> {
        let _ = self.caller(request.headers())?;
        let parameters = self.parameters(request).await?;
        let [new, handle, token] = required(&parameters, ["Password", HANDLE, TOKEN])?;
        let new = Password::new(new).map_err(|error| Said::failed(400, &error.to_string()))?;
        let admitted = self.recovery.admit(Proof::HandledLink { handle, token }, None, now()).await;
        let admitted = admitted.map_err(|error| not_valid(&error))?;
        let set = self.context.set(&self.recovery, admitted, new, &self.policy).await;
        set.map(|_| Said::changed()).map_err(not_set)
    }

    async fn changed(&self, request: Request) -> Result<Said, Said> {
        let holds = self.private_keys.account(&self.context, key(request.headers())).await;
        let id = holds.map_err(Said::answered)?.ok_or_else(|| self.unauthorized())?;
        let parameters = self.parameters(request).await?;
        let [present, new] = required(&parameters, ["CurrentPassword", "NewPassword"])?;
        let new = Password::new(new).map_err(|error| Said::failed(400, &error.to_string()))?;
        let wrong = || Said::failed(400, "The current password is wrong.");
        let present = Password::new(present).map_err(|_| wrong())?;
        let recovery = &self.context.recovery;
        let admitted = self.context.hashing.current(recovery, id, present, now()).await;
        let admitted = admitted.map_err(|error| match error {
            PoolError::Failed(CurrentPasswordError::Refused(CurrentError::WrongPassword)) => {
                wrong()
            }
            error => Said::answered(error.answer()),
        })?;
        let set = self.context.set(recovery, admitted, new, &self.policy).await;
        set.map(|_| Said::changed()).map_err(not_set)
    }
}

/// The value of `Authorization`, which has no scheme.
fn key(headers: &HeaderMap) -> &str {
    one(headers, header::AUTHORIZATION).ok().flatten().unwrap_or_default().trim()
}

/// The values of these parameters.
fn required<'a, const N: usize>(
    parameters: &'a Parameters,
    names: [&'static str; N],
) -> Result<[&'a str; N], Said> {
    if names.iter().any(|name| parameters.get(name).is_none()) {
        return Err(Said::bad());
    }
    Ok(names.map(|name| parameters.get(name).unwrap_or_default()))
}

/// Lead id and temporary password that are not valid have one text, whatever the reason.
fn not_valid(error: &impl Answered) -> Said {
    match error.answer() {
        Answer::Refused { .. } => {
            Said::failed(400, "The LeadId or the TemporaryPassword is not valid or has expired.")
        }
        answer => Said::answered(answer),
    }
}

fn not_set(error: NotSet) -> Said {
    match error {
        NotSet::Refused(PoolError::Failed(SetError::Policy(violations))) => {
            Said::failed(400, violations.to_string().trim_end())
        }
        NotSet::Commit(error) => not_valid(&error),
        error => Said::answered(error.answer()),
    }
}
