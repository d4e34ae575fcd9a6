//! Addresses and hashes as `bytea`.

use std::fmt;
use std::str::FromStr;

use alloy::primitives::{Address, B256, hex};
use serde::{Deserialize, Serialize};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArgumentBuffer, PgHasArrayType, PgTypeInfo, PgValueFormat, PgValueRef, Postgres};

/// An address: 20 bytes in Postgres, EIP-55 checksummed `0x` outside.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Addr(pub Address);

/// A 32-byte hash: `bytea` in Postgres, `0x` lower-case outside.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(pub B256);

impl Serialize for Addr {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

macro_rules! bytea {
    ($name:ident, $inner:ty) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = hex::FromHexError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl sqlx::Type<Postgres> for $name {
            fn type_info() -> PgTypeInfo {
                PgTypeInfo::with_name("bytea")
            }
        }

        impl PgHasArrayType for $name {
            fn array_type_info() -> PgTypeInfo {
                PgTypeInfo::with_name("_bytea")
            }
        }

        impl sqlx::Encode<'_, Postgres> for $name {
            fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
                buf.extend_from_slice(self.0.as_slice());
                Ok(IsNull::No)
            }
        }

        impl sqlx::Decode<'_, Postgres> for $name {
            fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
                match value.format() {
                    PgValueFormat::Binary => Ok(Self(<$inner>::try_from(value.as_bytes()?)?)),
                    PgValueFormat::Text => {
                        let text = value.as_str()?.trim_start_matches("\\x");
                        Ok(Self(<$inner>::try_from(hex::decode(text)?.as_slice())?))
                    }
                }
            }
        }
    };
}

bytea!(Addr, Address);
bytea!(Hash, B256);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checksummed_outside() {
        let addr: Addr = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266".parse().expect("valid");
        assert_eq!(addr.to_string(), "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    }
}
