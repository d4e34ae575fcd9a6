//! Documents that stand inside of others.

use serde::Serialize;
use stoa_schema::types::Addr;
use utoipa::ToSchema;

use super::PublicId;

/// An ERC-20 token. What it says of itself is not checked by anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, async_graphql::SimpleObject, sqlx::FromRow)]
pub struct Token {
    /// Contract of the token.
    #[sqlx(rename = "token")]
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub address: Addr,
    /// Symbol it tells of itself; null when it was never described.
    #[schema(example = "STOA", required = true)]
    pub symbol: Option<String>,
    /// Name it tells of itself; null when it was never described.
    #[schema(example = "Stoa", required = true)]
    pub name: Option<String>,
    /// How many decimals separate its unit from its base unit; null when it was never described.
    #[schema(example = 18, minimum = 0, maximum = 255, required = true)]
    pub decimals: Option<i16>,
}

/// A share of revenue between a listing and one that it derives from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "FamilyLink")]
pub struct Edge {
    /// The other listing.
    #[schema(value_type = String, example = "31337-1")]
    pub id: PublicId,
    /// What the parent is granted of the child's revenue, in 1/10,000.
    #[schema(example = 500, minimum = 0, maximum = 10_000)]
    pub bps: i32,
}
