use time::UtcDateTime;

use super::wire::{self, Head, TOKEN_BYTES, TOKEN_CHARACTERS};
use super::{TokenError, issuer};
use crate::key::KeyId;

/// What a text claims that has the shape of a token; nobody has looked at its signature.
///
/// For people who debug an integration. Nothing here may decide anything.
///
/// ```
/// use repass::token::{TokenError, Unverified};
///
/// let forged = format!("AGVT8wgABw{}B", "A".repeat(69));
/// assert_eq!(Unverified::parse(&forged)?.key_id().number(), 7);
/// assert_eq!(Unverified::parse("AGVT8wgABw").err(), Some(TokenError::Malformed));
/// # Ok::<(), TokenError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unverified {
    head: Head,
}

impl Unverified {
    /// Takes a text apart.
    ///
    /// # Errors
    ///
    /// [`TokenError::Malformed`].
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let parsed =
            wire::parse::<0, TOKEN_BYTES, TOKEN_CHARACTERS>(text).ok_or(TokenError::Malformed)?;
        Ok(Self { head: parsed.head })
    }

    /// The key that it names.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.head.key_id
    }

    /// The first moment at which it would no longer be good.
    #[must_use]
    pub fn expires_at(&self) -> UtcDateTime {
        issuer::moment(self.head.expires_at)
    }

    /// Bytes 7 to 27: the id of an attempt, or the state of an account, cut.
    #[must_use]
    pub const fn bits(&self) -> &[u8; 20] {
        &self.head.bits
    }
}
