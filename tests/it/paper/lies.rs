//! Lies are told, the same ones again where they stick, and each can be found out by what its reach leaves true.

use alloy::consensus::proofs::calculate_receipt_root;
use alloy::primitives::{B256, Bloom, Log};
use alloy::providers::{Provider as _, RootProvider};
use alloy::rpc::types::{Block, Filter, Log as RpcLog, TransactionReceipt};
use stoa_tests::paper::{Chain, Fault, Lie, Node, Reach, Wire};

use super::served;

const BLOCKS: u64 = 30;

async fn logs(provider: &RootProvider) -> Vec<RpcLog> {
    provider.get_logs(&Filter::new().from_block(0).to_block(BLOCKS)).await.expect("logs")
}

async fn block(provider: &RootProvider, number: u64) -> Block {
    provider.get_block_by_number(number.into()).await.expect("an answer").expect("a block")
}

async fn receipts(provider: &RootProvider, number: u64) -> Vec<TransactionReceipt> {
    provider.get_block_receipts(number.into()).await.expect("an answer").expect("a block")
}

fn of_receipts(receipts: &[TransactionReceipt]) -> Vec<Log> {
    receipts.iter().flat_map(|receipt| receipt.logs()).map(|log| log.inner.clone()).collect()
}

fn root(receipts: &[TransactionReceipt]) -> B256 {
    let plain: Vec<_> =
        receipts.iter().map(|receipt| receipt.inner.clone().into_primitives_receipt()).collect();
    calculate_receipt_root(&plain)
}

fn bloom(logs: &[Log]) -> Bloom {
    logs.iter().fold(Bloom::ZERO, |mut bloom, log| {
        bloom.accrue_log(log);
        bloom
    })
}

/// How many logs differ, place by place.
fn differences(told: &[RpcLog], truth: &[RpcLog]) -> usize {
    told.iter().zip(truth).filter(|(told, truth)| told != truth).count()
}

fn check_passing(lie: Lie, told: &[RpcLog], truth: &[RpcLog]) {
    let (more, less) = (told.len().saturating_sub(truth.len()), truth.len().saturating_sub(told.len()));
    let changed = || {
        let (told, truth) = told.iter().zip(truth).find(|(told, truth)| told != truth).expect("a difference");
        (told.clone(), truth.clone())
    };
    match lie {
        Lie::Omit => assert_eq!((more, less), (0, 1)),
        Lie::Duplicate => {
            assert_eq!((more, less), (1, 0));
            assert!(told.windows(2).any(|pair| pair[0] == pair[1]));
        }
        Lie::Empty => assert!(less > 0),
        Lie::Swap => assert_eq!((told.len(), differences(told, truth)), (truth.len(), 2)),
        Lie::LogTime => assert!(told.len() == truth.len() && differences(told, truth) > 0),
        _ => {
            assert_eq!((told.len(), differences(told, truth)), (truth.len(), 1));
            let (told, truth) = changed();
            match lie {
                Lie::Amount => assert_eq!(told.topics(), truth.topics()),
                Lie::Topic => assert_eq!(told.topics()[0], truth.topics()[0]),
                Lie::Emitter => assert_ne!(told.address(), truth.address()),
                Lie::Removed => assert!(told.removed),
                Lie::ForkHash => assert_ne!(told.block_hash, truth.block_hash),
                _ => assert_ne!(told.inner, truth.inner),
            }
        }
    }
}

#[tokio::test]
async fn each_lie_is_told_once_and_counted() {
    let (_, node, provider) = served(BLOCKS, Wire::seeded(3)).await;
    let truth = logs(&provider).await;
    for lie in Lie::ALL.into_iter().filter(|lie| !lie.of_header()) {
        node.wire().next(Fault::Lie(lie), 1);
        let told = logs(&provider).await;
        assert_ne!(told, truth, "{lie:?}");
        check_passing(lie, &told, &truth);
        assert_eq!(logs(&provider).await, truth);
        assert_eq!(node.wire().count(Fault::Lie(lie)), 1);
    }
    let honest = block(&provider, 9).await;
    for lie in [Lie::Hash, Lie::Parent, Lie::Time] {
        node.wire().next(Fault::Lie(lie), 1);
        let told = block(&provider, 9).await;
        match lie {
            Lie::Hash => assert_eq!(told.header.inner, honest.header.inner),
            Lie::Parent => assert_ne!(told.header.inner.parent_hash, honest.header.inner.parent_hash),
            _ => assert!(told.header.inner.timestamp > honest.header.inner.timestamp),
        }
        assert_ne!(told.header.inner.hash_slow(), told.header.hash, "{lie:?}");
        assert_eq!(block(&provider, 9).await, honest);
        assert_eq!(node.wire().count(Fault::Lie(lie)), 1);
    }
    assert_eq!(node.wire().told().len(), Lie::ALL.len());
}

