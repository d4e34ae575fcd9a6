//! Whether the projections say what the contracts say at a block.
//!
//! - `view`: the projections as they stood at the block;
//! - one module per contract: what each row's figures are compared with;
//! - `events`: what no contract keeps, compared with the sums of the archive's events;
//! - `node`: the questions, in batches;
//! - [`follow`]: one audit after the other, and what `/metrics` says of them.

mod events;
pub mod follow;
mod listings;
mod market;
mod node;
mod powers;
mod question;
mod receipt;
mod revenue;
mod scope;
mod shares;
mod staking;
mod totals;
mod vault;
mod view;

use std::time::Duration;

use alloy::primitives::{Address, B256};
use serde::Serialize;
use sqlx::{Connection as _, postgres::PgConnection};
use stoa_schema::types::Hash;
use url::Url;

use crate::deploy::Deployment;
use node::Node;
pub use question::Difference;
use question::Question;
pub use scope::Sample;
use scope::{Block, Places, Scope};
use view::View;

/// Why an audit could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database does not answer: {0}; check --database-url")]
    Database(#[from] sqlx::Error),
    #[error("the node does not answer: {0}; a block whose state it has forgotten takes an archive node")]
    Node(String),
    #[error("the deployment file names no {0}")]
    Missing(&'static str),
    #[error("the database holds nothing of chain {chain_id}: has its indexer begun?")]
    NotIndexed { chain_id: i64 },
    #[error(
        "the database follows the deployment of chain {chain_id} whose Vault is {theirs}, not {ours}: check --deployment"
    )]
    OtherDeployment { chain_id: i64, theirs: Address, ours: Address },
    #[error("the projections stand at block {projected} and did not come to {block} within {seconds} s")]
    NotReached { block: i64, projected: i64, seconds: u64 },
    #[error("what block {block} was like is forgotten: blocks {from} to {to} can be audited, and no others")]
    Forgotten { block: i64, from: i64, to: i64 },
    #[error("the node has no block {block} yet: it is behind the database")]
    NodeBehind { block: i64 },
    #[error(
        "block {block} is {ours} in the database and {theirs} on the node: one of them is on another fork"
    )]
    OtherBlock { block: i64, ours: B256, theirs: B256 },
}

/// What an audit found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub chain_id: i64,
    pub block: i64,
    pub hash: B256,
    /// Figures that were compared.
    pub compared: u64,
    pub differences: Vec<Difference>,
    /// The most rows of each table, and the seed they were chosen by; null where all were.
    pub sample: Option<u32>,
    pub seed: Option<i64>,
}

/// A database and the chain that it follows.
#[derive(Clone, Debug)]
pub struct Auditor {
    database_url: String,
    chain_id: i64,
    places: Places,
    node: Node,
    sample: Option<Sample>,
}

impl Auditor {
    /// `batch` is how many questions a node gets at once. Without a sample everything is compared.
    ///
    /// # Errors
    /// When the deployment lacks a contract.
    pub fn new(
        database_url: &str,
        rpc_url: &Url,
        deployment: &Deployment,
        sample: Option<Sample>,
        batch: usize,
    ) -> Result<Self, Error> {
        Ok(Self {
            database_url: database_url.to_owned(),
            chain_id: deployment.chain_id.cast_signed(),
            places: Places::of(deployment)?,
            node: Node::new(rpc_url.clone(), batch),
            sample,
        })
    }

    /// Compares at a block, or where the projections stand, and notes the result in the database.
    ///
    /// # Errors
    /// When it cannot be done. Differences are none.
    pub async fn audit(&self, block: Option<i64>, patience: Duration) -> Result<Report, Error> {
        let vault = self.places.vault;
        let mut view = match block {
            None => View::present(&self.database_url, self.chain_id, vault).await?,
            Some(block) => View::at(&self.database_url, self.chain_id, vault, block, patience).await?,
        };
        let block = self.agreed(&view).await?;
        let Self { chain_id, sample, places, .. } = *self;
        let scope = Scope { chain_id, block, sample, places, shadowed: view.shadowed };
        let questions = questions(&mut view.connection, &scope).await?;
        let (mut compared, mut differences) = match self.sample {
            None => events::compare(&mut view.connection, &scope).await?,
            Some(_) => (0, Vec::new()),
        };
        view.close().await?;
        let answers = self.node.answers(&questions, block.hash).await?;
        for (question, answer) in questions.into_iter().zip(&answers) {
            compared += question.figures();
            differences.extend(question.differences(answer));
        }
        differences.sort();
        let report = Report {
            chain_id: self.chain_id,
            block: block.number,
            hash: block.hash,
            compared,
            differences,
            sample: self.sample.map(|sample| sample.rows),
            seed: self.sample.map(|sample| sample.seed),
        };
        self.note(&report).await?;
        Ok(report)
    }

    /// The view's block, as node and database know it.
    async fn agreed(&self, view: &View) -> Result<Block, Error> {
        let block = self.node.block(view.block).await?;
        match view.known {
            Some(ours) if ours != block.hash => {
                Err(Error::OtherBlock { block: view.block, ours, theirs: block.hash })
            }
            _ => Ok(block),
        }
    }

    async fn note(&self, report: &Report) -> Result<(), Error> {
        let mut connection = PgConnection::connect(&self.database_url).await?;
        sqlx::query(
            "INSERT INTO archive.audit (chain_id, block_number, block_hash, compared, differences)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (chain_id) DO UPDATE
             SET block_number = excluded.block_number, block_hash = excluded.block_hash,
                 compared = excluded.compared, differences = excluded.differences, audited_at = now()",
        )
        .bind(report.chain_id)
        .bind(report.block)
        .bind(Hash(report.hash))
        .bind(report.compared.cast_signed())
        .bind(report.differences.len() as i64)
        .execute(&mut connection)
        .await?;
        Ok(connection.close().await?)
    }
}

/// Everything that a node is asked: all of it is read before anything is.
async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let mut questions = totals::questions(connection, scope).await?;
    questions.extend(vault::questions(connection, scope).await?);
    questions.extend(listings::questions(connection, scope).await?);
    questions.extend(market::questions(connection, scope).await?);
    questions.extend(revenue::questions(connection, scope).await?);
    questions.extend(shares::questions(connection, scope).await?);
    questions.extend(staking::questions(connection, scope).await?);
    questions.extend(powers::questions(connection, scope).await?);
    Ok(questions)
}
