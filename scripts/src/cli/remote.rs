//! Keys that never leave a device or a service. Each kind is a cargo feature, off by default.

use futures::future::{BoxFuture, FutureExt as _};

use crate::key::Key;

/// Prefix of a wallet's name, and the feature that knows it.
const KINDS: [(&str, &str); 3] = [("ledger:", "ledger"), ("aws-kms:", "aws-kms"), ("gcp-kms:", "gcp-kms")];

/// The signer that a wallet's name means, or `None` when it names a keystore. Boxed, because the futures of the services'
/// clients are deeper than the compiler likes.
///
/// # Errors
/// When this program was built without it, or it does not answer.
pub(super) fn signer(name: &str) -> BoxFuture<'_, anyhow::Result<Option<Key>>> {
    find(name).boxed()
}

async fn find(name: &str) -> anyhow::Result<Option<Key>> {
    #[cfg(feature = "ledger")]
    if let Some(account) = name.strip_prefix("ledger:") {
        return ledger(account).await.map(Some);
    }
    #[cfg(feature = "aws-kms")]
    if let Some(id) = name.strip_prefix("aws-kms:") {
        return aws(id).await.map(Some);
    }
    #[cfg(feature = "gcp-kms")]
    if let Some(path) = name.strip_prefix("gcp-kms:") {
        return gcp(path).await.map(Some);
    }
    match KINDS.iter().find(|(prefix, _)| name.starts_with(prefix)) {
        Some((_, feature)) => anyhow::bail!(
            "{name} needs a stoa that is built with it: cargo build -p stoa-scripts --features {feature}"
        ),
        None => Ok(None),
    }
}

#[cfg(feature = "ledger")]
async fn ledger(account: &str) -> anyhow::Result<Key> {
    use alloy::signers::ledger::{HDPath, LedgerSigner};
    use anyhow::Context as _;
    let account = account.parse().context("write ledger:N, N being the account's number from 0 on")?;
    let signer = LedgerSigner::new(HDPath::LedgerLive(account), None).await;
    Ok(Key::new(signer.context("the Ledger does not answer: is it unlocked, with the Ethereum app open?")?))
}

#[cfg(feature = "aws-kms")]
async fn aws(id: &str) -> anyhow::Result<Key> {
    use alloy::signers::aws::{AwsSigner, aws_config, aws_sdk_kms};
    use anyhow::Context as _;
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let signer = AwsSigner::new(aws_sdk_kms::Client::new(&config), id.to_owned(), None).await;
    Ok(Key::new(signer.with_context(|| format!("AWS KMS does not give the key {id}"))?))
}

#[cfg(feature = "gcp-kms")]
async fn gcp(path: &str) -> anyhow::Result<Key> {
    use alloy::signers::gcp::{
        GcpKeyRingRef, GcpSigner, KeySpecifier,
        gcloud_sdk::{
            GoogleApi, google::cloud::kms::v1::key_management_service_client::KeyManagementServiceClient,
        },
    };
    use anyhow::Context as _;
    let parts: Vec<&str> = path.split('/').collect();
    let [
        "projects",
        project,
        "locations",
        location,
        "keyRings",
        ring,
        "cryptoKeys",
        key,
        "cryptoKeyVersions",
        version,
    ] = parts[..]
    else {
        anyhow::bail!(
            "write gcp-kms:projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N, not {path:?}"
        );
    };
    let version = version.parse().context("the key's version is no number")?;
    let specifier = KeySpecifier::new(GcpKeyRingRef::new(project, location, ring), key, version);
    let client =
        GoogleApi::from_function(KeyManagementServiceClient::new, "https://cloudkms.googleapis.com", None);
    let client = client.await.context("Google Cloud does not answer")?;
    let signer = GcpSigner::new(client, specifier, None).await;
    Ok(Key::new(signer.with_context(|| format!("Google Cloud KMS does not give the key {path}"))?))
}
