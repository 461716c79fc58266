//! A2: a code that was right is counted once, whatever fails afterwards.

use pollster::block_on;
use repass::policy::Policy;
use repass::recovery::Recovery;
use repass::reset::{AdmitError, Admitted, Delivery, Proof, Refusal, RefusalReason, SetError};
use repass::secret::{Password, Salt};

use crate::recovering::{Shared, obtain, over};
use crate::steps::{Event, at_each, choose, crash_commit, drive, reset};
use crate::world::{Dice, ada, at, flow, hasher};

struct Form {
    recovery: Recovery<Shared>,
    dice: Dice,
    handle: String,
    code: String,
}

impl Form {
    fn new() -> Self {
        let mut dice = Dice(2);
        let account = ada(&mut dice);
        let recovery = over(flow().build().unwrap(), account);
        let (handle, code) = obtain(&recovery, Delivery::CODE, &mut dice, at(0));
        Self { recovery, dice, handle, code }
    }

    fn proof(&self) -> Proof<'_> {
        Proof::Code { handle: &self.handle, code: &self.code }
    }

    fn admit(&self, proof: Proof<'_>, second: i64) -> Result<Admitted, AdmitError> {
        block_on(self.recovery.admit(proof, None, at(second)))
    }

    /// What a wrong code leaves of the five tries on the handle, this one included.
    fn left_after_a_wrong_code(&self, second: i64) -> Option<u32> {
        let proof = Proof::Code { handle: &self.handle, code: "BBBB-BBBB" };
        match self.admit(proof, second) {
            Err(AdmitError::Refused(Refusal::Refused { tries_left, .. })) => tries_left,
            other => panic!("{other:?}"),
        }
    }

    fn refuses(&mut self, admitted: &Admitted, weak: &str) {
        let policy = Policy::builder().min_length(12).build().unwrap();
        let salt = Salt::generate(&mut self.dice).unwrap();
        let weak = Password::new(weak).unwrap();
        let refused = admitted.set_password(&weak, &policy, &hasher(), salt);
        assert!(matches!(refused, Err(SetError::Policy(_))), "{refused:?}");
    }
}

fn ticket_of(error: AdmitError) -> String {
    error.ticket().unwrap_or_else(|| panic!("no ticket: {error:?}")).expose_secret().to_owned()
}

#[test]
fn a02_five_weak_passwords_through_one_form_count_one_code() {
    let mut form = Form::new();
    let admitted = form.admit(form.proof(), 1).unwrap();
    form.refuses(&admitted, "weak");
    // Each further submit shows the ticket instead of the code.
    let mut ticket = admitted.ticket().unwrap().expose_secret().to_owned();
    for second in 2..7 {
        let admitted = form.admit(Proof::Ticket(&ticket), second).unwrap();
        form.refuses(&admitted, "weak");
        ticket = admitted.ticket().unwrap().expose_secret().to_owned();
    }
    assert_eq!(form.left_after_a_wrong_code(7), Some(3));
    reset(&form.recovery, Proof::Ticket(&ticket), &mut form.dice, at(8));
}

/// The control: a form that submits the code each time spends it.
#[test]
fn a02_a_form_without_tickets_spends_the_code() {
    let form = Form::new();
    for second in 1..6 {
        assert!(form.admit(form.proof(), second).is_ok());
    }
    let refused = form.admit(form.proof(), 6).unwrap_err();
    assert_eq!(refused.code(), RefusalReason::HandleSpent.code());
}

#[test]
fn a02_a_user_table_that_fails_after_the_comparison_still_yields_a_ticket() {
    let mut form = Form::new();
    let mut ticket: Option<String> = None;
    for second in 1..10 {
        let proof = ticket.as_deref().map_or(form.proof(), Proof::Ticket);
        let step = form.recovery.flow().admit(proof, None, at(second));
        let away = at_each("load account", Event::FailsBefore);
        let failed = drive(step, form.recovery.ports(), at(second), away).unwrap().unwrap_err();
        assert_eq!(failed.code(), "accounts_failed");
        ticket = Some(ticket_of(failed));
    }
    assert_eq!(form.left_after_a_wrong_code(10), Some(3));
    reset(&form.recovery, Proof::Ticket(&ticket.unwrap()), &mut form.dice, at(11));
}

#[test]
fn a02_while_the_lease_of_a_crashed_commit_runs_there_is_a_ticket() {
    let mut form = Form::new();
    let (handle, code) = (form.handle.clone(), form.code.clone());
    let proof = Proof::Code { handle: &handle, code: &code };
    let crash = at_each("write", Event::CrashesBefore);
    crash_commit(&form.recovery, proof, &mut form.dice, at(1), crash);
    let mut ticket: Option<String> = None;
    for second in 2..20 {
        let proof = ticket.as_deref().map_or(form.proof(), Proof::Ticket);
        let running = form.admit(proof, second).unwrap_err();
        assert_eq!(running.code(), "reset_running");
        ticket = Some(ticket_of(running));
    }
    // The lease of 60 s is over, and the same ticket sets the password.
    reset(&form.recovery, Proof::Ticket(&ticket.unwrap()), &mut form.dice, at(61));
    assert_eq!(form.left_after_a_wrong_code(62), Some(2));
}

#[test]
fn a02_tickets_do_not_prolong_each_other_and_end_with_use() {
    let mut form = Form::new();
    let first = form.admit(form.proof(), 0).unwrap();
    assert_eq!(first.usable_until(), at(600));
    let ticket = first.ticket().unwrap().expose_secret().to_owned();
    let second = form.admit(Proof::Ticket(&ticket), 500).unwrap();
    assert_eq!(second.usable_until(), at(600));
    let later = second.ticket().unwrap().expose_secret().to_owned();
    for ticket in [&ticket, &later] {
        let over = form.admit(Proof::Ticket(ticket), 600).unwrap_err();
        assert_eq!(over.code(), "token_expired");
    }
    let change = choose(&second, "plum-kettle-42", &mut form.dice);
    let after = block_on(form.recovery.commit(change, at(501))).unwrap();
    for ticket in [&ticket, &later] {
        assert!(form.admit(Proof::Ticket(ticket), 502).is_err());
    }
    block_on(form.recovery.settle(&after, at(503))).unwrap();
    for ticket in [&ticket, &later] {
        let used = form.admit(Proof::Ticket(ticket), 504).unwrap_err();
        assert_eq!(used.code(), RefusalReason::Used.code());
    }
}

/// A form that was opened in the last second of a code is given its ten minutes, whatever a clock that
/// is ahead purges meanwhile.
#[test]
fn a02_a_ticket_outlives_its_code() {
    let mut form = Form::new();
    let admitted = form.admit(form.proof(), 599).unwrap();
    assert_eq!(admitted.usable_until(), at(1_199));
    let ticket = admitted.ticket().unwrap().expose_secret().to_owned();
    assert!(form.admit(form.proof(), 600).is_err());
    let ahead = block_on(form.recovery.housekeep(at(1_198 + 120)));
    assert_eq!(ahead.purged_attempts, 0);
    reset(&form.recovery, Proof::Ticket(&ticket), &mut form.dice, at(1_198));
}
