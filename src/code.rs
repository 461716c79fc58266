//! Check codes: short secrets that a person types, derived and never stored.
//!
//! A code is HMAC-SHA256 under the code subkey of one key, over everything that it is bound to,
//! mapped to its alphabet without bias. Whoever holds the key and the row can derive it again;
//! the row alone, or the key alone, gives nobody a code.

mod derive;
mod shape;
mod typed;

pub use self::derive::{CodeBinding, Codes};
pub use self::shape::{CodeShape, ShapeError};
pub use self::typed::{CheckCode, CodeError};
