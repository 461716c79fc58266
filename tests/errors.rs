//! What every error of tokens, codes, keys, secrets and hashes says: a code that is never renamed, and a text with
//! the facts that decided.

use core::error::Error;

use repass::code::{CodeError, CodeOrigin, ShapeError};
use repass::hash::{CostError, HashError};
use repass::key::{Key, KeyError, KeyId};
use repass::rand_core::{TryCryptoRng, TryRng};
use repass::secret::{PasswordError, PasswordHash};
use repass::time::UtcDateTime;
use repass::token::TokenError;

#[test]
fn errors_of_tokens() {
    let key_id = KeyId::new(517);
    let expires_at = UtcDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    for (error, code, facts) in [
        (TokenError::Malformed, "token_malformed", ["not a token"].as_slice()),
        (TokenError::UnknownKey { key_id }, "token_unknown_key", &["unknown", "517"]),
        (TokenError::RetiredKey { key_id }, "token_retired_key", &["retired", "517"]),
        (TokenError::Forged, "token_forged", &["signature"]),
        (
            TokenError::Expired { expires_at },
            "token_expired",
            &["expired", "2023-11-14", "22:13:20"],
        ),
        (
            TokenError::TooFarAhead { expires_at },
            "token_too_far_ahead",
            &["2023-11-14", "22:13:20"],
        ),
        (TokenError::OtherState, "token_other_state", &["account", "state"]),
        (TokenError::Expiry, "token_expiry_invalid", &["expire"]),
    ] {
        says(&error, error.code(), code, facts);
        assert_eq!(error.answer().code(), "refused", "{error}");
    }
}

#[test]
fn errors_of_codes() {
    let malformed = CodeError::Malformed { length: 8 };
    says(&malformed, malformed.code(), "code_malformed", &["8 characters"]);
    let unknown = CodeError::UnknownKey { key_id: KeyId::new(517) };
    says(&unknown, unknown.code(), "code_unknown_key", &["unknown", "517"]);
    let length = ShapeError::Length { min: 6, max: 12 };
    says(&length, length.code(), "code_length_invalid", &["6 to 12"]);
    let alphabet = ShapeError::Alphabet;
    says(&alphabet, alphabet.code(), "code_alphabet_invalid", &["2 to 36", "twice"]);
    let origin = CodeOrigin::new("localhost").unwrap_err();
    says(&origin, origin.code(), "code_origin_invalid", &["host", "63 bytes"]);
}

#[test]
fn errors_of_keys() {
    let id = KeyId::new(517);
    for (error, code, facts) in [
        (KeyError::Malformed, "key_malformed", ["hex", "base64"].as_slice()),
        (KeyError::TooShort { bytes: 31 }, "key_too_short", &["32", "31"]),
        (KeyError::TooLong { bytes: 1025 }, "key_too_long", &["1024", "1025"]),
        (KeyError::Predictable, "key_predictable", &["not random"]),
        (KeyError::DuplicateId { id }, "key_duplicate_id", &["517"]),
        (KeyError::DuplicateKey { id }, "key_duplicate", &["517"]),
        (KeyError::TooMany, "key_too_many", &["16"]),
        (KeyError::Signing { id }, "key_signing", &["517", "signs"]),
        (KeyError::Unknown { id }, "key_unknown", &["517", "no key"]),
    ] {
        says(&error, error.code(), code, facts);
    }
}

#[test]
fn errors_of_secrets() {
    let long = PasswordError::TooManyBytes { max_bytes: 4096 };
    says(&long, long.code(), "password_too_many_bytes", &["4096 bytes"]);
    let other = PasswordError::ConfirmationMismatch;
    says(&other, other.code(), "password_confirmation_mismatch", &["not the same"]);
    for (text, code, facts) in [
        ("x".repeat(513), "stored_hash_too_long", ["512"]),
        ("$argon2id$ ".into(), "stored_hash_padded", ["padded with spaces"]),
        ("a b".into(), "stored_hash_character", ["ASCII"]),
    ] {
        let error = PasswordHash::from_stored(&text).unwrap_err();
        says(&error, error.code(), code, &facts);
    }
    let random = Key::generate(&mut Stuck).unwrap_err();
    says(&random, random.code(), "random_failed", &["generator", "one byte"]);
}

#[test]
fn errors_of_hashes() {
    for (error, code, facts, transient) in [
        (HashError::Malformed, "hash_malformed", ["not well-formed"].as_slice(), false),
        (HashError::UnsupportedScheme, "hash_unsupported_scheme", &["unknown scheme"], false),
        (
            HashError::OverCeiling { parameter: "m" },
            "hash_over_ceiling",
            &["allowed", "(m)"],
            false,
        ),
        (HashError::UnknownPepper { id: KeyId::new(517) }, "hash_unknown_pepper", &["517"], false),
        (HashError::Busy, "hash_busy", &["too many"], true),
        (HashError::OutOfMemory, "hash_out_of_memory", &["no memory"], true),
    ] {
        says(&error, error.code(), code, facts);
        assert_eq!(error.is_transient(), transient, "{error}");
    }
    for (error, code, facts) in [
        (CostError::Memory { min_kib: 32, max_kib: 99 }, "hash_memory_invalid", ["32 to 99 KiB"]),
        (CostError::Passes { max: 64 }, "hash_passes_invalid", ["1 to 64"]),
        (CostError::Lanes { max: 16 }, "hash_lanes_invalid", ["1 to 16"]),
    ] {
        says(&error, error.code(), code, &facts);
    }
}

fn says(error: &impl Error, found: &str, code: &str, facts: &[&str]) {
    let text = error.to_string();
    assert_eq!(found, code, "{text}");
    for fact in facts {
        assert!(text.contains(fact), "{code} does not say {fact}: {text}");
    }
}

/// A generator that is stuck.
struct Stuck;

impl TryRng for Stuck {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        bytes.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for Stuck {}
