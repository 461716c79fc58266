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
    /// Makes a key in the folder of the configuration.
    NewKey(Options),
    /// Lets the newest key sign.
    RotateKey(Options),
    /// Lets what the key of this number made end.
    RetireKey(Options, u16),
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
pub(crate) const HELP: &str = "\
Usage: repass-service --demo [--listen ADDRESS:PORT] [--database FILE]
       repass-service --config FILE [--check-config]
       repass-service migrate --config FILE
       repass-service housekeep --config FILE
       repass-service key new|rotate|retire NUMBER --config FILE

--demo             runs with the configuration that is in the program, on 127.0.0.1:8080, with
                   messages at /outbox and a new database that is deleted in the end
--config FILE      runs with this configuration
--listen ADDRESS   listens there; a demonstration only on a loopback address
--database FILE    keeps everything in this SQLite file
--check-config     says whether the configuration can be used, and nothing else
migrate            makes the tables, or changes those of an older release
housekeep          deletes what need no longer be kept, and finishes what crashed
key new            makes a key; the first one signs, a later one waits for `key rotate`
key rotate         lets the newest key sign, when all services have read it
key retire NUMBER  lets a former key be refused in 12 h 30 min, when its longest link has ended
--help, --version
";

impl Command {
    /// Reads the arguments that follow the name of the program.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] says which one cannot be used.
    pub fn parse(
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, OptionsError> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let mut options = Options::default();
        let (mut demo, mut check, mut words) = (false, false, Vec::new());
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
                Value(value) if words.len() < 3 => words.push(value.to_string_lossy().into_owned()),
                argument => return Err(argument.unexpected().into()),
            }
        }
        if demo == options.config.is_some() {
            return Err(OptionsError::new("either --demo or --config FILE is needed"));
        }
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] if check => Ok(Self::CheckConfig(options)),
            [] => Ok(Self::Serve(options)),
            _ if demo => Err(OptionsError::new("a command needs --config FILE")),
            ["migrate"] => Ok(Self::Migrate(options)),
            ["housekeep"] => Ok(Self::Housekeep(options)),
            ["key", "new"] => Ok(Self::NewKey(options)),
            ["key", "rotate"] => Ok(Self::RotateKey(options)),
            ["key", "retire", number] => {
                let reason = "key retire needs the number of a key, such as 1";
                let number = number.parse().map_err(|_| OptionsError::new(reason))?;
                Ok(Self::RetireKey(options, number))
            }
            other => Err(OptionsError::new(format!("{} is no command", other.join(" ")))),
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
