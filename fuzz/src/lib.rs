//! What the targets share: what they look at (`targets.rs`), how inputs are mutated (`mutate/`); laws and generators are those of the tests.

#[path = "../../tests/support/archive.rs"]
pub mod archive;
#[path = "../../tests/support/each_laws.rs"]
pub mod each_laws;
#[path = "../../tests/support/facade_driver.rs"]
pub mod facade_driver;
#[path = "../../tests/support/facade_laws.rs"]
pub mod facade_laws;
#[path = "../../tests/support/fast_laws.rs"]
pub mod fast_laws;
#[path = "../../tests/support/fhir_fast_laws.rs"]
pub mod fhir_fast_laws;
#[path = "../../tests/support/fhir_laws.rs"]
pub mod fhir_laws;
#[path = "../../tests/support/fhir_near.rs"]
pub mod fhir_near;
#[path = "../../tests/support/fhir_repeat.rs"]
pub mod fhir_repeat;
#[path = "../../tests/support/fhir_scalars.rs"]
pub mod fhir_scalars;
#[path = "../../tests/support/generate.rs"]
pub mod generate;
#[path = "../../tests/support/grammar_laws.rs"]
pub mod grammar_laws;
#[path = "../../tests/support/laws.rs"]
pub mod laws;
#[path = "../../tests/support/mutate/mod.rs"]
pub mod mutate;
#[path = "../../tests/support/plan_laws.rs"]
pub mod plan_laws;
#[path = "../../tests/support/qido_store/mod.rs"]
pub mod qido_store;
#[path = "../../tests/support/repeat/mod.rs"]
pub mod repeat;
#[path = "../../tests/support/search_laws.rs"]
pub mod search_laws;
#[path = "../../tests/support/seeded.rs"]
pub mod seeded;
#[path = "../../tests/support/targets.rs"]
pub mod targets;
#[path = "../../tests/support/text_laws.rs"]
pub mod text_laws;

/// A target: its function of `targets.rs`, and a change of `mutate/` that makes inputs out of inputs, in turns with libFuzzer's own.
#[macro_export]
macro_rules! target {
    ($name:ident, $change:expr) => {
        libfuzzer_sys::fuzz_target!(|data: &[u8]| $crate::targets::$name(data));
        libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
            if seed % 3 == 0 {
                return libfuzzer_sys::fuzzer_mutate(data, size, max_size);
            }
            let new = $crate::mutate::mutated($change, &data[..size], seed);
            $crate::fitted(&new, data, max_size)
        });
        libfuzzer_sys::fuzz_crossover!(|one: &[u8], other: &[u8], out: &mut [u8], seed: u32| {
            let new = $crate::mutate::spliced(one, other, seed);
            let most = out.len();
            $crate::fitted(&new, out, most)
        });
    };
}

/// Puts as much into a buffer as may be.
pub fn fitted(new: &[u8], out: &mut [u8], most: usize) -> usize {
    let length = new.len().min(most).min(out.len());
    out[..length].copy_from_slice(&new[..length]);
    length
}
