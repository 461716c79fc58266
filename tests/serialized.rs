//! What is serialized has one shape, `{"code": …, "params": {…}, "position": …}`, and nothing with a secret
//! is serialized. The JSON is written by hand.

extern crate alloc;

#[path = "support/recovering.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod recovering;
#[path = "support/sources.rs"]
mod sources;
#[path = "support/world.rs"]
#[allow(dead_code, reason = "these tests need a part of it")]
mod world;

use alloc::borrow::Cow;
use alloc::sync::Arc;
use std::collections::BTreeSet;

use repass::account::Lookup;
use repass::answer::Answer;
use repass::attempt::AttemptId;
use repass::event::{Event, TypedDigest};
use repass::key::{Key, KeyId, Keyring};
use repass::policy::{
    Advice, Breach, BreachAnswer, Category, CharacterClass, CharacterSet, CheckState,
    CommonPasswords, Evidence, Personal, Policy, Reduction, Rule, SequenceEnds, WhenUnknown,
    WhiteSpace,
};
use repass::reset::{Delivery, Outcome, SealedError, Worked};
use repass::scope::{Purpose, Scope};
use repass::secret::Password;
use repass::time::{Duration, UtcDateTime};
use serde_core::Serialize;
use serde_json::{Value, json};

use crate::sources::sources;

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn at(second: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(second).unwrap()
}

