use data_encoding::BASE64URL_NOPAD;

use crate::key::{KeyId, length_of};

/// Bytes of a token.
pub(super) const BYTES: usize = 60;
/// Characters of its text: 60 is a multiple of 3, so each token has one spelling.
pub(super) const CHARACTERS: usize = 80;
/// Bytes that stand before the tag.
const HEAD: usize = 28;

const VERSION: u8 = 1;
/// The first unix second that 40 bits cannot say.
const END_OF_TIME: u64 = 1 << 40;

/// The fields of a token before its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Head {
    pub(super) key_id: KeyId,
    /// Unix seconds.
    pub(super) expires_at: i64,
    /// The id of an attempt, or a state, cut.
    pub(super) bits: [u8; 20],
}

impl Head {
    /// `None` when `expires_at` does not fit 40 bits.
    pub(super) fn encode(&self) -> Option<[u8; HEAD]> {
        let expires_at = u64::try_from(self.expires_at).ok().filter(|at| *at < END_OF_TIME)?;
        let [key_high, key_low] = self.key_id.number().to_be_bytes();
        let [_, _, _, at @ ..] = expires_at.to_be_bytes();
        let mut head = [0; HEAD];
        let (fixed, bits) = head.split_at_mut(8);
        fixed.copy_from_slice(&[VERSION, key_high, key_low, at[0], at[1], at[2], at[3], at[4]]);
        bits.copy_from_slice(&self.bits);
        Some(head)
    }

    /// `None` for another version.
    fn decode(head: &[u8; HEAD]) -> Option<Self> {
        let (fixed, bits) = head.split_first_chunk::<8>()?;
        let [VERSION, key_high, key_low, at @ ..] = *fixed else { return None };
        Some(Self {
            key_id: KeyId::new(u16::from_be_bytes([key_high, key_low])),
            expires_at: i64::from_be_bytes([0, 0, 0, at[0], at[1], at[2], at[3], at[4]]),
            bits: *bits.first_chunk()?,
        })
    }
}

/// A token taken apart: what is signed, what it says, and its tag. Nothing is verified yet.
pub(super) struct Parsed {
    pub(super) signed: [u8; HEAD],
    pub(super) head: Head,
    pub(super) tag: [u8; 32],
}

/// `None` for a text that is no token of this version.
pub(super) fn parse(text: &str) -> Option<Parsed> {
    if text.len() != CHARACTERS {
        return None;
    }
    let mut bytes = [0; BYTES];
    BASE64URL_NOPAD.decode_mut(text.as_bytes(), &mut bytes).ok()?;
    let (signed, tag) = bytes.split_first_chunk::<HEAD>()?;
    Some(Parsed { signed: *signed, head: Head::decode(signed)?, tag: *tag.first_chunk()? })
}

pub(super) fn print(signed: &[u8; HEAD], tag: &[u8; 32]) -> [u8; CHARACTERS] {
    let mut bytes = [0; BYTES];
    let (head, rest) = bytes.split_at_mut(HEAD);
    head.copy_from_slice(signed);
    rest.copy_from_slice(tag);
    let mut text = [0; CHARACTERS];
    BASE64URL_NOPAD.encode_mut(&bytes, &mut text);
    text
}

/// Hands the bytes that the tag covers to `sign`: kind, head and scope, each part with its length.
///
/// In one piece wherever it fits, which is most of what a tag costs beyond its HMAC.
pub(super) fn with_message<T>(
    kind: [u8; 4],
    signed: &[u8; HEAD],
    scope: &[u8],
    sign: impl Fn(&[&[u8]]) -> T,
) -> T {
    let mut message = [0; 128];
    let (fixed, rest) = message.split_at_mut(12 + HEAD);
    let (labels, head) = fixed.split_at_mut(12);
    let (kind_length, labels) = labels.split_at_mut(4);
    let (kind_bytes, head_length) = labels.split_at_mut(4);
    kind_length.copy_from_slice(&length_of(&kind));
    kind_bytes.copy_from_slice(&kind);
    head_length.copy_from_slice(&length_of(signed));
    head.copy_from_slice(signed);
    match rest.get_mut(..scope.len()) {
        Some(tail) => {
            tail.copy_from_slice(scope);
            let length = fixed.len().saturating_add(scope.len());
            sign(&[message.get(..length).unwrap_or_default()])
        }
        None => sign(&[fixed, scope]),
    }
}
