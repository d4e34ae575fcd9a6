//! What subscribers are told of blocks: their events, with purchases and listings in the shapes of REST.

mod draft;
mod event;
mod links;

use std::collections::{BTreeMap, BTreeSet};

use super::batch::Draft;
use super::reader::Row;
use crate::db::listing::listing_get;
use crate::error::ApiError;
use crate::model::PublicId;
use crate::routes::purchases::{Purchase, purchases_in};
use crate::routes::summary::{ListingSummary, summaries};
use crate::snapshot::Snapshot;

use draft::Context;
use event::Log;
use links::Links;

/// The messages of each row.
pub(super) type Contents = BTreeMap<i64, Vec<Draft>>;

/// Of blocks that stand.
pub(super) async fn of_blocks(
    snapshot: &mut Snapshot<'_>,
    chain_id: i64,
    rows: &[&Row],
) -> Result<Contents, ApiError> {
    let numbers: Vec<i64> = rows.iter().map(|row| row.block().number).collect();
    let (Some(first), Some(last)) = (numbers.iter().min(), numbers.iter().max()) else {
        return Ok(Contents::new());
    };
    let logs = event::of_blocks(snapshot.connection, chain_id, &numbers).await?;
    let links = Links::of(snapshot, chain_id, &logs, false).await?;
    let mut purchases: BTreeMap<(i64, i32), Purchase> = BTreeMap::new();
    if logs.iter().any(|log| log.event == event::PURCHASED) {
        let found = purchases_in(snapshot, chain_id, *first, *last).await?;
        purchases.extend(found.into_iter().map(|sale| ((sale.block_number, sale.log_index), sale)));
    }
    let listings = listings(snapshot, chain_id, &logs).await?;
    let mut context = Context { chain_id, links, purchases, listings };
    let mut contents = Contents::new();
    for row in rows {
        let block = row.block();
        let own = logs.iter().filter(|log| log.block_number == block.number);
        contents.insert(row.seq, context.block(&block, own)?);
    }
    Ok(contents)
}

/// Of blocks that were taken back.
pub(super) async fn of_retractions(
    snapshot: &mut Snapshot<'_>,
    chain_id: i64,
    rows: &[&Row],
) -> Result<Contents, ApiError> {
    if rows.is_empty() {
        return Ok(Contents::new());
    }
    let seqs: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    let logs = event::of_retractions(snapshot.connection, chain_id, &seqs).await?;
    let all: Vec<Log> = logs.iter().map(|(_, log)| log.clone()).collect();
    let links = Links::of(snapshot, chain_id, &all, true).await?;
    let context = Context { chain_id, links, purchases: BTreeMap::new(), listings: BTreeMap::new() };
    let mut contents = Contents::new();
    for row in rows {
        let own = logs.iter().filter(|(seq, _)| *seq == row.seq).map(|(_, log)| log);
        contents.insert(row.seq, context.retraction(own)?);
    }
    Ok(contents)
}

/// The listings that these events are about, as they stand now.
async fn listings(
    snapshot: &mut Snapshot<'_>,
    chain_id: i64,
    logs: &[Log],
) -> Result<BTreeMap<i64, ListingSummary>, ApiError> {
    let changed: BTreeSet<i64> =
        logs.iter().filter(|log| log.changes_listing()).filter_map(|log| log.integer("listing")).collect();
    let mut rows = Vec::with_capacity(changed.len());
    for number in changed {
        rows.extend(listing_get(snapshot.connection, PublicId { chain_id, number }).await?);
    }
    let summaries = summaries(snapshot, rows).await?;
    Ok(summaries.into_iter().map(|summary| (summary.id.number, summary)).collect())
}
