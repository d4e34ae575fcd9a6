//! A node's JSON, read straight from the bytes of its answer: no intermediate strings, SIMD hex.

use std::fmt;

use alloy::hex;
use alloy::primitives::{Address, B256, Bloom, Bytes, Log, LogData};
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

/// A log as a node tells it: which fields may miss is decided by the checks.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireLog {
    address: Fixed<20>,
    topics: Topics,
    data: Data,
    pub(super) block_number: Option<Quantity>,
    pub(super) block_hash: Option<Fixed<32>>,
    pub(super) transaction_hash: Option<Fixed<32>>,
    pub(super) log_index: Option<Quantity>,
    pub(super) block_timestamp: Option<Quantity>,
    #[serde(default)]
    pub(super) removed: bool,
}

impl WireLog {
    pub(super) fn address(&self) -> Address {
        Address(self.address.0.into())
    }

    /// Whether its first topic is one of these.
    pub(super) fn has_topic(&self, topics: &[B256]) -> bool {
        self.topics.0.first().is_some_and(|topic| topics.contains(topic))
    }

    pub(super) fn into_inner(self) -> Log {
        let address = self.address();
        Log { address, data: LogData::new_unchecked(self.topics.0, Bytes::from(self.data.0)) }
    }
}

/// A header as a node tells it.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireHeader {
    pub(super) number: Quantity,
    pub(super) hash: Fixed<32>,
    pub(super) parent_hash: Fixed<32>,
    pub(super) timestamp: Quantity,
    pub(super) logs_bloom: Option<Box<Fixed<256>>>,
    pub(super) receipts_root: Option<Fixed<32>>,
}

/// A receipt as a node tells it.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireReceipt {
    #[serde(rename = "type")]
    pub(super) kind: Option<Quantity>,
    pub(super) status: Option<Quantity>,
    pub(super) root: Option<Data>,
    pub(super) cumulative_gas_used: Quantity,
    pub(super) transaction_hash: Fixed<32>,
    pub(super) block_hash: Fixed<32>,
    pub(super) logs: Vec<WireLog>,
}

/// One answer of a batch, its result not yet read.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Reply<'a> {
    #[serde(borrow)]
    pub(super) id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    pub(super) result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) error: Option<&'a RawValue>,
}

/// `null` is a result too.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(deserializer).map(Some)
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct RpcError<'a> {
    #[serde(default)]
    pub(super) code: Option<i64>,
    #[serde(borrow, default)]
    pub(super) message: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, default)]
    pub(super) data: Option<&'a RawValue>,
}

/// `N` bytes in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fixed<const N: usize>(pub(super) [u8; N]);

impl From<Fixed<32>> for B256 {
    fn from(bytes: Fixed<32>) -> Self {
        Self(bytes.0)
    }
}

impl From<&Fixed<256>> for Bloom {
    fn from(bytes: &Fixed<256>) -> Self {
        Self(bytes.0.into())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Fixed<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<const N: usize>;
        impl<const N: usize> Visitor<'_> for Read<N> {
            type Value = Fixed<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{N} bytes in hex")
            }

            fn visit_bytes<E: Error>(self, text: &[u8]) -> Result<Self::Value, E> {
                let mut bytes = [0; N];
                let digits = text.strip_prefix(b"0x").ok_or_else(|| invalid(text, &self))?;
                hex::decode_to_slice(digits, &mut bytes).map_err(|_| invalid(text, &self))?;
                Ok(Fixed(bytes))
            }
        }
        deserializer.deserialize_bytes(Read)
    }
}

/// Any number of bytes in hex.
#[derive(Debug)]
pub(super) struct Data(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes in hex")
            }

            fn visit_bytes<E: Error>(self, text: &[u8]) -> Result<Self::Value, E> {
                let digits = text.strip_prefix(b"0x").ok_or_else(|| invalid(text, &self))?;
                hex::decode(digits).map(Data).map_err(|_| invalid(text, &self))
            }
        }
        deserializer.deserialize_bytes(Read)
    }
}

/// At most four topics.
#[derive(Debug)]
pub(super) struct Topics(Vec<B256>);

