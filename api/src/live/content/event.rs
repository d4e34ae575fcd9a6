//! The events of blocks, as rows of their tables.

use std::sync::LazyLock;

use alloy::primitives::{Address, hex};
use serde_json::{Map, Value};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use stoa_schema::event::{Column, Table};
use stoa_schema::events;
use stoa_schema::types::Hash;

use crate::error::ApiError;

pub(super) const PURCHASED: &str = "market_purchased";
pub(super) const CREATED: &str = "listings_listing_created";
/// Events after which a listing reads otherwise; each has a column `listing`.
const CHANGES: [&str; 9] = [
    CREATED,
    "listings_version_published",
    "listings_uri_changed",
    "listings_status_changed",
    "listings_transfer",
    "listings_metadata_update",
    "listings_revenue_bound",
    "market_plan_created",
    "revenue_shares_created",
];
/// What no subscriber is told of: logs that could not be decoded.
const UNTOLD: &str = "raw_log";
/// Columns that name who takes part.
const PARTIES: [&str; 14] = [
    "account",
    "approved",
    "beneficiary",
    "caller",
    "holder",
    "operator",
    "owner",
    "parent_beneficiaries",
    "payer",
    "receiver",
    "recipient",
    "seller",
    "sender",
    "spender",
];

/// An event.
#[derive(Clone, Debug)]
pub(super) struct Log {
    pub(super) block_number: i64,
    pub(super) log_index: i32,
    pub(super) event: &'static str,
    pub(super) tx_hash: Hash,
    /// Its own columns, in the shapes of the API.
    pub(super) fields: Map<String, Value>,
}

impl Log {
    pub(super) fn changes_listing(&self) -> bool {
        CHANGES.contains(&self.event)
    }

    pub(super) fn integer(&self, column: &str) -> Option<i64> {
        self.fields.get(column)?.as_i64()
    }

    pub(super) fn address(&self, column: &str) -> Option<Address> {
        self.fields.get(column)?.as_str()?.parse().ok()
    }

    /// All integers of a column, which may be an array.
    pub(super) fn integers(&self, column: &str) -> Vec<i64> {
        self.each(column).into_iter().filter_map(Value::as_i64).collect()
    }

    /// The accounts that take part, but for the zero address.
    pub(super) fn parties(&self) -> Vec<Address> {
        let values = PARTIES.iter().flat_map(|column| self.each(column));
        let addresses = values.filter_map(|value| value.as_str()?.parse::<Address>().ok());
        addresses.filter(|address| !address.is_zero()).collect()
    }

    fn each(&self, column: &str) -> Vec<&Value> {
        match self.fields.get(column) {
            Some(Value::Array(values)) => values.iter().collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        }
    }
}

/// Block or retraction, log index, table, content.
type Row = (i64, i32, String, Json<Map<String, Value>>);

/// All events of these blocks, by place.
pub(super) async fn of_blocks(
    connection: &mut PgConnection,
    chain_id: i64,
    numbers: &[i64],
) -> Result<Vec<Log>, ApiError> {
    let rows: Vec<Row> = sqlx::query_as(AssertSqlSafe(OF_BLOCKS.as_str()))
        .bind(chain_id)
        .bind(numbers)
        .fetch_all(connection)
        .await?;
    rows.into_iter().filter_map(|(_, _, event, content)| log(&event, content.0).transpose()).collect()
}

/// All events that these retractions took back, each beside its row.
pub(super) async fn of_retractions(
    connection: &mut PgConnection,
    chain_id: i64,
    seqs: &[i64],
) -> Result<Vec<(i64, Log)>, ApiError> {
    let rows: Vec<Row> = sqlx::query_as(include_str!("../sql/retracted_events.sql"))
        .bind(chain_id)
        .bind(seqs)
        .fetch_all(connection)
        .await?;
    let logs =
        rows.into_iter().map(|(seq, _, event, content)| Ok(log(&event, content.0)?.map(|log| (seq, log))));
    logs.filter_map(Result::transpose).collect()
}

