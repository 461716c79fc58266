mod contacts;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use time::UtcDateTime;

use super::{AccountId, Contact, Email, FieldName, FieldText, Login, MustChange, Phone};
use crate::language::Language;
use crate::secret::PasswordHash;

/// One row of the service's user table, as far as a reset needs it. Of the person, `Debug` shows nothing
/// but the id.
///
/// ```
/// use repass::account::{Account, AccountId, Contact, Email, Login};
///
/// let ada = Account::new(AccountId::new("42")?)
///     .with_login(Login::new("ada")?)
///     .with_names("Ada", "Lovelace")
///     .with_email(Email::verified(Contact::email("ada@example.org")?));
/// assert!(ada.is_enabled());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    id: AccountId,
    login: Option<Login>,
    first_name: String,
    last_name: String,
    language: Option<Language>,
    emails: Vec<Email>,
    phones: Vec<Phone>,
    logins: Vec<(FieldName, Login)>,
    texts: Vec<(FieldName, FieldText)>,
    has_unreadable_email: bool,
    has_unreadable_phone: bool,
    replaced_email: Option<Contact>,
    password: Option<PasswordHash>,
    disabled: bool,
    version: Option<u64>,
    epoch: Option<u64>,
    changed_at: Option<UtcDateTime>,
    must_change: Option<MustChange>,
    requires_recovery: bool,
}

impl Account {
    /// An enabled account without login, names, addresses and password.
    #[must_use]
    pub fn new(id: AccountId) -> Self {
        Self {
            id,
            login: None,
            first_name: String::new(),
            last_name: String::new(),
            language: None,
            emails: Vec::new(),
            phones: Vec::new(),
            logins: Vec::new(),
            texts: Vec::new(),
            has_unreadable_email: false,
            has_unreadable_phone: false,
            replaced_email: None,
            password: None,
            disabled: false,
            version: None,
            epoch: None,
            changed_at: None,
            must_change: None,
            requires_recovery: false,
        }
    }

    /// Sets the user name.
    #[must_use]
    pub fn with_login(self, login: Login) -> Self {
        Self { login: Some(login), ..self }
    }

    /// Sets first and last name, as messages address the person.
    #[must_use]
    pub fn with_names(self, first: impl Into<String>, last: impl Into<String>) -> Self {
        Self { first_name: first.into(), last_name: last.into(), ..self }
    }

    /// Sets the language that messages are written in; without one it is that of the service.
    #[must_use]
    pub fn with_language(self, language: Language) -> Self {
        Self { language: Some(language), ..self }
    }

    /// Adds an e-mail address; of several verified ones the first is the default recipient.
    #[must_use]
    pub fn with_email(mut self, email: Email) -> Self {
        self.emails.push(email);
        self
    }

    /// Adds a phone number; of several verified ones the first is the default recipient of an account
    /// without a verified e-mail address.
    #[must_use]
    pub fn with_phone(mut self, phone: Phone) -> Self {
        self.phones.push(phone);
        self
    }

    /// Sets the value of a declared field of the host that is a user name, beside
    /// [`with_login`](Self::with_login). A contact says its field itself: see [`Email::in_field`].
    #[must_use]
    pub fn with_login_in(mut self, field: FieldName, login: Login) -> Self {
        self.logins.push((field, login));
        self
    }

    /// Sets the value of a declared field of the host that is a text.
    #[must_use]
    pub fn with_text_in(mut self, field: FieldName, text: FieldText) -> Self {
        self.texts.push((field, text));
        self
    }

    /// Notes that the table has an address of the account that [`Contact::email`] refuses.
    ///
    /// The address is left out and the account works without it. If a request therefore has no
    /// address to go to, its event is `request_unreadable_address`, with the id of the account.
    #[must_use]
    pub fn with_unreadable_email(self) -> Self {
        Self { has_unreadable_email: true, ..self }
    }

    /// Notes that the table has a phone number of the account that [`Contact::phone`] refuses, as
    /// [`with_unreadable_email`](Self::with_unreadable_email) does for an address.
    #[must_use]
    pub fn with_unreadable_phone(self) -> Self {
        Self { has_unreadable_phone: true, ..self }
    }

    /// Sets an address that was replaced not long ago: it gets the notices as well, in case that
    /// somebody else replaced it.
    #[must_use]
    pub fn with_replaced_email(self, address: Contact) -> Self {
        Self { replaced_email: Some(address), ..self }
    }

    /// Sets the stored password hash as the table has it, usable or not; an account without a usable
    /// one signs in by other means.
    #[must_use]
    pub fn with_password(self, hash: PasswordHash) -> Self {
        Self { password: Some(hash), ..self }
    }

