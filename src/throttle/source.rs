use alloc::sync::Arc;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where a request comes from: the IP address of a client, or a text that the host chooses.
/// Requests from the same source are counted together.
///
/// Behind a proxy, the host must pass the client address that its own proxy reports. If a client
/// can choose the address, for example in a header that the proxy does not overwrite, the limit has
/// no effect. If the host passes the address of the proxy itself, all clients share one limit.
///
/// Cheap to clone. `Debug` does not show the source, because it is personal data.
///
/// ```
/// use repass::throttle::Source;
///
/// let phone = Source::from_ip("2001:db8:1:2:aaaa::1".parse()?);
/// // A customer of a provider has at least a /64, and can choose the rest of the address.
/// assert_eq!(phone, Source::from_ip("2001:db8:1:2:bbbb::2".parse()?));
/// assert_ne!(phone, Source::from_ip("2001:db8:1:3::1".parse()?));
/// assert_eq!(
///     Source::from_ip("::ffff:192.0.2.1".parse()?),
///     Source::from_ip("192.0.2.1".parse()?),
/// );
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Source(Kind);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Kind {
    V4([u8; 4]),
    /// The network: the first 64 bits.
    V6([u8; 8]),
    Text(Arc<str>),
    Caller(Arc<str>),
}

impl Source {
    /// The longest text, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// The address of a client: an IPv4 address, or the first 64 bits of an IPv6 address.
    ///
    /// An IPv6 address that contains an IPv4 address is treated as that IPv4 address. This applies
    /// to `::ffff:0:0/96` (RFC 4291, section 2.5.5.2) and to `64:ff9b::/96` (RFC 6052, section
    /// 2.1), in which all IPv4 clients of a server behind a translator would otherwise share one
    /// source.
    #[must_use]
    pub fn from_ip(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self(Kind::V4(address.octets())),
            IpAddr::V6(address) => match embedded(address) {
                Some(address) => Self(Kind::V4(address.octets())),
                None => {
                    let [a, b, c, d, e, f, g, h, ..] = address.octets();
                    Self(Kind::V6([a, b, c, d, e, f, g, h]))
                }
            },
        }
    }

    /// A text that the host chooses, such as the number of a network.
    ///
    /// # Errors
    ///
    /// [`SourceError`] for a text that is empty, longer than [`Source::MAX_BYTES`], or has a control
    /// character.
    pub fn from_text(text: &str) -> Result<Self, SourceError> {
        checked(text).map(|text| Self(Kind::Text(text)))
    }

    /// A caller that the host has authenticated, such as another system that sends the requests of
    /// many people. It has a [limit](crate::reset::Limits::requests_of_caller) of its own, which is
    /// higher by default, so never make one from a name that was not authenticated.
    ///
    /// # Errors
    ///
    /// As [`from_text`](Self::from_text).
    pub fn caller(name: &str) -> Result<Self, SourceError> {
        checked(name).map(|name| Self(Kind::Caller(name)))
    }

    pub(crate) const fn is_caller(&self) -> bool {
        matches!(self.0, Kind::Caller(_))
    }

    /// The name of the kind and the bytes, in the name of a counter.
    pub(super) fn parts(&self) -> [&[u8]; 2] {
        match &self.0 {
            Kind::V4(bytes) => [b"ipv4", bytes],
            Kind::V6(bytes) => [b"ipv6", bytes],
            Kind::Text(text) => [b"text", text.as_bytes()],
            Kind::Caller(name) => [b"caller", name.as_bytes()],
        }
    }
}

fn checked(text: &str) -> Result<Arc<str>, SourceError> {
    let sound = (1..=Source::MAX_BYTES).contains(&text.len());
    if !sound || text.chars().any(char::is_control) {
        return Err(SourceError { max_bytes: Source::MAX_BYTES });
    }
    Ok(text.into())
}

fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            let [.., a, b, c, d] = address.octets();
            Some(Ipv4Addr::new(a, b, c, d))
        }
        _ => address.to_ipv4_mapped(),
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source(..)")
    }
}

/// The text cannot be a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SourceError {
    /// The longest text, in bytes.
    pub max_bytes: usize,
}

impl SourceError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "source_invalid"
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a source is 1 to {} bytes without control characters", self.max_bytes)
    }
}

impl core::error::Error for SourceError {}
