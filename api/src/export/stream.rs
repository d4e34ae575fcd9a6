//! Page after page, as fast as the client takes them. Between pages no connection is held.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::stream::try_unfold;
use sqlx::PgPool;

use super::format::{Format, Writer};
use super::layout::Layout;
use super::page::{Page, Wanted};
use crate::error::ApiError;
use crate::slots::Slot;
use crate::snapshot::ask;

/// How often a page is asked for again while the database is busy or rebuilt, and after how long.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// An export that is under way.
struct Export {
    pool: PgPool,
    /// Free again when the client has all, or leaves.
    _slot: Slot,
    wanted: Wanted,
    /// Rows that are still to come, unless all are.
    left: Option<i64>,
    format: Format,
    layout: Layout,
    writer: Writer,
    step: Step,
}

enum Step {
    /// The first page, read before the answer began.
    First(Vec<u8>, Page),
    Next,
    End,
}

/// The body that begins with a page that is already read.
pub(crate) fn body(
    (pool, slot): (PgPool, Slot),
    wanted: Wanted,
    rows: Option<i64>,
    format: Format,
    first: Page,
    about: &[(&str, String)],
) -> Result<Body, ApiError> {
    let (writer, head) = Writer::new(format, &first.layout, about)?;
    let layout = first.layout.clone();
    let wanted = Wanted { block: Some(first.at.block), ..wanted };
    let export = Export {
        pool,
        _slot: slot,
        wanted,
        left: rows,
        format,
        layout,
        writer,
        step: Step::First(head, first),
    };
    Ok(Body::from_stream(try_unfold(Some(export), async |export| match export {
        None => Ok(None),
        Some(export) => export.next().await.map(Some).inspect_err(|error| {
            // The client sees a body that breaks off, which no reader takes for a whole one.
            tracing::warn!(%error, "an export was broken off");
        }),
    })))
}

/// How many rows the next page has.
pub(crate) fn page_rows(format: Format, left: Option<i64>) -> i64 {
    left.map_or(format.page(), |left| left.min(format.page()))
}

impl Export {
    /// The next bytes, and what follows them.
    async fn next(mut self) -> Result<(Bytes, Option<Self>), ApiError> {
        let (mut out, page) = match std::mem::replace(&mut self.step, Step::Next) {
            Step::End => {
                let end = self.writer.end()?;
                return Ok((end.into(), None));
            }
            Step::First(head, page) => (head, page),
            Step::Next => (Vec::new(), self.read().await?),
        };
        if page.layout != self.layout {
            return Err(ApiError::NotReady(
                "The collection's columns changed during the export: the indexer was replaced. Start it anew."
                    .to_owned(),
            ));
        }
        let count = page.rows.len() as i64;
        let full = count == self.wanted.limit;
        self.left = self.left.map(|left| left - count);
        if let Some(last) = page.rows.last() {
            self.wanted.after = Some(self.layout.key_of(last));
        }
        out.extend(self.writer.page(&self.layout, page.rows)?);
        self.wanted.limit = page_rows(self.format, self.left);
        if !full || self.left == Some(0) {
            self.step = Step::End;
        }
        Ok((out.into(), Some(self)))
    }

    /// Reads a page; a database that is busy or being rebuilt is waited for.
    async fn read(&self) -> Result<Page, ApiError> {
        let mut tries = 0;
        loop {
            match ask(&self.pool, &self.wanted).await {
                Err(ApiError::Unavailable(_) | ApiError::Overtaken(_) | ApiError::NotReady(_))
                    if tries < TRIES =>
                {
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                answer => return answer,
            }
        }
    }
}
