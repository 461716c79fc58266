//! 11. No panic, no overflow, no unbounded work.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use pollster::block_on;
use repass::SysRng;
use repass::account::{AccountId, Lookup};
use repass::key::Keyring;
use repass::memory::{MemoryAccounts, MemoryAttempts, MemoryCounters, MemoryQueue, Outbox};
use repass::policy::{CharacterSet, Evidence, GenerateError, Personal, Policy, Rule};
use repass::port::{Attempts, Counters, Inserted, PortError, PortSet};
use repass::queue::ClaimToken;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Flow, Outcome, Worked};
use repass::scope::{Purpose, Scope};
use repass::secret::Password;
use repass::throttle::{Counted, Counter, Once, Quota, ThrottleKey};
use repass::time::UtcDateTime;

use crate::world::{NEW, OLD, World, ada, by_email, keyring, nobody, outcomes, page, seed};

fn key(ring: &Keyring, name: u32) -> ThrottleKey {
    let lookup = Lookup::login(&format!("person {name}")).unwrap();
    ThrottleKey::typed(ring, &Scope::new(Purpose::RESET), "test", &lookup)
}

/// Two keys whose first two bytes are equal: where there is no room, they share a counter.
fn two_alike(
    one: impl Fn(u32) -> ThrottleKey,
    other: impl Fn(u32) -> ThrottleKey,
) -> [ThrottleKey; 2] {
    let start = |key: &ThrottleKey| [key.as_bytes()[0], key.as_bytes()[1]];
    let keys: BTreeMap<_, _> = (1000..3000).map(one).map(|key| (start(&key), key)).collect();
    let mut others = (3000..).map(other);
    others.find_map(|other| Some([*keys.get(&start(&other))?, other])).unwrap()
}

/// A flood of made-up names must not push out the counters of others, nor pass uncounted.
#[test]
fn full_counters_count_unseen_keys_together() {
    let counters = MemoryCounters::with_max_rows(100);
    let ring = keyring();
    let quota = Quota::new(5, core::time::Duration::from_secs(3600));
    let now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let count = |key| block_on(counters.count(&key, quota, None, now)).unwrap();
    let name = |name| key(&ring, name);
    for seen in 0..100 {
        assert_eq!(count(name(seen)).number(), 1);
    }
    // There is no room for more: these share one counter.
    let [one, other] = two_alike(name, name);
    assert_eq!([one, other, other, one].map(|key| count(key).number()), [1, 2, 3, 4]);
    // A key that shares its counter with nobody is counted on, beyond its quota too.
    let start = one.as_bytes()[..2].to_vec();
    let alone = (100..).map(name).find(|key| key.as_bytes()[..2] != start).unwrap();
    let counted = [(); 6].map(|()| count(alone));
    assert_eq!(counted.map(|counted| counted.number()), [1, 2, 3, 4, 5, 6]);
    assert_eq!(counted[5].left(), None);
    // Those that have one go on.
    assert_eq!(count(name(7)).number(), 2);
}

/// Otherwise whoever waits until others have made room would have tries anew.
#[test]
fn a_key_goes_on_from_the_counter_that_it_shared_when_there_is_room() {
    let counters = MemoryCounters::with_max_rows(1);
    let ring = keyring();
    let now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let count = |key, seconds, now| {
        let quota = Quota::new(5, core::time::Duration::from_secs(seconds));
        block_on(counters.count(&key, quota, None, now)).unwrap().number()
    };
    assert_eq!(count(key(&ring, 0), 60, now), 1);
    assert_eq!([(); 3].map(|()| count(key(&ring, 1), 3600, now)), [1, 2, 3]);
    let later = now + core::time::Duration::from_secs(60 + 120);
    assert_eq!([(); 2].map(|()| count(key(&ring, 1), 3600, later)), [4, 5]);
}

#[test]
fn a_full_table_takes_no_more_attempts_until_some_have_ended() {
    let mut world = World::bounded([ada()], 12, 1000, 1000);
    let run = |world: &World, name: u32| {
        let lookup = Lookup::login(&format!("person {name}")).unwrap();
        world.request(&lookup, Delivery::CODE);
        let ran = !outcomes(&world.work_once(1)).is_empty();
        let _worked = world.work();
        ran
    };
    assert_eq!((0..40).filter(|name| run(&world, *name)).count(), 12);
    assert_eq!(world.attempts().dump().len(), 12);
    world.wait(24 * 60 * 60);
    let _worked = world.work();
    assert!(run(&world, 1));
    assert!(world.attempts().dump().len() <= 12);
}

