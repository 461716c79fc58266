//! The program: reads its arguments, and carries out what they say.

use std::process::ExitCode;

use repass_service::{Command, Log};

#[tokio::main]
async fn main() -> ExitCode {
    let command = match Command::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            eprintln!("repass-service: {error}");
            return ExitCode::from(2);
        }
    };
    match command.run(&mut std::io::stdout(), Log::new(std::io::stderr())).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("repass-service: {}", error.line());
            ExitCode::FAILURE
        }
    }
}
