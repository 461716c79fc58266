//! No token made for one key, kind, purpose or tenant is good for another: every pair of them is tried.

use core::time::Duration;

use repass::account::AccountId;
use repass::attempt::AttemptId;
use repass::key::{Key, KeyId, Keyring};
use repass::scope::{Purpose, Scope};
use repass::time::UtcDateTime;
use repass::token::{Signer, State, StatelessSigner, Token, TokenError};

const NOW: i64 = 1_700_000_000;
const LIFE: Duration = Duration::from_secs(1800);

const PURPOSES: [Purpose; 5] = [
    Purpose::RESET,
    Purpose::INVITATION,
    Purpose::EMAIL_CHANGE,
    Purpose::VERIFICATION,
    Purpose::STEP_UP,
];

/// Another key under the same id, and the same key under another id.
const KEYS: [(u16, u8); 3] = [(1, 0), (1, 100), (2, 0)];

enum Any {
    Stored(Signer),
    Stateless(StatelessSigner),
}

impl Any {
    fn sign(&self) -> Token {
        let until = now() + LIFE;
        match self {
            Self::Stored(signer) => signer.sign(AttemptId::from_bytes([7; 20]), until).unwrap(),
            Self::Stateless(signer) => signer.sign(&ada(), &state(), until).unwrap(),
        }
    }

    fn verify(&self, token: &Token) -> Result<(), TokenError> {
        let text = token.expose_secret();
        match self {
            Self::Stored(signer) => signer.verify(text, now()).map(|_| ()),
            Self::Stateless(signer) => {
                signer.verify(text, now())?.bind(&ada(), &state()).map(|_| ())
            }
        }
    }
}

/// The key id of each, and every signer there is of it.
fn signers() -> Vec<(u16, Any)> {
    let mut signers = Vec::new();
    for (id, first) in KEYS {
        let material: Vec<u8> = (first..first + 32).collect();
        let ring = Keyring::new(KeyId::new(id), Key::from_bytes(&material).unwrap());
        for purpose in PURPOSES {
            let open = Scope::new(purpose);
            let [acme, reset] = ["acme", "reset"].map(|tenant| open.for_tenant(tenant).unwrap());
            for scope in [open, acme, reset] {
                signers.extend([
                    (id, Any::Stored(Signer::links(ring.clone(), scope.clone(), LIFE))),
                    (id, Any::Stored(Signer::handles(ring.clone(), scope.clone(), LIFE))),
                    (id, Any::Stored(Signer::stops(ring.clone(), scope.clone(), LIFE))),
                    (id, Any::Stateless(StatelessSigner::new(ring.clone(), scope, LIFE))),
                ]);
            }
        }
    }
    signers
}

#[test]
fn a_token_is_good_where_it_was_made_and_nowhere_else() {
    let signers = signers();
    assert_eq!(signers.len(), 3 * 5 * 3 * 4);
    for (made_by, (made_id, maker)) in signers.iter().enumerate() {
        let token = maker.sign();
        for (given_to, (given_id, judge)) in signers.iter().enumerate() {
            let expected = if made_by == given_to {
                Ok(())
            } else if made_id == given_id {
                Err(TokenError::Forged)
            } else {
                Err(TokenError::UnknownKey { key_id: KeyId::new(*made_id) })
            };
            assert_eq!(judge.verify(&token), expected, "made by {made_by}, given to {given_to}");
        }
    }
}

/// Every verifier in a thread of 64 KiB: what a service on a small machine or an async runtime may have.
#[test]
fn verifying_needs_little_stack() {
    let small = std::thread::Builder::new().stack_size(64 * 1024);
    let verified = small.spawn(|| {
        let signers = signers();
        let tokens: Vec<_> = signers.iter().map(|(_, signer)| signer.sign()).collect();
        signers
            .iter()
            .zip(&tokens)
            .filter(|((_, signer), token)| signer.verify(token).is_ok())
            .count()
    });
    assert_eq!(verified.unwrap().join().unwrap(), 180);
}

fn ada() -> AccountId {
    AccountId::new("42").unwrap()
}

fn state() -> State {
    State::changed_by_use("hash")
}

fn now() -> UtcDateTime {
    UtcDateTime::from_unix_timestamp(NOW).unwrap()
}
