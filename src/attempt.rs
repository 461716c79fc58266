//! One attempt to reset a password: its name, and what a store keeps of it.

mod bytes;
mod id;
mod row;

pub use self::id::AttemptId;
pub use self::row::{AttemptRow, RowError, Stage, SubjectId};

pub(crate) use self::row::{Contents, Ground, Lease, Progress};
