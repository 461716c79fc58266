//! The decisions of the reset flow: values in, values out, no trait and no await.

mod admit;
mod after;
mod change;
mod commit;
mod current;
mod flow;
mod guess;
mod letter;
mod outward;
mod pending;
mod request;
mod seal;
mod session;
mod templates;

pub use self::admit::{Admitted, Proof, Proven, Refusal, RefusalReason};
pub use self::after::{AfterReset, Duty};
pub use self::change::{Change, PasswordWrite, SetError};
pub use self::commit::{Begun, Overdue};
pub use self::current::{Current, CurrentError};
pub use self::flow::{Flow, FlowBuilder, FlowError};
pub use self::guess::{CodeRow, Guess};
pub use self::letter::{Letter, LetterError, Notice, Subject};
pub use self::outward::Outward;
pub use self::pending::{PendingReset, RowError, Stage};
pub use self::request::{Decision, Delivery, Handle, Outcome, Report, Request};
pub use self::session::SessionTag;
