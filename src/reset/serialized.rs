use serde_core::ser::{Serialize, Serializer};

use super::{Outcome, Worked};
use crate::coded;

/// `{"code": "request_sent", "params": {}}`.
impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        coded::serialize(to, self.code(), coded::NONE, None)
    }
}

/// A parameter of what became of an entry.
#[derive(Clone, Copy)]
enum Parameter {
    Code(&'static str),
    Second(i64),
}

impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Code(code) => to.serialize_str(code),
            Self::Second(second) => to.serialize_i64(*second),
        }
    }
}

/// `{"code": "entry_ran", "params": {"outcome": "request_sent"}}`: for a log alone, as it tells whether
/// there is an account.
///
/// The others are `entry_delivered`, `entry_rejected`, `entry_decoy`, `entry_dropped` with a `reason`,
/// `entry_put_off` with the second since 1970 at which it is `due` again and the `failure`, if there
/// was one, and `entry_lease_lost`.
impl Serialize for Worked {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let code = |name, code| Some((name, Parameter::Code(code)));
        let (name, params) = match self {
            Self::Ran(report) => ("entry_ran", [code("outcome", report.disclose().code()), None]),
            Self::Delivered => ("entry_delivered", [None; 2]),
            Self::Rejected => ("entry_rejected", [None; 2]),
            Self::Decoy => ("entry_decoy", [None; 2]),
            Self::Dropped(error) => ("entry_dropped", [code("reason", error.code()), None]),
            Self::PutOff { due, failure } => {
                let due = Some(("due", Parameter::Second(due.unix_timestamp())));
                let failure = failure.as_ref();
                (
                    "entry_put_off",
                    [due, failure.and_then(|failure| code("failure", failure.code()))],
                )
            }
            Self::LeaseLost => ("entry_lease_lost", [None; 2]),
        };
        coded::serialize(to, name, params.into_iter().flatten(), None)
    }
}
