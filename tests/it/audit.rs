//! *Invariant:* audited figures equal contract state at the audited block; one unit more anywhere is found.

mod altered;

use std::time::Duration;

use alloy::primitives::U256;
use alloy::providers::{Provider as _, ProviderBuilder};
use sqlx::PgPool;
use stoa_contracts::Staking;
use stoa_scripts::audit::{Auditor, Error, Report, Sample};
use stoa_scripts::child::Child;
use stoa_scripts::demo::{Demo, Scenario};
use url::Url;

use crate::support::{Actors, Stack, done, eventually};

/// What a missing block is waited for.
const PATIENCE: Duration = Duration::from_millis(50);
const SEED: u64 = 1;

/// A market in which everything has happened, and its database.
struct Scene {
    stack: Stack,
    url: Url,
    pool: PgPool,
    head: i64,
}

impl Scene {
    async fn open() -> Self {
        let stack = Stack::start().await;
        let url: Url = stack.chain.rpc_url().parse().expect("a URL");
        let scenario = Scenario::read("small").expect("a scenario");
        let mut demo = Demo::connect(&url, &stack.deployment, &scenario, SEED).expect("a demo");
        demo.take_time().await.expect("time");
        demo.prepare(|_| {}).await.expect("prepared");
        demo.live_through(|_| {}).await.expect("lived through");
        demo.release_time().await.expect("time");
        use_every_power(&stack).await;
        let provider = ProviderBuilder::new().connect_http(url.clone());
        let head = provider.get_block_number().await.expect("a head");
        stack.index_until(&stack.database, head).await;
        let pool = stack.database.pool().await;
        Self { stack, url, pool, head: head.cast_signed() }
    }

    fn auditor(&self, sample: Option<Sample>) -> Auditor {
        let (database, deployment) = (self.stack.database.url(), &self.stack.deployment);
        Auditor::new(database, &self.url, deployment, sample, 100).expect("an auditor")
    }

    async fn audit(&self, block: Option<i64>) -> Report {
        self.auditor(None).audit(block, PATIENCE).await.expect("an audit")
    }

    /// What cannot be audited, in a sentence.
    async fn refusal(&self, block: i64) -> String {
        let refused: Error = self.auditor(None).audit(Some(block), PATIENCE).await.expect_err("no audit");
        refused.to_string()
    }

    async fn sql(&self, sql: &str) -> u64 {
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&self.pool).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}")).rows_affected()
    }

    async fn mine(&self, blocks: u64) {
        let provider = ProviderBuilder::new().connect_http(self.url.clone());
        let _: serde_json::Value = provider.client().request("anvil_mine", (blocks,)).await.expect("mined");
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.expect("a number")
    }
}

/// The blocks that a follower has told of.
fn audited(follower: &Child) -> Vec<u64> {
    let log = std::fs::read_to_string(follower.log()).unwrap_or_default();
    let blocks = log.split("figures compared at block ").skip(1);
    blocks.filter_map(|rest| rest.split(' ').next()?.parse().ok()).collect()
}

/// What the demo's people leave undone: somebody closes a share sale, lets others act for it, and uses up
/// nonces.
async fn use_every_power(stack: &Stack) {
    let actors = Actors::of(stack);
    let (market, vault, listings) = (&actors.market, &actors.vault, &actors.listings);
    let at = |name: &str| stack.deployment.address(name).expect("it is deployed");
    let seller = market.shareSaleOf(U256::from(1)).call().await.expect("a sale").seller;
    let (spender, stoa, id) = (Actors::address(9), at("StoaToken"), U256::from(1));
    done(market.closeShareSale(id).from(seller).send().await.expect("closed")).await;
    done(vault.setOperator(spender, true).from(seller).send().await.expect("an operator")).await;
    let token = U256::from_be_slice(stoa.as_slice());
    done(vault.approve(spender, token, U256::MAX).from(seller).send().await.expect("allowed")).await;
    done(vault.cancelNonces(id, U256::from(6)).from(seller).send().await.expect("used up")).await;
    done(market.cancelNonces(id, U256::from(5)).from(seller).send().await.expect("used up")).await;
    done(market.setApprovalForAll(spender, true).from(seller).send().await.expect("an operator")).await;
    let owner = listings.ownerOf(id).call().await.expect("an owner");
    done(listings.setApprovalForAll(spender, false).from(owner).send().await.expect("none")).await;
    done(listings.approve(spender, id).from(owner).send().await.expect("approved")).await;
    let staking = Staking::new(at("Staking"), actors.provider.clone());
    done(staking.cancelNonce().from(seller).send().await.expect("used up")).await;
}

