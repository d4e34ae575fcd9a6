//! One unit more in each column, one row less in each table: the audit names each.

use std::collections::{BTreeMap, BTreeSet};

use super::Scene;

/// For each table, SQL for what the audit calls a row.
const SUBJECTS: [(&str, &str); 31] = [
    ("token", "format('token 0x%s', encode(token, 'hex'))"),
    ("account", "format('account 0x%s', encode(account, 'hex'))"),
    ("listing", "format('listing %s', listing)"),
    ("listing_parent", "format('listing %s', listing)"),
    ("listing_version", "format('listing %s version %s', listing, version)"),
    ("plan", "format('plan %s', plan)"),
    ("purchase", "format('purchase %s-%s', block_number, log_index)"),
    ("listing_buyer", "format('purchases of listing %s by 0x%s', listing, encode(buyer, 'hex'))"),
    ("pass", "format('passes of plan %s of 0x%s', plan, encode(holder, 'hex'))"),
    ("subscription", "format('subscription to plan %s of 0x%s', plan, encode(holder, 'hex'))"),
    ("revenue", "format('revenue of listing %s in 0x%s', listing, encode(token, 'hex'))"),
    ("sale_hour", "format('sales of listing %s in 0x%s at %s', listing, encode(token, 'hex'), hour)"),
    (
        "settlement",
        "format('settlement of listing %s for 0x%s in 0x%s', listing, encode(beneficiary, 'hex'), encode(token, 'hex'))",
    ),
    ("balance", "format('vault balance of 0x%s in 0x%s', encode(account, 'hex'), encode(token, 'hex'))"),
    ("share", "format('shares 0x%s', encode(share, 'hex'))"),
    ("share_token", "format('shares 0x%s', encode(share, 'hex'))"),
    ("share_balance", "format('shares 0x%s of 0x%s', encode(share, 'hex'), encode(holder, 'hex'))"),
    (
        "share_earning",
        "format('earnings of 0x%s from shares 0x%s in 0x%s', encode(holder, 'hex'), encode(share, 'hex'), encode(token, 'hex'))",
    ),
    ("share_sale", "format('share sale %s', sale)"),
    ("lock", "format('lock of 0x%s', encode(account, 'hex'))"),
    ("stake_token", "format('fees in 0x%s', encode(token, 'hex'))"),
    ("stake_week", "format('fees of week %s in 0x%s', week, encode(token, 'hex'))"),
    ("spending", "format('spending %s-%s', block_number, log_index)"),
    ("listing_payment", "format('payment %s-%s', block_number, log_index)"),
    ("gate_rule", "format('gate of plan %s', plan)"),
    (
        "operator",
        "format('%s operator 0x%s of 0x%s', (ARRAY['vault', 'listing', 'pass'])[scope + 1], encode(operator, 'hex'), encode(owner, 'hex'))",
    ),
    (
        "allowance",
        "format('%s allowance of 0x%s to 0x%s in 0x%s', (ARRAY['vault', 'share'])[scope + 1], encode(owner, 'hex'), encode(spender, 'hex'), encode(token, 'hex'))",
    ),
    (
        "nonce",
        "format('%s nonces %s of 0x%s', (ARRAY['vault', 'market'])[scope + 1], word, encode(account, 'hex'))",
    ),
    ("stake_nonce", "format('lock nonce of 0x%s', encode(account, 'hex'))"),
    ("protocol", "'protocol'"),
    ("stake_earning", "format('fees of 0x%s in 0x%s', encode(account, 'hex'), encode(token, 'hex'))"),
];

/// Columns that the audit knows by another name than their own; an empty one is the row itself.
const NAMES: [(&str, &str, &str); 8] = [
    ("balance", "amount", ""),
    ("pass", "quantity", ""),
    ("share_balance", "amount", ""),
    ("listing_buyer", "purchases", ""),
    ("listing_parent", "bps", "parents"),
    ("share_token", "position", "tokens"),
    ("stake_token", "position", "fee tokens"),
    ("share_token", "claimed", "revenue of listing"),
];

/// How lines begin and end of what follows from several rows: they may differ because one of those does.
const DERIVED: [(&str, &str); 7] = [
    ("claim of", ""),
    ("revenue of listing", ": received"),
    ("settlement of listing", "_amount"),
    ("listing", ": shares"),
    ("fees in", ": undistributed"),
    ("total score", ""),
    ("fee tokens", ""),
];

#[derive(Debug)]
struct Cell {
    table: String,
    column: String,
    kind: String,
}

/// Every column that is no key, of every table there is.
async fn cells(scene: &Scene) -> Vec<Cell> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT relname::text, attname::text, format_type(atttypid, NULL)
         FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
         WHERE relnamespace = 'market'::regnamespace AND relkind = 'r' AND attnum > 0
           AND NOT quote_ident(attname) = ANY(archive.key_columns(pg_class.oid::regclass))
         ORDER BY relname, attnum",
    )
    .fetch_all(&scene.pool)
    .await
    .expect("columns");
    rows.into_iter().map(|(table, column, kind)| Cell { table, column, kind }).collect()
}

impl Cell {
    /// The least that the column can be changed by.
    fn altered(&self) -> String {
        let column = &self.column;
        match (self.kind.as_str(), self.table.as_str(), column.as_str()) {
            // Two shares of a listing are refused by an index.
            (_, "share", "listing") => "listing + 1000".to_owned(),
            ("boolean", ..) => format!("NOT {column}"),
            ("bytea", ..) => format!("set_byte({column}, 0, get_byte({column}, 0) # 1)"),
            ("text", ..) => format!("{column} || 'x'"),
            ("text[]", ..) => format!("array_append({column}, 'x')"),
            ("timestamp with time zone", ..) => format!("{column} + interval '1 second'"),
            _ => format!("{column} + 1"),
        }
    }

