use alloc::string::String;
use core::fmt;

/// The site that a code in an SMS is for: a host that `https` reaches at its usual port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CodeOrigin {
    host: String,
    embedded: Option<String>,
}

impl CodeOrigin {
    /// The longest host, in bytes: with the longest code and two lines of text it still leaves half
    /// of a single SMS of 160 characters.
    pub const MAX_BYTES: usize = 63;

    /// The host in the address bar of the page where the code is typed, such as `example.com`; another
    /// script is written as its A-labels.
    ///
    /// # Errors
    ///
    /// [`OriginError`] unless it is two labels or more of letters, digits and hyphens (RFC 1123,
    /// section 2.1), 63 bytes at most, and no address of numbers.
    pub fn new(host: &str) -> Result<Self, OriginError> {
        Ok(Self { host: host_of(host)?, embedded: None })
    }

    /// For a field within a frame of another host on that page.
    ///
    /// # Errors
    ///
    /// [`OriginError`] as for [`new`](Self::new).
    pub fn with_embedded(self, host: &str) -> Result<Self, OriginError> {
        Ok(Self { embedded: Some(host_of(host)?), ..self })
    }

    /// The host of the page, in lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host of the frame, in lower case.
    #[must_use]
    pub fn embedded(&self) -> Option<&str> {
        self.embedded.as_deref()
    }
}

fn host_of(host: &str) -> Result<String, OriginError> {
    let label = |label: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty()
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label of digits belongs to an IPv4 address.
    let named =
        host.rsplit_once('.').is_some_and(|(_, last)| !last.bytes().all(|b| b.is_ascii_digit()));
    if host.len() > CodeOrigin::MAX_BYTES || !named || !host.split('.').all(label) {
        return Err(OriginError { max_bytes: CodeOrigin::MAX_BYTES });
    }
    Ok(host.to_ascii_lowercase())
}

/// The text is not a host that a code can be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct OriginError {
    /// The longest host, in bytes.
    pub max_bytes: usize,
}

impl OriginError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "code_origin_invalid"
    }
}

impl fmt::Display for OriginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a code is bound to a host name of at most {} bytes", self.max_bytes)
    }
}

impl core::error::Error for OriginError {}
