//! A listing's metadata on its way to where the chain says it is.

use anyhow::Context as _;
use stoa_scripts::{
    content::{self, Draft, StoreArgs},
    metadata::Metadata,
};
use tempfile::TempDir;

/// Where a document will lie: in the URI itself, or published like other content when it is too large for that.
pub(super) enum Document {
    Inline(String),
    Content { draft: Box<Draft>, _folder: TempDir },
}

impl Document {
    pub(super) async fn of(metadata: &Metadata, stores: &StoreArgs) -> anyhow::Result<Self> {
        if let Some(uri) = metadata.inline() {
            return Ok(Self::Inline(uri));
        }
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("metadata.json");
        std::fs::write(&file, metadata.compact())?;
        Ok(Self::Content { draft: Box::new(content::draft(&file, stores).await?), _folder: folder })
    }

    pub(super) fn uri(&self) -> anyhow::Result<String> {
        match self {
            Self::Inline(uri) => Ok(uri.clone()),
            Self::Content { draft, .. } => {
                draft.uris()?.into_iter().next().context("published content has an address")
            }
        }
    }

    pub(super) async fn send(self) -> anyhow::Result<()> {
        match self {
            Self::Inline(_) => Ok(()),
            Self::Content { draft, _folder } => draft.send().await.map(drop),
        }
    }
}
