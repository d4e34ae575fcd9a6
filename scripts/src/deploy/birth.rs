//! Finds the transaction that created a contract, for deployments that were interrupted before they wrote it
//! down.

use alloy::{
    consensus::Transaction as _,
    primitives::{Address, B256},
    providers::Provider as _,
};

use super::{
    Error,
    chain::{Chain, rpc},
    plan::placed_by,
};

/// The hash and block of the transaction after which `address` had code: the block by bisection over the
/// chain's history, then the call in it that carries the code.
pub(super) async fn find(chain: &Chain, address: Address, name: &str) -> Result<(B256, u64), Error> {
    let unknown = || Error::BirthUnknown { name: name.to_owned(), address };
    let (mut without, mut with) = (0, chain.head().await?);
    while with - without > 1 {
        let middle = without + (with - without) / 2;
        let code = chain.provider.get_code_at(address).number(middle).await.map_err(|_| unknown())?;
        if code.is_empty() {
            without = middle;
        } else {
            with = middle;
        }
    }
    let block = chain
        .provider
        .get_block_by_number(with.into())
        .full()
        .await
        .map_err(rpc("eth_getBlockByNumber"))?
        .ok_or_else(unknown)?;
    let places_it = |call: &alloy::rpc::types::Transaction| {
        call.to().and_then(|to| placed_by(to, call.input())) == Some(address)
    };
    let found = block.transactions.into_transactions().find(places_it).ok_or_else(unknown)?;
    Ok((*found.inner.tx_hash(), with))
}
