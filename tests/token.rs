//! Signed tokens: every way to alter one is refused, links and handles never cross, and verifying allocates nothing.

use core::time::Duration;

use proptest::prelude::*;
use repass::account::AccountId;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::secret::Seed;
use repass::time::UtcDateTime;
use repass::token::{Signer, State, StatelessSigner, TicketSigner, Token, TokenError, Unverified};

const NOW: i64 = 1_700_000_000;
const LIFE: i64 = 1800;
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#[test]
fn every_flipped_bit_of_the_bytes_is_refused() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    let bytes = decode(token.expose_secret());
    assert_eq!(bytes.len(), 60);
    for bit in 0..bytes.len() * 8 {
        let mut altered = bytes.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        // No bit alone takes the first byte of this moment to 0xf8.
        let expected = match bit / 8 {
            5 | 6 => "token_unknown_key",
            59 => "token_malformed",
            _ => "token_forged",
        };
        assert_eq!(refusal(&links, &encode(&altered)), expected, "bit {bit}");
    }
}

/// A comparison that gathers what differs must not let two differences undo each other.
#[test]
fn a_bit_that_is_flipped_twice_in_the_tag_is_refused() {
    let links = links(&scope("reset"));
    let bytes = decode(issue(&links).expose_secret());
    for one in 27..59 {
        for other in one + 1..59 {
            let mut altered = bytes.clone();
            altered[one] ^= 1;
            altered[other] ^= 1;
            assert_eq!(refusal(&links, &encode(&altered)), "token_forged", "{one} and {other}");
        }
    }
}

#[test]
fn every_flipped_bit_of_the_text_is_refused() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    for bit in 0..Token::CHARACTERS * 8 {
        let mut altered = token.expose_secret().as_bytes().to_vec();
        altered[bit / 8] ^= 1 << (bit % 8);
        // A text with the top bit set is no UTF-8, which the type of the argument refuses.
        if let Ok(text) = core::str::from_utf8(&altered) {
            assert!(links.verify(text, at(NOW)).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn every_other_character_at_every_place_is_refused() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    for place in 0..Token::CHARACTERS {
        for byte in 0..128 {
            let mut altered = token.expose_secret().as_bytes().to_vec();
            if altered[place] != byte {
                altered[place] = byte;
                let text = core::str::from_utf8(&altered).unwrap();
                assert!(links.verify(text, at(NOW)).is_err(), "{byte:#04x} at {place}");
            }
        }
    }
}

#[test]
fn every_truncation_and_every_insertion_is_malformed() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    let text = token.expose_secret();
    for end in 0..text.len() {
        assert_eq!(refusal(&links, &text[..end]), "token_malformed", "up to {end}");
        assert_eq!(refusal(&links, &text[end + 1..]), "token_malformed", "from {end}");
    }
    for place in 0..=text.len() {
        // The characters of Latin 1: above 127 they are two bytes each.
        for character in (0..=255).map(char::from) {
            let mut longer = text.to_owned();
            longer.insert(place, character);
            assert_eq!(refusal(&links, &longer), "token_malformed", "{character:?} at {place}");
        }
    }
}

#[test]
fn a_text_of_any_length_is_refused_without_work() {
    let links = links(&scope("reset"));
    for length in [0, 79, 81, 160, 10_000, 10_000_000] {
        assert_eq!(refusal(&links, &"A".repeat(length)), "token_malformed", "{length}");
    }
}

#[test]
fn a_change_of_case_is_refused() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    let text = token.expose_secret();
    for changed in [text.to_ascii_lowercase(), text.to_ascii_uppercase()] {
        assert!(links.verify(&changed, at(NOW)).is_err(), "{changed}");
    }
}

#[test]
fn a_token_is_for_one_purpose_and_one_tenant() {
    let long = "t".repeat(Scope::MAX_TENANT_BYTES);
    let mut scopes = Vec::new();
    for purpose in ["reset", "invitation", "r", "reset-2"] {
        scopes.push(scope(purpose));
        for tenant in ["acme", "Acme", "acme2", "2", &long] {
            scopes.push(scope(purpose).for_tenant(tenant).unwrap());
        }
    }
    for (made_for, made) in scopes.iter().enumerate() {
        let (link, handle) = (issue(&links(made)), issue(&handles(made)));
        for (given_to, given) in scopes.iter().enumerate() {
            let what = format!("{made:?} given to {given:?}");
            let verdicts = [
                links(given).verify(link.expose_secret(), at(NOW)),
                handles(given).verify(handle.expose_secret(), at(NOW)),
            ];
            for verdict in verdicts {
                if made_for == given_to {
                    assert!(verdict.is_ok(), "{what}");
                } else {
                    assert_eq!(verdict, Err(TokenError::Forged), "{what}");
                }
            }
        }
    }
}

