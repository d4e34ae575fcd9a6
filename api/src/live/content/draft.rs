//! From events to messages.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use stoa_schema::archive::BlockRef;
use stoa_schema::types::Uint;

use super::super::batch::Draft;
use super::super::message::{
    BlockStats, LiveAbout, LiveEvent, LiveRetracted, TokenStats, event_id, listing_id,
};
use super::super::topic::Topic;
use super::event::{CREATED, Log, PURCHASED};
use super::links::Links;
use crate::error::ApiError;
use crate::routes::purchases::Purchase;
use crate::routes::status;
use crate::routes::summary::ListingSummary;

/// Index of a block's own message, and of its statistics. Events stand between, at their log's index + 1.
const BLOCK: i32 = 0;
const STATS: i32 = i32::MAX - 1;

/// What the messages of a page are made from.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) chain_id: i64,
    pub(super) links: Links,
    pub(super) purchases: BTreeMap<(i64, i32), Purchase>,
    pub(super) listings: BTreeMap<i64, ListingSummary>,
}

impl Context {
    /// The messages of a block.
    pub(super) fn block<'a>(
        &mut self,
        block: &BlockRef,
        logs: impl Iterator<Item = &'a Log>,
    ) -> Result<Vec<Draft>, ApiError> {
        let own = status::BlockRef { number: block.number, hash: block.hash, time: block.time };
        let mut drafts = vec![draft(BLOCK, vec![Topic::Blocks], LiveAbout::Block, &own)?];
        let mut stats = BlockStats { purchases: 0, listings: 0, tokens: Vec::new() };
        for log in logs {
            let (topics, about) = self.topics(log);
            stats.listings += i64::from(log.event == CREATED);
            let sale =
                (log.event == PURCHASED).then(|| self.purchases.remove(&(log.block_number, log.log_index)));
            if let Some(sale) = sale.flatten() {
                count(&mut stats, &sale)?;
                drafts.push(draft(log.log_index + 1, topics, about, &sale)?);
            } else if !topics.is_empty() {
                drafts.push(self.event(log, topics, about)?);
            }
        }
        if stats.purchases + stats.listings > 0 {
            drafts.push(draft(STATS, vec![Topic::Stats], LiveAbout::Stats, &stats)?);
        }
        Ok(drafts)
    }

    /// A listing's new state where that is known, else the event.
    fn event(&self, log: &Log, topics: Vec<Topic>, about: LiveAbout) -> Result<Draft, ApiError> {
        let index = log.log_index + 1;
        let listing = log.integer("listing").and_then(|number| self.listings.get(&number));
        match (about, listing) {
            (LiveAbout::Listing, Some(listing)) => draft(index, topics, about, listing),
            _ => {
                let event = LiveEvent {
                    id: event_id(self.chain_id, log.block_number, log.log_index),
                    event: log.event,
                    tx_hash: log.tx_hash,
                    fields: log.fields.clone(),
                    token: self.links.token(log),
                };
                draft(index, topics, LiveAbout::Event, &event)
            }
        }
    }

    /// The messages that take a block's messages back, under their indexes and topics.
    pub(super) fn retraction<'a>(&self, logs: impl Iterator<Item = &'a Log>) -> Result<Vec<Draft>, ApiError> {
        let none = LiveRetracted { id: None, event: None };
        let mut drafts = vec![draft(BLOCK, vec![Topic::Blocks], LiveAbout::Block, &none)?];
        let mut counted = false;
        for log in logs {
            let (topics, about) = self.topics(log);
            counted |= log.event == CREATED || log.event == PURCHASED;
            if topics.is_empty() {
                continue;
            }
            let id = match (about, log.integer("listing")) {
                (LiveAbout::Listing, Some(listing)) => listing_id(self.chain_id, listing).to_string(),
                _ => event_id(self.chain_id, log.block_number, log.log_index),
            };
            let data = LiveRetracted { id: Some(id), event: Some(log.event) };
            drafts.push(draft(log.log_index + 1, topics, about, &data)?);
        }
        if counted {
            drafts.push(draft(STATS, vec![Topic::Stats], LiveAbout::Stats, &none)?);
        }
        Ok(drafts)
    }

    fn topics(&self, log: &Log) -> (Vec<Topic>, LiveAbout) {
        let listings = self.links.listings(log).into_iter();
        let mut topics: Vec<Topic> =
            listings.map(|number| Topic::Listing(listing_id(self.chain_id, number))).collect();
        topics.extend(log.parties().into_iter().map(Topic::Account));
        if log.event == PURCHASED {
            topics.push(Topic::Purchases);
            return (topics, LiveAbout::Purchase);
        }
        if log.changes_listing() {
            topics.push(Topic::Listings);
            return (topics, LiveAbout::Listing);
        }
        (topics, LiveAbout::Event)
    }
}

/// Adds a sale. Amounts in different tokens are never added.
fn count(stats: &mut BlockStats, sale: &Purchase) -> Result<(), ApiError> {
    stats.purchases += 1;
    let sum = |a: Uint, b: Uint| {
        let beyond = || ApiError::Internal("a block's sales come to more than uint256".to_owned());
        a.0.checked_add(b.0).map(Uint).ok_or_else(beyond)
    };
    match stats.tokens.iter_mut().find(|own| own.token.address == sale.token.address) {
        Some(own) => {
            own.sales += 1;
            own.amount = sum(own.amount, sale.amount)?;
            own.fee = sum(own.fee, sale.fee)?;
        }
        None => {
            let (token, amount, fee) = (sale.token.clone(), sale.amount, sale.fee);
            stats.tokens.push(TokenStats { token, sales: 1, amount, fee });
        }
    }
    Ok(())
}

fn draft(index: i32, topics: Vec<Topic>, about: LiveAbout, data: &impl Serialize) -> Result<Draft, ApiError> {
    let data: Value = serde_json::to_value(data)
        .map_err(|error| ApiError::Internal(format!("a message does not serialise: {error}")))?;
    Ok(Draft { index, topics, about, data })
}
