//! Documented systems whose clients the service serves unchanged. Each is a module that reads its section of the
//! configuration and makes its routes, and each is off unless the configuration has its section: some of what their
//! documents ask for is unsafe.

mod bearers;
mod retry_after;
mod system_000;
mod system_001;
mod system_002;
mod system_003;
mod system_004;

use axum::Router;
use repass::port::DynPorts;
use repass::recovery::Recovery;

use crate::configuration::{ConfigurationError, ConfiguredAccount, Section};
use crate::context::Context;
use crate::start_error::StartError;

/// The systems that are switched on.
#[derive(Debug, Default)]
pub struct Systems {
    system_000: Option<system_000::Configured>,
    system_001: Option<system_001::Configured>,
    system_002: Option<system_002::Configured>,
    system_003: Option<system_003::Configured>,
    system_004: Option<system_004::Configured>,
}

/// The routes of a system, and the flow that they have beside that of the service: it needs a worker.
pub(crate) struct Mounted {
    pub(crate) routes: Router,
    pub(crate) flow: Option<Recovery<DynPorts>>,
}

impl Systems {
    pub(crate) fn read(section: Option<Section>) -> Result<Self, ConfigurationError> {
        let Some(mut section) = section else { return Ok(Self::default()) };
        let systems = Self {
            system_000: section.section("000")?.map(system_000::Configured::read).transpose()?,
            system_001: section.section("001")?.map(system_001::Configured::read).transpose()?,
            system_002: section.section("002")?.map(system_002::Configured::read).transpose()?,
            system_003: section.section("003")?.map(system_003::Configured::read).transpose()?,
            system_004: section.section("004")?.map(system_004::Configured::read).transpose()?,
        };
        section.end()?;
        Ok(systems)
    }

    /// Whether operators may set passwords that they then know.
    pub(crate) const fn hand_over(&self) -> bool {
        self.system_000.is_some()
    }

    pub(crate) fn mount(
        &self,
        context: &Context,
        accounts: &[ConfiguredAccount],
    ) -> Result<Vec<Mounted>, StartError> {
        let mut mounted = Vec::new();
        if let Some(configured) = &self.system_000 {
            mounted.push(system_000::mount(configured, context));
        }
        if let Some(configured) = &self.system_001 {
            mounted.push(system_001::mount(configured, context, accounts)?);
        }
        if let Some(configured) = &self.system_002 {
            mounted.push(system_002::mount(configured, context)?);
        }
        if let Some(configured) = &self.system_003 {
            mounted.push(system_003::mount(configured, context)?);
        }
        if let Some(configured) = &self.system_004 {
            mounted.push(system_004::mount(configured, context)?);
        }
        Ok(mounted)
    }
}
