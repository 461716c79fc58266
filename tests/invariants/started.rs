//! 13. An operator resets only what they administer: attempts that an operator starts.

use core::time::Duration;

use pollster::block_on;
use repass::account::{Account, AccountId, Lookup};
use repass::answer::Answer;
use repass::code::CodeShape;
use repass::policy::Policy;
use repass::reset::{
    AdmitError, Admitted, CommitError, Delivery, Limits, Occasion, Operators, Proof, SentReset,
    StartError,
};

use crate::operators::{handing_over, id, world};
use crate::world::{
    NEW, OLD, World, ada, by_email, by_login, code_in, grace, nobody, seed, token_in,
};

impl World {
    fn send(&self, delivery: Delivery) -> Result<SentReset, StartError> {
        let administered = self.administered();
        block_on(self.recovery.send_reset(&administered, delivery, seed(), self.now))
    }

    /// Starts a reset by a link, and reads it.
    fn operator_link(&self) -> String {
        let _sent = self.send(Delivery::LINK).unwrap();
        let _worked = self.work();
        token_in(&self.read().expect("a message"))
    }

    /// What the operator reads out.
    fn spoken(&self) -> String {
        let administered = self.administered();
        let hand_over = administered.hand_over().unwrap();
        let secret = block_on(self.recovery.spoken_secret(hand_over, seed(), self.now)).unwrap();
        secret.code().expose_grouped().to_string()
    }

    fn admit_spoken(&self, lookup: &Lookup, secret: &str) -> Result<Admitted, AdmitError> {
        block_on(self.recovery.admit(Proof::Spoken { lookup, secret }, None, self.now))
    }

    /// Grace is no operator any more.
    fn dismiss(&self) -> Self {
        let people = self.accounts().all();
        let world = World::with(handing_over, people);
        for row in self.rows() {
            let inserted = repass::port::Attempts::insert(world.attempts(), &row, self.now);
            let _inserted = block_on(inserted).unwrap();
        }
        Self { now: self.now, ..world }
    }
}

/// E1: the operator starts it, and the owner chooses the password.
#[test]
fn e01_an_operator_sends_the_owner_a_link_and_learns_nothing() {
    let world = World::new();
    world.accounts().let_administer(id("2"), id("1"));
    world.calls();
    let sent = world.send(Delivery::LINK).unwrap();
    let right = [
        "counters.count",
        "accounts.load",
        "accounts.may_administer",
        "counters.count",
        "attempts.insert",
        "queue.push",
    ];
    assert_eq!(world.calls(), right);
    let event = sent.event();
    assert_eq!((event.code(), event.operator()), ("operator_reset_sent", Some(&id("2"))));
    let _worked = world.work();
    let message = world.take().unwrap();
    assert_eq!(message.kind().code(), "operator_link");
    assert_eq!(message.to().as_str(), "Ada@Example.org");
    let text = message.expose_secret();
    assert!(text.contains("An administrator of example.org started a reset"), "{text}");
    let admitted = world.admit_link(&token_in(text)).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    assert_eq!((after.occasion(), after.operator()), (Occasion::Reset, Some(&id("2"))));
    assert_eq!(after.event().code(), "password_reset");
    world.settle(&after);
    let _worked = world.work();
    // The owner has chosen it, and is told so.
    assert_eq!(world.take().unwrap().kind().code(), "password_changed");
}

#[test]
fn a_code_that_an_operator_sends_is_good_with_the_handle_alone() {
    let world = world();
    for (delivery, kind) in
        [(Delivery::CODE, "operator_code"), (Delivery::LINK_AND_CODE, "operator_link_and_code")]
    {
        let sent = world.send(delivery).unwrap();
        let _worked = world.work();
        let message = world.take().unwrap();
        assert_eq!(message.kind().code(), kind);
        let code = code_in(message.expose_secret());
        assert!(world.admit_code(sent.handle().expose_secret(), &code).is_ok());
        // A handle of somebody else is not enough.
        let other = world.ask(&by_email(), Delivery::CODE);
        let _read = world.read();
        assert!(world.admit_code(&other, &code).is_err());
    }
}

