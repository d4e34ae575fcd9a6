//! A signed order, handed to an API that relays.

use std::path::Path;

use anyhow::{Context as _, ensure};
use reqwest::Method;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use stoa_scripts::cli::{Table, signed};

use crate::commands::api::{ApiArgs, Client};

pub(super) async fn submit(api: &ApiArgs, path: &Path) -> anyhow::Result<()> {
    let (kind, order) = signed::kind_of(path)?;
    ensure!(kind != "claim", "an API relays purchases and spendings; send a claim with `stoa order relay`");
    let client = api.client().await?;
    let taken = hand_in(&client, &order).await;
    client.sign_out().await;
    show(api, &taken?)
}

async fn hand_in(client: &Client, order: &Value) -> anyhow::Result<Value> {
    let body = serde_json::to_vec(order)?;
    // One key for one order: handed in again after a failure, it is the same request.
    let key = alloy::hex::encode(Sha256::digest(&body));
    let request = client.request(Method::POST, "orders")?.header("idempotency-key", key).body(body);
    Ok(client.send(request).await?["data"].take())
}

pub(super) async fn status(api: &ApiArgs, id: &str) -> anyhow::Result<()> {
    ensure!(
        id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{id:?} is no id: they are letters and digits"
    );
    let client = api.client().await?;
    let order = client.ask(Method::GET, &format!("orders/{id}"), None).await;
    client.sign_out().await;
    show(api, &order?["data"].take())
}

fn show(api: &ApiArgs, order: &Value) -> anyhow::Result<()> {
    order["id"].as_str().context("the API tells of no order")?;
    api.output().answer(order, || {
        let names = [
            ("id", "id"),
            ("state", "state"),
            ("reason", "because"),
            ("signer", "signed by"),
            ("relayer", "sent by"),
            ("tx_hash", "transaction"),
            ("block_number", "block"),
            ("paid", "gas paid by the operator, in wei"),
        ];
        let rows = names.into_iter().filter(|(name, _)| !order[name].is_null());
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Table::of_pairs(rows.map(|(name, shown)| (shown, text(&order[name])))).to_string()
    })
}
