//! 8. Mail goes where the account says.

use pollster::block_on;
use repass::account::{Account, AccountId, AccountWrite, Contact, Email, Login, Lookup, Written};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::MessageKind;
use repass::port::{Accounts, PortError, PortSet, Ports};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Outcome};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;

use crate::world::{
    NEW, World, ada, by_email, by_login, grace, hash_of, keyring, outcomes, page, seed,
};

#[test]
fn a_secret_goes_to_the_stored_spelling_of_the_address() {
    let world = World::new();
    world.ask(&Lookup::email("aDA@example.ORG").unwrap(), Delivery::EmailLink);
    assert_eq!(world.take().unwrap().to().as_str(), "Ada@Example.org");
}

/// Finds every account, and every one of them twice, as a join over addresses would.
struct Folding(MemoryAccounts);

impl Accounts for Folding {
    async fn find(&self, _: &Lookup, _: UtcDateTime) -> Result<Vec<Account>, PortError> {
        Ok([self.0.all(), self.0.all()].concat())
    }

    async fn load(&self, id: &AccountId, now: UtcDateTime) -> Result<Option<Account>, PortError> {
        self.0.load(id, now).await
    }

    async fn write(&self, write: &AccountWrite, now: UtcDateTime) -> Result<Written, PortError> {
        self.0.write(write, now).await
    }
}

/// Django mailed to the address that was typed (CVE-2019-19844), Directus let the database decide
/// that accents do not matter (CVE-2024-27295): a table that finds look-alikes changes nothing here.
#[test]
fn a_look_alike_that_the_table_finds_gets_nothing() {
    let now = World::new().now;
    let ports = PortSet {
        accounts: Folding(MemoryAccounts::new([ada(), grace()])),
        attempts: MemoryAttempts::default(),
        counters: MemoryCounters::default(),
        queue: MemoryQueue::default(),
        notifier: Outbox::default(),
    };
    let flow = Flow::builder(keyring(), page()).build().unwrap();
    let recovery = Recovery::new(flow, ports);
    let outcome = |lookup: Lookup| {
        block_on(recovery.request(lookup, Delivery::EmailLink, seed(), now)).unwrap();
        let worked = block_on(recovery.work(ClaimToken::new(seed()), 9, now)).unwrap();
        let _worked = block_on(recovery.work(ClaimToken::new(seed()), 9, now)).unwrap();
        outcomes(&worked)[0]
    };
    for look_alike in ["\u{e4}da@example.org", "ad\u{430}@example.org", "\u{ff41}da@example.org"] {
        assert_eq!(outcome(Lookup::email(look_alike).unwrap()), Outcome::Unknown);
        assert!(recovery.ports().notifier().take().is_none());
    }
    assert_eq!(outcome(by_email()), Outcome::Sent, "one account, however often it is found");
    assert!(recovery.ports().notifier().take().is_some());
}

#[test]
fn an_address_that_nobody_proved_gets_nothing() {
    let address = Contact::email("ada@example.org").unwrap();
    let squatter = Account::new(AccountId::new("9").unwrap())
        .with_email(Email::unverified(address))
        .with_password(hash_of("squatted"));
    // The verified owner hides the squatter; alone, the squatter gets nothing.
    let both = World::of([ada(), squatter.clone()]);
    both.ask(&by_email(), Delivery::EmailLink);
    assert_eq!(both.take().unwrap().to().as_str(), "Ada@Example.org");
    let alone = World::of([squatter]);
    alone.ask(&by_email(), Delivery::EmailLink);
    assert!(alone.take().is_none());
}

