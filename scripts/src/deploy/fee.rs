//! What a unit of gas may cost.

use alloy::{
    eips::BlockNumberOrTag,
    primitives::U256,
    providers::{DynProvider, Provider as _, utils::Eip1559Estimation},
};

use super::{Error, chain::rpc};
use crate::cli::format_units;

const GWEI: u8 = 9;

/// EIP-1559: the most per unit of gas, and the part of it that goes to whoever makes the block. In wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee {
    pub most: u128,
    pub tip: u128,
}

/// What the operator agrees to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    pub most: Option<u128>,
    /// Instead of what the chain suggests.
    pub tip: Option<u128>,
}

/// What a unit of gas costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The newest block's base fee.
    pub base: u128,
    /// What to offer.
    pub fee: Fee,
}

impl Caps {
    /// What the chain asks for now, within the caps.
    ///
    /// # Errors
    /// When it does not answer, or the next block costs more than allowed.
    pub async fn ask(&self, provider: &DynProvider) -> Result<Asked, Error> {
        let suggested = provider.estimate_eip1559_fees().await.map_err(rpc("eth_feeHistory"))?;
        let head = provider.get_block_by_number(BlockNumberOrTag::Latest).await;
        let head = head.map_err(rpc("eth_getBlockByNumber"))?;
        let base = u128::from(head.and_then(|block| block.header.base_fee_per_gas).unwrap_or_default());
        Ok(Asked { base, fee: self.choose(base, suggested)? })
    }

    /// A fee for the next block, whose base fee is about `base`.
    pub(super) fn choose(&self, base: u128, suggested: Eip1559Estimation) -> Result<Fee, Error> {
        let tip = self.tip.unwrap_or(suggested.max_priority_fee_per_gas);
        let headroom = suggested.max_fee_per_gas.saturating_sub(suggested.max_priority_fee_per_gas);
        let most = headroom.saturating_add(tip);
        let Some(cap) = self.most else { return Ok(Fee { most, tip }) };
        let needed = base.saturating_add(tip);
        if needed > cap {
            return Err(Error::TooDear { needed: gwei(needed), cap: gwei(cap) });
        }
        Ok(Fee { most: most.min(cap), tip })
    }

    /// A fee that nodes accept in place of `old`, at least `fresh`; `None` when the cap does not allow one.
    pub(super) fn raised(&self, old: Fee, fresh: Fee) -> Option<Fee> {
        // Nodes ask for a tenth more of both, some for an eighth.
        let more = |amount: u128| amount.saturating_add(amount.div_ceil(8).max(1));
        let fee = Fee { most: more(old.most).max(fresh.most), tip: more(old.tip).max(fresh.tip) };
        let fee = Fee { most: fee.most.max(fee.tip), ..fee };
        match self.most {
            Some(cap) if fee.most > cap => {
                let at_cap = Fee { most: cap, ..fee };
                (cap >= more(old.most) && fee.tip <= cap).then_some(at_cap)
            }
            _ => Some(fee),
        }
    }
}

pub(super) fn gwei(wei: u128) -> String {
    format_units(U256::from(wei), GWEI)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn suggested(most: u128, tip: u128) -> Eip1559Estimation {
        Eip1559Estimation { max_fee_per_gas: most, max_priority_fee_per_gas: tip }
    }

    #[test]
    fn a_cap_lowers_the_headroom_and_never_the_next_block() {
        let free = Caps::default();
        assert_eq!(free.choose(10, suggested(22, 2)).unwrap(), Fee { most: 22, tip: 2 });
        let capped = Caps { most: Some(15), tip: None };
        assert_eq!(capped.choose(10, suggested(22, 2)).unwrap(), Fee { most: 15, tip: 2 });
        let own_tip = Caps { most: None, tip: Some(5) };
        assert_eq!(own_tip.choose(10, suggested(22, 2)).unwrap(), Fee { most: 25, tip: 5 });
        let error = Caps { most: Some(11_000_000_000), tip: None }
            .choose(10_000_000_000, suggested(22_000_000_000, 2_000_000_000))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "a unit of gas costs 12 gwei now, more than --max-fee 11: nothing was sent; run again when it is cheaper, \
             or with a higher --max-fee"
        );
    }

    proptest! {
        #[test]
        fn a_raised_fee_is_a_tenth_more_and_within_the_cap(
            most in 0_u128..1 << 60, tip in 0_u128..1 << 60, fresh: u64, fresh_tip: u32, cap: Option<u64>
        ) {
            let old = Fee { most: most.max(tip), tip };
            let caps = Caps { most: cap.map(u128::from), tip: None };
            let fresh = Fee { most: u128::from(fresh), tip: u128::from(fresh_tip) };
            if let Some(fee) = caps.raised(old, fresh) {
                prop_assert!(fee.most * 10 >= old.most * 11 && fee.most > old.most);
                prop_assert!(fee.tip * 10 >= old.tip * 11 && fee.tip > old.tip);
                prop_assert!(fee.tip <= fee.most);
                prop_assert!(caps.most.is_none_or(|cap| fee.most <= cap));
            } else {
                prop_assert!(caps.most.is_some());
            }
        }
    }
}
