//! What is copied in comes out the same.

use alloy::primitives::{Address, B256, Bytes, U256};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sqlx::postgres::PgConnection;
use stoa_schema::copy::CopyBuffer;
use stoa_schema::event::{EventRow, POSITION, Position};
use stoa_schema::events::{ListingsListingCreated, MarketTransferBatch, RawLog, VaultTransfer};
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;

use crate::tables::migrated;

async fn copy<R: EventRow>(connection: &mut PgConnection, rows: &[(Position, R)]) {
    let mut buffer = CopyBuffer::default();
    for (position, row) in rows {
        row.write_row(position, &mut buffer);
    }
    assert_eq!(buffer.rows(), rows.len());
    let columns: Vec<_> = POSITION.iter().chain(R::TABLE.columns).map(|column| column.name).collect();
    let sql = format!("COPY archive.{} ({}) FROM STDIN (FORMAT binary)", R::TABLE.name, columns.join(", "));
    let mut copy = connection.copy_in_raw(&sql).await.expect("COPY begins");
    copy.send(buffer.finish()).await.expect("it takes the rows");
    assert_eq!(copy.finish().await.expect("it ends"), rows.len() as u64);
}

fn at(block: i64, index: i32) -> Position {
    Position {
        chain_id: 31_337,
        block_number: block,
        log_index: index,
        block_time: OffsetDateTime::from_unix_timestamp(1_700_000_000 + block).expect("a time"),
        tx_hash: B256::repeat_byte(9),
    }
}

#[tokio::test]
async fn amounts_of_any_size_come_out_exactly() {
    let (_database, mut connection) = migrated().await;
    let mut amounts = vec![U256::ZERO, U256::from(1), U256::MAX, U256::from(10).pow(U256::from(77))];
    let mut runner = TestRunner::deterministic();
    for _ in 0..300 {
        let (limbs, shift) = any::<([u64; 4], u8)>().new_tree(&mut runner).expect("a value").current();
        amounts.push(U256::from_limbs(limbs) >> usize::from(shift));
    }
    let rows: Vec<_> = amounts
        .iter()
        .enumerate()
        .map(|(index, amount)| {
            let account = Address::repeat_byte(index as u8);
            let row = VaultTransfer {
                caller: account,
                sender: Address::ZERO,
                receiver: account,
                token: Address::repeat_byte(0xff),
                amount: *amount,
            };
            (at(1, index as i32), row)
        })
        .collect();
    copy(&mut connection, &rows).await;
    let out: Vec<(Uint, String, Addr, OffsetDateTime, Hash)> = sqlx::query_as(
        "SELECT amount, amount::text, receiver, block_time, tx_hash FROM archive.vault_transfer ORDER BY log_index",
    )
    .fetch_all(&mut connection)
    .await
    .expect("rows");
    assert_eq!(out.len(), rows.len());
    for ((position, row), (amount, text, receiver, time, tx)) in rows.iter().zip(out) {
        assert_eq!(amount.0, row.amount);
        assert_eq!(text, row.amount.to_string(), "Postgres reads the same number");
        assert_eq!((receiver.0, time, tx.0), (row.receiver, position.block_time, position.tx_hash));
    }
}

#[tokio::test]
async fn arrays_and_texts_come_out_as_they_were() {
    let (_database, mut connection) = migrated().await;
    let listing = ListingsListingCreated {
        listing: i64::MAX,
        owner: Address::repeat_byte(1),
        kind: 4,
        uri: "a\0b – ünïcode \u{1f600}".to_owned(),
        licence: String::new(),
        derivatives: true,
        derivative_bps: 2_500,
        parents: vec![1, 2, i64::MAX],
        parent_bps: vec![],
        royalty_receiver: Address::ZERO,
        royalty_bps: 0,
    };
    copy(&mut connection, &[(at(1, 0), listing)]).await;
    let (uri, parents, bps): (String, Vec<i64>, Vec<i32>) =
        sqlx::query_as("SELECT uri, parents, parent_bps FROM archive.listings_listing_created")
            .fetch_one(&mut connection)
            .await
            .expect("a row");
    assert_eq!(uri, "a\u{fffd}b – ünïcode \u{1f600}", "Postgres has no U+0000: it stands as U+FFFD");
    assert_eq!((parents, bps), (vec![1, 2, i64::MAX], vec![]));

    let batch = MarketTransferBatch {
        operator: Address::ZERO,
        sender: Address::ZERO,
        receiver: Address::ZERO,
        plans: vec![7],
        quantities: vec![U256::ZERO, U256::MAX, U256::from(10_000)],
    };
    copy(&mut connection, &[(at(1, 1), batch)]).await;
    let quantities: Vec<Uint> = sqlx::query_scalar("SELECT quantities FROM archive.market_transfer_batch")
        .fetch_one(&mut connection)
        .await
        .expect("a row");
    assert_eq!(
        quantities.iter().map(|q| q.0).collect::<Vec<_>>(),
        [U256::ZERO, U256::MAX, U256::from(10_000)]
    );
}

#[tokio::test]
async fn raw_logs_keep_every_byte() {
    let (_database, mut connection) = migrated().await;
    let log = RawLog {
        address: Address::repeat_byte(3),
        topics: vec![B256::ZERO, B256::repeat_byte(0xab)],
        data: Bytes::from(vec![0, 1, 2, 255]),
        reason: "no table is declared for this event".to_owned(),
    };
    copy(&mut connection, &[(at(1, 0), log)]).await;
    let (topics, data): (Vec<Hash>, Vec<u8>) = sqlx::query_as("SELECT topics, data FROM archive.raw_log")
        .fetch_one(&mut connection)
        .await
        .expect("a row");
    assert_eq!(topics, [Hash(B256::ZERO), Hash(B256::repeat_byte(0xab))]);
    assert_eq!(data, [0, 1, 2, 255]);
}
