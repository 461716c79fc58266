//! Contacts as an account has them.

use super::{Contact, FieldName};

/// An e-mail address of an account, and whether its owner has shown that it is theirs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email(Owned);

/// A phone number of an account, and whether its owner has shown that it is theirs.
///
/// ```
/// use repass::account::{Contact, FieldName, Phone};
///
/// let number = Contact::phone("+1 415 756-1569")?;
/// let phone = Phone::verified(number).in_field(FieldName::new("Phone")?);
/// assert!(phone.is_verified());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Phone(Owned);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owned {
    contact: Contact,
    verified: bool,
    field: Option<FieldName>,
}

impl Owned {
    const fn new(contact: Contact, verified: bool) -> Self {
        Self { contact, verified, field: None }
    }

    pub(super) const fn contact(&self) -> &Contact {
        &self.contact
    }

    pub(super) const fn is_verified(&self) -> bool {
        self.verified
    }

    pub(super) const fn field(&self) -> Option<&FieldName> {
        self.field.as_ref()
    }
}

impl Email {
    /// An address that the owner of the account has proved to receive mail at.
    #[must_use]
    pub const fn verified(address: Contact) -> Self {
        Self(Owned::new(address, true))
    }

    /// An address that nobody has proved yet: no secret is ever sent to it.
    #[must_use]
    pub const fn unverified(address: Contact) -> Self {
        Self(Owned::new(address, false))
    }

    /// Says which declared field of the host the address is the value of.
    #[must_use]
    pub fn in_field(mut self, name: FieldName) -> Self {
        self.0.field = Some(name);
        self
    }

    /// The address.
    #[must_use]
    pub const fn address(&self) -> &Contact {
        self.0.contact()
    }

    /// Whether the address is proved.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        self.0.is_verified()
    }

    /// The declared field that the address is the value of, if it is one.
    #[must_use]
    pub const fn field(&self) -> Option<&FieldName> {
        self.0.field()
    }

    pub(super) const fn owned(&self) -> &Owned {
        &self.0
    }
}

impl Phone {
    /// A number that the owner of the account has proved to receive text messages at.
    #[must_use]
    pub const fn verified(number: Contact) -> Self {
        Self(Owned::new(number, true))
    }

    /// A number that nobody has proved yet: no secret is ever sent to it.
    #[must_use]
    pub const fn unverified(number: Contact) -> Self {
        Self(Owned::new(number, false))
    }

    /// Says which declared field of the host the number is the value of.
    #[must_use]
    pub fn in_field(mut self, name: FieldName) -> Self {
        self.0.field = Some(name);
        self
    }

    /// The number.
    #[must_use]
    pub const fn number(&self) -> &Contact {
        self.0.contact()
    }

    /// Whether the number is proved.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        self.0.is_verified()
    }

    /// The declared field that the number is the value of, if it is one.
    #[must_use]
    pub const fn field(&self) -> Option<&FieldName> {
        self.0.field()
    }

    pub(super) const fn owned(&self) -> &Owned {
        &self.0
    }
}
