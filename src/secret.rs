//! Values that must not leak, and values that a caller draws at random.

mod password;
mod random;
mod stored;
mod typed;

pub use self::password::{Password, PasswordError};
pub use self::random::{RandomError, Salt, Seed};
pub use self::stored::{PasswordHash, StoredHashError};
pub use self::typed::TypedPassword;

use crate::answer::answered;

pub(crate) use self::random::draw;

answered!(PasswordError, RandomError);
