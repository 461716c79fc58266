//! A11, A12, A23 to A25 and C13: the sign-in door.

use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::OnceLock;

use alloc::sync::Arc;

use pollster::block_on;
use repass::account::{
    Account, AccountId, Contact, Email, Login, Lookup, MustChange, MustChangeReason,
};
use repass::hash::{Cost, ForeignScheme, HashError, Hasher, NotCovered, Verdict, Verifier, Work};
use repass::policy::Policy;
use repass::recovery::Recovery;
use repass::reset::{Delivery, Occasion, Outcome, Proof, SetError};
use repass::secret::{Password, PasswordHash, Salt, Seed, TypedPassword};
use repass::sign_in::{Checked, SignInError, SignInOutcome, SignInRefusal};

use crate::recovering::{Shared, obtain, outcomes, over, seed, shared, work};
use crate::steps::{Event, at_each, choose, drive, reset};
use crate::world::{Dice, OLD, ada, at, flow, hasher, id};

pub(crate) fn salt(dice: &mut Dice) -> Salt {
    Salt::generate(dice).unwrap()
}

fn login() -> Lookup {
    Lookup::login("ada").unwrap()
}

/// A hasher that finds what [`hasher`] made outdated, and the verifier over it.
fn stronger() -> Verifier {
    Verifier::new(Hasher::new(Cost::new(64, 1, 1).unwrap()))
}

fn check(
    recovery: &Recovery<Shared>,
    password: &str,
    verifier: &Verifier,
    dice: &mut Dice,
    second: i64,
) -> Checked {
    let sign_in = block_on(recovery.sign_in(login(), None, at(second))).unwrap();
    sign_in.verify(&TypedPassword::new(password).unwrap(), verifier, salt(dice)).unwrap()
}

pub(crate) fn sign_in(
    recovery: &Recovery<Shared>,
    password: &str,
    verifier: &Verifier,
    dice: &mut Dice,
    second: i64,
) -> Result<SignInOutcome, SignInError> {
    let checked = check(recovery, password, verifier, dice, second);
    block_on(recovery.finish_sign_in(checked, seed(dice), at(second)))
}

fn stored(recovery: &Recovery<Shared>) -> String {
    let account = recovery.ports().accounts.all().remove(0);
    account.stored_password().unwrap().expose_secret().to_owned()
}

#[test]
fn a11_a_hash_that_was_verified_before_a_reset_never_undoes_it() {
    for committed_at_write in [false, true] {
        let mut dice = Dice(50);
        let recovery = over(flow().build().unwrap(), ada(&mut dice));
        let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
        let checked = check(&recovery, OLD, &stronger(), &mut dice, 1);
        // The reset is committed after the password was verified: before the sign-in goes on, or at the
        // very moment at which the new hash of the old password is to be stored.
        let mut other = Dice(51);
        if !committed_at_write {
            reset(&recovery, Proof::Link(&link), &mut other, at(2));
        }
        let step = recovery.flow().finish_sign_in(checked, seed(&mut dice), at(2));
        let finished = drive(step, recovery.ports(), at(2), |call| {
            if call == "write" && committed_at_write {
                reset(&recovery, Proof::Link(&link), &mut other, at(2));
            }
            Event::Works
        });
        let error = finished.unwrap().unwrap_err();
        assert!(matches!(error, SignInError::Superseded), "{error:?}");
        let mut signs_in =
            |password| sign_in(&recovery, password, &stronger(), &mut dice, 3).is_ok();
        assert!(!signs_in(OLD));
        assert!(signs_in("plum-kettle-42"));
    }
}

#[test]
fn a11_the_tag_is_made_of_what_is_stored_after_the_new_hash() {
    let mut dice = Dice(52);
    let recovery = over(flow().build().unwrap(), ada(&mut dice));
    let before = stored(&recovery);
    let outcome = sign_in(&recovery, OLD, &stronger(), &mut dice, 0).unwrap();
    let SignInOutcome::SignedIn(signed_in) = outcome else { panic!("{outcome:?}") };
    assert_ne!(stored(&recovery), before);
    let account = recovery.ports().accounts.all().remove(0);
    assert!(recovery.flow().session_holds(&account, signed_in.tag().as_str()));
    assert!(signed_in.account() == &account);
    // The next one finds nothing to replace.
    let before = stored(&recovery);
    assert!(sign_in(&recovery, OLD, &stronger(), &mut dice, 1).is_ok());
    assert_eq!(stored(&recovery), before);
}