#[test]
fn answers() {
    let until = at(1_700_000_000);
    for (answer, json) in [
        (Answer::Accepted, r#"{"code":"accepted","params":{}}"#),
        (Answer::Done, r#"{"code":"done","params":{}}"#),
        (Answer::Invalid, r#"{"code":"invalid","params":{}}"#),
        (Answer::Refused { tries_left: None }, r#"{"code":"refused","params":{}}"#),
        (
            Answer::Refused { tries_left: Some(0) },
            r#"{"code":"refused","params":{"tries_left":0}}"#,
        ),
        (Answer::Throttled { until }, r#"{"code":"throttled","params":{"until":1700000000}}"#),
        // Never a moment at which it is still too early.
        (
            Answer::Throttled { until: until + Duration::nanoseconds(1) },
            r#"{"code":"throttled","params":{"until":1700000001}}"#,
        ),
        (
            Answer::Throttled { until: at(-1) - Duration::milliseconds(500) },
            r#"{"code":"throttled","params":{"until":-1}}"#,
        ),
        (Answer::Unavailable, r#"{"code":"unavailable","params":{}}"#),
    ] {
        assert_eq!(text(&answer), json);
    }
    // Other formats have the same fields.
    let toml = toml::to_string(&Answer::Refused { tries_left: Some(3) }).unwrap();
    assert_eq!(toml, "code = \"refused\"\n\n[params]\ntries_left = 3\n");
}

#[derive(Debug)]
struct NoPlum;

impl Rule for NoPlum {
    fn code(&self) -> &'static str {
        "acme_no_plum"
    }

    fn accepts(&self, password: &str, _: &Personal<'_>) -> bool {
        !password.contains("plum")
    }

    fn message(&self) -> Cow<'static, str> {
        "No plums.".into()
    }

    fn requirement(&self) -> Cow<'static, str> {
        "no plums".into()
    }
}

fn typed(text: &str) -> Password {
    Password::verbatim(text).unwrap()
}

/// The violations of a password, as JSON.
fn broken(policy: &Policy, password: &str, evidence: Evidence<'_>) -> Value {
    let about = Personal::none().username("lovelace").first_name("Ada").email("ada@example.org");
    let found = policy.check_with(&typed(password), &about, evidence).unwrap_err();
    let all = serde_json::to_value(&found).unwrap();
    let one_by_one: Vec<_> = found.iter().map(|one| serde_json::to_value(one).unwrap()).collect();
    assert_eq!(all, Value::Array(one_by_one));
    all
}

#[test]
fn violations() {
    let none = || Evidence::of_reset();
    let builder = Policy::builder;
    let cases = [
        (
            builder().max_bytes(3),
            "abcd",
            json!([{"code": "password_too_many_bytes", "params": {"max_bytes": 3}}]),
        ),
        (
            builder().min_length(8).max_occurrences(2).max_repeat(2),
            "aaa",
            json!([
                {"code": "password_too_short", "params": {"min_length": 8}},
                {"code": "password_repeats_character", "params": {"max_repeat": 2}, "position": 0},
                {"code": "password_has_character_too_often", "params": {"max_occurrences": 2}, "position": 2},
            ]),
        ),
        (
            builder().max_length(2),
            "abc",
            json!([{"code": "password_too_long", "params": {"max_length": 2}}]),
        ),
        (
            builder().max_similarity(0.7),
            "lovelace1",
            json!([{"code": "password_too_similar", "params": {"attribute": "username"}}]),
        ),
        (
            builder().no_personal_names(),
            "x-ada-x",
            json!([{"code": "password_has_personal_name", "params": {"attribute": "first_name"}}]),
        ),
        (
            builder().not_derived_from_names(),
            "Ada-42",
            json!([{"code": "password_derived_from_name", "params": {"attribute": "first_name"}}]),
        ),
        (
            builder().not_entirely_numeric(),
            "12",
            json!([{"code": "password_entirely_numeric", "params": {}}]),
        ),
        (
            builder().at_least(2, CharacterClass::Digit).at_least(1, CharacterClass::Upper),
            "abc",
            json!([{"code": "password_missing_classes", "params": {"classes": {"digit": 2, "upper": 1}}}]),
        ),
        (
            builder().at_least(1, CharacterSet::of("!$%")),
            "abc",
            json!([{"code": "password_missing_from_set", "params": {"at_least": 1, "set": "!$%"}}]),
        ),
        (
            builder().at_least_kinds::<Category>(
                2,
                [CharacterClass::Lower.into(), CharacterSet::of("0123456789!").into()],
            ),
            "abc",
            json!([{"code": "password_too_few_kinds", "params": {
                "at_least": 2, "kinds": ["lower", {"characters": "!", "ranges": ["0-9"]}]}}]),
        ),
        (
            builder().no_white_space(WhiteSpace::AtTheEnds),
            "ab ",
            json!([{"code": "password_has_white_space_at_the_ends", "params": {}, "position": 2}]),
        ),
        (
            builder().no_white_space(WhiteSpace::Anywhere),
            "a b",
            json!([{"code": "password_has_white_space", "params": {}, "position": 1}]),
        ),
        (
            builder().no_control_characters(),
            "a\u{7}",
            json!([{"code": "password_has_control_character", "params": {}, "position": 1}]),
        ),
        (
            builder().illegal_characters(CharacterSet::of("<>")),
            "ab<",
            json!([{"code": "password_has_illegal_character", "params": {}, "position": 2}]),
        ),
        (
            builder().max_sequence(3, SequenceEnds::Apart),
            "x1234",
            json!([{"code": "password_has_sequence", "params": {"max_sequence": 3}, "position": 1}]),
        ),
        (builder().rule(NoPlum), "plum", json!([{"code": "acme_no_plum", "params": {}}])),
    ];
    for (builder, password, right) in cases {
        assert_eq!(broken(&builder.build().unwrap(), password, none()), right, "{password}");
    }
    let breaches = builder().max_breaches(1, WhenUnknown::Refuse).build().unwrap();
    assert_eq!(
        broken(&breaches, "abc", none()),
        json!([{"code": "password_breach_unknown", "params": {"reason": "breach_not_asked"}}])
    );
    let seen = BreachAnswer::new(&typed("abc"), Breach::seen(9));
    assert_eq!(
        broken(&breaches, "abc", none().breach(&seen)),
        json!([{"code": "password_breached", "params": {"count": 9, "max_breaches": 1}}])
    );
    let rearranged = builder().not_rearranged().build().unwrap();
    for (new, code) in [
        ("aBc", "password_rearranged_case"),
        ("cba", "password_rearranged_reversed"),
        ("bca", "password_rearranged_rotated"),
    ] {
        assert_eq!(
            broken(&rearranged, new, Evidence::of_change(&typed("abc"))),
            json!([{"code": code, "params": {}}])
        );
    }
}

/// E23: a page can show the policy from the answer alone.
#[test]
fn requirements_and_the_checklist() {
    let words = CommonPasswords::build(["kettle"]).unwrap();
    let list = CommonPasswords::from_shared(Arc::new(words)).unwrap();
    let policy = Policy::builder()
        .max_bytes(64)
        .min_length(4)
        .not_among(list)
        .not_derived_from_common([Reduction::Leet, Reduction::Reversal])
        .no_white_space(WhiteSpace::AtTheEnds)
        .min_changed(2)
        .rule(NoPlum)
        .of_lengths(4..=5, Policy::builder().at_least(1, CharacterClass::Digit).build().unwrap())
        .build()
        .unwrap();
    let checked = |code: &str, params: Value, state: &str| json!({"requirement": {"code": code, "params": params}, "state": state});
    let right = json!([
        checked("password_too_many_bytes", json!({"max_bytes": 64}), "met"),
        checked("password_too_short", json!({"min_length": 4}), "met"),
        checked("password_too_common", json!({}), "met"),
        checked("password_derived_from_common", json!({"by": ["reversal", "leet"]}), "met"),
        checked("password_has_white_space_at_the_ends", json!({}), "met"),
        checked("password_has_control_character", json!({}), "met"),
        checked("password_blank", json!({}), "met"),
        checked("acme_no_plum", json!({}), "unmet"),
        checked(
            "password_missing_classes",
            json!({"min": 4, "max": 5, "requirement": {
                "code": "password_missing_classes", "params": {"classes": {"digit": 1}}}}),
            "unmet"
        ),
        checked("password_too_little_changed", json!({"min_changed": 2}), "not_asked"),
    ]);
    let checklist = policy.checklist(&typed("plum"), &Personal::none());
    assert_eq!(serde_json::to_value(&checklist).unwrap(), right);
    // The order of the fields is part of the shape.
    assert_eq!(
        text(&checklist[1]),
        r#"{"requirement":{"code":"password_too_short","params":{"min_length":4}},"state":"met"}"#
    );
    assert_eq!(text(&CheckState::NotAsked), r#""not_asked""#);
}

#[test]
fn advice_and_outcomes() {
    assert_eq!(text(&Advice::SeveralWords), r#"{"code":"advice_several_words","params":{}}"#);
    assert_eq!(text(&Outcome::Sent), r#"{"code":"request_sent","params":{}}"#);
    let ambiguous = r#"{"code":"request_ambiguous_login","params":{}}"#;
    assert_eq!(text(&Outcome::AmbiguousLogin), ambiguous);
}

#[test]
fn what_became_of_entries() {
    let due = at(1_700_000_600);
    for (worked, json) in [
        (Worked::Delivered, r#"{"code":"entry_delivered","params":{}}"#),
        (Worked::Rejected, r#"{"code":"entry_rejected","params":{}}"#),
        (Worked::Decoy, r#"{"code":"entry_decoy","params":{}}"#),
        (
            Worked::Dropped(SealedError::Forged),
            r#"{"code":"entry_dropped","params":{"reason":"sealed_forged"}}"#,
        ),
        (
            Worked::PutOff { due, failure: None },
            r#"{"code":"entry_put_off","params":{"due":1700000600}}"#,
        ),
        (Worked::LeaseLost, r#"{"code":"entry_lease_lost","params":{}}"#),
    ] {
        assert_eq!(text(&worked), json);
    }
    let mut dice = world::Dice(70);
    let account = world::ada(&mut dice);
    let recovery = recovering::over(world::flow().build().unwrap(), account);
    recovering::request(&recovery, Delivery::LINK, &mut dice, world::at(0));
    let worked = recovering::work(&recovery, &mut dice, world::at(0));
    assert_eq!(
        text(&worked),
        r#"[{"code":"entry_ran","params":{"outcome":"request_sent"}},{"code":"entry_delivered","params":{}}]"#
    );
}

#[test]
fn events() {
    assert_eq!(text(&Event::new("acme_signed_out")), r#"{"code":"acme_signed_out","params":{}}"#);
    let attempt = AttemptId::from_bytes([0xab; 20]);
    let event = Event::new("password_reset").with_account(world::id()).with_attempt(attempt);
    let digits = "ab".repeat(20);
    assert_eq!(
        text(&event),
        format!(r#"{{"code":"password_reset","params":{{"account":"42","attempt":"{digits}"}}}}"#)
    );
    // What was typed is a digest: 32 hexadecimal digits, and nothing of the text.
    let ring = Keyring::new(KeyId::new(1), Key::from_bytes(&world::key_bytes()).unwrap());
    let typed = Lookup::login("my password, in the wrong field").unwrap();
    let digest = TypedDigest::new(&ring, &Scope::new(Purpose::RESET), &typed);
    let json = serde_json::to_value(Event::new("sign_in_unknown").with_typed(digest)).unwrap();
    let digits = json["params"]["typed"].as_str().unwrap();
    assert_eq!(json, json!({"code": "sign_in_unknown", "params": {"typed": digits}}));
    let is_hexadecimal = |one: char| matches!(one, '0'..='9' | 'a'..='f');
    assert!(digits.len() == 32 && digits.chars().all(is_hexadecimal));
}

/// These types hold a secret or what a person typed; were one of them serialized, this would not compile.
#[test]
fn no_secret_is_serialized() {
    macro_rules! never_serialized {
        ($($secret:ty),+ $(,)?) => {$({
            trait Ambiguous<Marker> {
                const NAME: &str = stringify!($secret);
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            impl<T: ?Sized + Serialize> Ambiguous<u8> for T {}
            assert!(!<$secret as Ambiguous<_>>::NAME.is_empty());
        })+};
    }
    use repass::account::{Account, AccountWrite, Contact, Login};
    use repass::attempt::AttemptRow;
    use repass::code::{CheckCode, Codes};
    use repass::hash::Hasher;
    use repass::message::Message;
    use repass::queue::{ClaimToken, QueueEntry};
    use repass::reset::{
        AdmitError, Admitted, AfterReset, Change, Current, Disclosure, Entrusted, Flow, Handle,
        Proof, Report, SessionTag, TrustedCaller,
    };
    use repass::secret::{Password, PasswordHash, Salt, Seed, TypedPassword};
    use repass::sign_in::{Checked, MustChangePassword, SignIn, SignInOutcome, SignedIn};
    use repass::token::{HexToken, Signer, State, StatelessSigner, Ticket, TicketSigner, Token};
    never_serialized!(
        Account,
        AccountWrite,
        Contact,
        Login,
        Lookup,
        AttemptRow,
        CheckCode,
        Codes,
        Hasher,
        Key,
        Keyring,
        Message,
        ClaimToken,
        QueueEntry,
        AdmitError,
        Admitted,
        AfterReset,
        Change,
        Current,
        Flow,
        Handle,
        Proof<'_>,
        Report,
        SessionTag,
        Password,
        PasswordHash,
        Salt,
        TypedPassword,
        SignIn,
        Checked,
        SignedIn,
        SignInOutcome,
        MustChangePassword,
        Seed,
        Signer,
        State,
        StatelessSigner,
        Ticket,
        Token,
        HexToken,
        Entrusted,
        Disclosure,
        TrustedCaller,
        TicketSigner,
        Personal<'_>,
        Evidence<'_>,
    );
}

/// What is serialized, by its names in the sources. Nothing is added to it that holds a secret.
#[test]
fn what_is_serialized_is_this_alone() {
    let mut found = BTreeSet::new();
    for (path, text) in sources() {
        for rest in text.split("Serialize for ").skip(1) {
            let end = rest.find(|one: char| !one.is_alphanumeric()).unwrap();
            found.insert(rest[..end].to_owned());
        }
        assert!(!text.contains("derive(Serialize"), "{path}");
    }
    let right = [
        "Advice",
        "Answer",
        "CharacterSet",
        "CheckState",
        "Checked",
        // Names what a person typed by a keyed digest.
        "Event",
        "Outcome",
        // Parameters of these, and how a configuration is written.
        "Param",
        "ParamValue",
        "Parameter",
        "Params",
        "PolicyConfig",
        "Requirement",
        "Value",
        "Violation",
        "Violations",
        "Worked",
    ];
    assert_eq!(found, right.map(str::to_owned).into());
}
