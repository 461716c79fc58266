use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use time::UtcDateTime;

use super::asking::Asking;
use super::found::{Outcome, found};
use super::request::{Handle, Request};
use super::step::{Asker, Find, Step, operation};
use super::{Delivery, Flow, Report, RequestError, counting, insert_new};
use crate::account::Lookup;
use crate::attempt::AttemptRow;
use crate::clock::moment;
use crate::scope::ScopeTag;
use crate::secret::Seed;
use crate::throttle::{Once, Pool, Source, SourceError, ThrottleKey};
use crate::token::{Token, TokenError};

/// A caller that gets the handle and the secret of a request in the answer: another system that the host
/// has authenticated, and that hands the secret over to the owner of the account by itself.
///
/// [`Flow::trusted_caller`] alone makes one, for a name that the configuration has:
///
/// ```compile_fail
/// fn trusted(scope: repass::scope::ScopeTag, source: repass::throttle::Source) {
///     let caller = repass::reset::TrustedCaller { scope, source };
/// }
/// ```
#[derive(Clone, Debug)]
pub struct TrustedCaller {
    /// Only a flow of this scope trusts it.
    scope: ScopeTag,
    source: Source,
}

/// What a trusted caller gets for a request, whether or not there is an account. If there is none, the
/// secret looks like any other and admits nobody.
#[must_use]
pub struct Entrusted {
    handle: Handle,
    /// On the heap, as it waits in steps and futures that are moved.
    token: Box<Token>,
    expires_at: i64,
    report: Report,
}

impl Entrusted {
    /// The handle of the attempt.
    #[must_use]
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// The secret: the token of a link, 80 characters of base64url. With it the password is reset by
    /// [`Proof::HandledLink`](super::Proof::HandledLink) or [`Proof::Link`](super::Proof::Link).
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        self.token.expose_secret()
    }

    /// The first moment at which handle and secret are no longer valid.
    #[must_use]
    pub fn expires_at(&self) -> UtcDateTime {
        moment(self.expires_at)
    }

    /// What really happened, for the log.
    pub const fn report(&self) -> &Report {
        &self.report
    }
}

impl fmt::Debug for Entrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entrusted(..)")
    }
}

impl Flow {
    /// The caller of this name, if the configuration trusts it. The host must have authenticated the
    /// caller under this name, because the result is enough to get secrets of all accounts.
    #[must_use]
    pub fn trusted_caller(&self, name: &str) -> Option<TrustedCaller> {
        let known = self.settings.callers.iter().find(|known| *known == name)?;
        let source = Source::caller(known).ok()?;
        Some(TrustedCaller { scope: self.scope_tag, source })
    }

