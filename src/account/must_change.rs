use time::UtcDateTime;

/// That an account's password has to be changed before it signs in, and why.
///
/// It may also end: from a certain moment on, the password cannot even be used to change itself, and only
/// a reset helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MustChange {
    reason: MustChangeReason,
    expires_at: Option<UtcDateTime>,
}

impl MustChange {
    /// The password has to be changed for this reason.
    #[must_use]
    pub const fn new(reason: MustChangeReason) -> Self {
        Self { reason, expires_at: None }
    }

    /// The password can be used for its own change only before this moment.
    #[must_use]
    pub const fn until(self, expires_at: UtcDateTime) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }

    /// Why the password has to be changed.
    #[must_use]
    pub const fn reason(&self) -> MustChangeReason {
        self.reason
    }

    /// The first moment at which the password can no longer be used, if there is one.
    #[must_use]
    pub const fn expires_at(&self) -> Option<UtcDateTime> {
        self.expires_at
    }
}

/// Why a password has to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MustChangeReason {
    /// An administrator demands it.
    Administrative,
    /// The password is a temporary one.
    Temporary,
    /// The password is too old.
    Expired,
    /// The password has appeared in a data breach.
    Breached,
    /// The password does not fit the policy any more.
    PolicyChanged,
}

impl MustChangeReason {
    /// All reasons.
    pub const ALL: [Self; 5] =
        [Self::Administrative, Self::Temporary, Self::Expired, Self::Breached, Self::PolicyChanged];

    /// A stable name for columns, programs and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Administrative => "administrative",
            Self::Temporary => "temporary",
            Self::Expired => "expired",
            Self::Breached => "breached",
            Self::PolicyChanged => "policy_changed",
        }
    }

    /// The reason of this name; `None` for another text.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }
}
