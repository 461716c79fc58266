//! 8. Mail goes where the account says.

use std::collections::BTreeSet;

use pollster::block_on;
use repass::account::{Account, AccountId, AccountWrite, Contact, Email, Login, Lookup, Written};
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::message::MessageKind;
use repass::port::{Accounts, PortError, PortSet, Ports};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, FlowBuilder, Outcome};
use repass::secret::PasswordHash;
use repass::time::UtcDateTime;

use crate::world::{
    NEW, World, ada, by_email, by_login, grace, hash_of, keyring, outcomes, page, seed, token_in,
};

#[test]
fn a_secret_goes_to_the_stored_spelling_of_the_address() {
    let world = World::new();
    world.ask(&Lookup::email("aDA@example.ORG").unwrap(), Delivery::LINK);
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
        block_on(recovery.request(lookup, Delivery::LINK, None, seed(), now)).unwrap();
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
    both.ask(&by_email(), Delivery::LINK);
    assert_eq!(both.take().unwrap().to().as_str(), "Ada@Example.org");
    let alone = World::of([squatter]);
    alone.ask(&by_email(), Delivery::LINK);
    assert!(alone.take().is_none());
}

#[test]
fn several_accounts_of_one_address_get_one_notice_and_no_secret() {
    let shared = Account::new(AccountId::new("3").unwrap())
        .with_email(Email::verified(Contact::email("ada@example.org").unwrap()))
        .with_password(hash_of("shared"));
    let world = World::of([ada(), shared]);
    world.ask(&by_email(), Delivery::LINK);
    let notice = world.take().unwrap();
    assert_eq!(notice.kind(), MessageKind::SeveralAccounts);
    assert_eq!(notice.to().as_str(), "Ada@Example.org");
    // Nobody's name tells one owner who the other is.
    assert!(!notice.expose_secret().contains("Ada") && !notice.expose_secret().contains("?token="));
    assert!(world.take().is_none());
    // By user name there is no doubt.
    assert_eq!(world.outcome(&by_login(), Delivery::LINK), Outcome::Sent);
    assert!(world.read().unwrap().contains("?token="));
}

/// The person who asks has one mailbox, and one account whose password can be lost.
#[test]
fn a24_the_one_account_of_an_address_that_can_be_reset_gets_the_secret() {
    let other = |id: &str| {
        Account::new(AccountId::new(id).unwrap())
            .with_email(Email::verified(Contact::email("ADA@example.org").unwrap()))
    };
    let marked = other("1").with_password(PasswordHash::from_stored("!").unwrap());
    let with_password = |id| other(id).with_password(hash_of("another"));
    let required = ada().with_required_recovery(true);
    // Who has the address beside the owner, before and behind in order of ids.
    for others in [
        vec![other("0")],
        vec![other("9")],
        vec![marked.clone(), other("9")],
        vec![with_password("0").disabled(), other("9").disabled(), other("8")],
    ] {
        for owner in [ada(), required.clone()] {
            let world = World::of(others.iter().cloned().chain([owner]));
            assert_eq!(world.outcome(&by_email(), Delivery::LINK), Outcome::Sent);
            assert_eq!(world.take().unwrap().to().as_str(), "Ada@Example.org");
            assert!(world.take().is_none());
            let admitted = world.admit_link(&world.link()).unwrap();
            assert_eq!(admitted.account().id(), ada().id());
        }
    }
    // Two that can be reset are told apart by user name, whoever else has the address.
    let world = World::of([other("0"), ada(), with_password("9")]);
    assert_eq!(world.outcome(&by_email(), Delivery::LINK), Outcome::SeveralAccounts);
    assert_eq!(world.take().unwrap().kind(), MessageKind::SeveralAccounts);
    // None of them: a user name would change nothing.
    let world = World::of([other("0").with_names("Zoe", ""), marked]);
    assert_eq!(world.outcome(&by_email(), Delivery::LINK), Outcome::NoPassword);
    let notice = world.take().unwrap();
    assert_eq!(notice.kind(), MessageKind::NoPassword);
    assert!(!notice.expose_secret().contains("Zoe"));
    assert!(world.take().is_none());
}

