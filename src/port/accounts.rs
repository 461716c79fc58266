use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;

use time::UtcDateTime;

use super::PortError;
use crate::account::{Account, AccountId, AccountWrite, Lookup, PastPassword, Written};

/// The user table of the service. Implementers write `async fn`.
///
/// What each clause means, what a wrong answer does, and the conformance test that shows it:
///
/// 1. `find` returns **every** account that the lookup names, by any of its addresses or phone numbers,
///    verified or not, or by the value of a declared field ([`FieldLookup::canonical_value`]). If `find` leaves one out, an address that two accounts share looks like the address of one,
///    and the password of that account is reset. Index and compare canonical spellings
///    ([`Contact::canonical`], [`Login::canonical`]): a database that compares by rules of its own leaves
///    out an address that was typed in another letter case or Unicode normalization form. A canonical
///    user name must be unique, or a stranger can register a twin that makes it ambiguous. Additional
///    accounts do no harm: the crate drops each account that the lookup does not name. For a kind of
///    lookup that the table has no column for, and for a field that it does not know, `find` returns an
///    empty list.
///    (`find_returns_every_account_that_the_lookup_names`)
/// 2. `find` and `load` return an account even if one of its columns cannot be read. Leave out an
///    address that [`Contact`](crate::account::Contact) refuses, and say so with
///    [`Account::with_unreadable_email`](crate::account::Account::with_unreadable_email), so that the log
///    can name the account; a phone number in the same way, with
///    [`Account::with_unreadable_phone`](crate::account::Account::with_unreadable_phone). Leave out a user name that [`Login`](crate::account::Login) refuses. Read the stored password with
///    [`PasswordHash::from_column`](crate::secret::PasswordHash::from_column), which accepts every text:
///    one that is no hash counts as a marker, which no password matches. As an error it would fail every
///    request that reads the row. (`find_keeps_an_account_with_an_unreadable_address`,
///    `find_keeps_an_account_with_an_unreadable_password`)
/// 3. `load` returns the account of exactly this id as it is now, or `None`. An id that cannot be one
///    of this table (another shape, another type) is `None` and not an error. Never give the id of a
///    deleted account to another one: the sessions and secrets of the former account would name the new
///    one. (`load_returns_the_account_as_it_is_now`, `load_answers_none_for_an_unknown_id`)
/// 4. `write` is **one** conditional statement, or one transaction that locks the row before it reads
///    it. If it reads first and writes afterwards, two submits of one secret both succeed.
///    (`write_lets_one_of_two_succeed`)
/// 5. The condition of `write` holds for the row as it is when it is changed, verified contacts
///    included. On PostgreSQL at READ COMMITTED a condition on a second table is judged by an old
///    snapshot: keep a version in the row, or lock the row before the second table is read. Otherwise
///    the owner of an address that was just removed can still set the password.
///    (`write_is_stale_where_the_account_changed`, `write_sees_contacts_that_changed_meanwhile`)
/// 6. `write` compares the stored text byte by byte with the text that was read, also if that is a
///    marker, and it treats `NULL` as equal to `NULL` (`IS NOT DISTINCT FROM`). Otherwise an account
///    without a password can never get one. (`write_replaces_an_absent_or_unusable_password`)
/// 7. `write` answers [`Written::Done`] only when the change is durable, with version and epoch as
///    they are stored, and [`Written::Stale`] only when this write certainly did not happen; in doubt
///    it is an error. A change for which the table has no column is [`Written::Stale`]: see
///    [`AccountWrite`]. Every other writer of the hash uses a condition on the stored text, too.
///    (`write_answers_with_what_is_stored`)
/// 8. The transaction that replaces a hash also adds the old hash to the history, unless the old hash is
///    not [usable](crate::secret::PasswordHash::is_usable). `past` returns the newest first. If a hash
///    is missing from the history, the person can choose that password again. A host without a history
///    returns an empty list. (`past_returns_the_newest_first`)
/// 9. `may_administer` answers `true` only where the operator may reset the password of the account
///    now. (`nobody_administers_by_default`)
/// 10. If the caller drops the future of a call, the account has been changed completely or not at all.
///
/// [`Contact::canonical`]: crate::account::Contact::canonical
/// [`FieldLookup::canonical_value`]: crate::account::FieldLookup::canonical_value
/// [`Login::canonical`]: crate::account::Login::canonical
pub trait Accounts: Send + Sync {
    /// All accounts that `lookup` names.
    ///
    /// # Errors
    ///
    /// Any error of the table; the request is run again.
    fn find(
        &self,
        lookup: &Lookup,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Vec<Account>, PortError>> + Send;

    /// The account of this id.
    ///
    /// # Errors
    ///
    /// Any error of the table.
    fn load(
        &self,
        id: &AccountId,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Option<Account>, PortError>> + Send;

    /// Changes the account where it still is as it was seen.
    ///
    /// # Errors
    ///
    /// Any error of the table, whether or not the account was changed.
    fn write(
        &self,
        write: &AccountWrite,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Written, PortError>> + Send;

    /// The `limit` newest of the passwords that were replaced, the newest first; none by default.
    ///
    /// # Errors
    ///
    /// Any error of the table.
    fn past(
        &self,
        id: &AccountId,
        limit: u32,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<Vec<PastPassword>, PortError>> + Send {
        let _ = (id, limit, now);
        core::future::ready(Ok(Vec::new()))
    }

    /// Whether `operator` may reset the password of the account `id`; nobody may by default.
    ///
    /// # Errors
    ///
    /// Any error of the table.
    fn may_administer(
        &self,
        operator: &AccountId,
        id: &AccountId,
        now: UtcDateTime,
    ) -> impl Future<Output = Result<bool, PortError>> + Send {
        let _ = (operator, id, now);
        core::future::ready(Ok(false))
    }
}

impl<A: Accounts> Accounts for Arc<A> {
    async fn find(&self, lookup: &Lookup, now: UtcDateTime) -> Result<Vec<Account>, PortError> {
        (**self).find(lookup, now).await
    }

    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Result<Option<Account>, PortError> {
        (**self).load(id, now).await
    }

    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Result<Written, PortError> {
        (**self).write(write, now).await
    }

    async fn past(
        &self,
        id: &AccountId,
        limit: u32,
        now: UtcDateTime,
    ) -> Result<Vec<PastPassword>, PortError> {
        (**self).past(id, limit, now).await
    }

    async fn may_administer(
        &self,
        operator: &AccountId,
        id: &AccountId,
        now: UtcDateTime,
    ) -> Result<bool, PortError> {
        (**self).may_administer(operator, id, now).await
    }
}
