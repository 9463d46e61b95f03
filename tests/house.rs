//! The house in order: the table and what is exported from it, snapshots, the corpus.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, clippy::print_stderr)]

mod corpus;
mod presets;
mod snapshots;
mod suite;
mod support;
mod table;
