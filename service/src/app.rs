//! Puts flows, routes and workers together.

use alloc::sync::Arc;
use core::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use repass::hash::Hasher;
use repass::key::{Key, KeyId, Keyring};
use repass::port::DynPorts;
use repass::recovery::Recovery;
use repass::reset::Operators;
use repass::scope::Purpose;
use repass_tokio::HashPool;

use crate::configuration::{Configuration, Keys, Metrics as MetricsAt};
use crate::context::{Context, Flows};
use crate::database::Opened;
use crate::host::ServiceHost;
use crate::local::only_local;
use crate::log::Log;
use crate::metrics::Metrics;
use crate::outbox::Outbox;
use crate::sources::Sources;
use crate::start_error::StartError;

/// A service that is ready to answer.
pub(crate) struct App {
    pub(crate) router: Router,
    pub(crate) metrics: Router,
    /// Each needs a worker.
    pub(crate) flows: Vec<Recovery<DynPorts>>,
    pub(crate) host: Arc<ServiceHost>,
}

/// Routes whose answers are counted under their path; all others are counted as one.
const COUNTED: &str = "repass_http_requests_total";

impl App {
    pub(crate) async fn new(
        configuration: &Configuration,
        base_url: String,
        log: Log,
    ) -> Result<Self, StartError> {
        let database = Opened::new(&configuration.database).await?;
        let hasher = Hasher::new(configuration.hashing.cost);
        let hasher = hasher.with_slots(configuration.hashing.slots);
        let hashing = HashPool::new(hasher, configuration.hashing.patience);
        database.add_accounts(configuration, &hashing).await?;

        let outbox = Outbox::default();
        let flows = Flows {
            ports: database.ports(outbox.clone()),
            keyring: keyring(&configuration.keys)?,
            base_url,
            site: configuration.site.clone(),
            limits: configuration.limits,
            sms: configuration.sms.clone(),
        };
        let hand_over = configuration.systems.hand_over();
        let recovery = flows.recovery(Purpose::RESET, flows.page("/reset")?, |flow| {
            if hand_over { flow.operators(Operators::HandOverSecrets) } else { flow }
        })?;
        let metrics = Arc::new(Metrics::default());
        let host = Arc::new(ServiceHost::new(log, Arc::clone(&metrics)));
        let context = Context::new(
            recovery.clone(),
            hashing,
            Arc::clone(&host),
            configuration.policy.clone(),
            configuration.http.body_limit,
            Sources::new(&configuration.http.proxies),
            flows,
        );

        let metrics_page = metrics_routes(&metrics);
        let mut router = Router::new().merge(health(database));
        let mut workers = vec![recovery];
        for mounted in configuration.systems.mount(&context, &configuration.accounts)? {
            router = router.merge(mounted.routes);
            workers.extend(mounted.flow);
        }
        if configuration.outbox {
            router = router.merge(outbox.routes());
        }
        if configuration.http.metrics == MetricsAt::Here {
            router = router.merge(metrics_page.clone());
        }
        let limits = Limited { metrics, time_out: configuration.http.time_out };
        router = router.layer(from_fn_with_state(limits, limited));
        if configuration.is_local_only() {
            router = router.layer(from_fn(only_local));
        }
        Ok(Self { router, metrics: metrics_page, flows: workers, host })
    }
}

fn keyring(keys: &Keys) -> Result<Keyring, StartError> {
    match keys {
        Keys::Text(text) => {
            let key = Key::from_text(text.expose()).map_err(StartError::of("keys.text"))?;
            Ok(Keyring::new(KeyId::new(1), key))
        }
        Keys::Folder(_) => Err(StartError::of("keys.folder")("not read")),
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

fn metrics_routes(metrics: &Arc<Metrics>) -> Router {
    let text = async |State(metrics): State<Arc<Metrics>>| {
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.text())
    };
    Router::new().route("/metrics", get(text)).with_state(Arc::clone(metrics))
}

#[derive(Clone)]
struct Limited {
    metrics: Arc<Metrics>,
    time_out: Duration,
}

/// Ends what takes too long, a body that is sent slowly above all, and counts answers.
async fn limited(State(limited): State<Limited>, request: Request, next: Next) -> Response {
    let known = request.extensions().get::<MatchedPath>().is_some();
    let answer = tokio::time::timeout(limited.time_out, next.run(request)).await;
    let answer = answer.unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response());
    let labels = [("route", if known { "known" } else { "unknown" }), ("status", class(&answer))];
    limited.metrics.count(COUNTED, &labels);
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