#[tokio::test]
async fn projections_say_what_contracts_say_and_every_altered_column_is_found() {
    let scene = Scene::open().await;
    let report = scene.audit(None).await;
    assert_eq!(report.differences, [], "nothing was altered");
    assert_eq!(report.block, scene.head);
    assert!(report.compared > 2_000, "everything is compared: {}", report.compared);
    altered::each_column_of_each_table(&scene).await;
    altered::each_table_without_a_row(&scene).await;
    altered::one_unit_is_one_difference(&scene).await;
    assert_eq!(scene.audit(None).await.differences, [], "all is as it was");
}

#[tokio::test]
async fn past_blocks_are_audited_as_far_as_they_are_remembered() {
    let scene = Scene::open().await;
    let finalized = scene.number("SELECT finalized_block FROM archive.cursor").await;
    let journal = "SELECT count(*) FROM archive.journal";
    let kept = scene.number(journal).await;
    assert!(scene.head - finalized > 5 && kept > 0, "blocks {finalized} to {} are not final", scene.head);
    for block in [scene.head - 1, scene.head - 5, finalized] {
        let report = scene.audit(Some(block)).await;
        assert_eq!((report.differences, report.block), (vec![], block));
    }
    assert_eq!(scene.number(journal).await, kept, "nothing was taken back for good");
    assert_eq!(
        scene.number("SELECT block_number FROM archive.audit").await,
        finalized,
        "what was found last is noted"
    );

    // What the journal holds of a plan stands for it, so one that has not changed since is altered.
    let plan = "SELECT max(plan) FROM market.plan
                WHERE ROW(chain_id, plan)::text NOT IN (SELECT key FROM archive.journal WHERE entity = 'plan')";
    let plan = scene.number(plan).await;
    scene.sql(&format!("UPDATE market.plan SET price = price + 1 WHERE plan = {plan}")).await;
    // Whoever holds the cursor is not waited for, and does not wait.
    let mut writer = scene.pool.begin().await.expect("a transaction");
    let held = "SELECT FROM archive.cursor FOR UPDATE";
    sqlx::query(held).execute(&mut *writer).await.expect("the cursor's lock");
    let report =
        tokio::time::timeout(Duration::from_secs(60), scene.auditor(None).audit(Some(finalized), PATIENCE))
            .await;
    writer.rollback().await.expect("it ends");
    assert_eq!(report.expect("it does not wait").expect("an audit").differences.len(), 1);
    let found = scene.audit(Some(finalized)).await.differences;
    let expected = format!("plan {plan}: price");
    assert_eq!(found.iter().map(|found| found.what.as_str()).collect::<Vec<_>>(), [expected]);
    assert_eq!(scene.number("SELECT differences FROM archive.audit").await, 1);

    let (head, before) = (scene.head, finalized - 1);
    assert_eq!(
        scene.refusal(before).await,
        format!(
            "what block {before} was like is forgotten: blocks {finalized} to {head} can be audited, and no others"
        )
    );
    assert!(scene.refusal(head + 1).await.starts_with(&format!("the projections stand at block {head} and")));
    scene.sql("UPDATE archive.cursor SET projected_hash = '\\x00' || substr(projected_hash, 2)").await;
    assert!(scene.refusal(head).await.ends_with("one of them is on another fork"));
}

