//! A check code by a message with the text of the caller, and a reset by that code with a notice that the caller writes.

mod answer;
mod text;

use alloc::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use repass::account::{ExpectedAccount, Lookup};
use repass::answer::Answered;
use repass::policy::Policy;
use repass::port::DynPorts;
use repass::recovery::Recovery;
use repass::reset::{Admitted, Author, AuthorNotice, Proof, SetError};
use repass::scope::Purpose;
use repass::secret::{Password, PasswordError};
use repass::token::Token;
use repass_tokio::PoolError;

use self::answer::Said;
use super::Mounted;
use crate::clock::now;
use crate::configuration::{ConfigurationError, Secret, Section, policy};
use crate::context::{Context, NotSet, seed};
use crate::parameters::{Format, Parameters};
use crate::start_error::StartError;

/// The path of the document.
const PATH: &str = "/MapIHttpS/MapIS";
/// The pages of the links in messages of the service are below this path.
const PAGES: &str = "/system-003";
/// What the texts of the caller are counted as.
const AUTHOR: &str = "system-003";

/// What the configuration says about the system.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    device_id: Option<Secret>,
    login: Option<Login>,
    author: Author,
    policy: Option<Policy>,
}

/// A name with a password, a session, or either.
#[derive(Clone, Debug)]
struct Login {
    name: String,
    password: Option<Secret>,
    session: Option<Secret>,
}

impl Configured {
    pub(super) fn read(mut section: Section) -> Result<Self, ConfigurationError> {
        let (device, word) = ("device_id = \"…\"", "login_passwd = \"…\"");
        let device_id = section.optional_caller_secret("device_id", device)?;
        let name = section.text("login_name", "login_name = \"mapi\"")?;
        let password = section.optional_caller_secret("login_passwd", word)?;
        let session = section.optional_caller_secret("session_id", "session_id = \"…\"")?;
        let login = match name {
            Some(name) if password.is_some() || session.is_some() => {
                Some(Login { name, password, session })
            }
            None if password.is_none() && session.is_none() => None,
            _ => {
                let reason = "needs login_passwd or session_id, and they need it";
                return Err(section.error("login_name", reason, "login_name = \"mapi\""));
            }
        };
        if device_id.is_none() && login.is_none() {
            let reason = "is missing, and login_name as well: nobody could call";
            return Err(section.error("device_id", reason, device));
        }
        // Secrets are letters and digits, as the document says.
        let mut author = Author::new(AUTHOR).hex();
        for address in section.texts("senders", "senders = [\"support@example.org\"]")? {
            author = author.sender(&address);
        }
        for name in section.texts("sms_senders", "sms_senders = [\"Example\"]")? {
            author = author.sms_sender(&name);
        }
        for address in section.texts("copies_to", "copies_to = [\"archive@example.org\"]")? {
            author = author.copies_to(&address);
        }
        let configured = Self { device_id, login, author, policy: policy(&mut section, "policy")? };
        section.end()?;
        Ok(configured)
    }

    /// Whether a request has the credentials of the caller: a device, a name with a password, or a name with a
    /// session. Whatever is there has to be right.
    fn admits(&self, parameters: &Parameters) -> bool {
        let is = |secret: Option<&Secret>, name: &str| {
            let sent = parameters.get(name)?;
            Some(secret.is_some_and(|secret| secret.is(sent)))
        };
        let login = self.login.as_ref();
        let password = is(login.and_then(|login| login.password.as_ref()), "login_passwd");
        let session = is(login.and_then(|login| login.session.as_ref()), "session_id");
        let name = parameters.get("login_name").map(|name| {
            let is_known = login.is_some_and(|login| login.name == name);
            is_known & (password.is_some() || session.is_some())
        });
        // Without a name, they are nobody's.
        let named = |right: Option<bool>| right.map(|right| right & name.unwrap_or(false));
        let device = is(self.device_id.as_ref(), "device_id");
        let given = [device, name, named(password), named(session)];
        given.iter().any(Option::is_some) && given.iter().flatten().all(|right| *right)
    }
}

struct System {
    configured: Configured,
    policy: Policy,
    context: Context,
    recovery: Recovery<DynPorts>,
}

type Shared = State<Arc<System>>;

pub(super) fn mount(configured: &Configured, context: &Context) -> Result<Mounted, StartError> {
    let purpose = Purpose::new("system-003").map_err(StartError::of("systems.003"))?;
    let page = context.flows().page(&format!("{PAGES}/reset"))?;
    let author = configured.author.clone();
    let recovery = context.flows().recovery(purpose, page, |flow| flow.author(author))?;
    let policy = configured.policy.clone().unwrap_or_else(|| context.policy.clone());
    let pages = context.mount(&recovery, &policy, PAGES).map_err(StartError::of("systems.003"))?;
    let pages = repass_axum::router(pages, Arc::new(context.host.without_sign_in()));
    let system = System {
        configured: configured.clone(),
        policy,
        context: context.clone(),
        recovery: recovery.clone(),
    };
    let routes = Router::new().route(PATH, any(call)).with_state(Arc::new(system));
    Ok(Mounted { routes: routes.merge(pages), flow: Some(recovery) })
}

