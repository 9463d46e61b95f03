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
                // A command that is not as the protocol has it is nothing to end for.
                let mut answer =
                    std::panic::catch_unwind(|| run(&command)).ok().flatten().unwrap_or_else(|| json!({"error": {"code": "internal"}}));
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

fn run(command: &Value) -> Option<Value> {
    let release: Release = command["release"].as_str()?.parse().ok()?;
    Some(ops::run(command["op"].as_str()?, command["direction"].as_str(), release, &command["input"]))
}
