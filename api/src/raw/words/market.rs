//! Sales, plans, credits, and offers of shares.

use super::Told;
use super::amount::cut;

impl Told<'_> {
    pub(super) fn of_market(&self, table: &str) -> Option<String> {
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
}
