//! What the targets share: the generators and the laws are those of the property tests.

#[path = "../../tests/support/archive.rs"]
pub mod archive;
#[path = "../../tests/support/facade_driver.rs"]
pub mod facade_driver;
#[path = "../../tests/support/facade_laws.rs"]
pub mod facade_laws;
#[path = "../../tests/support/fast_laws.rs"]
pub mod fast_laws;
#[path = "../../tests/support/fhir_laws.rs"]
pub mod fhir_laws;
#[path = "../../tests/support/generate.rs"]
pub mod generate;
#[path = "../../tests/support/laws.rs"]
pub mod laws;
#[path = "../../tests/support/mutate.rs"]
pub mod mutate;
#[path = "../../tests/support/plan_laws.rs"]
pub mod plan_laws;
#[path = "../../tests/support/qido_store/mod.rs"]
pub mod qido_store;
#[path = "../../tests/support/repeat.rs"]
pub mod repeat;
#[path = "../../tests/support/search_laws.rs"]
pub mod search_laws;
