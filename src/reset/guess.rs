use super::pending::PendingReset;
use crate::code::CheckCode;
use crate::throttle::Count;

/// The row of a verified handle, on which a code may be tried once: a count makes a [`Guess`] of it.
///
/// ```compile_fail,E0382
/// # use repass::{code::CheckCode, reset::{CodeRow, Guess}, throttle::Count};
/// fn twice(row: CodeRow, one: CheckCode, other: CheckCode, count: Count) -> [Guess; 2] {
///     [row.counted(one, count, Some(count)), row.counted(other, count, Some(count))]
/// }
/// ```
#[derive(Debug)]
pub struct CodeRow(pub(super) PendingReset);

impl CodeRow {
    /// A code to be compared with the one of this row, with what [`Flow::handle_quota`] said of the
    /// row after it was raised, and, unless that went over its quota, what [`Flow::account_quota`]
    /// said then.
    ///
    /// [`Flow::handle_quota`]: super::Flow::handle_quota
    /// [`Flow::account_quota`]: super::Flow::account_quota
    #[must_use]
    pub const fn counted(
        self,
        code: CheckCode,
        on_handle: Count,
        on_account: Option<Count>,
    ) -> Guess {
        Guess { row: self, code, on_handle, on_account }
    }
}

/// A typed code that was counted for one row, made by [`CodeRow::counted`]: nothing is compared that
/// was not, nothing twice, and nothing with another row.
///
/// ```compile_fail,E0382
/// # use repass::reset::{Flow, Guess, Proven, Refusal};
/// fn twice(flow: &Flow, guess: Guess) -> [Result<Proven, Refusal>; 2] {
///     [flow.prove_code(guess), flow.prove_code(guess)]
/// }
/// ```
///
/// ```compile_fail,E0277
/// # use repass::reset::Guess;
/// fn copied(guess: &Guess) -> Guess {
///     Guess::clone(guess)
/// }
/// ```
#[derive(Debug)]
pub struct Guess {
    pub(super) row: CodeRow,
    pub(super) code: CheckCode,
    pub(super) on_handle: Count,
    pub(super) on_account: Option<Count>,
}
