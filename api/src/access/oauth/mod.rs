//! OAuth 2.0 client credentials (RFC 6749 §4.4): a key is exchanged for an access token that lives for minutes.
//!
//! - [`jwt`]: how tokens are written (RFC 9068) and signed (Ed25519, RFC 8037), and which keys sign them when;
//! - [`revoked`]: tokens that were revoked before they ended.
//!
//! A token opens what its key opens, or less, from where its key may come from, and nothing once the key is revoked.

pub(crate) mod jwt;
pub(crate) mod revoked;
