//! One line per long step: a moving bar on a terminal, plain lines elsewhere.

use std::{
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// A step that is under way.
#[derive(Debug)]
pub struct Step {
    what: String,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Step {
    /// A step of unknown length.
    pub fn start(what: impl Into<String>) -> Self {
        Self::begin(what.into(), None)
    }

    /// A step of `total` equal parts; see [`Self::at`].
    pub fn with_total(what: impl Into<String>, total: u64) -> Self {
        Self::begin(what.into(), Some((total, "  {msg} [{bar:30}] {pos}/{len} {elapsed}")))
    }

    /// A step of `total` bytes; see [`Self::at`].
    pub fn with_bytes(what: impl Into<String>, total: u64) -> Self {
        let template = "  {msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        Self::begin(what.into(), Some((total, template)))
    }

    fn begin(what: String, total: Option<(u64, &str)>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let (bar, template) = match total {
                Some((total, template)) => (ProgressBar::new(total), template),
                None => (ProgressBar::new_spinner(), "  {spinner} {msg} {elapsed}"),
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.set_message(what.clone());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        if bar.is_none() {
            eprintln!("  {what} …");
        }
        Self { what, started: Instant::now(), bar }
    }

    /// How many parts are done.
    pub fn at(&self, position: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(position);
        }
    }

    /// What it is doing right now; shown on terminals only.
    pub fn note(&self, note: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}: {note}", self.what));
        }
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Ends the step well.
    pub fn done(self) {
        let line = format!("  {} ({:.1} s)", self.what, self.started.elapsed().as_secs_f64());
        match &self.bar {
            Some(bar) => {
                bar.finish_and_clear();
                eprintln!("{line}");
            }
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