/// An attacker who was an operator until a moment ago, and has a link, a code and a secret from then.
#[test]
fn what_a_former_operator_started_sets_nothing() {
    let before = world();
    let token = before.operator_link();
    let secret = before.spoken();
    let after = before.dismiss();
    for admitted in [after.admit_link(&token), after.admit_spoken(&by_login(), &secret)] {
        let admitted = admitted.unwrap();
        let refused = after.commit(&admitted, NEW).unwrap_err();
        assert!(matches!(refused, CommitError::OperatorRefused), "{refused:?}");
        // Neither does the ticket, in another process.
        let ticket = admitted.ticket().unwrap().expose_secret().to_owned();
        let again = after.admit_ticket(&ticket).unwrap();
        assert!(matches!(after.commit(&again, NEW), Err(CommitError::OperatorRefused)));
    }
    assert!(after.signs_in(OLD));
    // Nothing was spent: the operator is one again.
    after.accounts().let_administer(id("2"), id("1"));
    let _after = after.commit(&after.admit_link(&token).unwrap(), NEW).unwrap();
    assert!(after.signs_in(NEW));
}

/// The row names the operator, under the seal and in what a ticket is bound to.
#[test]
fn a_row_of_an_operator_has_at_most_320_bytes_and_names_the_operator() {
    let (ada_id, grace_id) = ("0123456789abcdef", "fedcba9876543210");
    let person = Account::new(id(ada_id)).with_email(ada().emails()[0].clone());
    let person = person.with_password(ada().password().unwrap().clone());
    let world = World::with(handing_over, [person]);
    world.accounts().let_administer(id(grace_id), id(ada_id));
    let operator = id(grace_id);
    let administered = world.recovery.administer(&operator, id(ada_id), world.now);
    let administered = block_on(administered).unwrap();
    let sent = world.recovery.send_reset(&administered, Delivery::LINK, seed(), world.now);
    let _sent = block_on(sent).unwrap();
    let _worked = world.work();
    let admitted = world.admit_link(&token_in(&world.read().unwrap())).unwrap();
    // While it runs, a row is longest.
    world.trace.lose_answer("accounts.write");
    assert!(world.commit(&admitted, NEW).is_err());
    let row = world.rows().remove(0).to_bytes();
    assert!(row.len() <= 320, "{} bytes", row.len());
    assert!(row.windows(16).any(|part| part == grace_id.as_bytes()));
}

#[test]
fn strangers_do_not_use_up_the_messages_of_operators_and_operators_not_those_of_the_owner() {
    let mut world = world();
    for _ in 0..6 {
        world.ask(&by_email(), Delivery::LINK);
    }
    while world.take().is_some() {}
    for _ in 0..5 {
        let _sent = world.send(Delivery::LINK).unwrap();
    }
    let refused = world.send(Delivery::LINK).unwrap_err();
    let until = world.now + Duration::from_secs(12 * 60 * 60);
    assert_eq!(refused.answer(), Answer::Throttled { until });
    let _worked = world.work();
    while world.take().is_some() {}
    world.wait(12 * 60 * 60);
    for _ in 0..5 {
        let _sent = world.send(Delivery::LINK).unwrap();
    }
    let _worked = world.work();
    while world.take().is_some() {}
    assert!(world.admit_link(&world.link()).is_ok());
}

#[test]
fn an_operator_starts_nothing_after_ten_minutes_or_without_an_address() {
    let mut world = world();
    let administered = world.administered();
    world.wait(10 * 60);
    let late = world.recovery.send_reset(&administered, Delivery::LINK, seed(), world.now);
    assert!(matches!(block_on(late), Err(StartError::Expired)));
    let hand_over = administered.hand_over().unwrap();
    let late = world.recovery.spoken_secret(hand_over, seed(), world.now);
    assert!(matches!(block_on(late), Err(StartError::Expired)));
    let password = ada().password().unwrap().clone();
    world.put(Account::new(id("1")).with_password(password));
    assert!(matches!(world.send(Delivery::LINK), Err(StartError::NoAddress)));
}

