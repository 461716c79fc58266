//! What the routes do, whether they are asked in JSON or by a form.

mod address;
mod ask;
mod not_me;
mod prove;
mod set;
mod sign_in;

pub(crate) use self::address::{admit_address, verify_address};
pub(crate) use self::ask::{delivery, lookup, request, resend};
pub(crate) use self::not_me::{inspect_not_me, not_me};
pub(crate) use self::prove::{Shown, admit, ticket_cookies};
pub(crate) use self::set::{change, set};
pub(crate) use self::sign_in::{SignedIn, sign_in};
