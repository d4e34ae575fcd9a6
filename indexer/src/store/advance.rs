//! One transaction of following: what it takes back, what it adds, and where the cursor stands then.

use std::collections::BTreeSet;

use alloy::primitives::Address;
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use stoa_schema::archive::BlockRef;
use stoa_schema::lookup;
use stoa_schema::market::Place;
use stoa_schema::types::Addr;
use tracing::debug;

use super::contract::{Birth, Contract, SHARE};
use super::outbox::Kind;
use super::{Batch, Cursor, StoreError, Writer, contract, cursor, header, outbox, undo};
use crate::fetch::Head;
use crate::project::{self, Blocks};

/// Blocks that are folded at once.
#[derive(Debug)]
pub struct Pass {
    pub batch: Batch,
    /// The last of them.
    pub to: BlockRef,
    /// Those of them that subscribers are told of, ascending; the last is `to`.
    pub told: Vec<BlockRef>,
}

/// What one transaction does.
#[derive(Debug)]
pub struct Advance {
    /// Where this writer left the cursor.
    pub from: Cursor,
    /// The block to go back to first.
    pub back_to: Option<BlockRef>,
    /// In ascending order. A pass behind `finalized` is one block.
    pub passes: Vec<Pass>,
    /// Nothing up to here will be taken back.
    pub finalized: i64,
    /// What the node said of its head, where the database does not know it yet.
    pub head: Option<Head>,
}

impl Advance {
    /// Blocks that follow the cursor.
    pub fn onward(from: Cursor, passes: Vec<Pass>, finalized: i64) -> Self {
        Self { from, back_to: None, passes, finalized, head: None }
    }
}

impl Writer {
    /// Writes blocks: rows, projections, outbox and the cursor, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] when the cursor is not where this writer left it; nothing is written then.
    pub async fn advance(&mut self, work: Advance) -> Result<Cursor, StoreError> {
        let chain_id = work.from.chain_id;
        let mut transaction = self.connection.begin().await?;
        fence(&mut transaction, &work.from).await?;
        let mut at = work.from;
        if let Some(ancestor) = &work.back_to {
            if ancestor.number < at.finalized {
                let (ancestor, finalized) = (ancestor.number, at.finalized);
                return Err(StoreError::Final { chain_id, ancestor, finalized });
            }
            at = undo::back_to(&mut transaction, &at, ancestor).await?;
        }
        for pass in work.passes {
            at = fold(&mut transaction, at, pass, work.finalized).await?;
        }
        if let Some(head) = &work.head {
            cursor::set_head(&mut transaction, chain_id, head).await?;
        }
        let finalized = work.finalized.min(at.stored.number);
        if finalized > at.finalized {
            at.finalized = finalized;
            forget_past(&mut transaction, chain_id, finalized).await?;
        }
        cursor::update(&mut transaction, &at).await?;
        outbox::notify(&mut transaction, chain_id, at.seq).await?;
        transaction.commit().await?;
        debug!(chain_id, from = work.from.stored.number + 1, to = at.stored.number, "committed");
        Ok(at)
    }

    /// Writes final blocks into the archive alone: for a chain whose projections are built later.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub async fn archive(&mut self, from: Cursor, batch: Batch, to: BlockRef) -> Result<Cursor, StoreError> {
        let mut transaction = self.connection.begin().await?;
        // Losing the newest of these transactions in a crash loses work, not truth: the cursor goes with them.
        sqlx::query!("SET LOCAL synchronous_commit = off").execute(&mut *transaction).await?;
        fence(&mut transaction, &from).await?;
        // They come back with the projections. Where other chains write to the same tables, they stay.
        if from.stored == from.projected && cursor::all(&mut transaction).await?.len() == 1 {
            lookup::forget(&mut transaction).await?;
        }
        copy(&mut transaction, &from, batch, &to).await?;
        header::insert(&mut transaction, from.chain_id, &to).await?;
        let moved = Cursor { stored: to, finalized: from.finalized.max(to.number), ..from };
        cursor::update(&mut transaction, &moved).await?;
        header::prune(&mut transaction, from.chain_id, to.number).await?;
        transaction.commit().await?;
        debug!(chain_id = from.chain_id, to = to.number, "archived");
        Ok(moved)
    }
}

