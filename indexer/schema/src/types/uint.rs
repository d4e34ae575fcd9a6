//! `uint256` as `NUMERIC(78,0)`.

use std::fmt;

use alloy::primitives::U256;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef, Postgres};

use super::Numeric;

/// An amount in base units: `NUMERIC(78,0)` in Postgres, a decimal string in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uint(pub U256);

impl fmt::Display for Uint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<u64> for Uint {
    fn from(value: u64) -> Self {
        Self(U256::from(value))
    }
}

impl Serialize for Uint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Uint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(serde::de::Error::custom(format!("`{text}` is not a decimal whole number")));
        }
        U256::from_str_radix(&text, 10)
            .map(Self)
            .map_err(|_| serde::de::Error::custom(format!("`{text}` is larger than uint256")))
    }
}

impl sqlx::Type<Postgres> for Uint {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("numeric")
    }
}

impl PgHasArrayType for Uint {
    fn array_type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("_numeric")
    }
}

impl sqlx::Encode<'_, Postgres> for Uint {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let mut wire = Vec::with_capacity(48);
        Numeric::from_uint(self.0).write(&mut wire);
        buf.extend_from_slice(&wire);
        Ok(IsNull::No)
    }
}

impl sqlx::Decode<'_, Postgres> for Uint {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        match value.format() {
            PgValueFormat::Binary => Ok(Self(Numeric::read_uint(value.as_bytes()?)?)),
            PgValueFormat::Text => Ok(Self(U256::from_str_radix(value.as_str()?, 10)?)),
        }
    }
}
