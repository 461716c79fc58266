//! [`Smtp`] delivers the mails of `repass` to a relay.

#![doc = include_str!("../README.md")]

extern crate alloc;

mod connection;
mod error;
mod mail;
mod reply;
mod settings;
mod setup_error;
mod smtp;
mod stream;
mod tls;

pub use repass;
pub use rustls;

pub use self::error::{SmtpError, Stage};
pub use self::setup_error::SetupError;
pub use self::smtp::Smtp;
pub use self::tls::system_tls;
