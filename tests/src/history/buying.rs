//! Orders, and where their money comes from.

use rand::Rng as _;

use super::money::Need;
use super::offering::HELD;
use super::player::{Moves, Player, deadline, seal};
use super::pool::{TRIES, skewed};
use crate::model::{
    Account, Action, Amount, Errand, Figure, Funding, Gate, GateData, Grant, Keeper, Kind, Model, Order,
    Permit, RelayedPay, SignedPay, Source, Token, Witness,
};

/// Whoever buys has so many seconds until the offer ends.
const IN_TIME: u64 = 600;

impl Player {
    /// An order that would be served, with what it costs.
    fn order(&mut self, model: &Model, by: Account) -> Option<(Order, Token, Amount)> {
        for _ in 0..TRIES {
            let id = skewed(&mut self.random, model.plan_count() as usize) as u64 + 1;
            let plan = model.plan(id)?;
            let most = match plan.terms.kind {
                Kind::Licence => 2,
                Kind::Subscription { .. } => 4,
                Kind::Credits { .. } => 10,
            };
            let quantity = if self.sometimes(60) { 1 } else { self.random.random_range(1..=most) };
            let recipient = if self.sometimes(6) { self.someone() } else { by };
            let gate_data = match (plan.terms.bounds.gate, by) {
                (Some(Gate::List), Account::User(user)) => {
                    GateData::Proof { list: model.gate_list(id), user }
                }
                _ => GateData::None,
            };
            let (version, until) = (plan.version, plan.terms.bounds.window.1);
            let order = Order { plan: id, version, quantity, recipient, gate_data };
            // What a buyer must hold would leave the wallet before the gate is asked.
            let spent = plan.terms.token == HELD && plan.terms.bounds.gate == Some(Gate::Token);
            let in_time = until == 0 || until > model.now + IN_TIME;
            if in_time && !spent && model.would_sell(by, plan.terms.token, &order) {
                let price = Amount::from(plan.terms.price) * Amount::from(quantity);
                return Some((order, plan.terms.token, price));
            }
        }
        None
    }

    pub(super) fn buy(&mut self, model: &Model) -> Option<Moves> {
        let by = self.someone();
        let (order, token, price) = self.order(model, by)?;
        // More than the price now and then: the rest comes back.
        let amount = if self.sometimes(5) { price + self.amount(token) } else { price };
        self.pay(model, (by, token, amount), Errand::Order(order))
    }

    pub(super) fn pay_listing(&mut self, model: &Model) -> Option<Moves> {
        let (by, token) = (self.someone(), self.token());
        let (listing, amount) = (self.some_listing(model)?, self.amount(token));
        let memo = if self.sometimes(50) { 0 } else { self.random.random() };
        self.pay(model, (by, token, amount), Errand::Listing { listing, memo })
    }

    /// The payer's own payment, from wherever it may come, and what it takes before.
    pub(super) fn pay(&mut self, model: &Model, need: Need, errand: Errand) -> Option<Moves> {
        let (by, token, amount) = need;
        let pay = |funding| (by, Action::Pay { token, amount, funding, errand });
        if model.holding(Figure::Balance(token, by)) >= amount && self.sometimes(70) {
            return Some(vec![pay(Funding::Balance)]);
        }
        if token == Token::Coin {
            let enough = model.coin(by) >= amount;
            return enough.then(|| vec![pay(Funding::Native { sent: amount })]);
        }
        let mut moves = self.fill_wallet(model, need)?;
        let grants = token == Token::Stoa && by != Account::CONTRACT_WALLET && !amount.is_zero();
        let funding = match self.random.random_range(0..4) {
            0 if grants => Funding::Permit(permit(model, by, amount)),
            1 if grants => {
                let (nonce, given) = self.authorization(model, by)?;
                Funding::Authorization(crate::model::Authorization { nonce, ..given })
            }
            _ => Funding::Allowance,
        };
        moves.push(pay(funding));
        Some(moves)
    }

    /// Somebody else sends what the buyer signed, for a fee as a rule.
    pub(super) fn buy_signed(&mut self, model: &Model) -> Option<Moves> {
        let from = self.someone();
        let (order, token, price) = self.order(model, from)?;
        let relayer_fee = if self.sometimes(60) { price / Amount::from(100) } else { Amount::ZERO };
        let amount = price + relayer_fee;
        let need = (from, token, amount);
        let balance = model.holding(Figure::Balance(token, from)) >= amount;
        let grants = token == Token::Stoa && from != Account::CONTRACT_WALLET && !amount.is_zero();
        let (source, grant, mut moves) = match self.random.random_range(0..4) {
            _ if balance && self.sometimes(60) => (Source::Balance, Grant::None, Moves::new()),
            0 if grants => {
                let (_, given) = self.authorization(model, from)?;
                (Source::Authorization, Grant::Authorization(given), self.fill_wallet(model, need)?)
            }
            1 if grants => {
                let grant = Grant::Permit(permit(model, from, amount));
                (Source::Permit, grant, self.fill_wallet(model, need)?)
            }
            _ if token == Token::Coin => (Source::Balance, Grant::None, self.fill_balance(model, need)?),
            _ => (Source::Allowance, Grant::None, self.fill_wallet(model, need)?),
        };
        let nonce = if source == Source::Authorization { 0 } else { self.nonce(Keeper::Vault, from) };
        let (by, errand) = (self.relayer(), Errand::Order(order));
        let relayer = self.sometimes(70).then_some(by);
        // No two authorized payments are the same: each has a second of its own.
        let deadline = deadline(model) + u64::from(self.random.random::<u32>());
        let order = SignedPay { from, errand, token, amount, source, relayer, relayer_fee, nonce, deadline };
        let pay = RelayedPay { order, witness: Witness::Same, grant, seal: seal(from) };
        moves.push((by, Action::PayBySig(pay)));
        Some(moves)
    }
}

fn permit(model: &Model, owner: Account, value: Amount) -> Permit {
    Permit { seal: seal(owner), value, nonce: model.permit_nonce(owner), deadline: deadline(model) }
}