#[test]
fn several_accounts_of_one_address_get_one_notice_and_no_secret() {
    let shared = Account::new(AccountId::new("3").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(hash_of("shared"));
    let world = World::of([ada(), shared]);
    world.ask(&by_email(), Delivery::EmailLink);
    let notice = world.take().unwrap();
    assert_eq!(notice.kind(), MessageKind::SeveralAccounts);
    assert_eq!(notice.to().as_str(), "Ada@Example.org");
    // Nobody's name tells one owner who the other is.
    assert!(!notice.expose_secret().contains("Ada") && !notice.expose_secret().contains("?token="));
    assert!(world.take().is_none());
    // By user name there is no doubt.
    assert_eq!(world.outcome(&by_login(), Delivery::EmailLink), Outcome::Sent);
    assert!(world.read().unwrap().contains("?token="));
}

/// GitLab took a list of addresses (CVE-2023-7028); here a message has one recipient by type, and the
/// one that was asked by if the account has several.
#[test]
fn a_secret_goes_to_the_verified_address_that_was_asked_by() {
    let ada = ada().with_email(Email::verified(Contact::email("ada@home.example").unwrap()));
    let world = World::of([ada]);
    let addresses = [
        (Lookup::email("ada@home.example").unwrap(), "ada@home.example"),
        (by_email(), "Ada@Example.org"),
        (Lookup::login("ADA").unwrap(), "Ada@Example.org"),
    ];
    for (lookup, to) in addresses {
        world.ask(&lookup, Delivery::EmailLink);
        assert_eq!(world.take().unwrap().to().as_str(), to);
        assert!(world.take().is_none());
    }
}

#[test]
fn the_link_leads_to_the_configured_page() {
    let world = World::new();
    world.ask(&by_email(), Delivery::EmailLink);
    let text = world.read().unwrap();
    let link = text.lines().find(|line| line.contains("://")).unwrap();
    assert!(link.starts_with("https://example.org/reset?token="));
    assert_eq!(link.len(), "https://example.org/reset?token=".len() + 80);
}

#[test]
fn a_recently_replaced_address_hears_of_the_change() {
    let ada = ada().with_replaced_email(Contact::email("before@example.org").unwrap());
    let world = World::of([ada]);
    let admitted = world.admit_link(&world.link()).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    assert_eq!(notified(&world), ["Ada@Example.org", "before@example.org"]);
}

/// The person who shares the first address must not be the only one to hear of a change.
#[test]
fn every_verified_address_hears_of_the_change() {
    let ada = ada()
        .with_email(Email::unverified(Contact::email("ada@unproved.example").unwrap()))
        .with_email(Email::verified(Contact::email("ada@home.example").unwrap()));
    let world = World::of([ada]);
    let admitted = world.admit_link(&world.link()).unwrap();
    world.settle(&world.commit(&admitted, NEW).unwrap());
    assert_eq!(notified(&world), ["Ada@Example.org", "ada@home.example"]);
}

/// Delivers the notices of a change and says to whom, in order.
fn notified(world: &World) -> Vec<String> {
    let _worked = world.work();
    let mut to: Vec<_> = std::iter::from_fn(|| world.take())
        .map(|notice| {
            assert_eq!(notice.kind(), MessageKind::PasswordChanged);
            notice.to().as_str().to_owned()
        })
        .collect();
    to.sort_unstable();
    to
}

/// An account without a password, whose stored text may be a marker, gets a notice in place of a
/// secret.
#[test]
fn an_account_without_a_usable_password_gets_a_notice() {
    let person = Account::new(AccountId::new("7").unwrap())
        .with_email(Email::verified(Contact::email("eve@example.org").unwrap()));
    let marked = ["!", "!locked", "*", "-", ""]
        .map(|marker| person.clone().with_password(PasswordHash::from_stored(marker).unwrap()));
    for person in [&[person], &marked[..]].concat() {
        let world = World::of([person]);
        let lookup = Lookup::email("eve@example.org").unwrap();
        assert_eq!(world.outcome(&lookup, Delivery::EmailLink), Outcome::NoPassword);
        assert_eq!(world.take().unwrap().kind(), MessageKind::NoPassword);
        assert!(world.take().is_none());
    }
}

#[test]
fn notices_are_counted_by_mailbox() {
    let person = Account::new(AccountId::new("7").unwrap())
        .with_login(Login::new("eve").unwrap())
        .with_email(Email::verified(Contact::email("eve@example.org").unwrap()));
    let mut world = World::of([person]);
    for _ in 0..11 {
        for lookup in ["eve", "eve@example.org"] {
            for _ in 0..3 {
                world.ask(&Lookup::email_or_login(lookup).unwrap(), Delivery::EmailLink);
            }
        }
        world.wait(3600);
    }
    assert_eq!(std::iter::from_fn(|| world.take()).count(), 5);
}
