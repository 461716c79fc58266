//! What was posted: read within its limits, and only after the request was found to be of no other site.

use core::fmt;
use core::marker::PhantomData;
use core::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt;
use repass::port::Ports;
use repass::throttle::Source;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::app::App;
use crate::fields::Fields;
use crate::forms::PageProblem;
use crate::host::Host;
use crate::origin::Sender;
use crate::problem::Problem;
use crate::route::Route;
use crate::source;

/// A request with a body. Its parts are those that a host is asked about.
pub(crate) struct Posted<R> {
    pub(crate) parts: Parts,
    pub(crate) fields: Fields,
    /// Where it comes from. Nothing else makes a source.
    pub(crate) source: Source,
    route: PhantomData<R>,
}

impl<R> fmt::Debug for Posted<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Posted").field("fields", &self.fields).finish_non_exhaustive()
    }
}

/// A body of JSON. Browsers send `application/json` to another site only if that allows it.
#[derive(Debug)]
pub(crate) struct Json<R>(pub(crate) Posted<R>);

impl<P: Ports + 'static, H: Host, R: Route> FromRequest<App<P, H>> for Json<R> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App<P, H>) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        app.mount().origin.check(&parts.headers)?;
        if !is(&parts.headers, "application/json") {
            return Err(Problem::media_type());
        }
        let source = source::of(&parts, &app.mount().proxies)?;
        let body = read(body, app).await?;
        let fields = Fields::from_json(&body, R::FIELDS)?;
        Ok(Self(Posted { parts, fields, source, route: PhantomData }))
    }
}

/// The fields of a form. One that relies on a cookie must come from a page of this origin.
#[derive(Debug)]
pub(crate) struct Form<R>(pub(crate) Posted<R>);

impl<P: Ports + 'static, H: Host, R: Route> FromRequest<App<P, H>> for Form<R> {
    type Rejection = PageProblem;

    async fn from_request(request: Request, app: &App<P, H>) -> Result<Self, PageProblem> {
        Self::read(request, app).await.map_err(|problem| app.page_problem(problem))
    }
}

impl<R: Route> Form<R> {
    async fn read<P: Ports + 'static, H: Host>(
        request: Request,
        app: &App<P, H>,
    ) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let sender = app.mount().origin.check(&parts.headers)?;
        if R::USES_COOKIES && sender == Sender::Unknown {
            return Err(Problem::cross_site());
        }
        if !is(&parts.headers, "application/x-www-form-urlencoded") {
            return Err(Problem::media_type());
        }
        let source = source::of(&parts, &app.mount().proxies)?;
        let body = read(body, app).await?;
        let names = if R::FORM_FIELDS.is_empty() { R::FIELDS } else { R::FORM_FIELDS };
        let fields = Fields::from_form(&body, names)?;
        Ok(Self(Posted { parts, fields, source, route: PhantomData }))
    }
}

/// Whether there is one media type, and it is this one, whatever its parameters.
fn is(headers: &HeaderMap, media_type: &str) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let essence = value.to_str().ok().and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}

/// The body, within the limits of size and time. It is wiped on drop; what the server read it from is not.
async fn read<P: Ports + 'static, H: Host>(
    body: Body,
    app: &App<P, H>,
) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let limit = app.mount().body_limit;
    match timeout(app.mount().body_time, collect(body, limit)).await {
        Ok(collected) => collected,
        Err(_) => Err(Problem::too_slow()),
    }
}

async fn collect(mut body: Body, limit: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    // Of its full size at once, as a vector that grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::malformed("body_broken"))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len().saturating_add(data.len()) > limit {
            return Err(Problem::too_large());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// How long a body may take by default.
pub(crate) const BODY_TIME: Duration = Duration::from_secs(10);
/// How large a body may be by default, in bytes: the longest password has 4,096.
pub(crate) const BODY_LIMIT: usize = 16 * 1024;
