//! Answers connections until it is told to stop.

mod patient;

use alloc::sync::Arc;
use core::convert::Infallible;
use core::net::SocketAddr;
use core::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use self::patient::Patient;

/// How long answers are waited for when the service stops.
const LONGEST_SHUTDOWN: Duration = Duration::from_secs(30);
/// How long to wait when no connection can be accepted, such as when there are no more file descriptors.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest head of a request, in bytes: what reads headers and queries need not be fast for more.
const LONGEST_HEAD: usize = 32 * 1024;
/// The most headers of a request.
const MOST_HEADERS: usize = 64;

/// What bounds the connections of a listener.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How many there are at once; more of them wait for one that ends.
    pub(crate) connections: usize,
    /// How long the head of a request may take, and how long a client may read nothing of its answer.
    pub(crate) time_out: Duration,
}

/// Serves the newest of the routers until `stop` is done, and then finishes the answers that it has begun.
pub(crate) async fn serve(
    listener: TcpListener,
    router: watch::Receiver<Router>,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) {
    let mut stop = core::pin::pin!(stop);
    let places = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    // A client that sends its head slowly holds its connection no longer than any other request.
    builder.timer(TokioTimer::new()).header_read_timeout(bounds.time_out);
    builder.max_buf_size(LONGEST_HEAD).max_headers(MOST_HEADERS);
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = &mut stop => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(_) => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone();
        let service = service_fn(move |request| answer(router.borrow().clone(), peer, request));
        let connection =
            builder.serve_connection(TokioIo::new(Patient::new(stream, bounds.time_out)), service);
        let connection = graceful.watch(connection);
        // A connection that broke is no news: its client knows.
        tokio::spawn(async move {
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(LONGEST_SHUTDOWN, graceful.shutdown()).await;
}

/// The buffer of a connection can take twice as much before it is full.
fn length_of_head(request: &Request<Incoming>) -> usize {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| name.as_str().len().saturating_add(value.len()));
    headers.fold(target, usize::saturating_add)
}

async fn answer(
    router: Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    if length_of_head(&request) > LONGEST_HEAD {
        return Ok(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response());
    }
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request.map(Body::new)).await
}
