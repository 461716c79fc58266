//! A20 and A21: every error that a person can meet has one answer, which has a code, a status for HTTP
//! and a time to wait, and each text of a chain of errors is said once.

use core::convert::Infallible;
use core::error::Error;
use core::fmt::Debug;
use std::collections::{BTreeMap, BTreeSet};

use pollster::block_on;
use repass::account::{
    ContactError, FieldError, FieldKind, FieldName, FieldNameError, FieldText, FieldTextError,
    Fields, Login, LoginError, Lookup, LookupError, PhoneError,
};
use repass::answer::{Answer, Answered};
use repass::code::CodeError;
use repass::hash::HashError;
use repass::key::KeyId;
use repass::policy::{Evidence, GenerateError, Personal, Policy, Violations, WhenUnknown};
use repass::port::PortFailure;
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::reset::{
    AddressLinkError, AddressRequestError, AdmitError, CommitError, CurrentError,
    CurrentPasswordError, Delivery, InviteError, OperatorError, OperatorRefusal, Outcome, Proof,
    Refusal, RefusalReason, RequestError, RequireChangeError, ResendError, ResendToError, SetError,
    StartError, StopError, TemporaryError,
};
use repass::secret::{Password, PasswordError, RandomError, Salt};
use repass::sign_in::{SignInError, SignInRefusal};
use repass::time::{Duration, UtcDateTime};
use repass::token::TokenError;

use crate::error_texts::once;
use crate::recovering::{obtain, over, request, seed, work};
use crate::sources::sources;
use crate::steps::{Event, at_each, crash_commit, drive};
use crate::world::{Dice, ada, at, flow};

const REFUSED: Answer = Answer::Refused { tries_left: None };
const THREE_LEFT: Answer = Answer::Refused { tries_left: Some(3) };

/// Errors that only an operator or the author of a service meets, and why.
const NO_PERSON: &[&str] = &[
    // Configuration, keys and policies.
    "AboveCeiling",
    "AuthorConfigError",
    "BuildListError",
    "CatalogueError",
    "ChannelError",
    "CostError",
    "FieldNameError",
    "FlowError",
    "LanguageError",
    "LimitError",
    "MessagesError",
    "RenderError",
    "Unproven",
    "GeneratorError",
    "KeyError",
    "LinkError",
    "ListError",
    "NotCovered",
    "OriginError",
    "PolicyConfigError",
    "PolicyError",
    "PrintRulesError",
    "ScopeError",
    "ShapeError",
    "SmsError",
    "TemplateError",
    // What another system wrote, which gets the code of the error.
    "AuthorError",
    // What a store, a queue or a connection holds.
    "IdError",
    "PortError",
    "RowError",
    "SealedError",
    "SourceError",
    "StoredHashError",
    // Makes passwords for an operator, or is a part of another error.
    "BreachUnknown",
    "GenerateError",
    "RefusalReason",
    "WrongAnswer",
    // A table in memory that is full, which a failure of a port carries; the tests of a port.
    "Full",
    "Unproven",
];

/// The errors of one type, by the names of their variants, and what is answered.
#[derive(Default)]
struct Walk(BTreeMap<&'static str, BTreeSet<String>>);

impl Walk {
    fn meet<E: Answered + Error + Debug + 'static>(
        &mut self,
        cases: impl IntoIterator<Item = (E, Answer)>,
    ) {
        let name = core::any::type_name::<E>().rsplit("::").next().unwrap();
        for (error, right) in cases {
            assert_eq!(error.answer(), right, "{error:?}");
            once(&error);
            let debug = format!("{error:?}");
            let end = debug.find(|one: char| !one.is_alphanumeric()).unwrap_or(debug.len());
            self.0.entry(name).or_default().insert(debug[..end].to_owned());
        }
    }
}

