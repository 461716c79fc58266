use alloc::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use crate::SetupError;

/// TLS 1.2 or 1.3, with the certificates that the operating system trusts. The variables `SSL_CERT_FILE` and
/// `SSL_CERT_DIR` name others.
///
/// # Errors
///
/// [`SetupError::Tls`] if the system has no certificates.
pub fn system_tls() -> Result<Arc<ClientConfig>, SetupError> {
    let mut roots = RootCertStore::empty();
    // Those that cannot be read are left out: a system can have old ones.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(SetupError::Tls(rustls::Error::General("no root certificates".to_owned())));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(SetupError::Tls)?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}
