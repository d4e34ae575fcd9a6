//! The lead of a chain: an advisory lock on the writing connection, and a beat that says that its holder lives.
//!
//! A writer that was killed loses the lock with its connection. One that is stopped or cut off keeps it; a standby
//! then sees that the beat is old and ends that connection. What the stopped one still wants to write fails, on the
//! lost connection or at the cursor's fence.

use std::time::Duration;

use alloy::primitives::keccak256;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tracing::{info, warn};

use super::StoreError;

/// How often a writer says that it lives.
const BEAT: Duration = Duration::from_secs(1);
/// How often a standby looks.
const LOOK: Duration = Duration::from_millis(250);

/// Keeps the beat while it exists.
#[derive(Debug)]
pub struct Lease {
    beat: JoinHandle<()>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.beat.abort();
    }
}

/// The advisory lock's key for a chain.
fn key(chain_id: i64) -> i64 {
    let digest = keccak256([b"stoa-indexer".as_slice(), &chain_id.to_be_bytes()].concat());
    i64::from_be_bytes([
        digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7],
    ])
}

/// Waits until `connection` is the one that writes for the chain. A holder that was silent for `patience` loses it.
pub(super) async fn take(
    connection: &mut PgConnection,
    options: &PgConnectOptions,
    chain_id: i64,
    patience: Duration,
) -> Result<Lease, StoreError> {
    let mut told = false;
    while !try_lock(connection, chain_id).await? {
        if !told {
            info!(chain_id, "another indexer writes for this chain; standing by");
            told = true;
        }
        end_silent(connection, chain_id, patience).await?;
        sleep(LOOK).await;
    }
    let pid: i32 = sqlx::query_scalar!(
        r#"INSERT INTO archive.writer (chain_id, pid) VALUES ($1, pg_backend_pid())
           ON CONFLICT (chain_id) DO UPDATE SET pid = excluded.pid, beat_at = clock_timestamp()
           RETURNING pid"#,
        chain_id
    )
    .fetch_one(connection)
    .await?;
    Ok(Lease { beat: tokio::spawn(beat(options.clone(), chain_id, pid)) })
}

async fn try_lock(connection: &mut PgConnection, chain_id: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "leads!""#, key(chain_id))
        .fetch_one(connection)
        .await
}

/// Ends the connection of a writer that holds the lock and has not said for long that it lives.
///
/// First who it is, then its end: in one `WHERE`, Postgres may end the process before it looks whether it holds the
/// lock, and that number may be another client's by now.
async fn end_silent(connection: &mut PgConnection, chain_id: i64, patience: Duration) -> sqlx::Result<()> {
    let ended = sqlx::query_scalar!(
        r#"WITH silent AS MATERIALIZED (
               SELECT writer.pid
               FROM archive.writer JOIN pg_locks AS held ON held.pid = writer.pid
               WHERE chain_id = $1 AND beat_at < clock_timestamp() - make_interval(secs => $2)
                 AND held.locktype = 'advisory' AND held.granted
                 AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND held.classid = (($3::bigint >> 32) & 4294967295)::oid
                 AND held.objid = ($3::bigint & 4294967295)::oid
           )
           SELECT pid AS "pid!" FROM silent WHERE pg_terminate_backend(pid)"#,
        chain_id,
        patience.as_secs_f64(),
        key(chain_id),
    )
    .fetch_optional(connection)
    .await?;
    if let Some(pid) = ended {
        warn!(chain_id, pid, silent_s = patience.as_secs_f64(), "ended the connection of a silent writer");
    }
    Ok(())
}

/// On a connection of its own: the writing one may be busy for longer than a standby's patience.
async fn beat(options: PgConnectOptions, chain_id: i64, pid: i32) {
    let mut ticks = interval(BEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut connection: Option<PgConnection> = None;
    loop {
        ticks.tick().await;
        if connection.is_none() {
            connection = options.clone().application_name("stoa-indexer beat").connect().await.ok();
        }
        let Some(open) = &mut connection else { continue };
        let beaten = sqlx::query!(
            "UPDATE archive.writer SET beat_at = clock_timestamp() WHERE chain_id = $1 AND pid = $2",
            chain_id,
            pid
        )
        .execute(&mut *open)
        .await;
        match beaten {
            Ok(done) if done.rows_affected() == 0 => {
                warn!(chain_id, "another indexer has taken over");
                let _ = connection.take().map(PgConnection::close);
                return;
            }
            Ok(_) => {}
            // The writing connection will say what is wrong; a new one is tried at the next tick.
            Err(_) => connection = None,
        }
    }
}
