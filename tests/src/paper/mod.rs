//! A chain on paper, and a node that serves it over JSON-RPC: honestly, or through a faulty wire.
//!
//! ```no_run
//! # use stoa_tests::paper::{Chain, Draft, Fault, Lie, Node, Reach, Wire};
//! # async fn example() {
//! let chain = Chain::new(31337, 1_800_000_000);
//! chain.extend([Draft::empty(1_800_000_012)]);
//! let node = Node::start(chain.clone(), Wire::seeded(7)).await;
//! node.wire().set(Fault::Stale { blocks: 3 }, 0.1);
//! node.wire().stick(Lie::Amount, Reach::Bloom, 0.01);
//! chain.reorg(1, [Draft::empty(1_800_000_013), Draft::empty(1_800_000_025)]);
//! assert_eq!(node.wire().count(Fault::Stale { blocks: 3 }), 0);
//! # }
//! ```

mod block;
mod branch;
mod call;
mod chain;
mod exchange;
mod fault;
mod http;
mod lie;
mod logs;
mod node;
mod provider;
mod text;
mod view;
mod wire;
mod words;
mod ws;

pub use block::{Block, Contents, Draft};
pub use branch::{Branch, Finality};
pub use chain::{Chain, Change, UnknownBlock};
pub use fault::Fault;
pub use lie::{Lie, Reach, Told};
pub use node::Node;
pub use provider::{Asked, Provider, Refusal, Trouble};
pub use wire::{Options, Wire};
