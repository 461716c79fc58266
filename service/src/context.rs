//! What all routes share.

use alloc::sync::Arc;
use core::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use repass::SysRng;
use repass::account::{Account, AccountId};
use repass::answer::{Answer, Answered};
use repass::key::Keyring;
use repass::message::{LinkForm, ResetLink};
use repass::policy::Policy;
use repass::port::{Accounts, DynPorts, Ports};
use repass::recovery::Recovery;
use repass::reset::{Admitted, AfterReset, CommitError, Flow, FlowBuilder, Limits, SetError, Sms};
use repass::scope::{Purpose, Scope};
use repass::secret::{Password, RandomError, Seed};
use repass::throttle::Source;
use repass_axum::{Mount, MountError, Origin};
use repass_tokio::{HashPool, PoolError, finish};

use crate::clock::now;
use crate::configuration::Http;
use crate::host::ServiceHost;
use crate::start_error::StartError;

/// What the routes of a service share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The flow of the purpose `reset`.
    pub(crate) recovery: Recovery<DynPorts>,
    pub(crate) hashing: HashPool,
    pub(crate) host: Arc<ServiceHost>,
    pub(crate) policy: Policy,
    pub(crate) http: Http,
    flows: Arc<Flows>,
}

/// What every flow of the service is made of.
#[derive(Clone, Debug)]
pub(crate) struct Flows {
    pub(crate) ports: DynPorts,
    pub(crate) keyring: Keyring,
    /// Scheme and host, under which browsers reach the service.
    pub(crate) origin: Origin,
    /// The path that the pages of the service are below; empty for none.
    pub(crate) base_path: String,
    pub(crate) site: Option<String>,
    pub(crate) limits: Limits,
    pub(crate) sms: Option<Sms>,
}

impl Flows {
    /// A page of the service.
    pub(crate) fn page(&self, path: &str) -> Result<ResetLink, StartError> {
        let page = [self.origin.as_str(), &self.base_path, path].concat();
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
        http: Http,
        flows: Flows,
    ) -> Self {
        let flows = Arc::new(flows);
        Self { recovery, hashing, host, policy, http, flows }
    }

    pub(crate) fn flows(&self) -> &Flows {
        &self.flows
    }

    /// The routes and forms of a flow below `path`, which is empty for those of the service.
    pub(crate) fn mount(
        &self,
        recovery: &Recovery<DynPorts>,
        policy: &Policy,
        path: &str,
    ) -> Result<Mount<DynPorts>, MountError> {
        let (hashing, origin) = (self.hashing.clone(), self.flows.origin.clone());
        let mount = Mount::new(recovery.clone(), hashing, policy.clone(), origin, now)
            .proxies(self.http.proxies.clone())
            .body_limit(self.http.body_limit)
            .body_time(self.http.body_time())
            .time_limit(self.http.time_out);
        match [&self.flows.base_path, path].concat().as_str() {
            "" => Ok(mount),
            path => mount.base_path(path),
        }
    }

    /// Where a request comes from.
    pub(crate) fn source(&self, headers: &HeaderMap, more: &Extensions) -> Option<Source> {
        let ConnectInfo(peer) = more.get::<ConnectInfo<SocketAddr>>()?;
        let client = self.http.proxies.client(peer.ip().to_canonical(), headers);
        Some(Source::from_ip(client))
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
    ) -> Result<AfterReset, NotSet> {
        let change = self.hashing.set_password(Arc::new(admitted), new, policy.clone()).await?;
        Ok(finish(recovery, &self.host, change, now()).await?)
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
