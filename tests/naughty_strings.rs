//! The Big List of Naughty Strings against everything that takes text: no panic, and no control character gets in.

use core::time::Duration;

use repass::account::{AccountId, Contact, Login, Lookup};
use repass::code::{CheckCode, CodeShape};
use repass::hash::{Cost, Hasher};
use repass::key::{Key, KeyId, Keyring};
use repass::message::{LinkForm, MessageText, ResetLink, Template};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, PasswordHash};
use repass::time::UtcDateTime;
use repass::token::Signer;

#[test]
fn no_control_character_gets_in() {
    let scope = Scope::new(Purpose::RESET);
    for string in strings() {
        for text in [
            string.clone(),
            format!("{string}@example.org"),
            format!("ada@{string}"),
            format!("a{string}\0"),
        ] {
            let taken = [
                Contact::email(&text).is_ok(),
                Login::new(&text).is_ok(),
                AccountId::new(&text).is_ok(),
                Purpose::new(&text).is_ok(),
                scope.for_tenant(&text).is_ok(),
                PasswordHash::from_stored(&text).is_ok(),
                ResetLink::new(&text, LinkForm::Query).is_ok(),
                ResetLink::new(&format!("https://{text}"), LinkForm::Query).is_ok(),
                ResetLink::new(&format!("https://example.org/{text}"), LinkForm::Query).is_ok(),
                Template::custom(MessageText::new(&text, "text"), &[]).is_ok(),
            ];
            if text.chars().any(char::is_control) {
                assert_eq!(taken, [false; 10], "{text:?}");
            }
            // What a person typed is trimmed: what is left must be clean all the same.
            for read in [Lookup::email, Lookup::login, Lookup::email_or_login] {
                let left = match read(&text) {
                    Ok(Lookup::Email(address)) => address.as_str().to_owned(),
                    Ok(Lookup::Login(login)) => login.as_str().to_owned(),
                    _ => continue,
                };
                assert!(!left.chars().any(char::is_control) && left == left.trim(), "{text:?}");
            }
        }
    }
}

#[test]
fn none_is_a_token_or_a_code() {
    let key = Key::from_bytes(&(0..32).collect::<Vec<_>>()).unwrap();
    let ring = Keyring::new(KeyId::new(1), key);
    let links = Signer::links(ring, Scope::new(Purpose::RESET), Duration::from_secs(1800));
    let now = UtcDateTime::from_unix_timestamp(1_700_000_000).unwrap();
    for string in strings() {
        let text: String =
            string.chars().cycle().take(if string.is_empty() { 0 } else { 80 }).collect();
        for text in [&string, &text] {
            assert!(links.verify(text, now).is_err(), "{text:?}");
            assert!(CheckCode::parse(CodeShape::DEFAULT, text).is_err(), "{text:?}");
        }
    }
}

#[test]
fn each_is_a_password_and_stays_as_typed_or_normalised() {
    for string in strings() {
        let verbatim = Password::verbatim(&*string).unwrap();
        assert_eq!(verbatim.expose_secret(), string);
        let once = Password::new(&*string).unwrap();
        let twice = Password::new(once.expose_secret()).unwrap();
        assert_eq!(once.expose_secret(), twice.expose_secret());
    }
}

#[test]
fn none_is_a_hash_that_anything_matches() {
    let hasher = Hasher::new(Cost::new(8, 1, 1).unwrap());
    let password = Password::new("correct horse").unwrap();
    for string in strings() {
        for text in [
            string.clone(),
            format!("$argon2id${string}"),
            format!("$argon2id$v=19$m=8,t=1,p=1${string}"),
        ] {
            if let Ok(stored) = PasswordHash::from_stored(&text) {
                assert!(hasher.verify(&password, &stored).is_err(), "{text:?}");
            }
        }
    }
}

fn strings() -> Vec<String> {
    let strings: Vec<String> =
        serde_json::from_str(include_str!("vectors/blns/blns.json")).unwrap();
    assert_eq!(strings.len(), 515);
    strings
}
