//! Look-ups and recipients by the fields that a host has declared.

mod error;
mod text;

pub use self::error::FieldError;
pub use self::text::{FieldText, FieldTextError};

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Account, Contact, FieldName, Login, Lookup};

/// The fields of the user table that people can be looked up by, or that messages can be sent to. Cheap
/// to clone.
///
/// A field that people are looked up by should be unique: if several accounts have one value, none of
/// them can be reset by it.
///
/// ```
/// use repass::account::{FieldKind, Fields};
/// use repass::reset::Delivery;
///
/// let fields = Fields::new([
///     ("Phone", FieldKind::Phone),
///     ("AlternateEmail", FieldKind::Email),
///     ("CustomerNumber", FieldKind::Text),
/// ])?;
/// let lookup = fields.lookup("CustomerNumber", " 0815 ")?;
/// let delivery = Delivery::CODE.to(fields.recipient("Phone")?);
/// assert!(fields.recipient("CustomerNumber").is_err() && fields.lookup("Salary", "1").is_err());
/// # let _ = (lookup, delivery);
/// # Ok::<(), repass::account::FieldError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Fields {
    declared: Arc<[(FieldName, FieldKind)]>,
}

/// What the values of a field are, and so how they are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FieldKind {
    /// E-mail addresses.
    Email,
    /// Phone numbers with their country code.
    Phone,
    /// User names.
    Login,
    /// Other texts, compared byte by byte: see [`FieldText`].
    Text,
}

/// A declared field that messages can be sent to; [`Fields::recipient`] makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Recipient(FieldName);

/// A declared field and the value that is looked for; [`Fields::lookup`] makes it.
///
/// `Debug` shows the name of the field and not the value, which is personal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldLookup {
    name: FieldName,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Value {
    Email(Contact),
    Phone(Contact),
    Login(Login),
    Text(FieldText),
}

impl Fields {
    /// Declares fields, by name and kind.
    ///
    /// # Errors
    ///
    /// [`FieldError::Name`] for a name that no [`FieldName`] can be, and [`FieldError::Twice`] for a name
    /// that is declared twice.
    pub fn new<'a>(
        fields: impl IntoIterator<Item = (&'a str, FieldKind)>,
    ) -> Result<Self, FieldError> {
        let mut declared: Vec<(FieldName, FieldKind)> = Vec::new();
        for (name, kind) in fields {
            let name = FieldName::new(name).map_err(FieldError::Name)?;
            if declared.iter().any(|(other, _)| *other == name) {
                return Err(FieldError::Twice { name });
            }
            declared.push((name, kind));
        }
        Ok(Self { declared: declared.into() })
    }

    /// By the value of a declared field, as a person typed or pasted it.
    ///
    /// # Errors
    ///
    /// [`FieldError::Unknown`] for a field that was not declared, and [`FieldError::Value`] or
    /// [`FieldError::Text`] for a value that the field cannot have.
    pub fn lookup(&self, name: &str, value: &str) -> Result<Lookup, FieldError> {
        let (name, kind) = self.find(name)?;
        let value = Value::typed(kind, value)?;
        Ok(Lookup::Field(FieldLookup { name, value }))
    }

    /// A declared field as the recipient of a message.
    ///
    /// # Errors
    ///
    /// [`FieldError::Unknown`] for a field that was not declared, and [`FieldError::NotARecipient`] for one
    /// that has neither addresses nor phone numbers.
    pub fn recipient(&self, name: &str) -> Result<Recipient, FieldError> {
        match self.find(name)? {
            (name, FieldKind::Email | FieldKind::Phone) => Ok(Recipient(name)),
            (_, FieldKind::Login | FieldKind::Text) => Err(FieldError::NotARecipient),
        }
    }

    fn find(&self, name: &str) -> Result<(FieldName, FieldKind), FieldError> {
        let found = self.declared.iter().find(|(declared, _)| declared.as_str() == name);
        found.copied().ok_or(FieldError::Unknown)
    }
}

