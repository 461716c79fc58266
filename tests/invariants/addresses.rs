//! 3 and 8. An address is verified by a link that was sent to it, for the account and in the place that it
//! was sent for, once, and the other addresses hear of it.

use core::time::Duration;

use pollster::block_on;
use repass::account::{
    Account, AccountId, Contact, Email, ExpectedAccount, FieldName, Lookup, Phone,
};
use repass::message::MessageKind;
use repass::reset::{
    AddressLinkError, AddressRequestError, AddressVerified, AdmittedAddress, CommitError, Delivery,
    Sms,
};
use repass::scope::{Purpose, Scope};

use crate::world::{NEW, OLD, World, ada, by_email, grace, seed, token_in};

const LEASE: u64 = 60;
const OWN: &str = "Ada@Example.org";

fn contact(text: &str) -> Contact {
    Contact::email(text).unwrap()
}

fn id() -> AccountId {
    AccountId::new("1").unwrap()
}

/// Ada, with addresses that she has not verified.
fn pending(addresses: &[&str]) -> Account {
    let ada = ada().with_version(7).with_epoch(3);
    addresses.iter().fold(ada, |ada, text| ada.with_email(Email::unverified(contact(text))))
}

fn world(people: impl IntoIterator<Item = Account>) -> World {
    World::with(|builder| builder.scope(Scope::new(Purpose::EMAIL_CHANGE)), people)
}

fn ask(world: &World, address: &str, replaces: Option<&str>) -> Result<(), AddressRequestError> {
    let (address, replaces) = (contact(address), replaces.map(contact));
    let asked = world.recovery.verify_address(id(), address, replaces, seed(), world.now);
    let result = block_on(asked).map(|sent| assert_eq!(sent.event().code(), "address_requested"));
    let _worked = world.work();
    result
}

/// The link that was sent to an address.
fn link(world: &World, address: &str, replaces: Option<&str>) -> String {
    ask(world, address, replaces).unwrap();
    let message = world.take().expect("a message");
    assert_eq!(message.kind(), MessageKind::VerifyAddress);
    assert_eq!(message.to().as_str(), address);
    token_in(message.expose_secret())
}

fn admit(world: &World, token: &str) -> Result<AdmittedAddress, AddressLinkError> {
    block_on(world.recovery.admit_address(token, None, world.now))
}

/// Finding A14: rows of a clock that was ahead are refused, like those of resets.
#[test]
fn a14_the_link_of_a_clock_an_hour_ahead_is_refused_until_then() {
    let mut world = world([pending(&["new@example.org"])]);
    let token = link(&world, "new@example.org", None);
    let made_at = world.now;
    for (ahead, refused) in [(3_600, true), (121, true), (120, false)] {
        world.now = made_at - Duration::from_secs(ahead);
        let code = admit(&world, &token).err().map(|error| error.code());
        assert_eq!(code, refused.then_some("reset_unknown"), "{ahead}");
    }
}

fn commit(world: &World, admitted: AdmittedAddress) -> Result<AddressVerified, CommitError> {
    block_on(world.recovery.commit_address(admitted, world.now))
}

fn verified(world: &World) -> Vec<String> {
    let account = world.account("1");
    let verified = account.emails().iter().filter(|email| email.is_verified());
    verified.map(|email| email.address().as_str().to_owned()).collect()
}

/// Who got a notice.
fn told(world: &World) -> Vec<String> {
    let _worked = world.work();
    let mut told = Vec::new();
    while let Some(notice) = world.take() {
        assert_eq!(notice.kind(), MessageKind::AddressChanged);
        told.push(notice.to().as_str().to_owned());
    }
    told
}

/// Wish E12 (zitadel#12715).
#[test]
fn e12_the_old_address_hears_that_it_was_replaced() {
    let world = world([pending(&["new@example.net"])]);
    let token = link(&world, "new@example.net", Some(OWN));
    assert_eq!(verified(&world), [OWN]);
    let done = commit(&world, admit(&world, &token).unwrap()).unwrap();
    assert_eq!(done.event().code(), "address_replaced");
    assert_eq!(done.replaced().map(Contact::as_str), Some(OWN));
    assert_eq!(verified(&world), ["new@example.net"]);
    assert_eq!(told(&world), [OWN]);
    let account = world.account("1");
    assert_eq!(account.replaced_email().map(Contact::as_str), Some(OWN));
    assert!(account.emails().iter().all(|email| email.address().as_str() != OWN));
}

