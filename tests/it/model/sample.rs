//! What histories are made of, on the real contracts: the same logs, to the byte.
//!
//! `STOA_SAMPLE` makes the sample longer or shorter, `STOA_SEED` makes another.

use rand::Rng as _;
use stoa_tests::history::{Params, Player, Size};
use stoa_tests::model::{Account, Event, Figure, MarketEvent, Refusal};

use super::{Pair, START, encode, figures, from_environment, paying, reached};

const SAMPLE: u64 = 2_000;
/// From so many on each event has occurred.
const WHOLE: u64 = 2_000;
const WEEK: u64 = 7 * 24 * 60 * 60;
/// What is done in several transactions begins no later than so many seconds before a week ends.
const NEAR: u64 = 600;

#[tokio::test]
async fn contracts_log_what_a_sample_of_a_history_says() {
    let seed = from_environment("STOA_SEED", super::SEED);
    let choices = from_environment("STOA_SAMPLE", SAMPLE);
    println!("seed {seed} (STOA_SEED), {choices} choices (STOA_SAMPLE)");
    let mut pair = Pair::start(seed).await;
    endow_others(&mut pair).await;
    let size = Size { accounts: pair.chain.book.users.len() as u32, listings: 30 + choices / 50 };
    let mut player = Player::new(seed, size);
    let step = Params::default().span / choices;
    let start = std::time::Instant::now();
    let mut actions = 0;
    for choice in 0..choices {
        pair.model.now = pair.model.now.max(START + choice * step) + pair.random.random_range(1..=step / 2);
        if pair.model.now % WEEK > WEEK - NEAR {
            pair.model.now += NEAR;
        }
        for (by, action) in player.next(&pair.model, choice as f64 / choices as f64) {
            pair.model.now += 1;
            let told = pair.model.apply_known(by, &action);
            let told = told.unwrap_or_else(|Refusal(name)| panic!("{action:?} by {by:?}: {name}"));
            let call = encode::transaction(&pair.chain, by, &action);
            let (from, value) = (pair.chain.account(by), paying::value(&action));
            let sent = pair.chain.send_with(value, from, call, pair.model.now).await;
            let sent = sent.unwrap_or_else(|name| panic!("{action:?} by {by:?}: contracts say {name}"));
            pair.compare_logs(sent, &told, &action);
            player.note(&pair.model, &told);
            note_sales(&mut pair, &told);
            actions += 1;
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{actions} actions, {:.0} a second; {} logs compared", f64::from(actions) / seconds, pair.logs);
    pair.compare_all().await;
    if choices >= WHOLE {
        reached::require_tables(pair.tables.keys().copied());
    }
}

/// Those who have coin on the chain, and do not act in the other story.
async fn endow_others(pair: &mut Pair) {
    let others = (0..pair.chain.book.users.len() as u32).map(Account::User);
    let others: Vec<Account> = others.filter(|user| pair.model.coin(*user).is_zero()).collect();
    let coin: Vec<Figure> = others.iter().map(|user| Figure::Coin(*user)).collect();
    for (user, coin) in others.iter().zip(figures::read(&pair.chain, &coin).await) {
        pair.model.endow(*user, coin);
    }
}

fn note_sales(pair: &mut Pair, told: &[Event]) {
    for event in told {
        if let Event::Market(MarketEvent::Purchased(purchase)) = event {
            pair.indexed.sales.note(purchase);
        }
        pair.indexed.sales.note_others(event);
    }
}
