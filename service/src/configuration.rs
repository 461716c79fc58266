//! What the service is told: one TOML file, and `demo.toml`, which is in the program.

mod account;
mod delivery;
mod error;
mod limits;
mod secret;
mod section;
mod tenant;

use core::net::{IpAddr, SocketAddr};
use core::time::Duration;
use std::path::{Path, PathBuf};

use repass::code::CodeOrigin;
use repass::hash::{Cost, Hasher};
use repass::policy::Policy;
use repass::reset::{Limits, Sms};
use repass_axum::{Network, Origin, Proxies};
use serde::Deserialize;

pub use self::account::ConfiguredAccount;
pub(crate) use self::delivery::Server;
pub use self::delivery::{Delivery, SmtpSettings, WebhookSettings};
pub use self::error::ConfigurationError;
pub use self::secret::Secret;
pub(crate) use self::secret::digest;
pub(crate) use self::section::Section;
pub use self::tenant::Tenant;
use crate::local::is_this_machine;
use crate::systems::Systems;

/// Everything that a service is told.
#[derive(Debug)]
#[non_exhaustive]
pub struct Configuration {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where links lead; the address that it listens on, if that is of this machine.
    pub base_url: Option<String>,
    /// What messages call the service.
    pub site: Option<String>,
    /// Where everything is stored.
    pub database: Database,
    /// What signs.
    pub keys: Keys,
    /// How messages leave the service.
    pub delivery: Delivery,
    /// What hashes cost, and how many are computed at once.
    pub hashing: Hashing,
    /// What new passwords are compared with.
    pub policy: Policy,
    /// How often people can ask and try.
    pub limits: Limits,
    /// To whom text messages go.
    pub sms: Option<Sms>,
    /// What bounds one request.
    pub http: Http,
    /// Tenants, each with accounts of its own.
    pub tenants: Vec<Tenant>,
    /// Accounts that are added if there are none of their ids.
    pub accounts: Vec<ConfiguredAccount>,
    /// The documented systems that are switched on.
    pub systems: Systems,
}

/// Where accounts, attempts, counters and the queue are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Database {
    /// A new SQLite file that is deleted in the end.
    Temporary,
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server, by its URL.
    Postgres(Secret),
}

/// Where the keys of the service are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Keys {
    /// In the configuration itself, which everybody knows: for a service that only this machine reaches.
    Text(Secret),
    /// In files of this folder.
    Folder(PathBuf),
}

/// What hashes cost.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Hashing {
    /// Of a new hash.
    pub cost: Cost,
    /// How many are computed at once.
    pub slots: usize,
    /// How long a request waits for one of them.
    pub patience: Duration,
}

/// What bounds one request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Http {
    /// The longest body, in bytes.
    pub body_limit: usize,
    /// How many connections there are at once.
    pub connections: usize,
    /// The longest time for the head of a request, and for the answer.
    pub time_out: Duration,
    /// How long a session lasts after its sign-in.
    pub session_time: Duration,
    /// The proxies whose word about the address of a client is taken.
    pub proxies: Proxies,
    /// Where metrics are served, if elsewhere than on the address of the service.
    pub metrics: Metrics,
}

impl Http {
    /// The longest time for a body: less than for the answer, so that a client that is slow is told that it is, and not
    /// that the service is.
    pub(crate) fn body_time(&self) -> Duration {
        self.time_out.saturating_mul(2).checked_div(3).unwrap_or(self.time_out)
    }
}

/// Where metrics are served. They tell whether a request found an account, so strangers must not see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Metrics {
    /// Nowhere.
    Off,
    /// On the address of the service, which has to be of this machine.
    Here,
    /// On an address of their own.
    At(SocketAddr),
}

const LISTEN: &str = "listen = \"127.0.0.1:8080\"";
const DATABASE: &str = "database = \"sqlite:/var/lib/repass/service.db\"";

