//! A web server that misbehaves as it is told.

use alloc::sync::Arc;
use core::net::Ipv4Addr;
use std::io;
use std::sync::Mutex;

use repass_webhook::rustls::ServerConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

/// What it does with one request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Status, further headers and body.
    Answer(u16, &'static str, &'static str),
    /// These bytes and the end.
    Bytes(&'static str),
    /// Says nothing, and keeps the connection.
    Silence,
    /// Never ends its headers.
    Headers,
    /// Never ends its body, whose status is 200.
    Body,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Received {
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        let found: Vec<_> = self.headers.iter().filter(|(one, _)| one == name).collect();
        let [(_, value)] = found[..] else { panic!("not one header {name}: {:?}", self.headers) };
        value
    }
}

#[derive(Default)]
struct Log {
    received: Mutex<Vec<Received>>,
    /// How many requests are being answered, and the most at once.
    open: Mutex<(usize, usize)>,
    changed: Notify,
}

pub(crate) struct Server {
    pub(crate) port: u16,
    log: Arc<Log>,
}

impl Server {
    /// Each request is answered by its act, and those behind the last by 200.
    pub(crate) async fn start(tls: Option<Arc<ServerConfig>>, acts: Vec<Act>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let log = Arc::new(Log::default());
        let shared = Arc::clone(&log);
        let acts = Arc::new(Mutex::new(acts.into_iter()));
        tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let (log, acts) = (Arc::clone(&shared), Arc::clone(&acts));
                let acceptor = tls.clone().map(TlsAcceptor::from);
                let next = move || acts.lock().unwrap().next().unwrap_or(Act::Answer(200, "", ""));
                tokio::spawn(async move {
                    // A client that goes away is no fault of the server.
                    let _ = match acceptor {
                        None => session(BufReader::new(tcp), &next, &log).await,
                        Some(acceptor) => match acceptor.accept(tcp).await {
                            Ok(stream) => session(BufReader::new(stream), &next, &log).await,
                            Err(error) => Err(error),
                        },
                    };
                });
            }
        });
        Self { port, log }
    }

    pub(crate) async fn plain(acts: Vec<Act>) -> Self {
        Self::start(None, acts).await
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/sms?service=1", self.port)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.log.received.lock().unwrap().clone()
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.log.open.lock().unwrap().1
    }

    /// Waits until something holds.
    pub(crate) async fn until(&self, holds: impl Fn(&Self) -> bool) {
        loop {
            let changed = self.log.changed.notified();
            if holds(self) {
                return;
            }
            changed.await;
        }
    }
}

async fn session<S: AsyncRead + AsyncWrite + Send + Unpin>(
    mut wire: BufReader<S>,
    next: &(dyn Fn() -> Act + Send + Sync),
    log: &Log,
) -> io::Result<()> {
    loop {
        let mut request = Received { line: line(&mut wire).await?, ..Received::default() };
        loop {
            let line = line(&mut wire).await?;
            let Some((name, value)) = line.split_once(": ") else { break };
            request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let length = request.header("content-length").parse().unwrap();
        request.body = vec![0; length];
        wire.read_exact(&mut request.body).await?;
        log.received.lock().unwrap().push(request);
        let mut open = *log.open.lock().unwrap();
        open.0 += 1;
        *log.open.lock().unwrap() = (open.0, open.1.max(open.0));
        log.changed.notify_one();
        // The others may begin.
        tokio::task::yield_now().await;
        let goes_on = answer(&mut wire, next()).await;
        log.open.lock().unwrap().0 -= 1;
        if !goes_on? {
            return Ok(());
        }
    }
}

async fn line<S: AsyncRead + Unpin>(wire: &mut BufReader<S>) -> io::Result<String> {
    let mut line = String::new();
    if wire.read_line(&mut line).await? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(line.trim_end().to_owned())
}

/// Whether the connection goes on.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut BufReader<S>,
    act: Act,
) -> io::Result<bool> {
    match act {
        Act::Answer(status, headers, body) => {
            let length = body.len();
            let text =
                format!("HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\n\r\n{body}");
            wire.write_all(text.as_bytes()).await?;
            Ok(true)
        }
        Act::Bytes(bytes) => {
            wire.write_all(bytes.as_bytes()).await?;
            wire.shutdown().await?;
            Ok(false)
        }
        Act::Silence => {
            // Until the client goes away.
            while wire.read_u8().await.is_ok() {}
            Ok(false)
        }
        Act::Headers => {
            wire.write_all(b"HTTP/1.1 200 OK\r\n").await?;
            loop {
                wire.write_all(b"x-more: and more and more and more\r\n").await?;
            }
        }
        Act::Body => {
            wire.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
            loop {
                wire.write_all(b"8\r\nand more\r\n").await?;
            }
        }
    }
}
