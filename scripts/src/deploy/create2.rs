//! The canonical CREATE2 deployer, where a chain lacks it: placed by its well-known presigned transaction, whose
//! one-time sender needs some coin first.

use std::time::Instant;

use alloy::{
    primitives::{Address, Bytes, U256, address, bytes},
    providers::Provider as _,
};

use super::{
    CREATE2_DEPLOYER, Chain, Error,
    chain::{reason, rpc},
    send::{Call, Sender},
};

/// Signed by nobody: the signature was chosen and the sender computed from it, so nobody has its key. It names no chain,
/// and thus is good on all of them.
pub(super) const PRESIGNED: Bytes = bytes!(
    "f8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffff\
     ffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba022222222222222222222\
     22222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222"
);
/// Its sender.
pub(super) const SENDER: Address = address!("3fAB184622Dc19b6109349B94811493BF2a45362");
/// What it may cost: 100,000 gas for 100 gwei each.
pub(super) const COST: U256 = U256::from_limbs([10_000_000_000_000_000, 0, 0, 0]);
/// The code that it has then.
pub(super) const CODE: Bytes = bytes!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd\
     5b8082525050506014600cf3"
);

/// What the sender lacks of its cost.
pub(super) async fn missing_funds(chain: &Chain) -> Result<U256, Error> {
    let balance = chain.provider.get_balance(SENDER).await.map_err(rpc("eth_getBalance"))?;
    Ok(COST.saturating_sub(balance))
}

pub(super) fn funding(value: U256) -> Call {
    let what = "funding the one-time sender of the canonical CREATE2 deployer".to_owned();
    Call { what, to: SENDER, data: Bytes::new(), value }
}

impl Sender<'_> {
    /// Sees to it that the canonical CREATE2 deployer is there.
    pub(super) async fn ensure_create2_deployer(&self) -> Result<(), Error> {
        if self.chain.has_code(CREATE2_DEPLOYER).await? {
            return Ok(());
        }
        let cannot = |reason: String| Error::NoCreate2Deployer {
            chain_id: self.chain.id,
            address: CREATE2_DEPLOYER,
            reason,
        };
        let used = self.chain.provider.get_transaction_count(SENDER).await;
        if used.map_err(rpc("eth_getTransactionCount"))? > 0 {
            return Err(cannot("its presigned transaction was used up and failed".to_owned()));
        }
        let missing = missing_funds(self.chain).await?;
        if !missing.is_zero() {
            let call = funding(missing);
            (self.report)(&call.what);
            self.send(&call).await?;
        }
        (self.report)(&format!("placing the canonical CREATE2 deployer at {CREATE2_DEPLOYER}"));
        let started = Instant::now();
        let mut sent = false;
        while !self.chain.has_code(CREATE2_DEPLOYER).await? {
            if !sent {
                self.send_presigned().await.map_err(cannot)?;
                sent = true;
            }
            if started.elapsed() > self.terms.give_up_after {
                return Err(cannot("its presigned transaction is still in no block: run again".to_owned()));
            }
            tokio::time::sleep(self.terms.poll).await;
        }
        Ok(())
    }

    async fn send_presigned(&self) -> Result<(), String> {
        let Err(error) = self.chain.provider.send_raw_transaction(&PRESIGNED).await else { return Ok(()) };
        let message = reason(&error);
        let lower = message.to_lowercase();
        if lower.contains("already known") || lower.contains("already imported") {
            return Ok(());
        }
        if ["replay-protected", "eip-155", "eip155", "unprotected"].iter().any(|word| lower.contains(word)) {
            return Err(format!(
                "this endpoint takes no transactions without a chain id ({message}): use another endpoint"
            ));
        }
        Err(format!("the chain does not take its presigned transaction: {message}"))
    }
}

#[cfg(test)]
mod tests {
    use alloy::{
        consensus::{Transaction as _, TxEnvelope},
        eips::eip2718::Decodable2718 as _,
    };

    use super::*;

    /// Returns the code that follows it.
    const CONSTRUCTOR: Bytes = bytes!("604580600e600039806000f350fe");

    #[test]
    fn the_presigned_transaction_is_what_is_said_of_it() {
        let signed = TxEnvelope::decode_2718(&mut PRESIGNED.as_ref()).unwrap();
        let hash = signed.signature_hash();
        assert_eq!(signed.signature().recover_address_from_prehash(&hash).unwrap(), SENDER);
        assert_eq!(SENDER.create(signed.nonce()), CREATE2_DEPLOYER);
        assert_eq!(U256::from(signed.max_fee_per_gas()) * U256::from(signed.gas_limit()), COST);
        let input = signed.input();
        assert_eq!(input.split_at(input.len() - CODE.len()), (&CONSTRUCTOR[..], &CODE[..]));
        assert_eq!((signed.to(), signed.chain_id(), signed.value()), (None, None, U256::ZERO));
    }
}
