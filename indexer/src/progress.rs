//! How far a process is, told to who looks: a bar for each chain on a terminal, now and then a line elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressStyle};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tracing::info;

use crate::serve::{Status, Watched};

/// How often a bar moves, and how often a line is written.
const LOOK: Duration = Duration::from_millis(200);
const TELL: Duration = Duration::from_secs(10);
/// Who is so near to the head needs no telling.
const NEAR: u64 = 10;

/// Tells until `stop`, from what `/status` tells.
pub async fn show(chains: Watched, bars: MultiProgress, stop: CancellationToken) {
    let on_terminal = std::io::stderr().is_terminal();
    let drawn: Vec<ProgressBar> =
        if on_terminal { chains.iter().map(|_| bar(&bars)).collect() } else { Vec::new() };
    let mut ticks = interval(if on_terminal { LOOK } else { TELL });
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        for (place, chain) in chains.iter().enumerate() {
            let status = chain.borrow().clone();
            match drawn.get(place) {
                Some(bar) => draw(bar, &status),
                None => tell(&status),
            }
        }
    }
    drawn.iter().for_each(ProgressBar::finish_and_clear);
}

fn bar(bars: &MultiProgress) -> ProgressBar {
    let bar = bars.add(ProgressBar::new(0));
    if let Ok(style) = ProgressStyle::with_template("{prefix} [{bar:30}] {msg}") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

fn draw(bar: &ProgressBar, status: &Status) {
    bar.set_prefix(status.chain_id.map_or_else(|| "chain".to_owned(), |id| format!("chain {id}")));
    if let (Some(stored), Some(head)) = (status.stored_block, status.head_block) {
        bar.set_length(head);
        bar.set_position(stored.cast_unsigned());
    }
    bar.set_message(words(status));
}

fn tell(status: &Status) {
    if missing(status).is_some_and(|missing| missing > NEAR) {
        info!(chain_id = status.chain_id, "{}", words(status));
    }
}

fn missing(status: &Status) -> Option<u64> {
    Some(status.head_block?.saturating_sub(status.stored_block?.cast_unsigned()))
}

/// One line on where a chain stands.
fn words(status: &Status) -> String {
    if let Some(trouble) = status.alarm.as_ref().or(status.trouble.as_ref()) {
        return trouble.clone();
    }
    let (Some(stored), Some(head), Some(missing)) = (status.stored_block, status.head_block, missing(status))
    else {
        return "no head of the chain yet, or standing by".to_owned();
    };
    if missing <= NEAR && status.projected_block == status.stored_block {
        return format!("block {}, at the head", HumanCount(stored.cast_unsigned()));
    }
    let share = stored as f64 * 100.0 / head.max(1) as f64;
    let mut line =
        format!("block {} of {}, {share:.1} %", HumanCount(stored.cast_unsigned()), HumanCount(head));
    if missing == 0 {
        return line + ", building the projections";
    }
    if let Some(rate) = status.rows_per_second {
        line += &format!(", {} rows/s", HumanCount(rate as u64));
    }
    if let Some(seconds) = status.eta_seconds {
        line += &format!(", {} left", span(seconds));
    }
    line
}

/// The two largest units of a time.
fn span(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, ..) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> Status {
        Status {
            chain_id: Some(8_453),
            stored_block: Some(1_234_567),
            projected_block: Some(0),
            head_block: Some(2_000_000),
            rows_per_second: Some(123_456.7),
            eta_seconds: Some(3_725),
            ..Status::default()
        }
    }

    #[test]
    fn a_line_says_where_it_stands_how_fast_it_is_and_how_long_it_takes() {
        let line = "block 1,234,567 of 2,000,000, 61.7 %, 123,456 rows/s, 1 h 2 min left";
        assert_eq!(words(&status()), line);
        let slow = Status { rows_per_second: None, eta_seconds: None, ..status() };
        assert_eq!(words(&slow), "block 1,234,567 of 2,000,000, 61.7 %");
        let built = Status { stored_block: Some(2_000_000), ..status() };
        assert_eq!(words(&built), "block 2,000,000 of 2,000,000, 100.0 %, building the projections");
        let there = Status { stored_block: Some(1_999_998), projected_block: Some(1_999_998), ..status() };
        assert_eq!(words(&there), "block 1,999,998, at the head");
        assert_eq!(words(&Status { trouble: Some("no answer".to_owned()), ..status() }), "no answer");
        assert_eq!(words(&Status::default()), "no head of the chain yet, or standing by");
    }

    #[test]
    fn times_are_told_by_two_units() {
        let told = [(0, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3_599, "59 min 59 s"), (90_000, "1 d 1 h")];
        for (seconds, words) in told {
            assert_eq!(span(seconds), words);
        }
    }
}
