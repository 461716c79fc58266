use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::typed::{NONE, Symbols};
use super::{CheckCode, CodeError, CodeShape, GoodEpochs};
use crate::account::{AccountId, Channel, Contact};
use crate::attempt::AttemptId;
use crate::key::{KeyId, Keyring, Mac, length_of};
use crate::scope::Scope;

/// Derives the codes of one scope and shape.
///
/// ```
/// use repass::account::{AccountId, Contact};
/// use repass::attempt::AttemptId;
/// use repass::code::{CheckCode, CodeBinding, CodeEpoch, CodeShape, Codes, ResendPolicy};
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::scope::{Purpose, Scope};
/// use repass::secret::Seed;
/// use repass::time::UtcDateTime;
///
/// let key_id = KeyId::new(1);
/// let ring = Keyring::new(key_id, Key::generate(&mut repass::SysRng)?);
/// let codes = Codes::new(ring, Scope::new(Purpose::new("door")?), CodeShape::digits(6)?);
///
/// let (account, contact) = (AccountId::new("42")?, Contact::email("ada@example.org")?);
/// let id = AttemptId::new(Seed::generate(&mut repass::SysRng)?);
/// let binding = CodeBinding::new(&account, &contact, id);
///
/// // What is sent: nothing of it is stored but the epoch and the key id.
/// let now = UtcDateTime::from_unix_timestamp(1_700_000_000)?;
/// let epoch = CodeEpoch::first(now);
/// let sent = codes.derive(key_id, &binding, epoch.number())?.expose_secret();
///
/// // What comes back, once the try is counted.
/// let typed = CheckCode::parse(codes.shape(), &sent)?;
/// let good = ResendPolicy::SameCode.good(epoch, now);
/// assert!(codes.matches(key_id, &binding, good, &typed)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
    /// The address or phone number that it is sent to.
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

    /// Derives the code of an epoch that `key_id` gives for `binding`: the same one each time. The
    /// first epoch is 0.
    ///
    /// # Errors
    ///
    /// [`CodeError::UnknownKey`] when the ring does not hold the key.
    pub fn derive(
        &self,
        key_id: KeyId,
        binding: &CodeBinding<'_>,
        epoch: u32,
    ) -> Result<CheckCode, CodeError> {
        let recipient = self.recipient(key_id, binding.contact)?;
        self.derive_for(key_id, binding.account, &recipient, binding.id, epoch)
    }

    /// Whether a typed code is that of an epoch that is good. Each of them is compared, whatever the
    /// others give.
    ///
    /// Every call is one guess, to be counted before it, in counters that no resend changes; two good
    /// codes make it worth two ([`GuessBudget::with_good_codes`]).
    ///
    /// [`GuessBudget::with_good_codes`]: super::GuessBudget::with_good_codes
    ///
    /// # Errors
    ///
    /// [`CodeError::UnknownKey`] when the ring does not hold the key.
    pub fn matches(
        &self,
        key_id: KeyId,
        binding: &CodeBinding<'_>,
        good: GoodEpochs,
        typed: &CheckCode,
    ) -> Result<bool, CodeError> {
        let recipient = self.recipient(key_id, binding.contact)?;
        let mut right = false;
        for epoch in good.numbers() {
            let code = self.derive_for(key_id, binding.account, &recipient, binding.id, epoch)?;
            right |= code.matches(typed);
        }
        Ok(right)
    }

    /// The digest that represents a contact in a row and in the derivation, so that a code is
    /// derived from its row alone.
    pub(crate) fn recipient(
        &self,
        key_id: KeyId,
        contact: &Contact,
    ) -> Result<[u8; 32], CodeError> {
        let address = contact.as_str();
        let (mut ascii, canonical);
        let address = if address.is_ascii() && contact.channel() == Channel::EMAIL {
            // The canonical spelling without an allocation.
            ascii = [0; Contact::MAX_BYTES];
            let copy = ascii.get_mut(..address.len()).unwrap_or_default();
            copy.copy_from_slice(address.as_bytes());
            copy.make_ascii_lowercase();
            &*copy
        } else {
            canonical = contact.canonical();
            canonical.as_bytes()
        };
        let (label, kind) = (b"\0\0\0\x09recipient".as_slice(), contact.kind().as_bytes());
        let scope = self.scope.encoded();
        let parts = [label, &length_of(kind), kind, scope, &length_of(address), address];
        Ok(*gathered(&parts, |parts| self.mac(key_id).map(|mac| mac.over(parts)))?.bytes())
    }

    /// As [`derive`](Self::derive), for an address of which the digest is known.
    pub(crate) fn derive_for(
        &self,
        key_id: KeyId,
        account: &AccountId,
        recipient: &[u8; 32],
        id: AttemptId,
        epoch: u32,
    ) -> Result<CheckCode, CodeError> {
        let mac = self.mac(key_id)?;
        let alphabet = self.shape.alphabet();
        let account = account.as_str().as_bytes();
        let block = |counter: u32| {
            let parts = [
                b"\0\0\0\x04code".as_slice(),
                &[0, 0, 0, alphabet.radix().saturating_add(1), self.shape.length_byte()],
                alphabet.characters(),
                b"\0\0\0\x20",
                recipient,
                self.scope.encoded(),
                &length_of(account),
                account,
                b"\0\0\0\x14",
                id.as_bytes(),
                &epoch.to_be_bytes(),
                &counter.to_be_bytes(),
            ];
            gathered(&parts, |parts| mac.secret_over(parts))
        };
        Ok(CheckCode::new(self.shape, symbols(&self.shape, block)))
    }

    fn mac(&self, key_id: KeyId) -> Result<&Mac, CodeError> {
        let subkeys = self.keyring.subkeys(key_id).ok_or(CodeError::UnknownKey { key_id })?;
        Ok(&subkeys.code)
    }
}

