//! From "forgot" to "changed".

use core::mem::take;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use repass::port::Ports;
use repass::secret::Password;

use super::html::Html;
use super::redirect::{Target, see_other};
use super::{PageProblem, show};
use crate::action::{self, Shown};
use crate::app::{App, Call};
use crate::attempt_tag::AttemptTag;
use crate::cookies::{CookieKind, Cookies, SetCookie};
use crate::fields::{Fields, parameter};
use crate::host::Host;
use crate::posted::Form;
use crate::problem::Problem;
use crate::route;

type Page = Result<Response, PageProblem>;

pub(crate) async fn forgot_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
) -> Response {
    show::forgot(&app).into_page(StatusCode::OK, "Forgot your password?")
}

pub(crate) async fn forgot<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Form(mut posted): Form<route::Forgot>,
) -> Page {
    let call = app.call::<route::Forgot>();
    let again = |problem| app.page_problem(problem).again(&show::forgot(&app));
    let (delivery, has_code) = action::delivery(&mut posted.fields).map_err(again)?;
    let lookup = action::lookup(&call, &mut posted.fields).map_err(again)?;
    let handle = action::request(&call, lookup, delivery, posted.source).await.map_err(again)?;
    let flow = call.recovery().flow();
    let life = if has_code { flow.code_life() } else { flow.link_life() };
    let handle = handle.expose_secret();
    let cookies = Cookies::of(&posted.parts.headers).set(CookieKind::Handle, handle, life);
    let page = if has_code { "/code" } else { "/sent" };
    let target = AttemptTag::of(handle)
        .map_or(Target::Page("/forgot"), |attempt| Target::Attempt(page, attempt));
    see_other(&app, target, &cookies, HeaderMap::new())
}

const SENT: &str = "If there is such an account, a message is on its way.";

pub(crate) async fn sent_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    uri: Uri,
    headers: HeaderMap,
) -> Page {
    let attempt = of_handle(&app, &uri, &headers)?;
    let page = Html::new().paragraph(SENT).paragraph("Open the link in it.");
    let page = page.then(&show::resend(&app, attempt, "sent"));
    Ok(page.into_page(StatusCode::OK, "Look into your mailbox"))
}

pub(crate) async fn code_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    uri: Uri,
    headers: HeaderMap,
) -> Page {
    let attempt = of_handle(&app, &uri, &headers)?;
    let page = Html::new().paragraph(SENT).then(&show::code(&app, attempt));
    let page = page.then(&show::resend(&app, attempt, "code"));
    Ok(page.into_page(StatusCode::OK, "Enter the code"))
}

pub(crate) async fn resend<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Form(mut posted): Form<route::Resend>,
) -> Page {
    let call = app.call::<route::Resend>();
    let cookies = Cookies::of(&posted.parts.headers);
    let page = posted.fields.take("page");
    let page =
        page.as_ref().map_or("/sent", |page| if **page == "code" { "/code" } else { "/sent" });
    let problem = |problem| app.page_problem(problem);
    let (attempt, handle) = handle_of(&mut posted.fields, &cookies).map_err(problem)?;
    action::resend(&call, handle).await.map_err(problem)?;
    see_other(&app, Target::Attempt(page, attempt), &[], HeaderMap::new())
}

pub(crate) async fn code<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Form(mut posted): Form<route::Code>,
) -> Page {
    let call = app.call::<route::Code>();
    let cookies = Cookies::of(&posted.parts.headers);
    let problem = |problem| app.page_problem(problem);
    let (attempt, handle) = handle_of(&mut posted.fields, &cookies).map_err(problem)?;
    let again = |problem: Problem| {
        // A code can be typed again while there are tries left, or when it was no code.
        let is_over = matches!(problem.tries_left(), Some(0));
        let page = app.page_problem(problem);
        if is_over { page } else { page.again(&show::code(&app, attempt)) }
    };
    let code = posted.fields.need("code").map_err(again)?;
    let shown = Shown::Code { handle: handle.to_owned().into(), code };
    let admitted = action::admit(&call, &shown, &cookies).await.map_err(again)?;
    let ticket = admitted.ticket().ok_or_else(|| problem(Problem::unavailable()))?;
    let set = action::ticket_cookies(ticket, &cookies);
    see_other(&app, Target::Attempt("/reset", attempt), &set, HeaderMap::new())
}

