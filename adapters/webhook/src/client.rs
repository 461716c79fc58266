use core::error::Error;
use core::time::Duration;

use http::{Method, Request, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Builder, Client as HyperClient};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;

use crate::{Post, SetupError, WebhookError};

/// The status, the header of the body and so on: the most that hyper keeps of an answer before its body.
const MOST_OF_HEAD: usize = 16 * 1024;
const LONGEST_IDLE: Duration = Duration::from_secs(10);

type Body = Full<std::io::Cursor<zeroize::Zeroizing<Vec<u8>>>>;

pub(crate) enum Client {
    Encrypted(HyperClient<HttpsConnector<HttpConnector>, Body>),
    Plain(HyperClient<HttpConnector, Body>),
}

/// TLS with the certificates that the operating system trusts.
pub(crate) fn system_tls() -> Result<ClientConfig, SetupError> {
    let provider = alloc::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Tls(std::io::Error::other(error)))?;
    Ok(builder.with_native_roots().map_err(SetupError::Tls)?.with_no_client_auth())
}

impl Client {
    pub(crate) fn encrypted(tls: ClientConfig) -> Self {
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_only();
        Self::Encrypted(builder().build(connector.enable_http1().build()))
    }

    pub(crate) fn unencrypted() -> Self {
        Self::Plain(builder().build(HttpConnector::new()))
    }

    /// Status and body of the answer; without a body if none is wanted.
    pub(crate) async fn post(
        &self,
        url: &Uri,
        post: Post,
        most: usize,
    ) -> Result<(u16, Vec<u8>), WebhookError> {
        let Post { headers, body } = post;
        let mut request = Request::new(Full::new(std::io::Cursor::new(body)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.clone();
        *request.headers_mut() = headers;
        let sent = match self {
            Self::Encrypted(hyper) => hyper.request(request),
            Self::Plain(hyper) => hyper.request(request),
        };
        let answer = sent.await.map_err(|error| {
            if error.is_connect() { WebhookError::Connect } else { WebhookError::Broken }
        })?;
        let status = answer.status().as_u16();
        if most == 0 {
            return Ok((status, Vec::new()));
        }
        match Limited::new(answer.into_body(), most).collect().await {
            Ok(body) => Ok((status, body.to_bytes().into())),
            Err(error) if is_too_long(&*error) => Err(WebhookError::AnswerTooLong),
            Err(_) => Err(WebhookError::Broken),
        }
    }
}

fn builder() -> Builder {
    let mut builder = HyperClient::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(LONGEST_IDLE);
    builder.http1_max_buf_size(MOST_OF_HEAD);
    builder
}

fn is_too_long(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    error.is::<LengthLimitError>()
}
