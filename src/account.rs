//! What the user table tells us about a person, how a person is looked up, and how an account changes.

mod channel;
mod contact;
mod id;
mod lookup;
mod must_change;
mod person;
mod spelling;
mod write;

pub use self::channel::{Channel, ChannelError};
pub use self::contact::{Contact, ContactError};
pub use self::id::{AccountId, IdError};
pub(crate) use self::lookup::prefer;
pub use self::lookup::{ExpectedAccount, Login, LoginError, Lookup, LookupError};
pub use self::must_change::{MustChange, MustChangeReason};
pub use self::person::{Account, Email};
pub use self::write::{AccountChange, AccountWrite, PastPassword, Written};

use crate::answer::answered;

pub(crate) use self::write::Kind as WriteKind;

answered!(ContactError, LoginError, LookupError);
