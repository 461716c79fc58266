//! 8. Mail goes where the account says.

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Login, Lookup};
use repass::reset::{Delivery, Subject};

use crate::world::{World, ada, by_email, grace, hash_of};

#[test]
fn the_letter_goes_to_the_stored_spelling_of_the_address() {
    let world = World::new();
    world.ask(&Lookup::email("aDA@example.ORG").unwrap(), Delivery::EmailLink);
    let letter = world.service.notifier().inner.take_letter().unwrap();
    assert_eq!(letter.to().as_str(), "Ada@Example.org");
}

/// Django mailed to the address that was typed (CVE-2019-19844), Directus let the database decide
/// that accents do not matter (CVE-2024-27295): a table that finds look-alikes changes nothing here.
#[test]
fn a_look_alike_that_the_table_finds_gets_nothing() {
    use repass::accounts::Accounts;
    use repass::memory::{MemoryAccounts, MemoryStore, Outbox};
    use repass::reset::{Flow, PasswordWrite};
    use repass::service::Service;

    struct Folding(MemoryAccounts);

    impl Accounts for Folding {
        async fn find(&self, _: &Lookup) -> Result<Vec<Account>, repass::port::PortError> {
            // Every account, and every one of them twice, as a join over addresses would.
            Ok([self.0.all(), self.0.all()].concat())
        }

        async fn load(&self, id: &AccountId) -> Result<Option<Account>, repass::port::PortError> {
            self.0.load(id).await
        }

        async fn set_password(
            &self,
            write: PasswordWrite<'_>,
        ) -> Result<bool, repass::port::PortError> {
            self.0.set_password(write).await
        }
    }

    let world = World::new();
    let flow = Flow::builder(crate::world::keyring(), crate::world::page()).build().unwrap();
    let accounts = Folding(MemoryAccounts::new([ada(), grace()]));
    let service = Service::new(flow, accounts, MemoryStore::new(), Outbox::new());
    for look_alike in ["\u{e4}da@example.org", "ad\u{430}@example.org", "\u{ff41}da@example.org"] {
        let lookup = Lookup::email(look_alike).unwrap();
        let seed = crate::world::seed();
        let request = service.request(lookup, Delivery::EmailLink, seed, world.now);
        let request = block_on(request).unwrap();
        let report = block_on(service.run(&request, world.now)).unwrap();
        assert_eq!(report.disclose().code(), "request_unknown");
        assert!(service.notifier().take_letter().is_none());
    }
    let request = service.request(by_email(), Delivery::EmailLink, crate::world::seed(), world.now);
    let _report = block_on(service.run(&block_on(request).unwrap(), world.now)).unwrap();
    assert!(service.notifier().take_letter().is_some(), "one account, however often it is found");
}

#[test]
fn an_address_that_nobody_proved_gets_nothing() {
    let address = Contact::email("ada@example.org").unwrap();
    let squatter = Account::new(AccountId::new("9").unwrap())
        .with_email(Email::unverified(address))
        .with_password(hash_of("squatted"));
    // The verified owner hides the squatter; alone, the squatter gets nothing.
    let both = World::with(|builder| builder, [ada(), squatter.clone()]);
    both.ask(&by_email(), Delivery::EmailLink);
    let letter = both.service.notifier().inner.take_letter().unwrap();
    assert_eq!(letter.to().as_str(), "Ada@Example.org");
    let alone = World::with(|builder| builder, [squatter]);
    alone.ask(&by_email(), Delivery::EmailLink);
    assert!(alone.read_letter().is_none());
}

#[test]
fn several_accounts_of_one_address_get_one_notice_and_no_secret() {
    let shared = Account::new(AccountId::new("3").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(hash_of("shared"));
    let world = World::with(|builder| builder, [ada(), shared]);
    world.ask(&by_email(), Delivery::EmailLink);
    assert!(world.read_letter().is_none());
    let outbox = &world.service.notifier().inner;
    let notice = outbox.take_notice().unwrap();
    assert_eq!(notice.about(), Subject::SeveralAccounts);
    assert!(outbox.take_notice().is_none());
    // By user name there is no doubt.
    world.ask(&Lookup::login("ada").unwrap(), Delivery::EmailLink);
    assert!(world.read_letter().is_some());
}

/// GitLab took a list of addresses (CVE-2023-7028); here a letter has one recipient by type, and the
/// one that was asked by if the account has several.
#[test]
fn the_letter_goes_to_the_verified_address_that_was_asked_by() {
    let ada = ada().with_email(Email::verified(Contact::email("ada@home.example").unwrap()));
    let world = World::with(|builder| builder, [ada]);
    let addresses = [
        (Lookup::email("ada@home.example").unwrap(), "ada@home.example"),
        (by_email(), "Ada@Example.org"),
        (Lookup::login("ADA").unwrap(), "Ada@Example.org"),
    ];
    for (lookup, to) in addresses {
        world.ask(&lookup, Delivery::EmailLink);
        let outbox = &world.service.notifier().inner;
        assert_eq!(outbox.take_letter().unwrap().to().as_str(), to);
        assert!(outbox.take_letter().is_none());
    }
}

#[test]
fn the_link_leads_to_the_configured_page() {
    let world = World::new();
    world.ask(&by_email(), Delivery::EmailLink);
    let letter = world.read_letter().unwrap();
    let link = letter.lines().find(|line| line.contains("://")).unwrap();
    assert!(link.starts_with("https://example.org/reset?token="));
    assert_eq!(link.len(), "https://example.org/reset?token=".len() + 80);
}

#[test]
fn a_recently_replaced_address_hears_of_the_change() {
    let ada = ada().with_replaced_email(Contact::email("before@example.org").unwrap());
    let world = World::with(|builder| builder, [ada]);
    let admitted = world.admit_link(&world.link()).unwrap();
    world.settle(&world.commit(&admitted, crate::world::NEW).unwrap());
    let outbox = &world.service.notifier().inner;
    let to: Vec<_> = std::iter::from_fn(|| outbox.take_notice())
        .map(|notice| notice.to().as_str().to_owned())
        .collect();
    assert_eq!(to, ["Ada@Example.org", "before@example.org"]);
}

/// Whoever shares the first address must not be the only one to hear of a change.
#[test]
fn every_verified_address_hears_of_the_change() {
    let ada = ada().with_email(Email::verified(Contact::email("ada@home.example").unwrap()));
    let world = World::with(|builder| builder, [ada]);
    let admitted = world.admit_link(&world.link()).unwrap();
    let after = world.commit(&admitted, crate::world::NEW).unwrap();
    let to: Vec<_> = after.notices().iter().map(|notice| notice.to().to_string()).collect();
    assert_eq!(to, ["Ada@Example.org", "ada@home.example"]);
}

#[test]
fn notices_are_counted_by_mailbox() {
    let person = Account::new(AccountId::new("7").unwrap())
        .with_login(Login::new("eve").unwrap())
        .with_email(Email::verified(Contact::email("eve@example.org").unwrap()));
    let mut world = World::with(|builder| builder, [person]);
    for _ in 0..12 {
        for lookup in ["eve", "eve@example.org"] {
            for _ in 0..3 {
                world.ask(&Lookup::email_or_login(lookup).unwrap(), Delivery::EmailLink);
            }
        }
        world.wait(3601);
    }
    let outbox = &world.service.notifier().inner;
    assert_eq!(std::iter::from_fn(|| outbox.take_notice()).count(), 10);
}