    /// Sets the version of the account: a number that the host raises with every change of the
    /// password, of a contact, or of whether the account may sign in, and with nothing else.
    ///
    /// With it, a secret that was made before such a change stays invalid even if the change is
    /// undone. Without it, only the present state is compared.
    #[must_use]
    pub fn with_version(self, version: u64) -> Self {
        Self { version: Some(version), ..self }
    }

    /// Sets the session epoch: a number that is raised with every new password and whenever all
    /// sessions end. Session tags depend on it.
    ///
    /// If a host gives the id of a deleted account to a new one, which it must not do, sessions of the
    /// former account stay valid unless the epoch differs. This matters most for accounts without a
    /// password, whose tags depend on nothing else that changes.
    #[must_use]
    pub fn with_epoch(self, epoch: u64) -> Self {
        Self { epoch: Some(epoch), ..self }
    }

    /// Sets the moment of the last change of the password.
    #[must_use]
    pub fn with_changed_at(self, changed_at: UtcDateTime) -> Self {
        Self { changed_at: Some(changed_at), ..self }
    }

    /// Sets that the password has to be changed, or with `None` that it has not.
    #[must_use]
    pub fn with_must_change(self, must_change: Option<MustChange>) -> Self {
        Self { must_change, ..self }
    }

    /// Sets whether the password no longer signs in until it was reset.
    #[must_use]
    pub fn with_required_recovery(self, required: bool) -> Self {
        Self { requires_recovery: required, ..self }
    }

    /// Marks the account as one that may not sign in.
    #[must_use]
    pub fn disabled(self) -> Self {
        Self { disabled: true, ..self }
    }

    /// The service's own id of the account.
    #[must_use]
    pub fn id(&self) -> &AccountId {
        &self.id
    }

    /// The user name, if the account has one.
    #[must_use]
    pub fn login(&self) -> Option<&Login> {
        self.login.as_ref()
    }

    /// The first name, empty if unknown.
    #[must_use]
    pub fn first_name(&self) -> &str {
        &self.first_name
    }

    /// The last name, empty if unknown.
    #[must_use]
    pub fn last_name(&self) -> &str {
        &self.last_name
    }

    /// The language that messages are written in, if the account has one.
    #[must_use]
    pub fn language(&self) -> Option<Language> {
        self.language
    }

    /// The e-mail addresses.
    #[must_use]
    pub fn emails(&self) -> &[Email] {
        &self.emails
    }

    /// The phone numbers.
    #[must_use]
    pub fn phones(&self) -> &[Phone] {
        &self.phones
    }

    /// The values of declared fields that are user names.
    #[must_use]
    pub fn logins_in_fields(&self) -> &[(FieldName, Login)] {
        &self.logins
    }

    /// The values of declared fields that are texts.
    #[must_use]
    pub fn texts_in_fields(&self) -> &[(FieldName, FieldText)] {
        &self.texts
    }

    /// Whether the table has an address of the account that cannot be read.
    #[must_use]
    pub fn has_unreadable_email(&self) -> bool {
        self.has_unreadable_email
    }

    /// Whether the table has a phone number of the account that cannot be read.
    #[must_use]
    pub fn has_unreadable_phone(&self) -> bool {
        self.has_unreadable_phone
    }

    /// An address that was replaced not long ago.
    #[must_use]
    pub fn replaced_email(&self) -> Option<&Contact> {
        self.replaced_email.as_ref()
    }

    /// The password hash, if the account has a usable one.
    #[must_use]
    pub fn password(&self) -> Option<&PasswordHash> {
        self.password.as_ref().filter(|hash| hash.is_usable())
    }

    /// What the table has in place of a password hash, as it was read: a hash, a marker that no
    /// password matches, or nothing.
    #[must_use]
    pub fn stored_password(&self) -> Option<&PasswordHash> {
        self.password.as_ref()
    }

    /// The version of the account, where the host has one.
    #[must_use]
    pub fn version(&self) -> Option<u64> {
        self.version
    }

    /// The session epoch, where the host has one.
    #[must_use]
    pub fn epoch(&self) -> Option<u64> {
        self.epoch
    }

    /// The moment of the last change of the password, where the host has it.
    #[must_use]
    pub fn changed_at(&self) -> Option<UtcDateTime> {
        self.changed_at
    }

    /// Why and until when the password has to be changed, if it has.
    #[must_use]
    pub fn must_change(&self) -> Option<MustChange> {
        self.must_change
    }

    /// Whether the password no longer signs in until it was reset.
    #[must_use]
    pub fn requires_recovery(&self) -> bool {
        self.requires_recovery
    }

    /// Whether the account may sign in.
    #[must_use]
    pub fn is_enabled(&self) -> bool {
        !self.disabled
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("emails", &self.emails)
            .field("phones", &self.phones)
            .field("password", &self.password)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}
