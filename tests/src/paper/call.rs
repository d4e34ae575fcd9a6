//! JSON-RPC messages and their answers' frames.

use bytes::Bytes;
use serde_json::{Value, json};

use super::provider::Refusal;
use super::text;
use super::wire::digest;

/// What came over the wire.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) calls: Vec<Call>,
    /// Whether it was an array.
    pub(super) batch: bool,
}

/// One call.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) id: Value,
    pub(super) method: String,
    pub(super) params: Value,
}

/// The result of a call: pieces of JSON text that follow one another, or a refusal.
pub(super) type Outcome = Result<Vec<Bytes>, Refusal>;

impl Message {
    pub(super) fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let value: Value = serde_json::from_slice(text).map_err(|_| Refusal::plain(-32700, "parse error"))?;
        let (values, batch) = match value {
            Value::Array(values) => (values, true),
            value => (vec![value], false),
        };
        if values.is_empty() {
            return Err(Refusal::plain(-32600, "empty batch"));
        }
        let calls = values.into_iter().map(Call::parse).collect::<Option<Vec<_>>>();
        let calls = calls.ok_or_else(|| Refusal::plain(-32600, "invalid request"))?;
        Ok(Self { calls, batch })
    }

    /// Stands for what is asked, whatever the ids are.
    pub(super) fn key(&self) -> u64 {
        let calls: Vec<u64> = self.calls.iter().map(Call::key).collect();
        digest(&(calls, self.batch))
    }

    pub(super) fn methods(&self) -> Vec<&str> {
        self.calls.iter().map(|call| call.method.as_str()).collect()
    }
}

impl Call {
    fn parse(mut value: Value) -> Option<Self> {
        let id = value.get("id")?.clone();
        let method = value.get("method")?.as_str()?.to_owned();
        let params = value.get_mut("params").map(Value::take).unwrap_or_default();
        Some(Self { id, method, params })
    }

    pub(super) fn key(&self) -> u64 {
        digest(&(&self.method, self.params.to_string()))
    }
}

/// The answer to one call.
pub(super) fn answer(id: &Value, outcome: Outcome) -> Vec<Bytes> {
    match outcome {
        Ok(result) => {
            let mut pieces = Vec::with_capacity(result.len() + 2);
            pieces.push(format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":").into());
            pieces.extend(result);
            pieces.push(Bytes::from_static(b"}"));
            pieces
        }
        Err(refusal) => {
            let mut error = json!({ "code": refusal.code, "message": refusal.message });
            if let Some(data) = refusal.data {
                error["data"] = data;
            }
            vec![text::json(&json!({ "jsonrpc": "2.0", "id": id, "error": error }))]
        }
    }
}

/// The answers to a batch.
pub(super) fn batch(answers: Vec<Vec<Bytes>>) -> Vec<Bytes> {
    let mut pieces = vec![Bytes::from_static(b"[")];
    for (place, answer) in answers.into_iter().enumerate() {
        if place > 0 {
            pieces.push(Bytes::from_static(b","));
        }
        pieces.extend(answer);
    }
    pieces.push(Bytes::from_static(b"]"));
    pieces
}

/// Pieces as one.
pub(super) fn joined(pieces: &[Bytes]) -> Vec<u8> {
    pieces.concat()
}
