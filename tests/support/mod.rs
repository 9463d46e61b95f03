//! Shared by the test binaries.
#![allow(dead_code)]

pub mod archive;
pub mod each_laws;
pub mod facade_driver;
pub mod facade_exact;
pub mod facade_laws;
pub mod fast_laws;
pub mod fhir_fast_laws;
pub mod fhir_laws;
pub mod fhir_near;
pub mod fhir_repeat;
pub mod fhir_scalars;
pub mod generate;
pub mod grammar_laws;
pub mod hollow_laws;
pub mod laws;
pub mod mutate;
pub mod plan_laws;
pub mod qido_store;
pub mod repeat;
pub mod said_laws;
pub mod search_laws;
pub mod seeded;
pub mod targets;
pub mod text_laws;
pub mod vanish;

#[path = "../../examples/drive/cases.rs"]
pub mod cases;
#[path = "../../examples/drive/compare.rs"]
pub mod compare;
#[path = "../../examples/conform/vectors.rs"]
pub mod vectors;

use serde_json::Value;
use std::path::{Path, PathBuf};

/// Every vector file: its path below `spec/vectors`, and its content.
pub fn vector_files() -> Vec<(PathBuf, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/vectors");
    let mut files = Vec::new();
    walk(&root, &mut |path| {
        if path.extension().is_some_and(|e| e == "json") {
            let text = std::fs::read_to_string(path).unwrap();
            let value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            files.push((path.strip_prefix(&root).unwrap().to_owned(), value));
        }
    });
    files.sort_by(|a, b| a.0.cmp(&b.0));
    files
}

/// Visits every file below `dir`.
pub fn walk(dir: &Path, visit: &mut dyn FnMut(&Path)) {
    let mut entries: Vec<_> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, visit);
        } else {
            visit(&path);
        }
    }
}