#[test]
fn a20_a21_every_error_that_a_person_can_meet_has_an_answer_and_says_each_thing_once() {
    let mut walk = Walk::default();
    identifiers(&mut walk);
    tokens_codes_and_hashes(&mut walk);
    passwords(&mut walk);
    the_flow(&mut walk);

    let declared = declared();
    let known = walk.0.keys().copied().chain(NO_PERSON.iter().copied()).map(str::to_owned);
    let known: BTreeSet<_> = known.collect();
    let unknown: Vec<_> = declared.keys().filter(|name| !known.contains(*name)).collect();
    assert!(unknown.is_empty(), "has a person an answer for {unknown:?}?");
    for (name, met) in &walk.0 {
        let variants = &declared[*name];
        assert!(variants.is_empty() || variants == met, "{name} has {variants:?}, met {met:?}");
    }
}

fn identifiers(walk: &mut Walk) {
    let max_bytes = 254;
    let contact = [
        ContactError::TooLong { max_bytes },
        ContactError::NoAt,
        ContactError::LocalPart,
        ContactError::Domain,
        ContactError::DomainNotAscii,
    ];
    walk.meet(contact.map(|error| (error, Answer::Invalid)));
    let login: LoginError = Login::new("").unwrap_err();
    walk.meet([(login, Answer::Invalid)]);
    let phone = [
        PhoneError::NotInternational,
        PhoneError::Character,
        PhoneError::Digits { min: 8, max: 15 },
        PhoneError::CountryCode,
        PhoneError::TrunkPrefix,
    ];
    walk.meet(phone.map(|error| (error, Answer::Invalid)));
    let lookup = [
        LookupError::Email(ContactError::NoAt),
        LookupError::Login(login),
        LookupError::Phone(PhoneError::Character),
    ];
    walk.meet(lookup.map(|error| (error, Answer::Invalid)));
    let text: FieldTextError = FieldText::new("").unwrap_err();
    walk.meet([(text, Answer::Invalid)]);
    let name: FieldNameError = FieldName::new("").unwrap_err();
    let fields = Fields::new([("Nick", FieldKind::Login)]).unwrap();
    let twice = Fields::new([("Nick", FieldKind::Login), ("Nick", FieldKind::Text)]);
    let field = [
        FieldError::Name(name),
        twice.unwrap_err(),
        fields.lookup("nick", "ada").unwrap_err(),
        fields.recipient("Nick").unwrap_err(),
        fields.lookup("Nick", "").unwrap_err(),
        FieldError::Text(text),
    ];
    walk.meet(field.map(|error| (error, Answer::Invalid)));
}

pub(crate) fn token_errors() -> [TokenError; 8] {
    let (key_id, expires_at) = (KeyId::new(517), at(0));
    [
        TokenError::Malformed,
        TokenError::UnknownKey { key_id },
        TokenError::RetiredKey { key_id },
        TokenError::Forged,
        TokenError::Expired { expires_at },
        TokenError::TooFarAhead { expires_at },
        TokenError::OtherState,
        TokenError::Expiry,
    ]
}

fn code_errors() -> [(CodeError, Answer); 2] {
    [
        (CodeError::Malformed { length: 8 }, Answer::Invalid),
        (CodeError::UnknownKey { key_id: KeyId::new(517) }, REFUSED),
    ]
}

fn hash_errors() -> [HashError; 6] {
    [
        HashError::Malformed,
        HashError::UnsupportedScheme,
        HashError::OverCeiling { parameter: "m" },
        HashError::UnknownPepper { id: KeyId::new(517) },
        HashError::Busy,
        HashError::OutOfMemory,
    ]
}

fn tokens_codes_and_hashes(walk: &mut Walk) {
    walk.meet(token_errors().map(|error| (error, REFUSED)));
    walk.meet(code_errors());
    walk.meet(hash_errors().map(|error| (error, Answer::Unavailable)));
}

fn violations(evidence: Evidence<'_>, password: &str) -> Violations {
    let policy =
        Policy::builder().min_length(8).max_breaches(0, WhenUnknown::Refuse).build().unwrap();
    let password = Password::new(password).unwrap();
    policy.check_with(&password, &Personal::none(), evidence).unwrap_err()
}

