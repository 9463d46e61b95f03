//! What the targets share: the generator and the laws are those of the property tests.

#[path = "../../tests/support/generate.rs"]
pub mod generate;
#[path = "../../tests/support/laws.rs"]
pub mod laws;
