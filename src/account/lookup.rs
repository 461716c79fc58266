use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::contact::KELVIN_SIGN;
use super::{Account, AccountId, Contact, ContactError, spelling};
use crate::answer::Answer;

/// A user name, in the spelling of its owner. Cheap to clone.
///
/// Two spellings are the same login if they agree after the mappings of the profile
/// UsernameCaseMapped (RFC 8265, section 3.3): fullwidth and halfwidth characters as ordinary ones,
/// lowercase, and Normalization Form C. White space and format characters (general category Cf) at the
/// ends do not count.
///
/// `Debug` does not show it: it is personal, and people type passwords into the wrong field.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Login(Arc<str>);

impl Login {
    /// The longest login, in bytes.
    pub const MAX_BYTES: usize = 254;

    /// Takes a user name.
    ///
    /// # Errors
    ///
    /// [`LoginError`] for a text that is empty, longer than [`Login::MAX_BYTES`], has a control
    /// character, or consists of white space and format characters.
    pub fn new(text: &str) -> Result<Self, LoginError> {
        let sound = text.len() <= Self::MAX_BYTES && !spelling::trimmed(text).is_empty();
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

    /// The spelling to look up and index by: trimmed, and mapped as UsernameCaseMapped is.
    ///
    /// It can be longer than the login, by up to three times.
    #[must_use]
    pub fn canonical(&self) -> String {
        spelling::canonical_login(&self.0)
    }

    /// Whether both are the same login: whether their canonical spellings are equal.
    #[must_use]
    pub fn same_login(&self, other: &Self) -> bool {
        self.likeness(other).is_some()
    }

    /// How much alike two spellings of one login are; `None` for two logins.
    fn likeness(&self, other: &Self) -> Option<Likeness> {
        if spelling::nfc(&self.0) == spelling::nfc(&other.0) {
            return Some(Likeness::Same);
        }
        let own = spelling::nfc(spelling::trimmed(&self.0));
        let other = spelling::nfc(spelling::trimmed(&other.0));
        let lower = |text: &str| spelling::nfc(&text.to_lowercase()).into_owned();
        if own == other {
            Some(Likeness::Exact)
        } else if own.is_ascii() && other.is_ascii() {
            own.eq_ignore_ascii_case(&other).then_some(Likeness::Case)
        } else if lower(&own) == lower(&other) {
            Some(Likeness::Case)
        } else if spelling::canonical_login(&own) == spelling::canonical_login(&other) {
            Some(Likeness::Width)
        } else {
            None
        }
    }
}

/// What two spellings of one login differ in, the closest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// In nothing but Unicode normalization. What is typed is trimmed, so a twin with an invisible
    /// character at an end is less alike.
    Same,
    /// In what is at the ends, too.
    Exact,
    /// In letter case, too.
    Case,
    /// In fullwidth and halfwidth characters, too.
    Width,
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

    /// What the person who typed it may be told: [`Answer::Invalid`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Invalid
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a user name has 1 to {} bytes and no control characters", self.max_bytes)
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
    /// The longest text that is read, in bytes. In Normalization Form D, an address of 254 bytes is
    /// longer.
    const MAX_TYPED_BYTES: usize = 1024;

    /// By e-mail address, as a person typed or pasted it.
    ///
    /// White space and format characters at the ends are dropped, and the rest is taken in
    /// Normalization Form C. A text whose `@` is fullwidth (U+FF20) was typed in the fullwidth mode of
    /// an input method: it is read as if it had been typed outside that mode.
    ///
    /// # Errors
    ///
    /// [`LookupError::Email`] when `text` is not exactly one address.
    pub fn email(text: &str) -> Result<Self, LookupError> {
        if text.len() > Self::MAX_TYPED_BYTES {
            let error = ContactError::TooLong { max_bytes: Contact::MAX_BYTES };
            return Err(LookupError::Email(error));
        }
        if text.contains(KELVIN_SIGN) {
            return Err(LookupError::Email(ContactError::LocalPart));
        }
        let text = spelling::trimmed(text);
        let narrow = is_fullwidth(text).then(|| spelling::narrow(text));
        let text = spelling::nfc(narrow.as_deref().unwrap_or(text));
        Contact::email(&text).map(Self::Email).map_err(LookupError::Email)
    }

    /// By user name, as a person typed or pasted it, also one that looks like an e-mail address.
    ///
    /// White space and format characters at the ends are dropped, and the rest is taken in
    /// Normalization Form C.
    ///
    /// # Errors
    ///
    /// [`LookupError::Login`] when `text` is no user name.
    pub fn login(text: &str) -> Result<Self, LookupError> {
        if text.len() > Self::MAX_TYPED_BYTES {
            return Err(LookupError::Login(LoginError { max_bytes: Login::MAX_BYTES }));
        }
        let text = spelling::nfc(spelling::trimmed(text));
        Login::new(&text).map(Self::Login).map_err(LookupError::Login)
    }

    /// For a form with one field for both: text with an `@` is an e-mail address, other text a user
    /// name.
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
        if text.contains('@') || is_fullwidth(text) { Self::email(text) } else { Self::login(text) }
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
    /// that a database finds are dropped. Of several user names, the one that is spelt most like this
    /// value wins: exactly, or else in another letter case, or else in another width.
    pub(crate) fn among(&self, accounts: Vec<Account>) -> Vec<Account> {
        let mut named: Vec<Account> =
            accounts.into_iter().filter(|account| self.names(account)).collect();
        named.sort_by(|one, other| one.id().cmp(other.id()));
        named.dedup_by(|one, other| one.id() == other.id());
        if let Self::Login(login) = self {
            let likeness = |account: &Account| account.login().and_then(|own| own.likeness(login));
            let closest = named.iter().filter_map(likeness).min();
            named.retain(|account| likeness(account) == closest);
        }
        named
    }

    /// As [`among`](Self::among), and an address that its owner has proved wins over the same address in
    /// other accounts: otherwise a stranger who enters it there would shut the owner out.
    pub(crate) fn proved_among(&self, accounts: Vec<Account>) -> Vec<Account> {
        let mut named = self.among(accounts);
        if let Self::Email(asked) = self {
            prefer(&mut named, |account| {
                account.verified_emails().any(|address| address.same_mailbox(asked))
            });
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

    /// The value as it was typed, in Normalization Form C.
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

/// Whether a text is an e-mail address that was typed in the fullwidth mode of an input method.
fn is_fullwidth(text: &str) -> bool {
    text.contains('\u{ff20}') && !text.contains('@')
}

/// Keeps what fits, or all of it where nothing does.
pub(crate) fn prefer<T>(found: &mut Vec<T>, fits: impl Fn(&T) -> bool) {
    if found.iter().any(&fits) {
        found.retain(fits);
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

    /// What the person who typed it may be told: [`Answer::Invalid`].
    #[must_use]
    pub const fn answer(&self) -> Answer {
        Answer::Invalid
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
