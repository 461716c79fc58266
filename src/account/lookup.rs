use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::{Account, AccountId, Contact, ContactError};

/// A user name, in the spelling of its owner. Cheap to clone.
///
/// Two spellings are the same login when they agree after ASCII lower-casing. `Debug` does not show it:
/// it is personal, and people type passwords into the wrong field.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Login(Arc<str>);

impl Login {
    /// The longest login, in bytes.
    pub const MAX_BYTES: usize = 254;

    /// Takes a user name.
    ///
    /// # Errors
    ///
    /// [`LoginError`] for a text that is empty, longer than [`Login::MAX_BYTES`], or has a control
    /// character.
    pub fn new(text: &str) -> Result<Self, LoginError> {
        let sound = (1..=Self::MAX_BYTES).contains(&text.len());
        if !sound || text.chars().any(char::is_control) {
            return Err(LoginError { max_bytes: Self::MAX_BYTES });
        }
        Ok(Self(text.into()))
    }

    /// The login as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The spelling to look up and index by: lower-cased, ASCII only.
    #[must_use]
    pub fn canonical(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// Whether both are the same login.
    #[must_use]
    pub fn same_login(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The text is no login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct LoginError {
    /// The longest login, in bytes.
    pub max_bytes: usize,
}

impl LoginError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "login_invalid"
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a user name is 1 to {} bytes without control characters", self.max_bytes)
    }
}

impl core::error::Error for LoginError {}

/// What an account is looked up by: one value of one kind, so that the e-mail address of one person
/// is never taken for the user name of another (CVE-2021-3754).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lookup {
    /// By an e-mail address of the account.
    Email(Contact),
    /// By the user name.
    Login(Login),
}

impl Lookup {
    /// By e-mail address.
    ///
    /// # Errors
    ///
    /// [`LookupError::Email`] when `text` is not exactly one address.
    pub fn email(text: &str) -> Result<Self, LookupError> {
        Contact::email(text).map(Self::Email).map_err(LookupError::Email)
    }

    /// By user name, also one that looks like an e-mail address.
    ///
    /// # Errors
    ///
    /// [`LookupError::Login`] when `text` is no user name.
    pub fn login(text: &str) -> Result<Self, LookupError> {
        Login::new(text).map(Self::Login).map_err(LookupError::Login)
    }

    /// For a form with one field for both: text with an `@` is an e-mail address, other text a user
    /// name. Outer white space is dropped.
    ///
    /// ```
    /// use repass::account::Lookup;
    ///
    /// assert!(matches!(Lookup::email_or_login(" ada@example.org ")?, Lookup::Email(_)));
    /// assert!(matches!(Lookup::email_or_login("ada")?, Lookup::Login(_)));
    /// # Ok::<(), repass::account::LookupError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LookupError`] when `text` is neither.
    pub fn email_or_login(text: &str) -> Result<Self, LookupError> {
        let text = text.trim();
        if text.contains('@') { Self::email(text) } else { Self::login(text) }
    }

    /// Whether `account` really is one that this value names: a database that compares by its own
    /// rules may find look-alikes.
    #[must_use]
    pub fn names(&self, account: &Account) -> bool {
        match self {
            Self::Email(address) => {
                account.emails().iter().any(|email| email.address().same_mailbox(address))
            }
            Self::Login(login) => account.login().is_some_and(|own| own.same_login(login)),
        }
    }

    /// Those of `accounts` that this value names, each once and in the order of their ids. Look-alikes
    /// that a database finds are dropped. Where user names differ in letter case alone, the exact
    /// spelling wins.
    pub(crate) fn among(&self, accounts: Vec<Account>) -> Vec<Account> {
        let mut named: Vec<Account> =
            accounts.into_iter().filter(|account| self.names(account)).collect();
        named.sort_by(|one, other| one.id().cmp(other.id()));
        named.dedup_by(|one, other| one.id() == other.id());
        if let Self::Login(login) = self {
            let exact = |account: &Account| account.login() == Some(login);
            if named.iter().any(exact) {
                named.retain(exact);
            }
        }
        named
    }

    /// The name of the kind of value, in every format.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Login(_) => "login",
        }
    }

    /// The value as it was typed.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Email(address) => address.as_str(),
            Self::Login(login) => login.as_str(),
        }
    }

    /// The look-up of a kind and a text, as a format has them.
    pub(crate) fn read(kind: &str, text: &str) -> Option<Self> {
        match kind {
            "email" => Self::email(text).ok(),
            "login" => Self::login(text).ok(),
            _ => None,
        }
    }

    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::Email(address) => address.canonical(),
            Self::Login(login) => login.canonical(),
        }
    }
}

/// Why nobody can be looked up by a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LookupError {
    /// The text is not exactly one e-mail address.
    Email(ContactError),
    /// The text is no user name.
    Login(LoginError),
}

impl LookupError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Email(error) => error.code(),
            Self::Login(error) => error.code(),
        }
    }
}

impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(error) => error.fmt(f),
            Self::Login(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for LookupError {}

/// The account that a secret is expected to be for, checked against the account that it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExpectedAccount {
    /// The account of this id.
    Id(AccountId),
    /// The account that this value names.
    Lookup(Lookup),
}

impl ExpectedAccount {
    /// Whether `account` is the expected one.
    #[must_use]
    pub fn holds(&self, account: &Account) -> bool {
        match self {
            Self::Id(id) => id == account.id(),
            Self::Lookup(lookup) => lookup.names(account),
        }
    }
}
