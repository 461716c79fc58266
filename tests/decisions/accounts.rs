//! Who there is besides Ada and Grace, and how they are looked up.

use repass::account::{Account, AccountId, Contact, Email, Login, Lookup, Phone};
use repass::reset::Sms;
use repass::secret::PasswordHash;

use crate::world::{OLD, World, ada, grace, hash_of};

pub(crate) fn id(id: &str) -> AccountId {
    AccountId::new(id).unwrap()
}

/// Ada, by what is known of nobody else.
pub(crate) fn bare() -> Account {
    Account::new(id("1")).with_login(Login::new("ada").unwrap())
}

/// Changes something about Ada as she is stored.
pub(crate) fn alter(world: &World, change: impl FnOnce(Account) -> Account) {
    world.put(change(world.account("1")));
}

/// Ada with these addresses, and with the password that is stored.
pub(crate) fn with_emails(stored: &Account, emails: &[Email]) -> Account {
    let ada = bare().with_password(stored.password().unwrap().clone());
    emails.iter().cloned().fold(ada, Account::with_email)
}

/// Ada without a password.
pub(crate) fn without_password() -> Account {
    bare().with_email(ada().emails()[0].clone())
}

pub(crate) fn marker() -> PasswordHash {
    PasswordHash::from_stored("!").unwrap()
}

/// Ada, whose address nobody has verified.
pub(crate) fn unverified() -> Account {
    let address = ada().emails()[0].address().clone();
    bare().with_email(Email::unverified(address)).with_password(hash_of(OLD))
}

/// Another account with Ada's address.
pub(crate) fn sharing() -> Account {
    grace().with_email(ada().emails()[0].clone())
}

/// Another account with a user name of its own spelling.
pub(crate) fn named(login: &str) -> Account {
    let address = Contact::email(&format!("{}@example.org", login.len())).unwrap();
    Account::new(id(login))
        .with_login(Login::new(login).unwrap())
        .with_email(Email::verified(address))
        .with_password(hash_of(OLD))
}

pub(crate) fn by(login: &str) -> Lookup {
    Lookup::login(login).unwrap()
}

/// Ada, who has nothing but a phone.
pub(crate) fn phone_only() -> Account {
    with_phone("1", "+49 30 901820")
}

pub(crate) fn with_phone(number: &str, phone: &str) -> Account {
    let phone = Phone::verified(Contact::phone(phone).unwrap());
    Account::new(id(number)).with_phone(phone).with_password(hash_of(OLD))
}

pub(crate) fn by_phone() -> Lookup {
    Lookup::phone("+49 30 901820").unwrap()
}

/// A flow that sends text messages to Germany.
pub(crate) fn texting(
    configure: impl FnOnce(Sms) -> Sms,
    people: impl IntoIterator<Item = Account>,
) -> World {
    World::with(|builder| builder.sms(configure(Sms::to(["+49"]))), people)
}
