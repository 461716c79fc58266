//! A service of its own for each test.

use alloc::sync::Arc;
use core::net::SocketAddr;
use std::io::Write;
use std::sync::Mutex;

use repass_service::repass::hash::Cost;
use repass_service::{Configuration, Log, Running};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::client::{Answer, get, send};

pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    runtime: Runtime,
    running: Option<Running>,
    log: Lines,
}

/// What a service has logged.
#[derive(Clone, Debug, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The configuration of the demonstration on any free port, with hashes that are as cheap as Argon2id goes.
pub(crate) fn configuration() -> Configuration {
    let mut configuration = Configuration::read(Configuration::DEMO).unwrap();
    configuration.listen = "127.0.0.1:0".parse().unwrap();
    configuration.hashing.cost = Cost::new(8, 1, 1).unwrap();
    configuration
}

/// The configuration of the demonstration as a script reads it.
pub(crate) fn demo() -> toml::Table {
    toml::from_str(Configuration::DEMO).unwrap()
}

/// A text of the demonstration's account with this login.
pub(crate) fn of_account(login: &str, key: &str) -> String {
    let demo = demo();
    let accounts = demo["accounts"].as_array().unwrap();
    let account = accounts.iter().find(|account| account["login"].as_str() == Some(login));
    account.unwrap()[key].as_str().unwrap().to_owned()
}

/// A text of the demonstration's section of a system.
pub(crate) fn of_system(number: &str, key: &str) -> String {
    demo()["systems"][number][key].as_str().unwrap().to_owned()
}

impl Service {
    pub(crate) fn start() -> Self {
        Self::with(configuration())
    }

    pub(crate) fn with(configuration: Configuration) -> Self {
        let log = Lines::default();
        Self { log: log.clone(), ..Self::logging(configuration, Log::new(log)) }
    }

    pub(crate) fn logging(configuration: Configuration, log: Log) -> Self {
        let runtime = Runtime::new().unwrap();
        let started = Running::start(configuration, log);
        let running = runtime.block_on(started).unwrap_or_else(|error| panic!("{}", error.line()));
        Self { address: running.address(), runtime, running: Some(running), log: Lines::default() }
    }

    pub(crate) fn metrics_address(&self) -> Option<SocketAddr> {
        self.running.as_ref().unwrap().metrics_address()
    }

    /// Stops as the program does when it is told to.
    pub(crate) fn stop(mut self) -> String {
        let running = self.running.take().unwrap();
        self.runtime.block_on(running.stop());
        self.log()
    }

    pub(crate) fn log(&self) -> String {
        String::from_utf8(self.log.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        get(self.address, target)
    }

    pub(crate) fn post(&self, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        send(self.address, "POST", target, headers, body.as_bytes())
    }

    pub(crate) fn post_json(&self, target: &str, body: &Value) -> Answer {
        self.post(target, &[("Content-Type", "application/json")], &body.to_string())
    }

    pub(crate) fn outbox(&self) -> Vec<Value> {
        self.get("/outbox.json").json().as_array().unwrap().clone()
    }

    /// The messages to this recipient, as soon as there are so many.
    pub(crate) fn messages(&self, to: &str, many: usize) -> Vec<Value> {
        // Each look takes a round trip; a worker looks ten times a second.
        for _ in 0..100_000 {
            let outbox = self.outbox();
            let to = outbox.iter().filter(|message| message["to"] == to);
            let messages: Vec<_> = to.cloned().collect();
            if messages.len() >= many {
                return messages;
            }
        }
        panic!("{to} has not {many} messages");
    }

    /// A parameter of the last link in a message.
    pub(crate) fn parameter(message: &Value, page: &str, name: &str) -> String {
        let text = message["text"].as_str().unwrap();
        let link = text.lines().find(|line| line.contains(page)).expect("a link");
        let (_, query) = link.split_once('?').unwrap();
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let mut values = pairs.filter(|(own, _)| *own == name).map(|(_, value)| value);
        values.next().expect("the parameter").to_owned()
    }

    /// Whether a password signs in.
    pub(crate) fn signs_in(&self, login: &str, password: &str) -> bool {
        let body = serde_json::json!({"login": login, "password": password});
        match self.post_json("/v1/sign-in", &body).status {
            200 | 204 => true,
            401 | 403 => false,
            status => panic!("sign-in answers {status}"),
        }
    }
}