#[test]
fn a11_a_sign_in_does_not_fail_with_the_new_hash() {
    for event in [Event::FailsBefore, Event::FailsAfter, Event::Twice] {
        let mut dice = Dice(53);
        let recovery = over(flow().build().unwrap(), ada(&mut dice));
        let checked = check(&recovery, OLD, &stronger(), &mut dice, 0);
        let step = recovery.flow().finish_sign_in(checked, seed(&mut dice), at(0));
        let outcome = drive(step, recovery.ports(), at(0), at_each("write", event)).unwrap();
        let SignInOutcome::SignedIn(signed_in) = outcome.unwrap() else { panic!("{event:?}") };
        let account = recovery.ports().accounts.all().remove(0);
        assert!(recovery.flow().session_holds(&account, signed_in.tag().as_str()), "{event:?}");
        let failed = signed_in.rehash_failure().map(|failure| failure.code());
        let expected = (event != Event::Twice).then_some("accounts_failed");
        assert_eq!(failed, expected, "{event:?}");
    }
}

/// `count:ROUNDS:PASSWORD`: a scheme whose work is counted and not done.
struct Counting(Arc<AtomicU64>);

impl Counting {
    fn read(stored: &str) -> Result<(u64, &str), HashError> {
        let rest = stored.strip_prefix("count:").ok_or(HashError::Malformed)?;
        let (rounds, password) = rest.split_once(':').ok_or(HashError::Malformed)?;
        Ok((rounds.parse().map_err(|_| HashError::Malformed)?, password))
    }
}

impl ForeignScheme for Counting {
    fn recognises(&self, stored: &str) -> bool {
        stored.starts_with("count:")
    }

    fn verify(&self, password: &Password, stored: &str) -> Result<bool, HashError> {
        let (rounds, right) = Self::read(stored)?;
        if right.is_empty() {
            // Read before anything was computed.
            return Err(HashError::Malformed);
        }
        self.0.fetch_add(rounds, Ordering::Relaxed);
        Ok(password.expose_secret() == right)
    }

    fn work(&self, stored: &str) -> Result<Work, HashError> {
        Ok(Work::new("rounds", Self::read(stored)?.0))
    }

    fn spend(&self, _: &Password, work: Work) -> Result<(), HashError> {
        assert_eq!(work.unit(), "rounds");
        self.0.fetch_add(work.amount(), Ordering::Relaxed);
        Ok(())
    }
}

fn text(stored: &str) -> PasswordHash {
    PasswordHash::from_stored(stored).unwrap()
}

/// The work of a sign-in for what is stored, counted: KiB that Argon2 fills, and rounds of a foreign
/// scheme. The wall clock has no part in it.
#[test]
fn a12_the_same_work_is_done_whatever_is_stored() {
    let mut dice = Dice(54);
    let rounds = Arc::new(AtomicU64::new(0));
    let of = |memory, passes| Hasher::new(Cost::new(memory, passes, 1).unwrap());
    let hasher = of(64, 2).with_foreign(Counting(Arc::clone(&rounds)));
    let verifier = Verifier::new(hasher)
        .with_stored_cost(Cost::new(64, 4, 1).unwrap())
        .with_stored(&text("count:1000:x"))
        .unwrap();
    let mut hash = |memory, passes| {
        let hash = of(memory, passes).hash(&Password::new(OLD).unwrap(), salt(&mut dice));
        Some(hash.unwrap())
    };
    // At the ceiling: 64 KiB, four passes.
    let mut cases = vec![
        ("at the ceiling", hash(64, 4)),
        ("new", hash(64, 2)),
        ("one pass", hash(64, 1)),
        ("less memory", hash(32, 4)),
        ("cheapest", hash(8, 1)),
        ("other shape", hash(8, 32)),
        ("foreign", Some(text("count:1000:tidal+Engine=1843"))),
        ("cheap foreign", Some(text("count:1:tidal+Engine=1843"))),
        ("free foreign", Some(text("count:0:tidal+Engine=1843"))),
        ("unreadable foreign", Some(text("count:1000"))),
        ("foreign, unreadable late", Some(text("count:1000:"))),
        ("none", None),
    ];
    let above = "$argon2id$v=19$m=4194304,t=64,p=1$AQIDBAUGBwgJCgsMDQ4PEA$4OrNEdTDlVj+uwI0NPB6ftmZCaxl1YIeFSXLACRCbuc";
    for unreadable in ["!", "*", "-", "", "plain", "$argon2id$", "$2b$12$unknown", above] {
        cases.push((unreadable, Some(text(unreadable))));
    }
    // Passes after the first are made up for by some over an eighth of the memory, which has a first, too.
    let same_memory = ["new", "one pass"];
    let filled = |name: &str, spellings: u64| {
        let most = if same_memory.contains(&name) { 256 + 64 / 8 } else { 256 };
        spellings * 256..=spellings * most
    };
    for typed in [OLD, "wrong", "wrong, but of many more characters than the other one"] {
        let typed = TypedPassword::new(typed).unwrap();
        for (name, stored) in &cases {
            rounds.store(0, Ordering::Relaxed);
            let compared = verifier.compare(&typed, stored.as_ref()).unwrap();
            assert!(filled(name, 1).contains(&compared.filled_kib()), "{name}");
            assert_eq!(rounds.load(Ordering::Relaxed), 1_000, "{name}");
            assert!(compared.above_ceiling().is_none(), "{name}");
        }
    }
    // What was typed in another form than NFC is compared in both, for everybody.
    let typed = TypedPassword::new("cafe\u{301}").unwrap();
    for (name, stored) in &cases {
        rounds.store(0, Ordering::Relaxed);
        let compared = verifier.compare(&typed, stored.as_ref()).unwrap();
        assert!(filled(name, 2).contains(&compared.filled_kib()), "{name}");
        assert_eq!(rounds.load(Ordering::Relaxed), 2_000, "{name}");
    }
}

