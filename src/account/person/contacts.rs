//! Which contacts and values an account has.

use alloc::string::String;
use alloc::vec::Vec;

use super::Account;
use crate::account::owned::Owned;
use crate::account::{Channel, Contact, Email, FieldName, FieldText, Login, Phone};

impl Account {
    /// The contacts that the owner of the account has proved to receive messages at, addresses first. A
    /// contact is of the kind that it was read as, however it was added.
    pub(crate) fn verified(&self) -> impl Iterator<Item = &Contact> {
        let verified = |channel: Channel| {
            let of_kind =
                move |owned: &&Owned| owned.is_verified() && owned.contact().channel() == channel;
            self.contacts().filter(of_kind).map(Owned::contact)
        };
        verified(Channel::EMAIL).chain(verified(Channel::SMS))
    }

    /// The first verified contact that is the value of a field of the host.
    pub(crate) fn recipient_in(&self, field: &FieldName) -> Option<&Contact> {
        let named = |owned: &&Owned| owned.is_verified() && owned.field() == Some(field);
        self.contacts().find(named).map(Owned::contact)
    }

    /// The verified contact that is the value of a field of the host and the same as `contact`.
    pub(crate) fn verified_in(&self, field: &FieldName, contact: &Contact) -> Option<&Contact> {
        let same = |owned: &&Owned| {
            owned.is_verified()
                && owned.field() == Some(field)
                && owned.contact().same_mailbox(contact)
        };
        self.contacts().find(same).map(Owned::contact)
    }

    /// Whether the account has a contact, verified or not.
    pub(crate) fn has_contact(&self, contact: &Contact) -> bool {
        self.contacts().any(|owned| owned.contact().same_mailbox(contact))
    }

    /// Whether a contact, verified or not, is the value of a field of the host.
    pub(crate) fn has_contact_in(&self, field: &FieldName, contact: &Contact) -> bool {
        let mut named = self.contacts().filter(|owned| owned.field() == Some(field));
        named.any(|owned| owned.contact().same_mailbox(contact))
    }

    /// The user name that is the value of a field of the host.
    pub(crate) fn login_in(&self, field: &FieldName) -> Option<&Login> {
        self.logins.iter().find(|(name, _)| name == field).map(|(_, login)| login)
    }

    /// The text that is the value of a field of the host.
    pub(crate) fn text_in(&self, field: &FieldName) -> Option<&FieldText> {
        self.texts.iter().find(|(name, _)| name == field).map(|(_, text)| text)
    }

    fn contacts(&self) -> impl Iterator<Item = &Owned> {
        self.emails.iter().map(Email::owned).chain(self.phones.iter().map(Phone::owned))
    }

    /// The verified contacts in a canonical spelling and order, each with the name of its kind.
    pub(crate) fn verified_contacts(&self) -> Vec<(&'static str, String)> {
        let mut contacts: Vec<_> =
            self.verified().map(|contact| (contact.kind(), contact.canonical())).collect();
        contacts.sort_unstable();
        contacts.dedup();
        contacts
    }

    /// Whether both have the same verified contacts, however they are spelt and in whichever order.
    pub(crate) fn has_contacts_of(&self, other: &Self) -> bool {
        // Equal lists need no canonical spelling.
        (self.emails == other.emails && self.phones == other.phones)
            || self.verified_contacts() == other.verified_contacts()
    }
}
