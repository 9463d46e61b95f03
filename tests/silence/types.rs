//! Which public types there are, by the source.

use std::collections::BTreeSet;
use std::path::Path;

/// Every `pub struct` and `pub enum` of `src` that can be formatted, by its path: what derives or implements `Debug`. (Types in private modules that
/// are exported under another path stand where they are defined.)
pub fn formattable() -> BTreeSet<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut types = BTreeSet::new();
    walk(&src, &mut |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let module = module(path.strip_prefix(&src).unwrap());
        // Types of tests, and inner modules, are nobody's.
        let text = text.split("\nmod tests {").next().unwrap();
        for name in names(text) {
            types.insert(format!("{module}::{name}"));
        }
    });
    assert!(types.len() > 80, "{types:?}");
    types
}

fn walk(dir: &Path, visit: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, visit);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            visit(&path);
        }
    }
}

/// `facade/mod.rs` is `fhir_dicomweb::facade`.
fn module(path: &Path) -> String {
    let parts = path.with_extension("");
    let parts = parts.components().map(|part| part.as_os_str().to_str().unwrap()).filter(|part| !["mod", "lib"].contains(part));
    std::iter::once("fhir_dicomweb").chain(parts).collect::<Vec<_>>().join("::")
}

/// The names of the public types of a file that can be formatted.
fn names(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut names = Vec::new();
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    for (n, line) in lines.iter().enumerate() {
        let plain = line.trim_start();
        // Views are made by a macro, whose `Debug` is theirs.
        if plain == "view! {" {
            let of = lines[n + 1..].iter().map(|line| line.trim()).find(|line| !line.starts_with("///")).unwrap();
            names.push(word(of));
        }
        let Some(rest) = ["pub struct ", "pub enum ", "pub union "].iter().find_map(|start| plain.strip_prefix(start)) else { continue };
        let name = word(rest);
        if name.is_empty() {
            continue;
        }
        let attributes: Vec<&str> =
            lines[..n].iter().rev().map(|line| line.trim()).take_while(|line| line.starts_with("#[") || line.starts_with("//")).collect();
        let derives = attributes.iter().any(|line| line.starts_with("#[derive(") && line.contains("Debug"));
        let implements = [format!("Debug for {name} "), format!("Debug for {name}<")].iter().any(|text_of| text.contains(text_of));
        if derives || implements {
            names.push(name);
        } else {
            // What cannot be formatted shows nothing: kinds have no values, rows and facts are names of the table, the items of a fact an iterator.
            let has_values = !plain.trim_end().ends_with("{}");
            assert!(
                !has_values || ["Fact", "Facts", "Row"].contains(&name.as_str()),
                "{name} has no Debug: C-DEBUG, and the sweep cannot see it"
            );
        }
    }
    names
}
