use super::base64url;
use crate::key::{KeyId, length_of};

/// Bytes in front of everything else that is signed: expiry, key id, and 160 bits.
pub(super) const HEAD: usize = 27;

/// A token: its head, tag and version. 60 is a multiple of 3, so each has one spelling.
pub(super) const TOKEN_BYTES: usize = HEAD + 32 + 1;
pub(super) const TOKEN_CHARACTERS: usize = TOKEN_BYTES / 3 * 4;

/// What a ticket carries behind its head.
pub(super) const BINDING: usize = 15;
/// A ticket has its binding between head and tag. 75 is a multiple of 3 too.
pub(super) const TICKET_BYTES: usize = HEAD + BINDING + 32 + 1;
pub(super) const TICKET_CHARACTERS: usize = TICKET_BYTES / 3 * 4;

const VERSION: u8 = 1;
/// The first unix second that no text can name: from here on its first character could be a mark.
pub(super) const END_OF_TIME: u64 = 0xf8_0000_0000;

/// The fields of a signed text that all kinds have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Head {
    pub(super) key_id: KeyId,
    /// Unix seconds.
    pub(super) expires_at: i64,
    /// The id of an attempt, or a state, cut.
    pub(super) bits: [u8; 20],
}

impl Head {
    /// `None` when no text can name `expires_at`.
    #[inline]
    pub(super) fn encode(&self) -> Option<[u8; HEAD]> {
        let expires_at = u64::try_from(self.expires_at).ok().filter(|at| *at < END_OF_TIME)?;
        let [key_high, key_low] = self.key_id.number().to_be_bytes();
        let [_, _, _, at @ ..] = expires_at.to_be_bytes();
        let mut head = [0; HEAD];
        let (fixed, bits) = head.split_at_mut(7);
        fixed.copy_from_slice(&[at[0], at[1], at[2], at[3], at[4], key_high, key_low]);
        bits.copy_from_slice(&self.bits);
        Some(head)
    }

    /// `None` for a moment that no text can name.
    #[inline]
    fn decode(head: &[u8; HEAD]) -> Option<Self> {
        let (fixed, bits) = head.split_first_chunk::<7>()?;
        let [at @ .., key_high, key_low] = *fixed;
        let expires_at = u64::from_be_bytes([0, 0, 0, at[0], at[1], at[2], at[3], at[4]]);
        Some(Self {
            key_id: KeyId::new(u16::from_be_bytes([key_high, key_low])),
            expires_at: i64::try_from(expires_at).ok().filter(|_| expires_at < END_OF_TIME)?,
            bits: *bits.first_chunk()?,
        })
    }
}

/// A signed text taken apart: what is signed, what it says, and its tag. Nothing is verified yet.
pub(super) struct Parsed<const TAIL: usize> {
    pub(super) signed: [u8; HEAD],
    pub(super) head: Head,
    pub(super) tail: [u8; TAIL],
    pub(super) tag: [u8; 32],
}

/// Takes apart a text of `CHARACTERS` characters, which are `BYTES` bytes; `None` for one that is not of
/// this version.
#[inline]
pub(super) fn parse<const TAIL: usize, const BYTES: usize, const CHARACTERS: usize>(
    text: &str,
) -> Option<Parsed<TAIL>> {
    let mut text: [u8; CHARACTERS] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; BYTES];
    base64url::decode(&mut text, &mut bytes)?;
    let (signed, rest) = bytes.split_first_chunk::<HEAD>()?;
    let (tail, rest) = rest.split_first_chunk::<TAIL>()?;
    let (tag, version) = rest.split_first_chunk::<32>()?;
    let head = Head::decode(signed).filter(|_| *version == [VERSION])?;
    Some(Parsed { signed: *signed, head, tail: *tail, tag: *tag })
}

#[inline]
pub(super) fn print<const TAIL: usize, const BYTES: usize, const CHARACTERS: usize>(
    signed: &[u8; HEAD],
    tail: &[u8; TAIL],
    tag: &[u8; 32],
) -> [u8; CHARACTERS] {
    let mut bytes = [VERSION; BYTES];
    let (head, rest) = bytes.split_at_mut(HEAD);
    let (middle, rest) = rest.split_at_mut(TAIL);
    let (end, _) = rest.split_at_mut(32);
    head.copy_from_slice(signed);
    middle.copy_from_slice(tail);
    end.copy_from_slice(tag);
    let mut text = [0; CHARACTERS];
    base64url::encode(&bytes, &mut text);
    text
}

/// Hands the bytes that the tag covers to `sign`: kind, version with head and tail, and scope, the first
/// two with their lengths.
///
/// In one piece wherever it fits, which is most of what a tag costs beyond its HMAC.
#[inline]
pub(super) fn with_message<const TAIL: usize, T>(
    kind: [u8; 4],
    signed: &[u8; HEAD],
    tail: &[u8; TAIL],
    scope: &[u8],
    sign: impl Fn(&[&[u8]]) -> T,
) -> T {
    let mut message = [0; 128];
    let (fixed, rest) = message.split_at_mut(const { 13 + HEAD + TAIL });
    let (labels, body) = fixed.split_at_mut(12);
    let (kind_length, labels) = labels.split_at_mut(4);
    let (kind_bytes, body_length) = labels.split_at_mut(4);
    kind_length.copy_from_slice(&length_of(&kind));
    kind_bytes.copy_from_slice(&kind);
    body_length.copy_from_slice(&length_of(body));
    let (version, body) = body.split_at_mut(1);
    let (head, middle) = body.split_at_mut(HEAD);
    version.copy_from_slice(&[VERSION]);
    head.copy_from_slice(signed);
    middle.copy_from_slice(tail);
    match rest.get_mut(..scope.len()) {
        Some(end) => {
            end.copy_from_slice(scope);
            let length = fixed.len().saturating_add(scope.len());
            sign(&[message.get(..length).unwrap_or_default()])
        }
        None => sign(&[fixed, scope]),
    }
}
