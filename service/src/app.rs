//! Puts flows, routes and workers together.

use alloc::sync::Arc;
use core::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use repass::hash::Hasher;
use repass::port::DynPorts;
use repass::recovery::Recovery;
use repass::reset::Operators;
use repass::scope::Purpose;
use repass::secret::Password;
use repass_axum::Origin;
use repass_tokio::HashPool;

use crate::configuration::{
    Configuration, Database, Keys, Metrics as MetricsAt, Tenant, origin_and_path,
};
use crate::context::{Context, Flows};
use crate::database::Opened;
use crate::delivery::Deliverer;
use crate::host::ServiceHost;
use crate::keys::{self, Ring};
use crate::local::only_local;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::pages;
use crate::sessions::Sessions;
use crate::start_error::StartError;

/// What a service keeps while its keys are replaced.
#[derive(Debug)]
pub(crate) struct App {
    configuration: Configuration,
    origin: Origin,
    base_path: String,
    database: Opened,
    hashing: HashPool,
    deliverer: Deliverer,
    metrics: Arc<Metrics>,
    host: Arc<ServiceHost>,
}

/// Routes and flows under one set of keys.
#[derive(Debug)]
pub(crate) struct Generation {
    pub(crate) router: Router,
    /// Each needs a worker.
    pub(crate) flows: Vec<Recovery<DynPorts>>,
}

const REQUESTS: &str = "repass_http_requests_total";

impl App {
    /// Opens the database and adds the accounts of the configuration.
    pub(crate) async fn new(
        configuration: Configuration,
        base_url: &str,
        log: Log,
    ) -> Result<Self, StartError> {
        let (origin, path) = origin_and_path(base_url);
        let origin = Origin::new(origin).map_err(StartError::of("base_url"))?;

        let database = Opened::new(&configuration).await?;
        let hasher = Hasher::new(configuration.hashing.cost);
        let hasher = hasher.with_slots(configuration.hashing.slots);
        let hashing = HashPool::new(hasher, configuration.hashing.patience);
        database.add_accounts(&configuration, &hashing).await?;
        let metrics = Arc::new(Metrics::default());
        let host = Arc::new(ServiceHost::new(log, Arc::clone(&metrics)));
        Ok(Self {
            base_path: path.to_owned(),
            deliverer: Deliverer::new(&configuration.delivery)?,
            configuration,
            origin,
            database,
            hashing,
            metrics,
            host,
        })
    }

    /// Whether a service could start like this: makes everything but what is in the database of the configuration, which
    /// a check must not change.
    pub(crate) async fn check(mut configuration: Configuration) -> Result<(), StartError> {
        crate::database::check(&configuration.database)?;
        for account in &mut configuration.accounts {
            // Whether it could be one; a hash of it takes long.
            if let Some(password) = account.password.take() {
                Password::new(password.expose()).map_err(StartError::of("accounts"))?;
            }
        }
        configuration.database = Database::Temporary;
        let own = format!("http://{}", configuration.listen);
        let base_url = configuration.base_url.clone().unwrap_or(own);
        let app = Self::new(configuration, &base_url, Log::new(std::io::sink())).await?;
        app.generation(keys::read(app.keys())?).map(drop)
    }

    pub(crate) const fn host(&self) -> &Arc<ServiceHost> {
        &self.host
    }

    pub(crate) const fn keys(&self) -> &Keys {
        &self.configuration.keys
    }

    /// Where metrics are served that have an address of their own.
    pub(crate) fn metrics(&self) -> Router {
        metrics_routes(&self.metrics)
    }

    /// Makes routes and flows under these keys.
    pub(crate) fn generation(&self, keys: Ring) -> Result<Generation, StartError> {
        let configuration = &self.configuration;
        let sessions = Sessions::new(keys.sessions, configuration.http.session_time);
        let host = Arc::new(self.host.with_sessions(sessions));
        let flows = Flows {
            ports: self.database.ports("", self.deliverer.clone())?,
            keyring: keys.keyring,
            origin: self.origin.clone(),
            base_path: self.base_path.clone(),
            site: configuration.site.clone(),
            limits: configuration.limits,
            sms: configuration.sms.clone(),
        };
        let hand_over = configuration.systems.hand_over();
        let stop_page = flows.page("/not-me")?;
        let recovery = flows.recovery(Purpose::RESET, flows.page("/reset")?, |flow| {
            let flow = flow.stop_page(stop_page);
            if hand_over { flow.operators(Operators::HandOverSecrets) } else { flow }
        })?;
        let context = Context::new(
            recovery.clone(),
            self.hashing.clone(),
            Arc::clone(&host),
            configuration.policy.clone(),
            configuration.http.clone(),
            flows,
        );
        let mount = context.mount(&recovery, &configuration.policy, "");
        let mount = mount.map_err(StartError::of("base_url"))?;
        let mut router = repass_axum::router(mount, Arc::clone(&host));
        let pages = pages::routes(&host, &self.base_path, self.deliverer.outbox().is_some());
        router = router.merge(health(self.database.clone())).merge(pages);
        router = router.fallback(nothing_here);
        let mut all = vec![recovery];
        for tenant in &configuration.tenants {
            let (routes, flow) = self.tenant(tenant, &context)?;
            router = router.merge(routes);
            all.push(flow);
        }
        for mounted in configuration.systems.mount(&context, &configuration.accounts)? {
            router = router.merge(mounted.routes);
            all.extend(mounted.flow);
        }
        if let Some(outbox) = self.deliverer.outbox() {
            router = router.merge(outbox.routes());
        }
        if configuration.http.metrics == MetricsAt::Here {
            router = router.merge(metrics_routes(&self.metrics));
        }
        // The routes of `repass-axum` end by themselves before.
        let time_out = configuration.http.time_out.saturating_add(Duration::from_secs(1));
        let limits = Limited { metrics: Arc::clone(&self.metrics), time_out };
        router = router.layer(from_fn_with_state(limits, limited));
        if configuration.is_local_only() {
            router = router.layer(from_fn(only_local));
        }
        Ok(Generation { router, flows: all })
    }
}

