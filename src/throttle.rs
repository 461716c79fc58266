//! Counters that bound how often something happens: `N` per period.

mod counter;
mod key;
mod quota;
mod source;

pub use self::counter::Counter;
pub use self::key::ThrottleKey;
pub(crate) use self::key::{Pool, SmsCounter};
pub use self::quota::{Counted, Once, Quota};
pub use self::source::{Source, SourceError};
