//! What the user table tells us about a person, how a person is looked up, and how an account changes.

mod channel;
mod contact;
mod field;
mod fields;
mod id;
mod login;
mod lookup;
mod must_change;
mod owned;
mod person;
mod phone;
mod spelling;
mod write;

pub use self::channel::{Channel, ChannelError};
pub use self::contact::{Contact, ContactError};
pub use self::field::{FieldName, FieldNameError};
pub use self::fields::{
    FieldError, FieldKind, FieldLookup, FieldText, FieldTextError, Fields, Recipient,
};
pub use self::id::{AccountId, IdError};
pub use self::login::{Login, LoginError};
pub(crate) use self::lookup::prefer;
pub use self::lookup::{ExpectedAccount, Lookup, LookupError};
pub use self::must_change::{MustChange, MustChangeReason};
pub use self::owned::{Email, Phone};
pub use self::person::Account;
pub use self::phone::PhoneError;
pub use self::write::{AccountChange, AccountWrite, PastPassword, Written};

use crate::answer::answered;

pub(crate) use self::write::Kind as WriteKind;

answered!(ContactError, FieldError, FieldTextError, LoginError, LookupError, PhoneError);
