use time::UtcDateTime;

use super::asking::Asking;
use super::found::{Outcome, found};
use super::step::{Find, Step, operation};
use super::{Delivery, Flow, RequestError};
use crate::account::Lookup;
use crate::scope::ScopeTag;
use crate::throttle::Source;

/// The decision of a service to tell strangers whether an account exists: the value that
/// [`Flow::disclose`] needs.
///
/// Only a configuration makes one, by
/// [`FlowBuilder::disclose_accounts`](super::FlowBuilder::disclose_accounts): a handler of a service that
/// has not decided so has nothing to call `disclose` with.
///
/// ```compile_fail
/// fn disclosing(scope: repass::scope::ScopeTag) {
///     let disclosure = repass::reset::Disclosure { scope };
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Disclosure {
    /// Only a flow of this scope discloses.
    scope: ScopeTag,
}

impl Disclosure {
    pub(super) const fn of(scope: ScopeTag) -> Self {
        Self { scope }
    }
}

/// What is disclosed about an identifier. It says nothing about the state of an account, such as whether
/// it has a password or may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a service has to have a text for each")]
pub enum Disclosed {
    /// No account has this address, phone number, user name or value of a field.
    Unknown,
    /// Several accounts have it: a message would reach none of them. A person with several accounts of one
    /// address has to give the user name.
    Several,
    /// One account has it.
    Known,
}

impl Disclosed {
    /// A stable name for programs, logs and message catalogues.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "account_unknown",
            Self::Several => "account_several",
            Self::Known => "account_known",
        }
    }

    const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Unknown => Self::Unknown,
            Outcome::SeveralAccounts | Outcome::AmbiguousLogin => Self::Several,
            // Why one account gets no message is told to nobody.
            Outcome::Sent
            | Outcome::FirstPasswordSent
            | Outcome::Unverified
            | Outcome::UnreadableAddress
            | Outcome::NoPassword
            | Outcome::Disabled
            | Outcome::NoRecipient
            | Outcome::TooManySends
            | Outcome::SmsCapOfAccount
            | Outcome::SmsCapOfTenant
            | Outcome::SmsCapOfService
            | Outcome::Resent
            | Outcome::NotResent
            | Outcome::AlreadyRun
            | Outcome::Expired => Self::Known,
        }
    }
}

impl Flow {
    /// The value to [`disclose`](Self::disclose) with, if the service was configured to.
    #[must_use]
    pub fn disclosure(&self) -> Option<Disclosure> {
        self.settings.discloses.then(|| Disclosure::of(self.scope_tag))
    }

    /// Tells whether an account has an address or user name. It looks up at once and sends nothing.
    ///
    /// Do not use it in a new service. It tells anyone who has an account, for the service as a whole
    /// and one person at a time, which OWASP ASVS 5.0 (6.3.8) and the OWASP Forgot Password Cheat Sheet
    /// advise against: an account at some services is a secret by itself, and lists of existing
    /// accounts are what attackers try stolen passwords on. It is here for services whose documented answers
    /// tell it already.
    ///
    /// Disclosures have the limits of requests, with counters of their own: [`Limits::requests_of_identifier`],
    /// and [`Limits::requests_of_source`] where the host passes the source, which it should. If it is
    /// throttled, a service can still take the [request](Self::request), which discloses nothing.
    ///
    /// [`Limits::requests_of_identifier`]: super::Limits::requests_of_identifier
    /// [`Limits::requests_of_source`]: super::Limits::requests_of_source
    ///
    #[cfg_attr(feature = "memory", doc = "```")]
    #[cfg_attr(not(feature = "memory"), doc = "```ignore")]
    /// # pollster::block_on(async {
    /// # use repass::account::Lookup;
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::message::{LinkForm, ResetLink};
    /// # use repass::recovery::Recovery;
    /// use repass::reset::{Disclosed, Flow};
    ///
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
    /// # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// # let now = repass::time::UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    /// let flow = Flow::builder(keyring, page).disclose_accounts().build()?;
    /// let recovery = Recovery::new(flow, repass::memory::MemoryPorts::new([]));
    /// let disclosure = recovery.flow().disclosure().ok_or("not configured")?;
    /// let lookup = Lookup::email("nobody@example.org")?;
    /// let disclosed = recovery.disclose(&disclosure, lookup, None, now).await?;
    /// assert_eq!(disclosed, Disclosed::Unknown);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    ///
    /// The step ends with [`RequestError::Throttled`] if the source, the caller or the identifier was asked
    /// for too often, with [`RequestError::OtherScope`] if `disclosure` is of another purpose or
    /// tenant, and with [`RequestError::Failed`] if a port failed.
    pub fn disclose<'a>(
        &'a self,
        disclosure: &Disclosure,
        lookup: Lookup,
        source: Option<Source>,
        now: UtcDateTime,
    ) -> Step<'a, Result<Disclosed, RequestError>> {
        let allowed = disclosure.scope == self.scope_tag;
        operation(move |ports| async move {
            if !allowed {
                return Err(RequestError::OtherScope);
            }
            let asking = Asking::DISCLOSURE;
            self.count_asking(&ports, asking, &lookup, source.as_ref(), now).await?;
            let accounts = ports.ask(Find { lookup: lookup.clone() }).await?;
            // Whatever could be sent: this is about the identifier, and not about one request.
            let found = found(&self.reach(&lookup, &Delivery::LINK_AND_CODE), accounts);
            Ok(Disclosed::of(found.outcome))
        })
    }
}
