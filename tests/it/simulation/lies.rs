//! Which lies are found out, and by what.
