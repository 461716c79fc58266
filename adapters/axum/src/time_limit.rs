use core::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use crate::problem::Problem;

/// Answers 503 when a request takes too long. What has to be finished all the same, such as a commit
/// that has begun, runs in a task of its own.
pub(crate) async fn within(
    limit: Duration,
    request: Request,
    next: Next,
    late: impl FnOnce(Problem) -> Response,
) -> Response {
    match timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => late(Problem::unavailable()),
    }
}