/// Both methods of the document. HEAD is not GET here: what it asks for would be done all the same.
async fn call(State(system): Shared, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::POST {
        return Said::refused(405, "Only GET and POST are supported").into_response();
    }
    system.called(request).await.unwrap_or_else(|refused| refused).into_response()
}

impl System {
    async fn called(self: &Arc<Self>, request: Request) -> Result<Said, Said> {
        let parameters = self.parameters(request).await?;
        if !self.configured.admits(&parameters) {
            self.context.host.happened("system_003_unauthorized");
            return Err(Said::refused(401, "The credentials are missing or wrong"));
        }
        match parameters.get("action") {
            Some("FORGOTPASSWD") => self.forgotten(&parameters).await,
            Some("RESETPASSWD_BYCODE") => self.reset(&parameters).await,
            _ => Err(Said::refused(400, "action must be FORGOTPASSWD or RESETPASSWD_BYCODE")),
        }
    }

    /// Those of the query, and of the body of a POST.
    async fn parameters(&self, request: Request) -> Result<Parameters, Said> {
        let (parts, body) = request.into_parts();
        let limit = self.context.http.body_limit;
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > limit {
            return Err(Said::refused(414, "The request is too long."));
        }
        let query = Parameters::urlencoded(query.as_bytes()).map_err(Said::unreadable)?;
        let body = if parts.method == Method::POST {
            let read =
                Parameters::read(&parts, body, &self.context.http, &[Format::Urlencoded]).await;
            read.map_err(Said::unreadable)?
        } else {
            Parameters::default()
        };
        query.and(body).map_err(Said::unreadable)
    }

    async fn forgotten(&self, parameters: &Parameters) -> Result<Said, Said> {
        let [login] = required(parameters, ["login_name_toreset"])?;
        let lookup = Lookup::email(login).map_err(|_| not_an_address())?;
        let missing = || Said::refused(400, "check_channel is required");
        let text = text::text(parameters)?.ok_or_else(missing)?;
        let author = self.recovery.flow().author(AUTHOR).ok_or_else(not_configured)?;
        let asked = author.request(text);
        let asked = asked.map_err(|error| Said::refused(400, &error.to_string()))?;
        let seed = seed().map_err(|error| Said::answered(error.answer()))?;
        let asked = self.recovery.request_by_author(asked, lookup, seed, now()).await;
        asked.map(|_| Said::success()).map_err(|error| {
            self.context.host.happened(error.code());
            Said::answered(error.answer())
        })
    }

    async fn reset(self: &Arc<Self>, parameters: &Parameters) -> Result<Said, Said> {
        let names =
            ["login_name_toreset", "new_passwd", "new_passwd_repeat", "resetpasswd_checkcode"];
        let [login, new, again, code] = required(parameters, names)?;
        let lookup = Lookup::email(login).map_err(|_| not_an_address())?;
        let new = Password::confirmed(new, again).map_err(|error| match error {
            PasswordError::ConfirmationMismatch => {
                Said::refused(400, "new_passwd and new_passwd_repeat differ")
            }
            error => Said::refused(400, &error.to_string()),
        })?;
        // Everything that can be wrong with the notice is told before anything is spent.
        let author = self.recovery.flow().author(AUTHOR).ok_or_else(not_configured)?;
        let notice = text::notice(&author, parameters)?;
        let hex = Token::from_hex(code).ok();
        let token = hex.as_ref().map_or(code, Token::expose_secret);
        let expected = ExpectedAccount::Lookup(lookup);
        let admitted = self.recovery.admit(Proof::Link(token), Some(&expected), now()).await;
        let admitted = admitted.map_err(|error| Said::not_valid(&error))?;
        // A client that hangs up gets its notice, too.
        let system = Arc::clone(self);
        let set = tokio::spawn(async move { system.set(admitted, new, notice).await });
        set.await.unwrap_or_else(|_| Err(Said::answered(repass::answer::Answer::Unavailable)))
    }

    async fn set(
        &self,
        admitted: Admitted,
        new: Password,
        notice: Option<AuthorNotice>,
    ) -> Result<Said, Said> {
        let set = self.context.set(&self.recovery, admitted, new, &self.policy).await;
        let after = set.map_err(|error| match error {
            NotSet::Refused(PoolError::Failed(SetError::Policy(violations))) => {
                Said::refused(400, violations.to_string().trim_end())
            }
            NotSet::Commit(error) => Said::not_valid(&error),
            error => Said::answered(error.answer()),
        })?;
        let Some(notice) = notice else { return Ok(Said::success()) };
        // The password is set, and the service has told the owner, whatever becomes of this notice.
        if let Err(failure) = self.recovery.send_notice(&after, &notice, now()).await {
            self.context.host.happened(failure.code());
        }
        Ok(Said::success())
    }
}

fn not_an_address() -> Said {
    Said::refused(400, "login_name_toreset must be an email address")
}

fn not_configured() -> Said {
    Said::answered(repass::answer::Answer::Unavailable)
}

/// The values of these parameters.
fn required<'a, const N: usize>(
    parameters: &'a Parameters,
    names: [&'static str; N],
) -> Result<[&'a str; N], Said> {
    if let Some(missing) = names.iter().find(|name| parameters.get(name).is_none()) {
        return Err(Said::refused(400, &format!("{missing} is required")));
    }
    Ok(names.map(|name| parameters.get(name).unwrap_or_default()))
}