/// Through the door as well: each kind of account, one of which signs in.
#[test]
fn a12_the_door_does_the_same_work_for_every_account_and_for_none() {
    let mut dice = Dice(55);
    let verifier = stronger();
    let person = ada(&mut dice);
    let with = |stored: &str| {
        Account::new(id()).with_login(Login::new("ada").unwrap()).with_password(text(stored))
    };
    let other = Account::new(AccountId::new("43").unwrap())
        .with_login(Login::new("ADA").unwrap())
        .with_password(person.password().unwrap().clone());
    let third = Account::new(AccountId::new("44").unwrap())
        .with_login(Login::new("Ada").unwrap())
        .with_password(person.password().unwrap().clone());
    let cases = [
        (vec![], "sign_in_unknown"),
        (vec![person.clone().disabled()], "sign_in_account_disabled"),
        (vec![other, third], "sign_in_several_accounts"),
        (vec![with("!")], "sign_in_no_password"),
        (vec![with("unreadable")], "hash_unsupported_scheme"),
        (vec![with("$argon2id$v=19$cut")], "hash_malformed"),
        (vec![person.clone()], "sign_in_wrong_password"),
        (vec![person.with_required_recovery(true)], "sign_in_wrong_password"),
    ];
    for (accounts, code) in cases {
        let recovery = Recovery::new(flow().build().unwrap(), shared(accounts));
        let checked = check(&recovery, "wrong", &verifier, &mut dice, 0);
        assert_eq!(checked.comparison().filled_kib(), 64, "{code}");
        let finished = block_on(recovery.finish_sign_in(checked, seed(&mut dice), at(0)));
        assert_eq!(finished.unwrap_err().code(), code);
    }
}

#[test]
fn a12_what_is_above_the_ceiling_is_reported_at_import_and_at_sign_in() {
    let rounds = Arc::new(AtomicU64::new(0));
    let hasher = Hasher::new(Cost::new(64, 1, 1).unwrap()).with_foreign(Counting(rounds));
    let undeclared = Verifier::new(hasher.clone());
    let verifier = undeclared.clone().with_stored(&text("count:10:x")).unwrap();
    let mut dice = Dice(56);
    let mut hash = |memory, passes| {
        let hasher = Hasher::new(Cost::new(memory, passes, 1).unwrap());
        hasher.hash(&Password::new(OLD).unwrap(), salt(&mut dice)).unwrap()
    };
    let above = |verifier: &Verifier, stored: &PasswordHash| {
        let typed = TypedPassword::new(OLD).unwrap();
        let at_sign_in = verifier.compare(&typed, Some(stored)).unwrap().above_ceiling();
        let at_import = match verifier.covers(stored) {
            Err(NotCovered::AboveCeiling(above)) => Some(above),
            _ => None,
        };
        assert_eq!(at_sign_in, at_import);
        at_import.map(|above| (above.found.unit(), above.found.amount(), above.ceiling))
    };
    assert_eq!(above(&verifier, &hash(64, 1)), None);
    assert_eq!(above(&verifier, &hash(64, 2)), Some(("argon2_kib", 128, 64)));
    assert_eq!(above(&verifier, &text("count:10:x")), None);
    assert_eq!(above(&verifier, &text("count:11:x")), Some(("rounds", 11, 10)));
    assert_eq!(above(&undeclared, &text("count:1:x")), Some(("rounds", 1, 0)));
    // More memory takes time to get, even where less is filled in all.
    let wide = verifier.with_stored_cost(Cost::new(8, 16, 1).unwrap());
    assert_eq!(above(&wide, &hash(96, 1)), Some(("argon2_memory_kib", 96, 64)));

    assert_eq!(wide.covers(&text("!")), Ok(()));
    let unreadable = wide.covers(&text("plain"));
    assert_eq!(unreadable, Err(NotCovered::Unreadable(HashError::UnsupportedScheme)));
    assert_eq!(wide.with_stored(&text("plain")).unwrap_err(), HashError::UnsupportedScheme);
}

