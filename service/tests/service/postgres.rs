//! Two processes of a service over one PostgreSQL server.

use core::error::Error;

use repass_service::{Configuration, Database};
use serde_json::json;

use crate::running::{Service, configuration};

type Result<T = ()> = core::result::Result<T, Box<dyn Error>>;

#[path = "../../../adapters/sqlx/tests/postgres/server.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod server;

#[test]
fn two_services_share_a_database() -> Result {
    if server::skipped() {
        return Ok(());
    }
    let server = server::Server::start()?;
    let folder = server.folder().display().to_string().replace('/', "%2F");
    let url = format!("postgres://postgres@{folder}/postgres");
    let with = || {
        let text = Configuration::DEMO.replace("\"temporary\"", &format!("\"{url}\""));
        let mut read = Configuration::read(&text).unwrap();
        assert!(matches!(read.database, Database::Postgres(_)));
        read.listen = configuration().listen;
        read.hashing = configuration().hashing;
        read
    };
    // Both make the tables, and both add the accounts.
    let (one, other) = std::thread::scope(|scope| {
        let starting = scope.spawn(|| Service::with(with()));
        (Service::with(with()), starting.join().unwrap())
    });
    assert_eq!(one.post_json("/v1/forgot", &json!({"login": "ada"})).status, 202);
    // Either of them delivers it.
    let message = (0..20_000).find_map(|_| {
        let outboxes = [one.outbox(), other.outbox()];
        outboxes.into_iter().flatten().next()
    });
    let token = Service::parameter(&message.ok_or("no message")?, "/reset?", "token");
    let body = json!({"token": token, "password": "plum-kettle-42"});
    assert_eq!(other.post_json("/v1/reset", &body).status, 200);
    assert!(one.signs_in("ada", "plum-kettle-42"));
    assert_eq!(one.post_json("/v1/reset", &body).status, 403);
    let key = crate::running::of_system("000", "api_key");
    let form = "application/x-www-form-urlencoded";
    let headers = [("apiKey", key.as_str()), ("Content-Type", form)];
    let body = "userloginname=grace&newPassword=kettle-orbit-42";
    let answer = one.post("/SMSApi/reseller/resetuserpassword", &headers, body);
    assert_eq!(answer.said(), (200, "Password changed successfully."));
    assert!(other.signs_in("grace", "kettle-orbit-42"));
    // Without its database a service is alive and not ready, and says nothing about it to a client.
    assert_eq!(one.get("/ready").status, 200);
    server.stop()?;
    assert_eq!((one.get("/health").status, one.get("/ready").status), (200, 503));
    let answer = one.post_json("/v1/forgot", &json!({"login": "ada"}));
    assert_eq!(answer.status, 503);
    assert!(
        answer.header("retry-after").is_some() && !answer.body.contains("sql"),
        "{}",
        answer.body
    );
    server.start_again()?;
    let back = (0..2_000).any(|_| one.get("/ready").status == 200);
    assert!(back, "the service is ready again");
    Ok(())
}
