//! The demo's wallets use all of the protocol, and nothing that they do is refused.

use std::collections::BTreeSet;

use alloy::{
    primitives::B256,
    providers::{Provider as _, ProviderBuilder},
    rpc::types::Filter,
    sol_types::SolEvent,
};
use stoa_contracts::{Market, Revenue, RevenueShare, Staking};
use stoa_scripts::{
    demo::{Demo, Scenario},
    deploy::{self, Options},
    testing::Anvil,
};

const SEED: u64 = 1;

#[tokio::test]
async fn every_part_of_the_protocol_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let chain = Anvil::start().await;
    let options = Options {
        rpc_url: chain.rpc_url().parse().unwrap(),
        signer: Anvil::signer(0),
        file: Some(folder.path().join("31337.json")),
        chain_id: None,
        parameters: None,
    };
    let deployment = deploy::deploy(&options, &|_| {}).await.unwrap().deployment;
    let scenario = Scenario::read("small").unwrap();
    let mut demo = Demo::connect(&options.rpc_url, &deployment, &scenario, SEED).unwrap();
    demo.prepare(|_| {}).await.unwrap();
    let provider = ProviderBuilder::new().connect_http(options.rpc_url.clone());
    let prepared = provider.get_block_number().await.unwrap();
    demo.prepare(|_| {}).await.unwrap();
    assert_eq!(provider.get_block_number().await.unwrap(), prepared, "prepared twice");

    demo.take_time().await.unwrap();
    demo.live_through(|_| {}).await.unwrap_or_else(|error| panic!("seed {SEED}: {error}"));
    let logs = provider.get_logs(&Filter::new().from_block(0)).await.unwrap();
    let seen: BTreeSet<B256> = logs.iter().filter_map(|log| log.topic0().copied()).collect();
    for (name, topic) in [
        (Market::Purchased::SIGNATURE, Market::Purchased::SIGNATURE_HASH),
        (Market::CreditsSpent::SIGNATURE, Market::CreditsSpent::SIGNATURE_HASH),
        (Market::SharesSold::SIGNATURE, Market::SharesSold::SIGNATURE_HASH),
        (Revenue::Settled::SIGNATURE, Revenue::Settled::SIGNATURE_HASH),
        (RevenueShare::RevenueClaimed::SIGNATURE, RevenueShare::RevenueClaimed::SIGNATURE_HASH),
        (Staking::LockChanged::SIGNATURE, Staking::LockChanged::SIGNATURE_HASH),
        (Staking::TokenListed::SIGNATURE, Staking::TokenListed::SIGNATURE_HASH),
        (Staking::FeesDistributed::SIGNATURE, Staking::FeesDistributed::SIGNATURE_HASH),
        (Staking::FeesClaimed::SIGNATURE, Staking::FeesClaimed::SIGNATURE_HASH),
        (Staking::PrincipalWithdrawn::SIGNATURE, Staking::PrincipalWithdrawn::SIGNATURE_HASH),
    ] {
        assert!(seen.contains(&topic), "{name} never happened");
    }
    let purchased = |log| Market::Purchased::decode_log(log).ok();
    let renewed = logs.iter().filter_map(|log| purchased(&log.inner)).any(|sale| sale.expiry > 0);
    assert!(renewed, "nobody subscribed");
}
