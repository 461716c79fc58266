//! A21: a chain of errors prints each text once.

use core::error::Error;
use core::time::Duration;

use pollster::block_on;
use repass::account::Lookup;
use repass::attempt::AttemptRow;
use repass::code::CodeError;
use repass::hash::HashError;
use repass::key::KeyId;
use repass::language::Language;
use repass::message::{
    MessageKind, MessageText, Messages, MessagesError, Placeholder, RenderError, Template,
};
use repass::policy::Policy;
use repass::port::PortFailure;
use repass::reset::{
    AdmitError, CommitError, CurrentError, CurrentPasswordError, Delivery, FlowError, Limits,
    Proof, Refusal, RefusalReason, RequestError, SealedError, SetError,
};
use repass::scope::Scope;
use repass::secret::{Password, Salt};

use crate::answers::token_errors;
use crate::recovering::{lookup, obtain, over, seed};
use crate::steps::{Event, at_each, choose, crash_commit, drive};
use crate::world::{Dice, ada, at, flow, hasher};

/// Each text of the chain, which no other text of it repeats.
pub(crate) fn once(error: &dyn Error) -> Vec<String> {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        texts.push(error.to_string());
        next = error.source();
    }
    for (at, text) in texts.iter().enumerate() {
        assert!(!text.is_empty());
        let repeats =
            |other: &String| other.contains(text.as_str()) || text.contains(other.as_str());
        assert!(!texts[at + 1..].iter().any(repeats), "{texts:?}");
    }
    texts
}

/// A failure of each port that an operation can meet, with the error of the adapter as its source.
#[test]
fn a21_failures_of_ports() {
    let mut dice = Dice(30);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let fails = |name| at_each(name, Event::FailsBefore);
    let check = |error: &dyn Error, port: &str| {
        let texts = once(error);
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[0].contains(port), "{texts:?}");
        assert_eq!(texts[1], "injected");
    };
    let flow = recovery.flow();
    let ports = recovery.ports();
    for (name, port) in [("count", "counters"), ("push", "queue")] {
        let step = flow.request(lookup(), Delivery::LINK, None, seed(&mut dice), at(0));
        let error = drive(step, ports, at(0), fails(name)).unwrap().unwrap_err();
        check(&error, port);
    }
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
    for (name, port) in [("load attempt", "table of attempts"), ("load account", "user table")] {
        let step = flow.admit(Proof::Link(&link), None, at(1));
        check(&drive(step, ports, at(1), fails(name)).unwrap().unwrap_err(), port);
    }
    let step = flow.current(crate::world::id(), at(1));
    check(&drive(step, ports, at(1), fails("count")).unwrap().unwrap_err(), "counters");
    let admitted = block_on(recovery.admit(Proof::Link(&link), None, at(1))).unwrap();
    let change = choose(&admitted, "plum-kettle-42", &mut dice);
    let step = flow.commit(change, at(1));
    check(&drive(step, ports, at(1), fails("swap")).unwrap().unwrap_err(), "table of attempts");
    let failed = block_on(async {
        let step = flow.housekeep(at(2));
        drive(step, ports, at(2), |_| Event::FailsBefore).unwrap()
    });
    assert_eq!(failed.failures.len(), 3);
    let of_port = |failure: &PortFailure| check(failure, "the ");
    failed.failures.iter().for_each(of_port);
}

#[test]
fn a21_errors_of_the_flow() {
    let mut dice = Dice(31);
    let key_id = KeyId::new(517);
    for error in token_errors() {
        once(&error);
        once(&Refusal::Token(error));
        once(&AdmitError::Refused(Refusal::Token(error)));
        once(&RequestError::Clock(error));
    }
    for error in [CodeError::Malformed { length: 8 }, CodeError::UnknownKey { key_id }] {
        once(&AdmitError::Refused(Refusal::Code(error)));
    }
    for reason in [RefusalReason::WrongCode, RefusalReason::Used, RefusalReason::Superseded] {
        let refused = Refusal::Refused { reason, tries_left: Some(3) };
        once(&AdmitError::Refused(refused));
    }
    once(&RequestError::Throttled { until: at(0) });
    once(&RequestError::Full);
    for error in [CommitError::Expired, CommitError::Taken, CommitError::Superseded] {
        once(&error);
    }
    for error in [
        HashError::Malformed,
        HashError::UnsupportedScheme,
        HashError::OverCeiling { parameter: "m" },
        HashError::UnknownPepper { id: key_id },
        HashError::Busy,
        HashError::OutOfMemory,
    ] {
        once(&SetError::Hash(error));
        once(&CurrentError::Hash(error));
        once(&CurrentPasswordError::Refused(CurrentError::Hash(error)));
    }
    for error in [
        CurrentError::Throttled { until: at(0) },
        CurrentError::WrongPassword,
        CurrentError::NoPassword,
        CurrentError::AccountGone,
        CurrentError::AccountDisabled,
    ] {
        once(&CurrentPasswordError::Refused(error));
    }
    let scope = flow().build().unwrap().scope().tag();
    for error in [
        SealedError::Malformed,
        SealedError::OtherScope { scope },
        SealedError::UnknownKey { key_id },
        SealedError::RetiredKey { key_id },
        SealedError::Forged,
        SealedError::Expired,
    ] {
        once(&error);
    }
    once(&AttemptRow::from_bytes(&[]).unwrap_err());
    once(&Lookup::email("ada").unwrap_err());
    once(&Lookup::login("").unwrap_err());
    once(&Scope::clone(flow().build().unwrap().scope()).for_tenant("").unwrap_err());

    // Errors that carry others.
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
    let admitted = block_on(recovery.admit(Proof::Link(&link), None, at(1))).unwrap();
    let policy = Policy::builder().min_length(12).build().unwrap();
    let salt = Salt::generate(&mut dice).unwrap();
    let weak = Password::new("weak").unwrap();
    once(&admitted.set_password(&weak, &policy, &hasher(), salt).unwrap_err());
    let crash = at_each("write", Event::CrashesBefore);
    crash_commit(&recovery, Proof::Link(&link), &mut dice, at(1), crash);
    let running = block_on(recovery.admit(Proof::Link(&link), None, at(2))).unwrap_err();
    assert!(matches!(running, AdmitError::Running { .. }));
    once(&running);
}

#[test]
fn a21_errors_of_a_configuration() {
    let minute = Duration::from_secs(59);
    for builder in [
        flow().link_life(minute),
        flow().limits(Limits::default().tries(0, 0)),
        flow()
            .limits(Limits::default().tries(100, 100))
            .code_shape(repass::code::CodeShape::digits(6).unwrap()),
    ] {
        once(&builder.build().unwrap_err());
    }
    let text = MessageText::new("Reset", "no link");
    let messages = Messages::builder().email(MessageKind::Link, Language::ENGLISH, text);
    let error = messages.build().unwrap_err();
    assert!(matches!(error, MessagesError::Template { .. }));
    assert_eq!(once(&error).len(), 2);
    assert_eq!(once(&FlowError::Messages(error)).len(), 2);
    once(&flow().site("").build().unwrap_err());
    let recovery = over(flow().build().unwrap(), ada(&mut Dice(32)));
    once(&recovery.for_tenant("", recovery.ports().clone()).unwrap_err());
    let error = Template::custom(text, &[Placeholder::Link("link")]).unwrap_err();
    once(&error);
    once(&RenderError::Template(error));
}
