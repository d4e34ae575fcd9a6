/// Why something did not happen: the name of the contracts' error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(pub &'static str);

impl Refusal {
    /// A contract that does not know what it is asked, and says nothing.
    pub const UNTOLD: Self = Self("no reason");
}

/// What came of an action.
pub type Outcome<T = ()> = Result<T, Refusal>;

/// Goes on only if it holds.
pub(super) fn require(holds: bool, otherwise: &'static str) -> Outcome {
    if holds { Ok(()) } else { Err(Refusal(otherwise)) }
}
