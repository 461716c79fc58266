//! What comes of a commit.

use pollster::block_on;
use repass::account::Account;
use repass::policy::Policy;
use repass::reset::{
    Administered, Admitted, AfterReset, Change, CommitError, Delivery, FlowBuilder, Operators,
};
use repass::scope::{Purpose, Scope};
use repass::secret::Password;

use crate::accounts::{alter, id};
use crate::seen::{Seen, seen, told, watched};
use crate::world::{NEW, OLD, World, ada, grace, hash_of, hasher, policy, salt, seed, token_in};

fn committed(world: &World, change: Change) -> Seen {
    finished(world, watched(world, || block_on(world.recovery.commit(change, world.now))))
}

/// What the person is told, and what became of the row.
fn finished(world: &World, committed: Result<AfterReset, CommitError>) -> Seen {
    let rows = world.rows();
    let row = rows.first().map_or("none", |row| row.stage().code());
    match committed {
        Ok(after) => seen(["done", row, after.event().code()]),
        Err(error) => seen([&told(world, error.answer()), row, error.code()]),
    }
}

fn change(admitted: &Admitted, new: &str) -> Change {
    let new = Password::new(new).unwrap();
    admitted.set_password(&new, &policy(), &hasher(), salt()).unwrap()
}

/// The change of a password by a link, after something happened.
fn by_link(meanwhile: impl FnOnce(&mut World, &str)) -> Seen {
    let mut world = World::new();
    let link = world.link();
    let change = change(&world.admit_link(&link).unwrap(), NEW);
    meanwhile(&mut world, &link);
    committed(&world, change)
}

/// The change of a password by a person who is signed in, after something happened.
fn by_present(meanwhile: impl FnOnce(&mut World)) -> Seen {
    let mut world = World::new();
    let change = change(&world.admit_owner(OLD), NEW);
    meanwhile(&mut world);
    committed(&world, change)
}

fn begin(world: &mut World, link: &str) {
    world.trace.fail_next("accounts.write");
    let other = change(&world.admit_link(link).unwrap(), "another-kettle-43");
    assert!(block_on(world.recovery.commit(other, world.now)).is_err());
}

fn handing_over(builder: FlowBuilder) -> FlowBuilder {
    builder.operators(Operators::HandOverSecrets)
}

/// Grace, whose id is 2, administers Ada.
fn administered() -> (World, Administered) {
    let world = World::with(handing_over, [ada(), grace()]);
    world.accounts().let_administer(id("2"), id("1"));
    let administered = block_on(world.recovery.administer(&id("2"), id("1"), world.now)).unwrap();
    (world, administered)
}

/// The operators of the table are changed, and the attempts stay.
fn without_operators(world: &World) -> World {
    let other = World::with(handing_over, world.accounts().all());
    for row in world.rows() {
        let inserted = repass::port::Attempts::insert(other.attempts(), &row, world.now);
        let _inserted = block_on(inserted).unwrap();
    }
    other
}

fn set_by_operator(then: impl FnOnce(World) -> World) -> Seen {
    let (world, administered) = administered();
    let hand_over = administered.hand_over().unwrap();
    let new = Password::new(NEW).unwrap();
    let change = hand_over.set_password(&new, &policy(), &hasher(), salt()).unwrap();
    committed(&then(world), change)
}

fn started_by_operator(then: impl FnOnce(World) -> World) -> Seen {
    let (world, administered) = administered();
    let sent = world.recovery.send_reset(&administered, Delivery::LINK, seed(), world.now);
    let _sent = block_on(sent).unwrap();
    let _worked = world.work();
    let link = token_in(&world.read().unwrap());
    let change = change(&world.admit_link(&link).unwrap(), NEW);
    committed(&then(world), change)
}

fn temporary(meanwhile: impl FnOnce(&World)) -> Seen {
    let (world, administered) = administered();
    let generator = Policy::builder().min_length(12).build().unwrap();
    let generator = generator.generator().temporary().build().unwrap();
    let (hand_over, rng) = (administered.hand_over().unwrap(), &mut repass::SysRng);
    let change = hand_over.temporary_password(&generator, &hasher(), salt(), rng, world.now);
    meanwhile(&world);
    committed(&world, change.unwrap())
}

/// What a flow admitted is committed by another one.
fn in_other_scope(scope: Scope) -> Seen {
    let world = World::new();
    let change = change(&world.admit_link(&world.link()).unwrap(), NEW);
    let other = world.beside(|builder| builder.scope(scope));
    committed(&other, change)
}

/// What a port failed at, which the secret or housekeeping finishes a minute later.
fn failing(call: &'static str, answer_lost: bool) -> Seen {
    let mut world = World::new();
    let link = world.link();
    let change = change(&world.admit_link(&link).unwrap(), NEW);
    match answer_lost {
        true => world.trace.lose_answer(call),
        false => world.trace.fail_next(call),
    }
    let [told, row, code] = &committed(&world, change)[..] else { panic!("three cells") };
    world.wait(60);
    let follows = match (world.resumed().len(), world.admit_link(&link).is_ok()) {
        (1, false) => "housekeeping returns what follows",
        (0, true) => "the secret admits again",
        _ => "unknown",
    };
    seen([&format!("{told}; a minute later {follows}"), row, code])
}

rows! { "commit":
    by_a_link "by a link or a code" => by_link(|_, _| ());
    by_the_present "by the present password" => by_present(|_| ());
    by_an_operator "by an operator" => set_by_operator(|world| world);
    started "by a link that an operator sent" => started_by_operator(|world| world);
    temporary_password "a temporary password" => temporary(|_| ());
    late "ten minutes after the admission" => by_link(|world, _| world.wait(10 * 60));
    other_tenant "admitted by a flow of another tenant" =>
        in_other_scope(Scope::new(Purpose::RESET).for_tenant("acme").unwrap());
    other_purpose "admitted by a flow of another purpose" =>
        in_other_scope(Scope::new(Purpose::INVITATION));
    taken "another commit of the same secret began first" => by_link(begin);
    password_changed "the password was changed since" =>
        by_link(|world, _| alter(world, |account| account.with_password(hash_of(NEW))));
    disabled "the account was disabled since" =>
        by_link(|world, _| alter(world, Account::disabled));
    recovery_required "recovery is required since" =>
        by_link(|world, _| alter(world, |account| account.with_required_recovery(true)));
    gone "the account is gone since" => by_link(|world, _| {
        assert!(world.accounts().remove(&id("1")));
    });
    present_superseded "by the present password, and it was changed since" =>
        by_present(|world| alter(world, |account| account.with_password(hash_of(NEW))));
    former_operator_sets "by an operator who may not any more" =>
        set_by_operator(|world| without_operators(&world));
    former_operator_started "by a link that an operator sent who may not any more" =>
        started_by_operator(|world| without_operators(&world));
    must_change_unsupported "a temporary password, and a table without columns for it" =>
        temporary(|world| world.trace.answer_stale());
    begin_failed "the table of attempts failed" => failing("attempts.swap", false);
    write_failed "the user table failed" => failing("accounts.write", false);
    answer_lost "the user table set it, and its answer was lost" => failing("accounts.write", true);
}
