//! Characters: what they are, and how they are read and compared.

pub(super) mod blank;
pub(super) mod category;
pub(super) mod character_set;
pub(super) mod classes;
pub(super) mod fold;
pub(super) mod general_category;
pub(super) mod lowercase;
pub(super) mod numeric;
pub(super) mod ranges;
pub(super) mod syllables;
pub(super) mod white_space;
