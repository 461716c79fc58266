//! Check codes: short secrets that a person types, derived and never stored.
//!
//! A code is HMAC-SHA256 under the code subkey of one key, over everything that it is bound to,
//! mapped to its alphabet without bias. Whoever holds the key and the row can derive it again;
//! the row alone, or the key alone, gives nobody a code.
//!
//! A short code is as good as what bounds the guesses at it: [`GuessBudget`] tells how good.

mod alphabet;
mod derive;
mod entry;
mod guess_budget;
mod origin;
mod resend;
mod shape;
mod typed;
mod written;

pub use self::derive::{CodeBinding, Codes};
pub use self::guess_budget::GuessBudget;
pub use self::origin::{CodeOrigin, OriginError};
pub use self::resend::{CodeEpoch, GoodEpochs, ResendPolicy};
pub use self::shape::{CodeShape, ShapeError};
pub use self::typed::{CheckCode, CodeError};

use crate::answer::answered;

answered!(CodeError);
