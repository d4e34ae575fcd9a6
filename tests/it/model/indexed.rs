//! What the indexer wrote and the API answers, as the model says it must be: not less, and not more.

use std::collections::BTreeSet;

use alloy::primitives::Address;
use serde_json::Value as Json;
use sqlx::PgPool;
use stoa_scripts::child::Child;
use stoa_tests::facts::{self, Facts, Sales, Teller};
use stoa_tests::model::{Amount, Figure, Figures, ListingId, Value};

use super::chain::Chain;
use crate::support::eventually;

/// Anvil's.
const CHAIN_ID: u64 = 31337;

/// An indexer and an API behind the driver's chain.
#[derive(Debug)]
pub(super) struct Indexed {
    indexer: Child,
    _api: Child,
    url: String,
    pool: PgPool,
    pub(super) sales: Sales,
}

impl Indexed {
    pub(super) async fn start(chain: &Chain) -> Self {
        let indexer = chain.stack.index_into(&chain.stack.database, "indexer");
        let (api, url) = chain.stack.api("api").await;
        let (pool, sales) = (chain.stack.database.pool().await, Sales::default());
        let indexed = Self { indexer, _api: api, url, pool, sales };
        indexed.catch_up(chain).await;
        indexed
    }

    /// Counts what an action has sold: whoever paid, and however.
    pub(super) fn note_sales(&mut self, before: &Figures, after: &Figures) {
        for (figure, value) in after {
            let Figure::PlanSold(plan) = *figure else { continue };
            let quantity = number(*value) - before.get(figure).copied().map_or(Amount::ZERO, number);
            if quantity.is_zero() {
                continue;
            }
            let (Value::Number(listing), Value::Token(token)) =
                (after[&Figure::PlanListing(plan)], after[&Figure::PlanToken(plan)])
            else {
                unreachable!("a plan has a listing and a token")
            };
            let price = number(after[&Figure::PlanPrice(plan)]);
            self.sales.add(listing.to(), token, quantity * price);
        }
    }

    /// Everything in which database or API and the model differ, once the newest block is in.
    pub(super) async fn differences(&self, chain: &Chain, figures: &Figures) -> Vec<String> {
        self.catch_up(chain).await;
        let mut expected = self.sales.facts(&chain.book);
        for teller in [Teller::Table, Teller::Answer] {
            expected.extend(facts::facts(&chain.book, figures, teller));
        }
        let mut found = self.stored().await;
        for account in accounts(chain, figures) {
            found.extend(self.of_account(account).await);
        }
        for listing in divided(figures) {
            found.extend(self.of_shares(listing).await);
        }
        found.extend(self.of_staking().await);
        facts::differences(expected, found)
    }

    /// Ends the indexer, and compares each row with the contracts, and with one that a single run over the whole chain
    /// writes.
    pub(super) async fn compare_with_fresh(&self, chain: &Chain) {
        self.catch_up(chain).await;
        self.stop().await;
        let report = chain.stack.audit().await;
        println!("{} figures audited", report.compared);
        assert_eq!(report.differences, []);
        chain.stack.compare_with_fresh(chain.head().await).await;
    }

    /// Ends the indexer, and changes the database behind its back.
    pub(super) async fn tamper(&self, sql: &'static str) {
        self.stop().await;
        let changed = sqlx::query(sql).execute(&self.pool).await.expect("it is changed");
        assert_eq!(changed.rows_affected(), 1, "one row by {sql}");
    }

    async fn stop(&self) {
        self.indexer.signal("TERM");
        assert!(self.indexer.wait().await.success(), "the indexer ends as it is told");
    }

    async fn catch_up(&self, chain: &Chain) {
        let head = chain.head().await;
        let status = format!("{}/v1/status", self.url);
        eventually(&status, "the newest block", |body| {
            body["data"]["chains"][0]["indexed"]["number"].as_u64() >= Some(head)
        })
        .await;
    }

