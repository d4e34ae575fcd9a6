//! Public ids as scalars.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::model::{LogId, PublicId};
use crate::params::{FromParam, natural};

/// A listing, plan or share sale: `{chainId}-{n}`.
#[Scalar(name = "PublicId")]
impl ScalarType for PublicId {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::String(text) => Self::from_param(text),
            _ => None,
        };
        read.ok_or_else(|| unlike(&value, &Self::allowed()))
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// What happened, by its place on its chain: `{chainId}-{block}-{logIndex}`.
#[Scalar(name = "LogId")]
impl ScalarType for LogId {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = |text: &str| {
            let mut parts = text.splitn(3, '-');
            let (chain_id, block_number) = (natural(parts.next()?)?, natural(parts.next()?)?);
            Some(Self { chain_id, block_number, log_index: parts.next()?.parse().ok()? })
        };
        let found = if let Value::String(text) = &value { read(text) } else { None };
        found.ok_or_else(|| unlike(&value, "an id of the form `{chainId}-{block}-{logIndex}`"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

fn unlike<T: async_graphql::InputType>(value: &Value, allowed: &str) -> InputValueError<T> {
    let read: String = value.to_string().chars().take(80).collect();
    InputValueError::custom(format!("was `{read}`; expected {allowed}."))
}