#[test]
fn an_unknown_key_id_is_only_compared_with_the_ring() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    let mut bytes = decode(token.expose_secret());
    for id in (0..=u16::MAX).filter(|id| *id != 1) {
        bytes[5..7].copy_from_slice(&id.to_be_bytes());
        let error = TokenError::UnknownKey { key_id: KeyId::new(id) };
        assert_eq!(links.verify(&encode(&bytes), at(NOW)), Err(error));
    }
}

/// Identifiers that are made from the time can be predicted (CVE-2024-45719).
#[test]
fn tokens_of_one_second_differ_by_their_seed() {
    let links = links(&scope("reset"));
    let mut seen: Vec<String> = (0..100)
        .map(|_| {
            let id = AttemptId::new(Seed::generate(&mut repass::SysRng).unwrap());
            links.sign(id, at(NOW + LIFE)).unwrap().expose_secret().to_owned()
        })
        .collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 100);
}

#[test]
fn the_same_values_give_the_same_text() {
    let links = links(&scope("reset"));
    assert_eq!(issue(&links).expose_secret(), issue(&links).expose_secret());
}

#[test]
fn a_token_is_good_until_just_before_it_expires() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    let expires_at = at(NOW + LIFE);
    let expired = Err(TokenError::Expired { expires_at });
    let nanosecond = Duration::from_nanos(1);
    for (now, good) in [
        (at(NOW), true),
        (at(NOW + LIFE - 1), true),
        (expires_at - nanosecond, true),
        (expires_at, false),
        (expires_at + nanosecond, false),
        (at(NOW + LIFE + 1), false),
        (UtcDateTime::MAX, false),
    ] {
        let verdict = links.verify(token.expose_secret(), now);
        if good {
            assert_eq!(verdict.map(|verified| verified.expires_at()), Ok(expires_at), "{now}");
        } else {
            assert_eq!(verdict, expired, "{now}");
        }
    }
}

/// Of the moment of expiry whole seconds count, rounded down: a token never lives longer than it was given.
#[test]
fn a_part_of_a_second_is_cut_off_the_expiry() {
    let links = links(&scope("reset"));
    let id = AttemptId::from_bytes([7; 20]);
    let token = links.sign(id, at(NOW + 10) + Duration::from_millis(999)).unwrap();
    assert!(links.verify(token.expose_secret(), at(NOW + 9)).is_ok());
    assert!(links.verify(token.expose_secret(), at(NOW + 10)).is_err());
}

#[test]
fn a_clock_that_went_back_is_forgiven_for_two_minutes() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    for (back, good) in [(1, true), (119, true), (120, true), (121, false), (315_360_000, false)] {
        let verdict = links.verify(token.expose_secret(), at(NOW - back));
        let too_far = TokenError::TooFarAhead { expires_at: at(NOW + LIFE) };
        assert_eq!(verdict.err(), (!good).then_some(too_far), "{back} s back");
    }
    assert!(links.verify(token.expose_secret(), UtcDateTime::MIN).is_err());
}

#[test]
fn lives_at_the_limits() {
    let ring = || Keyring::new(KeyId::new(1), key(1));
    let id = AttemptId::from_bytes([7; 20]);
    for (life, ahead, good) in [
        (Duration::ZERO, 120, true),
        (Duration::ZERO, 121, false),
        (Duration::from_nanos(999_999_999), 120, true),
        (Duration::from_nanos(999_999_999), 121, false),
        (Duration::from_secs(1), 121, true),
        (Duration::MAX, 1_000_000_000, true),
        (Duration::from_secs(u64::MAX), 1_000_000_000, true),
        (Duration::from_secs(i64::MAX as u64), 1_000_000_000, true),
    ] {
        let links = Signer::links(ring(), scope("reset"), life);
        let token = links.sign(id, at(NOW + ahead)).unwrap();
        let verdict = links.verify(token.expose_secret(), at(NOW));
        assert_eq!(verdict.is_ok(), good, "{life:?}, {ahead} s ahead");
    }
}

