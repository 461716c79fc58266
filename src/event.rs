//! Events for the security log of a service.

use core::fmt;

use crate::account::{AccountId, Lookup};
use crate::attempt::AttemptId;
use crate::key::Keyring;
use crate::scope::Scope;
use crate::throttle::ThrottleKey;

/// One event for the security log: what happened, and to which account, if that is known.
///
/// An event never contains a secret, a message, or what a person typed. What was typed appears only
/// as a keyed digest, [`TypedDigest`]. These results of the flow have an event:
/// [`Report::event`](crate::reset::Report::event),
/// [`Admitted::event`](crate::reset::Admitted::event),
/// [`Administered::event`](crate::reset::Administered::event),
/// [`SentReset::event`](crate::reset::SentReset::event),
/// [`SpokenSecret::event`](crate::reset::SpokenSecret::event),
/// [`Invited::event`](crate::reset::Invited::event),
/// [`Flow::require_change`](crate::reset::Flow::require_change),
/// [`AfterReset::event`](crate::reset::AfterReset::event),
/// [`Stopped::event`](crate::reset::Stopped::event),
/// [`Revoked::event`](crate::reset::Revoked::event),
/// [`AddressRequested::event`](crate::reset::AddressRequested::event),
/// [`AdmittedAddress::event`](crate::reset::AdmittedAddress::event),
/// [`AddressVerified::event`](crate::reset::AddressVerified::event) and
/// [`SignInOutcome::event`](crate::sign_in::SignInOutcome::event). For an error, pass its code to
/// [`Event::new`].
///
/// An [`AfterReset`](crate::reset::AfterReset) is returned again until it is settled. So log its
/// event before you settle it: then each change of a password is logged at least once. All other
/// events can be lost in a crash.
///
/// An event reveals whether an account exists. Write it to the log only, and never show it to the
/// person who asked.
///
/// ```
/// use repass::account::Lookup;
/// use repass::event::{Event, TypedDigest};
/// use repass::key::{Key, KeyId, Keyring};
/// use repass::scope::{Purpose, Scope};
///
/// # let ring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
/// let typed = Lookup::login("ada")?;
/// let digest = TypedDigest::new(&ring, &Scope::new(Purpose::RESET), &typed);
/// let event = Event::new("sign_in_throttled").with_typed(digest);
/// assert!(event.to_string().starts_with("sign_in_throttled typed="));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Serialized
///
/// With the feature `serde` an event is `{"code": "password_reset", "params": {"account": "42", "attempt":
/// "…"}}`: `attempt` has 40 hexadecimal digits, `typed` 32, and `operator` is an id, as `account` is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Event {
    code: &'static str,
    account: Option<AccountId>,
    attempt: Option<AttemptId>,
    typed: Option<TypedDigest>,
    operator: Option<AccountId>,
}

impl Event {
    /// Makes an event from what happened: the code of an error, or a name of your own.
    pub const fn new(code: &'static str) -> Self {
        Self { code, account: None, attempt: None, typed: None, operator: None }
    }

    /// Adds the account that it happened to, if it is known.
    pub fn with_account(self, account: impl Into<Option<AccountId>>) -> Self {
        Self { account: account.into(), ..self }
    }

    /// Adds the attempt.
    pub fn with_attempt(self, attempt: AttemptId) -> Self {
        Self { attempt: Some(attempt), ..self }
    }

    /// Adds the digest of what was typed.
    pub fn with_typed(self, typed: TypedDigest) -> Self {
        Self { typed: Some(typed), ..self }
    }

    /// Adds the operator who did it, if one did.
    pub fn with_operator(self, operator: impl Into<Option<AccountId>>) -> Self {
        Self { operator: operator.into(), ..self }
    }

    /// What happened: a stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// The account that it happened to, if there is one and it is known.
    #[must_use]
    pub const fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// The attempt, if the event belongs to one.
    #[must_use]
    pub const fn attempt(&self) -> Option<&AttemptId> {
        self.attempt.as_ref()
    }

    /// The digest of what was typed, if something was.
    #[must_use]
    pub const fn typed(&self) -> Option<&TypedDigest> {
        self.typed.as_ref()
    }

    /// The operator who did it, if one did.
    #[must_use]
    pub const fn operator(&self) -> Option<&AccountId> {
        self.operator.as_ref()
    }
}

/// `password_reset account=42 attempt=…`: names and values without spaces, for a line of a log.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        if let Some(account) = &self.account {
            write_id(f, " account=", account)?;
        }
        if let Some(attempt) = &self.attempt {
            write!(f, " attempt={attempt}")?;
        }
        if let Some(typed) = &self.typed {
            write!(f, " typed={typed}")?;
        }
        if let Some(operator) = &self.operator {
            write_id(f, " operator=", operator)?;
        }
        Ok(())
    }
}

/// A host's ids can have any characters: those that could forge a field, cannot be seen, or change the
/// direction of a line are escaped.
fn write_id(f: &mut fmt::Formatter<'_>, name: &str, id: &AccountId) -> fmt::Result {
    f.write_str(name)?;
    id.as_str().chars().try_for_each(|character| {
        let is_plain = character.is_alphanumeric() || character.is_ascii_graphic();
        if is_plain && character != '\\' {
            write!(f, "{character}")
        } else {
            write!(f, "{}", character.escape_unicode())
        }
    })
}

/// Identifies what a person typed without showing it: the first 16 bytes of a keyed digest. All
/// spellings of one address or user name have the same digest. It is a different one after the
/// signing key was changed. Anyone who has the key can test guesses against it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypedDigest([u8; 16]);

impl TypedDigest {
    /// The digest of the address or user name that was typed.
    #[must_use]
    pub fn new(keyring: &Keyring, scope: &Scope, lookup: &Lookup) -> Self {
        let key = ThrottleKey::typed(keyring, scope, "typed", lookup);
        let mut digest = [0; 16];
        digest.iter_mut().zip(key.as_bytes()).for_each(|(to, from)| *to = *from);
        Self(digest)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for TypedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TypedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypedDigest({self})")
    }
}

#[cfg(feature = "serde")]
impl serde_core::Serialize for Event {
    fn serialize<S: serde_core::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        use alloc::string::{String, ToString};

        let params: [Option<(&str, String)>; 4] = [
            self.account.as_ref().map(|account| ("account", account.as_str().into())),
            self.attempt.map(|attempt| ("attempt", attempt.to_string())),
            self.typed.map(|typed| ("typed", typed.to_string())),
            self.operator.as_ref().map(|operator| ("operator", operator.as_str().into())),
        ];
        crate::coded::serialize(to, self.code, params.into_iter().flatten(), None)
    }
}
