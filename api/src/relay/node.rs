//! What is asked of a chain's node.

use std::time::Duration;

use alloy::eips::{BlockId, BlockNumberOrTag, eip2718::Encodable2718 as _};
use alloy::network::{EthereumWallet, NetworkTransactionBuilder as _, TransactionBuilder as _};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::{DynProvider, Provider as _, ProviderBuilder};
use alloy::rpc::client::ClientBuilder;
use alloy::rpc::types::{TransactionReceipt, TransactionRequest};
use alloy::signers::local::PrivateKeySigner;
use alloy::transports::TransportError;
use stoa_contracts::{error_name, explain};
use url::Url;

/// How long a node may take for one answer.
const PATIENCE: Duration = Duration::from_secs(4);
/// An estimate holds for the block that it was made on.
const MARGIN_PERCENT: u64 = 120;
/// A node takes a replacement that is a tenth dearer.
const RAISE_PERCENT: u128 = 113;

/// What a node did not do.
#[derive(Debug, thiserror::Error)]
pub(super) enum NodeError {
    /// The call would revert: the error's name, where it is known, and what it says.
    #[error("{reason}")]
    Reverts { name: Option<&'static str>, reason: String },
    /// Its address, which may hold a key, is in no part of this.
    #[error("the node of chain {chain} does not answer {method}: {why}")]
    Failed { chain: i64, method: &'static str, why: String },
}

/// What a unit of gas may cost, in wei (EIP-1559).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fee {
    pub(super) most: u128,
    pub(super) tip: u128,
}

impl Fee {
    /// What takes the place of a transaction: dearer than that, and as dear as what the chain asks for now.
    pub(super) fn raised(self, asked: Self) -> Self {
        let up = |old: u128| old.saturating_mul(RAISE_PERCENT) / 100 + 1;
        Self { most: up(self.most).max(asked.most), tip: up(self.tip).max(asked.tip) }
    }
}

/// A block that a node told of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    /// Its timestamp, in Unix seconds.
    pub(super) time: u64,
}

/// A transaction before it is signed.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) to: Address,
    pub(super) call: Bytes,
    pub(super) nonce: u64,
    pub(super) gas: u64,
    pub(super) fee: Fee,
}

/// A signed one.
#[derive(Clone, Debug)]
pub(super) struct Signed {
    pub(super) hash: B256,
    pub(super) raw: Vec<u8>,
}

/// The node of one chain.
#[derive(Clone, Debug)]
pub(super) struct Node {
    chain: i64,
    provider: DynProvider,
}

