//! A collection's columns and key, as the database has them.

use sqlx::PgConnection;

use super::cell::{Cell, Type, undigits};
use super::collection::{Collection, Source};
use crate::error::ApiError;

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) doc: Option<String>,
}

/// What a collection's rows look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) source: Source,
    pub(crate) columns: Vec<Column>,
    /// Places of the columns by which rows are ordered. The chain, by which they are ordered first, is left out.
    pub(crate) key: Vec<usize>,
    /// Whether each row has a token, whose symbol and decimals stand behind the row's own columns.
    pub(crate) token: bool,
}

/// The columns that stand behind those of a row with a token.
pub(crate) const OF_TOKEN: [(&str, Type, &str); 2] = [
    ("token_symbol", Type::Text, "What the token calls itself; null while the Vault has not described it."),
    (
        "token_decimals",
        Type::Integer,
        "Decimals of amounts in the token; null while the Vault has not described it.",
    ),
];

/// Reads the layout.
pub(crate) async fn layout(connection: &mut PgConnection, of: &Collection) -> Result<Layout, ApiError> {
    let (mut columns, key) = match of.source.table() {
        None => events(),
        Some((schema, table)) => columns_of(connection, schema, table).await?,
    };
    let token = columns.iter().any(|column| column.name == "token" && column.kind == Type::Bytes);
    if token {
        columns.extend(OF_TOKEN.map(|(name, kind, doc)| column(name, kind, doc)));
    }
    Ok(Layout { source: of.source, columns, key, token })
}

fn column(name: &str, kind: Type, doc: &str) -> Column {
    Column { name: name.to_owned(), kind, doc: Some(doc.to_owned()) }
}

/// The columns of all events together, and their key.
fn events() -> (Vec<Column>, Vec<usize>) {
    let columns = [
        ("chain_id", Type::Integer, "EIP-155 chain id."),
        ("block_number", Type::Integer, "Block that holds the log."),
        ("log_index", Type::Integer, "Place of the log in its block."),
        ("block_time", Type::Time, "Timestamp of the block."),
        ("tx_hash", Type::Bytes, "Transaction that emitted the log."),
        ("contract", Type::Text, "Name of the contract that emitted it."),
        ("event", Type::Text, "The event's name, as in the contract."),
        ("args", Type::Json, "Its arguments by name, as `/v1/events` writes them."),
    ];
    (columns.map(|(name, kind, doc)| column(name, kind, doc)).to_vec(), vec![1, 2])
}

async fn columns_of(
    connection: &mut PgConnection,
    schema: &str,
    table: &str,
) -> Result<(Vec<Column>, Vec<usize>), ApiError> {
    let rows: Vec<(String, String, Option<String>, Option<i64>)> = sqlx::query_as(
        "SELECT attname::text, format_type(atttypid, atttypmod), col_description(attrelid, attnum),
                (SELECT place FROM pg_index CROSS JOIN LATERAL unnest(indkey::smallint[])
                     WITH ORDINALITY AS key (number, place)
                 WHERE indrelid = attrelid AND indisprimary AND number = attnum)
         FROM pg_attribute
         WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
    )
    .bind(format!("{schema}.{table}"))
    .fetch_all(connection)
    .await?;
    if rows.is_empty() {
        return Err(ApiError::NotReady(crate::error::NO_PROJECTIONS.to_owned()));
    }
    let mut places: Vec<(i64, usize)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((row.3?, at))).collect();
    places.sort_unstable();
    let mut key: Vec<usize> = places.into_iter().map(|(_, at)| at).collect();
    let columns: Vec<Column> =
        rows.into_iter().map(|(name, sql, doc, _)| Column { name, kind: Type::of(&sql), doc }).collect();
    let plain = |name: &str| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let ordered = key.first().and_then(|at| columns.get(*at)).is_some_and(|first| first.name == "chain_id");
    if !ordered || !columns.iter().all(|column| plain(&column.name)) {
        return Err(ApiError::Internal(format!("{schema}.{table} cannot be read by its key")));
    }
    // What a chain has one row of is ordered by the chain.
    if key.len() > 1 {
        key.remove(0);
    }
    Ok((columns, key))
}

/// A key's value, as it is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyValue {
    Integer(i64),
    Bytes(Vec<u8>),
    Text(String),
}

impl Layout {
    /// The names of the key's columns, joined by commas.
    pub(crate) fn key_names(&self) -> String {
        let names = self.key.iter().filter_map(|at| self.columns.get(*at)).map(|column| column.name.as_str());
        names.collect::<Vec<_>>().join(",")
    }

    /// A row's key, joined by commas: what `after` holds.
    pub(crate) fn key_of(&self, row: &[Cell]) -> String {
        let values = self.key.iter().filter_map(|at| row.get(*at)).map(Cell::text);
        values.collect::<Vec<_>>().join(",")
    }

    /// Reads what [`Self::key_of`] writes.
    pub(crate) fn key_from(&self, text: &str) -> Result<Vec<KeyValue>, ApiError> {
        let refused = || {
            let allowed = format!("`{}` of the last row received, joined by commas", self.key_names());
            ApiError::bad("after", text, allowed)
        };
        let parts: Vec<&str> = text.splitn(self.key.len(), ',').collect();
        if parts.len() != self.key.len() || text.contains('\0') {
            return Err(refused());
        }
        let kinds = self.key.iter().filter_map(|at| self.columns.get(*at)).map(|column| column.kind);
        let read = kinds.zip(parts).map(|(kind, part)| match kind {
            Type::Integer => part.parse().ok().map(KeyValue::Integer),
            Type::Bytes => undigits(part).map(KeyValue::Bytes),
            Type::Text => Some(KeyValue::Text(part.to_owned())),
            _ => None,
        });
        read.collect::<Option<_>>().ok_or_else(refused)
    }
}
