//! Every type that holds a secret, and every road on which one passes.

mod code;
mod flow;
mod handed_over;
mod hash;
mod key;
mod policy;
mod secret;
mod token;

pub use code::{code, of_code};
pub use flow::flow;
pub use handed_over::handed_over;
pub use hash::hash;
pub use key::{key, with_subkeys};
pub use policy::policy;
pub use secret::secret;
pub use token::token;
