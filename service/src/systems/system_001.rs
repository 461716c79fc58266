//! Change, forgot by e-mail or user name, and submit with the user key and the token of the message.

mod answer;

use alloc::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use repass::account::{AccountId, Lookup};
use repass::answer::Answered;
use repass::language::Plural;
use repass::policy::{Catalogue, Policy};
use repass::port::DynPorts;
use repass::recovery::Recovery;
use repass::reset::{
    Admitted, CurrentError, CurrentPasswordError, Delivery, Disclosed, Proof, SetError,
};
use repass::scope::Purpose;
use repass::secret::{Password, PasswordError};
use repass_tokio::PoolError;

use self::answer::Said;
use super::Mounted;
use super::bearers::{Bearers, bearer};
use crate::clock::now;
use crate::configuration::{ConfigurationError, ConfiguredAccount, Secret, Section, policy};
use crate::context::{Context, NotSet, seed};
use crate::headers::one;
use crate::parameters::{Format, Parameters};
use crate::start_error::StartError;

/// The pages of the links in messages are below this path.
const PAGES: &str = "/system-001";
const REQUIRED: &str = "This field is required.";
const UNKNOWN: &str = "This username or email does not exist in the system.";
/// Without a space after the full stop, as in the document.
const SEVERAL: &str = "There is multiple users are registered with the specified E-Mail \
                       address.Please enter the username";
const WRONG_OLD: &str = "Your old password was entered incorrectly. Please enter it again.";
const DIFFERENT: &str = "The two password fields didn't match.";
const INVALID_TOKEN: &str =
    "The token is invalid. Enter the correct token that send to your email.";
/// The texts of the document, by the violation that they are about.
const SENTENCES: [(&str, &str); 5] = [
    (
        "password_too_similar",
        "Your password can't be too similar to your other personal information.",
    ),
    ("password_too_short", "Your password must contain at least 8 characters."),
    ("password_too_common", "Your password can't be a commonly used password."),
    ("password_entirely_numeric", "Your password can't be entirely numeric."),
    (
        "password_missing_classes",
        "Your password must contain at least one capital letter, small letter, number and special \
         character.",
    ),
];
/// For errors without a field.
const NO_FIELD: &str = "non_field_errors";

/// What the configuration says about the system.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    prefix: String,
    version: String,
    api_key: Secret,
    policy: Policy,
}

impl Configured {
    pub(super) fn read(mut section: Section) -> Result<Self, ConfigurationError> {
        let built_in: Result<Policy, _> = toml::from_str(include_str!("system_001.toml"));
        let built_in =
            built_in.map_err(|error| section.error("policy", error, "[systems.001.policy]"))?;
        let segment = |text: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            let sound = text.bytes().all(plain) && text != "." && text != "..";
            sound.then(|| text.to_owned()).ok_or("must be one segment of a path")
        };
        let missing = "is missing";
        let (prefix, version) = ("prefix = \"api\"", "version = \"v1\"");
        let configured = Self {
            prefix: section
                .parsed("prefix", prefix, segment)?
                .ok_or_else(|| section.error("prefix", missing, prefix))?,
            version: section
                .parsed("version", version, segment)?
                .ok_or_else(|| section.error("version", missing, version))?,
            api_key: section.caller_secret("api_key", "api_key = \"…\"")?,
            policy: policy(&mut section, "policy")?.unwrap_or(built_in),
        };
        section.end()?;
        Ok(configured)
    }
}

struct System {
    configured: Configured,
    context: Context,
    recovery: Recovery<DynPorts>,
    bearers: Bearers,
    catalogue: Catalogue,
}

type Shared = State<Arc<System>>;

