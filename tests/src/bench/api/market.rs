//! The market that is asked about, and the questions.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stoa_scripts::child::Spec;
use stoa_tests::history::Params;
use stoa_tests::paper::{Node, Wire};
use tokio::time::{Instant, sleep};

use super::PATIENCE;
use crate::child;
use crate::live_api::free_address;
use crate::stage::{CHAIN, Market, Stage, indexer};

const NAME: &str = "api";
/// Logs of a block.
const BLOCK: usize = 100;

/// One of the most used questions, asked of many things.
#[derive(Debug)]
pub(crate) struct Query {
    pub(crate) name: &'static str,
    pub(crate) paths: Vec<String>,
}

/// How the database is filled.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Filled {
    /// Take the database that an earlier run has filled.
    #[arg(long)]
    kept: bool,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Logs of the market: about one in seven is a purchase.
    #[arg(long, default_value_t = 7_300_000)]
    pub(crate) logs: usize,
    #[arg(long, default_value_t = 20_000)]
    listings: u64,
    #[arg(long, default_value_t = 50_000)]
    accounts: u32,
}

/// A database that the indexer has filled from a generated chain, whose listings have metadata.
pub(crate) async fn database(stage: &Stage, args: &Filled) -> anyhow::Result<String> {
    if args.kept {
        return Ok(stage.url_of(NAME));
    }
    let (accounts, listings) = (args.accounts, args.listings);
    let blocks = (args.logs / BLOCK).max(2);
    let params = Params { logs: args.logs, blocks, accounts, listings, ..Params::default() };
    let market = Market::whole(args.seed, params);
    let node = Node::start(market.chain.clone(), Wire::honest()).await;
    let url = stage.database(NAME).await?;
    let deployment = stage.deployment(market.history.book())?.display().to_string();
    let head = market.chain.head().number().to_string();
    let node_url = node.url();
    let arguments = ["run", "--rpc-url", node_url.as_str(), "--database-url", &url];
    let arguments = [&arguments[..], &["--deployment", &deployment, "--until", &head]].concat();
    child::run(&indexer()?, &stage.folder().join("indexer.log"), &arguments).await?;
    describe(stage, &url).await?;
    let mut connection = PgConnection::connect(&url).await?;
    let (purchases, listings, accounts): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM market.purchase), (SELECT count(*) FROM market.listing),
                (SELECT count(*) FROM market.account)",
    )
    .fetch_one(&mut connection)
    .await?;
    eprintln!("{purchases} purchases of {listings} listings, {accounts} accounts");
    Ok(url)
}

/// Gives each listing a document, as if it had been fetched, and waits until the API has noted and ranked all.
async fn describe(stage: &Stage, url: &str) -> anyhow::Result<()> {
    let program = std::env::current_exe()?.with_file_name("stoa-api");
    anyhow::ensure!(program.is_file(), "{} is not built: use `cargo stoa bench`", program.display());
    let migrate = Spec::new("stoa-api migrate", &program, stage.folder().join("migrate.log"))
        .args(["migrate", "--database-url", url])
        .start()?;
    anyhow::ensure!(migrate.wait().await.success(), "the API's tables could not be made");
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(include_str!("describe.sql")).execute(&mut connection).await?;
    let address = free_address()?;
    let api = Spec::new("stoa-api", &program, stage.folder().join("curator.log"))
        .args(["--listen", &address, "--database-url", url])
        .start()?;
    let begun = Instant::now();
    loop {
        let sql = "SELECT count(*) FROM api.ranking_cursor WHERE NOT EXISTS (
                       SELECT FROM market.listing LEFT JOIN api.listing_document USING (chain_id, listing)
                       WHERE name IS NULL)";
        let done: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
        if done > 0 {
            break;
        }
        anyhow::ensure!(begun.elapsed() < 5 * PATIENCE, "the API does not come to an end with the metadata");
        sleep(std::time::Duration::from_millis(200)).await;
    }
    api.stop().await;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await?;
    Ok(())
}

/// The questions, each of `different` things that the market holds.
pub(crate) async fn queries(url: &str, different: usize) -> anyhow::Result<Vec<Query>> {
    let mut connection = PgConnection::connect(url).await?;
    let mut paths = async |sql: &'static str| {
        let sql = format!("{sql} ORDER BY md5(random_key::text) LIMIT {different}");
        sqlx::query_scalar::<_, String>(AssertSqlSafe(sql)).fetch_all(&mut connection).await
    };
    let listing = "SELECT format('/v1/listings/%s-%s', chain_id, listing) FROM (
        SELECT *, listing AS random_key FROM market.listing) AS l";
    let sales = "SELECT format('/v1/purchases?listing=%s-%s&limit=20', chain_id, listing) FROM (
        SELECT *, listing AS random_key FROM market.listing WHERE purchases > 0) AS l";
    let account = "SELECT format('/v1/accounts/0x%s', encode(account, 'hex')) FROM (
        SELECT *, account AS random_key FROM market.account) AS a";
    let access =
        "SELECT format('/v1/access?listing=%s-%s&account=0x%s', chain_id, listing, encode(buyer, 'hex'))
        FROM (SELECT *, (listing, buyer) AS random_key FROM market.listing_buyer) AS b";
    let pages = "SELECT format('/v1/purchases?chain=%s&limit=20&sort=%s&payer=0x%s', chain_id, 'newest', encode(account, 'hex'))
        FROM (SELECT *, account AS random_key FROM market.account WHERE purchases > 0) AS a";
    let words = "SELECT format('/v1/listings?limit=20&q=%s', replace(name, ' ', '+')) FROM (
        SELECT DISTINCT name, name AS random_key FROM api.listing_document) AS d";
    let listing = Query { name: "listing", paths: paths(listing).await? };
    let of_listing = Query { name: "a listing's sales", paths: paths(sales).await? };
    let account = Query { name: "account", paths: paths(account).await? };
    let access = Query { name: "access", paths: paths(access).await? };
    let payer = Query { name: "an account's purchases", paths: paths(pages).await? };
    let search = Query { name: "search", paths: paths(words).await? };
    let kinds = ["model", "dataset", "compute", "agent", "service"];
    let gallery = |kind: &&str| format!("/v1/listings?limit=20&chain={CHAIN}&kind={kind}&sort=trending");
    let gallery = Query { name: "gallery", paths: kinds.iter().map(gallery).collect() };
    let newest = Query {
        name: "newest sales",
        paths: (1..=20).map(|limit| format!("/v1/purchases?limit={}", 10 + limit)).collect(),
    };
    Ok(vec![gallery, search, listing, of_listing, newest, payer, account, access])
}
