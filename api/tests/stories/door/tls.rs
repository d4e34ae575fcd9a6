//! HTTPS, with certificates made here.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{ASKED, PATIENCE, ended};
use crate::process::{command, refused, start_with};
use crate::stage::Stage;

/// Writes a new pair over the files; the certificate.
fn renew(folder: &Path) -> CertificateDer<'static> {
    let names = ["localhost".to_owned()];
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).expect("a certificate");
    std::fs::write(folder.join("cert.pem"), cert.pem()).expect("a file");
    std::fs::write(folder.join("key.pem"), signing_key.serialize_pem()).expect("a file");
    cert.der().clone()
}

fn files(folder: &Path) -> [String; 2] {
    ["cert.pem", "key.pem"].map(|name| folder.join(name).display().to_string())
}

type Tls = tokio_rustls::client::TlsStream<TcpStream>;

/// Connects as somebody who trusts that certificate alone.
async fn connect(address: &str, root: &CertificateDer<'static>, protocol: &[u8]) -> std::io::Result<Tls> {
    let mut roots = RootCertStore::empty();
    roots.add(root.clone()).expect("a root");
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = config.expect("versions").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await.expect("in time")
}

#[tokio::test]
async fn https_is_spoken_by_both_protocols_and_the_certificate_changes_without_a_restart() {
    let stage = Stage::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let first = renew(folder.path());
    let [cert, key] = files(folder.path());
    let settings = ["--tls-cert", &cert, "--tls-key", &key, "--header-seconds", "3"];
    let (_child, address, mut log) = start_with(stage.database.url(), &settings).await;

    let mut one = connect(&address, &first, b"http/1.1").await.expect("a handshake");
    one.write_all(b"GET /live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.expect("asks");
    let mut answer = String::new();
    let _ = timeout(PATIENCE, one.read_to_string(&mut answer)).await.expect("in time");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");

    // HTTP/2, asked for by ALPN: the server's first frame bounds what one connection may ask at once.
    let mut two = connect(&address, &first, b"h2").await.expect("a handshake");
    assert_eq!(two.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    two.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.expect("the preface");
    let mut frame = [0; 9];
    timeout(PATIENCE, two.read_exact(&mut frame)).await.expect("in time").expect("a frame");
    assert_eq!(frame[3], 4, "SETTINGS");
    let mut settings = vec![0; usize::from(frame[2])];
    two.read_exact(&mut settings).await.expect("its content");
    assert!(settings.chunks(6).any(|pair| pair == [0, 3, 0, 0, 0, 100]), "100 streams: {settings:?}");

    // Who speaks no TLS is told so; who says nothing is cut.
    let mut plain = TcpStream::connect(&address).await.expect("connects");
    plain.write_all(ASKED).await.expect("asks");
    let told = String::from_utf8(ended(&mut plain).await).expect("text");
    assert!(told.starts_with("HTTP/1.1 400 ") && told.contains("This port speaks HTTPS"), "{told}");
    let (mut mute, began) = (TcpStream::connect(&address).await.expect("connects"), Instant::now());
    ended(&mut mute).await;
    assert!(began.elapsed() >= Duration::from_secs(2), "it got its time");

    // Half of a pair is not taken, and said once.
    std::fs::write(&key, "not a key").expect("a file");
    timeout(PATIENCE, async {
        while !log.next_line().await.expect("a log").expect("running").contains("stays as it was") {}
    })
    .await
    .expect("it is told");
    connect(&address, &first, b"http/1.1").await.expect("the old one still serves");
    let second = renew(folder.path());
    let until = Instant::now() + PATIENCE;
    while connect(&address, &second, b"http/1.1").await.is_err() {
        assert!(Instant::now() < until, "the new certificate is not taken");
    }
    assert!(connect(&address, &first, b"http/1.1").await.is_err(), "the old one is gone");
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_refused_at_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let [cert, key] = files(folder.path());
    let arguments = ["--database-url", "postgres://localhost/x", "--listen", "127.0.0.1:0"];
    let refusal =
        async || refused(command().args(arguments).args(["--tls-cert", &cert, "--tls-key", &key])).await;
    assert!(refusal().await.contains("--tls-cert (STOA_TLS_CERT) names"));
    renew(folder.path());
    let old = std::fs::read(&key).expect("a key");
    renew(folder.path());
    std::fs::write(&key, old).expect("a file");
    assert!(refusal().await.contains("is not the key of"), "another certificate's key");
    std::fs::write(&cert, "nothing").expect("a file");
    assert!(refusal().await.contains("holds no certificate"));
    renew(folder.path());
    let plain = command()
        .args(arguments)
        .args(["--tls-cert", &cert, "--tls-key", &key, "--origin", "http://localhost:1"])
        .output()
        .await
        .expect("runs");
    let said = String::from_utf8_lossy(&plain.stderr);
    assert!(said.contains("--origin (STOA_ORIGINS)") && said.contains("must be https"), "{said}");
}