impl Configuration {
    /// The configuration of a demonstration: everything is on, and everybody knows its secrets.
    pub const DEMO: &str = include_str!("../demo.toml");

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] names what cannot be used.
    pub fn open(path: &Path) -> Result<Self, ConfigurationError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let reason = format!("{} cannot be read: {error}", path.display());
            ConfigurationError::new("--config", reason, "--config /etc/repass/service.toml")
        })?;
        Self::read(&text)
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] names what cannot be used.
    pub fn read(text: &str) -> Result<Self, ConfigurationError> {
        let mut root = Section::root(text)?;
        let listen = root.parsed("listen", LISTEN, str::parse)?;
        let listen = listen.ok_or_else(|| root.error("listen", "is missing", LISTEN))?;
        let tenants = tenant::tenants(root.section("tenants")?)?;
        let sms = sms(root.section("sms")?)?;
        let configuration = Self {
            listen,
            base_url: root.parsed("base_url", BASE_URL, base_url)?,
            site: root.text("site", "site = \"Example\"")?,
            database: database(&mut root)?,
            keys: keys(&mut root)?,
            delivery: delivery::delivery(&mut root, sms.is_some())?,
            hashing: hashing(&mut root)?,
            policy: policy(&mut root, "policy")?.unwrap_or_else(Policy::django),
            limits: limits::limits(root.section("limits")?)?,
            sms,
            http: http(&mut root)?,
            accounts: account::accounts(&mut root, &tenants)?,
            tenants,
            systems: Systems::read(root.section("systems")?)?,
        };
        root.end()?;
        configuration.checked()
    }

    const fn shows_messages(&self) -> bool {
        matches!(self.delivery, Delivery::Outbox)
    }

    /// Whether something is on that only this machine may reach.
    pub(crate) fn is_local_only(&self) -> bool {
        let key_is_known = matches!(self.keys, Keys::Text(_));
        self.shows_messages() || key_is_known || self.http.metrics == Metrics::Here
    }

    /// Refuses what only a service may do that nobody but this machine reaches.
    ///
    /// # Errors
    ///
    /// [`ConfigurationError`] names what cannot be used.
    pub fn checked(self) -> Result<Self, ConfigurationError> {
        let local = self.listen.ip().is_loopback();
        let only_local = [
            (self.shows_messages(), "outbox", "everybody would see the messages"),
            (matches!(self.keys, Keys::Text(_)), "keys.text", "it is known to who reads this file"),
            (self.http.metrics == Metrics::Here, "http.metrics", "they tell who has an account"),
        ];
        for (on, field, reason) in only_local {
            if on && !local {
                let reason = format!("needs a loopback address in `listen`: {reason}");
                return Err(ConfigurationError::new(field, reason, LISTEN));
            }
        }
        // A proxy that adds no header could not be told from a person at this machine.
        let elsewhere = |url: &String| {
            let host = url.split_once("://").map_or("", |(_, host)| host);
            !is_this_machine(host.split('/').next().unwrap_or_default())
        };
        if self.is_local_only() && self.base_url.as_ref().is_some_and(elsewhere) {
            let reason = "must lead to this machine with `outbox`, `keys.text` or metrics \"here\": \
                          nobody else may reach them, not through a proxy either";
            return Err(ConfigurationError::new("base_url", reason, LOCAL_URL));
        }
        if self.base_url.is_none() && !local {
            return Err(ConfigurationError::new("base_url", "is missing", BASE_URL));
        }
        Ok(self)
    }
}

const LOCAL_URL: &str = "base_url = \"http://localhost:8080\"";
const BASE_URL: &str = "base_url = \"https://accounts.example.org\"";

/// An address without a last slash, to which paths are added.
fn base_url(text: &str) -> Result<String, &'static str> {
    let text = text.trim_end_matches('/');
    let (origin, path) = origin_and_path(text);
    if Origin::new(origin).is_err() || path.contains(['?', '#', '@']) {
        return Err(
            "must begin with https:// (or http:// on this machine) and have a host and at most a path",
        );
    }
    Ok(text.to_owned())
}

