//! A body, written to the disk while it comes, and hashed on the way.

use std::time::Duration;

use axum::body::Body;
use futures::StreamExt as _;
use stoa_content::{Digest, Store, Whole, store};
use tokio::sync::mpsc;
use tokio::task::JoinError;
use tokio::time::timeout;

use super::LONGEST;

/// How long nothing may come.
const IDLE: Duration = Duration::from_secs(30);
/// Pieces that wait for the disk.
const WAITING: usize = 8;

/// Why it was not received.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReceiveError {
    #[error("the body is larger than {0} bytes")]
    TooLarge(u64),
    #[error("the body came too slowly")]
    Slow,
    #[error("the body broke off: {0}")]
    BrokeOff(axum::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error("writing was given up: {0}")]
    Writer(#[from] JoinError),
}

/// The file, without its name yet. Whoever drops this, or what it gives, leaves nothing on the disk.
pub(super) async fn receive(store: Store, body: Body, most: u64) -> Result<(Whole, Digest), ReceiveError> {
    let (pieces, mut incoming) = mpsc::channel::<axum::body::Bytes>(WAITING);
    // Ends when the sender is gone: with the last piece, or with whoever asked.
    let writing = tokio::task::spawn_blocking(move || {
        let mut file = store.incoming()?;
        while let Some(piece) = incoming.blocking_recv() {
            file.write(&piece)?;
        }
        Ok::<_, store::Error>(file.end())
    });
    let reading = async {
        let (mut body, mut size) = (body.into_data_stream(), 0);
        loop {
            let piece = match timeout(IDLE, body.next()).await {
                Err(_) => return Err(ReceiveError::Slow),
                Ok(None) => return Ok(()),
                Ok(Some(piece)) => piece.map_err(ReceiveError::BrokeOff)?,
            };
            size += piece.len() as u64;
            if size > most {
                return Err(ReceiveError::TooLarge(most));
            }
            if pieces.send(piece).await.is_err() {
                // The writer failed, and says why.
                return Ok(());
            }
        }
    };
    let read = timeout(LONGEST, reading).await.unwrap_or(Err(ReceiveError::Slow));
    drop(pieces);
    let written = writing.await?;
    read?;
    Ok(written?)
}