pub(super) fn mount(
    configured: &Configured,
    context: &Context,
    accounts: &[ConfiguredAccount],
) -> Result<Mounted, StartError> {
    let purpose = Purpose::new("system-001").map_err(StartError::of("systems.001"))?;
    let page = context.flows().page(&format!("{PAGES}/reset"))?;
    let page = page.with_handle_name("user").map_err(StartError::of("base_url"))?;
    let recovery = context.flows().recovery(purpose, page, |flow| flow.disclose_accounts())?;
    let catalogue =
        Catalogue::from_texts(Plural::english, SENTENCES).map_err(StartError::of("systems.001"))?;
    let system = System {
        configured: configured.clone(),
        context: context.clone(),
        recovery: recovery.clone(),
        bearers: Bearers::new(
            accounts
                .iter()
                .filter_map(|account| account.bearer.as_ref().map(|bearer| (&account.id, bearer))),
        ),
        catalogue,
    };
    let Configured { prefix, version, .. } = configured;
    let mut routes = Router::new();
    for slash in ["", "/"] {
        let path = |name: &str| format!("/{prefix}/{version}/user/{name}{slash}");
        routes = routes
            .route(&path("profile/change-password"), post(change).fallback(only_post))
            .route(&path("forgot-password"), post(forgot).fallback(only_post))
            .route(&path("forgot-password-submit"), post(submit).fallback(only_post));
    }
    let pages = context.mount(&recovery, &configured.policy, PAGES);
    let pages = pages.and_then(|pages| pages.link_names("token", Some("user")));
    let pages = pages.map_err(StartError::of("systems.001"))?;
    let pages = repass_axum::router(pages, Arc::new(context.host.without_sign_in()));
    let routes = routes.with_state(Arc::new(system)).merge(pages);
    Ok(Mounted { routes, flow: Some(recovery) })
}

async fn only_post() -> Said {
    Said::wrong(405, NO_FIELD, "Only POST is supported.")
}

async fn change(State(system): Shared, request: Request) -> Response {
    system.changed(request).await.unwrap_or_else(|refused| refused).into_response()
}

async fn forgot(State(system): Shared, request: Request) -> Response {
    system.forgotten(request).await.unwrap_or_else(|refused| refused).into_response()
}

async fn submit(State(system): Shared, request: Request) -> Response {
    system.submitted(request).await.unwrap_or_else(|refused| refused).into_response()
}

impl System {
    /// Refuses a caller without the key before the body is read.
    fn check_key(&self, request: &Request) -> Result<(), Said> {
        let key = one(request.headers(), "apikey").ok().flatten();
        if self.configured.api_key.is(key.unwrap_or_default()) {
            return Ok(());
        }
        self.context.host.happened("system_001_unauthorized");
        Err(Said::wrong(401, NO_FIELD, "The apikey is missing or wrong."))
    }

    async fn parameters(&self, request: Request) -> Result<Parameters, Said> {
        let (parts, body) = request.into_parts();
        let formats = [Format::Multipart, Format::Urlencoded, Format::Json];
        let read = Parameters::read(&parts, body, &self.context.http, &formats).await;
        read.map_err(|error| Said::wrong(error.status(), NO_FIELD, error.text()))
    }

    async fn changed(&self, request: Request) -> Result<Said, Said> {
        self.check_key(&request)?;
        let id = self.bearer(request.headers()).await?;
        let parameters = self.parameters(request).await?;
        let [old, new, again] =
            required(&parameters, ["old_password", "new_password", "confirm_password"])?;
        let new = Password::confirmed(new, again).map_err(|error| match error {
            PasswordError::ConfirmationMismatch => Said::wrong(400, "confirm_password", DIFFERENT),
            error => Said::wrong(400, "password", error),
        })?;
        let wrong_old = || Said::wrong(401, NO_FIELD, WRONG_OLD);
        let old = Password::new(old).map_err(|_| wrong_old())?;
        let hashing = &self.context.hashing;
        let admitted = hashing.current(&self.context.recovery, id, old, now()).await;
        let admitted = admitted.map_err(|error| match error {
            PoolError::Failed(CurrentPasswordError::Refused(CurrentError::WrongPassword)) => {
                wrong_old()
            }
            error => Said::answered(error.answer()),
        })?;
        self.set(&self.context.recovery, admitted, new).await
    }