fn passwords(walk: &mut Walk) {
    let weak = || violations(Evidence::of_reset(), "weak");
    // Nothing is wrong with it but that nobody could tell: another one would be refused as well.
    let unasked = || violations(Evidence::of_reset(), "plum-kettle-42");
    assert!(unasked().iter().all(|one| one.code() == "password_breach_unknown"));
    walk.meet([(weak(), Answer::Invalid), (unasked(), Answer::Unavailable)]);
    walk.meet([
        (SetError::Policy(weak()), Answer::Invalid),
        (SetError::Policy(unasked()), Answer::Unavailable),
    ]);
    walk.meet(hash_errors().map(|error| (SetError::Hash(error), Answer::Unavailable)));
    walk.meet([
        (PasswordError::TooManyBytes { max_bytes: 4096 }, Answer::Invalid),
        (PasswordError::ConfirmationMismatch, Answer::Invalid),
    ]);
    let random: RandomError = Salt::generate(&mut Stuck).unwrap_err();
    walk.meet([(random, Answer::Unavailable)]);
}

fn the_flow(walk: &mut Walk) {
    let until = at(90);
    let throttled = Answer::Throttled { until };
    walk.meet([(failure("count"), Answer::Unavailable)]);
    walk.meet([
        (RequestError::Throttled { until }, throttled),
        (RequestError::Full, Answer::Unavailable),
        (RequestError::OtherScope, Answer::Unavailable),
        (RequestError::Clock(TokenError::Expiry), Answer::Unavailable),
        (RequestError::Failed(failure("count")), Answer::Unavailable),
    ]);
    walk.meet([
        (ResendToError::OtherAccount, REFUSED),
        (ResendToError::NotSent(Outcome::Disabled), REFUSED),
        (ResendToError::Throttled { until }, throttled),
        (ResendToError::Clock(TokenError::Expiry), Answer::Unavailable),
        (ResendToError::Failed(failure("count")), Answer::Unavailable),
    ]);
    walk.meet([
        (ResendError::Refused(Refusal::Token(TokenError::Forged)), REFUSED),
        (ResendError::Throttled { until }, throttled),
        (ResendError::Full, Answer::Unavailable),
        (ResendError::Failed(failure("count")), Answer::Unavailable),
    ]);
    walk.meet(token_errors().map(|error| (Refusal::Token(error), REFUSED)));
    walk.meet(code_errors().map(|(error, right)| (Refusal::Code(error), right)));
    let reasons = [
        RefusalReason::UnknownAttempt,
        RefusalReason::WrongCode,
        RefusalReason::HandleSpent,
        RefusalReason::AccountSpent,
        RefusalReason::Used,
        RefusalReason::Superseded,
        RefusalReason::AccountGone,
        RefusalReason::AccountDisabled,
        RefusalReason::OtherAccount,
    ];
    let refused = |reason| Refusal::Refused { reason, tries_left: Some(3) };
    walk.meet(reasons.map(|reason| (refused(reason), THREE_LEFT)));
    walk.meet(reasons.map(|reason| (AdmitError::Refused(refused(reason)), THREE_LEFT)));
    walk.meet(token_errors().map(|error| (AdmitError::from(Refusal::from(error)), REFUSED)));
    walk.meet(code_errors().map(|(error, right)| (AdmitError::from(Refusal::from(error)), right)));
    walk.meet([(AdmitError::from(failure("count")), Answer::Unavailable)]);
    walk.meet(ticketed().map(|error| (error, Answer::Unavailable)));
    let current = || {
        let others = [
            CurrentError::WrongPassword,
            CurrentError::NoPassword,
            CurrentError::AccountGone,
            CurrentError::AccountDisabled,
            CurrentError::RecoveryRequired,
            CurrentError::PasswordExpired,
        ];
        let hash = hash_errors().map(|error| (CurrentError::Hash(error), Answer::Unavailable));
        let throttled = [(CurrentError::Throttled { until }, throttled)];
        throttled.into_iter().chain(hash).chain(others.map(|error| (error, REFUSED)))
    };
    walk.meet(current());
    walk.meet(current().map(|(error, right)| (CurrentPasswordError::from(error), right)));
    walk.meet([(CurrentPasswordError::from(failure("count")), Answer::Unavailable)]);
    let sign_in = [
        (SignInError::Throttled { until }, throttled),
        (SignInError::Refused(SignInRefusal::WrongPassword), REFUSED),
        (SignInError::Refused(SignInRefusal::Unreadable(HashError::Malformed)), REFUSED),
        (SignInError::RecoveryRequired, REFUSED),
        (SignInError::PasswordExpired, REFUSED),
        (SignInError::Superseded, Answer::Unavailable),
        (SignInError::Clock(TokenError::Expiry), Answer::Unavailable),
        (SignInError::Failed(failure("count")), Answer::Unavailable),
    ];
    walk.meet(sign_in);
    walk.meet([
        (CommitError::Expired, REFUSED),
        (CommitError::Taken, REFUSED),
        (CommitError::Superseded, REFUSED),
        (CommitError::OperatorRefused, REFUSED),
        (CommitError::MustChangeUnsupported, Answer::Unavailable),
        (CommitError::Failed(failure("count")), Answer::Unavailable),
    ]);
    walk.meet([
        (StopError::Off, REFUSED),
        (StopError::Refused(Refusal::Token(TokenError::Forged)), REFUSED),
        (StopError::Unsupported, Answer::Unavailable),
        (StopError::Failed(failure("count")), Answer::Unavailable),
    ]);
    walk.meet([
        (AddressRequestError::AccountGone, REFUSED),
        (AddressRequestError::AccountDisabled, REFUSED),
        (AddressRequestError::RecoveryRequired, REFUSED),
        (AddressRequestError::NotPending, REFUSED),
        (AddressRequestError::NotVerified, REFUSED),
        (AddressRequestError::Throttled { until }, throttled),
        (AddressRequestError::Clock(TokenError::Expiry), Answer::Unavailable),
        (AddressRequestError::Failed(failure("count")), Answer::Unavailable),
    ]);
    walk.meet([
        (AddressLinkError::Refused(Refusal::Token(TokenError::Forged)), REFUSED),
        (AddressLinkError::Running, Answer::Unavailable),
        (AddressLinkError::Failed(failure("count")), Answer::Unavailable),
    ]);
    operators(walk);
}

