//! Routes and plain forms of [`repass`] for axum: forgotten, reset and changed passwords, and sign-in.

#![doc = include_str!("../README.md")]
extern crate alloc;

mod action;
mod app;
mod attempt_tag;
mod coded;
mod cookies;
mod fields;
mod forms;
mod happened;
mod host;
mod json;
mod mount;
mod origin;
mod posted;
mod problem;
mod reply;
mod route;
mod router;
mod source;
mod time_limit;

pub use axum;
pub use repass;
pub use repass_tokio;

pub use self::happened::Happened;
pub use self::host::{Host, NewSession, NoHost, Session};
pub use self::mount::{Mount, MountError};
pub use self::origin::{Origin, OriginError};
pub use self::router::router;
pub use self::source::{Network, NetworkError, Proxies};
