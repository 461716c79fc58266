//! Carries out what the program was asked to do.

use std::io::Write;
use std::path::Path;

use tokio::signal;

use crate::app::App;
use crate::clock::now;
use crate::configuration::{Configuration, Database, Keys};
use crate::keys;
use crate::log::Log;
use crate::options::{Command, HELP, Options};
use crate::outbox::rfc3339;
use crate::running::Running;
use crate::start_error::StartError;

impl Command {
    /// Carries it out. What a person reads goes to `out`, and a service logs to `log`.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what cannot be used.
    pub async fn run(self, out: &mut impl Write, log: Log) -> Result<(), StartError> {
        let said = match self {
            Self::Help => HELP.trim_end().to_owned(),
            Self::Version => format!("repass-service {}", env!("CARGO_PKG_VERSION")),
            Self::CheckConfig(options) => {
                App::check(options.configuration()?).await?;
                "the configuration can be used".to_owned()
            }
            Self::Serve(options) => {
                let told_to_stop = told_to_stop();
                let running = Running::start(options.configuration()?, log).await?;
                say(out, &format!("listening on http://{}", running.address()))?;
                told_to_stop.await;
                running.stop().await;
                "stopped".to_owned()
            }
            Self::Migrate(options) => {
                crate::database::Opened::new(&options.configuration()?).await?;
                "the tables are as they should be".to_owned()
            }
            Self::Housekeep(options) => housekeep(options.configuration()?, log).await?,
            Self::NewKey(options) => {
                let number = keys::new(folder(&options.configuration()?.keys)?)?;
                format!("made the key {number}")
            }
            Self::RotateKey(options) => {
                let number = keys::rotate(folder(&options.configuration()?.keys)?)?;
                format!("the key {number} signs")
            }
            Self::RetireKey(options, number) => {
                let until = keys::retire(folder(&options.configuration()?.keys)?, number, now())?;
                format!("what the key {number} made ends at {}", rfc3339(until))
            }
        };
        say(out, &said)
    }
}

impl Options {
    /// The configuration with what the arguments replace of it.
    ///
    /// # Errors
    ///
    /// [`StartError`] says what cannot be used.
    pub fn configuration(&self) -> Result<Configuration, StartError> {
        let mut configuration = match &self.config {
            Some(path) => Configuration::open(path)?,
            None => Configuration::read(Configuration::DEMO)?,
        };
        if let Some(listen) = self.listen {
            configuration.listen = listen;
        }
        if let Some(file) = &self.database {
            configuration.database = Database::Sqlite(file.clone());
        }
        Ok(configuration.checked()?)
    }
}

fn say(out: &mut impl Write, text: &str) -> Result<(), StartError> {
    let said = writeln!(out, "{text}").and_then(|()| out.flush());
    said.map_err(StartError::of("the output"))
}

fn folder(keys: &Keys) -> Result<&Path, StartError> {
    match keys {
        Keys::Folder(folder) => Ok(folder),
        Keys::Text(_) => Err(StartError::of("keys")("they are in the configuration itself")),
    }
}

async fn housekeep(configuration: Configuration, log: Log) -> Result<String, StartError> {
    let base_url = configuration.base_url.clone().unwrap_or_else(|| "http://localhost".to_owned());
    let app = App::new(configuration, &base_url, log).await?;
    let generation = app.generation(keys::read(app.keys())?)?;
    let mut purged = 0_u64;
    for flow in generation.flows {
        let done = flow.housekeep(now()).await;
        purged = purged.saturating_add(done.purged_attempts).saturating_add(done.purged_counters);
        if let Some(failure) = done.failures.first() {
            return Err(StartError::of("database")(failure.to_string()));
        }
        // Sessions are tags, which ended with the change itself.
        for after in done.resumed {
            flow.settle(&after, now()).await.map_err(StartError::of("database"))?;
        }
    }
    Ok(format!("deleted {purged} rows"))
}

/// Until somebody presses Ctrl-C, or the system stops the service. It listens for that from now on, so that a service
/// that is stopped while it starts deletes its temporary database, too.
fn told_to_stop() -> impl Future<Output = ()> {
    #[cfg(unix)]
    let terminate = signal::unix::signal(signal::unix::SignalKind::terminate());
    async move {
        #[cfg(unix)]
        if let Ok(mut terminate) = terminate {
            tokio::select! {
                _ = signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
        let _ = signal::ctrl_c().await;
    }
}
