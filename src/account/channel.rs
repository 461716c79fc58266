use alloc::sync::Arc;
use core::fmt;

/// How a message reaches a person: a name, so that stored rows can carry channels that are added
/// later.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Channel(Name);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Name {
    Email,
    Sms,
    Own(Arc<str>),
}

impl Channel {
    /// By e-mail.
    pub const EMAIL: Self = Self(Name::Email);

    /// By text message to a phone.
    pub const SMS: Self = Self(Name::Sms);

    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 32;

    /// A channel of this name.
    ///
    /// # Errors
    ///
    /// [`ChannelError`] unless the name is 1 to [`Channel::MAX_BYTES`] characters of `a-z`, `0-9` and
    /// `-`.
    pub fn new(name: &str) -> Result<Self, ChannelError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=Self::MAX_BYTES).contains(&name.len()) || !name.bytes().all(plain) {
            return Err(ChannelError { max_bytes: Self::MAX_BYTES });
        }
        let known = [Self::EMAIL, Self::SMS].into_iter().find(|known| known.name() == name);
        Ok(known.unwrap_or_else(|| Self(Name::Own(name.into()))))
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.0 {
            Name::Email => "email",
            Name::Sms => "sms",
            Name::Own(name) => name,
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Channel({:?})", self.name())
    }
}

/// The text is not the name of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ChannelError {
    /// The longest name, in bytes.
    pub max_bytes: usize,
}

impl ChannelError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "channel_invalid"
    }
}

impl fmt::Display for ChannelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a channel is 1 to {} characters of a-z, 0-9 and -", self.max_bytes)
    }
}

impl core::error::Error for ChannelError {}
