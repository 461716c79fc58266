//! The link once more, and a change, for the person whom an access token names.

mod token;

use alloc::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use repass::account::{ExpectedAccount, Lookup};
use repass::answer::{Answer, Answered};
use repass::policy::Policy;
use repass::reset::{CurrentError, CurrentPasswordError, SetError};
use repass::secret::Password;
use repass_tokio::PoolError;
use serde_json::json;

use self::token::{Claims, Tokens};
use super::Mounted;
use super::retry_after::retry_after;
use crate::clock::now;
use crate::configuration::{ConfigurationError, Secret, Section, policy};
use crate::context::{Context, NotSet, seed};
use crate::headers::one;
use crate::parameters::{Format, Parameters};
use crate::sessions;
use crate::start_error::StartError;

const RESEND: &str = "/api/auth/reset-password/resend";
const CHANGE: &str = "/api/auth/change-password";

/// What the configuration says about the system.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    jwt_secret: Secret,
    audience: Option<String>,
    bare_token: bool,
    policy: Option<Policy>,
}

impl Configured {
    pub(super) fn read(mut section: Section) -> Result<Self, ConfigurationError> {
        let example = "jwt_secret = { file = \"/etc/repass/jwt\" }";
        let jwt_secret = section.caller_secret("jwt_secret", example)?;
        if jwt_secret.expose().len() < 32 {
            // RFC 7518, section 3.2.
            let reason = "must have at least 32 characters, since it is a key of HS256";
            return Err(section.error("jwt_secret", reason, example));
        }
        let configured = Self {
            jwt_secret,
            audience: section.text("audience", "audience = \"https://api.example.org\"")?,
            bare_token: section.flag("bare_token")?,
            policy: policy(&mut section, "policy")?,
        };
        section.end()?;
        Ok(configured)
    }
}

struct System {
    context: Context,
    tokens: Tokens,
    bare_token: bool,
    policy: Policy,
}

type Shared = State<Arc<System>>;

pub(super) fn mount(configured: &Configured, context: &Context) -> Result<Mounted, StartError> {
    let tokens = Tokens::new(&configured.jwt_secret, configured.audience.clone());
    let tokens = tokens.map_err(StartError::of("systems.004"))?;
    let policy = configured.policy.clone().unwrap_or_else(|| context.policy.clone());
    let bare_token = configured.bare_token;
    let system = Arc::new(System { context: context.clone(), tokens, bare_token, policy });
    let only_post = async || says(405, "Only POST is supported");
    let routes = Router::new()
        .route(RESEND, post(resend).fallback(only_post))
        .route(CHANGE, post(change).fallback(only_post));
    Ok(Mounted { routes: routes.with_state(system), flow: None })
}

async fn resend(State(system): Shared, request: Request) -> Response {
    system.resent(request).await.unwrap_or_else(|refused| refused)
}

async fn change(State(system): Shared, request: Request) -> Response {
    system.changed(request).await.unwrap_or_else(|refused| refused)
}

impl System {
    async fn resent(&self, request: Request) -> Result<Response, Response> {
        let claims = self.claims(request.headers()).await?;
        let parameters = self.parameters(request).await?;
        let lookup = parameters.get("email").map(Lookup::email);
        let Some(Ok(lookup)) = lookup else {
            return Err(says(400, "A valid email is required"));
        };
        let claimed = Lookup::email(&claims.email).map_err(|_| signed_out())?;
        let expected = [ExpectedAccount::Lookup(claimed)];
        let seed = seed().map_err(|error| answered(error.answer()))?;
        let recovery = &self.context.recovery;
        match recovery.resend_to(claims.id, lookup, &expected, seed, now()).await {
            Ok(_) => Ok(says(200, "Reset password email sent successfully")),
            Err(error) => {
                self.context.host.happened(error.code());
                Err(answered(error.answer()))
            }
        }
    }

    async fn changed(&self, request: Request) -> Result<Response, Response> {
        let claims = self.claims(request.headers()).await?;
        let parameters = self.parameters(request).await?;
        let (Some(old), Some(new)) = (parameters.get("old_password"), parameters.get("password"))
        else {
            return Err(says(400, "old_password and password are required"));
        };
        let new = Password::new(new).map_err(|error| says(400, &error.to_string()))?;
        let wrong = || says(403, "The old password is wrong");
        let old = Password::new(old).map_err(|_| wrong())?;
        let recovery = &self.context.recovery;
        let admitted = self.context.hashing.current(recovery, claims.id, old, now()).await;
        let admitted = admitted.map_err(|error| match error {
            PoolError::Failed(CurrentPasswordError::Refused(CurrentError::WrongPassword)) => {
                wrong()
            }
            error => answered(error.answer()),
        })?;
        match self.context.set(recovery, admitted, new, &self.policy).await {
            Ok(_) => Ok(says(200, "Password changed successfully")),
            Err(NotSet::Refused(PoolError::Failed(SetError::Policy(violations)))) => {
                Err(says(400, violations.to_string().trim_end()))
            }
            Err(error) => Err(answered(error.answer())),
        }
    }

    /// Whom the access token names, before the body is read. It ends with the password, since it has the session
    /// epoch of its account.
    async fn claims(&self, headers: &HeaderMap) -> Result<Claims, Response> {
        let value = one(headers, header::AUTHORIZATION).ok().flatten();
        let value = value.unwrap_or_default().trim();
        let token = match value.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            None if self.bare_token => value,
            _ => "",
        };
        let Some(claims) = self.tokens.verify(token, now()) else {
            self.context.host.happened("system_004_signed_out");
            return Err(signed_out());
        };
        let account = self.context.account(&claims.id).await.map_err(answered)?;
        let holds = account.is_some_and(|account| {
            account.epoch() == Some(claims.epoch) && sessions::may_have_one(&account)
        });
        if holds { Ok(claims) } else { Err(signed_out()) }
    }

    async fn parameters(&self, request: Request) -> Result<Parameters, Response> {
        let (parts, body) = request.into_parts();
        let read = Parameters::read(&parts, body, &self.context.http, &[Format::Json]).await;
        read.map_err(|error| says(error.status(), error.text()))
    }
}

fn signed_out() -> Response {
    let mut response = says(401, "The access token is missing, expired or not valid");
    let challenge = HeaderValue::from_static("Bearer");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

fn says(status: u16, text: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, json!({ "message": text }).to_string()).into_response()
}

fn answered(answer: Answer) -> Response {
    let text = match answer {
        Answer::Throttled { .. } => "There were too many requests",
        Answer::Unavailable => "Try again later",
        _ => "The request was refused",
    };
    let mut response = says(answer.http_status(), text);
    if let Some(seconds) = retry_after(answer) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
