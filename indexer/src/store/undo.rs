//! Taking back blocks that a reorganisation replaced.

use std::sync::LazyLock;

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;
use stoa_schema::archive::BlockRef;
use stoa_schema::events;

use super::outbox::Kind;
use super::{Cursor, header, outbox};

/// Takes back everything behind `ancestor`: projections, events, headers. The caller holds the cursor's lock, moves
/// it, and commits.
pub(super) async fn back_to(
    connection: &mut PgConnection,
    cursor: &Cursor,
    ancestor: &BlockRef,
) -> sqlx::Result<Cursor> {
    let chain_id = cursor.chain_id;
    sqlx::query!(r#"SELECT archive.undo($1, $2) AS "undone: ()""#, chain_id, ancestor.number)
        .execute(&mut *connection)
        .await?;
    // The newest first: a subscriber takes back in this order what it was told in the other.
    let blocks = header::above(connection, chain_id, ancestor.number).await?;
    let seq = outbox::append(connection, chain_id, cursor.seq, Kind::Retraction, &blocks).await?;
    for statement in RETRACT.iter() {
        sqlx::query(AssertSqlSafe(statement.as_str()))
            .bind(chain_id)
            .bind(ancestor.number)
            .bind(cursor.seq)
            .execute(&mut *connection)
            .await?;
    }
    header::cut(connection, chain_id, ancestor.number).await?;
    sqlx::query!(
        "DELETE FROM archive.contract WHERE chain_id = $1 AND first_block > $2",
        chain_id,
        ancestor.number
    )
    .execute(connection)
    .await?;
    Ok(Cursor { stored: *ancestor, projected: *ancestor, seq, ..*cursor })
}

/// Moves one table's rows of the blocks behind `$2`, each to its block's retraction behind `$3`.
static RETRACT: LazyLock<Vec<String>> = LazyLock::new(|| {
    let statement = |name: &str| {
        format!(
            "WITH gone AS (
                 DELETE FROM archive.{name} WHERE chain_id = $1 AND block_number > $2 RETURNING *
             )
             INSERT INTO archive.retracted_event (chain_id, seq, block_number, log_index, event, content)
             SELECT $1, retraction.seq, gone.block_number, gone.log_index, '{name}', to_jsonb(gone)
             FROM gone JOIN archive.outbox AS retraction
                 ON retraction.chain_id = $1 AND retraction.seq > $3 AND retraction.kind = 1
                 AND retraction.block_number = gone.block_number"
        )
    };
    // Names are constants of the declarations.
    events::tables().map(|table| statement(table.name)).collect()
});