    /// Does the work of a request at once, and gives the caller the handle and the secret of the attempt
    /// in the answer, whether or not there is an account. No message is sent.
    ///
    /// The request counts as one of the caller ([`Limits::requests_of_caller`]) and of the identifier
    /// ([`Limits::requests_of_identifier`]), and an account gives as many secrets to callers as it gets
    /// messages ([`Limits::messages`]). Beyond the last limit the secret admits nobody. These secrets
    /// have a counter of their own: otherwise people who use the caller could keep an owner from getting
    /// any message.
    ///
    /// The secret is as good as the link of a message, whose purpose is to prove that a person reads the
    /// mailbox of the account. So the caller has to prove by itself that it hands the secret to the owner.
    /// A service that can should send messages instead.
    ///
    /// [`Limits::messages`]: super::Limits::messages
    /// [`Limits::requests_of_caller`]: super::Limits::requests_of_caller
    /// [`Limits::requests_of_identifier`]: super::Limits::requests_of_identifier
    ///
    #[cfg_attr(feature = "memory", doc = "```")]
    #[cfg_attr(not(feature = "memory"), doc = "```ignore")]
    /// # pollster::block_on(async {
    /// # use repass::account::Lookup;
    /// # use repass::key::{Key, KeyId, Keyring};
    /// # use repass::message::{LinkForm, ResetLink};
    /// # use repass::recovery::Recovery;
    /// # use repass::secret::Seed;
    /// use repass::reset::Flow;
    ///
    /// # let keyring = Keyring::new(KeyId::new(1), Key::generate(&mut repass::SysRng)?);
    /// # let page = ResetLink::new("https://example.org/reset", LinkForm::Query)?;
    /// # let now = repass::time::UtcDateTime::from_unix_timestamp(1_700_000_000)?;
    /// let flow = Flow::builder(keyring, page).trusted_caller("portal").build()?;
    /// let recovery = Recovery::new(flow, repass::memory::MemoryPorts::new([]));
    ///
    /// // The host has authenticated the caller as "portal".
    /// let caller = recovery.flow().trusted_caller("portal").ok_or("not trusted")?;
    /// let lookup = Lookup::email("nobody@example.org")?;
    /// let seed = Seed::generate(&mut repass::SysRng)?;
    /// let entrusted = recovery.request_for_caller(&caller, lookup, seed, now).await?;
    /// assert_eq!(entrusted.expose_secret().len(), 80);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// A [request](Self::request) of anybody else never returns a secret:
    ///
    /// ```compile_fail
    /// # fn f(handle: repass::reset::Handle) {
    /// let secret = handle.token();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request), and [`RequestError::OtherScope`] if a flow of another purpose or
    /// tenant trusts the caller.
    pub fn request_for_caller<'a>(
        &'a self,
        caller: &TrustedCaller,
        lookup: Lookup,
        seed: Seed,
        now: UtcDateTime,
    ) -> Step<'a, Result<Entrusted, RequestError>> {
        let source = (caller.scope == self.scope_tag).then(|| caller.source.clone());
        let made = self.new_request(lookup, Delivery::LINK, seed, now);
        operation(move |ports| async move {
            let source = source.ok_or(RequestError::OtherScope)?;
            let (request, handle) = made.map_err(RequestError::Clock)?;
            let (asking, lookup) = (Asking::REQUEST, &request.lookup);
            self.count_asking(&ports, asking, lookup, Some(&source), now).await?;
            self.entrusted(&ports, request, handle, now).await
        })
    }

    /// The calls are the same for every account and for none: find, count, insert.
    async fn entrusted(
        &self,
        ports: &Asker,
        request: Request,
        handle: Handle,
        now: UtcDateTime,
    ) -> Result<Entrusted, RequestError> {
        let key_id = request.key_id;
        let gone = || RequestError::Clock(TokenError::UnknownKey { key_id });
        let expires_at = request.link_expires_at;
        let token = self.links.sign_with(key_id, request.id, moment(expires_at));
        let token = Box::new(token.map_err(RequestError::Clock)?);
        let matches = ports.ask(Find { lookup: request.lookup.clone() }).await?;
        let found = found(&self.reach(&request.lookup, &request.delivery), matches);
        let row = self.first_row(&request, &found).ok_or_else(gone)?;
        // No message belongs to the attempt, so none is sent again.
        let row = AttemptRow { channel: None, contact: [0; 32], ..row };
        let key = ThrottleKey::secrets_of_callers(&self.scope, &row);
        let key = if found.target.is_some() { key } else { key.in_pool(Pool::Nobody) };
        let quota = self.settings.limits.messages.quota();
        let once = Once::new(&row.id, row.sends);
        let issued = counting(ports, key, quota, Some(once), now).await?;
        let outcome = match issued.left() {
            Some(_) => found.outcome,
            None => Outcome::TooManySends,
        };
        // A long link is for a mailbox, in which it can be found later.
        let is_issued = issued.left().is_some();
        let attempt = self.counted_first_row(row, is_issued, false, issued).ok_or_else(gone)?;
        insert_new(ports, &attempt).await?;
        let report = Report::of_request(outcome, request.lookup, request.id, found.account);
        Ok(Entrusted { handle, token, expires_at, report })
    }
}

/// The names of callers as a configuration has them.
pub(super) fn check_callers(names: &[String]) -> Result<(), SourceError> {
    names.iter().try_for_each(|name| Source::caller(name).map(|_| ()))
}