/// Takes symbols out of as many blocks as it needs, each of them equally likely.
fn symbols(shape: &CodeShape, block: impl Fn(u32) -> Zeroizing<[u8; 32]>) -> Symbols {
    let radix = u32::from(shape.alphabet().radix());
    // So many bytes, from the largest multiple of the radix on, would favour the first symbols. Which
    // are passed over becomes public: of those that are taken nothing follows from that.
    let unfair = 256_u32.checked_rem(radix).unwrap_or(0);
    let is_fair = |byte: &u32| bool::from((byte.wrapping_add(unfair) >> 8).ct_eq(&0));
    // The time of a division may depend on what is divided, which is secret here; for a byte and a
    // radix up to 36, multiplying by the reciprocal in 16 bits, rounded up, gives the same quotient.
    let reciprocal = 0x1_0000_u32.div_ceil(radix);
    let mut symbols = Symbols::new([NONE; CodeShape::MAX_LENGTH]);
    let mut free = symbols.iter_mut().take(shape.length());
    let mut next = free.next();
    for counter in 0_u32.. {
        for byte in block(counter).iter().map(|byte| u32::from(*byte)).filter(is_fair) {
            let Some(symbol) = next else { break };
            let quotient = byte.wrapping_mul(reciprocal) >> 16;
            let [.., rest] = byte.wrapping_sub(quotient.wrapping_mul(radix)).to_be_bytes();
            *symbol = rest;
            next = free.next();
        }
        if next.is_none() {
            break;
        }
    }
    symbols
}

/// Hands the parts of a message to `sign`: in one piece wherever they fit, since every piece costs
/// time beyond that of the MAC.
fn gathered<T>(parts: &[&[u8]], sign: impl Fn(&[&[u8]]) -> T) -> T {
    let mut message = [0; 192];
    let mut used = 0_usize;
    for part in parts {
        let end = used.saturating_add(part.len());
        let Some(place) = message.get_mut(used..end) else { return sign(parts) };
        place.copy_from_slice(part);
        used = end;
    }
    sign(&[message.get(..used).unwrap_or_default()])
}
