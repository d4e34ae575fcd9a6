//! Bindings of the Stoa contracts.
