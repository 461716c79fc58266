use core::fmt;

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// One subkey for each use, so that what computes a code can never sign a token.
pub(crate) struct Subkeys {
    pub(crate) link: Mac,
    pub(crate) handle: Mac,
    pub(crate) code: Mac,
    pub(crate) seal: Mac,
    pub(crate) stamp: Mac,
    pub(crate) session: Mac,
    pub(crate) throttle: Mac,
    /// Argon2 takes it as it is.
    pub(crate) pepper: Zeroizing<[u8; 32]>,
}

impl Subkeys {
    /// HKDF-Expand (RFC 5869, section 2.3) with one info string for each use.
    pub(crate) fn expand(key: &[u8; 32]) -> Self {
        // One block of output is HMAC(key, info, 0x01).
        let block = |info: &[u8]| Mac::new(key).raw(info).raw(&[1]).finish_secret();
        let expand = |info: &[u8]| Mac::new(&block(info));
        Self {
            link: expand(b"repass/1 link token"),
            handle: expand(b"repass/1 handle"),
            code: expand(b"repass/1 check code"),
            seal: expand(b"repass/1 row seal"),
            stamp: expand(b"repass/1 account stamp"),
            session: expand(b"repass/1 session tag"),
            throttle: expand(b"repass/1 throttle key"),
            pepper: block(b"repass/1 pepper"),
        }
    }
}

/// HKDF-Extract (RFC 5869, section 2.2) with the salt `repass/1`.
pub(crate) fn extract(key_material: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut salt = [0; 32];
    let (name, _) = salt.split_at_mut(8);
    name.copy_from_slice(b"repass/1");
    Mac::new(&salt).raw(key_material).finish_secret()
}

/// HMAC-SHA256 (RFC 2104) with the key already set up.
#[derive(Clone)]
pub(crate) struct Mac(Hmac<Sha256>);

impl Mac {
    fn new(key: &[u8; 32]) -> Self {
        // HMAC pads a key with zeros to the block of the hash; a whole block cannot be refused.
        let mut block = Zeroizing::new([0; 64]);
        let (head, _) = block.split_at_mut(32);
        head.copy_from_slice(key);
        Self(Hmac::new((&*block).into()))
    }

    /// The value over bytes that are already laid out.
    pub(crate) fn over(&self, parts: &[&[u8]]) -> Tag {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        Tag(mac.finalize().into_bytes().into())
    }

    /// Adds bytes as they are, for messages whose layout is fixed elsewhere.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.update(bytes);
        self
    }

    /// Adds one part: its length as u32 big-endian, then its bytes, so that no two lists of parts
    /// make the same message.
    pub(crate) fn part(self, bytes: &[u8]) -> Self {
        self.raw(&length_of(bytes)).raw(bytes)
    }

    pub(crate) fn finish(self) -> Tag {
        Tag(self.0.finalize().into_bytes().into())
    }

    /// The value as a key or a code to be, wiped on drop.
    pub(crate) fn finish_secret(self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.finalize().into_bytes().into())
    }
}

/// The length prefix of a part. Texts are cut long before 4 GiB, where it would be ambiguous.
pub(crate) fn length_of(part: &[u8]) -> [u8; 4] {
    u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes()
}

/// An HMAC-SHA256 value; compared in constant time only.
pub(crate) struct Tag([u8; 32]);

impl Tag {
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `other` is the same value: what differs is gathered over all words, and only whether
    /// anything does is asked.
    pub(crate) fn matches(&self, other: &[u8; 32]) -> bool {
        let (ours, _) = self.0.as_chunks::<8>();
        let (theirs, _) = other.as_chunks::<8>();
        let words = ours.iter().zip(theirs);
        let differing = words.fold(0, |differing, (our, their)| {
            differing | (u64::from_ne_bytes(*our) ^ u64::from_ne_bytes(*their))
        });
        differing.ct_eq(&0).into()
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tag(..)")
    }
}
