//! This crate as an implementation that is driven by `spec/PROTOCOL.md`.
//!
//! `cargo run --example drive -- cargo run -q --example conform`
#![allow(clippy::print_stdout, clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod grammar;
mod ops;
mod tables;
mod vectors;

use fhir_dicomweb::Release;
use serde_json::{Value, json};
use std::io::{BufRead, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line?)?;
        let answer = match command["cmd"].as_str() {
            Some("start") => {
                let implementation = json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION"), "language": "Rust"});
                json!({"implementation": implementation, "releases": Release::ALL.map(Release::name), "ops": ops::OPS})
            }
            Some("run") => {
                let release: Release = command["release"].as_str().unwrap_or_default().parse()?;
                let op = command["op"].as_str().unwrap_or_default();
                let mut answer = ops::run(op, command["direction"].as_str(), release, &command["input"]);
                answer["seq"] = command["seq"].clone();
                answer
            }
            _ => return Ok(()),
        };
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
