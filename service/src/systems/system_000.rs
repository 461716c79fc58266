//! A reseller sets the password of a user in its own hierarchy.

mod answer;

use alloc::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use repass::account::{AccountId, Lookup};
use repass::answer::Answered;
use repass::policy::Policy;
use repass::reset::SetError;
use repass::secret::{Password, Salt};
use repass_tokio::{PoolError, finish};

use self::answer::{Output, Said};
use super::Mounted;
use crate::clock::now;
use crate::configuration::{ConfigurationError, Secret, Section, policy};
use crate::context::Context;
use crate::headers::{NotOne, one};
use crate::parameters::{Format, Parameters};

/// The path of the document.
const PATH: &str = "/SMSApi/reseller/resetuserpassword";

/// What the configuration says about the system.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    user_id: String,
    password: Secret,
    api_key: Secret,
    key_in_body: bool,
    operator: AccountId,
    policy: Policy,
}

impl Configured {
    pub(super) fn read(mut section: Section) -> Result<Self, ConfigurationError> {
        let user_id = section.required_text("userid", "userid = \"reseller\"")?;
        let operator = section.parsed("operator", "operator = \"reseller\"", AccountId::new)?;
        let operator = match operator {
            Some(operator) => operator,
            None => AccountId::new(&user_id)
                .map_err(|error| section.error("userid", error, "userid = \"reseller\""))?,
        };
        let built_in = || {
            let policy: Result<Policy, _> = toml::from_str(include_str!("system_000.toml"));
            policy.map_err(|error| section.error("policy", error, "[systems.000.policy]"))
        };
        let built_in = built_in()?;
        let configured = Self {
            user_id,
            operator,
            password: section.caller_secret("password", "password = \"…\"")?,
            api_key: section.caller_secret("api_key", "api_key = \"…\"")?,
            key_in_body: section.flag("key_in_body")?,
            policy: policy(&mut section, "policy")?.unwrap_or(built_in),
        };
        section.end()?;
        Ok(configured)
    }

    /// Whether these are the credentials of the reseller. The key decides where there is one, and a pair
    /// beside it must not say otherwise.
    fn admits(&self, key: Option<&str>, parameters: &Parameters) -> bool {
        let pair = (parameters.get("userid"), parameters.get("password"));
        let pair = match pair {
            (None, None) => None,
            (user, password) => {
                let same = user == Some(self.user_id.as_str());
                Some(self.password.is(password.unwrap_or_default()) & same)
            }
        };
        match (key, pair) {
            (Some(key), pair) => self.api_key.is(key) & pair.unwrap_or(true),
            (None, pair) => pair.unwrap_or(false),
        }
    }
}

type Shared = State<(Arc<Configured>, Context)>;

pub(super) fn mount(configured: &Configured, context: &Context) -> Mounted {
    let route = post(reset).fallback(async || Said::refused(405, "Only POST is supported"));
    let state = (Arc::new(configured.clone()), context.clone());
    Mounted { routes: Router::new().route(PATH, route).with_state(state), flow: None }
}

async fn reset(State((configured, context)): Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let formats = [Format::Urlencoded];
    let parameters = match Parameters::read(&parts, body, &context.http, &formats).await {
        Ok(parameters) => parameters,
        Err(error) => return Said::refused(error.status(), error.text()).into_response(),
    };
    let output = match parameters.get("output").map_or(Some(Output::Plain), Output::read) {
        Some(output) => output,
        None => return Said::refused(400, "The parameter output is invalid").into_response(),
    };
    let key = match one(&parts.headers, "apikey") {
        Ok(None) if configured.key_in_body => parameters.get("apiKey"),
        Ok(key) => key,
        // No key is empty.
        Err(NotOne) => Some(""),
    };
    let said = if configured.admits(key, &parameters) {
        set(&configured, &context, &parameters).await.unwrap_or_else(|refused| refused)
    } else {
        context.host.happened("system_000_unauthorized");
        Said::refused(401, "Invalid user credentials")
    };
    said.by(output).into_response()
}

async fn set(
    configured: &Configured,
    context: &Context,
    parameters: &Parameters,
) -> Result<Said, Said> {
    let (Some(login), Some(new)) = (parameters.get("userloginname"), parameters.get("newPassword"))
    else {
        return Err(Said::refused(400, "A required parameter is missing"));
    };
    let (Ok(lookup), Ok(new)) = (Lookup::login(login), Password::new(new)) else {
        return Err(Said::refused(400, "A parameter is invalid"));
    };
    let recovery = &context.recovery;
    let administered = recovery.administer(&configured.operator, lookup, now()).await;
    let administered = administered.map_err(|error| {
        context.host.happened(error.code());
        Said::answered(error.answer())
    })?;
    let policy = configured.policy.clone();
    let salt =
        Salt::generate(&mut repass::SysRng).map_err(|error| Said::answered(error.answer()))?;
    let permit = context.hashing.permit::<SetError>().await;
    let change = match permit {
        Err(error) => Err(error),
        Ok(permit) => {
            permit
                .run(move |hasher| {
                    // The flow of the service hands secrets over where this system is on.
                    let hand_over = administered.hand_over().map_err(|error| error.answer());
                    match hand_over {
                        Ok(hand_over) => {
                            hand_over.set_password(&new, &policy, hasher, salt).map(Ok)
                        }
                        Err(answer) => Ok(Err(answer)),
                    }
                })
                .await
        }
    };
    let change = match change {
        Ok(Ok(change)) => change,
        Ok(Err(answer)) => return Err(Said::answered(answer)),
        Err(PoolError::Failed(SetError::Policy(violations))) => {
            return Err(Said::refused(422, violations.to_string().trim_end()));
        }
        Err(error) => return Err(Said::answered(error.answer())),
    };
    match finish(recovery, &context.host, change, now()).await {
        Ok(_) => Ok(Said::success("Password changed successfully.")),
        Err(error) => Err(Said::answered(error.answer())),
    }
}
