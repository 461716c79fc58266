//! A service for forgotten and changed passwords over HTTP, with [`repass`].
//!
//! The program is `repass-service`; this is what it is made of, so that tests can run it.

#![doc = include_str!("../README.md")]

extern crate alloc;

mod app;
mod clock;
mod command;
mod configuration;
mod context;
mod database;
mod delivery;
mod headers;
mod host;
mod html;
mod keys;
mod local;
mod log;
mod metrics;
mod options;
mod outbox;
mod pages;
mod parameters;
mod running;
mod server;
mod sessions;
mod start_error;
mod systems;
mod users;

pub use repass;

pub use self::configuration::{
    Configuration, ConfigurationError, ConfiguredAccount, Database, Delivery, Hashing, Http, Keys,
    Metrics, Secret, SmtpSettings, Tenant, WebhookSettings,
};
pub use self::log::Log;
pub use self::options::{Command, Options, OptionsError};
pub use self::running::Running;
pub use self::start_error::StartError;
pub use self::systems::Systems;