fn operators(walk: &mut Walk) {
    let until = at(90);
    walk.meet([
        (OperatorError::Throttled { until }, Answer::Throttled { until }),
        (OperatorError::HandOverOff, REFUSED),
        (OperatorError::Failed(failure("count")), Answer::Unavailable),
    ]);
    let reasons = [
        OperatorRefusal::Unknown,
        OperatorRefusal::SeveralAccounts,
        OperatorRefusal::Oneself,
        OperatorRefusal::NotAdministered,
        OperatorRefusal::Disabled,
    ];
    walk.meet(reasons.map(|reason| (OperatorError::Refused(reason), REFUSED)));
    let exhausted = GenerateError::Exhausted { draws: 1 };
    walk.meet([(TemporaryError::Generate(exhausted), Answer::Unavailable)]);
    walk.meet(hash_errors().map(|error| (TemporaryError::Hash(error), Answer::Unavailable)));
    walk.meet([
        (StartError::Expired, REFUSED),
        (StartError::NoAddress, REFUSED),
        (StartError::Throttled { until }, Answer::Throttled { until }),
        (StartError::SmsCap, Answer::Unavailable),
        (StartError::Clock(TokenError::Expiry), Answer::Unavailable),
        (StartError::Failed(failure("count")), Answer::Unavailable),
    ]);
    walk.meet([
        (RequireChangeError::Expired, REFUSED),
        (RequireChangeError::NoPassword, REFUSED),
        (RequireChangeError::OperatorRefused, REFUSED),
        (RequireChangeError::Superseded, REFUSED),
        (RequireChangeError::Unsupported, Answer::Unavailable),
        (RequireChangeError::Failed(failure("count")), Answer::Unavailable),
    ]);
    walk.meet([
        (InviteError::AccountGone, REFUSED),
        (InviteError::AccountDisabled, REFUSED),
        (InviteError::HasPassword, REFUSED),
        (InviteError::NoAddress, REFUSED),
        (InviteError::Throttled { until }, Answer::Throttled { until }),
        (InviteError::SmsCap, Answer::Unavailable),
        (InviteError::Clock(TokenError::Expiry), Answer::Unavailable),
        (InviteError::Failed(failure("count")), Answer::Unavailable),
    ]);
}

