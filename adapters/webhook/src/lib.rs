//! [`Webhook`] delivers the text messages of `repass` to an [`SmsProvider`]; [`SignedJson`] is one.

#![doc = include_str!("../README.md")]

extern crate alloc;

mod client;
mod error;
mod key;
mod provider;
mod setup_error;
mod signed;
mod webhook;

pub use http;
pub use repass;
pub use rustls;

pub use self::error::WebhookError;
pub use self::key::{SigningKey, SigningKeyError};
pub use self::provider::{Post, SmsProvider, Verdict};
pub use self::setup_error::SetupError;
pub use self::signed::SignedJson;
pub use self::webhook::Webhook;
