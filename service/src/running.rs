//! Starts a service and stops it.

use alloc::sync::Arc;
use core::net::SocketAddr;
use core::time::Duration;

use repass_tokio::Worker;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::clock::now;
use crate::configuration::{Configuration, Metrics};
use crate::log::Log;
use crate::server::serve;
use crate::start_error::StartError;

/// A service that answers.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// How often a worker looks whether something is due.
const POLL: Duration = Duration::from_millis(100);

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
        let base_url =
            configuration.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let App { router, metrics, flows, host } = App::new(&configuration, base_url, log).await?;

        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let time_out = configuration.http.time_out;
        let mut metrics_address = None;
        if let Metrics::At(address) = configuration.http.metrics {
            let bound = TcpListener::bind(address).await;
            let listener = bound.map_err(StartError::of("http.metrics"))?;
            metrics_address = Some(listener.local_addr().map_err(StartError::of("http.metrics"))?);
            tasks.spawn(serve(listener, metrics, time_out, until(stopped.clone())));
        }
        tasks.spawn(serve(listener, router, time_out, until(stopped.clone())));
        for flow in flows {
            let worker = Worker::new(flow, Arc::clone(&host), now).poll_every(POLL);
            tasks.spawn(worker.run(until(stopped.clone())));
        }
        host.log().line("started", &[]);
        Ok(Self { address, metrics: metrics_address, stop, tasks })
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
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // Without a sender nobody can stop the service any more, so it has to stop now.
    let _ = stopped.wait_for(|stop| *stop).await;
}