impl Recipient {
    /// The name of the field.
    #[must_use]
    pub const fn field(&self) -> &FieldName {
        &self.0
    }

    pub(crate) fn read(name: &str) -> Option<Self> {
        FieldName::new(name).ok().map(Self)
    }
}

impl FieldLookup {
    /// The field.
    #[must_use]
    pub const fn name(&self) -> &FieldName {
        &self.name
    }

    /// What the values of the field are.
    #[must_use]
    pub const fn field_kind(&self) -> FieldKind {
        match self.value {
            Value::Email(_) => FieldKind::Email,
            Value::Phone(_) => FieldKind::Phone,
            Value::Login(_) => FieldKind::Login,
            Value::Text(_) => FieldKind::Text,
        }
    }

    /// The value in the spelling to look up and index by: that of [`Contact::canonical`] or
    /// [`Login::canonical`], and of a text the text itself.
    #[must_use]
    pub fn canonical_value(&self) -> String {
        match &self.value {
            Value::Email(contact) | Value::Phone(contact) => contact.canonical(),
            Value::Login(login) => login.canonical(),
            Value::Text(text) => text.as_str().into(),
        }
    }

    pub(super) fn names(&self, account: &Account) -> bool {
        match &self.value {
            Value::Email(contact) | Value::Phone(contact) => {
                account.has_contact_in(&self.name, contact)
            }
            Value::Login(login) => {
                account.login_in(&self.name).is_some_and(|own| own.same_login(login))
            }
            Value::Text(text) => account.text_in(&self.name) == Some(text),
        }
    }

    pub(super) const fn contact(&self) -> Option<&Contact> {
        match &self.value {
            Value::Email(contact) | Value::Phone(contact) => Some(contact),
            Value::Login(_) | Value::Text(_) => None,
        }
    }

    pub(super) const fn login(&self) -> Option<&Login> {
        match &self.value {
            Value::Login(login) => Some(login),
            Value::Email(_) | Value::Phone(_) | Value::Text(_) => None,
        }
    }

    /// The name of the kind of look-up, in every format.
    pub(super) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Email(_) => "field-email",
            Value::Phone(_) => "field-phone",
            Value::Login(_) => "field-login",
            Value::Text(_) => "field-text",
        }
    }

    /// Name and value as a format has them: no name has a `=`.
    pub(super) fn text(&self) -> String {
        let value = match &self.value {
            Value::Email(contact) | Value::Phone(contact) => contact.as_str(),
            Value::Login(login) => login.as_str(),
            Value::Text(text) => text.as_str(),
        };
        [self.name.as_str(), "=", value].concat()
    }

    pub(super) fn canonical(&self) -> String {
        [self.name.as_str(), "=", &self.canonical_value()].concat()
    }

    pub(super) fn read(kind: &str, text: &str) -> Option<Self> {
        let kind = match kind {
            "field-email" => FieldKind::Email,
            "field-phone" => FieldKind::Phone,
            "field-login" => FieldKind::Login,
            "field-text" => FieldKind::Text,
            _ => return None,
        };
        let (name, value) = text.split_once('=')?;
        let name = FieldName::new(name).ok()?;
        Some(Self { name, value: Value::typed(kind, value).ok()? })
    }
}

impl Value {
    fn typed(kind: FieldKind, text: &str) -> Result<Self, FieldError> {
        let lookup = match kind {
            FieldKind::Email => Lookup::email(text),
            FieldKind::Phone => Lookup::phone(text),
            FieldKind::Login => Lookup::login(text),
            FieldKind::Text => {
                return FieldText::new(text).map(Self::Text).map_err(FieldError::Text);
            }
        };
        match lookup.map_err(FieldError::Value)? {
            Lookup::Email(contact) => Ok(Self::Email(contact)),
            Lookup::Phone(contact) => Ok(Self::Phone(contact)),
            Lookup::Login(login) => Ok(Self::Login(login)),
            Lookup::Field(field) => Ok(field.value),
        }
    }
}