#[test]
fn an_address_is_added_and_the_others_hear_of_it() {
    let world = world([pending(&["new@example.net"])]);
    let tag = world.flow().session_tag(&world.account("1"));
    let token = link(&world, "new@example.net", None);
    world.calls();
    let admitted = admit(&world, &token).unwrap();
    assert_eq!(world.calls(), ["attempts.load", "accounts.load"]);
    assert_eq!(admitted.event().code(), "address_admitted");
    let done = commit(&world, admitted).unwrap();
    assert_eq!(done.event().code(), "address_verified");
    let calls = ["attempts.swap", "accounts.write", "queue.push", "attempts.swap"];
    assert_eq!(world.calls(), calls);
    assert_eq!(verified(&world), [OWN, "new@example.net"]);
    assert_eq!(told(&world), [OWN]);
    // The version is raised; password and sessions stay.
    let account = world.account("1");
    assert_eq!((account.version(), account.epoch()), (Some(8), Some(3)));
    assert!(world.flow().session_holds(&account, tag.as_str()) && world.signs_in(OLD));
}

/// Weakness 14: two parallel changes of an address, whose links got mixed up (CVE-2026-32700).
#[test]
fn cve_2026_32700_only_pairs_that_were_issued_together_pass() {
    let [first, second] = ["first@example.net", "second@example.net"];
    for (used, wanted) in [(0, first), (1, second)] {
        let world = world([pending(&[first, second])]);
        let links = [link(&world, first, Some(OWN)), link(&world, second, None)];
        let admitted = links.each_ref().map(|token| admit(&world, token).unwrap());
        assert_eq!(admitted.each_ref().map(|one| one.address().as_str()), [first, second]);
        let replaced = admitted.each_ref().map(|one| one.replaces().map(Contact::as_str));
        assert_eq!(replaced, [Some(OWN), None]);
        let [one, other] = admitted;
        let (winner, loser) = if used == 0 { (one, other) } else { (other, one) };
        assert_eq!(commit(&world, winner).unwrap().address().as_str(), wanted);
        // The other link was sent for an account that is another one now.
        assert!(matches!(commit(&world, loser), Err(CommitError::Superseded)));
        assert_eq!(admit(&world, &links[1 - used]).unwrap_err().code(), "reset_used");
        assert!(verified(&world).contains(&wanted.to_owned()));
        assert_eq!(verified(&world).len(), 1 + used);
    }
}

/// The account takes another address in the place of the one that the link was sent to.
#[test]
fn cve_2026_32700_a_link_does_not_verify_what_came_later() {
    let account = |address| ada().with_email(Email::unverified(contact(address)));
    let world = world([account("mine@example.net")]);
    let token = link(&world, "mine@example.net", Some(OWN));
    let held = admit(&world, &token).unwrap();
    world.put(account("victim@example.net"));
    assert_eq!(admit(&world, &token).unwrap_err().code(), "reset_superseded");
    assert!(matches!(commit(&world, held), Err(CommitError::Superseded)));
    assert_eq!(verified(&world), [OWN]);
    assert_eq!(told(&world), [""; 0]);
}

/// Weaknesses 9 (CVE-2022-24743) and 10 (CVE-2024-41888): a link that was used is good no more.
#[test]
fn cve_2022_24743_the_link_of_an_address_is_good_once() {
    let mut world = world([pending(&["new@example.net"])]);
    let token = link(&world, "new@example.net", None);
    let held = admit(&world, &token).unwrap();
    let _done = commit(&world, admit(&world, &token).unwrap()).unwrap();
    assert_eq!(admit(&world, &token).unwrap_err().code(), "reset_used");
    assert!(commit(&world, held).is_err());
    // Also when everything is as it was before.
    world.put(pending(&["new@example.net"]));
    assert_eq!(admit(&world, &token).unwrap_err().code(), "reset_used");
    world.wait(30 * 60);
    assert_eq!(admit(&world, &token).unwrap_err().code(), "token_expired");
}

