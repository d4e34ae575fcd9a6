//! Rows as a Parquet file: a row group per page, sent on as soon as it is written.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type as Schema;

use super::cell::{Cell, Type};
use super::layout::{Column, Layout};
use crate::error::ApiError;

/// A file on its way out.
pub(crate) struct Parquet {
    writer: SerializedFileWriter<Outbox>,
    outbox: Outbox,
}

/// What is written and not yet sent.
#[derive(Clone, Default)]
struct Outbox(Arc<Mutex<Vec<u8>>>);

impl Outbox {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl io::Write for Outbox {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn failed(error: ParquetError) -> ApiError {
    ApiError::Internal(format!("a Parquet file could not be written: {error}"))
}

impl Parquet {
    /// A file with these facts in its metadata.
    pub(crate) fn new(layout: &Layout, about: &[(&str, String)]) -> Result<Self, ApiError> {
        let fields = layout.columns.iter().map(field).collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let schema = Schema::group_type_builder("row").with_fields(fields).build().map_err(failed)?;
        let facts = about.iter().map(|(key, value)| KeyValue::new(format!("stoa.{key}"), value.clone()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(Default::default()))
            .set_key_value_metadata(Some(facts.collect()))
            .set_created_by("stoa-api".to_owned())
            .build();
        let outbox = Outbox::default();
        let writer = SerializedFileWriter::new(outbox.clone(), Arc::new(schema), Arc::new(properties));
        Ok(Self { writer: writer.map_err(failed)?, outbox })
    }

    /// Writes a row group.
    pub(crate) fn page(&mut self, layout: &Layout, rows: Vec<Vec<Cell>>) -> Result<Vec<u8>, ApiError> {
        if !rows.is_empty() {
            self.group(layout, &rows).map_err(failed)?;
        }
        Ok(self.outbox.take())
    }

    fn group(&mut self, layout: &Layout, rows: &[Vec<Cell>]) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for (at, column) in layout.columns.iter().enumerate() {
            let Some(mut writer) = group.next_column()? else { break };
            let cells = || rows.iter().filter_map(|row| row.get(at));
            match column.kind {
                Type::Boolean => put::<BoolType>(&mut writer, cells(), |cell| match cell {
                    Cell::Boolean(value) => Some(*value),
                    _ => None,
                }),
                Type::Integer => put::<Int64Type>(&mut writer, cells(), |cell| match cell {
                    Cell::Integer(value) => Some(*value),
                    _ => None,
                }),
                Type::Time => put::<Int64Type>(&mut writer, cells(), |cell| match cell {
                    Cell::Time(time) => i64::try_from(time.unix_timestamp_nanos() / 1_000).ok(),
                    _ => None,
                }),
                _ => put::<ByteArrayType>(&mut writer, cells(), |cell| match cell {
                    Cell::Null => None,
                    cell => Some(ByteArray::from(cell.text().into_bytes())),
                }),
            }?;
            writer.close()?;
        }
        group.close().map(|_| ())
    }

    /// Writes the footer.
    pub(crate) fn end(self) -> Result<Vec<u8>, ApiError> {
        self.writer.close().map_err(failed)?;
        Ok(self.outbox.take())
    }
}

/// Any column may be null: what the database says never is may change with its tables.
fn field(column: &Column) -> Result<Arc<Schema>, ParquetError> {
    let (physical, logical) = match column.kind {
        Type::Boolean => (Physical::BOOLEAN, None),
        Type::Integer => (Physical::INT64, None),
        Type::Time => (
            Physical::INT64,
            Some(LogicalType::Timestamp { is_adjusted_to_u_t_c: true, unit: TimeUnit::MICROS }),
        ),
        _ => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Schema::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
        .map(Arc::new)
}

fn put<'a, T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'a Cell>,
    value: impl Fn(&Cell) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = value(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    writer.typed::<T>().write_batch(&values, Some(&levels), None).map(|_| ())
}
