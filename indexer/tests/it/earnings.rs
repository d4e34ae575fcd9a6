//! What stakers and holders of shares do in the made-up market.

use std::collections::BTreeMap;

use alloy::primitives::{Address, U256};
use rand::Rng;
use rand::rngs::StdRng;
use stoa_indexer::store::Batch;
use stoa_schema::event::Position;
use stoa_schema::events::{
    MarketShareSaleClosed, MarketShareSaleOpened, MarketSharesSold, RevenueSharesCreated, ShareCheckpointed,
    SharePaymentTokenAdded, ShareRevenueClaimed, ShareTransfer, StakingCheckpointed, StakingFeesClaimed,
    StakingFeesDistributed, StakingLockChanged, StakingPrincipalWithdrawn, StakingReinvestSet,
    StakingTokenListed,
};

const TOKEN: Address = Address::repeat_byte(0xa0);

/// Indices only grow, ids count up, and a share contract is born before it is used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Earnings {
    listed: bool,
    index: u64,
    shares: BTreeMap<i64, Address>,
    sales: Vec<u64>,
}

impl Earnings {
    fn next_index(&mut self, random: &mut StdRng) -> U256 {
        self.index += random.random_range(1..1_000);
        U256::from(self.index)
    }

    pub(crate) fn stake(
        &mut self,
        random: &mut StdRng,
        block: i64,
        mut next: impl FnMut() -> Position,
        batch: &mut Batch,
    ) {
        if !self.listed {
            self.listed = true;
            batch.push(&next(), &StakingTokenListed { token: TOKEN, position: 0 });
        }
        let account = Address::with_last_byte(random.random_range(1..5));
        let (amount, accrued) =
            (U256::from(random.random_range(1..1_000_000)), U256::from(random.random::<u32>()));
        let reward_index = self.next_index(random);
        match random.random_range(0..6) {
            0 | 1 => {
                let change = StakingLockChanged {
                    account,
                    payer: account,
                    change: 0,
                    added: amount,
                    amount,
                    score: amount,
                    lock_end: block * 604_800,
                    total_score: amount,
                };
                batch.push(&next(), &StakingCheckpointed { account, token: TOKEN, reward_index, accrued });
                batch.push(&next(), &change);
            }
            2 => batch
                .push(&next(), &StakingPrincipalWithdrawn { account, receiver: account, amount, payout: 1 }),
            3 => batch.push(
                &next(),
                &StakingFeesDistributed {
                    token: TOKEN,
                    week: block / 7,
                    amount,
                    reward_index,
                    total_score: amount,
                },
            ),
            4 => batch.push(
                &next(),
                &StakingFeesClaimed {
                    account,
                    token: TOKEN,
                    receiver: account,
                    amount,
                    payout: 0,
                    reward_index,
                    accrued,
                },
            ),
            _ => batch.push(&next(), &StakingReinvestSet { account, enabled: random.random() }),
        }
    }

    pub(crate) fn share(
        &mut self,
        random: &mut StdRng,
        listing: i64,
        block: i64,
        mut next: impl FnMut() -> Position,
        batch: &mut Batch,
    ) {
        let holder = Address::with_last_byte(random.random_range(1..5));
        let Some(&share) = self.shares.get(&listing) else {
            let share = Address::repeat_byte(listing as u8);
            self.shares.insert(listing, share);
            let supply = U256::from(1_000);
            batch.push(
                &next(),
                &ShareTransfer { share, sender: Address::ZERO, receiver: holder, amount: supply },
            );
            batch.push(&next(), &SharePaymentTokenAdded { share, token: TOKEN, position: 0 });
            let created = RevenueSharesCreated {
                listing,
                share,
                holder,
                account: Address::repeat_byte(0xcc),
                supply,
                own_bps: 9_000,
                name: "Shares".to_owned(),
                symbol: "S".to_owned(),
            };
            batch.push(&next(), &created);
            return;
        };
        let reward_index = self.next_index(random);
        let (amount, accrued) = (U256::from(random.random_range(0..10)), U256::from(random.random::<u32>()));
        match random.random_range(0..4) {
            0 => {
                let fixed = ShareCheckpointed { share, account: holder, token: TOKEN, reward_index, accrued };
                batch.push(&next(), &fixed);
            }
            1 => {
                let claimed = ShareRevenueClaimed {
                    share,
                    account: holder,
                    token: TOKEN,
                    receiver: holder,
                    amount,
                    payout: 0,
                    reward_index,
                    accrued,
                };
                batch.push(&next(), &claimed);
            }
            2 => {
                self.sales.push(0);
                let opened = MarketShareSaleOpened {
                    sale: self.sales.len() as i64,
                    listing,
                    seller: holder,
                    share,
                    token: TOKEN,
                    lot: U256::from(1),
                    price: amount,
                    cap: U256::ZERO,
                    sells_from: U256::ZERO,
                    sells_until: U256::from(block),
                };
                batch.push(&next(), &opened);
            }
            _ => self.trade(random, holder, next, batch),
        }
    }

    fn trade(
        &mut self,
        random: &mut StdRng,
        payer: Address,
        mut next: impl FnMut() -> Position,
        batch: &mut Batch,
    ) {
        if self.sales.is_empty() {
            return;
        }
        let place = random.random_range(0..self.sales.len());
        let sale = place as i64 + 1;
        if random.random_bool(0.2) {
            batch.push(&next(), &MarketShareSaleClosed { sale });
            return;
        }
        self.sales[place] += 1;
        let sold = MarketSharesSold {
            sale,
            payer,
            recipient: payer,
            quantity: U256::from(1),
            shares: U256::from(1),
            amount: U256::from(2),
            sold: U256::from(self.sales[place]),
        };
        batch.push(&next(), &sold);
    }
}