#[tokio::test]
async fn a_sample_is_the_same_for_the_same_seed() {
    let scene = Scene::open().await;
    scene.sql("UPDATE market.balance SET amount = amount + 1").await;
    let sampled = async |seed| {
        let auditor = scene.auditor(Some(Sample { rows: 5, seed }));
        auditor.audit(None, PATIENCE).await.expect("an audit")
    };
    let (one, same, other) = (sampled(7).await, sampled(7).await, sampled(8).await);
    assert_eq!(one.differences, same.differences);
    assert_ne!(one.differences, other.differences);
    let balances = one.differences.iter().filter(|found| found.what.starts_with("vault balance of"));
    assert_eq!(balances.count(), 5, "as many rows as were asked for: {:?}", one.differences);
    assert_eq!((one.sample, one.seed), (Some(5), Some(7)));
}

#[tokio::test]
async fn the_command_tells_by_its_code_and_follows_what_becomes_final() {
    let scene = Scene::open().await;
    let database = scene.stack.database.url();
    let well =
        scene.stack.command(&["audit", "--json", "--database-url", database]).output().expect("it runs");
    let report: serde_json::Value = serde_json::from_slice(&well.stdout).expect("JSON");
    assert_eq!((well.status.code(), &report["differences"]), (Some(0), &serde_json::json!([])));
    let unknown = scene.stack.command(&["audit", "--block", "1", "--database-url", database]).output();
    let unknown = unknown.expect("it runs");
    assert_eq!(unknown.status.code(), Some(8));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("can be audited, and no others"));

    scene.sql("UPDATE market.listing SET status = status + 1 WHERE listing = 3").await;
    let ill = scene.stack.command(&["audit", "--database-url", database]).output().expect("it runs");
    let said = String::from_utf8_lossy(&ill.stdout).into_owned();
    assert_eq!(ill.status.code(), Some(7), "{said}");
    let line = said.lines().next().expect("a line");
    assert_eq!(line, "listing 3: status: the database says 1, the chain 0");
    assert!(said.lines().nth(1).is_some_and(|line| line.ends_with("1 differ")), "{said}");

    // Undoing blocks would bring the listing's row back to what it was, as long as they are not final.
    let (status_at, _indexer) = scene.stack.index_with_status();
    scene.mine(100).await;
    eventually(&status_at, "a final head", |status| {
        status["chains"][0]["final_block"].as_i64() >= Some(scene.head)
    })
    .await;
    let (follower, metrics) = scene.stack.follow_audits();
    let told = async |line: &str| match reqwest::get(&metrics).await {
        Ok(answer) => answer.text().await.unwrap_or_default().contains(line),
        Err(_) => false,
    };
    let differs = async || told("stoa_audit_differences{chain=\"31337\"} 1").await;
    follower.until(Duration::from_secs(60), differs).await.expect("the alteration is found");
    scene.sql("UPDATE market.listing SET status = status - 1 WHERE listing = 3").await;
    scene.mine(10).await;
    let is_well = async || told("stoa_audit_differences{chain=\"31337\"} 0").await;
    follower.until(Duration::from_secs(60), is_well).await.expect("a later block is well");
    // The chain goes on by itself, a block at a time.
    let in_turn =
        async || audited(&follower).windows(4).any(|four| four.is_sorted_by(|one, next| one + 1 == *next));
    follower.until(Duration::from_secs(60), in_turn).await.expect("each block is audited in its turn");
    let log = std::fs::read_to_string(follower.log()).expect("a log");
    assert!(log.contains("ALARM: the database does not say what the contracts say"), "{log}");
    let status =
        eventually(&status_at, "the last audit", |status| status["chains"][0]["audit"]["differences"] == 0)
            .await;
    assert!(status["chains"][0]["audit"]["compared"].as_i64() > Some(2_000), "{status}");
    follower.signal("TERM");
    assert!(follower.wait().await.success(), "it ends as it is told");
}