/// E3, E6, E24: read aloud, entered with the login, and without any mail.
#[test]
fn e03_e06_e24_an_operator_reads_out_a_secret_without_mail() {
    let password = ada().password().unwrap().clone();
    let without_mail = Account::new(id("1")).with_login(ada().login().unwrap().clone());
    let world = World::with(handing_over, [without_mail.with_password(password), grace()]);
    world.accounts().let_administer(id("2"), id("1"));
    world.calls();
    let secret = world.spoken();
    let right = [
        "counters.count",
        "accounts.load",
        "accounts.may_administer",
        "counters.count",
        "attempts.insert",
    ];
    assert_eq!(world.calls(), right);
    // Fifteen letters, at least 64 bits, in groups.
    assert_eq!(secret.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 3]);
    assert!(CodeShape::SPOKEN.entropy_bits() >= 64.0);
    let typed = format!(" {} ", secret.to_lowercase().replace('-', " "));
    let admitted = world.admit_spoken(&by_login(), &typed).unwrap();
    let after = world.commit(&admitted, NEW).unwrap();
    assert!(world.signs_in(NEW));
    assert_eq!((after.occasion(), after.operator()), (Occasion::Reset, Some(&id("2"))));
    // Once.
    assert_eq!(world.admit_spoken(&by_login(), &secret).unwrap_err().code(), "reset_superseded");
}

/// Known, unknown, disabled, without a secret: the same calls, and one answer.
#[test]
fn a_secret_for_nobody_is_asked_for_like_any_other() {
    let others = [grace(), ada_twin("8").disabled(), ada_twin("9")];
    let world = World::with(handing_over, others.into_iter().chain([ada()]));
    world.accounts().let_administer(id("2"), id("1"));
    let _secret = world.spoken();
    let wrong = "BCDF-GHJK-LMNP-QRS";
    let refused = Answer::Refused { tries_left: None };
    world.calls();
    for lookup in
        [by_login(), Lookup::login("grace").unwrap(), nobody(), by_twin("8"), by_twin("9")]
    {
        let error = world.admit_spoken(&lookup, wrong).unwrap_err();
        assert_eq!((error.answer(), error.code()), (refused, "reset_wrong_code"));
        assert_eq!(world.calls(), ["accounts.find", "attempts.list"]);
    }
}

fn ada_twin(number: &str) -> Account {
    let login = repass::account::Login::new(&format!("twin{number}")).unwrap();
    Account::new(id(number)).with_login(login).with_password(ada().password().unwrap().clone())
}

fn by_twin(number: &str) -> Lookup {
    Lookup::login(&format!("twin{number}")).unwrap()
}

/// What is typed is compared with three secrets at most, however many an operator has read out.
#[test]
fn only_the_three_newest_secrets_of_an_account_are_good() {
    let mut world = world();
    let mut secrets = Vec::new();
    for _ in 0..4 {
        secrets.push(world.spoken());
        world.wait(1);
    }
    let codes = secrets.iter().map(|secret| match world.admit_spoken(&by_login(), secret) {
        Ok(admitted) => admitted.event().code(),
        Err(error) => error.code(),
    });
    let right = ["reset_wrong_code", "reset_admitted", "reset_admitted", "reset_admitted"];
    assert_eq!(codes.collect::<Vec<_>>(), right);
}

