//! Tokens and tickets of wire format 1, made and broken by a script that shares no code with the crate (tests/vectors/token_v1.py).

use core::time::Duration;

use repass::account::AccountId;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Signer, State, StatelessSigner, TicketSigner, TokenError, Unverified};
use serde_json::Value;

/// The last second that `time` can say; tokens go further.
const YEAR_9999_ENDS: i64 = 253_402_300_799;

/// Key id, when it expires, and the 160 bits in hex, where the token shows them.
type Said = (KeyId, UtcDateTime, Option<String>);

#[test]
fn every_token_is_accepted_or_refused_as_the_format_says() {
    for case in cases() {
        let code = verify(&case).map_or_else(|error| error.code(), |_| "ok");
        assert_eq!(code, case["result"], "{case}");
    }
}

#[test]
fn an_accepted_token_says_what_was_signed() {
    let mut count = 0;
    for case in cases().filter(is_accepted) {
        let (key_id, expires_at, bits) = verify(&case).unwrap();
        let expected = case["expires_at"].as_i64().unwrap().min(YEAR_9999_ENDS);
        assert_eq!(u64::from(key_id.number()), case["key_id"], "{case}");
        assert!(bits.is_none_or(|bits| bits == case["id"]), "{case}");
        assert_eq!(expires_at.unix_timestamp(), expected, "{case}");
        if case["kind"] == "tick" {
            let ticket =
                tickets(&case).verify(case["token"].as_str().unwrap(), now(&case)).unwrap();
            assert_eq!(ticket.binding().as_slice(), bytes(&case["binding"]), "{case}");
            assert!(ticket.is_bound_to(ticket.binding()));
            count += 1;
            continue;
        }
        let unverified = Unverified::parse(case["token"].as_str().unwrap()).unwrap();
        assert_eq!((unverified.key_id(), unverified.expires_at()), (key_id, expires_at), "{case}");
        assert_eq!(unverified.bits().as_slice(), bytes(&case["id"]), "{case}");
        count += 1;
    }
    assert!(count > 100);
}

#[test]
fn we_sign_the_same_text() {
    for case in cases().filter(is_accepted) {
        let expires_at = case["expires_at"].as_i64().unwrap();
        if expires_at > YEAR_9999_ENDS {
            continue;
        }
        let key_id = KeyId::new(case["key_id"].as_u64().unwrap().try_into().unwrap());
        let token = match case["kind"].as_str().unwrap() {
            "tick" => {
                // Tickets are signed by the signing key only.
                let id = AttemptId::from_bytes(bytes(&case["id"]).try_into().unwrap());
                let binding = bytes(&case["binding"]).try_into().unwrap();
                let signer = TicketSigner::new(Keyring::new(key_id, key_of(&case)), scope(&case));
                let ticket = signer.sign(id, &binding, moment(expires_at)).unwrap();
                assert_eq!(ticket.expose_secret(), case["token"].as_str().unwrap(), "{case}");
                continue;
            }
            "stat" => {
                // A state is bound by the key that signs only.
                let ring = Keyring::new(key_id, key_of(&case));
                StatelessSigner::new(ring, scope(&case), life(&case)).sign(
                    &subject(&case),
                    &state(&case),
                    moment(expires_at),
                )
            }
            _ => {
                let id = AttemptId::from_bytes(bytes(&case["id"]).try_into().unwrap());
                signer(&case).sign_with(key_id, id, moment(expires_at))
            }
        };
        assert_eq!(token.unwrap().expose_secret(), case["token"].as_str().unwrap(), "{case}");
    }
}

#[test]
fn every_reason_has_its_cases() {
    let key_id = KeyId::new(0);
    let reasons = [
        TokenError::Malformed,
        TokenError::UnknownKey { key_id },
        TokenError::RetiredKey { key_id },
        TokenError::Forged,
        TokenError::Expired { expires_at: moment(0) },
        TokenError::TooFarAhead { expires_at: moment(0) },
        TokenError::OtherState,
    ];
    let mut count = 0;
    for reason in reasons {
        let cases = cases().filter(|case| case["result"] == reason.code()).count();
        assert!(cases >= 5, "{reason}: {cases}");
        count += cases;
    }
    assert_eq!(count + cases().filter(is_accepted).count(), 592);
}

