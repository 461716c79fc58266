//! The examples, as a browser without script walks through them over HTTP.

#![expect(clippy::duplicate_mod, reason = "two examples share a file")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use repass::memory::Outbox;
use repass_axum::router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[path = "../examples/axum_login.rs"]
#[expect(dead_code, reason = "it is a program")]
mod axum_login;
#[path = "../examples/mount.rs"]
#[expect(dead_code, reason = "it is a program")]
mod mount;
#[path = "../examples/tower_sessions.rs"]
#[expect(dead_code, reason = "it is a program")]
mod tower_sessions;

const OLD: &str = "the lost one";
const NEW: &str = "plum-kettle-42";

struct Running {
    address: SocketAddr,
    outbox: Arc<Outbox>,
}

impl Running {
    async fn listener() -> (TcpListener, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        (listener, origin)
    }

    fn serve(listener: TcpListener, app: Router, outbox: &Arc<Outbox>) -> Self {
        let address = listener.local_addr().unwrap();
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, outbox: Arc::clone(outbox) }
    }

    fn browser(&self) -> Browser {
        Browser { address: self.address, cookies: BTreeMap::new() }
    }

    /// The path of the link in the next message.
    async fn link(&self) -> String {
        for _ in 0..600 {
            if let Some(message) = self.outbox.take() {
                let start = format!("http://{}/", self.address);
                let mut words = message.expose_secret().split_whitespace();
                let link = words.find(|word| word.starts_with(&start)).unwrap();
                return link[start.len() - 1..].to_owned();
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("no message comes");
    }
}

struct Browser {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

struct Page {
    status: u16,
    location: String,
    body: String,
}

impl Browser {
    async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, "").await
    }

    async fn form(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let pairs =
            fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+")));
        self.send("POST", path, &pairs.collect::<Vec<_>>().join("&")).await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Page {
        let cookies = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n\
             Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.address,
            cookies.collect::<Vec<_>>().join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for line in head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, rest) = line.split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
                continue;
            }
            assert!(line.contains("Secure") && line.contains("HttpOnly"), "{line}");
            self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
        let mut lines = head.lines().filter_map(|line| line.strip_prefix("location: "));
        let location = lines.next().unwrap_or_default().to_owned();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Page { status, location, body: body.to_owned() }
    }

    async fn sign_in(&mut self, password: &str) -> Page {
        self.form("/sign-in", &[("who", "ada"), ("password", password)]).await
    }

    async fn is_signed_in(&mut self) -> bool {
        self.get("/change").await.status == 200
    }
}

/// Signs in, changes the password, forgets it, and resets it: each session ends when it has to.
async fn walk(running: &Running) {
    let (mut mine, mut other) = (running.browser(), running.browser());
    assert!(!mine.is_signed_in().await);
    assert_eq!(mine.sign_in("not this one").await.status, 403);
    assert_eq!(mine.sign_in(OLD).await.location, "/");
    assert_eq!(other.sign_in(OLD).await.location, "/");
    assert!(mine.is_signed_in().await && other.is_signed_in().await);

    let change = [("old_password", OLD), ("password", NEW), ("again", NEW)];
    assert_eq!(mine.form("/change", &change).await.location, "/done");
    assert!(mine.is_signed_in().await && !other.is_signed_in().await);
    // The notice, which has a link for people who did not do it.
    assert!(running.link().await.starts_with("/not-me?token="));

    let asked = other.form("/forgot", &[("who", "ada@example.org"), ("by", "link")]).await;
    assert_eq!(asked.status, 303);
    let opened = other.get(&running.link().await).await;
    let attempt = opened.location.split_once("attempt=").unwrap().1.to_owned();
    assert_eq!(other.get(&opened.location).await.status, 200);
    let again = "brisk-hazel-96";
    let reset = [("attempt", attempt.as_str()), ("password", again), ("again", again)];
    assert_eq!(other.form("/reset", &reset).await.location, "/done");
    assert!(!mine.is_signed_in().await && !other.is_signed_in().await);
    assert_eq!(mine.sign_in(NEW).await.status, 403);
    assert_eq!(mine.sign_in(again).await.location, "/");
}

/// CWE-384: an attacker signs in and puts the cookie into the browser of somebody else, who signs in too.
async fn fixed(running: &Running) {
    let mut attacker = running.browser();
    attacker.sign_in("brisk-hazel-96").await;
    let mut victim = running.browser();
    victim.cookies.clone_from(&attacker.cookies);
    assert_eq!(victim.sign_in("brisk-hazel-96").await.location, "/");
    assert!(victim.is_signed_in().await);
    assert_ne!(victim.cookies["__Host-id"], attacker.cookies["__Host-id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_sessions_in_cookies() {
    let (listener, origin) = Running::listener().await;
    let outbox = Arc::new(Outbox::default());
    let mount = mount::mount(&origin, Arc::clone(&outbox)).await.unwrap();
    let host = Arc::new(mount::CookieSessions);
    tokio::spawn(mount.worker(&host).run(std::future::pending()));
    walk(&Running::serve(listener, router(mount, host), &outbox)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_tower_sessions() {
    let (listener, origin) = Running::listener().await;
    let outbox = Arc::new(Outbox::default());
    let (app, worker) = tower_sessions::app(&origin, Arc::clone(&outbox)).await.unwrap();
    tokio::spawn(worker);
    let running = Running::serve(listener, app, &outbox);
    walk(&running).await;
    fixed(&running).await;

    let mut grace = running.browser();
    assert_eq!(grace.send("POST", "/sign-up", "grace\n12345").await.status, 422);
    assert_eq!(grace.send("POST", "/sign-up", "grace\nplum-kettle-42").await.status, 201);
    assert_eq!(grace.send("POST", "/sign-up", "Grace\nplum-kettle-42").await.status, 409);
    let sign_in = [("who", "grace"), ("password", NEW)];
    assert_eq!(grace.form("/sign-in", &sign_in).await.location, "/");
    assert!(grace.get("/").await.body.contains("You are signed in"));
    let stolen = grace.cookies.clone();
    assert_eq!(grace.form("/sign-out", &[]).await.location, "/");
    grace.cookies = stolen;
    assert!(grace.get("/").await.body.contains("You are signed out"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_with_axum_login() {
    let (listener, origin) = Running::listener().await;
    let outbox = Arc::new(Outbox::default());
    let (app, worker) = axum_login::app(&origin, Arc::clone(&outbox)).await.unwrap();
    tokio::spawn(worker);
    let running = Running::serve(listener, app, &outbox);
    walk(&running).await;
    fixed(&running).await;
    let mut browser = running.browser();
    browser.sign_in("brisk-hazel-96").await;
    assert!(browser.get("/").await.body.contains("You are signed in"));
}

#[test]
fn a_host_mounts_it_in_at_most_25_statements() {
    let source = include_str!("../examples/mount.rs");
    // A statement ends with a semicolon, and what is not indented is an item. The last expression of a
    // function is one, too.
    let statements = source.lines().filter(|line| line.starts_with(' ') && line.ends_with(';'));
    let functions = source.lines().filter(|line| line.contains("fn "));
    let (statements, functions) = (statements.count(), functions.count());
    assert!(statements + functions <= 25, "{statements} and {functions}");
}
