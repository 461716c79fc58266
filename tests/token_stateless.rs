//! Stateless tokens: bound to one account in one state, refused before anybody is looked up when
//! they are forged, and over once they are used.

use core::time::Duration;

use proptest::prelude::*;
use repass::account::AccountId;
use repass::answer::Answer;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Signer, State, StatelessSigner, Token, TokenError};

const NOW: i64 = 1_700_000_000;
const LIFE: i64 = 1800;
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA";

/// A row of a user table, bound as Django binds it.
#[derive(Clone)]
struct Row {
    id: &'static str,
    hash: &'static str,
    last_sign_in: Option<i64>,
    email: &'static str,
}

const ADA: Row =
    Row { id: "42", hash: HASH, last_sign_in: Some(1_699_999_999), email: "ada@example.org" };

impl Row {
    fn id(&self) -> AccountId {
        AccountId::new(self.id).unwrap()
    }

    fn state(&self) -> State {
        let last_sign_in = self.last_sign_in.map_or(String::new(), |at| at.to_string());
        State::changed_by_use(self.hash).and(last_sign_in).and(self.email)
    }
}

#[test]
fn a_token_holds_for_the_account_as_it_was() {
    let links = signer(Purpose::RESET);
    let token = issue(&links, &ADA);
    let bound = verify(&links, &token, &ADA).unwrap();
    assert_eq!((bound.0.as_str(), bound.1, bound.2), ("42", KeyId::new(1), at(NOW + LIFE)));
    // Looking uses nothing up.
    assert!(verify(&links, &token, &ADA).is_ok());
}

