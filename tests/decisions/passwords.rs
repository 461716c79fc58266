//! A new password, and the present one of a signed-in person.

use pollster::block_on;
use repass::account::{Account, MustChange, MustChangeReason};
use repass::answer::Answer;
use repass::hash::{ForeignScheme, HashError, Hasher, Work};
use repass::key::{Key, KeyId, Keyring};
use repass::policy::{Policy, WhenUnknown};
use repass::reset::SetError;
use repass::secret::{Password, PasswordHash};

use crate::accounts::{id, marker};
use crate::seen::{Seen, alike, seen, told, watched};
use crate::world::{NEW, OLD, World, ada, grace, hasher, salt};

const OVER_CEILING: &str =
    "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A hasher that fails like this, and the hash with which it does.
pub(crate) fn failing(error: HashError) -> (Hasher, PasswordHash) {
    let hash = PasswordHash::from_stored("failing").unwrap();
    (hasher().with_foreign(Failing(error)), hash)
}

struct Failing(HashError);

impl ForeignScheme for Failing {
    fn recognises(&self, text: &str) -> bool {
        text == "failing"
    }

    fn verify(&self, _: &Password, _: &str) -> Result<bool, HashError> {
        Err(self.0)
    }

    fn work(&self, _: &str) -> Result<Work, HashError> {
        Ok(Work::new("nothing", 0))
    }

    fn spend(&self, _: &Password, _: Work) -> Result<(), HashError> {
        Err(self.0)
    }
}

/// A new password for an account that was admitted by a link.
fn new(account: Account, password: &str, policy: &Policy, hasher: &Hasher) -> Seen {
    let world = World::of([account, grace()]);
    let admitted = world.admit_link(&world.link()).unwrap();
    let password = Password::new(password).unwrap();
    match admitted.set_password(&password, policy, hasher, salt()) {
        Ok(_) => seen(["taken", ""]),
        Err(error) => {
            let told = match (&error, error.answer()) {
                (SetError::Policy(found), Answer::Invalid) if !found.is_empty() => {
                    "invalid, with the violations"
                }
                (_, answer) => answer.code(),
            };
            seen([told, error.code()])
        }
    }
}

fn policy() -> Policy {
    Policy::builder().min_length(8).build().unwrap()
}

/// It asks a source that nobody asked.
fn breach_policy() -> Policy {
    let builder = Policy::builder().min_length(8);
    builder.max_breaches(0, WhenUnknown::Refuse).build().unwrap()
}

/// The present password of a person who is signed in.
fn present(account: Account, password: &str) -> Seen {
    present_with(&World::of([account]), password, &hasher())
}

fn present_with(world: &World, password: &str, hasher: &Hasher) -> Seen {
    let current = world.recovery.current(id("1"), world.now);
    match watched(world, || block_on(current)) {
        Err(error) => seen([&told(world, error.answer()), error.code()]),
        Ok(current) => match current.verify(&Password::new(password).unwrap(), hasher) {
            Ok(admitted) => seen(["admitted", admitted.event().code()]),
            Err(error) => seen([&told(world, error.answer()), error.code()]),
        },
    }
}

fn the_eleventh(password: &str) -> Seen {
    let world = World::new();
    for _ in 0..10 {
        assert_eq!(present_with(&world, OLD, &hasher())[0], "admitted");
    }
    present_with(&world, password, &hasher())
}

fn stored(text: &str) -> Account {
    ada().with_password(PasswordHash::from_stored(text).unwrap())
}

fn foreign_pepper() -> Seen {
    let peppers = |id| Keyring::new(KeyId::new(id), Key::generate(&mut repass::SysRng).unwrap());
    let hash = hasher().with_pepper(peppers(1)).hash(&Password::new(OLD).unwrap(), salt()).unwrap();
    let world = World::of([ada().with_password(hash)]);
    present_with(&world, OLD, &hasher().with_pepper(peppers(2)))
}

/// The same for a new password, which is compared with the present one, and for a present one.
fn either(error: HashError) -> Seen {
    let (hasher, stored) = failing(error);
    let account = ada().with_password(stored);
    let present = present_with(&World::of([account.clone()]), OLD, &hasher);
    alike([present, new(account, NEW, &policy(), &hasher)])
}

fn expired() -> Account {
    let must_change = MustChange::new(MustChangeReason::Temporary);
    ada().with_must_change(Some(must_change.until(World::of([]).now)))
}

rows! { "a new password, a present password":
    new_taken "new: accepted by the policy" => new(ada(), NEW, &policy(), &hasher());
    new_refused "new: refused by the policy, and another one may pass" =>
        new(ada(), "short", &policy(), &hasher());
    new_is_present "new: the present one" => new(ada(), OLD, &policy(), &hasher());
    new_not_judged "new: refused because the service could not judge it" =>
        new(ada(), NEW, &breach_policy(), &hasher());
    new_unreadable "new: accepted, and the stored hash cannot be read" => alike([
        new(stored("$argon2id$v=19"), NEW, &policy(), &hasher()),
        new(stored("$2b$12$abc"), NEW, &policy(), &hasher()),
    ]);
    right "present: right" => present(ada(), OLD);
    wrong "present: wrong" => present(ada(), "wrong");
    no_password "present: the account has none" => present(ada().with_password(marker()), OLD);
    gone "present: the account is gone" => present_with(&World::of([]), OLD, &hasher());
    disabled "present: the account is disabled" => present(ada().disabled(), OLD);
    recovery_required "present: the account is to be recovered first" =>
        present(ada().with_required_recovery(true), OLD);
    password_expired "present: temporary and expired" => present(expired(), OLD);
    throttled "present: more than 10 tries in 60 minutes, right or wrong" =>
        alike([the_eleventh(OLD), the_eleventh("wrong")]);
    malformed "present: the stored hash is malformed" => present(stored("$argon2id$v=19"), OLD);
    unknown_scheme "present: the stored hash is of an unknown scheme" =>
        present(stored("$2b$12$abc"), OLD);
    over_ceiling "present: the stored hash asks for more than is allowed" =>
        present(stored(OVER_CEILING), OLD);
    unknown_pepper "present: the pepper of the stored hash is not known" => foreign_pepper();
    busy "too many hashes are being computed" => either(HashError::Busy);
    out_of_memory "there is no memory for the hash" => either(HashError::OutOfMemory);
}
