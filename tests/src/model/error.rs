/// Why something did not happen: the name of the contracts' error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(pub &'static str);

/// What came of an action.
pub type Outcome<T = ()> = Result<T, Refusal>;

/// Goes on only if it holds.
pub(super) fn require(holds: bool, otherwise: &'static str) -> Outcome {
    if holds { Ok(()) } else { Err(Refusal(otherwise)) }
}