#[test]
fn an_expiry_before_1970_cannot_be_signed() {
    let links = links(&scope("reset"));
    let id = AttemptId::from_bytes([7; 20]);
    let just_before = at(0) - Duration::from_nanos(1);
    for (moment, good) in [
        (UtcDateTime::MIN, false),
        (at(-1), false),
        (just_before, false),
        (at(0), true),
        (UtcDateTime::MAX, true),
    ] {
        let error = (!good).then_some(TokenError::Expiry);
        assert_eq!(links.sign(id, moment).err(), error, "{moment}");
    }
}

/// A signer takes any life, whole hours or not: its tokens are good until they say so themselves.
/// Without an expiry no token is signed: those of another system were good for ever (CVE-2026-21622).
#[test]
fn lives_of_hours_and_a_half() {
    let id = AttemptId::from_bytes([7; 20]);
    for life in [1, 90, 12 * 3600 + 1800, 24 * 3600, 30 * 86_400 + 1] {
        let ring = Keyring::new(KeyId::new(1), key(1));
        let links = Signer::links(ring, scope("reset"), Duration::from_secs(life));
        let until = at(NOW) + Duration::from_secs(life);
        let token = links.sign(id, until).unwrap();
        let second = Duration::from_secs(1);
        assert!(links.verify(token.expose_secret(), until - second).is_ok(), "{life}");
        let late = links.verify(token.expose_secret(), until);
        assert_eq!(late, Err(TokenError::Expired { expires_at: until }), "{life}");
    }
}

/// Mail programs leave a mark at the end of a link out of it.
#[test]
fn c01_tokens_begin_and_end_with_a_letter_or_a_digit() {
    let (links, handles) = (links(&scope("reset")), handles(&scope("reset")));
    let ring = || Keyring::new(KeyId::new(u16::MAX), key(1));
    let stateless = StatelessSigner::new(ring(), scope("reset"), Duration::MAX);
    let tickets = TicketSigner::new(ring(), scope("reset"));
    let subject = AccountId::new("42").unwrap();
    let check = |text: &str, length: usize| {
        let [first, .., last] = text.as_bytes() else { panic!("{text}") };
        assert!(first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric(), "{text}");
        assert_eq!(text.len(), length);
    };
    let (mut bits, mut marks) = ([0xff; 20], 0);
    for number in 0..100_000_u32 {
        bits[..4].copy_from_slice(&number.to_be_bytes());
        let id = AttemptId::from_bytes(bits);
        // Over all moments that `time` knows, the last one included.
        let until = at(i64::from(99_999 - number) * 2_534_048 + 253_402_300_799 % 2_534_048);
        let link = links.sign(id, until).unwrap();
        check(link.expose_secret(), 80);
        check(handles.sign(id, until).unwrap().expose_secret(), 80);
        let state = State::changed_by_use(number.to_be_bytes());
        check(stateless.sign(&subject, &state, until).unwrap().expose_secret(), 80);
        check(tickets.sign(id, &[0xff; 15], until).unwrap().expose_secret(), 100);
        // The control: the layout with the tag at the end would end in these.
        let mark = decode(link.expose_secret())[58] & 0x3f >= 62;
        marks += u32::from(mark);
    }
    assert!((2_000..5_000).contains(&marks), "{marks}");
}

/// Who cannot sign learns nothing about the time: the signature is checked first.
#[test]
fn what_is_forged_and_expired_is_forged() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    let mut bytes = decode(token.expose_secret());
    bytes[58] ^= 1;
    for now in [NOW, NOW + LIFE, NOW + 315_360_000, NOW - 315_360_000] {
        assert_eq!(links.verify(&encode(&bytes), at(now)), Err(TokenError::Forged), "{now}");
        let other = handles(&scope("reset"));
        assert_eq!(other.verify(token.expose_secret(), at(now)), Err(TokenError::Forged), "{now}");
    }
}