impl App {
    /// The routes of a tenant, below its name, and its flow.
    fn tenant(
        &self,
        tenant: &Tenant,
        context: &Context,
    ) -> Result<(Router, Recovery<DynPorts>), StartError> {
        let path = format!("/{}", tenant.name);
        let flows = context.flows();
        let wrong = StartError::of("tenants");
        let flow = context.recovery.flow().for_tenant(&tenant.name).map_err(&wrong)?;
        let mut flow = flow
            .page(flows.page(&format!("{path}/reset"))?)
            .stop_page(flows.page(&format!("{path}/not-me"))?);
        if let Some(site) = &tenant.site {
            flow = flow.site(site);
        }
        let flow = flow.build().map_err(StartError::of("tenants"))?;
        let ports = self.database.ports(&tenant.name, self.deliverer.clone())?;
        let recovery = Recovery::new(flow, ports);
        let policy = tenant.policy.as_ref().unwrap_or(&context.policy);
        let mount = context.mount(&recovery, policy, &path).map_err(StartError::of("tenants"))?;
        Ok((repass_axum::router(mount, Arc::clone(&context.host)), recovery))
    }
}

/// Whether the process runs, and whether it can do its work.
fn health(database: Opened) -> Router {
    let ready = async |State(database): State<Opened>| {
        if database.is_ready().await {
            (StatusCode::OK, "ready\n")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    };
    Router::new()
        .route("/health", get(async || "alive\n"))
        .route("/ready", get(ready))
        .with_state(database)
}

/// In the shape of all problems (docs/http.md).
async fn nothing_here() -> impl IntoResponse {
    let body = "{\"type\":\"urn:repass:problem:not_found\",\"title\":\"There is nothing here\",\
                \"status\":404,\"code\":\"not_found\"}";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/problem+json")], body)
}

fn metrics_routes(metrics: &Arc<Metrics>) -> Router {
    let text = async |State(metrics): State<Arc<Metrics>>| {
        let [nosniff, policy] = SECURITY;
        let text = (header::CONTENT_TYPE, "text/plain; version=0.0.4");
        ([text, nosniff, policy], metrics.text())
    };
    Router::new().route("/metrics", get(text)).with_state(Arc::clone(metrics))
}

#[derive(Clone)]
struct Limited {
    metrics: Arc<Metrics>,
    time_out: Duration,
}

/// What the answer to a request that took too long says, in the shape of all problems (docs/http.md).
const LATE: &str = "{\"type\":\"urn:repass:problem:unavailable\",\"title\":\"Try again later\",\
                    \"status\":503,\"code\":\"unavailable\"}";
/// What browsers must not make of an answer.
const SECURITY: [(HeaderName, &str); 2] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

/// Ends what takes too long, a body that is sent slowly above all, and counts answers.
async fn limited(State(limited): State<Limited>, request: Request, next: Next) -> Response {
    let known = request.extensions().get::<MatchedPath>().is_some();
    let answer = tokio::time::timeout(limited.time_out, next.run(request)).await;
    // The client was too slow, or the database: nobody can tell which.
    let late = || {
        let headers =
            [(header::RETRY_AFTER, "5"), (header::CONTENT_TYPE, "application/problem+json")];
        (StatusCode::SERVICE_UNAVAILABLE, headers, LATE).into_response()
    };
    let mut answer = answer.unwrap_or_else(|_| late());
    // For what is no page; pages have their own.
    for (name, value) in SECURITY {
        answer.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    let labels = [("route", if known { "known" } else { "unknown" }), ("status", class(&answer))];
    limited.metrics.count(REQUESTS, &labels);
    answer
}

fn class(answer: &Response) -> &'static str {
    match answer.status().as_u16() {
        200..300 => "2xx",
        300..400 => "3xx",
        429 => "429",
        400..500 => "4xx",
        503 => "503",
        _ => "5xx",
    }
}