/// Strangers cannot fill the queue without limit, and what follows from a change is taken beyond it.
#[test]
fn a_full_queue_takes_notices_and_no_more_requests() {
    let world = World::bounded([ada()], 1000, 1000, 5);
    let admitted = world.admit_link(&world.link()).unwrap();
    let ask = |name: u32| {
        let lookup = Lookup::login(&format!("person {name}")).unwrap();
        block_on(world.recovery.request(lookup, Delivery::CODE, None, seed(), world.now)).is_ok()
    };
    assert_eq!((0..40).filter(|name| ask(*name)).count(), 5);
    world.settle(&world.commit(&admitted, NEW).unwrap());
    assert_eq!(world.queue().dump().len(), 6);
}

/// What people type and the longest of everything fits into an entry and a row.
#[test]
fn rows_and_entries_have_a_longest_length() {
    use repass::account::{Account, AccountId, Contact, Email};
    use repass::attempt::AttemptRow;
    use repass::queue::QueueEntry;

    let local = "l".repeat(64);
    let label = "d".repeat(58);
    let address = Contact::email(&format!("{local}@{label}.{label}.{label}.example")).unwrap();
    let id = AccountId::new(&"i".repeat(AccountId::MAX_BYTES)).unwrap();
    let person = Account::new(id)
        .with_names("\u{10348}".repeat(500), "\u{10348}".repeat(500))
        .with_email(Email::verified(address.clone()))
        .with_password(crate::world::hash_of(OLD));
    let world = World::of([person.clone()]);
    world.request(&Lookup::Email(address), Delivery::LINK_AND_CODE);
    let longest = |world: &World| world.queue().dump().iter().map(Vec::len).max().unwrap();
    // The rest is for the texts of authors.
    let of_the_service = QueueEntry::MAX_BYTES / 4;
    assert!(longest(&world) <= of_the_service);
    let _worked = world.work_once(1);
    assert!(longest(&world) <= of_the_service, "{} bytes", longest(&world));
    let _worked = world.work();
    let token = crate::world::token_in(&world.read().unwrap());
    // A policy compares with names of 256 bytes at most.
    world.put(person.clone().with_names("Ada", "Lovelace"));
    let admitted = world.admit_link(&token).unwrap();
    world.put(person);
    let after = world.commit(&admitted, NEW).unwrap();
    let row = world.attempts().dump().remove(0);
    assert!(row.len() <= AttemptRow::MAX_BYTES, "{} bytes", row.len());
    world.settle(&after);
    assert!(longest(&world) <= of_the_service, "{} bytes", longest(&world));
}

#[test]
fn no_moment_makes_the_flow_panic() {
    for now in [UtcDateTime::MIN, UtcDateTime::UNIX_EPOCH, UtcDateTime::MAX] {
        let mut world = World::new();
        let token = world.link();
        let (handle, code) = world.code();
        let admitted = world.admit_link(&token).unwrap();
        let ticket = admitted.ticket().unwrap().expose_secret();
        let owner = world.admit_owner(OLD);
        world.now = now;
        let request = world.recovery.request(by_email(), Delivery::LINK, None, seed(), now);
        let _handle = block_on(request);
        let _worked = world.work();
        // All of them are refused: too far ahead, or long expired.
        assert!(world.admit_link(&token).is_err());
        assert!(world.admit_code(&handle, &code).is_err());
        assert!(world.admit_ticket(ticket).is_err());
        let kept = world.housekeep();
        assert!(kept.failures.is_empty(), "{kept:?}");
        for admitted in [admitted, owner] {
            if let Ok(after) = world.commit(&admitted, NEW) {
                world.settle(&after);
            }
        }
        let current = world.recovery.current(AccountId::new("1").unwrap(), now);
        let refused = block_on(current).err().map(|error| error.code());
        // At the end of time no counter can be open: that is said, and nothing is compared uncounted.
        assert_eq!(refused, (now == UtcDateTime::MAX).then_some("counters_failed"));
    }
}

