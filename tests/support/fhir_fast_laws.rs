//! The law *fast-path* for FHIR: what is read by the fast paths is what the general path gives.

use super::fast_laws::{Read, same_read};
use super::fhir_repeat::document;
use super::generate::{Choices, options};
use fhir_dicomweb::{Loss, Options, Release, fhir};

fn plain(text: &[u8], release: Release, options: &Options) -> (Read, Vec<Loss>) {
    let mut losses = Vec::new();
    let read = fhir::read_plainly(text, release, options, &mut |loss| losses.push(*loss));
    (read, losses)
}

/// *Fast-path*: result or error with its offset, report, every loss.
pub fn fast_path(text: &[u8], release: Release, options: &Options) {
    let (one, heard) = plain(text, release, options);
    let mut losses = Vec::new();
    let two = fhir::read_with(text, release, options, &mut |loss| losses.push(*loss));
    same_read(&one, &two, text, true);
    assert_eq!(heard, losses, "heard, of {}", String::from_utf8_lossy(text));
    same_read(&one, &fhir::read(text, release, options), text, false);
}

/// The same of a Bundle, looked at from without: for documents that are many.
pub fn fast_path_briefly(text: &[u8], release: Release, options: &Options) {
    let (one, heard) = plain(text, release, options);
    let mut losses = Vec::new();
    let two = fhir::read_with(text, release, options, &mut |loss| losses.push(*loss));
    assert_eq!(heard, losses, "heard, of {}", String::from_utf8_lossy(text));
    same_read(&one, &two, text, false);
}

/// A document grown from the bytes, read as its release and perhaps another, freely and where reading ends early.
pub fn grown(bytes: &[u8]) {
    let (how, bytes) = bytes.split_at(bytes.len().min(8));
    let (h, c) = (&mut Choices(how), &mut Choices(bytes));
    let mut options = if h.rarely(3) { options(c) } else { Options::default() };
    let release = h.pick(&[Release::R4, Release::R4, Release::R5, Release::R4B, Release::R6]);
    let document = document(c);
    let text = document.text.as_slice();
    fast_path(text, release, &options);
    let few = 1 + h.below(document.studies.max(1)) as u32;
    match h.below(7) {
        0 => options.strict = true,
        1 => options.limits.instances = few,
        2 => options.limits.studies = few,
        3 => options.limits.series = few,
        4 => options.limits.depth = few,
        5 => options.limits.input_bytes = (text.len() - h.below(3).min(text.len())) as u64,
        _ => return,
    }
    fast_path(text, release, &options);
}