impl Node {
    pub(super) fn new(chain: i64, url: Url) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none());
        let client = ClientBuilder::default().http_with_client(http.build()?, url);
        Ok(Self { chain, provider: ProviderBuilder::new().connect_client(client).erased() })
    }

    fn failed(&self, method: &'static str) -> impl Fn(TransportError) -> NodeError {
        let chain = self.chain;
        move |error| NodeError::Failed { chain, method, why: why(&error) }
    }

    /// Refuses what would revert, else says what gas it is given.
    pub(super) async fn simulate(&self, from: Address, to: Address, call: &Bytes) -> Result<u64, NodeError> {
        let request = TransactionRequest::default().with_from(from).with_to(to).with_input(call.clone());
        // Called first: some nodes say nothing of why an estimate fails.
        let called = self.provider.call(request.clone()).block(BlockId::latest()).await;
        called.map_err(|error| self.refused("eth_call", &error))?;
        let gas = self.provider.estimate_gas(request).block(BlockId::latest()).await;
        let gas = gas.map_err(|error| self.refused("eth_estimateGas", &error))?;
        Ok(gas.saturating_mul(MARGIN_PERCENT) / 100)
    }

    fn refused(&self, method: &'static str, error: &TransportError) -> NodeError {
        let answer = error.as_error_resp();
        if let Some(data) = answer.and_then(|answer| answer.as_revert_data()) {
            return NodeError::Reverts { name: error_name(&data), reason: explain(&data) };
        }
        let reverted = answer.is_some_and(|answer| answer.code == 3 || answer.message.contains("revert"));
        match reverted {
            true => NodeError::Reverts { name: None, reason: explain(&[]) },
            false => NodeError::Failed { chain: self.chain, method, why: why(error) },
        }
    }

    /// What the chain asks for now.
    pub(super) async fn fee(&self) -> Result<Fee, NodeError> {
        let fee = self.provider.estimate_eip1559_fees().await.map_err(self.failed("eth_feeHistory"))?;
        Ok(Fee { most: fee.max_fee_per_gas, tip: fee.max_priority_fee_per_gas })
    }

    pub(super) async fn head(&self) -> Result<Head, NodeError> {
        let block = self.provider.get_block_by_number(BlockNumberOrTag::Latest).await;
        let block = block.map_err(self.failed("eth_getBlockByNumber"))?;
        Ok(Head { time: block.map(|block| block.header.timestamp).unwrap_or_default() })
    }

    /// The newest final block; none on a chain that does not say.
    pub(super) async fn finalized(&self) -> Option<u64> {
        let block = self.provider.get_block_by_number(BlockNumberOrTag::Finalized).await;
        block.ok().flatten().map(|block| block.header.number)
    }

    /// How many transactions of the account there are, those that wait included.
    pub(super) async fn count(&self, account: Address) -> Result<u64, NodeError> {
        let count = self.provider.get_transaction_count(account).pending().await;
        count.map_err(self.failed("eth_getTransactionCount"))
    }

    /// How many transactions of the account final blocks have.
    pub(super) async fn final_count(&self, account: Address) -> Result<u64, NodeError> {
        let count = self.provider.get_transaction_count(account).block_id(BlockId::finalized()).await;
        count.map_err(self.failed("eth_getTransactionCount"))
    }

    pub(super) async fn balance(&self, account: Address) -> Result<U256, NodeError> {
        self.provider.get_balance(account).await.map_err(self.failed("eth_getBalance"))
    }

    pub(super) async fn has_code(&self, account: Address) -> Result<bool, NodeError> {
        let code = self.provider.get_code_at(account).await.map_err(self.failed("eth_getCode"))?;
        Ok(!code.is_empty())
    }

    pub(super) async fn receipt(&self, hash: B256) -> Result<Option<TransactionReceipt>, NodeError> {
        let receipt = self.provider.get_transaction_receipt(hash).await;
        let receipt = receipt.map_err(self.failed("eth_getTransactionReceipt"))?;
        Ok(receipt.filter(|receipt| receipt.block_number.is_some()))
    }

    pub(super) async fn sign(&self, signer: &PrivateKeySigner, draft: Draft) -> Result<Signed, NodeError> {
        let signed = TransactionRequest::default()
            .with_from(signer.address())
            .with_to(draft.to)
            .with_input(draft.call)
            .with_value(U256::ZERO)
            .with_chain_id(self.chain.unsigned_abs())
            .with_nonce(draft.nonce)
            .with_gas_limit(draft.gas)
            .with_max_fee_per_gas(draft.fee.most)
            .with_max_priority_fee_per_gas(draft.fee.tip)
            .build(&EthereumWallet::from(signer.clone()))
            .await
            .map_err(|error| NodeError::Failed {
                chain: self.chain,
                method: "signing",
                why: error.to_string(),
            })?;
        Ok(Signed { hash: *signed.tx_hash(), raw: signed.encoded_2718() })
    }

    /// Sends signed bytes. That the node has them already is as good.
    pub(super) async fn send(&self, hash: B256, raw: &[u8]) -> Result<(), NodeError> {
        let Err(error) = self.provider.send_raw_transaction(raw).await else { return Ok(()) };
        // How nodes word it differs; what they know they can tell.
        let known = self.provider.get_transaction_by_hash(hash).await;
        match known {
            Ok(Some(_)) => Ok(()),
            _ => Err(self.failed("eth_sendRawTransaction")(error)),
        }
    }
}

/// What a node said, or the cause that all others only wrap: those name its address.
fn why(error: &TransportError) -> String {
    if let Some(answer) = error.as_error_resp() {
        return answer.message.chars().take(200).collect();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let told = cause.to_string();
    if told.contains("://") { "the connection failed".to_owned() } else { told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_is_an_eighth_dearer_or_what_the_chain_asks_for() {
        let old = Fee { most: 1_000, tip: 0 };
        assert_eq!(old.raised(Fee { most: 1, tip: 1 }), Fee { most: 1_131, tip: 1 });
        assert_eq!(old.raised(Fee { most: 5_000, tip: 7 }), Fee { most: 5_000, tip: 7 });
        let most = Fee { most: u128::MAX, tip: 1 };
        assert!(most.raised(old).most < u128::MAX, "a fee that nobody pays is cut, and does not wrap around");
    }
}