/// What was declared for the same scheme before stays if it is more.
#[test]
fn a12_the_highest_declaration_counts() {
    let rounds = Arc::new(AtomicU64::new(0));
    let hasher =
        Hasher::new(Cost::new(8, 1, 1).unwrap()).with_foreign(Counting(Arc::clone(&rounds)));
    let typed = TypedPassword::new("anything").unwrap();
    for order in [["count:10:x", "count:20:x"], ["count:20:x", "count:10:x"]] {
        let [first, second] = order.map(text);
        let verifier = Verifier::new(hasher.clone()).with_stored(&first).unwrap();
        let verifier = verifier.with_stored(&second).unwrap();
        rounds.store(0, Ordering::Relaxed);
        let _ = verifier.compare(&typed, None).unwrap();
        assert_eq!(rounds.load(Ordering::Relaxed), 20);
    }
    let costs =
        [(8, 4), (16, 1), (8, 1)].map(|(memory, passes)| Cost::new(memory, passes, 1).unwrap());
    let verifier = costs.into_iter().fold(Verifier::new(hasher), Verifier::with_stored_cost);
    assert_eq!(verifier.compare(&typed, None).unwrap().filled_kib(), 32);
}

/// Compares while it is compared, when the one slot of the verifier is taken.
struct Nested(Arc<OnceLock<Verifier>>);

impl ForeignScheme for Nested {
    fn recognises(&self, stored: &str) -> bool {
        stored == "nested"
    }

    fn verify(&self, _: &Password, _: &str) -> Result<bool, HashError> {
        let verifier = self.0.get().unwrap();
        let typed = TypedPassword::new(OLD).unwrap();
        let own = verifier_of_one_pass().hasher().hash(typed.normalised(), salt(&mut Dice(1)));
        for stored in [None, Some(own?), Some(text("!")), Some(text("plain")), Some(text("nested"))]
        {
            assert_eq!(verifier.compare(&typed, stored.as_ref()).unwrap_err(), HashError::Busy);
        }
        Ok(true)
    }

    fn work(&self, _: &str) -> Result<Work, HashError> {
        Ok(Work::new("nothing", 0))
    }

    fn spend(&self, _: &Password, _: Work) -> Result<(), HashError> {
        Ok(())
    }
}

fn verifier_of_one_pass() -> Verifier {
    Verifier::new(Hasher::new(Cost::new(8, 1, 1).unwrap()))
}

/// A slot is taken in every case, and before anything is read: whether one is free does not tell what is
/// stored.
#[test]
fn a12_a_busy_hasher_tells_nothing() {
    let inner = Arc::new(OnceLock::new());
    let hasher = stronger().hasher().clone().with_slots(1).with_foreign(Nested(Arc::clone(&inner)));
    let verifier = inner.get_or_init(|| Verifier::new(hasher));
    let typed = TypedPassword::new(OLD).unwrap();
    let compared = verifier.compare(&typed, Some(&text("nested"))).unwrap();
    assert_eq!(compared.verdict(), Verdict::MatchOutdated);
    assert!(verifier.compare(&typed, None).is_ok());
}

#[test]
fn a23_the_present_password_is_no_new_one() {
    let mut dice = Dice(58);
    let recovery = over(flow().build().unwrap(), ada(&mut dice));
    let policy = Policy::builder().min_length(8).build().unwrap();
    let same = Password::new(OLD).unwrap();
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
    let by_link = block_on(recovery.admit(Proof::Link(&link), None, at(1))).unwrap();
    let current = block_on(recovery.current(id(), at(1))).unwrap();
    let by_present = current.verify(&same, &hasher()).unwrap();
    for admitted in [by_link, by_present] {
        let set = admitted.set_password(&same, &policy, &hasher(), salt(&mut dice));
        let Err(SetError::Policy(violations)) = set else { panic!("{set:?}") };
        assert_eq!(violations[0].code(), "password_used_before");
        // The next password is taken on the same admission.
        let _change = choose(&admitted, "plum-kettle-42", &mut dice);
    }
}

