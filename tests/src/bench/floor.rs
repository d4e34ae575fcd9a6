//! What cannot be undercut: the same rows by `COPY` alone, and fetching and decoding alone.

use std::time::Instant;

use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};
use stoa_indexer::decode::Decoder;
use stoa_indexer::deployment::Deployment;
use stoa_indexer::fetch::{Detail, FetchError, Pool, PoolConfig};
use stoa_indexer::store::Batch;
use stoa_schema::{archive, lookup};
use url::Url;

/// What the floor is measured with.
#[derive(Debug)]
pub(crate) struct Floor {
    /// Fetching, checking and decoding every log, without a database.
    pub(crate) fetch_seconds: f64,
    /// Copying every row into tables with their keys, one connection, a transaction for each range.
    pub(crate) copy_seconds: f64,
    pub(crate) rows: usize,
}

pub(crate) async fn measure(
    node: Url,
    deployment: &Deployment,
    head: u64,
    database_url: &str,
) -> anyhow::Result<Floor> {
    let mut config = PoolConfig::single(deployment.chain_id, node, deployment.followed.addresses());
    config.child_topics = Decoder::share_topics();
    let pool = Pool::connect(config).await?;
    let mut decoder = Decoder::new(deployment.chain_id.cast_signed(), deployment.followed);
    let started = Instant::now();
    let births = pool.births(1, head, deployment.followed.revenue, Decoder::birth_topic()).await?;
    let born =
        births.iter().filter_map(|log| Some((Decoder::born(&log.inner)?, log.block_number.cast_signed())));
    decoder.follow(born);
    let known = decoder.shares();
    let mut batches: Vec<Batch> = Vec::new();
    let mut next = 1;
    while next <= head {
        let end = head.min(next + pool.range_limit() - 1);
        let range = match pool.range(next, end, &known, Decoder::born, Detail::Ends).await {
            // It has learned what it may ask for.
            Err(FetchError::TooLarge { .. }) if end > next => continue,
            range => range?,
        };
        batches.push(decoder.decode(&range.logs));
        next = end + 1;
    }
    let fetch_seconds = started.elapsed().as_secs_f64();
    let rows = batches.iter().map(Batch::rows).sum();
    let mut connection = PgConnection::connect(database_url).await?;
    archive::migrate(&mut connection).await?;
    lookup::forget(&mut connection).await?;
    let started = Instant::now();
    for batch in batches {
        let mut transaction = connection.begin().await?;
        transaction.execute("SET LOCAL synchronous_commit = off").await?;
        batch.copy(&mut transaction).await?;
        transaction.commit().await?;
    }
    Ok(Floor { fetch_seconds, copy_seconds: started.elapsed().as_secs_f64(), rows })
}
