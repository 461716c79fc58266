//! Repeats, sequences and keyboard walks.

pub(super) mod keyboard;
pub(super) mod repeat;
pub(super) mod sequence;