/// A row or a counter of a clock that was a year ahead keeps nobody out once the clock is right.
#[test]
fn a14_a_clock_that_was_wrong_keeps_nobody_out() {
    let mut world = World::new();
    let right = world.now;
    world.wait(365 * 24 * 60 * 60);
    for _ in 0..5 {
        world.link();
    }
    let (handle, _) = {
        let mut ahead = world.tenant("acme", [ada()]);
        ahead.now = world.now;
        ahead.code()
    };
    let token = {
        world.request(&by_email(), Delivery::LINK);
        let _worked = world.work();
        handle
    };
    world.now = right;
    assert!(world.admit_link(&token).is_err());
    assert_eq!(world.outcome(&by_email(), Delivery::LINK), Outcome::Sent);
    let kept = world.housekeep();
    assert!(kept.purged_attempts >= 5 && kept.purged_counters >= 2, "{kept:?}");
    assert!(world.admit_link(&crate::world::token_in(&world.read().unwrap())).is_ok());
}

/// Strangers who fill the counters must not stop signed-in people.
#[test]
fn full_counters_are_shared_by_one_kind_only() {
    let counters = MemoryCounters::with_max_rows(1);
    let now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let quota = Quota::new(5, core::time::Duration::from_secs(3600));
    let scope = Scope::new(Purpose::RESET);
    let key = |kind, id: u32| {
        ThrottleKey::account(&scope, kind, &AccountId::new(&id.to_string()).unwrap())
    };
    let count = |key| block_on(counters.count(&key, quota, None, now)).unwrap().number();
    assert_eq!(count(key("requests", 0)), 1);
    let [request, password] =
        two_alike(|id| key("requests", id), |id| key("present passwords", id));
    assert_eq!([count(request), count(request)], [1, 2]);
    assert_eq!(count(password), 1);
    assert_eq!(count(request), 3);
}

/// Strangers fill what they can fill, and no counter of anybody else has less room for it.
#[test]
fn full_counters_of_one_pool_leave_room_in_the_others() {
    let counters = MemoryCounters::with_max_rows(2);
    let ring = keyring();
    let now = UtcDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let quota = Quota::new(5, core::time::Duration::from_secs(3600));
    let count = |key| block_on(counters.count(&key, quota, None, now)).unwrap().number();
    assert_eq!([0, 1].map(|name| count(key(&ring, name))), [1, 1]);
    let account = |id: u32| {
        let id = AccountId::new(&id.to_string()).unwrap();
        ThrottleKey::account(&Scope::new(Purpose::RESET), "requests", &id)
    };
    assert_eq!(two_alike(account, account).map(count), [1, 1]);
}

#[test]
fn what_strangers_make_up_is_counted_apart_from_accounts() {
    let pools = |lookup: &Lookup| {
        let world = World::new();
        let handle = world.ask(lookup, Delivery::CODE);
        assert!(world.admit_code(&handle, "BCDF-GHJK").is_err());
        world.trace.pools()
    };
    assert_eq!(pools(&by_email()), ["typed", "messages", "attempts", "accounts"]);
    assert_eq!(pools(&nobody()), ["typed", "nobody", "attempts", "nobody"]);
}

/// An entry that a clock put off which was a year ahead is worked on once the clock is right.
/// A copy of an old row makes nobody carry out old duties, such as ending all sessions, again.
#[test]
fn a_row_that_is_put_back_after_its_time_is_not_resumed() {
    let mut world = World::new();
    let admitted = world.admit_link(&world.link()).unwrap();
    world.trace.lose_answer("accounts.write");
    world.trace.fail_next("accounts.load");
    assert!(world.commit(&admitted, NEW).is_err());
    world.trace.heal();
    let copy = Arc::new(world.rows().remove(0));
    // While it is kept it is resumed, as often as it is found.
    world.wait(29 * 24 * 60 * 60);
    assert_eq!(world.resumed().len(), 1);
    world.wait(2 * 24 * 60 * 60);
    assert!(world.resumed().is_empty());
    assert!(world.rows().is_empty());

    let inserted = block_on(world.attempts().insert(&copy, world.now)).unwrap();
    assert_eq!(inserted, Inserted::Done);
    let kept = world.housekeep();
    assert!(kept.resumed.is_empty());
    assert_eq!((kept.ended, kept.purged_attempts), (0, 1));
    assert!(world.rows().is_empty());
}

