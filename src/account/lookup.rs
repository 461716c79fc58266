use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::contact::KELVIN_SIGN;
use super::fields::FieldLookup;
use super::{
    Account, AccountId, Contact, ContactError, Login, LoginError, PhoneError, phone, spelling,
};
use crate::answer::Answer;

/// What an account is looked up by: one value of one kind, so that the e-mail address of one person
/// is never taken for the user name of another (CVE-2021-3754).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lookup {
    /// By an e-mail address of the account.
    Email(Contact),
    /// By the user name.
    Login(Login),
    /// By a phone number of the account.
    Phone(Contact),
    /// By the value of a field that the host has declared: see [`Fields`](super::Fields).
    Field(FieldLookup),
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

    /// By phone number, as a person typed or pasted it, with its country code.
    ///
    /// White space and format characters at the ends are dropped. Fullwidth characters, spaces that do not
    /// break and dashes of all kinds are read as the ordinary ones.
    ///
    /// ```
    /// use repass::account::Lookup;
    ///
    /// let typed = Lookup::phone("\u{202d}+49\u{a0}30\u{a0}901820\u{202c}")?;
    /// assert_eq!(typed, Lookup::phone("+49 30 901820")?);
    /// # Ok::<(), repass::account::LookupError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LookupError::Phone`] when `text` is not exactly one number.
    pub fn phone(text: &str) -> Result<Self, LookupError> {
        if text.len() > Self::MAX_TYPED_BYTES {
            let (min, max) = phone::DIGITS;
            return Err(LookupError::Phone(PhoneError::Digits { min, max }));
        }
        Contact::phone(&phone::typed(text)).map(Self::Phone).map_err(LookupError::Phone)
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
            Self::Email(contact) | Self::Phone(contact) => account.has_contact(contact),
            Self::Login(login) => account.login().is_some_and(|own| own.same_login(login)),
            Self::Field(field) => field.names(account),
        }
    }

    /// The contact that was asked by; none where it was something else.
    pub(crate) const fn contact(&self) -> Option<&Contact> {
        match self {
            Self::Email(contact) | Self::Phone(contact) => Some(contact),
            Self::Login(_) => None,
            Self::Field(field) => field.contact(),
        }
    }

    /// The verified contact of `account` that was asked by, as the account writes it.
    pub(crate) fn proven<'a>(&self, account: &'a Account) -> Option<&'a Contact> {
        let asked = self.contact()?;
        let mut verified = account.verified();
        match self {
            Self::Field(field) => account.verified_in(field.name(), asked),
            _ => verified.find(|contact| contact.same_mailbox(asked)),
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
        let login = match self {
            Self::Login(login) => Some((login, None)),
            Self::Field(field) => field.login().map(|login| (login, Some(field.name()))),
            Self::Email(_) | Self::Phone(_) => None,
        };
        if let Some((login, field)) = login {
            let likeness = |account: &Account| match field {
                None => account.login().and_then(|own| own.likeness(login)),
                Some(field) => account.login_in(field).and_then(|own| own.likeness(login)),
            };
            let closest = named.iter().filter_map(likeness).min();
            named.retain(|account| likeness(account) == closest);
        }
        named
    }

    /// The name of the kind of value, in every format.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Email(_) => "email",
            Self::Login(_) => "login",
            Self::Phone(_) => "phone",
            Self::Field(field) => field.kind(),
        }
    }

    /// The value as it was typed, in Normalization Form C.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Email(contact) | Self::Phone(contact) => Cow::Borrowed(contact.as_str()),
            Self::Login(login) => Cow::Borrowed(login.as_str()),
            Self::Field(field) => Cow::Owned(field.text()),
        }
    }

    /// The look-up of a kind and a text, as a format has them.
    pub(crate) fn read(kind: &str, text: &str) -> Option<Self> {
        match kind {
            "email" => Self::email(text).ok(),
            "login" => Self::login(text).ok(),
            "phone" => Self::phone(text).ok(),
            _ => FieldLookup::read(kind, text).map(Self::Field),
        }
    }

    pub(crate) fn canonical(&self) -> String {
        match self {
            Self::Email(contact) | Self::Phone(contact) => contact.canonical(),
            Self::Login(login) => login.canonical(),
            Self::Field(field) => field.canonical(),
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
    /// The text is not exactly one phone number with its country code.
    Phone(PhoneError),
}

impl LookupError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Email(error) => error.code(),
            Self::Login(error) => error.code(),
            Self::Phone(error) => error.code(),
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
            Self::Phone(error) => error.fmt(f),
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
