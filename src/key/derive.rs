use alloc::vec::Vec;

use hmac::KeyInit;
use hmac::block_api::HmacCore;
use hmac::digest::Output;
use hmac::digest::block_api::{Buffer, CoreProxy, FixedOutputCore, UpdateCore};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// One subkey for each use, so that what computes a code can never sign a token.
pub(crate) struct Subkeys {
    pub(crate) link: Mac,
    pub(crate) handle: Mac,
    pub(crate) stateless: Mac,
    pub(crate) state: Mac,
    pub(crate) code: Mac,
    pub(crate) seal: Mac,
    pub(crate) stamp: Mac,
    pub(crate) session: Mac,
    pub(crate) throttle: Mac,
    pub(crate) ticket: Mac,
    pub(crate) stop: Mac,
    pub(crate) request: Mac,
    pub(crate) message: Mac,
    pub(crate) notice: Mac,
    /// Argon2 takes it as it is.
    pub(crate) pepper: Zeroizing<[u8; 32]>,
}

impl Subkeys {
    /// Derives each with an info string of its own.
    pub(crate) fn expand(key: &[u8; 32]) -> Self {
        let block = |info: &[u8]| expand(key, info);
        let expand = |info: &[u8]| Mac::new(&block(info));
        Self {
            link: expand(b"repass/1 link token"),
            handle: expand(b"repass/1 handle"),
            stateless: expand(b"repass/1 stateless token"),
            state: expand(b"repass/1 account state"),
            code: expand(b"repass/1 check code"),
            seal: expand(b"repass/1 row seal"),
            stamp: expand(b"repass/1 account stamp"),
            session: expand(b"repass/1 session tag"),
            throttle: expand(b"repass/1 throttle key"),
            ticket: expand(b"repass/1 ticket"),
            stop: expand(b"repass/1 stop"),
            request: expand(b"repass/1 request"),
            message: expand(b"repass/1 message"),
            notice: expand(b"repass/1 notice"),
            pepper: block(b"repass/1 pepper"),
        }
    }
}

/// `repass/1`, which HMAC pads with zeros.
pub(crate) const SALT: [u8; 32] = *b"repass/1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// HKDF-Extract (RFC 5869, section 2.2).
pub(crate) fn extract(salt: &[u8; 32], key_material: &[u8]) -> Zeroizing<[u8; 32]> {
    Mac::new(salt).raw(key_material).finish_secret()
}

/// HKDF-Expand (RFC 5869, section 2.3) to 32 bytes, which is its first block.
pub(crate) fn expand(key: &[u8; 32], info: &[u8]) -> Zeroizing<[u8; 32]> {
    Mac::new(key).raw(info).raw(&[1]).finish_secret()
}

/// What keys and the states of MACs are kept in is wiped on drop.
const _: () = {
    const fn is_wiped<T: ZeroizeOnDrop>() {}
    is_wiped::<Zeroizing<[u8; 32]>>();
    is_wiped::<<Sha256 as CoreProxy>::Core>();
    is_wiped::<Rest>();
};

/// HMAC-SHA256 (RFC 2104) with the key already set up.
///
/// `hmac::Hmac` has state and buffer in one: it copies the buffer, which is empty, with the key, and moves both on to
/// be finished, which would cost a tenth of a short message.
#[derive(Clone)]
pub(crate) struct Mac {
    state: HmacCore<Sha256>,
    rest: Rest,
}

/// What does not fill a block yet.
type Rest = Buffer<HmacCore<Sha256>>;

impl Mac {
    fn new(key: &[u8; 32]) -> Self {
        // HMAC pads a key with zeros to the block of the hash; a whole block cannot be refused.
        let mut block = Zeroizing::new([0; 64]);
        let (head, _) = block.split_at_mut(32);
        head.copy_from_slice(key);
        Self { state: HmacCore::new((&*block).into()), rest: Rest::default() }
    }

    /// The value over bytes that are already laid out.
    pub(crate) fn over(&self, parts: &[&[u8]]) -> Tag {
        Tag(self.value_over(parts))
    }

