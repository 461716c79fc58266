//! Any text, and genuine tokens and tickets with bytes altered, against those of two tenants:
//! no panic, and nothing is accepted that was not issued.
#![no_main]

use core::time::Duration;
use std::sync::LazyLock;

use data_encoding::BASE64URL_NOPAD;
use libfuzzer_sys::fuzz_target;
use repass::attempt::AttemptId;
use repass::key::{KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Signer, TicketSigner, TokenError};
use repass_fuzz::input::{Input, key};

const NOW: i64 = 1_700_000_000;
const LIFE: i64 = 1_800;
const LEEWAY: i64 = 120;
/// The one attempt that tokens are issued for.
const ISSUED: AttemptId = AttemptId::from_bytes([5; 20]);

/// What tickets are issued for, too.
const BINDING: [u8; 15] = [6; 15];

/// Without a tenant and for one.
static TICKETS: LazyLock<[TicketSigner; 2]> = LazyLock::new(|| {
    let ring = Keyring::new(KeyId::new(1), key(1));
    let ring = ring.verify_with(KeyId::new(2), key(2)).unwrap();
    let scope = Scope::new(Purpose::RESET);
    let tenant = scope.for_tenant("acme").unwrap();
    [TicketSigner::new(ring.clone(), scope), TicketSigner::new(ring, tenant)]
});

/// Links and handles, without a tenant and for one.
static SIGNERS: LazyLock<[Signer; 4]> = LazyLock::new(|| {
    let ring = Keyring::new(KeyId::new(1), key(1));
    let ring = ring.rotate(KeyId::new(2), key(2)).unwrap();
    let scope = Scope::new(Purpose::RESET);
    let tenant = scope.for_tenant("acme").unwrap();
    let life = Duration::from_secs(LIFE as u64);
    [
        Signer::links(ring.clone(), scope.clone(), life),
        Signer::handles(ring.clone(), scope, life),
        Signer::links(ring.clone(), tenant.clone(), life),
        Signer::handles(ring, tenant, life),
    ]
});

// The first byte says what the rest is: a text, or edits (offset, byte) of a genuine token, or of a
// genuine ticket, in its text or in its bytes. `seeds/token` has one of each.
fuzz_target!(|bytes: &[u8]| {
    let mut input = Input::new(bytes);
    let mode = input.byte() % 5;
    if mode == 0 {
        verify(&String::from_utf8_lossy(input.rest()), None);
        return;
    }
    if mode > 2 {
        let signer = input.index(TICKETS.len()).unwrap_or(0);
        let life = i64::from(input.byte()) * 4 - LEEWAY;
        let genuine = TICKETS[signer].sign(ISSUED, &BINDING, at(NOW + life)).unwrap();
        let text = edited(&mut input, genuine.expose_secret(), mode == 3);
        let in_time = (1..=600 + LEEWAY).contains(&life);
        let is_genuine = text == genuine.expose_secret() && in_time;
        return verify_ticket(&text, is_genuine.then_some(signer));
    }
    let signer = input.index(SIGNERS.len()).unwrap_or(0);
    let key_id = KeyId::new(1 + u16::from(input.byte() % 2));
    let life = i64::from(input.byte()) * 16 - LEEWAY;
    let genuine = SIGNERS[signer].sign_with(key_id, ISSUED, at(NOW + life));
    let genuine = genuine.unwrap();
    let genuine = genuine.expose_secret();
    let text = edited(&mut input, genuine, mode == 1);
    let in_time = (1..=LIFE + LEEWAY).contains(&life);
    verify(&text, (text == genuine && in_time).then_some(signer));
});

/// The genuine text with edits in its text or in its bytes.
fn edited(input: &mut Input<'_>, genuine: &str, in_text: bool) -> String {
    if in_text {
        let mut text = genuine.as_bytes().to_vec();
        input.edit(&mut text);
        return String::from_utf8_lossy(&text).into_owned();
    }
    let mut decoded = BASE64URL_NOPAD.decode(genuine.as_bytes()).unwrap();
    input.edit(&mut decoded);
    BASE64URL_NOPAD.encode(&decoded)
}

/// Verifies `text` as a ticket of either tenant; what is accepted was issued, and is no token.
fn verify_ticket(text: &str, issued_by: Option<usize>) {
    let mut accepted = 0;
    for (number, signer) in TICKETS.iter().enumerate() {
        let answer = signer.verify(text, at(NOW));
        assert!(answer.is_ok() || issued_by != Some(number), "{answer:?}");
        if let Ok(verified) = answer {
            let expires_at = verified.expires_at();
            assert_eq!((verified.id(), verified.binding()), (ISSUED, &BINDING));
            assert!(expires_at > at(NOW) && expires_at <= at(NOW + 600 + LEEWAY));
            let again = signer.sign(ISSUED, &BINDING, expires_at).unwrap();
            assert_eq!(again.expose_secret(), text);
            accepted += 1;
        }
    }
    assert!(accepted <= 1, "accepted for two tenants");
    assert!(SIGNERS.iter().all(|signer| signer.verify(text, at(NOW)).is_err()));
}

/// Verifies `text` everywhere; the signer that issued it just now has to accept it. The fuzzer may
/// have kept an earlier token, so others may be accepted, if they were issued.
fn verify(text: &str, issued_by: Option<usize>) {
    let mut accepted = 0;
    for (number, signer) in SIGNERS.iter().enumerate() {
        let answer = signer.verify(text, at(NOW));
        assert_eq!(answer, signer.verify(text, at(NOW)));
        assert!(answer.is_ok() || issued_by != Some(number), "{answer:?}");
        if let Ok(verified) = answer {
            let (id, expires_at) = (verified.id(), verified.expires_at());
            assert_eq!(id, ISSUED);
            assert!(expires_at > at(NOW) && expires_at <= at(NOW + LIFE + LEEWAY));
            let again = signer.sign_with(verified.key_id(), id, expires_at).unwrap();
            assert_eq!(again.expose_secret(), text);
            accepted += 1;
        }
        // The control: the fuzzer has to get past the shape of a token, to its key.
        if let (true, Err(TokenError::UnknownKey { key_id })) = (cfg!(feature = "control"), &answer)
        {
            assert_ne!(key_id.number() >> 8, 2, "planted");
        }
    }
    assert!(accepted <= 1, "accepted for two kinds or tenants");
    if accepted == 0 {
        verify_ticket(text, None);
    }
}

fn at(second: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(second).unwrap()
}
