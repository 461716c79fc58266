//! Starts a service, lets it follow its keys, and stops it.

use alloc::sync::Arc;
use core::net::SocketAddr;
use core::time::Duration;

use axum::Router;
use repass_tokio::Worker;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::{App, Generation};
use crate::clock::now;
use crate::configuration::{Configuration, Http, Metrics};
use crate::keys;
use crate::log::Log;
use crate::server::{Bounds, serve};
use crate::start_error::StartError;

/// A service that answers.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    log: Log,
}

/// How often a worker looks whether something is due.
const POLL: Duration = Duration::from_millis(100);
/// How often the folder of the keys is looked at.
const LOOK_AT_KEYS: Duration = Duration::from_secs(2);

impl Running {
    /// Starts a service: its sockets listen when this returns.
    ///
    /// # Errors
    ///
    /// [`StartError`] names the setting that cannot be used.
    pub async fn start(configuration: Configuration, log: Log) -> Result<Self, StartError> {
        let configuration = configuration.checked()?;
        let listener = TcpListener::bind(configuration.listen).await;
        let listener = listener.map_err(StartError::of("listen"))?;
        let address = listener.local_addr().map_err(StartError::of("listen"))?;
        let own = format!("http://{address}");
        let base_url = configuration.base_url.clone().unwrap_or(own);
        let Http { time_out, connections, metrics: at, .. } = configuration.http;
        let bounds = Bounds { connections, time_out };

        let app = App::new(configuration, &base_url, log).await?;
        let seen = keys::state(app.keys())?;
        let first = app.generation(keys::read(app.keys())?)?;
        let (stop, stopped) = watch::channel(false);
        let (routers, router) = watch::channel(first.router.clone());
        let mut tasks = JoinSet::new();
        let mut metrics = None;
        if let Metrics::At(address) = at {
            let bound = TcpListener::bind(address).await;
            let listener = bound.map_err(StartError::of("http.metrics"))?;
            metrics = Some(listener.local_addr().map_err(StartError::of("http.metrics"))?);
            let (_, router) = watch::channel(app.metrics());
            tasks.spawn(serve(listener, router, bounds, until(stopped.clone())));
        }
        tasks.spawn(serve(listener, router, bounds, until(stopped.clone())));
        app.host().happened("started");
        let log = app.host().log().clone();
        let following = Following { app, routers, seen, stopped };
        tasks.spawn(following.run(first));
        Ok(Self { address, metrics, stop, tasks, log })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are served, if they have an address of their own.
    #[must_use]
    pub const fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// Finishes the requests and the messages that were begun, and stops.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        while self.tasks.join_next().await.is_some() {}
        self.log.written().await;
    }
}

/// Runs the workers, and replaces them and the routes when the keys have changed.
struct Following {
    app: App,
    routers: watch::Sender<Router>,
    seen: [u8; 32],
    stopped: watch::Receiver<bool>,
}

impl Following {
    async fn run(mut self, first: Generation) {
        let mut generation = Some(first);
        while let Some(Generation { flows, .. }) = generation.take() {
            let (stop, stopped) = watch::channel(false);
            let mut workers = JoinSet::new();
            for flow in flows {
                let worker = Worker::new(flow, Arc::clone(self.app.host()), now).poll_every(POLL);
                workers.spawn(worker.run(until(stopped.clone())));
            }
            generation = self.next().await;
            let _ = stop.send(true);
            while workers.join_next().await.is_some() {}
        }
    }

    /// Waits for other keys, and puts the routes that use them in place; nothing when the service stops.
    async fn next(&mut self) -> Option<Generation> {
        loop {
            let mut stopped = self.stopped.clone();
            tokio::select! {
                () = tokio::time::sleep(LOOK_AT_KEYS) => {}
                _ = stopped.wait_for(|stop| *stop) => return None,
            }
            let Ok(state) = keys::state(self.app.keys()) else {
                self.app.host().happened("keys_unreadable");
                continue;
            };
            if state == self.seen {
                continue;
            }
            let ring = keys::read(self.app.keys());
            match ring.and_then(|ring| self.app.generation(ring)) {
                Ok(generation) => {
                    self.seen = state;
                    self.app.host().happened("keys_replaced");
                    let _ = self.routers.send(generation.router.clone());
                    return Some(generation);
                }
                // The service goes on with the keys that it has, and says it until they can be used: what stopped it
                // need not have changed a file.
                Err(_) => self.app.host().happened("keys_unusable"),
            }
        }
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // Without a sender nobody can stop the service any more, so it has to stop now.
    let _ = stopped.wait_for(|stop| *stop).await;
}
