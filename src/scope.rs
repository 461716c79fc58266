//! What a signed or derived thing is for: its purpose and its tenant.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::key::{ABSENT, PartsDigest, length_of};

/// Purpose and tenant: part of everything that is signed or derived, so that nothing made for one
/// is good for another.
///
/// ```
/// use repass::scope::{Purpose, Scope};
///
/// let scope = Scope::new(Purpose::RESET).for_tenant("acme")?;
/// assert_eq!(scope.tenant(), Some("acme"));
/// # Ok::<(), repass::scope::ScopeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Scope {
    purpose: Purpose,
    tenant: Option<Arc<str>>,
    encoded: Arc<[u8]>,
}

impl Scope {
    /// The longest tenant name, in bytes.
    pub const MAX_TENANT_BYTES: usize = 255;

    /// A scope without a tenant.
    #[must_use]
    pub fn new(purpose: Purpose) -> Self {
        let encoded = encode(&purpose, None);
        Self { purpose, tenant: None, encoded }
    }

    /// The same purpose for one tenant, realm or site.
    ///
    /// # Errors
    ///
    /// [`ScopeError::Tenant`] for a name that is empty, longer than
    /// [`Scope::MAX_TENANT_BYTES`], or has a control character.
    pub fn for_tenant(&self, tenant: &str) -> Result<Self, ScopeError> {
        let sound = (1..=Self::MAX_TENANT_BYTES).contains(&tenant.len());
        if !sound || tenant.chars().any(char::is_control) {
            return Err(ScopeError::Tenant { max_bytes: Self::MAX_TENANT_BYTES });
        }
        let encoded = encode(&self.purpose, Some(tenant));
        Ok(Self { purpose: self.purpose.clone(), tenant: Some(tenant.into()), encoded })
    }

    /// What the signed things are for.
    #[must_use]
    pub fn purpose(&self) -> &Purpose {
        &self.purpose
    }

    /// The tenant, where there are several.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// The two parts as they are in every MAC.
    pub(crate) fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// The tenant as it is in every MAC, for what all purposes of a tenant share.
    pub(crate) fn encoded_tenant(&self) -> &[u8] {
        let purpose = self.purpose.name().len().saturating_add(4);
        self.encoded.get(purpose..).unwrap_or_default()
    }

    /// The tag that rows, requests and messages of this scope carry.
    #[must_use]
    pub fn tag(&self) -> ScopeTag {
        ScopeTag(PartsDigest::new(ScopeTag::LABEL).raw(&self.encoded).finish_short())
    }
}

/// Names a scope in rows and queues, so that a program can tell which of them it can judge: 16
/// bytes, the first of SHA-256(part(`repass/1 scope`) ‖ scope).
///
/// It is not a signature. What has the tag of a scope is still verified under its keys.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeTag([u8; 16]);

impl ScopeTag {
    const LABEL: &[u8] = b"repass/1 scope";

    /// Takes a tag out of a store.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The tag as a store keeps it.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for ScopeTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeTag({self})")
    }
}

impl fmt::Display for ScopeTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("purpose", &self.purpose)
            .field("tenant", &self.tenant)
            .finish()
    }
}

/// What a token may be used for: a short name, part of its signature.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Purpose(Name);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Name {
    /// One of [`Purpose::COMMON`].
    Common(&'static str),
    Own(Arc<str>),
}

impl Purpose {
    /// Resetting a forgotten password.
    pub const RESET: Self = Self(Name::Common("reset"));
    /// Inviting somebody to a new account.
    pub const INVITATION: Self = Self(Name::Common("invitation"));
    /// Changing the e-mail address of an account: sent to the new one, or confirmed by the old one.
    pub const EMAIL_CHANGE: Self = Self(Name::Common("email-change"));
    /// Verifying that an address of an account is read by its owner.
    pub const VERIFICATION: Self = Self(Name::Common("verification"));
    /// Proving once more who is signed in, before something that matters.
    pub const STEP_UP: Self = Self(Name::Common("step-up"));

    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 32;

    const COMMON: [Self; 5] =
        [Self::RESET, Self::INVITATION, Self::EMAIL_CHANGE, Self::VERIFICATION, Self::STEP_UP];

    /// A purpose of the service's own, such as `newsletter`.
    ///
    /// # Errors
    ///
    /// [`ScopeError::Purpose`] unless the name is 1 to [`Purpose::MAX_BYTES`] lower-case ASCII
    /// letters, digits and hyphens.
    pub fn new(name: &str) -> Result<Self, ScopeError> {
        let sound = (1..=Self::MAX_BYTES).contains(&name.len());
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !sound || !name.bytes().all(plain) {
            return Err(ScopeError::Purpose { max_bytes: Self::MAX_BYTES });
        }
        // One value for each name, so that equal names are equal purposes.
        let common = Self::COMMON.into_iter().find(|purpose| purpose.name() == name);
        Ok(common.unwrap_or_else(|| Self(Name::Own(name.into()))))
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.0 {
            Name::Common(name) => name,
            Name::Own(name) => name,
        }
    }
}

impl fmt::Debug for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Purpose({:?})", self.name())
    }
}

/// Why a scope was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeError {
    /// The purpose is empty, too long, or has other characters than `a-z`, `0-9` and `-`.
    Purpose {
        /// The longest name, in bytes.
        max_bytes: usize,
    },
    /// The tenant is empty, too long, or has a control character.
    Tenant {
        /// The longest name, in bytes.
        max_bytes: usize,
    },
}

impl ScopeError {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Purpose { .. } => "scope_purpose_invalid",
            Self::Tenant { .. } => "scope_tenant_invalid",
        }
    }
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Purpose { max_bytes } => {
                write!(f, "a purpose is 1 to {max_bytes} characters of a-z, 0-9 and -")
            }
            Self::Tenant { max_bytes } => {
                write!(f, "a tenant is 1 to {max_bytes} bytes without control characters")
            }
        }
    }
}

impl core::error::Error for ScopeError {}

fn encode(purpose: &Purpose, tenant: Option<&str>) -> Arc<[u8]> {
    let mut bytes = Vec::new();
    let name = purpose.name();
    bytes.extend_from_slice(&length_of(name.as_bytes()));
    bytes.extend_from_slice(name.as_bytes());
    match tenant {
        Some(tenant) => {
            bytes.extend_from_slice(&length_of(tenant.as_bytes()));
            bytes.extend_from_slice(tenant.as_bytes());
        }
        None => bytes.extend_from_slice(&ABSENT),
    }
    bytes.into()
}