    async fn stored(&self) -> Facts {
        let rows: Vec<(String, String)> =
            sqlx::query_as(facts::TABLES).fetch_all(&self.pool).await.expect("rows");
        let count = rows.len();
        let facts: Facts = rows.into_iter().collect();
        assert_eq!(facts.len(), count, "no fact stands twice");
        facts
    }

    async fn of_account(&self, account: Address) -> Facts {
        let answer = self.ask(&format!("accounts/{account:#x}")).await;
        let chain = &answer["chains"][0];
        let mut facts = Facts::new();
        for pass in elements(&chain["passes"]) {
            facts.insert(format!("active {} {account:#x}", in_chain(&pass["plan"])), plain(&pass["active"]));
        }
        for share in elements(&chain["shares"]) {
            for part in elements(&share["claimable"]) {
                let (listing, token) = (in_chain(&share["listing"]), lower(&part["token"]["address"]));
                facts
                    .insert(format!("share claim {listing} {account:#x} {token}"), plain(&part["claimable"]));
            }
        }
        let lock = &chain["lock"];
        if lock.is_null() {
            return facts;
        }
        facts.insert(format!("lock score {account:#x}"), plain(&lock["score"]));
        facts.insert(format!("tier {account:#x}"), plain(&lock["tier"]));
        for part in elements(&lock["claimable"]) {
            let token = lower(&part["token"]["address"]);
            facts.insert(format!("fee claim {account:#x} {token}"), plain(&part["claimable"]));
        }
        facts
    }

    async fn of_shares(&self, listing: ListingId) -> Facts {
        let answer = self.ask(&format!("listings/{CHAIN_ID}-{listing}")).await;
        let tokens = elements(&answer["shares"]["tokens"]);
        let fact = |part: &Json| {
            (format!("shares earned {listing} {}", lower(&part["token"]["address"])), plain(&part["earned"]))
        };
        tokens.iter().map(fact).collect()
    }

    async fn of_staking(&self) -> Facts {
        let answer = self.ask("staking").await;
        Facts::from([("total score".to_owned(), plain(&answer["chains"][0]["score"]))])
    }

    async fn ask(&self, path: &str) -> Json {
        let url = format!("{}/v1/{path}", self.url);
        let answer = reqwest::get(&url).await.expect("an answer");
        assert!(answer.status().is_success(), "{url}: {}", answer.status());
        answer.json::<Json>().await.expect("JSON")["data"].take()
    }
}

/// Whom the API must be asked about.
fn accounts(chain: &Chain, figures: &Figures) -> BTreeSet<Address> {
    let account = |figure: &Figure| match *figure {
        Figure::IsActive(_, account)
        | Figure::ShareClaim(_, account, _)
        | Figure::LockScore(account)
        | Figure::FeeClaim(account, _) => Some(chain.account(account)),
        _ => None,
    };
    figures.keys().filter_map(account).collect()
}

/// The listings whose revenue is divided into shares.
fn divided(figures: &Figures) -> BTreeSet<ListingId> {
    let listing = |figure: &Figure| match *figure {
        Figure::SharesEarned(listing, _) => Some(listing),
        _ => None,
    };
    figures.keys().filter_map(listing).collect()
}

fn number(value: Value) -> Amount {
    let Value::Number(number) = value else { unreachable!("{value:?} is no number") };
    number
}

fn elements(list: &Json) -> &[Json] {
    list.as_array().expect("a list")
}

/// A number or a yes, as the tables' text has it.
fn plain(value: &Json) -> String {
    match value {
        Json::Bool(yes) => u8::from(*yes).to_string(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn lower(address: &Json) -> String {
    address.as_str().expect("an address").to_lowercase()
}

/// The number in a public id.
fn in_chain(id: &Json) -> &str {
    let id = id.as_str().expect("a public id");
    id.strip_prefix("31337-").unwrap_or_else(|| panic!("{id} is not of chain {CHAIN_ID}"))
}