impl<'de> Deserialize<'de> for Topics {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Topics;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("at most four topics")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut topics = [B256::ZERO; 4];
                let mut count = 0;
                while let Some(topic) = seq.next_element::<Fixed<32>>()? {
                    let place = topics.get_mut(count).ok_or_else(|| A::Error::invalid_length(5, &self))?;
                    *place = topic.into();
                    count += 1;
                }
                Ok(Topics(topics.into_iter().take(count).collect()))
            }
        }
        deserializer.deserialize_seq(Read)
    }
}

/// A number in hex, as Ethereum's JSON has it, or a plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quantity(pub(super) u64);

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl Visitor<'_> for Read {
            type Value = Quantity;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number below 2^64 in hex")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Quantity(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                let digits = text.strip_prefix("0x").filter(|digits| !digits.starts_with('+'));
                digits
                    .and_then(|digits| u64::from_str_radix(digits, 16).ok())
                    .map(Quantity)
                    .ok_or_else(|| invalid(text.as_bytes(), &self))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

fn invalid<E: Error>(text: &[u8], expected: &dyn serde::de::Expected) -> E {
    let start = &text[..text.len().min(40)];
    E::invalid_value(Unexpected::Str(&super::error::tame(&String::from_utf8_lossy(start))), expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = r#"{"address":"0x0707070707070707070707070707070707070707","topics":
        ["0x0101010101010101010101010101010101010101010101010101010101010101"],"data":"0x0aFf",
        "blockNumber":"0x10","blockHash":null,"transactionIndex":"0x0","logIndex":"0x2","extra":{"a":[1]}}"#;

    fn log(from: &str, to: &str) -> Result<WireLog, serde_json::Error> {
        assert!(LOG.contains(from));
        serde_json::from_str(&LOG.replace(from, to))
    }

    #[test]
    fn a_log_is_read_with_fields_missing_and_added() {
        let log = log("", "").expect("a log");
        assert_eq!(log.block_number, Some(Quantity(16)));
        assert_eq!((log.block_hash, log.block_timestamp, log.removed), (None, None, false));
        let inner = log.into_inner();
        assert_eq!(inner.address, Address::repeat_byte(7));
        assert_eq!(inner.topics(), [B256::repeat_byte(1)]);
        assert_eq!(inner.data.data, Bytes::from_static(&[10, 255]));
    }

    #[test]
    fn what_is_not_hex_is_named() {
        let error = log("0x0aFf", "0x0aFg").expect_err("not hex").to_string();
        assert!(error.starts_with("invalid value: string \"0x0aFg\", expected bytes in hex"), "{error}");
        assert!(log("0x0aFf", "0aFf").is_err(), "no prefix");
        assert!(log("0x0aFf", "0x0aF").is_err(), "half a byte");
        assert!(log("0x10", "0x10000000000000000").is_err(), "beyond 64 bits");
        assert!(log("0x10", "0x").is_err());
        assert!(log("0x10", "0x+1").is_err());
    }

    #[test]
    fn null_bytes_are_refused_written_either_way() {
        assert!(log("0x0aFf", "0x0a\0f").is_err());
        let error = log("0x0aFf", r"0x0a\u0000f").expect_err("no digit").to_string();
        assert!(!error.contains('\0'), "{error:?}");
    }

    #[test]
    fn five_topics_are_too_many() {
        let topic = r#""0x0101010101010101010101010101010101010101010101010101010101010101""#;
        assert!(log(topic, &[topic; 4].join(",")).is_ok());
        assert!(log(topic, &[topic; 5].join(",")).is_err());
    }

    #[test]
    fn null_is_a_result_and_absence_is_none() {
        let reply: Reply<'_> = serde_json::from_str(r#"{"id":1,"result":null}"#).expect("a reply");
        assert_eq!(reply.result.map(RawValue::get), Some("null"));
        let reply: Reply<'_> =
            serde_json::from_str(r#"{"id":"7","error":{"code":-1,"message":"a\"b"}}"#).expect("a reply");
        assert!(reply.result.is_none());
        assert_eq!(reply.error.map(RawValue::get), Some(r#"{"code":-1,"message":"a\"b"}"#));
    }
}
