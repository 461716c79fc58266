//! Signed, expiring tokens of wire format 1: 60 bytes, 80 characters of base64url.
//!
//! | bytes | field |
//! |---|---|
//! | 0 | version, `0x01` |
//! | 1..3 | key id, u16 big-endian |
//! | 3..8 | expires at, seconds since 1970, u40 big-endian |
//! | 8..28 | attempt id, 160 random bits |
//! | 28..60 | HMAC-SHA256 over the kind, bytes 0..28, purpose and tenant |
//!
//! `DESIGN.md` has the specification to the byte.

mod signer;
mod wire;

pub use self::signer::{Signer, Token, TokenError, Verified};