/// A link to reset a password verifies nothing, and one of an address resets nothing: also where one
/// flow sends both.
#[test]
fn verification_and_reset_do_not_cross() {
    let world = world([pending(&["new@example.net"])]);
    let address = link(&world, "new@example.net", None);
    world.ask(&by_email(), Delivery::LINK);
    let reset = token_in(&world.read().unwrap());
    assert_eq!(world.admit_link(&address).unwrap_err().code(), "reset_unknown");
    assert!(world.admit_link(&address).unwrap_err().ticket().is_none());
    assert_eq!(admit(&world, &reset).unwrap_err().code(), "reset_unknown");
    assert!(block_on(world.recovery.inspect(&address, world.now)).is_err());
    // The flow of another purpose calls no port.
    let other = world.beside(|builder| builder.scope(Scope::new(Purpose::VERIFICATION)));
    world.calls();
    assert_eq!(admit(&other, &address).unwrap_err().code(), "token_forged");
    assert_eq!(world.calls(), [""; 0]);
    // A reset verifies no address.
    let _after = world.commit(&world.admit_link(&reset).unwrap(), NEW).unwrap();
    assert_eq!(verified(&world), [OWN]);
}

/// A thief who is signed in adds an address of their own; the owner resets the password in time.
#[test]
fn a_new_password_ends_the_links_of_addresses() {
    let world = world([pending(&["thief@example.net"])]);
    let token = link(&world, "thief@example.net", Some(OWN));
    let held = admit(&world, &token).unwrap();
    let _after = world.commit(&world.admit_owner(OLD), NEW).unwrap();
    assert_eq!(admit(&world, &token).unwrap_err().code(), "reset_superseded");
    assert!(matches!(commit(&world, held), Err(CommitError::Superseded)));
    assert_eq!(verified(&world), [OWN]);
}

#[test]
fn a_link_is_for_the_account_that_is_signed_in() {
    let world = world([pending(&["new@example.net"]), grace()]);
    let token = link(&world, "new@example.net", None);
    for (expected, code) in [("2", Some("reset_other_account")), ("1", None)] {
        let expected = ExpectedAccount::Id(AccountId::new(expected).unwrap());
        let admitted = world.recovery.admit_address(&token, Some(&expected), world.now);
        assert_eq!(block_on(admitted).err().map(|error| error.code()), code);
    }
}

/// A secret goes only where the account says, and a mailbox is not flooded. A link is asked for by an account that
/// is signed in and by nobody else, so that no stranger learns who has an address (GHSA-w54v-hf9p-8856).
#[test]
fn links_go_only_to_unverified_addresses_of_the_account() {
    let world = world([pending(&["new@example.net"]), grace()]);
    for (address, replaces, code) in [
        ("stranger@example.net", None, "address_not_pending"),
        (OWN, None, "address_not_pending"),
        ("new@example.net", Some("grace@example.org"), "address_not_verified"),
        ("new@example.net", Some("new@example.net"), "address_not_verified"),
    ] {
        assert_eq!(ask(&world, address, replaces).unwrap_err().code(), code, "{address}");
    }
    for (account, code) in [
        (pending(&["new@example.net"]).disabled(), "address_account_disabled"),
        (pending(&["new@example.net"]).with_required_recovery(true), "address_recovery_required"),
    ] {
        world.put(account);
        assert_eq!(ask(&world, "new@example.net", None).unwrap_err().code(), code);
    }
    world.accounts().remove(&id());
    assert_eq!(ask(&world, "new@example.net", None).unwrap_err().code(), "address_account_gone");
    assert!(world.take().is_none() && world.rows().is_empty());
}

#[test]
fn an_account_and_a_mailbox_get_five_links_in_twelve_hours() {
    let mut world = world([pending(&["new@example.net", "other@example.net"])]);
    for _ in 0..5 {
        link(&world, "new@example.net", None);
    }
    let refused = ask(&world, "other@example.net", None).unwrap_err();
    assert_eq!((refused.code(), refused.answer().code()), ("address_throttled", "throttled"));
    world.wait(12 * 60 * 60);
    link(&world, "other@example.net", None);
    // Another account cannot send to the mailbox either.
    let victim = |id: &str| {
        Account::new(AccountId::new(id).unwrap())
            .with_email(Email::unverified(contact("victim@example.net")))
    };
    for number in 10..15 {
        let id = number.to_string();
        world.put(victim(&id));
        let (id, to) = (AccountId::new(&id).unwrap(), contact("victim@example.net"));
        let _sent =
            block_on(world.recovery.verify_address(id, to, None, seed(), world.now)).unwrap();
    }
    world.put(victim("15"));
    let (id, to) = (AccountId::new("15").unwrap(), contact("Victim@Example.net"));
    let refused = block_on(world.recovery.verify_address(id, to, None, seed(), world.now));
    assert_eq!(refused.unwrap_err().code(), "address_throttled");
}

