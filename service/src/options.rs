//! The arguments of the program.

use core::fmt;
use core::net::SocketAddr;
use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::{Long, Short, Value};

/// What the program was asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Shows how it is used.
    Help,
    /// Shows its version.
    Version,
    /// Runs the service.
    Serve(Options),
    /// Reads the configuration and says what is wrong with it.
    CheckConfig(Options),
    /// Makes the tables.
    Migrate(Options),
    /// Does the housekeeping once.
    Housekeep(Options),
}

/// Where the configuration comes from, and what replaces a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The file of the configuration; that of the demonstration if there is none.
    pub config: Option<PathBuf>,
    /// Where to listen in place of what the configuration says.
    pub listen: Option<SocketAddr>,
    /// The SQLite file in place of the database of the configuration.
    pub database: Option<PathBuf>,
}

/// How the program is used.
pub const HELP: &str = "\
Usage: repass-service --demo [--listen ADDRESS:PORT] [--database FILE]
       repass-service --config FILE [--check-config]
       repass-service migrate --config FILE
       repass-service housekeep --config FILE

--demo             runs with the configuration that is in the program, on 127.0.0.1:8080, with
                   messages at /outbox and a new database that is deleted in the end
--config FILE      runs with this configuration
--listen ADDRESS   listens there; a demonstration only on a loopback address
--database FILE    keeps everything in this SQLite file
--check-config     says whether the configuration can be used, and nothing else
migrate            makes the tables, or changes those of an older release
housekeep          deletes what need no longer be kept, and finishes what crashed
--help, --version
";

impl Command {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] says which one cannot be used.
    pub fn parse(
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, OptionsError> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut options = Options::default();
        let (mut demo, mut check, mut name) = (false, false, None);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("demo") => demo = true,
                Long("config") => options.config = Some(parser.value()?.into()),
                Long("database") => options.database = Some(parser.value()?.into()),
                Long("listen") => {
                    let text = parser.value()?.to_string_lossy().into_owned();
                    let reason = "--listen must be an address and a port, such as 127.0.0.1:8080";
                    options.listen = Some(text.parse().map_err(|_| OptionsError::new(reason))?);
                }
                Long("check-config") => check = true,
                Long("help") | Short('h') => return Ok(Self::Help),
                Long("version") | Short('V') => return Ok(Self::Version),
                Value(value) if name.is_none() => name = Some(value),
                argument => return Err(argument.unexpected().into()),
            }
        }
        if demo == options.config.is_some() {
            return Err(OptionsError::new("either --demo or --config FILE is needed"));
        }
        match name.as_ref().map(|name| name.to_string_lossy()).as_deref() {
            None if check => Ok(Self::CheckConfig(options)),
            None => Ok(Self::Serve(options)),
            Some("migrate") if !demo => Ok(Self::Migrate(options)),
            Some("housekeep") if !demo => Ok(Self::Housekeep(options)),
            Some(name) => {
                Err(OptionsError::new(format!("{name} is no command, or needs --config FILE")))
            }
        }
    }
}

/// An argument that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsError {
    reason: String,
}

impl OptionsError {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl From<lexopt::Error> for OptionsError {
    fn from(error: lexopt::Error) -> Self {
        Self { reason: error.to_string() }
    }
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; --help shows the usage", self.reason)
    }
}

impl core::error::Error for OptionsError {}
