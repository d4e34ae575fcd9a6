//! Questions to a node, in batches, all about one block.

use std::time::Duration;

use alloy::primitives::{B256, Bytes, U64};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{
    Error,
    question::{Answer, Ask, Question},
    scope::Block,
};

/// Batches on their way at a time.
const AT_ONCE: usize = 4;
/// How often a batch is sent before the node is given up, and the first pause between.
const ATTEMPTS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(200);
const TIMEOUT: Duration = Duration::from_secs(60);
/// Of what a node says that is no answer.
const LONGEST_QUOTE: usize = 200;
/// What nodes say when the same question may be answered a moment later.
const PASSING: [&str; 7] = [
    "rate limit",
    "rate exceeded",
    "too many requests",
    "request limit",
    "credits limited",
    "header not found",
    "concurrent requests",
];

#[derive(Clone, Debug)]
pub(super) struct Node {
    http: reqwest::Client,
    url: Url,
    /// Questions in one batch.
    batch: usize,
}

type Call = (&'static str, Value);

/// Why there is no answer.
enum Trouble {
    /// Asking again may help.
    Passing(String),
    Lasting(String),
}

#[derive(Debug, Deserialize)]
struct Response {
    id: usize,
    #[serde(default)]
    result: Value,
    error: Option<Refusal>,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    #[serde(default)]
    code: i64,
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Value,
}

impl Node {
    pub(super) fn new(url: Url, batch: usize) -> Self {
        Self { http: reqwest::Client::new(), url, batch: batch.max(1) }
    }

    /// A block as this node has it.
    pub(super) async fn block(&self, number: i64) -> Result<Block, Error> {
        let call = ("eth_getBlockByNumber", json!([U64::from(number.cast_unsigned()), false]));
        let answer = match self.patiently(&[call]).await?.pop() {
            Some(Answer::Says(Value::Null)) | None => return Err(Error::NodeBehind { block: number }),
            Some(Answer::Says(block)) => block,
            Some(Answer::Reverts(_)) => return Err(Error::Node("it reverts a block".to_owned())),
        };
        let hash = answer["hash"].as_str().and_then(|hash| hash.parse().ok());
        let time = answer["timestamp"].as_str().and_then(|time| time.parse::<U64>().ok());
        let block = hash.zip(time);
        let (hash, time) = block.ok_or_else(|| Error::Node(format!("block {number} is {answer}")))?;
        Ok(Block { number, hash, time: time.to() })
    }

    /// The answers, in the questions' order. Named by its hash, the block is the one that is meant or none.
    pub(super) async fn answers(&self, questions: &[Question], block: B256) -> Result<Vec<Answer>, Error> {
        let at = json!({ "blockHash": block });
        let calls: Vec<Call> = questions
            .iter()
            .map(|question| match &question.ask {
                Ask::View { to, data } => ("eth_call", json!([{ "to": to, "data": data }, at])),
                Ask::Receipt(transaction) => ("eth_getTransactionReceipt", json!([transaction])),
            })
            .collect();
        let batches = calls.chunks(self.batch).map(|batch| self.patiently(batch));
        let answers: Vec<Vec<Answer>> = stream::iter(batches).buffered(AT_ONCE).try_collect().await?;
        Ok(answers.into_iter().flatten().collect())
    }

    async fn patiently(&self, calls: &[Call]) -> Result<Vec<Answer>, Error> {
        let mut pause = PAUSE;
        let mut attempt = 1;
        loop {
            match self.ask(calls).await {
                Ok(answers) => return Ok(answers),
                Err(Trouble::Passing(why)) if attempt < ATTEMPTS => {
                    tracing::debug!(why, "asking again");
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                    attempt += 1;
                }
                Err(Trouble::Passing(why) | Trouble::Lasting(why)) => return Err(Error::Node(why)),
            }
        }
    }

    async fn ask(&self, calls: &[Call]) -> Result<Vec<Answer>, Trouble> {
        let request = |(id, (method, params)): (usize, &Call)| json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let body: Vec<Value> = calls.iter().enumerate().map(request).collect();
        // The URL often carries a key.
        let passing = |error: reqwest::Error| Trouble::Passing(error.without_url().to_string());
        let sent = self.http.post(self.url.clone()).timeout(TIMEOUT).json(&body).send().await;
        let response = sent.map_err(passing)?;
        let status = response.status();
        let text = response.text().await.map_err(passing)?;
        if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
            return Err(Trouble::Passing(format!("{status}: {}", quote(&text))));
        }
        let mut responses: Vec<Response> = match serde_json::from_str(&text) {
            Ok(responses) => responses,
            Err(_) if is_passing(&text) => return Err(Trouble::Passing(quote(&text))),
            Err(_) => {
                let why = format!("{status}: a batch of {} is answered with {}", calls.len(), quote(&text));
                return Err(Trouble::Lasting(why));
            }
        };
        responses.sort_by_key(|response| response.id);
        if !responses.iter().map(|response| response.id).eq(0..calls.len()) {
            return Err(Trouble::Passing("answers are missing in a batch".to_owned()));
        }
        responses.into_iter().map(Response::answer).collect()
    }
}

impl Response {
    fn answer(self) -> Result<Answer, Trouble> {
        let Some(Refusal { code, message, data }) = self.error else { return Ok(Answer::Says(self.result)) };
        if message.contains("revert") {
            let data = data.as_str().and_then(|data| data.parse::<Bytes>().ok());
            return Ok(Answer::Reverts(data.unwrap_or_default()));
        }
        let why = format!("{} (code {code})", quote(&message));
        Err(if code == 429 || is_passing(&message) { Trouble::Passing(why) } else { Trouble::Lasting(why) })
    }
}

fn is_passing(message: &str) -> bool {
    let message = message.to_lowercase();
    PASSING.iter().any(|words| message.contains(words))
}

fn quote(text: &str) -> String {
    text.chars().take(LONGEST_QUOTE).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Result<Answer, Trouble> {
        serde_json::from_str::<Response>(text).unwrap().answer()
    }

    #[test]
    fn a_contract_that_refuses_is_told_from_a_node_that_does() {
        let refused = r#"{"id":0,"error":{"code":3,"message":"execution reverted","data":"0x1234"}}"#;
        assert!(matches!(answer(refused), Ok(Answer::Reverts(data)) if data[..] == [0x12, 0x34]));
        let busy = r#"{"id":0,"error":{"code":-32005,"message":"daily Rate Limit reached"}}"#;
        assert!(matches!(answer(busy), Err(Trouble::Passing(_))));
        let pruned = r#"{"id":0,"error":{"code":-32000,"message":"missing trie node"}}"#;
        assert!(
            matches!(answer(pruned), Err(Trouble::Lasting(why)) if why == "missing trie node (code -32000)")
        );
        assert!(matches!(answer(r#"{"id":0,"result":"0x"}"#), Ok(Answer::Says(Value::String(_)))));
        assert!(matches!(answer(r#"{"id":0,"result":null}"#), Ok(Answer::Says(Value::Null))));
    }
}