fn is_accepted(case: &Value) -> bool {
    case["result"] == "ok"
}

fn verify(case: &Value) -> Result<Said, TokenError> {
    let (token, now) = (case["token"].as_str().unwrap(), moment(case["now"].as_i64().unwrap()));
    if case["kind"] == "stat" {
        let signer = stateless(case);
        let bound = signer.verify(token, now)?.bind(&subject(case), &state(case))?;
        return Ok((bound.key_id(), bound.expires_at(), None));
    }
    if case["kind"] == "tick" {
        let ticket = tickets(case).verify(token, now)?;
        return Ok((ticket.key_id(), ticket.expires_at(), Some(ticket.id().to_string())));
    }
    let verified = signer(case).verify(token, now)?;
    Ok((verified.key_id(), verified.expires_at(), Some(verified.id().to_string())))
}

fn signer(case: &Value) -> Signer {
    match case["kind"].as_str().unwrap() {
        "link" => Signer::links(ring(case), scope(case), life(case)),
        "hand" => Signer::handles(ring(case), scope(case), life(case)),
        "stop" => Signer::stops(ring(case), scope(case), life(case)),
        other => panic!("there is no kind {other}"),
    }
}

fn tickets(case: &Value) -> TicketSigner {
    assert_eq!(life(case), TicketSigner::LONGEST_LIFE);
    TicketSigner::new(ring(case), scope(case))
}

fn now(case: &Value) -> UtcDateTime {
    moment(case["now"].as_i64().unwrap())
}

/// The key that the token names.
fn key_of(case: &Value) -> Key {
    let mut keys = case["ring"].as_array().unwrap().iter();
    let key = keys.find(|key| key[0] == case["key_id"]).unwrap();
    Key::from_hex(key[1].as_str().unwrap()).unwrap()
}

fn stateless(case: &Value) -> StatelessSigner {
    StatelessSigner::new(ring(case), scope(case), life(case))
}

fn ring(case: &Value) -> Keyring {
    let id = |value: &Value| KeyId::new(value.as_u64().unwrap().try_into().unwrap());
    let mut keys = case["ring"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| (id(&key[0]), Key::from_hex(key[1].as_str().unwrap()).unwrap()));
    let (first, key) = keys.next().unwrap();
    let ring = Keyring::new(first, key);
    let ring = keys.fold(ring, |ring, (id, key)| ring.rotate(id, key).unwrap());
    let retired = case["retired"].as_array().map_or(&[][..], Vec::as_slice);
    retired
        .iter()
        .fold(ring, |ring, key| ring.retire(id(&key[0]), moment(key[1].as_i64().unwrap())).unwrap())
}

fn scope(case: &Value) -> Scope {
    let scope = Scope::new(Purpose::new(case["purpose"].as_str().unwrap()).unwrap());
    match case["tenant"].as_str() {
        Some(tenant) => scope.for_tenant(tenant).unwrap(),
        None => scope,
    }
}

fn life(case: &Value) -> Duration {
    Duration::from_secs(case["life"].as_u64().unwrap())
}

fn subject(case: &Value) -> AccountId {
    AccountId::new(case["subject"].as_str().unwrap()).unwrap()
}

fn state(case: &Value) -> State {
    let mut values = case["state"].as_array().unwrap().iter().map(bytes);
    let state = State::changed_by_use(values.next().unwrap());
    values.fold(state, State::and)
}

fn moment(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let (pairs, rest) = hex.as_str().unwrap().as_bytes().as_chunks::<2>();
    assert!(rest.is_empty());
    pairs
        .iter()
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn cases() -> impl Iterator<Item = Value> {
    include_str!("vectors/token-v1.jsonl").lines().map(|line| serde_json::from_str(line).unwrap())
}
