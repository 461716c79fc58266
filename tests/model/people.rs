//! The accounts of two tenants, as the reference model has them.

use crate::reference::{Account, Password, People};
use crate::words::{Contact, Typed, Who};

pub(crate) const ADA: Who = (0, 0);
pub(crate) const OPERATOR: Who = (0, 1);
/// Has a phone and no address.
pub(crate) const BOB: Who = (0, 2);
/// Nobody may administer this account.
pub(crate) const CARL: Who = (0, 3);
/// Has no password yet.
pub(crate) const NEW: Who = (0, 4);
/// Ada at the tenant, who has the same address and phone.
pub(crate) const OTHER_ADA: Who = (1, 0);
/// Has entered Ada's address at the tenant, and never verified it.
pub(crate) const DAN: Who = (1, 2);

/// What Ada can verify in addition to her address, or in its place.
pub(crate) const SPARE: [Contact; 2] = ["ada.new@example.org", "lovelace@example.org"];

/// What a host enters in the place of an address, without the flow.
pub(crate) const ENTERED: [Contact; 2] = ["ada@host.example", "countess@host.example"];

pub(crate) const TYPED: [Typed; 13] = [
    Typed::Contact("ada@example.org"),
    Typed::Login("ada"),
    Typed::Contact("+4915112345678"),
    Typed::Contact("+4915187654321"),
    Typed::Login("bob"),
    Typed::Contact("carl@example.org"),
    Typed::Contact("+4990012345678"),
    Typed::Contact("new@example.org"),
    Typed::Contact("sso@example.org"),
    Typed::Contact("family@example.org"),
    Typed::Contact("dan@example.org"),
    Typed::Contact("ada.new@example.org"),
    Typed::Contact("nobody@example.org"),
];

pub(crate) fn people() -> People {
    let of = |who, login, contacts: &[(Contact, bool)], password| Account {
        who,
        login,
        contacts: contacts.to_vec(),
        replaced: None,
        password,
        enabled: true,
        version: 1,
        epoch: 1,
        changed_at: None,
        must_change: None,
        recovery: false,
    };
    let ada = [("ada@example.org", true), ("+4915112345678", true)];
    let ada_and_spare = [ada[0], ada[1], (SPARE[0], false)];
    let carl = [("+4990012345678", true), ("carl@example.org", true)];
    let family = [("family@example.org", true)];
    vec![
        of(ADA, "ada", &ada_and_spare, Password::Set(0)),
        of(OPERATOR, "eve", &[("eve@example.org", true)], Password::Set(1)),
        of(BOB, "bob", &[("+4915187654321", true)], Password::Set(2)),
        of(CARL, "carl", &carl, Password::Set(3)),
        of(NEW, "new", &[("new@example.org", true)], Password::Absent),
        of((0, 5), "sso", &[("sso@example.org", true)], Password::Marker),
        of((0, 6), "cy", &family, Password::Set(4)),
        of((0, 7), "di", &family, Password::Set(5)),
        of(OTHER_ADA, "ada", &ada, Password::Set(6)),
        of(DAN, "dan", &[("ada@example.org", false), ("dan@example.org", true)], Password::Set(7)),
    ]
}

/// The number of passwords that are set at the beginning.
pub(crate) const FIRST_PASSWORDS: usize = 8;

/// What a person types to say that they mean this account: the first contact, or the login.
pub(crate) fn name_of(who: Who, name: usize) -> Typed {
    let people = people();
    let account = people.iter().find(|account| account.who == who).unwrap();
    [Typed::Contact(account.contacts[0].0), Typed::Login(account.login)][name]
}
