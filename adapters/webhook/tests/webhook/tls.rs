//! TLS, or no message.

use alloc::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use repass::port::Delivered;
use repass_webhook::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use repass_webhook::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto};
use repass_webhook::{SignedJson, Webhook, WebhookError};

use crate::server::Server;
use crate::world::{deliver, error, key};

/// A certificate for this name, and a client that trusts its issuer.
pub(crate) fn certificate(name: &str) -> (Arc<ServerConfig>, ClientConfig) {
    let mut params = CertificateParams::new([]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new([name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let provider = || Arc::new(crypto::ring::default_provider());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let server = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(issuer.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), client)
}

fn webhook(server: &Server, tls: ClientConfig) -> Webhook<SignedJson> {
    let url = format!("https://localhost:{}/sms", server.port);
    Webhook::https_with(&url, SignedJson::new(key()), tls).unwrap()
}

#[tokio::test]
async fn a_message_goes_through_tls() {
    let (server, client) = certificate("localhost");
    let server = Server::start(Some(server), Vec::new()).await;
    assert_eq!(deliver(&webhook(&server, client)).await.unwrap(), Delivered::Taken);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_certificate_of_another_name_or_issuer_gets_nothing() {
    let ((wrong, trusting), (right, _)) = (certificate("example.net"), certificate("localhost"));
    for server in [wrong, right] {
        let server = Server::start(Some(server), Vec::new()).await;
        let failed = error(deliver(&webhook(&server, trusting.clone())).await);
        assert_eq!(failed, WebhookError::Connect);
        assert!(server.received().is_empty());
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    let (_, client) = certificate("localhost");
    let server = Server::plain(Vec::new()).await;
    let failed = error(deliver(&webhook(&server, client)).await);
    assert_eq!(failed, WebhookError::Connect);
    assert!(server.received().is_empty());
}
