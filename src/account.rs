//! What the user table tells us about a person, and how a person is looked up.

mod contact;
mod id;
mod lookup;
mod person;

pub use self::contact::{Contact, ContactError};
pub use self::id::{AccountId, IdError};
pub use self::lookup::{Claim, Login, LoginError, Lookup, LookupError};
pub use self::person::{Account, Email};
