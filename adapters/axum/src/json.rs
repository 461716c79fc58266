//! The routes that take and answer JSON.

mod policy;
mod recover;
mod session;

pub(crate) use self::policy::{check, policy};
pub(crate) use self::recover::{code, forgot, not_me, resend, reset, verify};
pub(crate) use self::session::{change, sign_in};
