//! Password policy.
