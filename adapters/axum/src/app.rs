use alloc::sync::Arc;
use core::error::Error;
use core::fmt;

use axum::http::HeaderMap;
use axum::http::request::Parts;
use repass::SysRng;
use repass::account::{Account, AccountId};
use repass::event::Event;
use repass::port::{Accounts, Ports};
use repass::recovery::Recovery;
use repass::reset::SessionTag;
use repass::secret::Seed;
use repass::time::UtcDateTime;

use crate::coded::Coded;
use crate::happened::Happened;
use crate::host::{Host, NewSession};
use crate::mount::Mount;
use crate::problem::Problem;
use crate::route::Route;

/// What all requests share.
pub(crate) struct App<P, H> {
    mount: Arc<Mount<P>>,
    host: Arc<H>,
}

impl<P: Ports + 'static, H: Host> App<P, H> {
    pub(crate) fn new(mount: Mount<P>, host: Arc<H>) -> Self {
        Self { mount: Arc::new(mount), host }
    }

    pub(crate) fn mount(&self) -> &Mount<P> {
        &self.mount
    }

    pub(crate) fn signs_in(&self) -> bool {
        self.host.signs_in()
    }

    /// Begins to handle a request.
    pub(crate) fn call<R: Route>(&self) -> Call<'_, P, H> {
        self.call_of(R::NAME)
    }

    /// The same for a page of this name.
    pub(crate) fn call_of(&self, route: &'static str) -> Call<'_, P, H> {
        Call { mount: &self.mount, host: &self.host, route, now: self.mount.now() }
    }
}

impl<P, H> Clone for App<P, H> {
    fn clone(&self) -> Self {
        Self { mount: Arc::clone(&self.mount), host: Arc::clone(&self.host) }
    }
}

impl<P, H> fmt::Debug for App<P, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("App(..)")
    }
}

/// One request that is being handled, at one moment. What happens in it is told to the host here and
/// nowhere else.
pub(crate) struct Call<'a, P, H> {
    pub(crate) mount: &'a Mount<P>,
    pub(crate) host: &'a Arc<H>,
    pub(crate) now: UtcDateTime,
    route: &'static str,
}

impl<P: Ports + 'static, H: Host> Call<'_, P, H> {
    pub(crate) fn recovery(&self) -> &Recovery<P> {
        &self.mount.recovery
    }

    /// Tells the host why something was not done, and makes of it what the client is told.
    pub(crate) fn refuse(&self, error: &impl Coded) -> Problem {
        self.failed(error.code(), error);
        Problem::of(error, self.now)
    }

    pub(crate) fn failed(&self, code: &'static str, error: &(dyn Error + 'static)) {
        self.host.happened(&Happened::failed(self.route, code, error));
    }

    pub(crate) fn done(&self, event: &Event) {
        self.host.happened(&Happened::done(self.route, event));
    }

    pub(crate) fn accepted(&self, code: &'static str) {
        self.host.happened(&Happened::accepted(self.route, code));
    }

    pub(crate) fn seed(&self) -> Result<Seed, Problem> {
        Seed::generate(&mut SysRng).map_err(|error| self.refuse(&error))
    }

    /// How many whole seconds it is from now until then.
    pub(crate) fn until(&self, moment: UtcDateTime) -> u64 {
        let seconds = moment.unix_timestamp().saturating_sub(self.now.unix_timestamp());
        u64::try_from(seconds).unwrap_or(0)
    }

    /// Who is signed in, with a session that holds.
    pub(crate) async fn signed_in(&self, request: &Parts) -> Result<AccountId, Problem> {
        let session = match self.host.signed_in(request).await {
            Ok(session) => session.ok_or_else(Problem::signed_out)?,
            Err(error) => {
                self.failed("session_unavailable", error.source());
                return Err(Problem::unavailable());
            }
        };
        let id = session.account().clone();
        let Some(tag) = session.tag() else { return Ok(id) };
        let account = match self.recovery().ports().accounts().load(&id, self.now).await {
            Ok(account) => account,
            Err(error) => {
                self.failed("accounts_unavailable", error.source());
                return Err(Problem::unavailable());
            }
        };
        let flow = self.recovery().flow();
        let holds = |account: &Account| *account.id() == id && flow.session_holds(account, tag);
        let account = account.filter(holds);
        account.map(|_| id).ok_or_else(Problem::signed_out)
    }

    /// Begins a session; the headers for the answer, or `None` if the host could not.
    pub(crate) async fn begin_session(
        &self,
        request: &Parts,
        account: &AccountId,
        tag: &SessionTag,
    ) -> Option<HeaderMap> {
        match self.host.begin_session(request, &NewSession::new(account, tag)).await {
            Ok(headers) => Some(headers),
            Err(error) => {
                self.failed("session_unavailable", error.source());
                None
            }
        }
    }
}
