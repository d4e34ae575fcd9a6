//! Reading the end of a log file.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    path::Path,
};

/// How much of a log's end is looked at.
const WINDOW: u64 = 64 * 1024;

/// The last `count` lines of a log, without colours.
pub fn tail(log: &Path, count: usize) -> Vec<String> {
    let Some(text) = read_end(log) else { return Vec::new() };
    let lines: Vec<String> = text.lines().map(without_colours).collect();
    lines[lines.len().saturating_sub(count)..].to_vec()
}

/// The line that most likely says why a process ended: the last that speaks of an error, else the last one.
pub fn last_line(log: &Path) -> Option<String> {
    let lines = tail(log, 40);
    let speaks_of_error = |line: &&String| {
        let line = line.to_lowercase();
        line.contains("fatal") || line.contains("error") || line.contains("panicked")
    };
    let said = |line: &&String| !line.trim().is_empty();
    let found = lines.iter().rev().find(speaks_of_error).or_else(|| lines.iter().rev().find(said))?;
    Some(found.trim().to_owned())
}

fn read_end(log: &Path) -> Option<String> {
    let mut file = File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(WINDOW))).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Drops terminal escape sequences (`ESC [ … letter`).
fn without_colours(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            for skipped in characters.by_ref() {
                if skipped.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn last_line_prefers_the_error() {
        let log = log_of("starting\n\u{1b}[31mFATAL\u{1b}[0m: port is taken\nshutting down\n\n");
        assert_eq!(last_line(log.path()).unwrap(), "FATAL: port is taken");
    }

    #[test]
    fn last_line_falls_back_to_the_last_words() {
        assert_eq!(last_line(log_of("one\ntwo\n\n").path()).unwrap(), "two");
        assert_eq!(last_line(log_of("").path()), None);
        assert_eq!(last_line(Path::new("/nonexistent")), None);
    }

    #[test]
    fn tail_takes_only_the_end() {
        assert_eq!(tail(log_of("1\n2\n3\n").path(), 2), ["2", "3"]);
    }
}
