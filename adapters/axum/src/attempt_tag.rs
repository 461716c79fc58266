use core::fmt;

/// A short public name of an attempt: eight of the characters that spell its id in a handle or a
/// ticket. It tells the cookies of one attempt from those of another, and proves nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttemptTag([u8; 8]);

/// Where the tag begins: characters 12 to 20 spell the bytes 9 to 15, which are bytes of the id.
const START: usize = 12;

impl AttemptTag {
    /// The tag of the attempt that a signed text names.
    pub(crate) fn of(signed: &str) -> Option<Self> {
        signed.get(START..).and_then(|rest| rest.get(..8)).and_then(Self::parse)
    }

    /// The tag that a form or a cookie names.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 8] = text.as_bytes().try_into().ok()?;
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        bytes.iter().all(plain).then_some(Self(bytes))
    }

    pub(crate) fn as_str(&self) -> &str {
        // They are ASCII.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for AttemptTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttemptTag({})", self.as_str())
    }
}