    /// How the line of this column begins.
    fn line(&self, subject: &str) -> String {
        let other = NAMES.iter().find(|(table, column, _)| *table == self.table && *column == self.column);
        match other.map_or(self.column.as_str(), |(.., name)| *name) {
            "" => subject.to_owned(),
            name @ ("fee tokens" | "revenue of listing") => name.to_owned(),
            name => format!("{subject}: {name}"),
        }
    }
}

impl Scene {
    async fn keep(&self) {
        self.sql("CREATE SCHEMA kept").await;
        for (table, _) in SUBJECTS {
            self.sql(&format!("CREATE TABLE kept.{table} AS TABLE market.{table}")).await;
        }
    }

    async fn restore(&self, tables: impl IntoIterator<Item = &str>) {
        for table in tables {
            self.sql(&format!("TRUNCATE market.{table}")).await;
            self.sql(&format!("INSERT INTO market.{table} TABLE kept.{table}")).await;
        }
    }

    /// Runs a statement on one row, chosen by the seed, of those that SQL's `WHERE` leaves; says which.
    async fn on_one_row(&self, table: &str, statement: &str, seed: u64) -> String {
        let subject = SUBJECTS.iter().find(|(name, _)| *name == table).expect("the table has a name").1;
        let sql = format!(
            "WITH chosen AS (
                 SELECT ctid FROM market.{table} AS t ORDER BY hashtextextended(t::text, {seed}) LIMIT 1
             )
             {statement} WHERE ctid = (SELECT ctid FROM chosen) RETURNING {subject}"
        );
        let row = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.clone())).fetch_one(&self.pool).await;
        row.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    async fn differing(&self) -> BTreeSet<String> {
        self.audit(None).await.differences.into_iter().map(|found| found.what).collect()
    }
}

/// In each round one column of every table that has so many.
pub(super) async fn each_column_of_each_table(scene: &Scene) {
    scene.keep().await;
    let seed: u64 = std::env::var("STOA_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    println!("rows are chosen by seed {seed} (STOA_SEED)");
    let mut columns: BTreeMap<String, Vec<Cell>> = BTreeMap::new();
    for cell in cells(scene).await {
        columns.entry(cell.table.clone()).or_default().push(cell);
    }
    assert_eq!(columns.len(), SUBJECTS.len(), "every table has columns: {:?}", columns.keys());
    let rounds = columns.values().map(Vec::len).max().unwrap_or_default();
    for round in 0..rounds {
        let cells: Vec<&Cell> = columns.values().filter_map(|cells| cells.get(round)).collect();
        let mut expected = Vec::new();
        for cell in &cells {
            let Cell { table, column, .. } = cell;
            let statement = format!("UPDATE market.{table} SET {column} = {}", cell.altered());
            let subject = scene.on_one_row(table, &statement, seed).await;
            expected.push((cell.line(&subject), subject));
        }
        let found = scene.differing().await;
        for ((line, subject), cell) in expected.iter().zip(&cells) {
            let named = found.iter().any(|what| what.starts_with(line));
            assert!(named, "seed {seed}: {cell:?} of {subject} is not found among {found:#?}");
        }
        for what in &found {
            let of_altered = expected.iter().any(|(_, subject)| what.starts_with(subject));
            let derived = DERIVED.iter().any(|(begin, end)| what.starts_with(begin) && what.ends_with(end));
            assert!(of_altered || derived, "seed {seed}: {what} was not altered but {expected:#?}");
        }
        scene.restore(cells.iter().map(|cell| cell.table.as_str())).await;
    }
}

pub(super) async fn each_table_without_a_row(scene: &Scene) {
    for (table, _) in SUBJECTS {
        let subject = scene.on_one_row(table, &format!("DELETE FROM market.{table}"), 0).await;
        let found = scene.differing().await;
        let line = if table == "stake_token" { "fee tokens" } else { &subject };
        assert!(found.iter().any(|what| what.starts_with(line)), "{subject} is not missed: {found:#?}");
        scene.restore([table]).await;
    }
}

/// What no other figure follows from: the very figures, and nothing else.
pub(super) async fn one_unit_is_one_difference(scene: &Scene) {
    for (table, column) in [
        ("pass", "quantity"),
        ("subscription", "expiry"),
        ("plan", "sold"),
        ("plan", "price"),
        ("listing", "status"),
        ("share_sale", "sold"),
        ("revenue", "amount"),
        ("purchase", "amount"),
        ("settlement", "received"),
        ("revenue", "paid"),
        ("spending", "units"),
        ("listing_payment", "amount"),
        ("nonce", "used"),
        ("stake_nonce", "nonce"),
        ("gate_rule", "tier"),
        ("protocol", "fee_bps"),
        ("share_earning", "claimed"),
        ("stake_week", "amount"),
    ] {
        let statement = format!("UPDATE market.{table} SET {column} = {column} + 1");
        let subject = scene.on_one_row(table, &statement, 3).await;
        let cell = Cell { table: table.to_owned(), column: column.to_owned(), kind: String::new() };
        let report = scene.audit(None).await;
        let [found] = report.differences.as_slice() else {
            panic!("{table}.{column}: {:#?}", report.differences);
        };
        assert_eq!(found.what, cell.line(&subject));
        let (database, contract): (u128, u128) =
            (found.database.parse().expect("a number"), found.contract.parse().expect("a number"));
        assert_eq!(database, contract + 1);
        scene.restore([table]).await;
    }
}
