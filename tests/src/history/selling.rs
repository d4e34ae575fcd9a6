//! Shares at a fixed price.

use rand::Rng as _;

use super::player::{Moves, Player};
use crate::model::{Action, Amount, Errand, Figure, Model, NewShareSale, SaleId, ShareSale};

impl Player {
    pub(super) fn open_sale(&mut self, model: &Model) -> Option<Moves> {
        let (listing, by) = self.holder(model)?;
        let held = model.holding(Figure::Shares(listing, by));
        let lot = u128::try_from(held / Amount::from(1_000)).ok().filter(|lot| *lot > 0)?;
        let token = self.token();
        let price = self.amount(token).to();
        let cap = if self.sometimes(50) { 0 } else { self.random.random_range(1..100) };
        let until = if self.sometimes(70) { 0 } else { model.now + 100 * 24 * 60 * 60 };
        let sale = NewShareSale { listing, token, lot, price, cap, window: (0, until) };
        Some(vec![
            (by, Action::AllowMarket { listing, amount: Amount::MAX }),
            (by, Action::OpenShareSale(sale)),
        ])
    }

    pub(super) fn close_sale(&mut self, model: &Model) -> Option<Moves> {
        let open = |id| model.share_sale(id).is_some_and(|sale| !sale.closed);
        let sale = self.scene.sales.find(&mut self.random, open)?;
        Some(vec![(model.share_sale(sale)?.seller, Action::CloseShareSale { sale })])
    }

    pub(super) fn buy_shares(&mut self, model: &Model) -> Option<Moves> {
        let quantity = self.random.random_range(1..6);
        let sells = |id: SaleId| model.share_sale(id).is_some_and(|sale| sells(model, sale, quantity));
        let sale = self.scene.sales.find(&mut self.random, sells)?;
        let terms = &model.share_sale(sale)?.terms;
        let amount = Amount::from(terms.price) * Amount::from(quantity);
        let by = self.someone();
        self.pay(model, (by, terms.token, amount), Errand::Shares { sale, quantity, recipient: by })
    }
}

/// Whether a sale sells so many lots, today and in the next minutes.
fn sells(model: &Model, sale: &ShareSale, quantity: u64) -> bool {
    let terms = &sale.terms;
    let shares = Amount::from(terms.lot) * Amount::from(quantity);
    let held = model.holding(Figure::Shares(terms.listing, sale.seller));
    let allowed = model.holding(Figure::SharesOfMarket(terms.listing, sale.seller));
    let left = terms.cap == 0 || quantity <= terms.cap - sale.sold;
    let open = terms.window.1 == 0 || terms.window.1 > model.now + 600;
    !sale.closed && left && open && held >= shares && allowed >= shares && !model.sales_are_paused()
}
