//! Runs the example: `repass-axum-example DATABASE MESSAGES ADDRESS`, with the key in `REPASS_KEY`.

use std::io::{self, Write};

use repass_axum_example::Service;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn core::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [database, messages, address] = arguments.as_slice() else {
        return Err("usage: repass-axum-example DATABASE MESSAGES ADDRESS".into());
    };
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let key = std::env::var("REPASS_KEY")?;
    let service =
        Service::open(database, messages, &format!("http://{address}/reset"), &key).await?;
    writeln!(io::stdout(), "listening on {address}")?;
    let worker = tokio::spawn(service.clone().work(async {
        let _ = tokio::signal::ctrl_c().await;
    }));
    let server = axum::serve(listener, service.router());
    server.with_graceful_shutdown(async { drop(worker.await) }).await?;
    Ok(())
}
