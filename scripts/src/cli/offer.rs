//! What a plan sells, in words.

use alloy::primitives::{Address, U256};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use stoa_contracts::Market;

use super::{Failure, Session, Token, explain, show_duration, show_time};

/// `PlanKind`
const LICENCE: u8 = 0;
const SUBSCRIPTION: u8 = 1;
const LONGEST_NAME: usize = 80;
const KINDS: [&str; 5] = ["model", "dataset", "compute", "agent", "service"];

/// A plan, its token and its listing.
#[derive(Clone)]
pub struct Offer {
    pub id: U256,
    pub plan: Market::Plan,
    pub token: Token,
}

impl std::fmt::Debug for Offer {
    // The bindings' structs cannot be shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Offer").field("id", &self.id).field("token", &self.token).finish_non_exhaustive()
    }
}

impl Session {
    /// A plan as it stands on the chain.
    ///
    /// # Errors
    /// When there is none; `what` is said as "… is refused".
    pub async fn offer(&self, what: &str, id: U256) -> anyhow::Result<Offer> {
        let plan = self.contracts.market.planOf(id).call().await.map_err(|error| refused(what, &error))?;
        let token = self.token_at(plan.token).await?;
        Ok(Offer { id, plan, token })
    }

    /// `31337-4`
    #[must_use]
    pub fn public_id(&self, number: U256) -> String {
        format!("{}-{number}", self.network.chain_id)
    }

    /// A listing by its id and kind, with its name where the metadata lies on the chain.
    ///
    /// # Errors
    /// When the chain does not answer.
    pub async fn listing_words(&self, listing: U256) -> anyhow::Result<String> {
        let listings = &self.contracts.listings;
        let kind = usize::from(listings.listingOf(listing).call().await?.kind);
        let kind = KINDS.get(kind).copied().unwrap_or("asset");
        let name = name_in(&listings.tokenURI(listing).call().await?);
        let name = name.map_or_else(String::new, |name| format!(", {name:?}"));
        Ok(format!("{} ({kind}{name})", self.public_id(listing)))
    }
}

/// A view that reverts, in the contract's words.
pub fn refused(what: &str, error: &alloy::contract::Error) -> anyhow::Error {
    let reason = match error.as_revert_data() {
        Some(data) => explain(&data),
        None => return anyhow::anyhow!("{what}: the chain does not answer: {error}"),
    };
    Failure::Refused { what: what.to_owned(), reason }.into()
}

/// The name in metadata that lies in the URI itself. It is somebody's text: shown on one line, and not all of it.
fn name_in(uri: &str) -> Option<String> {
    let encoded = uri.strip_prefix("data:application/json;base64,")?;
    let metadata: serde_json::Value = serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok()?;
    Some(metadata.get("name")?.as_str()?.chars().take(LONGEST_NAME).collect())
}

impl Offer {
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.plan.kind {
            LICENCE => "licence",
            SUBSCRIPTION => "subscription",
            _ => "credits",
        }
    }

    #[must_use]
    pub fn is_subscription(&self) -> bool {
        self.plan.kind == SUBSCRIPTION
    }

    #[must_use]
    pub fn is_credits(&self) -> bool {
        self.plan.kind > SUBSCRIPTION
    }

    /// Price times quantity.
    #[must_use]
    pub fn cost(&self, quantity: u64) -> U256 {
        U256::from(self.plan.price) * U256::from(quantity)
    }

    /// What a purchase gives: `licence for good`, `3 × 30 days`, `200 call`.
    #[must_use]
    pub fn gives(&self, quantity: u64) -> String {
        let transfer = if self.plan.transferable { ", may be passed on" } else { "" };
        match self.plan.kind {
            LICENCE if quantity == 1 => format!("a licence, for good{transfer}"),
            LICENCE => format!("{quantity} licences, for good{transfer}"),
            SUBSCRIPTION => {
                let period = show_duration(u64::from(self.plan.period));
                let times = if quantity == 1 { String::new() } else { format!("{quantity} × ") };
                format!("a subscription, {times}{period}")
            }
            _ => {
                let units = u128::from(quantity) * u128::from(self.plan.units);
                format!("{units} credits of \"{}\"{transfer}", self.unit())
            }
        }
    }

    /// The label of a unit; the Market lets no control characters in.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.plan.unit
    }

    /// Until when a subscription would run after a purchase made now, by the Market's rule; none for other kinds.
    #[must_use]
    pub fn expiry_after(&self, quantity: u64, old: u64, now: u64) -> Option<u64> {
        if !self.is_subscription() {
            return None;
        }
        let period = u64::from(self.plan.period);
        if self.plan.price == 0 {
            return Some(old.max(now + period));
        }
        Some(old.max(now).saturating_add(period.saturating_mul(quantity)))
    }

    /// Who may buy and when, where not everybody may always.
    #[must_use]
    pub fn bounds(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.plan.from != 0 {
            parts.push(format!("from {}", show_time(self.plan.from)));
        }
        if self.plan.until != 0 {
            parts.push(format!("until {}", show_time(self.plan.until)));
        }
        if self.plan.cap != 0 {
            parts.push(format!("{} of {} left", self.plan.cap - self.plan.sold, self.plan.cap));
        }
        if self.plan.gate != Address::ZERO {
            parts.push(format!("gate {}", self.plan.gate));
        }
        if parts.is_empty() { None } else { Some(parts.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_the_uri_and_cannot_fill_the_screen() {
        let uri = |name: &str| {
            let json = serde_json::json!({ "name": name }).to_string();
            format!("data:application/json;base64,{}", STANDARD.encode(json))
        };
        assert_eq!(name_in(&uri("Atlas")).as_deref(), Some("Atlas"));
        assert_eq!(name_in(&uri(&"a".repeat(500))).unwrap().len(), LONGEST_NAME);
        for other in
            ["https://a.example", "data:application/json;base64,!!", "data:application/json;base64,e30="]
        {
            assert_eq!(name_in(other), None);
        }
    }
}
