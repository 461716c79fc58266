//! Words of the host that a password is compared with.

pub(super) mod context;
pub(super) mod forbidden;
