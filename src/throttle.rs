//! Counters that bound how often something happens: `N` per period.

mod key;
mod quota;

pub(crate) use self::key::Pool;
pub use self::key::ThrottleKey;
pub use self::quota::{Counted, Once, Quota};