    /// The account of the bearer, before the body is read.
    async fn bearer(&self, headers: &HeaderMap) -> Result<AccountId, Said> {
        let token = bearer(headers).unwrap_or_default();
        let holds = self.bearers.account(&self.context, token).await;
        holds.map_err(Said::answered)?.ok_or_else(|| {
            self.context.host.happened("system_001_signed_out");
            Said::wrong(401, NO_FIELD, "The access token is missing or not valid.")
        })
    }

    async fn forgotten(&self, request: Request) -> Result<Said, Said> {
        self.check_key(&request)?;
        let source = self.context.source(request.headers(), request.extensions());
        let parameters = self.parameters(request).await?;
        let [email] = required(&parameters, ["email"])?;
        let unknown = || Said::wrong(401, NO_FIELD, UNKNOWN);
        let lookup = Lookup::email_or_login(email).map_err(|_| unknown())?;
        let disclosure = self.recovery.flow().disclosure().ok_or_else(unknown)?;
        let asked =
            self.recovery.disclose(&disclosure, lookup.clone(), source.clone(), now()).await;
        match asked.map_err(|error| Said::answered(error.answer()))? {
            Disclosed::Unknown => return Err(unknown()),
            Disclosed::Several => return Err(Said::wrong(401, NO_FIELD, SEVERAL)),
            Disclosed::Known => {}
        }
        let seed = seed().map_err(|error| Said::answered(error.answer()))?;
        let asked = self.recovery.request(lookup, Delivery::LINK, source, seed, now()).await;
        asked.map(|_| Said::done()).map_err(|error| Said::answered(error.answer()))
    }

    async fn submitted(&self, request: Request) -> Result<Said, Said> {
        self.check_key(&request)?;
        let parameters = self.parameters(request).await?;
        let [handle, token, new] = required(&parameters, ["user", "token", "new_password"])?;
        let new = Password::new(new).map_err(|error| Said::wrong(400, "password", error))?;
        let admitted = self.recovery.admit(Proof::HandledLink { handle, token }, None, now()).await;
        let admitted = admitted.map_err(|error| invalid_token(&error))?;
        self.set(&self.recovery, admitted, new).await
    }

    async fn set(
        &self,
        recovery: &Recovery<DynPorts>,
        admitted: Admitted,
        new: Password,
    ) -> Result<Said, Said> {
        let set = self.context.set(recovery, admitted, new, &self.configured.policy).await;
        match set {
            Ok(_) => Ok(Said::done()),
            Err(NotSet::Refused(PoolError::Failed(SetError::Policy(violations)))) => {
                let texts = violations.iter().map(|one| self.catalogue.violation(one).to_string());
                Err(Said::errors(400, [("password", texts.collect())]))
            }
            Err(NotSet::Commit(error)) => Err(invalid_token(&error)),
            Err(error) => Err(Said::answered(error.answer())),
        }
    }
}

/// A token that is not valid has one text, whatever the reason. Where nothing was decided, the same token can be
/// sent again.
fn invalid_token(error: &impl Answered) -> Said {
    match error.answer() {
        repass::answer::Answer::Refused { .. } => Said::wrong(400, "token", INVALID_TOKEN),
        answer => Said::answered(answer),
    }
}

/// The values of these parameters, or all that are missing.
fn required<'a, const N: usize>(
    parameters: &'a Parameters,
    names: [&'static str; N],
) -> Result<[&'a str; N], Said> {
    let missing = names.iter().filter(|name| parameters.get(name).is_none());
    let missing: Vec<_> = missing.map(|name| (*name, vec![REQUIRED.to_owned()])).collect();
    if missing.is_empty() {
        return Ok(names.map(|name| parameters.get(name).unwrap_or_default()));
    }
    Err(Said::errors(400, missing))
}