#[test]
fn a25_the_user_name_that_is_spelt_exactly_gets_the_secret() {
    let person = |login: &str| {
        let address = format!("{}@example.org", login.len());
        Account::new(AccountId::new(login).unwrap())
            .with_login(Login::new(login).unwrap())
            .with_email(Email::verified(Contact::email(&address).unwrap()))
            .with_password(hash_of("another"))
    };
    let nobody = |login: &str| {
        Account::new(AccountId::new(login).unwrap()).with_login(Login::new(login).unwrap())
    };
    let unverified = |login| {
        nobody(login)
            .with_email(Email::unverified(Contact::email("a@example.org").unwrap()))
            .with_password(hash_of("another"))
    };
    let without = |login: &str| {
        nobody(login).with_email(Email::verified(Contact::email("a@example.org").unwrap()))
    };
    let wide = "\u{ff4e}ora";
    let cases = [
        (vec![person("nora"), person("Nora")], "nora", Ok("nora")),
        (vec![person("nora"), person("Nora")], "Nora ", Ok("Nora")),
        (vec![person("nora"), person("Nora")], "NORA", Err(Outcome::AmbiguousLogin)),
        // A stranger's user name in another width or normalization form takes nothing from the owner.
        (vec![person("nora"), person(wide)], "nora", Ok("nora")),
        (vec![person("nora"), person(wide)], "NORA", Ok("nora")),
        (vec![person("nora"), person(wide)], wide, Ok(wide)),
        (vec![person("j\u{fc}rg"), person("J\u{fc}rg")], "ju\u{308}rg", Ok("j\u{fc}rg")),
        (
            vec![person("j\u{fc}rg"), person("ju\u{308}rg")],
            "j\u{fc}rg",
            Err(Outcome::AmbiguousLogin),
        ),
        // The exact one, even if it cannot be reset: another person's account is never in its place.
        (vec![person("nora").disabled(), person("Nora")], "nora", Err(Outcome::Disabled)),
        (vec![unverified("nora"), person("Nora")], "nora", Err(Outcome::Unverified)),
        // Where none is exact, the only one that can be reset.
        (vec![person("nora").disabled(), person("Nora")], "NORA", Ok("Nora")),
        (vec![unverified("nora"), person("Nora")], "NORA", Ok("Nora")),
        (vec![nobody("nora"), person("Nora")], "NORA", Ok("Nora")),
        (vec![without("nora"), person("Nora")], "NORA", Ok("Nora")),
        (
            vec![person("nora").disabled(), person("Nora").disabled()],
            "NORA",
            Err(Outcome::Disabled),
        ),
    ];
    for (accounts, typed, right) in cases {
        let world = World::of(accounts);
        let lookup = Lookup::login(typed).unwrap();
        let outcome = world.outcome(&lookup, Delivery::LINK);
        assert_eq!(outcome, right.err().unwrap_or(Outcome::Sent), "{typed}");
        let sent = world.read().map(|text| token_in(&text));
        assert!(world.take().is_none());
        let account = sent.map(|link| world.admit_link(&link).unwrap().account().id().clone());
        assert_eq!(account, right.ok().map(|id| AccountId::new(id).unwrap()), "{typed}");
    }
    // Those without a password are ambiguous, too: no notice goes to one of them.
    let world = World::of([without("nora"), without("Nora")]);
    let typed = Lookup::login("NORA").unwrap();
    assert_eq!(world.outcome(&typed, Delivery::LINK), Outcome::AmbiguousLogin);
    assert!(world.take().is_none());
}