#[test]
fn verifying_allocates_nothing() {
    let tenant = "t".repeat(Scope::MAX_TENANT_BYTES);
    let wide = scope("reset").for_tenant(&tenant).unwrap();
    for links in [links(&scope("reset")), links(&wide)] {
        let token = issue(&links);
        let good = token.expose_secret();
        let mut bytes = decode(good);
        bytes[58] ^= 1;
        let forged = encode(&bytes);
        bytes[5] = 7;
        let unknown = encode(&bytes);
        for (what, text, now) in [
            ("good", good, NOW),
            ("expired", good, NOW + LIFE),
            ("too far ahead", good, NOW - 121),
            ("forged", &forged, NOW),
            ("unknown key", &unknown, NOW),
            ("short", &good[1..], NOW),
            ("not base64url", "!", NOW),
        ] {
            let allocated = allocation_counter::measure(|| {
                let _ = links.verify(text, at(now));
            });
            assert_eq!(allocated.count_total, 0, "{what}");
        }
    }
}

#[test]
fn signing_allocates_nothing() {
    let links = links(&scope("reset"));
    let id = AttemptId::from_bytes([7; 20]);
    let allocated = allocation_counter::measure(|| {
        assert!(links.sign(id, at(NOW + LIFE)).is_ok());
        assert!(links.sign_with(KeyId::new(1), id, at(NOW + LIFE)).is_ok());
    });
    assert_eq!(allocated.count_total, 0);
}

/// A handle proves only that we made it.
#[test]
fn a_link_proves_who_got_it_and_a_handle_does_not() {
    let (link, handle) = (links(&scope("reset")), handles(&scope("reset")));
    for (signer, proves) in [(link, true), (handle, false)] {
        let verified = signer.verify(issue(&signer).expose_secret(), at(NOW)).unwrap();
        assert_eq!(verified.is_link(), proves, "{signer:?}");
    }
}

/// Looked for where it stood: its block is free by then, and the allocator writes into its beginning at most.
#[cfg(target_os = "linux")]
#[test]
fn a_token_is_wiped_where_it_ends() {
    use std::os::unix::fs::FileExt;

    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let token = Box::new(issue(&links(&scope("reset"))));
    let text = token.expose_secret().to_owned();
    let place = token.expose_secret().as_ptr().addr().try_into().unwrap();
    let mut found = [0; Token::CHARACTERS];
    memory.read_exact_at(&mut found, place).unwrap();
    assert_eq!(found, text.as_bytes(), "control");
    drop(token);
    memory.read_exact_at(&mut found, place).unwrap();
    for piece in text.as_bytes().windows(8) {
        assert!(!found.windows(8).any(|left| left == piece), "{found:?}");
    }
}

/// What a text claims is shown without a key, and is of another type than what was verified.
#[test]
fn a_forged_token_still_says_what_it_claims() {
    let links = links(&scope("reset"));
    let token = issue(&links);
    let mut bytes = decode(token.expose_secret());
    bytes[58] ^= 1;
    let forged = encode(&bytes);
    assert_eq!(links.verify(&forged, at(NOW)), Err(TokenError::Forged));
    for text in [token.expose_secret(), &forged] {
        let claims = Unverified::parse(text).unwrap();
        assert_eq!((claims.key_id(), claims.expires_at()), (KeyId::new(1), at(NOW + LIFE)));
        assert_eq!(claims.bits(), &[7; 20]);
    }
    for text in ["", &forged[1..], &format!("{forged}="), &"~".repeat(80), &"_".repeat(80)] {
        assert_eq!(Unverified::parse(text), Err(TokenError::Malformed), "{text}");
    }
}

