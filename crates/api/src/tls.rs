//! HTTPS with the owner's certificate, which may be renewed while the service runs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::crypto::ring::{default_provider, sign::any_supported_type};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

#[cfg(test)]
#[path = "../../tollgate/tests/program/certificate.rs"]
mod certificate;

/// What is said to clients that speak both (RFC 7301), the better first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// The certificate and its key, from two files.
#[derive(Debug, Clone)]
pub struct Tls(Arc<Files>);

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Current>,
}

#[derive(Debug)]
struct Current {
    changed_at: [Option<SystemTime>; 2],
    certified: Arc<CertifiedKey>,
}

/// Why HTTPS is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read, or is no PEM file.
    #[error("{}: {reason}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The two files don't go together, or the key is of a kind that is not known.
    #[error("{} is not the key of {}: {reason}", key.display(), certificate.display())]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl Tls {
    /// The certificate (with the ones that it depends on, its own first) and its private key, both as PEM.
    ///
    /// # Errors
    /// A file can't be read, or the two don't go together.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let current = RwLock::new(Current::read(certificate, key)?);
        Ok(Tls(Arc::new(Files { certificate: certificate.to_owned(), key: key.to_owned(), current })))
    }

    /// Reads the files again if they were changed. A pair that is no good leaves the one in use, and is told in the log.
    pub(crate) fn renew(&self) {
        let Files { certificate, key, current } = &*self.0;
        let changed = current.read().is_ok_and(|current| current.changed_at != changed_at(certificate, key));
        if !changed {
            return;
        }
        match (Current::read(certificate, key), current.write()) {
            (Ok(read), Ok(mut current)) => {
                *current = read;
                tracing::info!("the certificate was renewed");
            }
            (Err(error), _) => tracing::error!(%error, "the new certificate is no good: the old one stays in use"),
            (Ok(_), Err(_)) => {}
        }
    }

    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, rustls::Error> {
        let resolver: Arc<dyn ResolvesServerCert> = self.0.clone();
        let config =
            ServerConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions()?;
        let mut config = config.with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = PROTOCOLS.iter().map(|name| name.to_vec()).collect();
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl ResolvesServerCert for Files {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current.read().ok().map(|current| current.certified.clone())
    }
}

impl Current {
    fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let changed_at = changed_at(certificate, key);
        let unreadable = |file: &Path, reason: String| TlsError::File { file: file.to_owned(), reason };
        let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|error| unreadable(certificate, error.to_string()))?;
        if chain.is_empty() {
            return Err(unreadable(certificate, "there is no certificate in it".to_owned()));
        }
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, error.to_string()))?;
        let pair = any_supported_type(&private).and_then(|signing| {
            let certified = CertifiedKey::new(chain, signing);
            certified.keys_match().map(|()| certified)
        });
        let certified = pair.map_err(|error| TlsError::Pair {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Current { changed_at, certified: Arc::new(certified) })
    }
}

fn changed_at(certificate: &Path, key: &Path) -> [Option<SystemTime>; 2] {
    [certificate, key].map(|file| file.metadata().and_then(|file| file.modified()).ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::certificate::Certificate;
    use super::*;

    #[test]
    fn a_renewed_certificate_is_taken_up_and_half_of_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["chain.pem", "key.pem"].map(|name| folder.path().join(name));
        // File systems tell times coarsely: each writing has a time of its own.
        let written = |file: usize, content: &str, seconds: u64| {
            std::fs::write(&files[file], content).unwrap();
            let at = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            std::fs::File::options().write(true).open(&files[file]).unwrap().set_modified(at).unwrap();
        };
        let (first, second) = (Certificate::of(1), Certificate::of(2));
        written(0, &first.pem()[0], 1);
        written(1, &first.pem()[1], 1);
        let tls = Tls::from_files(&files[0], &files[1]).unwrap();
        let in_use = || {
            tls.renew();
            tls.0.current.read().unwrap().certified.cert[0].to_vec()
        };
        assert!(in_use() == first.der);
        written(0, &second.pem()[0], 2);
        assert!(in_use() == first.der, "the new key is not there yet");
        written(1, &second.pem()[1], 3);
        assert!(in_use() == second.der, "both are there");
    }
}