/// The two parts of an address.
pub(crate) fn origin_and_path(url: &str) -> (&str, &str) {
    let host = url.find("://").map_or(0, |at| at.saturating_add(3));
    let path = url.get(host..).unwrap_or_default().find('/');
    let path = path.map_or(url.len(), |at| host.saturating_add(at));
    url.split_at_checked(path).unwrap_or((url, ""))
}

fn database(root: &mut Section) -> Result<Database, ConfigurationError> {
    let text = root.secret("database", DATABASE)?;
    let text = text.ok_or_else(|| root.error("database", "is missing", DATABASE))?;
    Database::read(&text).map_err(|reason| root.error("database", reason, DATABASE))
}

impl Database {
    fn read(text: &Secret) -> Result<Self, &'static str> {
        if text.expose() == "temporary" {
            return Ok(Self::Temporary);
        }
        match text.expose().split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => Ok(Self::Sqlite(path.into())),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.clone())),
            _ => Err("must be \"temporary\", sqlite:PATH or postgres://USER@HOST/DATABASE"),
        }
    }
}

fn keys(root: &mut Section) -> Result<Keys, ConfigurationError> {
    let example = "[keys] folder = \"/etc/repass/keys\"";
    let Some(mut section) = root.section("keys")? else {
        return Err(root.error("keys", "is missing", example));
    };
    let folder = section.text("folder", "folder = \"/etc/repass/keys\"")?;
    let text = section.secret("text", "text = \"base64:…\"")?;
    let keys = match (folder, text) {
        (Some(folder), None) => Keys::Folder(folder.into()),
        (None, Some(text)) => Keys::Text(text),
        _ => return Err(root.error("keys", "must have either folder or text", example)),
    };
    section.end()?;
    Ok(keys)
}

fn hashing(root: &mut Section) -> Result<Hashing, ConfigurationError> {
    let mut hashing = Hashing {
        cost: Cost::OWASP,
        slots: Hasher::DEFAULT_SLOTS,
        patience: Duration::from_secs(5),
    };
    let Some(mut section) = root.section("hashing")? else { return Ok(hashing) };
    let memory = section.number("memory_kib", 8..=Cost::MAX_MEMORY_KIB)?;
    let passes = section.number("passes", 1..=Cost::MAX_PASSES)?;
    let (memory, passes) =
        (memory.unwrap_or(Cost::OWASP.memory_kib()), passes.unwrap_or(Cost::OWASP.passes()));
    hashing.cost = Cost::new(memory, passes, 1)
        .map_err(|error| section.error("memory_kib", error, "memory_kib = 19456"))?;
    if let Some(slots) = section.number("slots", 1..=1024)? {
        hashing.slots = usize::try_from(slots).unwrap_or(1);
    }
    if let Some(patience) = section.seconds("wait_seconds", 1..=60)? {
        hashing.patience = patience;
    }
    section.end()?;
    Ok(hashing)
}

/// A policy, as the documentation of `repass` describes its configuration.
pub(crate) fn policy(
    section: &mut Section,
    key: &'static str,
) -> Result<Option<Policy>, ConfigurationError> {
    let example = format!("[{}] min_length = 12", section.path_of(key));
    let policy = section.take(key).map(Policy::deserialize).transpose();
    policy.map_err(|error| {
        section.error(key, error.to_string().trim_end().replace('\n', " "), &example)
    })
}