/// A node that always lies in this way about every block it can.
async fn liar(lie: Lie, reach: Reach) -> (Chain, Node, RootProvider) {
    let (chain, node, provider) = served(BLOCKS, Wire::seeded(11)).await;
    node.wire().stick(lie, reach, 1.0);
    (chain, node, provider)
}

#[tokio::test]
async fn a_sticky_lie_is_kept_up_as_far_as_it_reaches() {
    for reach in [Reach::Logs, Reach::Receipts, Reach::Bloom, Reach::Root] {
        for lie in [Lie::Omit, Lie::Amount, Lie::AddressWord, Lie::Duplicate, Lie::Swap, Lie::Empty] {
            let (chain, node, provider) = liar(lie, reach).await;
            assert_eq!(logs(&provider).await, logs(&provider).await);
            let told = node.wire().told();
            assert!(told.len() > 5, "{lie:?}");
            let about = told[told.len() / 2].clone();
            let truth: Vec<Log> =
                chain.block(about.number).unwrap().logs().map(|(_, log)| log.clone()).collect();
            let filter = Filter::new().from_block(about.number).to_block(about.number);
            let said = provider.get_logs(&filter).await.unwrap();
            let said: Vec<Log> = said.into_iter().map(|log| log.inner).collect();
            let header = block(&provider, about.number).await.header;
            let receipts = receipts(&provider, about.number).await;
            let what = format!("{lie:?} {reach:?}");
            assert_ne!(said, truth, "{what}");
            // What stays true, or agrees with the lie.
            let agree = of_receipts(&receipts) == said;
            assert_eq!(agree, reach >= Reach::Receipts, "{what}");
            let root_agrees = root(&receipts) == header.inner.receipts_root;
            assert_eq!(root_agrees, reach == Reach::Logs || reach == Reach::Root, "{what}");
            if reach >= Reach::Bloom {
                assert_eq!(bloom(&said), header.inner.logs_bloom, "{what}");
            } else {
                assert_eq!(bloom(&truth), header.inner.logs_bloom, "{what}");
            }
            let hash_agrees = header.inner.hash_slow() == header.hash;
            assert_eq!(hash_agrees, header.inner == *chain.block(about.number).unwrap().header(), "{what}");
            assert!(hash_agrees || reach >= Reach::Bloom, "{what}");
            assert_eq!(header.hash, about.hash, "{what}");
            node.wire().heal();
            assert_eq!(
                root(&self::receipts(&provider, about.number).await),
                block(&provider, about.number).await.header.inner.receipts_root
            );
        }
    }
}

#[tokio::test]
async fn a_lying_hash_can_be_kept_up_in_the_logs() {
    for (reach, kept_up) in [(Reach::Logs, false), (Reach::Receipts, true)] {
        let (chain, _node, provider) = liar(Lie::Hash, reach).await;
        let number = (1..=BLOCKS).find(|number| chain.block(*number).unwrap().log_count() > 0).unwrap();
        let told = block(&provider, number).await.header.hash;
        assert_ne!(told, chain.block(number).unwrap().hash());
        let logs = provider.get_logs(&Filter::new().from_block(number).to_block(number)).await.unwrap();
        assert_eq!(logs[0].block_hash == Some(told), kept_up);
    }
}

#[tokio::test]
async fn lies_can_be_aimed_and_made_up() {
    let (chain, node, provider) = liar(Lie::Omit, Reach::Receipts).await;
    node.wire().aim([B256::repeat_byte(2)]);
    logs(&provider).await;
    let told = node.wire().told();
    assert!(told.len() > 5);
    assert!(told.iter().all(|told| told.log.as_ref().unwrap().topics()[0] == B256::repeat_byte(2)));
    node.wire().heal();
    let block = (1..=BLOCKS).filter_map(|n| chain.block(n)).find(|block| block.log_count() > 2).unwrap();
    let mut transactions = block.contents().transactions().to_vec();
    let place = transactions.iter().position(|logs| logs.len() > 1).unwrap();
    transactions[place].reverse();
    node.wire().tell(&block, transactions.clone(), Reach::Bloom);
    let said = provider.get_logs(&Filter::new().at_block_hash(block.hash())).await.unwrap();
    let said: Vec<Log> = said.into_iter().map(|log| log.inner).collect();
    assert_eq!(said, transactions.concat());
    assert_eq!(of_receipts(&receipts(&provider, block.number()).await), said);
    assert!(node.wire().count(Fault::Lie(Lie::Own)) >= 2);
}

#[tokio::test]
async fn two_liars_with_other_seeds_lie_about_other_blocks() {
    let mut about = Vec::new();
    for seed in [1, 1, 2] {
        let (_, node, provider) = served(BLOCKS, Wire::seeded(seed)).await;
        node.wire().stick(Lie::Amount, Reach::Bloom, 0.3);
        let told = logs(&provider).await;
        about.push((node.wire().told().iter().map(|told| told.number).collect::<Vec<_>>(), told));
    }
    assert_eq!(about[0], about[1]);
    assert_ne!(about[0].0, about[2].0);
}
