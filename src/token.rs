//! Signed, expiring texts of wire format 1, in base64url: tokens of 60 bytes in 80 characters, and
//! tickets of 75 bytes in 100 characters.
//!
//! | bytes of a token | field |
//! |---|---|
//! | 0..5 | expires at, seconds since 1970, u40 big-endian, below `0xF8_0000_0000` |
//! | 5..7 | key id, u16 big-endian |
//! | 7..27 | attempt id, 160 random bits; of a stateless token, the state, cut to 160 bits |
//! | 27..59 | HMAC-SHA256 over the kind, the version, bytes 0..27, purpose and tenant |
//! | 59 | version, `0x01` |
//!
//! A ticket has 15 bytes of binding between the attempt id and the HMAC, which covers them too.
//!
//! The first and the last character of every text are letters or digits, because mail programs leave
//! a mark at the end out of a link.
//!
//! `DESIGN.md` has the specification to the byte.
//!
//! A token of a [`Signer`] names an attempt, which a store knows. One of a [`StatelessSigner`] is
//! bound to the state of an account and needs no store: its use changes the state, which ends it.

mod base64url;
mod error;
mod hex;
mod issuer;
mod signer;
mod state;
mod stateless;
mod text;
mod ticket;
mod unverified;
mod wire;

pub use self::error::TokenError;
pub use self::hex::HexToken;
pub use self::signer::{Signer, Verified};
pub use self::state::State;
pub use self::stateless::{Bound, StatelessSigner, Unbound};
pub use self::text::{Ticket, Token};
pub use self::ticket::{TicketSigner, VerifiedTicket};
pub use self::unverified::Unverified;

use crate::answer::answered;

answered!(TokenError);
