//! A client that hangs up: what follows from a change does not wait for anybody.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request};
use repass::account::AccountId;
use repass::policy::Policy;
use repass::port::PortError;
use repass::reset::AfterReset;
use repass_axum::{Host, Mount, NewSession, Origin, Session, router};
use repass_tokio::HashPool;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};
use tower::ServiceExt;

use crate::client::Client;
use crate::world::{NEW, OLD, ORIGIN, World};

/// A host whose sessions take long to end.
#[derive(Debug)]
struct Slow {
    begun: Notify,
    may_end: Semaphore,
    ended: Notify,
}

impl Slow {
    async fn end(&self) -> Result<(), PortError> {
        self.begun.notify_one();
        self.may_end.acquire().await?.forget();
        self.ended.notify_one();
        Ok(())
    }
}

impl repass_tokio::Host for Slow {
    async fn carry_out(&self, _after: &AfterReset) -> Result<(), PortError> {
        self.end().await
    }
}

impl Host for Slow {
    async fn signed_in(&self, _request: &Parts) -> Result<Option<Session>, PortError> {
        Ok(None)
    }

    async fn begin_session(
        &self,
        _request: &Parts,
        _session: &NewSession<'_>,
    ) -> Result<HeaderMap, PortError> {
        Ok(HeaderMap::new())
    }

    async fn end_sessions(&self, _account: &AccountId) -> Result<(), PortError> {
        self.end().await
    }
}

/// Sends a request, and drops it when the host has begun to end the sessions.
async fn hang_up(world: &World, path: &str, body: &Value) {
    let host =
        Arc::new(Slow { begun: Notify::new(), may_end: Semaphore::new(0), ended: Notify::new() });
    let pool = HashPool::new(world.hasher.clone(), Duration::from_secs(5));
    let policy = Policy::builder().min_length(12).build().unwrap();
    let now = world.now();
    let origin = Origin::new(ORIGIN).unwrap();
    let mount = Mount::new(world.recovery.clone(), pool, policy, origin, move || now);
    let peer: std::net::SocketAddr = "192.0.2.7:1".parse().unwrap();
    let request = Request::post(path)
        .header("content-type", "application/json")
        .extension(ConnectInfo(peer))
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = router(mount, Arc::clone(&host)).oneshot(request);
    tokio::select! {
        answer = answer => panic!("{answer:?}"),
        () = host.begun.notified() => {}
    }
    host.may_end.add_permits(1);
    // Longer than any machine takes: without a task of its own it would never end.
    let ended = tokio::time::timeout(Duration::from_secs(20), host.ended.notified());
    ended.await.expect("the host was not let finish");
}

#[tokio::test]
async fn a_client_that_hangs_up_in_a_reset_delays_neither_duties_nor_notice() {
    let world = World::new();
    Client::new(&world.router).json("/v1/forgot", &json!({ "who": "ada" })).await;
    let token = world.message().await.token("/reset");
    hang_up(&world, "/v1/reset", &json!({ "token": token, "password": NEW })).await;
    assert!(world.has_password("ada", NEW).await);
    // The task settles once the host is done.
    let mut notices = Vec::new();
    while notices.is_empty() {
        tokio::task::yield_now().await;
        notices = world.messages().await;
    }
    assert!(notices[0].text.contains("was changed"));
}

#[tokio::test]
async fn a_client_that_hangs_up_after_this_was_not_me_does_not_keep_the_sessions() {
    let world = World::new();
    let mut thief = Client::new(&world.router);
    thief.json("/v1/sign-in", &json!({ "who": "ada", "password": OLD })).await;
    thief.json("/v1/password", &json!({ "old_password": OLD, "password": NEW })).await;
    let token = world.message().await.token("/not-me");
    hang_up(&world, "/v1/not-me", &json!({ "token": token })).await;
}