/// A link leads here. Its token is exchanged for a ticket in a cookie, which changes nothing that is
/// stored, and the browser is sent on to an address without a secret. A link always counts for more than
/// a cookie that the browser has already.
pub(crate) async fn reset_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    uri: Uri,
    headers: HeaderMap,
) -> Page {
    let call = app.call::<route::Reset>();
    let problem = |problem| app.page_problem(problem);
    let cookies = Cookies::of(&headers);
    let named = |name: &str| parameter(&uri, name).map_err(problem);
    if let Some(token) = named(&app.mount().token_name)? {
        let shown = match &app.mount().handle_name {
            None => Shown::Link(token),
            Some(name) => {
                let handle = named(name)?.ok_or_else(|| problem(Problem::refused()))?;
                Shown::HandledLink { handle, token }
            }
        };
        let admitted = action::admit(&call, &shown, &cookies).await.map_err(problem)?;
        let ticket = admitted.ticket().ok_or_else(|| problem(Problem::unavailable()))?;
        let attempt = AttemptTag::of(ticket.expose_secret());
        let attempt = attempt.ok_or_else(|| problem(Problem::unavailable()))?;
        let set = action::ticket_cookies(ticket, &cookies);
        return see_other(&app, Target::Attempt("/reset", attempt), &set, HeaderMap::new());
    }
    let Some(attempt) = named("attempt")? else {
        return see_other(&app, Target::Page("/forgot"), &[], HeaderMap::new());
    };
    let shown = Shown::ticket(&attempt, &cookies).map_err(problem)?;
    let admitted = action::admit(&call, &shown, &cookies).await.map_err(problem)?;
    let attempt = shown.attempt().ok_or_else(|| problem(Problem::refused()))?;
    let page = show::reset(&app, attempt, Some(admitted.account()));
    Ok(page.into_page(StatusCode::OK, "Choose a new password"))
}

pub(crate) async fn reset<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Form(mut posted): Form<route::Reset>,
) -> Page {
    let call = app.call::<route::Reset>();
    let cookies = Cookies::of(&posted.parts.headers);
    let problem = |problem| app.page_problem(problem);
    let attempt = posted.fields.need("attempt").map_err(problem)?;
    let shown = Shown::ticket(&attempt, &cookies).map_err(problem)?;
    let attempt = shown.attempt().ok_or_else(|| problem(Problem::refused()))?;
    // Before anything that can be corrected: each form that is shown says whose password it sets.
    let admitted = action::admit(&call, &shown, &cookies).await.map_err(problem)?;
    let again = |problem: Problem| {
        let with_form = problem.kind().can_be_corrected() || problem.attempt().is_some();
        let page = app.page_problem(problem);
        let form = || show::reset(&app, attempt, Some(admitted.account()));
        if with_form { page.again(&form()) } else { page }
    };
    let new = new_password(&call, &mut posted.fields).map_err(again)?;
    let set = action::set(&call, &posted.parts, &admitted, new, &cookies).await.map_err(again)?;
    let target = if set.is_signed_in() { Target::AfterSignIn } else { Target::Page("/done") };
    see_other(&app, target, &SetCookie::all_removed(attempt), set.into_headers())
}

/// The attempt that a form names, and its handle, from the cookie.
fn handle_of<'a>(
    fields: &mut Fields,
    cookies: &'a Cookies,
) -> Result<(AttemptTag, &'a str), Problem> {
    let attempt = AttemptTag::parse(&fields.need("attempt")?).ok_or_else(Problem::refused)?;
    let handle = cookies.get(CookieKind::Handle, attempt).ok_or_else(Problem::refused)?;
    Ok((attempt, handle))
}

/// A new password that was typed twice.
pub(super) fn new_password<P: Ports + 'static, H: Host>(
    call: &Call<'_, P, H>,
    fields: &mut Fields,
) -> Result<Password, Problem> {
    let (mut new, mut again) = (fields.need("password")?, fields.need("again")?);
    let confirmed = Password::confirmed(take(&mut *new), take(&mut *again));
    confirmed.map_err(|error| call.refuse(&error).in_field("password"))
}

/// The attempt that the address of a page names, if the browser has its handle.
fn of_handle<P: Ports + 'static, H: Host>(
    app: &App<P, H>,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<AttemptTag, PageProblem> {
    let attempt = parameter(uri, "attempt").map_err(|problem| app.page_problem(problem))?;
    let attempt = attempt.as_ref().and_then(|attempt| AttemptTag::parse(attempt));
    let known =
        attempt.filter(|attempt| Cookies::of(headers).get(CookieKind::Handle, *attempt).is_some());
    known.ok_or_else(|| app.page_problem(Problem::refused()))
}
