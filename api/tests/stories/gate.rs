//! Who may ask for what, and how much.

pub(crate) mod door;
mod keys;
mod matrix;
mod quota;
mod signed;
mod signin;
mod tokens;
