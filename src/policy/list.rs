//! Lists of common passwords, and what people do to disguise one.

pub(super) mod common;
pub(super) mod reduction;
