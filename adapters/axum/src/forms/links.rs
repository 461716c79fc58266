//! Links that do something only when a person presses a button: mail programs open links, too.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use repass::port::Ports;
use repass::reset::StopEffect;
use zeroize::Zeroizing;

use super::html::Html;
use super::redirect::{Target, see_other};
use super::{PageProblem, show};
use crate::action;
use crate::app::App;
use crate::fields::parameter;
use crate::host::Host;
use crate::posted::Form;
use crate::problem::Problem;
use crate::route;

type Page = Result<Response, PageProblem>;

pub(crate) async fn not_me_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    uri: Uri,
) -> Page {
    let call = app.call::<route::NotMe>();
    let token = token(&app, &uri)?;
    let effect = action::inspect_not_me(&call, &token).await;
    let text = match effect.map_err(|problem| app.page_problem(problem))? {
        StopEffect::RecoveryRequired => {
            "The password of your account was changed. If it was not you, press the button: all \
             sessions end, and the password no longer works until you choose another one by a link or \
             a code."
        }
        _ => {
            "We received a request about your account. If it was not you, press the button: what was \
             requested ends, and your password stays as it is."
        }
    };
    let page = show::confirm(&app, "/not-me", &token, "This was not me");
    let page = Html::new().paragraph(text).then(&page);
    Ok(page.into_page(StatusCode::OK, "This was not you?"))
}

pub(crate) async fn not_me<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Form(mut posted): Form<route::NotMe>,
) -> Page {
    let call = app.call::<route::NotMe>();
    let problem = |problem| app.page_problem(problem);
    let token = posted.fields.need("token").map_err(problem)?;
    action::not_me(&call, &token).await.map_err(problem)?;
    see_other(&app, Target::Page("/stopped"), &[], HeaderMap::new())
}

pub(crate) async fn verify_page<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    uri: Uri,
) -> Page {
    let call = app.call::<route::Verify>();
    let token = token(&app, &uri)?;
    let admitted = action::admit_address(&call, &token).await;
    let admitted = admitted.map_err(|problem| app.page_problem(problem))?;
    let page = show::confirm(&app, "/verify", &token, "Confirm the address");
    let page = Html::new().paragraph(admitted.address().as_str()).then(&page);
    Ok(page.into_page(StatusCode::OK, "Is this your address?"))
}

pub(crate) async fn verify<P: Ports + 'static, H: Host>(
    State(app): State<App<P, H>>,
    Form(mut posted): Form<route::Verify>,
) -> Page {
    let call = app.call::<route::Verify>();
    let problem = |problem| app.page_problem(problem);
    let token = posted.fields.need("token").map_err(problem)?;
    action::verify_address(&call, &token).await.map_err(problem)?;
    see_other(&app, Target::Page("/verified"), &[], HeaderMap::new())
}

fn token<P: Ports + 'static, H: Host>(
    app: &App<P, H>,
    uri: &Uri,
) -> Result<Zeroizing<String>, PageProblem> {
    let token = parameter(uri, "token").map_err(|problem| app.page_problem(problem))?;
    token.ok_or_else(|| app.page_problem(Problem::refused()))
}
