//! Runs the example, with the key in `REPASS_KEY`:
//!
//! - `repass-axum-example DATABASE MESSAGES ADDRESS` serves the pages.
//! - `repass-axum-example --add-user DATABASE NAME EMAIL` adds an account, whose password is the first
//!   line of the standard input.

use core::net::SocketAddr;
use std::io::{self, Write};
use std::process::ExitCode;

use repass::secret::Password;
use repass_axum_example::{Service, StartupError};
use tokio::net::TcpListener;

const USAGE: &str = "usage: repass-axum-example DATABASE MESSAGES ADDRESS
       repass-axum-example --add-user DATABASE NAME EMAIL";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match *arguments.as_slice() {
        ["--add-user", database, name, email] => add_user(database, name, email).await,
        [database, messages, address] => serve(database, messages, address).await,
        _ => Err(StartupError::of("the command line")(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{}", error.line());
            ExitCode::FAILURE
        }
    }
}

async fn serve(database: &str, messages: &str, address: &str) -> Result<(), StartupError> {
    let wrong_address = StartupError::of("ADDRESS");
    let listener = TcpListener::bind(address).await.map_err(&wrong_address)?;
    let address = listener.local_addr().map_err(&wrong_address)?;
    let service = open(database, messages, &format!("http://{address}/reset")).await?;
    let wrong_output = StartupError::of("the standard output");
    writeln!(io::stdout(), "listening on {address}").map_err(wrong_output)?;
    let worker = tokio::spawn(service.clone().work(async {
        let _ = tokio::signal::ctrl_c().await;
    }));
    let router = service.router().into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, router);
    server.with_graceful_shutdown(async { drop(worker.await) }).await.map_err(wrong_address)
}

async fn add_user(database: &str, name: &str, email: &str) -> Result<(), StartupError> {
    let service = open(database, "/dev/null", "http://localhost/reset").await?;
    let wrong_input = StartupError::of("the standard input");
    let _ = write!(io::stderr(), "password of {name}: ");
    let mut line = String::with_capacity(4096);
    io::stdin().read_line(&mut line).map_err(wrong_input)?;
    let password = Password::new(line.trim_end_matches(['\r', '\n']));
    let password = password.map_err(StartupError::of("the password"))?;
    service.add_user(name, email, password).await
}

async fn open(database: &str, messages: &str, page: &str) -> Result<Service, StartupError> {
    let key = std::env::var("REPASS_KEY").map_err(StartupError::of("REPASS_KEY"))?;
    Service::open(database, messages, page, &key).await
}
