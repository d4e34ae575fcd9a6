//! Published content: how it is named, and where it is kept.
//!
//! - [`cid`]: the names, as IPFS gives them;
//! - [`node`]: the blocks that files of several chunks, and folders, consist of;
//! - [`file`](mod@file): a file's name, computed while it is read;
//! - [`tree`]: a file or folder on disk, and the names of all that is in it;
//! - [`store`]: the folder that the command line fills and the API serves.
//!
//! Names are those of `ipfs add --cid-version=1 --raw-leaves`: chunks of 256 KiB, balanced, 174 links to a node.

pub mod cid;
pub mod file;
pub mod node;
pub mod store;
pub mod tree;

pub use self::cid::{Cid, parse};
pub use file::{Digest, Hasher};
pub use node::{Entry, Node};
pub use store::{Found, Incoming, Store, Whole};
pub use tree::{Options, Tree};