/// Forgets what taking back final blocks would take.
pub(super) async fn forget_past(
    connection: &mut PgConnection,
    chain_id: i64,
    finalized: i64,
) -> sqlx::Result<()> {
    header::prune(connection, chain_id, finalized).await?;
    sqlx::query!(
        "DELETE FROM archive.journal WHERE chain_id = $1 AND block_number <= $2",
        chain_id,
        finalized
    )
    .execute(&mut *connection)
    .await?;
    outbox::prune(connection, chain_id).await
}

impl Writer {
    /// Writes rows of a contract that is read apart, up to `to`, which is not behind the cursor.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub async fn store_apart(
        &mut self,
        at: Cursor,
        address: Address,
        mut batch: Batch,
        to: i64,
    ) -> Result<(), StoreError> {
        let chain_id = at.chain_id;
        let mut transaction = self.connection.begin().await?;
        fence(&mut transaction, &at).await?;
        for Birth { address, block } in batch.take_born() {
            let (name, read_block) = (SHARE.to_owned(), Some(block - 1));
            let born = Contract { address: Addr(address), name, first_block: block, read_block };
            contract::insert(&mut transaction, chain_id, &born).await?;
        }
        batch.copy(&mut transaction).await?;
        contract::set_read(&mut transaction, chain_id, address, Some(to)).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Locks the chain's row, and makes sure that nobody has written since.
async fn fence(connection: &mut PgConnection, from: &Cursor) -> Result<(), StoreError> {
    let chain_id = from.chain_id;
    let there = cursor::lock(connection, chain_id).await?;
    let found = there.as_ref().map(|locked| locked.cursor);
    if found != Some(*from) {
        let theirs = found.map_or(-1, |cursor| cursor.stored.number);
        return Err(StoreError::Overtaken { chain_id, ours: from.stored.number, theirs });
    }
    if there.and_then(|locked| locked.projection).as_deref() != Some(project::hash()) {
        return Err(StoreError::OtherBuild);
    }
    Ok(())
}

async fn copy(
    connection: &mut PgConnection,
    from: &Cursor,
    mut batch: Batch,
    to: &BlockRef,
) -> sqlx::Result<()> {
    let rows = batch.rows();
    debug!(chain_id = from.chain_id, from = from.stored.number + 1, to = to.number, rows, "copying");
    let born = batch.take_born();
    batch.copy(connection).await?;
    contract::insert_born(connection, from.chain_id, &born).await
}

async fn fold(
    connection: &mut PgConnection,
    at: Cursor,
    pass: Pass,
    finalized: i64,
) -> Result<Cursor, StoreError> {
    let Pass { batch, to, told } = pass;
    let chain_id = at.chain_id;
    let touched: BTreeSet<&str> = batch.tables().collect();
    copy(connection, &at, batch, &to).await?;
    let block = if to.number > finalized { to.number.to_string() } else { String::new() };
    if !touched.is_empty() {
        sqlx::query!("SELECT set_config('stoa.block', $1, true)", block).fetch_one(&mut *connection).await?;
        let blocks = Blocks { chain_id, from: at.projected.number + 1, to: to.number };
        project::apply(connection, Place::Live, blocks, &touched).await?;
        if let Some(what) = project::below_zero(connection, chain_id).await? {
            return Err(StoreError::BelowZero { what });
        }
    }
    header::insert(connection, chain_id, &to).await?;
    let seq = outbox::append(connection, chain_id, at.seq, Kind::Block, &told).await?;
    Ok(Cursor { stored: to, projected: to, seq, ..at })
}
