//! Port: the user table of the service.

use alloc::vec::Vec;
use core::future::Future;

use crate::account::{Account, AccountId, Lookup};
use crate::port::PortError;
use crate::reset::PasswordWrite;

/// The user table of the service. Implementers write `async fn`.
///
/// What each clause means, and what a wrong answer does:
///
/// 1. `find` returns **every** account that the lookup names, by any of its addresses, verified or
///    not. One left out makes a shared address look like the address of one account alone, whose
///    reset it would get. Accounts too many do no harm: what the lookup does not name is dropped, and
///    what comes twice is one.
/// 2. `load` returns the account of exactly this id as it is now, or `None`. An id that cannot be
///    one of this table (another shape, another type) is `None`, not an error. Stale data lets a
///    secret live after the password has changed until `set_password` refuses it.
/// 3. `set_password` is **one** conditional statement, or one transaction that locks the row: it
///    sets the new hash only where [`PasswordWrite::fits`] holds for the row as it is. Reading
///    first and writing afterwards lets two submits of one secret both win.
/// 4. `set_password` answers `true` only when the new hash is durable, `false` only when this write
///    certainly did not happen; in doubt it is an error. If it answers `true` and the write is lost,
///    sessions end and the owner is told, but the old password still works.
/// 5. A dropped future has either set the password or not.
pub trait Accounts: Send + Sync {
    /// All accounts that `lookup` names.
    ///
    /// # Errors
    ///
    /// Any error of the table; the request may be run again.
    fn find(&self, lookup: &Lookup)
    -> impl Future<Output = Result<Vec<Account>, PortError>> + Send;

    /// The account of this id.
    ///
    /// # Errors
    ///
    /// Any error of the table.
    fn load(
        &self,
        id: &AccountId,
    ) -> impl Future<Output = Result<Option<Account>, PortError>> + Send;

    /// Sets the password where the account still is as it was seen; whether it did.
    ///
    /// # Errors
    ///
    /// Any error of the table, whether or not the password was set.
    fn set_password(
        &self,
        write: PasswordWrite<'_>,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;
}
