//! The house in order: the table and what is exported from it, snapshots, the corpus.

mod corpus;
mod snapshots;
mod support;
mod table;
