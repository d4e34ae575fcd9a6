//! Reading the outbox in pages, each in one snapshot with the contents of its blocks.

use std::collections::BTreeMap;
use std::sync::Arc;

use sqlx::PgPool;
use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;
use time::OffsetDateTime;

use super::batch::{Batch, What};
use super::content;
use crate::error::ApiError;
use crate::model::Finality;
use crate::snapshot::{Question, Snapshot, ask};

/// Most rows that are read at once.
pub(super) const PAGE: i64 = 64;
/// How far back a retraction's block is looked for: more than any chain takes back.
const BACK: i64 = 10_000;

/// Reads one chain's outbox from a row on.
#[derive(Debug)]
pub(super) struct Reader {
    chain_id: i64,
    /// The next row.
    pub(super) next: i64,
    /// Retractions up to here are known.
    seen: i64,
    /// Retractions from `next` on, with the blocks that they take back.
    retractions: BTreeMap<i64, (i64, Hash)>,
}

/// A page of rows.
#[derive(Debug)]
pub(super) enum Page {
    /// The next rows; none when there are none yet.
    Rows(Vec<Arc<Batch>>),
    /// The next row is kept no more.
    Expired,
    /// The outbox ends before the next row: it is not the one that was read before.
    Reset,
}

/// A row of the outbox.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Row {
    pub(super) seq: i64,
    kind: i16,
    block_number: i64,
    block_hash: Hash,
    block_time: OffsetDateTime,
}

impl Row {
    pub(super) fn block(&self) -> BlockRef {
        BlockRef { number: self.block_number, hash: self.block_hash, time: self.block_time }
    }
}

impl Reader {
    pub(super) fn new(chain_id: i64, next: i64) -> Self {
        Self { chain_id, next, seen: next - 1, retractions: BTreeMap::new() }
    }

    /// Reads the next rows, and moves behind them.
    pub(super) async fn page(&mut self, pool: &PgPool) -> Result<Page, ApiError> {
        let question = Ask { reader: self };
        let Answer { page, tip, retractions } = ask(pool, &question).await?;
        self.retractions.extend(retractions);
        self.seen = self.seen.max(tip);
        if let Page::Rows(rows) = &page
            && let Some(last) = rows.last()
        {
            self.next = last.seq + 1;
            self.retractions = self.retractions.split_off(&self.next);
        }
        Ok(page)
    }
}

struct Ask<'a> {
    reader: &'a Reader,
}

struct Answer {
    page: Page,
    tip: i64,
    retractions: BTreeMap<i64, (i64, Hash)>,
}

impl Question for Ask<'_> {
    type Answer = Answer;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Answer, ApiError> {
        let (chain_id, next) = (self.reader.chain_id, self.reader.next);
        let tip: Option<i64> =
            sqlx::query_scalar("SELECT outbox_seq FROM archive.cursor WHERE chain_id = $1")
                .bind(chain_id)
                .fetch_optional(&mut *snapshot.connection)
                .await?;
        let tip = tip.unwrap_or_default();
        let none = |page| Ok(Answer { page, tip, retractions: BTreeMap::new() });
        if tip < next {
            return none(if tip + 1 == next { Page::Rows(Vec::new()) } else { Page::Reset });
        }
        let rows: Vec<Row> = sqlx::query_as(include_str!("sql/outbox.sql"))
            .bind(chain_id)
            .bind(next)
            .bind(PAGE)
            .fetch_all(&mut *snapshot.connection)
            .await?;
        if rows.first().is_none_or(|first| first.seq != next) {
            return none(Page::Expired);
        }
        let fresh: Vec<Row> = sqlx::query_as(include_str!("sql/retractions.sql"))
            .bind(chain_id)
            .bind(self.reader.seen)
            .fetch_all(&mut *snapshot.connection)
            .await?;
        let mut retractions = self.reader.retractions.clone();
        retractions.extend(fresh.iter().map(|row| (row.seq, (row.block_number, row.block_hash))));
        let batches = batches(snapshot, chain_id, &rows, &retractions).await?;
        Ok(Answer { page: Page::Rows(batches), tip, retractions })
    }
}

async fn batches(
    snapshot: &mut Snapshot<'_>,
    chain_id: i64,
    rows: &[Row],
    retractions: &BTreeMap<i64, (i64, Hash)>,
) -> Result<Vec<Arc<Batch>>, ApiError> {
    let taken_back = |row: &Row| {
        let mut later = retractions.range(row.seq + 1..);
        later.any(|(_, block)| *block == (row.block_number, row.block_hash))
    };
    let (back, blocks): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.kind != 0);
    let there: Vec<&Row> = blocks.iter().copied().filter(|row| !taken_back(row)).collect();
    let mut contents = content::of_blocks(snapshot, chain_id, &there).await?;
    contents.extend(content::of_retractions(snapshot, chain_id, &back).await?);
    let mut batches = Vec::with_capacity(rows.len());
    for row in rows {
        let what = match (row.kind, contents.contains_key(&row.seq)) {
            (0, true) => What::Block,
            (0, false) => What::Gone,
            _ => What::Back { of: retracted(snapshot, chain_id, row).await? },
        };
        let drafts = contents.remove(&row.seq).unwrap_or_default();
        let finality =
            snapshot.chain(chain_id).map_or(Finality::Latest, |chain| chain.finality(row.block_number));
        // What was taken back was not final, whatever block stands there now.
        let finality = if what == What::Block { finality } else { Finality::Latest };
        batches.push(Arc::new(Batch::new((chain_id, row.seq), what, row.block(), finality, drafts)));
    }
    Ok(batches)
}

/// The row of the block that a retraction takes back.
async fn retracted(snapshot: &mut Snapshot<'_>, chain_id: i64, row: &Row) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar(include_str!("sql/retracted.sql"))
        .bind(chain_id)
        .bind(row.seq - BACK)
        .bind(row.seq)
        .bind(row.block_number)
        .bind(row.block_hash)
        .fetch_one(&mut *snapshot.connection)
        .await
}