fn sms(section: Option<Section>) -> Result<Option<Sms>, ConfigurationError> {
    let Some(mut section) = section else { return Ok(None) };
    let prefixes = section.texts("prefixes", "prefixes = [\"+49\"]")?;
    let except = section.texts("except", "except = [\"+1876\"]")?;
    let mut sms = Sms::to(prefixes.iter().map(String::as_str));
    sms = sms.except(except.iter().map(String::as_str));
    let most = Sms::MAX_PER_ACCOUNT;
    let caps = [
        (section.number("a_day_to_an_account", 1..=most)?, 5),
        (section.number("a_day_for_a_tenant", 1..=u32::MAX)?, 1_000),
        (section.number("a_day", 1..=u32::MAX)?, 10_000),
    ];
    let [account, tenant, service] = caps.map(|(cap, default)| cap.unwrap_or(default));
    sms = sms.daily_caps(account, tenant, service);
    let origin = section.parsed("code_origin", "code_origin = \"example.org\"", CodeOrigin::new)?;
    if let Some(origin) = origin {
        sms = sms.origin(origin);
    }
    if section.flag("links")? {
        sms = sms.links();
    }
    section.end()?;
    Ok(Some(sms))
}

/// Whether packets of strangers do not arrive at an address (RFC 1918, 3927, 4193 and 4291).
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Of `fc00::/7`, which is the largest network that is private.
const SHORTEST_PREFIX: u8 = 7;

fn http(root: &mut Section) -> Result<Http, ConfigurationError> {
    let mut http = Http {
        body_limit: 16 * 1024,
        connections: 1_024,
        time_out: Duration::from_secs(15),
        session_time: Duration::from_secs(12 * 60 * 60),
        proxies: Proxies::default(),
        metrics: Metrics::Off,
    };
    let Some(mut section) = root.section("http")? else { return Ok(http) };
    if let Some(limit) = section.number("body_limit", 1_024..=1 << 20)? {
        http.body_limit = usize::try_from(limit).unwrap_or(http.body_limit);
    }
    if let Some(connections) = section.number("connections", 1..=65_536)? {
        http.connections = usize::try_from(connections).unwrap_or(http.connections);
    }
    if let Some(time_out) = section.seconds("time_out_seconds", 1..=300)? {
        http.time_out = time_out;
    }
    if let Some(time) = section.seconds("session_seconds", 60..=2_592_000)? {
        http.session_time = time;
    }
    let example = "proxies = [\"10.0.0.0/8\"]";
    let mut networks: Vec<Network> = Vec::new();
    for proxy in section.texts("proxies", example)? {
        networks.push(proxy.parse().map_err(|error| section.error("proxies", error, example))?);
        let prefix = proxy.split_once('/').and_then(|(_, prefix)| prefix.parse::<u8>().ok());
        if prefix.is_some_and(|prefix| prefix < SHORTEST_PREFIX) {
            let reason = "has so large a network that clients would be in it, and could say that they are others";
            return Err(section.error("proxies", reason, example));
        }
    }
    let header = section.text("proxy_header", "proxy_header = \"x-forwarded-for\"")?;
    http.proxies = match header.as_deref() {
        None | Some("x-forwarded-for") => Proxies::x_forwarded_for(networks),
        Some("forwarded") => Proxies::forwarded(networks),
        Some(_) => {
            let reason = "must be \"x-forwarded-for\" or \"forwarded\"";
            return Err(section.error("proxy_header", reason, "proxy_header = \"forwarded\""));
        }
    };
    let is_public = section.flag("metrics_public")?;
    let metrics = |text: &str| match text {
        "here" => Ok(Metrics::Here),
        text => {
            let at: SocketAddr = text.parse().map_err(|_| "must be an address or \"here\"")?;
            if is_public || is_private(at.ip()) {
                return Ok(Metrics::At(at));
            }
            Err(
                "must be a loopback or private address, since metrics tell whether an account was found; or set \
                 metrics_public = true, and let only the collector reach it",
            )
        }
    };
    if let Some(metrics) = section.parsed("metrics", "metrics = \"127.0.0.1:9464\"", metrics)? {
        http.metrics = metrics;
    }
    section.end()?;
    Ok(http)
}
