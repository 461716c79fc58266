//! The program: reads its arguments, and carries out what they say.

use std::process::ExitCode;

use repass_service::{Command, Configuration, Database, HELP, Log, Options, Running, StartError};
use tokio::signal;

#[tokio::main]
async fn main() -> ExitCode {
    let command = match Command::parse(std::env::args_os()) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("repass-service: {error}");
            return ExitCode::from(2);
        }
    };
    match carry_out(command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("repass-service: {}", error.line());
            ExitCode::FAILURE
        }
    }
}

async fn carry_out(command: Command) -> Result<(), StartError> {
    match command {
        Command::Help => print!("{HELP}"),
        Command::Version => println!("repass-service {}", env!("CARGO_PKG_VERSION")),
        Command::CheckConfig(options) => {
            let _ = configured(&options)?;
            println!("the configuration can be used");
        }
        Command::Serve(options) => {
            let running =
                Running::start(configured(&options)?, Log::new(std::io::stderr())).await?;
            println!("listening on http://{}", running.address());
            stopped().await;
            running.stop().await;
        }
        _ => {}
    }
    Ok(())
}

/// The configuration with what the arguments replace of it.
fn configured(options: &Options) -> Result<Configuration, StartError> {
    let mut configuration = match &options.config {
        Some(path) => Configuration::open(path)?,
        None => Configuration::read(Configuration::DEMO)?,
    };
    if let Some(listen) = options.listen {
        configuration.listen = listen;
    }
    if let Some(file) = &options.database {
        configuration.database = Database::Sqlite(file.clone());
    }
    Ok(configuration.checked()?)
}

/// Until somebody presses Ctrl-C, or the system stops the service.
async fn stopped() {
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    let _ = signal::ctrl_c().await;
}