/// The message goes to an address that may be a stranger's.
#[test]
fn a_message_to_an_unverified_address_tells_nothing_about_the_account() {
    let world = world([pending(&["new@example.net"])]);
    ask(&world, "new@example.net", None).unwrap();
    let text = world.read().unwrap();
    // The characters of a token are random, and may well be those of a name.
    let text = text.replace(&token_in(&text), "");
    for private in ["Ada", "Lovelace", "ada", "password"] {
        assert!(!text.contains(private), "{text}");
    }
}

/// The first address of a new account, whose password is set later.
#[test]
fn the_first_address_of_an_account_is_verified_without_a_notice() {
    let account = Account::new(id()).with_email(Email::unverified(contact("new@example.net")));
    let world = world([account]);
    let token = link(&world, "new@example.net", None);
    let _done = commit(&world, admit(&world, &token).unwrap()).unwrap();
    assert_eq!(verified(&world), ["new@example.net"]);
    assert_eq!(told(&world), [""; 0]);
}

/// Whatever fails, the notice is not lost, and the address is verified at most once.
#[test]
fn what_follows_from_a_verified_address_survives_a_crash() {
    for (call, lost) in [
        ("accounts.write", true),
        ("queue.push", false),
        ("queue.push", true),
        ("attempts.swap", true),
    ] {
        let mut world = world([pending(&["new@example.net"])]);
        let token = link(&world, "new@example.net", Some(OWN));
        let admitted = admit(&world, &token).unwrap();
        if lost {
            world.trace.lose_answer(call);
        } else {
            world.trace.fail_next(call);
        }
        let committed = commit(&world, admitted);
        world.trace.heal();
        world.wait(LEASE);
        if call == "attempts.swap" {
            // It began, and set nothing: the link is good once more.
            assert!(committed.is_err());
            let _kept = world.housekeep();
            let _done = commit(&world, admit(&world, &token).unwrap()).unwrap();
            assert_eq!(told(&world), [OWN]);
            continue;
        }
        let kept = world.housekeep();
        assert_eq!((kept.addresses, kept.resumed.len(), kept.ended), (1, 0, 0), "{call}");
        assert_eq!(told(&world), [OWN], "{call}");
        assert_eq!(world.housekeep().addresses, 0, "{call}");
        assert_eq!(verified(&world), ["new@example.net"], "{call}");
        assert!(admit(&world, &token).is_err(), "{call}");
    }
}

/// A pool that lost its connection carries statements out twice.
#[test]
fn a_repeated_statement_of_an_address_is_its_own() {
    for call in ["attempts.insert", "attempts.swap", "accounts.write"] {
        let world = world([pending(&["new@example.net"])]);
        world.trace.repeat_next(call);
        let token = link(&world, "new@example.net", Some(OWN));
        let _done = commit(&world, admit(&world, &token).unwrap()).unwrap();
        assert_eq!(verified(&world), ["new@example.net"], "{call}");
        assert_eq!(told(&world), [OWN], "{call}");
    }
}

/// A commit that crashed before its write holds up nobody.
#[test]
fn a_commit_of_an_address_that_set_nothing_is_ended() {
    let mut world = world([pending(&["new@example.net"])]);
    let token = link(&world, "new@example.net", None);
    world.trace.fail_next("accounts.write");
    assert!(commit(&world, admit(&world, &token).unwrap()).is_err());
    assert_eq!(admit(&world, &token).unwrap_err().code(), "address_running");
    world.wait(LEASE);
    assert!(admit(&world, &token).is_ok());
    world.wait(24 * 60 * 60);
    let kept = world.housekeep();
    assert_eq!((kept.addresses, kept.ended), (0, 1));
    assert_eq!(verified(&world), [OWN]);
}

/// The reader of the new address says nothing about the password.
#[test]
fn a_stop_of_an_address_blocks_no_password() {
    let page = repass::message::ResetLink::new(
        "https://example.org/not-me",
        repass::message::LinkForm::Query,
    );
    let world = World::with(
        |builder| builder.stop_page(page.unwrap()),
        [pending(&["new@example.net", "other@example.net"])],
    );
    let sent = |address| {
        ask(&world, address, None).unwrap();
        let text = world.read().unwrap();
        let stop = text.lines().find_map(|line| line.split_once("/not-me?token="));
        (token_in(&text), stop.unwrap().1.to_owned())
    };
    let (_, stop) = sent("other@example.net");
    let stopped = block_on(world.recovery.stop(&stop, world.now)).unwrap();
    assert_eq!(stopped.event().code(), "stop_attempt_ended");
    let (link, stop) = sent("new@example.net");
    let _done = commit(&world, admit(&world, &link).unwrap()).unwrap();
    let stopped = block_on(world.recovery.stop(&stop, world.now)).unwrap();
    assert_eq!(stopped.event().code(), "stop_nothing");
    assert!(!world.account("1").requires_recovery());
    // A notice about an address has no such link.
    let _worked = world.work();
    assert!(!world.read().unwrap().contains("http"));
}