/// A hash that no password matches, or none at all, keeps nobody from a new password.
#[test]
fn a23_what_cannot_be_read_is_not_the_present_password() {
    for unreadable in ["plain", "$argon2id$v=19$cut"] {
        let mut dice = Dice(59);
        let recovery =
            over(flow().build().unwrap(), ada(&mut dice).with_password(text(unreadable)));
        let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
        reset(&recovery, Proof::Link(&link), &mut dice, at(1));
    }
}

#[test]
fn a23_a_temporary_password_cannot_be_kept() {
    let mut dice = Dice(60);
    let must_change = MustChange::new(MustChangeReason::Temporary);
    let recovery =
        over(flow().build().unwrap(), ada(&mut dice).with_must_change(Some(must_change)));
    let outcome = sign_in(&recovery, OLD, &stronger(), &mut dice, 0).unwrap();
    let SignInOutcome::MustChange(must_change) = outcome else { panic!("{outcome:?}") };
    let proof = Proof::Ticket(must_change.ticket().expose_secret());
    let admitted = block_on(recovery.admit(proof, None, at(1))).unwrap();
    let policy = Policy::builder().min_length(8).build().unwrap();
    let same = Password::new(OLD).unwrap();
    let set = admitted.set_password(&same, &policy, &hasher(), salt(&mut dice));
    assert!(matches!(set, Err(SetError::Policy(_))), "{set:?}");
    let change = choose(&admitted, "plum-kettle-42", &mut dice);
    let after = block_on(recovery.commit(change, at(2))).unwrap();
    assert_eq!(after.occasion(), Occasion::Change);
    let tag = after.session_tag().unwrap().as_str().to_owned();
    let account = recovery.ports().accounts.all().remove(0);
    assert!(recovery.flow().session_holds(&account, &tag));
}

/// Of two user names that differ in letter case alone, the exact spelling wins; otherwise there is no one
/// account, and the log says so.
/// A hash of before the move is of the letters as that system got them, here in Form D.
#[test]
fn a23_c13_a_password_in_another_form_is_the_present_one_and_no_new_one() {
    let mut dice = Dice(23);
    let typed = "cafe\u{301} au lait 1843";
    let moved = hasher().hash(&Password::verbatim(typed).unwrap(), salt(&mut dice)).unwrap();
    let recovery = over(flow().build().unwrap(), ada(&mut dice).with_password(moved));
    let current = block_on(recovery.current(id(), at(0))).unwrap();
    let admitted = current.verify(&Password::new(typed).unwrap(), &hasher()).unwrap();
    let policy = Policy::builder().min_length(8).build().unwrap();
    let same = Password::new(typed).unwrap();
    let refused = admitted.set_password(&same, &policy, &hasher(), salt(&mut dice)).unwrap_err();
    assert!(matches!(refused, SetError::Policy(_)), "{refused:?}");
    let other = Password::new("cafe\u{301} au lait 1844").unwrap();
    assert!(admitted.set_password(&other, &policy, &hasher(), salt(&mut dice)).is_ok());
}

/// One person has two accounts with one address, and signs in to one of them by other means.
#[test]
fn a24_the_one_account_of_an_address_that_has_a_password_signs_in() {
    let mut dice = Dice(24);
    let verifier = stronger();
    let email = || Email::verified(Contact::email("ada@example.org").unwrap());
    let own = ada(&mut dice).with_email(email());
    let other = |id: &str| Account::new(AccountId::new(id).unwrap()).with_email(email());
    for others in [vec![other("0")], vec![other("99"), other("0").with_password(text("!"))]] {
        let accounts = shared(others.into_iter().chain([own.clone()]));
        let recovery = Recovery::new(flow().build().unwrap(), accounts);
        let lookup = Lookup::email("ada@example.org").unwrap();
        let sign_in = block_on(recovery.sign_in(lookup, None, at(0))).unwrap();
        let typed = TypedPassword::new(OLD).unwrap();
        let checked = sign_in.verify(&typed, &verifier, salt(&mut dice)).unwrap();
        let outcome = block_on(recovery.finish_sign_in(checked, seed(&mut dice), at(0))).unwrap();
        assert_eq!(outcome.event().account(), Some(own.id()));
    }
}

