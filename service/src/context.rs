//! What all routes share.

use alloc::sync::Arc;

use axum::http::{Extensions, HeaderMap};
use repass::SysRng;
use repass::account::{Account, AccountId};
use repass::answer::{Answer, Answered};
use repass::key::Keyring;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{Accounts, DynPorts, Ports};
use repass::recovery::Recovery;
use repass::reset::{Admitted, CommitError, Flow, FlowBuilder, Limits, SetError, Sms};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, RandomError, Seed};
use repass::throttle::Source;
use repass_tokio::{HashPool, PoolError, finish};

use crate::clock::now;
use crate::host::ServiceHost;
use crate::sources::Sources;
use crate::start_error::StartError;

/// What the routes of a service share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The flow of the purpose `reset`.
    pub(crate) recovery: Recovery<DynPorts>,
    pub(crate) hashing: HashPool,
    pub(crate) host: Arc<ServiceHost>,
    pub(crate) policy: Policy,
    pub(crate) body_limit: usize,
    sources: Sources,
    flows: Arc<Flows>,
}

/// What every flow of the service is made of.
#[derive(Clone, Debug)]
pub(crate) struct Flows {
    pub(crate) ports: DynPorts,
    pub(crate) keyring: Keyring,
    pub(crate) base_url: String,
    pub(crate) site: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) sms: Option<Sms>,
}

impl Flows {
    /// A page of the service.
    pub(crate) fn page(&self, path: &str) -> Result<ResetLink, StartError> {
        let page = format!("{}{path}", self.base_url);
        ResetLink::new(&page, LinkForm::Query).map_err(StartError::of("base_url"))
    }

    /// A flow of this purpose, whose links lead to this page.
    pub(crate) fn recovery(
        &self,
        purpose: Purpose,
        page: ResetLink,
        more: impl FnOnce(FlowBuilder) -> FlowBuilder,
    ) -> Result<Recovery<DynPorts>, StartError> {
        let scope = Scope::new(purpose);
        let mut builder = Flow::builder(self.keyring.clone(), page).scope(scope);
        builder = builder.limits(self.limits);
        if let Some(sms) = &self.sms {
            builder = builder.sms(sms.clone());
        }
        if let Some(site) = &self.site {
            builder = builder.site(site);
        }
        let flow = more(builder).build().map_err(StartError::of("the configuration"))?;
        Ok(Recovery::new(flow, self.ports.clone()))
    }
}

impl Context {
    pub(crate) fn new(
        recovery: Recovery<DynPorts>,
        hashing: HashPool,
        host: Arc<ServiceHost>,
        policy: Policy,
        body_limit: usize,
        sources: Sources,
        flows: Flows,
    ) -> Self {
        let flows = Arc::new(flows);
        Self { recovery, hashing, host, policy, body_limit, sources, flows }
    }

    pub(crate) fn flows(&self) -> &Flows {
        &self.flows
    }

    /// Where a request comes from.
    pub(crate) fn source(&self, headers: &HeaderMap, more: &Extensions) -> Option<Source> {
        self.sources.of(headers, more)
    }

    /// The account of an id, as it is now.
    pub(crate) async fn account(&self, id: &AccountId) -> Result<Option<Account>, Answer> {
        let loaded = self.recovery.ports().accounts().load(id, now()).await;
        loaded.map_err(|_| Answer::Unavailable)
    }

    /// Sets the password that an admission allows, and everything that follows from it.
    pub(crate) async fn set(
        &self,
        recovery: &Recovery<DynPorts>,
        admitted: Admitted,
        new: Password,
        policy: &Policy,
    ) -> Result<(), NotSet> {
        let change = self.hashing.set_password(Arc::new(admitted), new, policy.clone()).await?;
        let _ = finish(recovery, &self.host, change, now()).await?;
        Ok(())
    }
}

/// Why a password was not set.
#[derive(Debug)]
pub(crate) enum NotSet {
    Refused(PoolError<SetError>),
    Commit(CommitError),
}

impl Answered for NotSet {
    fn answer(&self) -> Answer {
        match self {
            Self::Refused(error) => error.answer(),
            Self::Commit(error) => error.answer(),
        }
    }
}

impl From<PoolError<SetError>> for NotSet {
    fn from(error: PoolError<SetError>) -> Self {
        Self::Refused(error)
    }
}

impl From<CommitError> for NotSet {
    fn from(error: CommitError) -> Self {
        Self::Commit(error)
    }
}

/// A seed of the operating system.
pub(crate) fn seed() -> Result<Seed, RandomError> {
    Seed::generate(&mut SysRng)
}