/// An address that is verified is one that resets the password, and the replaced one no longer is.
#[test]
fn the_new_address_gets_the_secrets_from_then_on() {
    let world = world([pending(&["new@example.net"])]);
    let token = link(&world, "new@example.net", Some(OWN));
    let _done = commit(&world, admit(&world, &token).unwrap()).unwrap();
    assert_eq!(told(&world), [OWN]);
    world.ask(&by_email(), Delivery::LINK);
    assert!(world.take().is_none());
    world.ask(&Lookup::email("new@example.net").unwrap(), Delivery::LINK);
    assert_eq!(world.take().unwrap().to().as_str(), "new@example.net");
}

/// A world that sends text messages to Germany, at most `cap` a day to an account.
fn with_sms(cap: u32, people: impl IntoIterator<Item = Account>) -> World {
    let sms = Sms::to(["+49"]).daily_caps(cap, 1_000, 10_000);
    World::with(|flow| flow.scope(Scope::new(Purpose::EMAIL_CHANGE)).sms(sms), people)
}

/// The queue delivers notices of one moment in any order.
fn sorted(mut told: Vec<String>) -> Vec<String> {
    told.sort();
    told
}

fn number(text: &str) -> Contact {
    Contact::phone(text).unwrap()
}

#[test]
fn verified_phones_hear_of_a_new_address_within_the_caps_of_notices() {
    let [german, other] = ["+49 30 90-1820", "+1 415 756-1569"];
    let person = pending(&["first@example.net", "second@example.net"])
        .with_phone(Phone::verified(number(german)))
        .with_phone(Phone::verified(number(other)))
        .with_phone(Phone::unverified(number("+49 30 901821")));
    let world = with_sms(1, [person]);
    let token = link(&world, "first@example.net", Some(OWN));
    let _done = commit(&world, admit(&world, &token).unwrap()).unwrap();
    assert_eq!(sorted(told(&world)), [german, OWN]);
    let token = link(&world, "second@example.net", None);
    let _done = commit(&world, admit(&world, &token).unwrap()).unwrap();
    // The cap is reached; addresses have none.
    assert_eq!(sorted(told(&world)), [OWN, "first@example.net"]);
}

#[test]
fn no_link_verifies_or_replaces_a_phone() {
    let [new, old] = ["+49 30 90-1820", "+49 30 901821"];
    let person = pending(&["new@example.net"])
        .with_phone(Phone::unverified(number(new)))
        .with_phone(Phone::verified(number(old)))
        .with_email(Email::unverified(number(new)))
        .with_email(Email::verified(number(old)));
    let world = with_sms(5, [person]);
    let ask = |address: Contact, replaces: Option<Contact>| {
        let asked = world.recovery.verify_address(id(), address, replaces, seed(), world.now);
        block_on(asked).unwrap_err()
    };
    assert!(matches!(ask(number(new), None), AddressRequestError::NotPending));
    let refused = ask(contact("new@example.net"), Some(number(old)));
    assert!(matches!(refused, AddressRequestError::NotVerified));
    let _worked = world.work();
    assert!(world.take().is_none());
}

#[test]
fn a_new_address_takes_the_field_of_the_one_that_it_replaces() {
    let field = |name: &str| FieldName::new(name).unwrap();
    for (replaces, place) in [(Some("old@example.org"), "Email"), (None, "Pending")] {
        let old = Email::verified(contact("old@example.org")).in_field(field("Email"));
        let new = Email::unverified(contact("new@example.net")).in_field(field("Pending"));
        let world = world([ada().with_email(old).with_email(new)]);
        let token = link(&world, "new@example.net", replaces);
        let _done = commit(&world, admit(&world, &token).unwrap()).unwrap();
        let account = world.account("1");
        let mut emails = account.emails().iter();
        let new = emails.find(|email| email.address().as_str() == "new@example.net").unwrap();
        assert!(new.is_verified());
        assert_eq!(new.field(), Some(&field(place)));
    }
}
