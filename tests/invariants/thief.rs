//! 6. Attackers as programs, against a service whose messages have the link "this was not me".

use pollster::block_on;
use repass::account::{Account, AccountId, Contact, Email, Lookup};
use repass::message::{LinkForm, MessageKind, ResetLink};
use repass::reset::{Admitted, Change, Delivery, Proof};
use repass::secret::Password;

use crate::world::{
    OLD, World, ada, by_login, code_in, hasher, nobody, other_than, policy, salt, token_in,
};

const STOLEN: &str = "Ada@Example.org";
const SAFE: &str = "safe@example.net";
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

fn world() -> World {
    let page = ResetLink::new("https://example.org/not-me", LinkForm::Query).unwrap();
    let safe = Email::verified(Contact::email(SAFE).unwrap());
    let ada = ada().with_version(1).with_epoch(1).with_email(safe);
    World::with(|builder| builder.stop_page(page), [ada])
}

fn id() -> AccountId {
    AccountId::new("1").unwrap()
}

fn stop_in(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.split_once("/not-me?token="));
    line.map(|(_, token)| token.to_owned())
}

/// What was read in a mailbox.
#[derive(Default)]
struct Mailbox {
    links: Vec<String>,
    codes: Vec<String>,
    stops: Vec<String>,
    notices: usize,
}

impl Mailbox {
    /// Delivers what is due: what went to `SAFE` to the one, everything else to the other.
    fn deliver(world: &World, stolen: &mut Self, safe: &mut Self) {
        let _worked = world.work();
        while let Some(message) = world.take() {
            let text = message.expose_secret();
            let mailbox = if message.to().as_str() == SAFE { &mut *safe } else { &mut *stolen };
            mailbox.stops.extend(stop_in(text));
            match message.kind() {
                MessageKind::Link => mailbox.links.push(token_in(text)),
                MessageKind::Code => mailbox.codes.push(code_in(text)),
                MessageKind::LinkAndCode => {
                    mailbox.links.push(token_in(text));
                    mailbox.codes.push(code_in(text));
                }
                MessageKind::PasswordChanged => mailbox.notices += 1,
                kind => panic!("{kind:?}"),
            }
        }
    }
}

/// All that a thief keeps for later.
#[derive(Default)]
struct Loot {
    mailbox: Mailbox,
    handles: Vec<String>,
    tickets: Vec<String>,
    admitted: Vec<Admitted>,
    changes: Vec<Change>,
    passwords: Vec<String>,
    sessions: Vec<String>,
}

impl Loot {
    fn keep(&mut self, admitted: Admitted) {
        let ticket = admitted.ticket().map(|ticket| ticket.expose_secret().to_owned());
        self.tickets.extend(ticket);
        self.admitted.push(admitted);
    }

    /// Every proof that is kept is shown; what admits is kept as well.
    fn show_all(&mut self, world: &World) -> usize {
        let mut admitted = Vec::new();
        for link in &self.mailbox.links {
            admitted.extend(world.admit_link(link));
        }
        for handle in &self.handles {
            for code in &self.mailbox.codes {
                admitted.extend(world.admit_code(handle, code));
            }
        }
        for ticket in &self.tickets {
            admitted.extend(world.admit_ticket(ticket));
        }
        for password in &self.passwords {
            if let Ok(current) = block_on(world.recovery.current(id(), world.now)) {
                admitted.extend(current.verify(&Password::new(password).unwrap(), &hasher()));
            }
        }
        let count = admitted.len();
        admitted.into_iter().for_each(|one| self.keep(one));
        count
    }

    /// Sets a password with the newest proof, and signs in with it.
    fn take_over(&mut self, world: &World) {
        let password = format!("the thief's own {}", self.passwords.len());
        let Some(admitted) = self.admitted.last() else { return };
        let Ok(after) = world.commit(admitted, &password) else { return };
        world.settle(&after);
        self.passwords.push(password);
        self.sessions.push(world.flow().session_tag(&world.account("1")).as_str().to_owned());
    }

    /// Whether anything that is kept is of any use.
    fn is_useless(&mut self, world: &World) -> bool {
        let before = world.account("1");
        let holds = |tag: &String| world.flow().session_holds(&before, tag);
        let signs_in = |password: &String| {
            let password = Password::new(password).unwrap();
            !before.requires_recovery()
                && before.password().is_some_and(|hash| {
                    hasher().verify(&password, hash) == Ok(repass::hash::Verdict::Match)
                })
        };
        let idle = !self.sessions.iter().any(holds) && !self.passwords.iter().any(signs_in);
        let shown = self.show_all(world);
        for admitted in &self.admitted {
            let new = Password::new("one more of the thief").unwrap();
            let change = admitted.set_password(&new, &policy(), &hasher(), salt());
            self.changes.extend(change);
        }
        let set = self
            .changes
            .drain(..)
            .filter_map(|change| block_on(world.recovery.commit(change, world.now)).ok());
        let set = set.count();
        for stop in &self.mailbox.stops {
            let _ = block_on(world.recovery.stop(stop, world.now));
        }
        for link in &self.mailbox.links {
            assert!(block_on(world.recovery.stop(link, world.now)).is_err());
            assert!(block_on(world.recovery.admit_address(link, None, world.now)).is_err());
        }
        idle && (shown, set) == (0, 0) && world.account("1") == before
    }
}

