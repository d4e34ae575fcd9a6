//! Which tests failed, from a log in which that stands far above the end.

/// More than this is in the log.
const MOST: usize = 80;
const LONGEST: usize = 400;
/// Of one test's output: its panic is among the first.
const OF_ONE: usize = 12;

/// What a log says of tests that failed: the beginning of each one's output, panics elsewhere, and the lists of names.
pub(super) fn of(log: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if is_head(line) {
            found.push(line.to_owned());
            let mut taken = 0;
            while let Some(next) = lines.next_if(|next| !is_head(next) && !is_end(next)) {
                if taken < OF_ONE && !next.trim().is_empty() {
                    found.push(next.to_owned());
                    taken += 1;
                }
            }
        } else if line == "failures:" {
            let names = std::iter::from_fn(|| lines.next_if(|next| next.starts_with("    ")));
            let names: Vec<String> = names.map(str::to_owned).collect();
            if !names.is_empty() {
                found.push(line.to_owned());
                found.extend(names);
            }
        } else if line.starts_with("thread '") && line.contains("panicked at") {
            found.push(line.to_owned());
            found.extend(lines.next_if(|next| !next.trim().is_empty()).map(str::to_owned));
        } else if line.starts_with("[FAIL") && !found.iter().any(|known| known == line) {
            // forge
            found.push(line.to_owned());
        }
    }
    found.iter_mut().for_each(shorten);
    if found.len() > MOST {
        let more = found.len() - MOST;
        found.truncate(MOST);
        found.push(format!("… and {more} more lines"));
    }
    found
}

/// A comparison of two long values is one very long line.
fn shorten(line: &mut String) {
    if line.chars().count() > LONGEST {
        *line = line.chars().take(LONGEST).chain(['…']).collect();
    }
}

/// The line above the output of a test that failed.
fn is_head(line: &str) -> bool {
    line.starts_with("---- ") && line.ends_with(" stdout ----")
}

/// Where what is worth reading of it ends.
fn is_end(line: &str) -> bool {
    line == "failures:"
        || line.starts_with("stack backtrace:")
        || line.starts_with("test result:")
        || line.starts_with("running ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
running 3 tests
test one ... ok
test two ... FAILED

failures:

---- two stdout ----

thread 'two' (7) panicked at a.rs:1:2:
left is not right
stack backtrace:
   0: begin
             at /rustc/panicked at nothing

failures:
    two

test result: FAILED. 1 passed; 1 failed

running 200 tests
test result: ok. 200 passed
thread 'main' panicked at b.rs:3:4:
no more disk

[FAIL: too little] test_x() (gas: 1)
[FAIL: too little] test_x() (gas: 1)
";

    #[test]
    fn names_messages_and_places_are_found_in_what_comes_before_the_end() {
        assert_eq!(
            of(LOG),
            [
                "---- two stdout ----",
                "thread 'two' (7) panicked at a.rs:1:2:",
                "left is not right",
                "failures:",
                "    two",
                "thread 'main' panicked at b.rs:3:4:",
                "no more disk",
                "[FAIL: too little] test_x() (gas: 1)",
            ]
        );
        assert!(of("test result: ok. 7 passed\n").is_empty());
    }

    #[test]
    fn there_is_a_bound() {
        let log: String = (0..200).map(|n| format!("thread 'x' panicked at {n}\n\n")).collect();
        let found = of(&log);
        assert_eq!((found.len(), found.last().unwrap().as_str()), (81, "… and 120 more lines"));
        let wide = of(&format!("---- one stdout ----\n{}\n", "ä".repeat(5_000)));
        assert_eq!(wide[1].chars().count(), LONGEST + 1);
        let chatty = format!("---- one stdout ----\n{}failures:\n    one\n", "a line\n".repeat(100));
        assert_eq!(of(&chatty).len(), 1 + OF_ONE + 2);
    }
}
