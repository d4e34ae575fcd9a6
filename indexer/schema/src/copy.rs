//! Rows in the binary format of `COPY … FROM STDIN`.
//!
//! Source: PostgreSQL manual, `COPY`, "Binary Format".

use alloy::primitives::{Address, B256, Bytes, U256};
use time::OffsetDateTime;

use crate::types::Numeric;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
/// Postgres counts time from 2000-01-01T00:00:00Z.
const POSTGRES_EPOCH: i64 = 946_684_800;

/// Rows of one table on their way into it.
#[derive(Clone, Debug)]
pub struct CopyBuffer {
    bytes: Vec<u8>,
    rows: usize,
}

impl Default for CopyBuffer {
    fn default() -> Self {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend_from_slice(&[0; 8]); // no flags, no header extension
        Self { bytes, rows: 0 }
    }
}

impl CopyBuffer {
    /// Starts a row; its fields follow by [`Self::field`].
    pub fn start_row(&mut self, fields: usize) {
        self.rows += 1;
        // A table has at most 1,600 columns.
        self.bytes.extend_from_slice(&(fields as i16).to_be_bytes());
    }

    /// Appends one field.
    pub fn field<T: Field + ?Sized>(&mut self, value: &T) {
        with_length(&mut self.bytes, |out| value.write(out));
    }

    /// How many rows it holds.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The whole stream, trailer included.
    pub fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&(-1i16).to_be_bytes());
        self.bytes
    }
}

/// Writes `body`, preceded by its length.
fn with_length(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let at = out.len();
    out.extend_from_slice(&[0; 4]);
    body(out);
    // A log is bounded by the block's gas, far below 2 GiB.
    let length = (out.len() - at - 4) as i32;
    out[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

/// A Rust type as a Postgres column.
pub trait Field {
    /// The column's type as `format_type` prints it.
    const SQL: &'static str;
    /// The type's object id, needed inside arrays.
    const OID: u32;
    /// Whether it is an address, or several: other bytes are of the same type in Postgres.
    const ADDRESS: bool = false;

    /// Appends the value's binary form.
    fn write(&self, out: &mut Vec<u8>);
}

macro_rules! field {
    ($type:ty, $sql:literal, $oid:literal, |$value:ident, $out:ident| $body:expr) => {
        impl Field for $type {
            const SQL: &'static str = $sql;
            const OID: u32 = $oid;

            fn write(&self, $out: &mut Vec<u8>) {
                let $value = self;
                $body
            }
        }
    };
}

field!(bool, "boolean", 16, |value, out| out.push(u8::from(*value)));

impl Field for Address {
    const SQL: &'static str = "bytea";
    const OID: u32 = 17;
    const ADDRESS: bool = true;

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_slice());
    }
}

field!(B256, "bytea", 17, |value, out| out.extend_from_slice(value.as_slice()));
field!(Bytes, "bytea", 17, |value, out| out.extend_from_slice(value));
field!(i64, "bigint", 20, |value, out| out.extend_from_slice(&value.to_be_bytes()));
field!(i16, "smallint", 21, |value, out| out.extend_from_slice(&value.to_be_bytes()));
field!(i32, "integer", 23, |value, out| out.extend_from_slice(&value.to_be_bytes()));
field!(String, "text", 25, |value, out| write_text(value, out));
field!(OffsetDateTime, "timestamp with time zone", 1184, |value, out| {
    let micros = (value.unix_timestamp() - POSTGRES_EPOCH) * 1_000_000 + i64::from(value.microsecond());
    out.extend_from_slice(&micros.to_be_bytes());
});
field!(U256, "numeric(78,0)", 1700, |value, out| Numeric::from_uint(*value).write(out));

/// Postgres' text cannot hold U+0000: it stands as U+FFFD, the replacement character.
fn write_text(text: &str, out: &mut Vec<u8>) {
    for (index, part) in text.split('\0').enumerate() {
        if index > 0 {
            out.extend_from_slice("\u{fffd}".as_bytes());
        }
        out.extend_from_slice(part.as_bytes());
    }
}

macro_rules! array {
    ($type:ty, $sql:literal, $oid:literal) => {
        impl Field for Vec<$type> {
            const SQL: &'static str = $sql;
            const OID: u32 = $oid;
            const ADDRESS: bool = <$type as Field>::ADDRESS;

            fn write(&self, out: &mut Vec<u8>) {
                write_array(self, out);
            }
        }
    };
}

array!(Address, "bytea[]", 1001);
array!(B256, "bytea[]", 1001);
array!(i64, "bigint[]", 1016);
array!(i32, "integer[]", 1007);
array!(String, "text[]", 1009);
array!(U256, "numeric(78,0)[]", 1231);

fn write_array<T: Field>(items: &[T], out: &mut Vec<u8>) {
    let dimensions = i32::from(!items.is_empty());
    out.extend_from_slice(&dimensions.to_be_bytes());
    out.extend_from_slice(&0i32.to_be_bytes()); // no nulls
    out.extend_from_slice(&T::OID.to_be_bytes());
    if items.is_empty() {
        return;
    }
    out.extend_from_slice(&(items.len() as i32).to_be_bytes());
    out.extend_from_slice(&1i32.to_be_bytes()); // Postgres counts from 1
    for item in items {
        with_length(out, |out| item.write(out));
    }
}