/// The mailbox is stolen for an hour, and the thief does in it all that the service offers: the owner's
/// notice at the other address ends it.
#[test]
fn a_mailbox_that_was_stolen_for_an_hour_is_worth_nothing_afterwards() {
    let mut world = world();
    let (mut loot, mut safe) = (Loot::default(), Mailbox::default());
    let asked =
        [Lookup::email(STOLEN).unwrap(), by_login(), Lookup::email(STOLEN).unwrap(), nobody()];
    let kinds = [Delivery::LINK, Delivery::CODE, Delivery::LINK_AND_CODE];
    for round in 0..12 {
        loot.handles.push(world.request(&asked[round % 4], kinds[round % 3]));
        Mailbox::deliver(&world, &mut loot.mailbox, &mut safe);
        loot.show_all(&world);
        if round % 4 == 1 {
            loot.take_over(&world);
            Mailbox::deliver(&world, &mut loot.mailbox, &mut safe);
        }
        world.wait(5 * MINUTE);
    }
    // At the last moment, links that are good for as long as any are.
    for _ in 0..8 {
        loot.handles.push(world.request(&asked[0], Delivery::LINK));
    }
    Mailbox::deliver(&world, &mut loot.mailbox, &mut safe);
    loot.show_all(&world);
    assert!(loot.passwords.len() >= 3 && !world.signs_in(OLD));
    assert!(world.flow().session_holds(&world.account("1"), loot.sessions.last().unwrap()));
    assert!(loot.mailbox.links.iter().any(|link| world.admit_link(link).is_ok()));

    // The owner reads the other mailbox, has the oldest notice at hand, and presses its button.
    assert!(safe.links.is_empty() && safe.codes.is_empty());
    assert_eq!(safe.notices, loot.passwords.len());
    let stopped = block_on(world.recovery.stop(&safe.stops[0], world.now)).unwrap();
    assert_eq!(stopped.event().code(), "stop_recovery_required");
    assert!(loot.is_useless(&world));

    // The owner is back, and stays.
    world.ask(&Lookup::email(SAFE).unwrap(), Delivery::LINK);
    let link = token_in(&world.read().unwrap());
    let after = world.commit(&world.admit_link(&link).unwrap(), "the owner's own").unwrap();
    world.settle(&after);
    let session = world.flow().session_tag(&world.account("1"));
    for _ in 0..8 {
        assert!(loot.is_useless(&world));
        let account = world.account("1");
        assert!(world.signs_in("the owner's own") && !account.requires_recovery());
        assert!(world.flow().session_holds(&account, session.as_str()));
        world.wait(24 * HOUR);
        let _kept = world.housekeep();
    }
}

/// A link that was used is found by somebody: in a mailbox, in a log, in the history of a browser.
#[test]
fn the_holder_of_a_used_link_can_do_nothing() {
    let mut world = world();
    let (mut loot, mut safe) = (Loot::default(), Mailbox::default());
    for delivery in [Delivery::LINK, Delivery::LINK_AND_CODE, Delivery::CODE] {
        loot.handles.push(world.request(&Lookup::email(STOLEN).unwrap(), delivery));
    }
    Mailbox::deliver(&world, &mut loot.mailbox, &mut safe);
    // The thief has copies of everything; what waits in forms as well.
    loot.show_all(&world);
    let used = world.admit_link(&loot.mailbox.links[0]).unwrap();
    world.settle(&world.commit(&used, "the owner's own").unwrap());
    // The links that stop are the owner's: they are not among what was found.
    loot.mailbox.stops.clear();
    let session = world.flow().session_tag(&world.account("1"));
    for minutes in [0, 1, 9, 20, 60, 12 * 60, 24 * 60, 8 * 24 * 60] {
        world.wait(minutes * MINUTE);
        assert!(loot.is_useless(&world));
        assert!(world.admit_code(&loot.handles[1], &other_than(&loot.mailbox.codes[0])).is_err());
        for link in &loot.mailbox.links {
            assert!(block_on(world.recovery.inspect(link, world.now)).is_err());
            let as_ticket = world.recovery.admit(Proof::Ticket(link), None, world.now);
            assert!(block_on(as_ticket).is_err());
        }
        let _kept = world.housekeep();
        assert!(world.flow().session_holds(&world.account("1"), session.as_str()));
    }
    assert!(world.signs_in("the owner's own"));
    let owner: Account = world.account("1");
    assert!(!owner.requires_recovery());
}