/// One statement over all event tables; each number as text, so that none is rounded.
static OF_BLOCKS: LazyLock<String> = LazyLock::new(|| {
    // Names are constants of the declarations.
    let of = |table: &Table| {
        format!(
            "SELECT '{0}' AS event, t.block_number, t.log_index, to_jsonb(t) AS content FROM archive.{0} t \
             WHERE t.chain_id = $1 AND t.block_number = ANY($2)",
            table.name
        )
    };
    let tables: Vec<String> = events::tables().filter(|table| table.name != UNTOLD).map(of).collect();
    format!(
        "SELECT e.block_number, e.log_index, e.event, (
             SELECT jsonb_object_agg(key, CASE jsonb_typeof(value)
                 WHEN 'number' THEN to_jsonb(value #>> '{{}}')
                 WHEN 'array' THEN coalesce((
                     SELECT jsonb_agg(to_jsonb(element) ORDER BY place)
                     FROM jsonb_array_elements_text(value) WITH ORDINALITY AS part (element, place)
                 ), '[]')
                 ELSE value END)
             FROM jsonb_each(e.content)
         ) AS content
         FROM ({}) e ORDER BY e.block_number, e.log_index",
        tables.join(" UNION ALL ")
    )
});

/// Reads a row; `None` for a table that is not told of, or that this build does not know.
fn log(event: &str, content: Map<String, Value>) -> Result<Option<Log>, ApiError> {
    let Some(table) = events::tables().find(|table| table.name == event && event != UNTOLD) else {
        return Ok(None);
    };
    let read = || {
        let text = |column: &str| content.get(column)?.as_str();
        let mut fields = Map::new();
        for Column { name, sql, .. } in table.columns {
            fields.insert((*name).to_owned(), shaped(sql, content.get(*name)?)?);
        }
        Some(Log {
            block_number: text("block_number")?.parse().ok()?,
            log_index: text("log_index")?.parse().ok()?,
            event: table.name,
            tx_hash: bytes(text("tx_hash")?)?.as_str()?.parse().ok()?,
            fields,
        })
    };
    read().map(Some).ok_or_else(|| ApiError::Internal(format!("a row of archive.{event} has another shape")))
}

/// A column's value as the API writes it.
fn shaped(sql: &str, value: &Value) -> Option<Value> {
    if let Some(element) = sql.strip_suffix("[]") {
        return value
            .as_array()?
            .iter()
            .map(|value| shaped(element, value))
            .collect::<Option<_>>()
            .map(Value::Array);
    }
    match sql {
        "bigint" | "integer" | "smallint" => value.as_str()?.parse::<i64>().ok().map(Value::from),
        "bytea" => bytes(value.as_str()?),
        // Amounts stay decimal strings.
        _ => Some(value.clone()),
    }
}

/// An address checksummed, other bytes in lower case.
fn bytes(text: &str) -> Option<Value> {
    let bytes = hex::decode(text.strip_prefix("\\x")?).ok()?;
    Some(match Address::try_from(bytes.as_slice()) {
        Ok(address) => Value::from(address.to_string()),
        Err(_) => Value::from(hex::encode_prefixed(bytes)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_written_as_elsewhere() {
        let large = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
        assert_eq!(shaped("numeric(78,0)", &json!(large)), Some(json!(large)));
        assert_eq!(shaped("bigint", &json!("7")), Some(json!(7)));
        assert_eq!(shaped("bigint[]", &json!(["7", "8"])), Some(json!([7, 8])));
        let address = "\\xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
        assert_eq!(
            shaped("bytea", &json!(address)),
            Some(json!("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"))
        );
        assert_eq!(shaped("bytea[]", &json!(["\\x00ff"])), Some(json!(["0x00ff"])));
        assert_eq!(shaped("bytea", &json!("xyz")), None);
    }

    #[test]
    fn every_event_that_changes_a_listing_names_it() {
        for event in CHANGES {
            let table = events::tables().find(|table| table.name == event).expect(event);
            assert!(table.columns.iter().any(|column| column.name == "listing"), "{event}");
        }
        for column in PARTIES {
            let named = |table: &Table| table.columns.iter().any(|found| found.name == column);
            assert!(events::tables().any(named), "{column}");
        }
    }
}
