//! Signed, expiring tokens of wire format 1: 60 bytes, 80 characters of base64url.
//!
//! | bytes | field |
//! |---|---|
//! | 0 | version, `0x01` |
//! | 1..3 | key id, u16 big-endian |
//! | 3..8 | expires at, seconds since 1970, u40 big-endian |
//! | 8..28 | attempt id, 160 random bits; of a stateless token, the state, cut to 160 bits |
//! | 28..60 | HMAC-SHA256 over the kind, bytes 0..28, purpose and tenant |
//!
//! `DESIGN.md` has the specification to the byte.
//!
//! A token of a [`Signer`] names an attempt, which a store knows. One of a [`StatelessSigner`] is
//! bound to the state of an account and needs no store: its use changes the state, which ends it.

mod error;
mod issuer;
mod signer;
mod state;
mod stateless;
mod text;
mod unverified;
mod wire;

pub use self::error::{Refused, TokenError};
pub use self::signer::{Signer, Verified};
pub use self::state::State;
pub use self::stateless::{Bound, StatelessSigner, Unbound};
pub use self::text::Token;
pub use self::unverified::Unverified;
