//! Judges an implementation of [`Accounts`].
//!
//! The fixture names what the user table lacks. The suite then asks for nothing of it, and judges
//! everything else:
//!
//! ```
//! # #[cfg(feature = "memory")] {
//! use std::sync::Arc;
//!
//! use repass::account::Account;
//! use repass::conformance::Runtime;
//! use repass::conformance::accounts::{self, Capability, Clause};
//! use repass::memory::MemoryAccounts;
//! use repass::port::PortError;
//!
//! struct Users;
//!
//! impl Runtime for Users {}
//!
//! impl accounts::Fixture for Users {
//!     type Port = Arc<MemoryAccounts>;
//!
//!     async fn open(&self) -> Result<[Self::Port; 2], PortError> {
//!         let table = Arc::new(MemoryAccounts::default());
//!         Ok([Arc::clone(&table), table])
//!     }
//!
//!     // People sign in with their address, which is theirs alone.
//!     fn lacks(&self) -> &[Capability] {
//!         &[Capability::Login, Capability::SharedAddress, Capability::SeveralAddresses]
//!     }
//!
//!     async fn put(&self, table: &Self::Port, account: &Account) -> Result<(), PortError> {
//!         table.put(account.clone());
//!         Ok(())
//!     }
//! }
//!
//! # pollster::block_on(async {
//! // This fixture has no hooks for texts that cannot be read, and changes no contacts.
//! accounts::run(&Users).await.assert_held_except(&[
//!     Clause::FindKeepsAnAccountWithAnUnreadableAddress,
//!     Clause::FindKeepsAnAccountWithAnUnreadablePassword,
//!     Clause::WriteSeesContactsThatChangedMeanwhile,
//! ]);
//! # });
//! # }
//! ```

mod capability;
mod read;
mod write;

pub use self::capability::Capability;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::future::Future;

use self::read::{
    find_keeps_an_account_with_an_unreadable_address,
    find_keeps_an_account_with_an_unreadable_password,
    find_returns_every_account_that_the_lookup_names, load_answers_none_for_an_unknown_id,
    load_returns_the_account_as_it_is_now, nobody_administers_by_default,
    past_returns_the_newest_first,
};
use self::write::{
    write_answers_with_what_is_stored, write_is_stale_where_the_account_changed,
    write_lets_one_of_two_succeed, write_replaces_an_absent_or_unusable_password,
    write_sees_contacts_that_changed_meanwhile,
};

use super::{Call, Hooked, Judged, Outcome, Report, Runtime, Stop, at};
use crate::account::{
    Account, AccountId, AccountWrite, Contact, Email, FieldName, FieldText, Login, Lookup,
    WriteKind,
};
use crate::port::{Accounts, Port, PortError};
use crate::secret::PasswordHash;

clauses! {
    /// A promise of the contract of [`Accounts`].
    Accounts {
        /// `find` returns every account that the lookup names.
        FindReturnsEveryAccountThatTheLookupNames: find_returns_every_account_that_the_lookup_names,
        /// `find` and `load` leave out an address that cannot be read, and keep the account.
        FindKeepsAnAccountWithAnUnreadableAddress: find_keeps_an_account_with_an_unreadable_address,
        /// `find` and `load` keep an account whose stored password cannot be read, and `write` replaces
        /// it.
        FindKeepsAnAccountWithAnUnreadablePassword:
            find_keeps_an_account_with_an_unreadable_password,
        /// `load` returns the account as it is now.
        LoadReturnsTheAccountAsItIsNow: load_returns_the_account_as_it_is_now,
        /// `load` answers `None` for an id that is not exactly that of an account.
        LoadAnswersNoneForAnUnknownId: load_answers_none_for_an_unknown_id,
        /// Of several writes that saw the same account, one succeeds.
        WriteLetsOneOfTwoSucceed: write_lets_one_of_two_succeed,
        /// `write` changes nothing where the account is not as it was seen.
        WriteIsStaleWhereTheAccountChanged: write_is_stale_where_the_account_changed,
        /// The condition of `write` holds at the moment of the change, contacts included.
        WriteSeesContactsThatChangedMeanwhile: write_sees_contacts_that_changed_meanwhile,
        /// `write` replaces a marker, and the absence of a password.
        WriteReplacesAnAbsentOrUnusablePassword: write_replaces_an_absent_or_unusable_password,
        /// `write` stores all of the change, and answers with version and epoch as they are stored.
        WriteAnswersWithWhatIsStored: write_answers_with_what_is_stored,
        /// `past` returns the usable hashes that were replaced, the newest first.
        PastReturnsTheNewestFirst: past_returns_the_newest_first,
        /// `may_administer` answers `false` unless the host allows it.
        NobodyAdministersByDefault: nobody_administers_by_default,
    }
}

/// What the suite needs of an adapter.
pub trait Fixture: Runtime {
    /// The implementation to judge.
    type Port: Accounts + 'static;

    /// Two independent handles on one new, empty user table: two connections or pools, where there are
    /// such.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the table.
    fn open(&self) -> impl Future<Output = Result<[Self::Port; 2], PortError>> + Send;

    /// The text of the account id `number`, in the shape that ids of the table have; the number itself
    /// by default.
    fn id(&self, number: u32) -> String {
        number.to_string()
    }