#[test]
fn c09_another_spelling_of_an_address_finds_its_account() {
    let ju = Account::new(AccountId::new("7").unwrap())
        .with_login(Login::new("J\u{fc}rg").unwrap())
        .with_email(Email::verified(Contact::email("ju\u{308}rg@example.org").unwrap()))
        .with_password(hash_of("another"));
    let world = World::of([ju]);
    for typed in [
        "j\u{fc}rg@example.org",
        " ju\u{308}rg@example.org",
        "j\u{fc}RG ",
        "\u{feff}\u{ff4a}\u{dc}rg",
    ] {
        let lookup = Lookup::email_or_login(typed).unwrap();
        assert_eq!(world.outcome(&lookup, Delivery::LINK), Outcome::Sent, "{typed:?}");
        assert_eq!(world.take().unwrap().to().as_str(), "ju\u{308}rg@example.org");
    }
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
        world.ask(&lookup, Delivery::LINK);
        assert_eq!(world.take().unwrap().to().as_str(), to);
        assert!(world.take().is_none());
    }
}

/// No header of a request builds the link: neither `Host` (CVE-2017-8295, CVE-2017-12161, CVE-2023-49097,
/// CVE-2026-29199) nor `Forwarded` and its forerunners (CVE-2022-29933, CVE-2025-48936) nor `Origin`
/// (CVE-2026-22794). The flow takes none.
#[test]
fn the_link_leads_to_the_configured_page() {
    let world = World::new();
    world.ask(&by_email(), Delivery::LINK);
    let text = world.read().unwrap();
    let link = text.lines().find(|line| line.contains("://")).unwrap();
    assert!(link.starts_with("https://example.org/reset?token="));
    assert_eq!(link.len(), "https://example.org/reset?token=".len() + 80);
}

/// A message with both secrets says how long each of them is good.
/// E26: the life of a link is configured as a `Duration` and told in minutes.
#[test]
fn a_message_says_how_long_each_secret_is_good() {
    let minutes = |number: u64| core::time::Duration::from_secs(60 * number);
    let lives = |builder: FlowBuilder| builder.link_life(minutes(53)).code_life(minutes(17));
    for (delivery, right) in [
        (Delivery::LINK, vec![53]),
        (Delivery::CODE, vec![17]),
        (Delivery::LINK_AND_CODE, vec![17, 53]),
    ] {
        let mut world = World::with(lives, [ada()]);
        world.request(&by_email(), delivery);
        // A minute passes, and the message is made in the middle of the next.
        world.wait(90);
        let _worked = world.work();
        let text = world.read().unwrap();
        let words = text.split(|one: char| !one.is_alphanumeric());
        let numbers: BTreeSet<u64> = words.filter_map(|word| word.parse().ok()).collect();
        let right: BTreeSet<u64> = right.iter().map(|number| number - 2).collect();
        assert!(right.is_subset(&numbers), "{right:?}: {text}");
    }
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

/// An account without a password, whose stored text can be a marker or unreadable, gets a notice in place of a
/// secret.
#[test]
fn an_account_without_a_usable_password_gets_a_notice() {
    let person = Account::new(AccountId::new("7").unwrap())
        .with_email(Email::verified(Contact::email("eve@example.org").unwrap()));
    let marked = ["!", "!locked", "*", "-", ""]
        .map(|marker| person.clone().with_password(PasswordHash::from_stored(marker).unwrap()));
    // What is no hash at all counts as a marker.
    let unreadable = ["two words", "h\u{e4}sh", &"x".repeat(513)]
        .map(|text| person.clone().with_password(PasswordHash::from_column(text)));
    for person in [&[person], &marked[..], &unreadable].concat() {
        let world = World::of([person]);
        let lookup = Lookup::email("eve@example.org").unwrap();
        assert_eq!(world.outcome(&lookup, Delivery::LINK), Outcome::NoPassword);
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
                world.ask(&Lookup::email_or_login(lookup).unwrap(), Delivery::LINK);
            }
        }
        world.wait(3600);
    }
    assert_eq!(std::iter::from_fn(|| world.take()).count(), 5);
}