/// What was counted once is forgotten with the counter that it was counted on.
#[test]
fn a_count_of_a_former_window_is_no_count_of_the_next() {
    const HOUR: u64 = 60 * 60;
    let day = core::time::Duration::from_secs(24 * HOUR);
    let mut world = World::with(|builder| builder.link_life(day), [ada()]);
    // A request is counted, and crashes before its row is stored.
    world.request(&by_email(), Delivery::LINK);
    world.trace.fail_next("attempts.insert");
    assert!(outcomes(&world.work()).is_empty());
    world.trace.heal();
    // It is run again when that window is over, and is counted again.
    world.wait(12 * HOUR);
    assert_eq!(outcomes(&world.work()), [Outcome::Sent]);
    let sent = [(); 6].map(|()| world.outcome(&by_email(), Delivery::LINK));
    let four = [Outcome::Sent; 4];
    assert_eq!(sent[..4], four);
    assert_eq!(sent[4..], [Outcome::TooManySends; 2]);
}

/// Writes down what is counted only once.
#[derive(Default)]
struct Marks(MemoryCounters, Mutex<Vec<(ThrottleKey, Quota, Once)>>);

impl Counters for Marks {
    async fn count(
        &self,
        key: &ThrottleKey,
        quota: Quota,
        once: Option<&Once>,
        now: UtcDateTime,
    ) -> Result<Counted, PortError> {
        self.1.lock().unwrap().extend(once.map(|once| (*key, quota, *once)));
        self.0.count(key, quota, once, now).await
    }

    async fn purge(&self, now: UtcDateTime) -> Result<u64, PortError> {
        Counters::purge(&self.0, now).await
    }
}

/// A flood leaves no more marks on a counter than its quota has counts.
#[test]
fn a_counter_keeps_no_more_marks_than_its_quota() {
    let mut now = World::new().now;
    let ports = PortSet {
        accounts: MemoryAccounts::new([ada()]),
        attempts: MemoryAttempts::default(),
        counters: Marks::default(),
        queue: MemoryQueue::default(),
        notifier: Outbox::default(),
    };
    let recovery = Recovery::new(Flow::builder(keyring(), page()).build().unwrap(), ports);
    for _ in 0..50 {
        block_on(recovery.request(by_email(), Delivery::LINK, None, seed(), now)).unwrap();
        let _worked = block_on(recovery.work(ClaimToken::new(seed()), 9, now)).unwrap();
        now += core::time::Duration::from_secs(31);
    }
    let marks = recovery.ports().counters.1.lock().unwrap();
    assert_eq!(marks.len(), 50);
    let mut counter = Counter::default();
    let kept = |counter: &Counter| format!("{counter:?}").matches("Once(").count();
    for (number, (key, quota, once)) in marks.iter().enumerate() {
        let counted = counter.raise(*key, *quota, Some(*once), now);
        assert_eq!(counted.left().is_some(), number < 5);
    }
    assert_eq!(kept(&counter), 5);
    // The first five are answered as before, and the others are over the quota as before.
    for (number, (key, quota, once)) in marks.iter().enumerate() {
        let counted = counter.raise(*key, *quota, Some(*once), now);
        assert_eq!(counted.left().is_some(), number < 5);
    }
    let (key, quota, once) = marks[0];
    let next = now + quota.period();
    assert_eq!(counter.raise(key, quota, Some(once), next).number(), 1);
    assert_eq!(kept(&counter), 1);
}

#[test]
fn an_entry_that_a_wrong_clock_put_off_does_not_wait_for_it() {
    let mut world = World::new();
    let right = world.now;
    world.request(&by_email(), Delivery::LINK);
    world.wait(365 * 24 * 60 * 60);
    world.trace.fail_next("accounts.find");
    assert!(matches!(world.work()[..], [Worked::PutOff { .. }]));
    world.now = right;
    assert_eq!(outcomes(&world.work()), [Outcome::Sent]);
}

