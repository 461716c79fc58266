//! Any text, and genuine stateless tokens with bytes altered, bound to any account and state: no panic,
//! and a token holds for what it was signed for and for nothing else.
#![no_main]

use core::time::Duration;
use std::sync::LazyLock;

use data_encoding::BASE64URL_NOPAD;
use libfuzzer_sys::fuzz_target;
use repass::account::AccountId;
use repass::key::{KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Bound, Signer, State, StatelessSigner, TokenError, Unverified};
use repass_fuzz::input::{Input, key};

const NOW: i64 = 1_700_000_000;
const LIFE: Duration = Duration::from_secs(1_800);
const LEEWAY: i64 = 120;

/// Two keys; of each ring another one signs.
static RINGS: LazyLock<[Keyring; 2]> = LazyLock::new(|| {
    let ring = |signing: u8, other: u8| {
        let ring = Keyring::new(KeyId::new(signing.into()), key(signing));
        ring.verify_with(KeyId::new(other.into()), key(other)).unwrap()
    };
    [ring(1, 2), ring(2, 1)]
});

// The first byte says how the text is made: out of the rest, or of edits of a genuine token (offset,
// byte) in its text or in its bytes. Then come ring and life, what the token is signed for and what it
// is shown for, which is the same but for what the next byte says.
fuzz_target!(|bytes: &[u8]| {
    let mut input = Input::new(bytes);
    let mode = input.byte() % 3;
    let ring = input.index(RINGS.len()).unwrap_or(0);
    let life = i64::from(input.byte()) * 16 - LEEWAY;
    let issued = Use::draw(&mut input);
    let shown = issued.altered(&mut input);

    let genuine = issued.sign(ring, at(NOW + life));
    let text = match mode {
        0 => String::from_utf8_lossy(input.rest()).into_owned(),
        1 => {
            let mut text = genuine.as_bytes().to_vec();
            input.edit(&mut text);
            String::from_utf8_lossy(&text).into_owned()
        }
        _ => {
            let mut decoded = BASE64URL_NOPAD.decode(genuine.as_bytes()).unwrap();
            input.edit(&mut decoded);
            BASE64URL_NOPAD.encode(&decoded)
        }
    };

    let answer = shown.verify(&text);
    if text == genuine {
        let in_time = (1..=LIFE.as_secs() as i64 + LEEWAY).contains(&life);
        let same_scope = shown.purpose == issued.purpose && shown.tenant == issued.tenant;
        match &answer {
            Ok(_) => assert!(in_time && shown == issued),
            Err(TokenError::Forged) => assert!(!same_scope),
            Err(TokenError::Expired { .. }) => assert!(same_scope && life <= 0),
            Err(TokenError::TooFarAhead { .. }) => assert!(same_scope && life > 0 && !in_time),
            Err(TokenError::OtherState) => assert!(same_scope && in_time && shown != issued),
            Err(error) => panic!("{error:?}"),
        }
    }
    // The fuzzer may have kept an earlier token; what is accepted was issued in any case.
    if let Ok(bound) = &answer {
        assert_eq!(bound.subject(), &shown.subject);
        let ring = usize::from(bound.key_id().number()) - 1;
        assert_eq!(shown.sign(ring, bound.expires_at()), text);
        // The control: the fuzzer has to find a token of a tenant that is bound to three values, of
        // which only the second is empty.
        let empty: Vec<_> = shown.values.iter().map(Vec::is_empty).collect();
        let planted = shown.tenant.is_some() && empty == [false, true, false];
        assert!(!cfg!(feature = "control") || !planted, "planted");
    }
});

/// What a token is for.
#[derive(Clone, Debug, PartialEq)]
struct Use {
    purpose: Purpose,
    tenant: Option<String>,
    subject: AccountId,
    values: Vec<Vec<u8>>,
}

impl Use {
    fn draw(input: &mut Input<'_>) -> Self {
        let (purpose, tenant) = (purpose(input), tenant(input));
        Self { purpose, tenant, subject: subject(input), values: values(input) }
    }

    /// The same but for what the bits of a byte say, which is drawn anew.
    fn altered(&self, input: &mut Input<'_>) -> Self {
        let (anew, mut other) = (input.byte(), self.clone());
        if anew & 1 != 0 {
            other.purpose = purpose(input);
        }
        if anew & 2 != 0 {
            other.tenant = tenant(input);
        }
        if anew & 4 != 0 {
            other.subject = subject(input);
        }
        if anew & 8 != 0 {
            other.values = values(input);
        }
        other
    }

    fn scope(&self) -> Scope {
        let scope = Scope::new(self.purpose.clone());
        match &self.tenant {
            Some(tenant) => scope.for_tenant(tenant).unwrap(),
            None => scope,
        }
    }

    fn state(&self) -> State {
        let (first, others) = self.values.split_first().unwrap();
        others.iter().fold(State::changed_by_use(first), State::and)
    }

    fn sign(&self, ring: usize, expires_at: UtcDateTime) -> String {
        let signer = StatelessSigner::new(RINGS[ring].clone(), self.scope(), LIFE);
        let token = signer.sign(&self.subject, &self.state(), expires_at).unwrap();
        token.expose_secret().to_owned()
    }

    /// What becomes of a text: the same for both rings, and no link or handle in any case.
    fn verify(&self, text: &str) -> Result<Bound, TokenError> {
        let [first, second] = &*RINGS;
        let verify = |ring: &Keyring| {
            let signer = StatelessSigner::new(ring.clone(), self.scope(), LIFE);
            signer.verify(text, at(NOW))?.bind(&self.subject, &self.state())
        };
        let answer = verify(first);
        assert_eq!(answer, verify(second));
        let shape = Unverified::parse(text);
        assert_eq!(shape.is_err(), answer == Err(TokenError::Malformed));
        for signer in [Signer::links, Signer::handles] {
            let answer = signer(first.clone(), self.scope(), LIFE).verify(text, at(NOW));
            assert!(answer.is_err(), "another kind: {answer:?}");
        }
        answer
    }
}

fn purpose(input: &mut Input<'_>) -> Purpose {
    let text = text(input);
    let plain = |one: u8| matches!(one, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let sound = (1..=32).contains(&text.len()) && text.bytes().all(plain);
    let purpose = Purpose::new(&text);
    assert_eq!(purpose.is_ok(), sound);
    purpose.unwrap_or(Purpose::RESET)
}

fn tenant(input: &mut Input<'_>) -> Option<String> {
    let text = text(input);
    let scope = Scope::new(Purpose::RESET).for_tenant(&text);
    let sound = (1..=255).contains(&text.len()) && !text.contains(char::is_control);
    assert_eq!(scope.is_ok(), sound);
    sound.then_some(text)
}

fn subject(input: &mut Input<'_>) -> AccountId {
    let text = text(input);
    let id = AccountId::new(&text);
    let sound = (1..=255).contains(&text.len()) && !text.contains(char::is_control);
    assert_eq!(id.is_ok(), sound);
    id.unwrap_or_else(|_| AccountId::new("42").unwrap())
}

fn values(input: &mut Input<'_>) -> Vec<Vec<u8>> {
    let number = input.byte() % 4 + 1;
    (0..number).map(|_| input.piece().to_vec()).collect()
}

fn text(input: &mut Input<'_>) -> String {
    String::from_utf8_lossy(input.piece()).into_owned()
}

fn at(second: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(second).unwrap()
}