/// A failure of a port, as an operation meets it.
fn failure(call: &'static str) -> PortFailure {
    let mut dice = Dice(60);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let step = recovery.flow().current(crate::world::id(), at(0));
    let fails = at_each(call, Event::FailsBefore);
    match drive(step, recovery.ports(), at(0), fails).unwrap() {
        Err(CurrentPasswordError::Failed(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

/// Errors after the proof was right: a port that failed, and a commit that runs.
fn ticketed() -> [AdmitError; 2] {
    let mut dice = Dice(61);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let (_, link) = obtain(&recovery, Delivery::LINK, &mut dice, at(0));
    let step = recovery.flow().admit(Proof::Link(&link), None, at(1));
    let away = at_each("load account", Event::FailsBefore);
    let failed = drive(step, recovery.ports(), at(1), away).unwrap().unwrap_err();
    let crash = at_each("write", Event::CrashesBefore);
    crash_commit(&recovery, Proof::Link(&link), &mut dice, at(1), crash);
    let running = block_on(recovery.admit(Proof::Link(&link), None, at(2))).unwrap_err();
    assert!(failed.ticket().is_some() && running.ticket().is_some());
    [failed, running]
}

/// A text that is no code is told from a wrong code, and costs no try.
#[test]
fn a20_a_mistyped_code_is_not_a_wrong_one() {
    let mut dice = Dice(62);
    let account = ada(&mut dice);
    let recovery = over(flow().build().unwrap(), account);
    let handle = request(&recovery, Delivery::CODE, &mut dice, at(0));
    let _ = work(&recovery, &mut dice, at(0));
    let answer = |handle: &str, code: &str| {
        let proof = Proof::Code { handle, code };
        block_on(recovery.admit(proof, None, at(1))).unwrap_err().answer()
    };
    for mistyped in ["", "BCDF", "BCDF-GHJ1", "BCDF-GHJK-L"] {
        assert_eq!(answer(&handle, mistyped), Answer::Invalid, "{mistyped}");
    }
    for left in (0..5).rev() {
        let wrong = answer(&handle, "BCDF-GHJK");
        assert_eq!(wrong, Answer::Refused { tries_left: Some(left) });
    }
    assert_eq!(answer(&handle, "BCDF"), Answer::Invalid);
    // What is said of a code depends on the text alone, unless the handle is none.
    let nobody = Lookup::email("nobody@example.org").unwrap();
    let asked = recovery.request(nobody, Delivery::CODE, None, seed(&mut dice), at(0));
    let decoy = block_on(asked).unwrap();
    assert_eq!(answer(decoy.expose_secret(), "BCDF"), Answer::Invalid);
    assert_eq!(answer("x", "BCDF"), REFUSED);
}

/// RFC 9110, and RFC 6585 for 429.
#[test]
fn a20_answers_have_codes_and_statuses() {
    let until = at(90);
    for (answer, code, status, text) in [
        (Answer::Accepted, "accepted", 202, "the request was accepted"),
        (Answer::Done, "done", 200, "done"),
        (Answer::Invalid, "invalid", 422, "what was typed cannot be used"),
        (REFUSED, "refused", 403, "refused"),
        (Answer::Refused { tries_left: Some(1) }, "refused", 403, "refused; 1 try is left"),
        (THREE_LEFT, "refused", 403, "refused; 3 tries are left"),
        (Answer::Throttled { until }, "throttled", 429, "try again at 2023-11-14 22:14:50.0 +00"),
        (Answer::Unavailable, "unavailable", 503, "try again later"),
    ] {
        assert_eq!((answer.code(), answer.http_status()), (code, status));
        assert_eq!(answer.to_string(), text);
        assert_eq!(Answered::answer(&answer), answer);
        let wait = matches!(answer, Answer::Throttled { .. }).then_some(90);
        assert_eq!(answer.retry_after(at(0)), wait);
    }
}

#[test]
fn a20_the_wait_is_rounded_up_to_whole_seconds() {
    let wait = |until: UtcDateTime, now| Answer::Throttled { until }.retry_after(now);
    let half = Duration::milliseconds(500);
    assert_eq!(wait(at(90), at(0) + half), Some(90));
    assert_eq!(wait(at(90), at(89) + half), Some(1));
    assert_eq!(wait(at(90) + half, at(0)), Some(91));
    assert_eq!(wait(at(90), at(90)), Some(0));
    assert_eq!(wait(at(90), at(500)), Some(0));
    let (first, last) = (UtcDateTime::MIN, UtcDateTime::MAX);
    let seconds = (last.unix_timestamp() - first.unix_timestamp()).unsigned_abs();
    // The last moment is a nanosecond before a whole second.
    assert_eq!(wait(last, first), Some(seconds + 1));
    assert_eq!(wait(first, last), Some(0));
}

/// In the sources, no error whose `source()` is the inner error says the text of the inner error, too.
#[test]
fn a21_no_error_has_its_source_in_its_text() {
    let mut with_source = 0;
    for (path, text) in sources() {
        for block in text.split("Error for ").skip(1) {
            let (name, rest) = block.split_once(" {").unwrap_or_default();
            let body = rest.split("\n}\n").next().unwrap_or_default();
            let carried = body.lines().filter(|line| line.contains("=> Some("));
            let variants: Vec<_> = carried.filter_map(variant_in).collect();
            let display = text.split_once(&format!("fmt::Display for {name} {{"));
            let display = display.map_or("", |(_, rest)| rest.split("\n}\n").next().unwrap());
            for variant in variants {
                let arm = display.split_once(&format!("Self::{variant}")).unwrap().1;
                let arm = arm.split("Self::").next().unwrap();
                let said = arm.contains(".fmt(f)") || arm.contains("{error}");
                assert!(!said, "{path}: {name}::{variant}");
                with_source += 1;
            }
        }
    }
    assert!(with_source > 0);
}

/// The name after `Self::` in a line.
fn variant_in(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("Self::")?;
    rest.split(|one: char| !one.is_alphanumeric()).next()
}

/// Every public type of an error in the sources, with the names of its variants; none for a struct.
fn declared() -> BTreeMap<String, BTreeSet<String>> {
    let mut declared = BTreeMap::new();
    for (_, text) in sources() {
        for kind in ["\npub enum ", "\npub struct ", "\nstruct "] {
            for block in text.split(kind).skip(1) {
                let end = block.find(|one: char| !one.is_alphanumeric()).unwrap_or_default();
                let name = &block[..end];
                if !text.contains(&format!("Error for {name} ")) && name != "PortError" {
                    continue;
                }
                let body = block.split("\n}\n").next().unwrap_or_default();
                let variant = |line: &&str| {
                    line.starts_with("    ")
                        && line.as_bytes().get(4).is_some_and(u8::is_ascii_uppercase)
                };
                let name_of = |line: &str| {
                    line.trim().split(|one: char| !one.is_alphanumeric()).next().unwrap().to_owned()
                };
                let variants = body.lines().filter(variant).map(name_of);
                let variants =
                    if kind.contains("enum") { variants.collect() } else { BTreeSet::new() };
                declared.insert(name.to_owned(), variants);
            }
        }
    }
    declared
}

/// A generator that gives one byte over and over.
struct Stuck;

impl TryRng for Stuck {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}
