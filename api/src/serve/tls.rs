//! The certificate, read again when its files change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, aws_lc_rs};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_util::sync::CancellationToken;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// The pair that new connections get.
#[derive(Debug)]
pub(super) struct Certificate {
    files: Files,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

/// Where it is.
#[derive(Debug)]
struct Files {
    chain: PathBuf,
    key: PathBuf,
}

/// What is in the files.
#[derive(PartialEq, Eq)]
struct Text {
    chain: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    /// From files that must be whole.
    pub(super) fn read(chain: &Path, key: &Path) -> anyhow::Result<Arc<Self>> {
        let files = Files { chain: chain.to_owned(), key: key.to_owned() };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let first = files.parse(&files.text()?, &provider)?;
        Ok(Arc::new(Self { files, provider, current: RwLock::new(Arc::new(first)) }))
    }

    /// TLS 1.2 and 1.3, with HTTP/2 for who knows it.
    pub(super) fn acceptor(self: &Arc<Self>) -> anyhow::Result<TlsAcceptor> {
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .context("TLS cannot be set up")?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Takes what is written over the files, until told to stop. What cannot be used is told once and not taken.
    pub(super) async fn follow(self: Arc<Self>, stop: CancellationToken) {
        let mut seen = self.files.text().ok();
        while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            // A file may be away for a moment while it is replaced.
            let Ok(text) = self.files.text() else { continue };
            if seen.as_ref() == Some(&text) {
                continue;
            }
            match self.files.parse(&text, &self.provider) {
                Ok(pair) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(pair);
                    tracing::info!(file = %self.files.chain.display(), "the new certificate is used");
                }
                Err(error) => tracing::warn!("the certificate stays as it was: {error:#}"),
            }
            seen = Some(text);
        }
    }
}

impl Files {
    fn text(&self) -> anyhow::Result<Text> {
        let read = |name: &str, path: &Path| {
            std::fs::read(path)
                .with_context(|| format!("{name} names {}, which cannot be read", path.display()))
        };
        Ok(Text {
            chain: read("--tls-cert (STOA_TLS_CERT)", &self.chain)?,
            key: read("--tls-key (STOA_TLS_KEY)", &self.key)?,
        })
    }

    fn parse(&self, text: &Text, provider: &CryptoProvider) -> anyhow::Result<CertifiedKey> {
        let (cert, key) = (self.chain.display(), self.key.display());
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&text.chain)
            .collect::<Result<_, _>>()
            .with_context(|| format!("--tls-cert (STOA_TLS_CERT): {cert} is not PEM"))?;
        anyhow::ensure!(!chain.is_empty(), "--tls-cert (STOA_TLS_CERT): {cert} holds no certificate");
        let private = PrivateKeyDer::from_pem_slice(&text.key)
            .map_err(|_| anyhow::anyhow!("--tls-key (STOA_TLS_KEY): {key} holds no private key in PEM"))?;
        CertifiedKey::from_der(chain, private, provider)
            .with_context(|| format!("--tls-key (STOA_TLS_KEY): {key} is not the key of {cert}"))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
