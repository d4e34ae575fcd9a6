//! What an event says, as a sentence with amounts in whole units of their token.

use std::collections::HashMap;

use alloy::primitives::{U256, utils::format_units};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::search::EventRow;
use crate::params::Choice as _;

/// Decimals of shares and of STOA.
const WHOLE: u8 = 18;
const ZERO: &str = "0x0000000000000000000000000000000000000000";
/// A word that a token or plan tells of itself is cut here.
const LONGEST: usize = 24;

/// What the sentences of one chain's events look up.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    pub(super) chain_id: i64,
    /// Symbol and decimals by address.
    pub(super) tokens: HashMap<String, (String, u8)>,
    /// Listing, kind and unit by plan.
    pub(super) plans: HashMap<String, (i64, i16, String)>,
    /// Token by plan.
    pub(super) plan_tokens: HashMap<String, String>,
    /// Listing and token by sale of shares.
    pub(super) sales: HashMap<String, (i64, String)>,
}

/// Events that another event of the same transaction says in better words.
pub(super) fn is_mechanical(table: &str) -> bool {
    matches!(
        table,
        "vault_transfer" | "market_transfer_single" | "market_transfer_batch" | "share_checkpointed"
    ) || matches!(table, "staking_checkpointed" | "listings_transfer" | "share_transfer")
        || table.ends_with("_nonces_changed")
        || table.ends_with("_nonce_changed")
}

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
    fn of_market(&self, table: &str) -> Option<String> {
        Some(match table {
            "market_purchased" => format!(
                "{} bought {} of plan {} of listing {} for {} (fee {}){}{}.",
                self.who("payer"),
                self.bought(),
                self.text("plan"),
                self.listing("listing"),
                self.money("amount", &self.plan_token()),
                self.money("fee", &self.plan_token()),
                if self.text("payer") == self.text("recipient") {
                    String::new()
                } else {
                    format!(" for {}", self.who("recipient"))
                },
                self.until("expiry", ", valid until "),
            ),
            "market_plan_created" => format!(
                "Listing {} offers plan {}: {} at {}{}.",
                self.listing("listing"),
                self.text("plan"),
                match self.text("kind").as_str() {
                    "0" => "a licence".to_owned(),
                    "1" => format!("a subscription by periods of {} s", self.text("period")),
                    _ => format!("credits in packs of {} {}", self.text("units"), cut(&self.text("unit"))),
                },
                self.money("price", &self.text("token")),
                if self.text("cap") == "0" {
                    String::new()
                } else {
                    format!(", {} at most", self.text("cap"))
                },
            ),
            "market_plan_changed" => format!(
                "Plan {} costs {} from its version {} on{}.",
                self.text("plan"),
                self.money("price", &self.plan_token()),
                self.text("version"),
                if self.flag("paused") { ", and is paused" } else { "" },
            ),
            "market_transfer_single" => format!(
                "{} of plan {} went from {} to {}.",
                self.count("quantity", "pass", "passes"),
                self.text("plan"),
                self.who("sender"),
                self.who("receiver")
            ),
            "market_credits_spent" => format!(
                "{} spent {} {} of plan {} for {}; {} remain.",
                self.who("spender"),
                self.text("units"),
                self.unit(),
                self.text("plan"),
                self.who("holder"),
                self.text("remaining")
            ),
            "market_share_sale_opened" => format!(
                "{} offers shares of listing {} in sale {}: {} shares for {}.",
                self.who("seller"),
                self.listing("listing"),
                self.text("sale"),
                self.whole("lot"),
                self.money("price", &self.text("token"))
            ),
            "market_share_sale_closed" => format!("Sale {} of shares was closed.", self.text("sale")),
            "market_shares_sold" => format!(
                "{} bought {} shares{} in sale {} for {}.",
                self.who("payer"),
                self.whole("shares"),
                self.sale_listing(),
                self.text("sale"),
                self.money("amount", &self.sale_token())
            ),
            _ => return None,
        })
    }

    fn of_listings(&self, table: &str) -> Option<String> {
        const KINDS: [&str; 5] = ["model", "dataset", "compute", "agent", "service"];
        const STATUS: [&str; 3] = ["active", "paused", "retired"];
        let word = |words: &[&'static str], name: &str| {
            let at = self.args.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
            at.and_then(|at| words.get(at).copied()).unwrap_or("unknown")
        };
        let listing = self.listing("listing");
        Some(match table {
            "listings_listing_created" => format!(
                "{} created listing {listing}, a {}{}.",
                self.who("owner"),
                word(&KINDS, "kind"),
                match self.args.get("parents").and_then(Value::as_array).map_or(0, Vec::len) {
                    0 => String::new(),
                    1 => ", which derives from one other".to_owned(),
                    more => format!(", which derives from {more} others"),
                }
            ),
            "listings_version_published" => {
                format!("Listing {listing} published version {}.", self.text("version"))
            }
            "listings_uri_changed" => format!("The metadata of listing {listing} moved."),
            "listings_status_changed" => {
                format!("Listing {listing} is {} from now on.", word(&STATUS, "status"))
            }
            "listings_transfer" => {
                format!("Listing {listing} went from {} to {}.", self.who("sender"), self.who("receiver"))
            }
            "listings_metadata_update" => format!("The metadata of listing {listing} should be read anew."),
            "listings_revenue_bound" => {
                format!("Listing {listing} earns for its share contract {} from now on.", self.who("share"))
            }
            _ => return None,
        })
    }

    fn of_money(&self, table: &str) -> Option<String> {
        let token = self.text("token");
        Some(match table {
            "vault_transfer" if self.text("sender") == ZERO => {
                format!("{} deposited {}.", self.who("receiver"), self.money("amount", &token))
            }
            "vault_transfer" if self.text("receiver") == ZERO => {
                format!("{} withdrew {}.", self.who("sender"), self.money("amount", &token))
            }
            "vault_transfer" => format!(
                "{} went from {} to {}.",
                self.money("amount", &token),
                self.who("sender"),
                self.who("receiver")
            ),
            "vault_token_described" => {
                format!("The Vault described token {} as {}.", self.who("token"), cut(&self.text("symbol")))
            }
            "revenue_settled" => format!(
                "Revenue of listing {} was split: {} to {}, the rest to {}.",
                self.listing("listing"),
                self.money("beneficiary_amount", &token),
                self.who("beneficiary"),
                match self.args.get("parents").and_then(Value::as_array).map_or(0, Vec::len) {
                    0 => "nobody else".to_owned(),
                    1 => "one parent".to_owned(),
                    more => format!("{more} parents"),
                }
            ),
            "revenue_listing_paid" => format!(
                "{} paid {} to listing {}.",
                self.who("payer"),
                self.money("amount", &token),
                self.listing("listing")
            ),
            "revenue_shares_created" => format!(
                "Listing {} was divided into {} shares {}, all of them {}'s.",
                self.listing("listing"),
                self.whole("supply"),
                cut(&self.text("symbol")),
                self.who("holder")
            ),
            "share_transfer" => format!(
                "{} shares of {} went from {} to {}.",
                self.whole("amount"),
                self.who("share"),
                self.who("sender"),
                self.who("receiver")
            ),
            "share_revenue_claimed" => format!(
                "{} was paid {} that its shares of {} earned.",
                self.who("account"),
                self.money("amount", &token),
                self.who("share")
            ),
            _ => return None,
        })
    }

    fn of_staking(&self, table: &str) -> Option<String> {
        Some(match table {
            "staking_lock_changed" => format!(
                "{} locks {} STOA{}: {} STOA came in.",
                self.who("account"),
                self.whole("amount"),
                self.until("lock_end", " until "),
                self.whole("added")
            ),
            "staking_principal_withdrawn" => {
                format!("{} withdrew {} STOA from its lock.", self.who("account"), self.whole("amount"))
            }
            "staking_fees_distributed" => {
                format!("{} of fees was divided among stakers.", self.money("amount", &self.text("token")))
            }
            "staking_fees_claimed" => format!(
                "{} was paid {} of fees.",
                self.who("account"),
                self.money("amount", &self.text("token"))
            ),
            _ => return None,
        })
    }

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
        match self.lexicon.tokens.get(token) {
            Some((symbol, decimals)) => format!("{} {}", units(&amount, *decimals), cut(symbol)),
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

fn short(address: &str) -> String {
    match (address, address.get(..6), address.get(38..42)) {
        (ZERO, ..) => "nobody".to_owned(),
        (_, Some(head), Some(tail)) if address.len() == 42 => format!("{head}…{tail}"),
        _ => address.to_owned(),
    }
}

/// A word that somebody chose, fit to be shown.
fn cut(word: &str) -> String {
    cut_to(word, LONGEST)
}

fn cut_to(word: &str, most: usize) -> String {
    let mut shown: String = word.chars().filter(|letter| !letter.is_control()).take(most).collect();
    if shown.chars().count() < word.chars().count() {
        shown.push('…');
    }
    shown
}

/// Base units as whole ones, exactly: at least two decimals where the token has them, and no more than it takes.
fn units(amount: &str, decimals: u8) -> String {
    if decimals == 0 {
        return amount.to_owned();
    }
    let written = amount.parse::<U256>().ok().and_then(|amount| format_units(amount, decimals).ok());
    let Some(written) = written else { return format!("{amount} / 10^{decimals}") };
    let Some((whole, fraction)) = written.split_once('.') else { return written };
    let shortest = fraction.trim_end_matches('0').len().max(2).min(fraction.len());
    match fraction.get(..shortest) {
        Some(fraction) if !fraction.is_empty() => format!("{whole}.{fraction}"),
        _ => whole.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_no_longer_than_they_need() {
        assert_eq!(units("20000000", 6), "20.00");
        assert_eq!(units("1", 6), "0.000001");
        assert_eq!(units("1500000000000000000", 18), "1.50");
        assert_eq!(units("7", 0), "7");
        assert_eq!(units("70", 1), "7.0");
        assert_eq!(
            units(&U256::MAX.to_string(), 255).matches("10^255").count(),
            1,
            "beyond what is written out"
        );
    }

    #[test]
    fn words_of_others_are_cut_and_shown_without_control_characters() {
        assert_eq!(cut("A\u{1b}[31mB\n"), "A[31mB…");
        assert_eq!(short(ZERO), "nobody");
        assert_eq!(short("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"), "0xf39F…2266");
    }
}