/// Everybody who knows a user name can guess at its secrets. That uses up neither the codes of the owner nor
/// the secret that was read out (NIST SP 800-63B-4 section 3.1.2.2: 64 bits need no limit).
#[test]
fn guesses_at_secrets_use_up_neither_codes_nor_secrets() {
    let world = world();
    let secret = world.spoken();
    for _ in 0..100 {
        let wrong = world.admit_spoken(&by_login(), "BCDF-GHJK-LMNP-QRS").unwrap_err();
        assert_eq!(wrong.code(), "reset_wrong_code");
    }
    let (handle, code) = world.code();
    assert!(world.admit_code(&handle, &code).is_ok());
    assert!(world.admit_spoken(&by_login(), &secret).is_ok());
}

/// Nor do guesses at codes use up what an operator read out.
#[test]
fn a_secret_is_good_when_the_codes_of_the_day_are_spent() {
    let mut world = world();
    world.spend_the_day();
    let secret = world.spoken();
    assert!(world.admit_spoken(&by_login(), &secret).is_ok());
}

#[test]
fn a_mistyped_secret_costs_nothing() {
    let world = world();
    world.calls();
    let mistyped = world.admit_spoken(&by_login(), "BCDF-GHJK").unwrap_err();
    assert_eq!((mistyped.code(), mistyped.answer()), ("code_malformed", Answer::Invalid));
    assert!(world.calls().is_empty());
}

#[test]
fn a_secret_expires_with_the_life_of_codes_and_is_good_for_its_account_alone() {
    let mut world = world();
    let secret = world.spoken();
    let other = Lookup::login("grace").unwrap();
    assert_eq!(world.admit_spoken(&other, &secret).unwrap_err().code(), "reset_wrong_code");
    world.wait(10 * 60 - 1);
    assert!(world.admit_spoken(&by_login(), &secret).is_ok());
    world.wait(1);
    assert_eq!(world.admit_spoken(&by_login(), &secret).unwrap_err().code(), "reset_wrong_code");
}

/// A service that turns it off does not compare what was read out before.
#[test]
fn secrets_are_not_compared_where_operators_hand_over_nothing() {
    let world = world();
    let secret = world.spoken();
    let off = world.beside(|builder| builder.operators(Operators::StartResets));
    world.calls();
    assert_eq!(off.admit_spoken(&by_login(), &secret).unwrap_err().code(), "reset_unknown");
    assert!(world.calls().is_empty());
}

#[test]
fn operators_do_not_flood_an_account_with_secrets() {
    let limits = Limits::default().spoken_secrets(2);
    let world = World::with(|builder| handing_over(builder).limits(limits), [ada(), grace()]);
    world.accounts().let_administer(id("2"), id("1"));
    let [_, _] = [world.spoken(), world.spoken()];
    let administered = world.administered();
    let hand_over = administered.hand_over().unwrap();
    let refused = block_on(world.recovery.spoken_secret(hand_over, seed(), world.now));
    assert!(matches!(refused, Err(StartError::Throttled { .. })));
}

/// The store has no secret: neither in the row nor in the result's `Debug`.
#[test]
fn a_spoken_secret_is_nowhere_but_in_its_value() {
    let world = world();
    let administered = world.administered();
    let hand_over = administered.hand_over().unwrap();
    let secret = block_on(world.recovery.spoken_secret(hand_over, seed(), world.now)).unwrap();
    let plain = secret.code().expose_plain();
    let shown = format!("{secret:?}{}", secret.event());
    assert!(!shown.contains(&**plain));
    let row = world.attempts().dump().remove(0);
    assert!(!row.windows(6).any(|part| part == &plain.as_bytes()[..6]));
}

#[test]
fn a_policy_is_asked_about_what_the_owner_chooses() {
    let world = world();
    let admitted = world.admit_spoken(&by_login(), &world.spoken()).unwrap();
    let policy = Policy::builder().max_similarity(0.7).build().unwrap();
    let similar = repass::secret::Password::new("lovelace1").unwrap();
    let hasher = crate::world::hasher();
    assert!(admitted.set_password(&similar, &policy, &hasher, crate::world::salt()).is_err());
    let same: &AccountId = admitted.account().id();
    assert_eq!(same, &id("1"));
}
