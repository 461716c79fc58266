use super::typed::NONE;
use super::{CheckCode, CodeError, CodeShape};
use crate::account::{AccountId, Contact};
use crate::attempt::AttemptId;
use crate::key::{KeyId, Keyring, Mac};
use crate::scope::Scope;

/// Derives the codes of one scope and shape.
#[derive(Clone, Debug)]
pub struct Codes {
    keyring: Keyring,
    scope: Scope,
    shape: CodeShape,
}

/// What a code is good for: nothing else gets the same one but by chance.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CodeBinding<'a> {
    /// The account whose password it resets.
    pub account: &'a AccountId,
    /// The address that it is sent to.
    pub contact: &'a Contact,
    /// The attempt that it belongs to: the random salt of the derivation.
    pub id: AttemptId,
}

impl<'a> CodeBinding<'a> {
    /// Binds a code to an attempt on `account`, sent to `contact`.
    #[must_use]
    pub const fn new(account: &'a AccountId, contact: &'a Contact, id: AttemptId) -> Self {
        Self { account, contact, id }
    }
}

impl Codes {
    /// Codes of this shape under the keys of `keyring`.
    #[must_use]
    pub const fn new(keyring: Keyring, scope: Scope, shape: CodeShape) -> Self {
        Self { keyring, scope, shape }
    }

    /// The shape of the codes.
    #[must_use]
    pub const fn shape(&self) -> CodeShape {
        self.shape
    }

    /// Derives the code that `key_id` gives for `binding`: the same one each time.
    ///
    /// # Errors
    ///
    /// [`CodeError::UnknownKey`] when the ring does not hold the key.
    pub fn derive(&self, key_id: KeyId, binding: &CodeBinding<'_>) -> Result<CheckCode, CodeError> {
        let recipient = self.recipient(key_id, binding.contact)?;
        self.derive_for(key_id, binding.account, &recipient, binding.id)
    }

    /// The digest of an address that stands for it in a row and in the derivation, so that a code
    /// is derived from its row alone.
    pub(crate) fn recipient(
        &self,
        key_id: KeyId,
        contact: &Contact,
    ) -> Result<[u8; 32], CodeError> {
        let mac = self.mac(key_id)?.part(b"recipient").part(b"email").raw(self.scope.encoded());
        Ok(*mac.part(contact.canonical().as_bytes()).finish().bytes())
    }

    /// As [`derive`](Self::derive), for an address of which the digest is known.
    pub(crate) fn derive_for(
        &self,
        key_id: KeyId,
        account: &AccountId,
        recipient: &[u8; 32],
        id: AttemptId,
    ) -> Result<CheckCode, CodeError> {
        let mac = self
            .mac(key_id)?
            .part(b"code")
            .part(&self.shape.encoded())
            .part(recipient)
            .raw(self.scope.encoded())
            .part(account.as_str().as_bytes())
            .part(id.as_bytes());
        let radix = self.shape.radix();
        // Bytes from the largest multiple of the radix on would favour the first symbols.
        let fair = 256_u64.saturating_sub(256_u64.checked_rem(radix).unwrap_or(0));
        let mut symbols = [NONE; CodeShape::MAX_LENGTH];
        let mut free = symbols.iter_mut().take(self.shape.length());
        let mut next = free.next();
        for counter in 0_u32.. {
            let block = mac.clone().raw(&counter.to_be_bytes()).finish_secret();
            for byte in block.iter().map(|byte| u64::from(*byte)).filter(|byte| *byte < fair) {
                let Some(symbol) = next else { break };
                *symbol =
                    byte.checked_rem(radix).and_then(|s| u8::try_from(s).ok()).unwrap_or(NONE);
                next = free.next();
            }
            if next.is_none() {
                break;
            }
        }
        Ok(CheckCode::new(self.shape, symbols))
    }

    fn mac(&self, key_id: KeyId) -> Result<Mac, CodeError> {
        let subkeys = self.keyring.subkeys(key_id).ok_or(CodeError::UnknownKey { key_id })?;
        Ok(subkeys.code.clone())
    }
}
