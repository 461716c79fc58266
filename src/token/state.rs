use core::fmt;

use sha2::{Digest, Sha256};

use crate::key::length_of;

/// What a stateless token is bound to: values that the service stores, of which one changes when
/// the token is used.
///
/// That one makes the token good for one use, so a state begins with it. When any of the others
/// changes, that ends the token too.
///
/// | purpose | what its use changes | what else may be bound |
/// |---|---|---|
/// | reset | the password hash | last sign-in and e-mail address, as Django does |
/// | verification | the flag "is verified" | the address |
/// | e-mail change | the present address | the address to come |
/// | invitation | the flag "has accepted" | the role that is offered |
/// | step-up | the moment of the last step-up | the id of the session |
///
/// Values are told apart byte by byte and by their order. Write each in one way only, and a missing
/// one as something that no present one is.
///
/// ```
/// use repass::token::State;
///
/// let (hash, last_sign_in) = ("$argon2id$v=19$...", 1_700_000_000_i64);
/// let state = State::changed_by_use(hash).and(last_sign_in.to_be_bytes()).and("ada@example.org");
/// assert_eq!(format!("{state:?}"), "State(..)");
/// ```
#[derive(Clone)]
pub struct State(Sha256);

impl State {
    /// Begins with a value that the use of the token changes, in the same statement that does what
    /// the token is for.
    #[must_use]
    pub fn changed_by_use(value: impl AsRef<[u8]>) -> Self {
        Self(Sha256::new()).and(value)
    }

    /// Adds another value.
    #[must_use]
    pub fn and(self, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        Self(self.0.chain_update(length_of(value)).chain_update(value))
    }

    pub(super) fn digest(&self) -> [u8; 32] {
        self.0.clone().finalize().into()
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State(..)")
    }
}
