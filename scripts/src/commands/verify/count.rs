//! How many tests a log speaks of.

/// The sum of what cargo, forge and vitest report as passed, or `None` when none of them reported.
pub(super) fn tests(log: &str) -> Option<u64> {
    let counts: Vec<u64> = log.lines().filter_map(in_line).collect();
    (!counts.is_empty()).then(|| counts.iter().sum())
}

fn in_line(line: &str) -> Option<u64> {
    let line = line.trim();
    // cargo: "test result: ok. 7 passed; 0 failed; …"
    // forge: "Suite result: ok. 7 passed; 0 failed; …"
    // vitest: "Tests  7 passed (7)"
    let rest = line
        .strip_prefix("test result: ok. ")
        .or_else(|| line.strip_prefix("Suite result: ok. "))
        .or_else(|| line.strip_prefix("Tests "))?;
    let (number, rest) = rest.trim_start().split_once(' ')?;
    rest.starts_with("passed").then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests_of_counting {
    use super::tests;

    #[test]
    fn all_three_forms_are_summed() {
        let log = "test result: ok. 7 passed; 0 failed\nSuite result: ok. 2 passed; 0 failed; 0 skipped\n\
                   \x20     Tests  30 passed (30)\n Test Files  4 passed (4)\n";
        assert_eq!(tests(log), Some(39));
        assert_eq!(tests("nothing"), None);
        assert_eq!(tests("test result: FAILED. 7 passed; 1 failed"), None);
    }
}
