//! Values that must not leak, and values that a caller draws at random.

mod password;
mod random;
mod stored;

pub use self::password::{Password, PasswordError};
pub use self::random::{RandomError, Salt, Seed};
pub use self::stored::{PasswordHash, StoredHashError};

use crate::answer::answered;

pub(crate) use self::random::draw;

answered!(PasswordError, RandomError);
