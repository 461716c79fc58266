//! What is known of the owner, and how a password is compared with it.

pub(super) mod containment;
pub(super) mod own_names;
pub(super) mod personal;
pub(super) mod similarity;