    /// The same as a key or a code to be, wiped on drop.
    pub(crate) fn secret_over(&self, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.value_over(parts))
    }

    #[inline]
    fn value_over(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut state = self.state.clone();
        let mut rest = if self.rest.get_pos() == 0 { Rest::default() } else { self.rest.clone() };
        for part in parts {
            rest.digest_blocks(part, |blocks| state.update_blocks(blocks));
        }
        finished(&mut state, &mut rest)
    }

    /// Adds bytes as they are, for messages whose layout is fixed elsewhere.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.add(bytes);
        self
    }

    /// [`raw`](Self::raw) in place: moving a MAC on copies and wipes 200 bytes.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        let Self { state, rest } = self;
        rest.digest_blocks(bytes, |blocks| state.update_blocks(blocks));
    }

    /// [`part`](Self::part) in place.
    pub(crate) fn add_part(&mut self, bytes: &[u8]) {
        self.add(&length_of(bytes));
        self.add(bytes);
    }

    /// [`part_or_absent`](Self::part_or_absent) in place.
    pub(crate) fn add_part_or_absent(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.add_part(bytes),
            None => self.add(&ABSENT),
        }
    }

    /// Adds one part: its length as u32 big-endian, then its bytes, so that no two lists of parts
    /// make the same message.
    pub(crate) fn part(mut self, bytes: &[u8]) -> Self {
        self.add_part(bytes);
        self
    }

    /// Adds one part, or where there is none the length that no part has.
    pub(crate) fn part_or_absent(self, bytes: Option<&[u8]>) -> Self {
        match bytes {
            Some(bytes) => self.part(bytes),
            None => self.raw(&ABSENT),
        }
    }

    pub(crate) fn finish(mut self) -> Tag {
        Tag(finished(&mut self.state, &mut self.rest))
    }

    /// The value as a key or a code to be, wiped on drop.
    pub(crate) fn finish_secret(mut self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(finished(&mut self.state, &mut self.rest))
    }
}

fn finished(state: &mut HmacCore<Sha256>, rest: &mut Rest) -> [u8; 32] {
    let mut value = Output::<HmacCore<Sha256>>::default();
    state.finalize_fixed_core(rest, &mut value);
    value.into()
}

/// The length of an absent part, which an empty one does not have.
pub(crate) const ABSENT: [u8; 4] = [0xff; 4];

/// The length prefix of a part. Texts are cut long before 4 GiB, where it would be ambiguous.
pub(crate) fn length_of(part: &[u8]) -> [u8; 4] {
    u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes()
}

/// SHA-256 over parts, for names that need no key. They are gathered first: a hash that is moved from part to
/// part costs more than the copy.
pub(crate) struct PartsDigest(Vec<u8>);

impl PartsDigest {
    /// Begins with a label, which no other use has.
    pub(crate) fn new(label: &[u8]) -> Self {
        Self(Vec::with_capacity(256)).part(label)
    }

    /// Adds one part, as [`Mac::part`] does.
    pub(crate) fn part(self, bytes: &[u8]) -> Self {
        self.raw(&length_of(bytes)).raw(bytes)
    }

    /// Adds bytes as they are.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// The first 16 bytes.
    pub(crate) fn finish_short(self) -> [u8; 16] {
        let mut short = [0; 16];
        short.iter_mut().zip(self.finish()).for_each(|(to, from)| *to = from);
        short
    }
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

    /// The value cut to 160 bits.
    pub(crate) fn cut(&self) -> [u8; 20] {
        let mut cut = [0; 20];
        cut.iter_mut().zip(self.0).for_each(|(to, from)| *to = from);
        cut
    }

    /// Whether `cut` is the value cut, in constant time too.
    pub(crate) fn begins_with(&self, cut: &[u8; 20]) -> bool {
        // The bytes that are missing are taken from our side.
        let mut whole = self.0;
        whole.iter_mut().zip(cut).for_each(|(to, from)| *to = *from);
        self.matches(&whole)
    }
}
