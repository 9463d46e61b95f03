//! Limits: each member of `Options::limits` at the limit and one above, through every entry point; and hostile input of every kind, which takes
//! a time that grows as the input does. (How much heap it takes is `tests/alloc.rs`.)
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "limits/clock.rs"]
mod clock;
#[path = "limits/conversations.rs"]
mod conversations;
#[path = "limits/exact.rs"]
mod exact;
#[path = "limits/growth.rs"]
mod growth;
#[path = "limits/output.rs"]
mod output;
#[path = "limits/queries.rs"]
mod queries;
#[path = "limits/shapes.rs"]
mod shapes;
#[path = "limits/sizes.rs"]
mod sizes;
#[path = "limits/stack.rs"]
mod stack;