    /// What the table lacks; nothing by default.
    ///
    /// Test accounts contain none of it, and clauses do not ask for it. Leave nothing out: a column that
    /// is missing here without being named makes a clause broken. Name nothing that the table has: it
    /// would go untested.
    fn lacks(&self) -> &[Capability] {
        &[]
    }

    /// Adds the account, or replaces the account that has its id, with all its addresses. It contains
    /// nothing that [`Fixture::lacks`] names.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the account.
    fn put(
        &self,
        accounts: &Self::Port,
        account: &Account,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Replaces the contacts of an account in a transaction as the service does, and returns the
    /// account as it is at the end of that transaction: read in it, after the change.
    ///
    /// Change nothing but the contacts and, where the table has one, the version. A password that is
    /// written back, even unchanged, can undo the write that the suite runs at the same time. Keep the
    /// transaction open for a moment after the change, so that the write meets it. `None` by default:
    /// the race is not judged.
    fn change(
        &self,
        accounts: Arc<Self::Port>,
        account: Account,
    ) -> Option<Call<Result<Account, PortError>>> {
        let _ = (accounts, account);
        None
    }

    /// Stores an address of the account that [`Contact`] refuses, such as `not an address`: beside its
    /// own where [`Capability::SeveralAddresses`] is there, and in place of it otherwise.
    ///
    /// [`Hooked::Missing`] by default, and where the database itself refuses such a text.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the address.
    fn add_unreadable_address(
        &self,
        accounts: &Self::Port,
        id: &AccountId,
    ) -> impl Future<Output = Result<Hooked, PortError>> + Send {
        let _ = (accounts, id);
        core::future::ready(Ok(Hooked::Missing))
    }

    /// Stores `text`, which [`PasswordHash::from_stored`] refuses, in place of the password of the
    /// account.
    ///
    /// [`Hooked::Missing`] by default, and where the database itself refuses such a text.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the text.
    fn set_unreadable_password(
        &self,
        accounts: &Self::Port,
        id: &AccountId,
        text: &str,
    ) -> impl Future<Output = Result<Hooked, PortError>> + Send {
        let _ = (accounts, id, text);
        core::future::ready(Ok(Hooked::Missing))
    }

    /// Lets `operator` administer the account `id`. [`Hooked::Missing`] by default: nobody may.
    ///
    /// # Errors
    ///
    /// Any error; it is reported for the clause that needed the operator.
    fn let_administer(
        &self,
        accounts: &Self::Port,
        operator: &AccountId,
        id: &AccountId,
    ) -> impl Future<Output = Result<Hooked, PortError>> + Send {
        let _ = (accounts, operator, id);
        core::future::ready(Ok(Hooked::Missing))
    }
}

fn has<F: Fixture>(fixture: &F, capability: Capability) -> bool {
    !fixture.lacks().contains(&capability)
}

async fn load<P: Accounts>(port: &P, account: &Account) -> Judged<Account> {
    let loaded = port.load(account.id(), at(0)).await?;
    loaded.ok_or_else(|| Stop::Broken(format!("load finds no account {}", account.id())))
}

fn id<F: Fixture>(fixture: &F, number: u32) -> Result<AccountId, PortError> {
    Ok(AccountId::new(&fixture.id(number))?)
}

/// An account with all that the table has, but without password and addresses.
fn bare<F: Fixture>(fixture: &F, number: u32) -> Result<Account, PortError> {
    let mut account = Account::new(id(fixture, number)?);
    if has(fixture, Capability::Login) {
        account = account.with_login(Login::new(&format!("user{number}"))?);
    }
    if has(fixture, Capability::Names) {
        account = account.with_names("Ada", "Lovelace");
    }
    if has(fixture, Capability::Version) {
        account = account.with_version(7);
    }
    if has(fixture, Capability::Epoch) {
        account = account.with_epoch(3);
    }
    if has(fixture, Capability::ChangedAt) {
        account = account.with_changed_at(at(-60));
    }
    if has(fixture, Capability::Field) {
        let text = FieldText::new(&format!("C-{number}"))?;
        account = account.with_text_in(FieldName::new("customer")?, text);
    }
    Ok(account)
}

/// The same with a password and a verified address.
fn account<F: Fixture>(fixture: &F, number: u32) -> Result<Account, PortError> {
    with_address(fixture, number, &format!("user{number}@example.org"))
}

/// The same account with another address.
fn with_address<F: Fixture>(fixture: &F, number: u32, text: &str) -> Result<Account, PortError> {
    let account = bare(fixture, number)?.with_password(hash(1)?);
    Ok(account.with_email(Email::verified(Contact::email(text)?)))
}

fn email(address: &str) -> Result<Lookup, PortError> {
    Ok(Lookup::email(address)?)
}

/// A text in the form that the crate's own hashes have.
fn hash(number: u32) -> Result<PasswordHash, PortError> {
    let salt = "$argon2id$v=19$m=8,t=1,p=1$Y29uZm9ybWFuY2U";
    Ok(PasswordHash::from_stored(&format!("{salt}${number:0>43}"))?)
}

fn marker(text: &str) -> Result<PasswordHash, PortError> {
    Ok(PasswordHash::from_stored(text)?)
}

fn password(seen: &Arc<Account>, hash: &PasswordHash, second: i64) -> AccountWrite {
    let kind = WriteKind::Password { hash: hash.clone(), must_change: None };
    AccountWrite::new(Arc::clone(seen), kind, at(second))
}
