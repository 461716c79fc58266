//! Verifying an address of an account, and replacing one by it.

mod commit;
mod error;
mod link;
mod pair;
mod request;

pub use self::commit::AddressVerified;
pub use self::error::{AddressLinkError, AddressRequestError};
pub use self::link::AdmittedAddress;
pub use self::request::AddressRequested;