proptest! {
    #[test]
    fn what_verifies_is_the_one_spelling_of_what_it_says(
        seed: [u8; 20], ahead in 1_i64..LIFE + 120, kind: bool, place in 0_usize..80, symbol in 0_usize..64,
    ) {
        let signer = if kind { links(&scope("reset")) } else { handles(&scope("reset")) };
        let token = signer.sign(AttemptId::from_bytes(seed), at(NOW + ahead)).unwrap();
        let mut text = token.expose_secret().to_owned();
        text.replace_range(place..=place, &ALPHABET[symbol..=symbol]);
        for text in [token.expose_secret(), &text] {
            if let Ok(verified) = signer.verify(text, at(NOW)) {
                let id = verified.id();
                let again = signer.sign_with(verified.key_id(), id, verified.expires_at()).unwrap();
                prop_assert_eq!(again.expose_secret(), text);
                prop_assert_eq!(id.as_bytes(), &seed);
            } else {
                prop_assert!(text != token.expose_secret());
            }
        }
    }

    #[test]
    fn links_and_handles_never_cross(seed: [u8; 20], ahead in 1_i64..LIFE, purpose in "[a-z0-9-]{1,32}") {
        let (links, handles) = (links(&scope(&purpose)), handles(&scope(&purpose)));
        let (id, until) = (AttemptId::from_bytes(seed), at(NOW + ahead));
        let (link, handle) = (links.sign(id, until).unwrap(), handles.sign(id, until).unwrap());
        prop_assert!(links.verify(link.expose_secret(), at(NOW)).is_ok());
        prop_assert!(handles.verify(handle.expose_secret(), at(NOW)).is_ok());
        prop_assert_eq!(links.verify(handle.expose_secret(), at(NOW)), Err(TokenError::Forged));
        prop_assert_eq!(handles.verify(link.expose_secret(), at(NOW)), Err(TokenError::Forged));
    }

    #[test]
    fn no_text_makes_it_panic_or_verify(text in ".{0,100}", bytes in prop::collection::vec(any::<u8>(), 60), now: i32) {
        let links = links(&scope("reset"));
        let now = at(i64::from(now));
        prop_assert!(links.verify(&text, now).is_err());
        let mut bytes = bytes;
        prop_assert!(links.verify(&encode(&bytes), now).is_err());
        // A moment that there is, the right key id and version, so that the signature decides.
        bytes[0] &= 0x7f;
        bytes[5..7].copy_from_slice(&[0, 1]);
        bytes[59] = 1;
        prop_assert_eq!(links.verify(&encode(&bytes), now), Err(TokenError::Forged));
    }
}

fn key(first: u8) -> Key {
    let material: Vec<u8> = (first..first + 32).collect();
    Key::from_bytes(&material).unwrap()
}

fn scope(purpose: &str) -> Scope {
    Scope::new(Purpose::new(purpose).unwrap())
}

fn links(scope: &Scope) -> Signer {
    let ring = Keyring::new(KeyId::new(1), key(1));
    Signer::links(ring, scope.clone(), Duration::from_secs(LIFE.unsigned_abs()))
}

fn handles(scope: &Scope) -> Signer {
    let ring = Keyring::new(KeyId::new(1), key(1));
    Signer::handles(ring, scope.clone(), Duration::from_secs(LIFE.unsigned_abs()))
}

fn issue(signer: &Signer) -> Token {
    signer.sign(AttemptId::from_bytes([7; 20]), at(NOW + LIFE)).unwrap()
}

fn refusal(signer: &Signer, text: &str) -> &'static str {
    signer.verify(text, at(NOW)).unwrap_err().code()
}

fn at(seconds: i64) -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(seconds).unwrap()
}

/// base64url by hand, so that the encoder under test does not judge itself.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits: u32, byte| bits << 8 | u32::from(*byte));
        for shift in [18, 12, 6, 0] {
            text.push(char::from(ALPHABET.as_bytes()[(bits >> shift & 63) as usize]));
        }
    }
    text
}

fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for group in text.as_bytes().chunks(4) {
        let bits = group.iter().fold(0, |bits: u32, symbol| {
            let value = ALPHABET.bytes().position(|own| own == *symbol).unwrap();
            bits << 6 | u32::try_from(value).unwrap()
        });
        bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
    }
    bytes
}

/// Each error says its own fact, and none of them has another one inside.
#[test]
fn a21_token_errors_say_each_thing_once() {
    let errors: &[&dyn core::error::Error] = &[
        &TokenError::Malformed,
        &TokenError::UnknownKey { key_id: KeyId::new(1) },
        &TokenError::RetiredKey { key_id: KeyId::new(1) },
        &TokenError::Forged,
        &TokenError::Expired { expires_at: at(0) },
        &TokenError::TooFarAhead { expires_at: at(0) },
        &TokenError::OtherState,
        &TokenError::Expiry,
    ];
    for error in errors {
        assert!(error.source().is_none(), "{error}");
        assert!(!error.to_string().is_empty());
    }
}
