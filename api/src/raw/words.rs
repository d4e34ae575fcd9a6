//! What an event says, as a sentence with amounts in whole units of their token.

mod amount;
mod listings;
mod market;
mod money;
mod staking;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) use super::lexicon::Lexicon;
use super::search::EventRow;
use crate::params::Choice as _;
use amount::{cut, cut_to, short, units};

/// Decimals of shares and of STOA.
const WHOLE: u8 = 18;
const ZERO: &str = "0x0000000000000000000000000000000000000000";

/// Events that another event of the same transaction says in better words.
pub(super) fn is_mechanical(table: &str) -> bool {
    matches!(
        table,
        "vault_transfer" | "market_transfer_single" | "market_transfer_batch" | "share_checkpointed"
    ) || matches!(table, "staking_checkpointed" | "listings_transfer" | "share_transfer")
        || table.ends_with("_nonces_changed")
        || table.ends_with("_nonce_changed")
}

/// Events that tell an account nothing: other events of the transaction say it, or nobody acts.
pub(super) fn is_silent(table: &str) -> bool {
    table.ends_with("_checkpointed")
        || table.ends_with("_nonces_changed")
        || table.ends_with("_nonce_changed")
}

/// Events in whose transaction a mechanical one says nothing new.
pub(super) const TELLING: &[&str] = &[
    "listings_listing_created",
    "market_purchased",
    "market_credits_spent",
    "market_shares_sold",
    "revenue_settled",
    "revenue_listing_paid",
    "revenue_shares_created",
    "share_revenue_claimed",
    "staking_lock_changed",
    "staking_principal_withdrawn",
    "staking_fees_distributed",
    "staking_fees_claimed",
];

/// The sentence of an event.
pub(super) fn sentence(row: &EventRow, lexicon: &Lexicon) -> String {
    let told = Told { args: &row.args, lexicon };
    let known = told
        .of_market(row.kind.table.name)
        .or_else(|| told.of_listings(row.kind.table.name))
        .or_else(|| told.of_money(row.kind.table.name))
        .or_else(|| told.of_staking(row.kind.table.name));
    known.unwrap_or_else(|| told.plain(row))
}

struct Told<'a> {
    args: &'a Map<String, Value>,
    lexicon: &'a Lexicon,
}

impl Told<'_> {
    /// Any event, by its name and arguments.
    fn plain(&self, row: &EventRow) -> String {
        let args = row.args.iter().map(|(name, value)| match value {
            Value::String(text) => format!("{name} {}", cut_to(text, 66)),
            Value::Array(items) => format!("{} {name}", items.len()),
            other => format!("{name} {other}"),
        });
        let args: Vec<String> = args.collect();
        format!("{} emitted {}: {}.", row.kind.contract.word(), row.kind.name, args.join(", "))
    }

    fn text(&self, name: &str) -> String {
        match self.args.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(other) => other.to_string(),
        }
    }

    fn flag(&self, name: &str) -> bool {
        self.args.get(name) == Some(&Value::Bool(true))
    }

    fn who(&self, name: &str) -> String {
        short(&self.text(name))
    }

    fn listing(&self, name: &str) -> String {
        format!("{}-{}", self.lexicon.chain_id, self.text(name))
    }

    /// An amount in whole units, or in base units where the token was never described.
    fn money(&self, name: &str, token: &str) -> String {
        let amount = self.text(name);
        match self.lexicon.units(token) {
            Some((symbol, decimals)) => format!("{} {}", units(&amount, decimals), cut(symbol)),
            None => format!(
                "{amount} base units of {}",
                if token.is_empty() { "its token".to_owned() } else { short(token) }
            ),
        }
    }

    fn whole(&self, name: &str) -> String {
        units(&self.text(name), WHOLE)
    }

    fn count(&self, name: &str, one: &str, many: &str) -> String {
        let count = self.text(name);
        let word = if count == "1" { one } else { many };
        format!("{count} {word}")
    }

    fn bought(&self) -> String {
        match self.lexicon.plans.get(&self.text("plan")).map(|(_, kind, _)| kind) {
            Some(0) => self.count("quantity", "licence", "licences"),
            Some(1) => self.count("quantity", "period", "periods"),
            Some(2) => self.count("quantity", "pack", "packs"),
            _ => self.text("quantity"),
        }
    }

    fn unit(&self) -> String {
        let unit = self.lexicon.plans.get(&self.text("plan")).map(|(_, _, unit)| cut(unit));
        unit.filter(|unit| !unit.is_empty()).unwrap_or_else(|| "units".to_owned())
    }

    fn plan_token(&self) -> String {
        self.lexicon.plan_tokens.get(&self.text("plan")).cloned().unwrap_or_default()
    }

    fn sale_token(&self) -> String {
        self.lexicon.sales.get(&self.text("sale")).map(|(_, token)| token.clone()).unwrap_or_default()
    }

    fn sale_listing(&self) -> String {
        let listing = self.lexicon.sales.get(&self.text("sale")).map(|(listing, _)| listing);
        listing.map(|n| format!(" of listing {}-{n}", self.lexicon.chain_id)).unwrap_or_default()
    }

    /// A Unix time behind the words; nothing for 0 and for what lies beyond the year 9999.
    fn until(&self, name: &str, words: &str) -> String {
        let seconds = self.text(name).parse().unwrap_or(0);
        let time = OffsetDateTime::from_unix_timestamp(seconds).ok().filter(|_| seconds > 0);
        time.and_then(|time| time.format(&Rfc3339).ok()).map(|t| format!("{words}{t}")).unwrap_or_default()
    }
}
