//! JSON-RPC over HTTP. Calls that must agree go out in one batch.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use alloy::primitives::{Address, U64};
use alloy::rpc::client::{BatchRequest, ClientBuilder, RpcClient, Waiter};
use alloy::rpc::types::{BlockNumberOrTag, Filter, Log};
use alloy::transports::TransportResult;
use url::Url;

use super::check::{self, Question};
use super::{Doubt, FetchError, Head, Header, Range};

/// Nodes that need longer than this for a range will be asked for a smaller one.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How many headers are asked for in one batch.
const HEADERS_PER_BATCH: usize = 100;

/// Which contract a log tells the birth of.
pub type Born = fn(&alloy::primitives::Log) -> Option<Address>;

/// One endpoint.
#[derive(Clone, Debug)]
pub struct Client {
    rpc: RpcClient,
    addresses: Vec<Address>,
    finality_depth: u64,
}

impl Client {
    /// A client for the logs of `addresses`. `finality_depth` stands in where the node tells no `finalized`.
    pub fn new(url: Url, addresses: Vec<Address>, finality_depth: u64) -> Self {
        Self { rpc: ClientBuilder::default().http(url), addresses, finality_depth }
    }

    /// EIP-155 id of the node's chain.
    pub async fn chain_id(&self) -> Result<u64, FetchError> {
        let id: U64 = in_time(async { Ok(self.rpc.request_noparams("eth_chainId").await?) }).await?;
        Ok(id.to())
    }

    /// How far the node's chain goes.
    pub async fn head(&self) -> Result<Head, FetchError> {
        in_time(async {
            let mut batch = self.rpc.new_batch();
            let latest = add_header(&mut batch, BlockNumberOrTag::Latest)?;
            let safe = add_header(&mut batch, BlockNumberOrTag::Safe)?;
            let finalized = add_header(&mut batch, BlockNumberOrTag::Finalized)?;
            batch.send().await?;
            let latest = latest.await?.ok_or(Doubt::MissingBlock(0))?;
            // Some chains do not know these tags: an error or a null is then their answer.
            let tagged =
                |answer: TransportResult<Option<Header>>| answer.ok().flatten().map(|header| header.number);
            let depth = latest.number.saturating_sub(self.finality_depth);
            let finalized = tagged(finalized.await).unwrap_or(depth);
            let safe = tagged(safe.await).unwrap_or(finalized).max(finalized);
            Ok(Head { latest, safe, finalized })
        })
        .await
    }

    /// One header, if the node has the block.
    pub async fn header(&self, number: u64) -> Result<Option<Header>, FetchError> {
        let params = (BlockNumberOrTag::Number(number), false);
        in_time(async { Ok(self.rpc.request("eth_getBlockByNumber", params).await?) }).await
    }

    /// Everything the followed contracts emitted in `from..=to`, and those that were born in it.
    ///
    /// `known` are contracts born earlier; `born` names the one that a log tells the birth of. The boundary
    /// headers travel with the logs, so that a back-end that lags behind is noticed.
    pub async fn range(
        &self,
        from: u64,
        to: u64,
        known: &[Address],
        born: Born,
    ) -> Result<Range, FetchError> {
        in_time(async {
            let mut addresses = [self.addresses.as_slice(), known].concat();
            let (first, last, mut logs) = self.logs(from, to, &addresses).await?;
            let children: BTreeSet<Address> = logs
                .iter()
                .filter_map(|log| born(&log.inner))
                .filter(|child| !addresses.contains(child))
                .collect();
            let children: Vec<Address> = children.into_iter().collect();
            if !children.is_empty() {
                let (_, again, more) = self.logs(from, to, &children).await?;
                if again.hash != last.hash {
                    return Err(Doubt::Hash { block: to, log: again.hash, header: last.hash }.into());
                }
                logs.extend(more);
                logs.sort_by_key(|log| (log.block_number, log.log_index));
                addresses.extend(&children);
            }
            let question = Question { from, to, addresses: &addresses };
            check::logs(&question, &[first, last], &logs)?;
            let logs = self.with_times(&question, logs).await?;
            Ok(Range { first, last, logs, born: children })
        })
        .await
    }

    /// The logs of `addresses` with the headers of both ends, in one batch.
    async fn logs(
        &self,
        from: u64,
        to: u64,
        addresses: &[Address],
    ) -> Result<(Header, Header, Vec<Log>), FetchError> {
        let filter = Filter::new().address(addresses.to_vec()).from_block(from).to_block(to);
        let mut batch = self.rpc.new_batch();
        let logs: Waiter<Vec<Log>> = batch.add_call("eth_getLogs", &(filter,))?;
        let first = add_header(&mut batch, BlockNumberOrTag::Number(from))?;
        let last = add_header(&mut batch, BlockNumberOrTag::Number(to))?;
        batch.send().await?;
        let first = check::header(from, first.await?)?;
        let last = check::header(to, last.await?)?;
        let logs = logs.await?;
        check::logs(&Question { from, to, addresses }, &[first, last], &logs)?;
        Ok((first, last, logs))
    }

    /// Each log's block time: from the log where the node gives it, else from the block's header.
    async fn with_times(
        &self,
        question: &Question<'_>,
        logs: Vec<Log>,
    ) -> Result<Vec<(Log, u64)>, FetchError> {
        let untimed: BTreeSet<u64> = logs
            .iter()
            .filter(|log| log.block_timestamp.is_none())
            .filter_map(|log| log.block_number)
            .collect();
        let mut headers = BTreeMap::new();
        let untimed: Vec<u64> = untimed.into_iter().collect();
        for numbers in untimed.chunks(HEADERS_PER_BATCH) {
            let mut batch = self.rpc.new_batch();
            let mut waiting = Vec::with_capacity(numbers.len());
            for number in numbers {
                waiting.push((*number, add_header(&mut batch, BlockNumberOrTag::Number(*number))?));
            }
            batch.send().await?;
            for (number, answer) in waiting {
                headers.insert(number, check::header(number, answer.await?)?);
            }
        }
        let known: Vec<Header> = headers.values().copied().collect();
        check::logs(question, &known, &logs)?;
        let timed = logs.into_iter().map(|log| {
            let number = log.block_number.unwrap_or_default();
            let header = headers.get(&number).map(|header| header.timestamp);
            let time = log.block_timestamp.or(header).ok_or(Doubt::MissingBlock(number))?;
            Ok((log, time))
        });
        timed.collect()
    }
}

fn add_header(
    batch: &mut BatchRequest<'_>,
    block: BlockNumberOrTag,
) -> TransportResult<Waiter<Option<Header>>> {
    batch.add_call("eth_getBlockByNumber", &(block, false))
}

async fn in_time<T>(work: impl Future<Output = Result<T, FetchError>>) -> Result<T, FetchError> {
    tokio::time::timeout(TIMEOUT, work).await.unwrap_or(Err(FetchError::Timeout(TIMEOUT)))
}