#[test]
fn a25_the_exact_spelling_of_a_user_name_wins() {
    let mut dice = Dice(61);
    let lower = ada(&mut dice);
    let upper = Account::new(AccountId::new("43").unwrap())
        .with_login(Login::new("ADA").unwrap())
        .with_email(lower.emails()[0].clone())
        .with_password(lower.password().unwrap().clone());
    let recovery = Recovery::new(flow().build().unwrap(), shared([lower, upper]));
    for (typed, account) in [("ada", Some("42")), ("ADA", Some("43")), ("Ada", None)] {
        let lookup = Lookup::login(typed).unwrap();
        let begun = block_on(recovery.sign_in(lookup.clone(), None, at(0))).unwrap();
        let typed = TypedPassword::new(OLD).unwrap();
        let checked = begun.verify(&typed, &stronger(), salt(&mut dice)).unwrap();
        let finished = block_on(recovery.finish_sign_in(checked, seed(&mut dice), at(0)));
        let id = match finished {
            Ok(SignInOutcome::SignedIn(signed_in)) => {
                Some(signed_in.account().id().as_str().to_owned())
            }
            Err(SignInError::Refused(SignInRefusal::SeveralAccounts)) => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(id.as_deref(), account);
        // A request to reset the password goes by the same rule.
        let request = recovery.request(lookup, Delivery::LINK, None, seed(&mut dice), at(0));
        let _handle = block_on(request).unwrap();
        let expected = account.map_or(Outcome::AmbiguousLogin, |_| Outcome::Sent);
        assert_eq!(outcomes(&work(&recovery, &mut dice, at(0))), [expected]);
    }
}

/// A keyboard that sends decomposed characters: the hash that another system made of them, the one that
/// replaces it, and the sign-ins after it.
#[test]
fn c13_a_moved_password_is_tried_normalised_first_and_as_typed_second() {
    let (decomposed, composed) = ("cafe\u{301} au lait", "caf\u{e9} au lait");
    let moved = Hasher::new(Cost::new(64, 1, 1).unwrap());
    let verifier = Verifier::new(moved.clone());
    for (typed_there, typed_here) in
        [(decomposed, decomposed), (composed, composed), (composed, decomposed)]
    {
        let mut dice = Dice(62);
        let there = Password::verbatim(typed_there).unwrap();
        let hash = moved.hash(&there, salt(&mut dice)).unwrap();
        let recovery = over(flow().build().unwrap(), ada(&mut dice).with_password(hash));
        let before = stored(&recovery);
        for second in 0..3 {
            let outcome = sign_in(&recovery, typed_here, &verifier, &mut dice, second);
            assert!(matches!(outcome, Ok(SignInOutcome::SignedIn(_))), "{second}: {outcome:?}");
        }
        // Only what matched as typed is hashed anew, over NFC: then the other spelling signs in, too.
        let replaced = stored(&recovery) != before;
        assert_eq!(replaced, typed_there == decomposed);
        let other = if typed_here == decomposed { composed } else { decomposed };
        assert!(sign_in(&recovery, other, &verifier, &mut dice, 3).is_ok());
    }
    // The other way round nothing can be known: what was typed composed here was hashed decomposed.
    let mut dice = Dice(63);
    let hash = moved.hash(&Password::verbatim(decomposed).unwrap(), salt(&mut dice)).unwrap();
    let recovery = over(flow().build().unwrap(), ada(&mut dice).with_password(hash));
    assert!(sign_in(&recovery, composed, &verifier, &mut dice, 0).is_err());
}

/// The seed of a ticket names a row. One that was used before is an error, and gives no ticket for the
/// former row.
#[test]
fn a11_a_seed_is_used_once() {
    let mut dice = Dice(64);
    let must_change = MustChange::new(MustChangeReason::Expired);
    let recovery =
        over(flow().build().unwrap(), ada(&mut dice).with_must_change(Some(must_change)));
    let mut finish = |second| {
        let checked = check(&recovery, OLD, &stronger(), &mut dice, second);
        let same = Seed::generate(&mut Dice(7)).unwrap();
        block_on(recovery.finish_sign_in(checked, same, at(second)))
    };
    assert!(matches!(finish(0), Ok(SignInOutcome::MustChange(_))));
    assert_eq!(finish(1).unwrap_err().code(), "attempts_failed");
}