#[test]
fn whatever_changes_ends_the_token() {
    let links = signer(Purpose::RESET);
    let token = issue(&links, &ADA);
    for (what, row) in [
        ("the password was set", Row { hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA", ..ADA }),
        ("the password was taken away", Row { hash: "", ..ADA }),
        ("she signed in", Row { last_sign_in: Some(NOW), ..ADA }),
        ("her sign-ins were forgotten", Row { last_sign_in: None, ..ADA }),
        ("her address was changed", Row { email: "ada@example.com", ..ADA }),
        ("it is another account of the same state", Row { id: "43", ..ADA }),
    ] {
        assert_eq!(verify(&links, &token, &row), Err(TokenError::OtherState), "{what}");
    }
}

/// CVE-2024-41890 and others: the first link that is used ends all others.
#[test]
fn the_use_of_one_token_ends_all_of_the_account() {
    let links = signer(Purpose::RESET);
    let tokens: Vec<Token> = (0..5)
        .map(|later| links.sign(&ADA.id(), &ADA.state(), at(NOW + LIFE - later)).unwrap())
        .collect();
    assert!(tokens.iter().all(|token| verify(&links, token, &ADA).is_ok()));
    let after = Row { hash: "another hash", ..ADA };
    assert!(tokens.iter().all(|token| verify(&links, token, &after).is_err()));
}

/// CVE-2015-2559: two accounts whose states are equal byte by byte.
#[test]
fn accounts_of_one_state_never_share_a_token() {
    let links = signer(Purpose::RESET);
    for (one, other) in [("42", "43"), ("4", "42"), ("a", "A"), ("\u{e9}", "e\u{301}")] {
        let (one, other) = (Row { id: one, ..ADA }, Row { id: other, ..ADA });
        let token = issue(&links, &one);
        assert!(verify(&links, &token, &one).is_ok());
        assert_eq!(verify(&links, &token, &other), Err(TokenError::OtherState));
    }
}

#[test]
fn every_flipped_bit_is_refused_before_anybody_is_looked_up() {
    let links = signer(Purpose::RESET);
    let token = issue(&links, &ADA);
    let text = token.expose_secret();
    for bit in 0..Token::CHARACTERS * 8 {
        let mut altered = text.as_bytes().to_vec();
        altered[bit / 8] ^= 1 << (bit % 8);
        if let Ok(text) = core::str::from_utf8(&altered) {
            assert!(links.verify(text, at(NOW)).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn shape_signature_and_time_come_before_the_state() {
    let links = signer(Purpose::RESET);
    let token = issue(&links, &ADA);
    let text = token.expose_secret();
    // A character of the tag.
    let other = if &text[60..61] == "A" { "B" } else { "A" };
    let forged = format!("{}{other}{}", &text[..60], &text[61..]);
    for (text, now, code) in [
        (&text[1..], NOW, "token_malformed"),
        (&forged, NOW + LIFE, "token_forged"),
        (text, NOW + LIFE, "token_expired"),
        (text, NOW - 121, "token_too_far_ahead"),
    ] {
        assert_eq!(links.verify(text, at(now)).unwrap_err().code(), code);
    }
    assert!(links.verify(text, at(NOW + LIFE - 1)).is_ok());
}

/// The same bits under the same key: only the kind tells them apart.
#[test]
fn a_token_of_an_attempt_is_never_one_of_a_state() {
    let (links, scope) = (signer(Purpose::RESET), Scope::new(Purpose::RESET));
    let life = Duration::from_secs(LIFE.unsigned_abs());
    let token = issue(&links, &ADA);
    for other in
        [Signer::links(ring(), scope.clone(), life), Signer::handles(ring(), scope.clone(), life)]
    {
        assert_eq!(other.verify(token.expose_secret(), at(NOW)), Err(TokenError::Forged));
        let stored = other.sign(AttemptId::from_bytes([7; 20]), at(NOW + LIFE)).unwrap();
        let verdict = links.verify(stored.expose_secret(), at(NOW));
        assert_eq!(verdict.unwrap_err(), TokenError::Forged);
    }
}

#[test]
fn an_expiry_before_1970_cannot_be_signed() {
    let links = signer(Purpose::RESET);
    for (moment, good) in [(UtcDateTime::MIN, false), (at(-1), false), (at(0), true)] {
        let error = links.sign(&ADA.id(), &ADA.state(), moment).err();
        assert_eq!(error, (!good).then_some(TokenError::Expiry), "{moment}");
    }
}

/// Each purpose binds what its use changes, and by that ends.
#[test]
fn every_purpose_ends_with_its_use() {
    let flag = |set: bool| [u8::from(set)];
    for (purpose, before, after) in [
        (Purpose::RESET, State::changed_by_use(HASH), State::changed_by_use("new hash")),
        (
            Purpose::INVITATION,
            State::changed_by_use(flag(false)).and("editor"),
            State::changed_by_use(flag(true)).and("editor"),
        ),
        (
            Purpose::EMAIL_CHANGE,
            State::changed_by_use("ada@example.org").and("ada@example.com"),
            State::changed_by_use("ada@example.com").and("ada@example.com"),
        ),
        (
            Purpose::VERIFICATION,
            State::changed_by_use(flag(false)).and("ada@example.org"),
            State::changed_by_use(flag(true)).and("ada@example.org"),
        ),
        (
            Purpose::STEP_UP,
            State::changed_by_use(0_i64.to_be_bytes()).and("session 7"),
            State::changed_by_use(NOW.to_be_bytes()).and("session 7"),
        ),
    ] {
        let links = signer(purpose);
        let token = links.sign(&ADA.id(), &before, at(NOW + LIFE)).unwrap();
        let bind = |state| {
            let unbound = links.verify(token.expose_secret(), at(NOW)).unwrap();
            unbound.bind(&ADA.id(), state).map(|bound| bound.subject().clone())
        };
        assert_eq!(bind(&before), Ok(ADA.id()), "{links:?}");
        assert_eq!(bind(&after), Err(TokenError::OtherState), "{links:?}");
    }
}

#[test]
fn signing_verifying_and_binding_allocate_nothing() {
    let links = signer(Purpose::RESET);
    let (id, changed) = (ADA.id(), AccountId::new("43").unwrap());
    let until = at(NOW + LIFE);
    let state = || State::changed_by_use(HASH).and(NOW.to_be_bytes()).and("ada@example.org");
    let token = links.sign(&id, &state(), until).unwrap();
    let allocated = allocation_counter::measure(|| {
        let again = links.sign(&id, &state(), until).unwrap();
        assert!(again.expose_secret() == token.expose_secret());
        let bound = links.verify(token.expose_secret(), at(NOW)).unwrap().bind(&id, &state());
        assert!(bound.is_ok());
        let other = links.verify(token.expose_secret(), at(NOW)).unwrap().bind(&changed, &state());
        assert!(other.is_err());
    });
    assert_eq!(allocated.count_total, 0);
}

/// The outside is told one thing, whatever happened.
#[test]
fn all_refusals_look_the_same() {
    let key_id = KeyId::new(7);
    let refusals = [
        TokenError::Malformed,
        TokenError::UnknownKey { key_id },
        TokenError::RetiredKey { key_id },
        TokenError::Forged,
        TokenError::Expired { expires_at: at(NOW) },
        TokenError::TooFarAhead { expires_at: at(NOW) },
        TokenError::OtherState,
    ];
    let mut codes: Vec<_> = refusals.iter().map(|error| error.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), refusals.len());
    for error in refusals {
        assert_eq!(error.answer(), Answer::Refused { tries_left: None });
    }
}

#[test]
fn nothing_of_a_state_shows() {
    let links = signer(Purpose::RESET);
    let token = issue(&links, &ADA);
    let unbound = links.verify(token.expose_secret(), at(NOW)).unwrap();
    for shown in [
        format!("{:?}", ADA.state()),
        format!("{unbound:?}"),
        format!("{:?}", unbound.bind(&ADA.id(), &ADA.state())),
        format!("{:?}", links.verify(&token.expose_secret()[1..], at(NOW))),
    ] {
        assert!(!shown.contains("argon2") && !shown.contains("example.org"), "{shown}");
        assert!(!shown.contains(&token.expose_secret()[38..]), "{shown}");
    }
}

proptest! {
    /// Values are told apart however they are cut.
    #[test]
    fn two_lists_of_values_are_two_states(
        one in prop::collection::vec(prop::collection::vec(0_u8..3, 0..4), 1..5),
        other in prop::collection::vec(prop::collection::vec(0_u8..3, 0..4), 1..5),
    ) {
        let links = signer(Purpose::RESET);
        let token = links.sign(&ADA.id(), &state(&one), at(NOW + LIFE)).unwrap();
        let verdict = links.verify(token.expose_secret(), at(NOW)).unwrap();
        prop_assert_eq!(verdict.bind(&ADA.id(), &state(&other)).is_ok(), one == other);
    }

    #[test]
    fn no_text_makes_it_panic_or_verify(text in ".{0,100}", now: i32) {
        let links = signer(Purpose::RESET);
        prop_assert!(links.verify(&text, at(i64::from(now))).is_err());
    }
}

fn state(values: &[Vec<u8>]) -> State {
    let first = State::changed_by_use(&values[0]);
    values[1..].iter().fold(first, State::and)
}

fn ring() -> Keyring {
    let material: Vec<u8> = (0..32).collect();
    Keyring::new(KeyId::new(1), Key::from_bytes(&material).unwrap())
}

fn signer(purpose: Purpose) -> StatelessSigner {
    StatelessSigner::new(ring(), Scope::new(purpose), Duration::from_secs(LIFE.unsigned_abs()))
}

fn issue(signer: &StatelessSigner, row: &Row) -> Token {
    signer.sign(&row.id(), &row.state(), at(NOW + LIFE)).unwrap()
}

fn verify(
    signer: &StatelessSigner,
    token: &Token,
    row: &Row,
) -> Result<(AccountId, KeyId, UtcDateTime), TokenError> {
    let bound = signer.verify(token.expose_secret(), at(NOW))?.bind(&row.id(), &row.state())?;
    Ok((bound.subject().clone(), bound.key_id(), bound.expires_at()))
}

fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap()
}