/// What strangers make up takes space from nobody else: for hours after a flood an account gets its
/// messages, its code is compared, and its tries are still counted one by one.
#[test]
fn a_flood_of_made_up_names_leaves_the_counters_of_accounts_alone() {
    let mut world = World::bounded([ada()], 10_000, 60, 10_000);
    let wrong =
        |world: &World, handle: &str| world.admit_code(handle, "BCDF-GHJK").unwrap_err().code();
    // A message that nobody is sent, and a code that is tried, are counted for a day.
    for name in 0..120 {
        let lookup = Lookup::login(&format!("person {name}")).unwrap();
        let handle = world.ask(&lookup, Delivery::CODE);
        wrong(&world, &handle);
        world.wait(120);
    }
    let handle = world.request(&by_email(), Delivery::CODE);
    assert_eq!(outcomes(&world.work()), [Outcome::Sent]);
    let codes = [(); 5].map(|()| wrong(&world, &handle));
    assert_eq!(codes, ["reset_wrong_code"; 5]);
}

/// Counts how often it is asked.
#[derive(Debug)]
struct Asked(Arc<AtomicUsize>);

impl Rule for Asked {
    fn code(&self) -> &'static str {
        "password_asked"
    }

    fn requirement(&self) -> Cow<'static, str> {
        "asked".into()
    }

    fn message(&self) -> Cow<'static, str> {
        "It was asked.".into()
    }

    fn accepts(&self, _: &str, _: &Personal<'_>) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        true
    }
}

#[test]
fn above_the_ceiling_no_rule_of_a_policy_is_asked() {
    let asked = Arc::new(AtomicUsize::new(0));
    let wishes = Policy::builder().rule(Asked(asked.clone())).build().unwrap();
    let policy =
        Policy::builder().max_bytes(16).rule(Asked(asked.clone())).warn(wishes).build().unwrap();
    let long = Password::new("x".repeat(17)).unwrap();
    let (old, about) = (Password::new("old").unwrap(), Personal::none());
    for refused in [
        policy.check(&long, &about),
        policy.check_with(&long, &about, Evidence::of_change(&old)),
        policy.check_as_typed(long.expose_secret(), &about),
    ] {
        let violations = refused.unwrap_err();
        assert_eq!(violations.len(), 1);
        assert_eq!(violations[0].code(), "password_too_many_bytes");
    }
    assert!(policy.warnings(&long, &about).is_none());
    let _ = policy.checklist(&long, &about);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(policy.check_as_typed(&long.expose_secret()[..16], &about).is_ok());
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

/// Names are looked for from a bounded number of places, however a password repeats them.
#[test]
fn names_in_a_row_are_followed_from_few_places() {
    let policy = Policy::builder().not_derived_from_names().build().unwrap();
    let about = Personal::none().first_name("ab").last_name("ba");
    let is_refused = |times| policy.check_as_typed(&"ab".repeat(times), &about).is_err();
    assert!(is_refused(32));
    assert!(!is_refused(33));
}

/// The search for names in a row ends, whatever an owner wrote about themselves.
#[test]
fn the_search_for_names_in_a_row_ends() {
    let policy = Policy::builder().not_derived_from_names().build().unwrap();
    let long = "zzzzzzzz".repeat(32);
    let others = [("note", &*long); 40];
    let about = Personal::none().first_name("abz").last_name("cdz");
    let with_long = about.others(&others);
    let row = "abzcdz".repeat(5);
    for (password, about, is_refused) in
        [(&*row, &about, true), (&row, &with_long, false), ("abzcdz", &with_long, true)]
    {
        assert_eq!(policy.check_as_typed(password, about).is_err(), is_refused, "{password}");
    }
}

/// An owner whose names refuse most passwords would be drawn for until the bound on draws is reached.
#[test]
fn a_generator_does_not_draw_for_an_owner_whose_names_refuse_most() {
    let policy = Policy::builder().max_length(3).not_derived_from_names().build().unwrap();
    let generator = policy.generator().alphabet(CharacterSet::of("ab")).length(3).build().unwrap();
    let refused = Personal::none().first_name("a").last_name("b");
    for password in ["aaa", "aba", "bba"] {
        assert!(policy.check_as_typed(password, &refused).is_err());
    }
    let error = generator.generate(&refused, &mut SysRng).unwrap_err();
    assert_eq!(error, GenerateError::OwnerNotProvable);
    assert!(generator.generate(&Personal::none().first_name("kettle"), &mut SysRng).is_ok());
}
