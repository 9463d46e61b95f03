//! *Silent-on-PHI*, swept over every public type: canaries go in wherever text can go in, and nothing that is formatted shows one.
//!
//! `tests/laws.rs` holds the law over generated documents. Here every public type that can be formatted is, and the list of them is read from the
//! source: who adds a type adds it to the sweep, or the test fails.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "silence/conversations.rs"]
mod conversations;
#[path = "silence/dicom.rs"]
mod dicom;
#[path = "silence/fhir.rs"]
mod fhir;
#[path = "silence/plain.rs"]
mod plain;
#[path = "silence/queries.rs"]
mod queries;
#[path = "silence/sweep.rs"]
mod sweep;
#[path = "silence/types.rs"]
mod types;

use std::collections::BTreeSet;
use sweep::Sweep;

#[test]
fn nothing_shows_what_it_holds() {
    let mut sweep = Sweep::default();
    plain::all(&mut sweep);
    let studies = dicom::all(&mut sweep);
    fhir::all(&mut sweep, &studies);
    queries::all(&mut sweep, &studies);
    conversations::all(&mut sweep);
    let (formattable, seen) = (types::formattable(), sweep.seen());
    let missing: BTreeSet<&String> = formattable.difference(&seen).collect();
    assert!(missing.is_empty(), "public types that the sweep never formats: {missing:#?}");
    let gone: BTreeSet<&String> =
        seen.iter().filter(|name| name.starts_with("fhir_dicomweb::")).filter(|name| !formattable.contains(*name)).collect();
    assert!(gone.is_empty(), "types that the source is not seen to have: {gone:#?}");
}

/// The sweep finds what is shown: all of a canary, a part of it, in another case, between other things.
#[test]
fn a_canary_is_found() {
    for spoil in
        [|canary: &str| canary.to_owned(), |canary: &str| canary[2..8].to_owned(), |canary: &str| format!("x{}y", canary.to_lowercase())]
    {
        let mut sweep = Sweep::default();
        let canary = sweep.text();
        let shown = spoil(&canary);
        let caught = std::panic::catch_unwind(move || sweep.told("a test", &shown));
        assert!(caught.is_err());
    }
    let mut sweep = Sweep::default();
    let canary = sweep.text();
    sweep.told("a test", &format!("{} {}", &canary[..5], &canary[7..]));
}
