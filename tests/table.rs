//! The table and what is exported from it: `spec/mapping.json`, `spec/loss-codes.json`, coverage by vectors, layering.
//!
//! `UPDATE_SPEC=1 cargo test --test house` writes the exported files anew.

use crate::support::cases::holds;
use crate::support::{vector_files, walk};
use fhir_dicomweb::{Code, Level, Part, Release, Row, codes, known, rows};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares an exported file with what it should hold, or writes it.
fn fresh(path: &str, expected: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE_SPEC").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "{} is stale: UPDATE_SPEC=1 cargo test --test house", path.display());
}

fn part(part: &Part) -> Value {
    let mut value = json!({"tag": format!("{:08X}", part.tag()), "keyword": part.keyword(), "vr": part.vr().name()});
    if let Some(sequence) = part.sequence() {
        value["within"] = json!(format!("{sequence:08X}"));
    }
    if !part.items().is_empty() {
        value["items"] = part.items().iter().map(self::part).collect();
    }
    value
}

#[test]
fn mapping_json_is_fresh() {
    let rows: Vec<Value> = rows()
        .map(|row| {
            json!({
                "row": row.name(),
                "about": row.about().collect::<Vec<_>>().join(" "),
                "level": row.level().name(),
                "kind": row.kind(),
                "parts": row.parts().iter().map(part).collect::<Vec<_>>(),
                "elements": row.elements().map(|(releases, element, shape)| json!({"releases": releases.to_string(), "element": element, "shape": shape})).collect::<Vec<_>>(),
                "search": row.searches().map(|search| json!({"releases": search.releases.to_string(), "parameter": search.parameter, "type": search.kind.name()})).collect::<Vec<_>>(),
            })
        })
        .collect();
    let known: Vec<Value> = known()
        .map(|known| json!({"tag": format!("{:08X}", known.tag), "keyword": known.keyword, "vr": known.vr, "reason": known.reason}))
        .collect();
    let mapping = json!({
        "$about": "The mapping table of fhir-dicomweb, exported from its rows. `known`: attributes that are deliberately not mapped.",
        "rows": rows,
        "known": known,
    });
    fresh("spec/mapping.json", &format!("{}\n", serde_json::to_string_pretty(&mapping).unwrap()));
}

/// Where a row stands in a release: elements with their shapes, or nothing.
fn elements(row: &Row, release: Release) -> String {
    let prefix = match row.level() {
        Level::Patient | Level::Study => "",
        Level::Series => "series.",
        Level::Instance => "series.instance.",
    };
    let list: Vec<String> = row
        .elements()
        .filter(|(releases, _, _)| releases.holds(release))
        .map(|(_, element, shape)| format!("`{prefix}{element}` {shape}"))
        .collect();
    if list.is_empty() { "–".to_owned() } else { list.join("; ") }
}

/// The README's table of facts × releases is generated from the rows.
#[test]
fn readme_table_is_fresh() {
    let mut table = String::from("| fact | DICOM | R4, R4B | R5 | R6 |\n|---|---|---|---|---|\n");
    for row in rows() {
        let parts: Vec<&str> = row.parts().iter().map(Part::keyword).collect();
        let (r4, r5, r6) = (elements(row, Release::R4), elements(row, Release::R5), elements(row, Release::R6));
        assert_eq!(r4, elements(row, Release::R4B), "R4B is as R4 here");
        let same = |later: &str, earlier: &str| if later == earlier { "=".to_owned() } else { later.to_owned() };
        table += &format!("| {} | {} | {r4} | {} | {} |\n", row.name(), parts.join(", "), same(&r5, &r4), same(&r6, &r5));
    }
    // The same table is the documentation of the module `row`.
    fresh("src/table/mapping.md", &table);
    let (begin, end) = ("<!-- table: begin -->\n", "<!-- table: end -->");
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (before, rest) = readme.split_once(begin).expect("the README has the table's begin");
    let (_, after) = rest.split_once(end).expect("the README has the table's end");
    fresh("README.md", &format!("{before}{begin}{table}{end}{after}"));
}

/// The README prints the loop of the example, which compiles.
#[test]
fn readme_facade_is_the_example() {
    let example = std::fs::read_to_string(root().join("examples/in_memory_facade.rs")).unwrap();
    let code = example.split("// README: begin\n").nth(1).unwrap().split("// README: end").next().unwrap();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    assert!(readme.contains(&format!("<!-- facade: begin -->\n```rust,ignore\n{code}```\n<!-- facade: end -->")), "the loop differs");
    assert!((25..=40).contains(&code.lines().count()), "it is about thirty lines");
}

#[test]
fn codes_json_is_fresh() {
    let modalities: Vec<Value> = codes::modalities().map(|one| json!({"code": one.code, "acquisition": one.is_acquisition})).collect();
    let schemes: Vec<Value> = codes::schemes().map(|one| json!({"designator": one.designator, "uid": one.uid, "uri": one.uri})).collect();
    let part = |one: codes::BodyPart| json!({"term": one.term, "sct": one.sct, "meaning": one.meaning, "srt": one.srt, "givenBack": one.is_given_back});
    let parts: Vec<Value> = codes::body_parts().map(part).collect();
    let about = "The tables of codes that the mapping goes by: PS3.16 CID 29, 32, 34 and retired modalities, Table 8-1, Annex L. Empty texts: there is none.";
    let all = json!({"$about": about, "modalities": modalities, "schemes": schemes, "bodyParts": parts});
    fresh("spec/codes.json", &(serde_json::to_string_pretty(&all).unwrap() + "\n"));
}

#[test]
fn loss_codes_are_listed() {
    let codes: Vec<Value> = Code::ALL
        .iter()
        .map(|code| json!({"code": code.name(), "class": code.class().name(), "carried": code.is_carried(), "means": code.meaning()}))
        .collect();
    let list = json!({"$about": "Every code a loss can have. `carried`: the value came through and the loss is a note.", "codes": codes});
    fresh("spec/loss-codes.json", &format!("{}\n", serde_json::to_string_pretty(&list).unwrap()));
}

/// Every row × release has a vector that shows it, and a release in which it has no element is shown too by none being expected.
#[test]
fn every_row_and_release_has_a_vector() {
    let files = vector_files();
    let mut missing = Vec::new();
    for row in rows() {
        let name = format!("attributes/{}.json", row.parts()[0].keyword());
        let Some((_, file)) = files.iter().find(|(path, _)| path == Path::new(&name)) else {
            missing.push(format!("{}: no {name}", row.name()));
            continue;
        };
        assert_eq!(file["row"], row.name(), "{name}");
        let cases = file["cases"].as_array().unwrap();
        assert_eq!(file["count"], cases.len(), "{name}");
        for release in Release::ALL {
            let to_fhir = |case: &&Value| {
                holds(case["releases"].as_str().unwrap(), release.name())
                    && case["directions"].as_array().unwrap().iter().any(|d| d == "to-fhir")
            };
            if !cases.iter().any(|case| to_fhir(&case)) {
                missing.push(format!("{}: {release}", row.name()));
            }
        }
        let both = |case: &&Value| case["directions"].as_array().unwrap().iter().any(|d| d == "to-dicom") || !case["error"].is_null();
        missing.extend(cases.iter().filter(|case| !both(case)).map(|case| format!("{}: one way only", case["id"])));
    }
    assert!(missing.is_empty(), "rows without vectors: {missing:#?}");
}

/// Every attribute of the reference mapping, where it stands beside the project, is part of a row or known with a reason.
#[test]
fn every_attribute_of_the_reference_is_a_row_or_known() {
    fn tags(part: &Part, into: &mut Vec<u32>) {
        into.push(part.tag());
        into.extend(part.sequence());
        part.items().iter().for_each(|part| tags(part, into));
    }
    let reference = root().join("../shared/reference/mapping.json");
    let Ok(text) = std::fs::read_to_string(&reference) else {
        println!("no {}", reference.display());
        return;
    };
    let mut covered: Vec<u32> = known().map(|known| known.tag).collect();
    rows().flat_map(|row| row.parts()).for_each(|part| tags(part, &mut covered));
    let reference: Value = serde_json::from_str(&text).unwrap();
    let attributes = reference["attributes"].as_array().unwrap();
    let missing: Vec<&Value> = attributes
        .iter()
        .filter(|attribute| !covered.contains(&u32::from_str_radix(attribute["tag"].as_str().unwrap(), 16).unwrap()))
        .map(|attribute| &attribute["keyword"])
        .collect();
    assert!(attributes.len() > 100 && missing.is_empty(), "{missing:?}");
}

#[test]
fn every_loss_code_is_met_by_a_vector() {
    let text: String = vector_files().iter().map(|(_, file)| file.to_string()).collect();
    // The limit of the report itself, the caller's selection and the limit of what is written have their tests in src/loss, src/dicom/select.rs and
    // tests/limits/output.rs.
    let missing: Vec<&str> = Code::ALL
        .iter()
        .filter(|code| !matches!(code, Code::MoreLosses | Code::NotSelected | Code::OutputLimit))
        .map(|code| code.name())
        .filter(|name| !text.contains(&format!("\"code\":\"{name}\"")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn case_ids_are_unique() {
    let mut ids: Vec<String> = vector_files()
        .iter()
        .flat_map(|(_, file)| {
            file["cases"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        })
        .collect();
    ids.sort();
    let twice: Vec<_> = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

/// Facts stand in the table only: releases in `release.rs` and `table/`, hex tags in `table/`, element names in `table/` and `fhir/`.
#[test]
fn layering() {
    let mut broken = Vec::new();
    walk(&root().join("src"), &mut |path| {
        let name = path.strip_prefix(root().join("src")).unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let code: Vec<&str> =
            text.split("#[cfg(test)]").next().unwrap().lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let table = name.starts_with("table/");
        for line in &code {
            let is_release = ["Release::R4", "Release::R4B", "Release::R5", "Release::R6"].iter().any(|release| line.contains(release));
            if is_release && name != "release.rs" && !table {
                broken.push(format!("{name}: a release: {line}"));
            }
            let tag = line.match_indices("0x").any(|(at, _)| {
                let digits =
                    line[at + 2..].chars().take_while(|c| c.is_ascii_hexdigit() || *c == '_').filter(char::is_ascii_hexdigit).count();
                digits == 8 && !line.contains("0x9E37_79B1")
            });
            // Constants of a standard are no tags.
            if tag && !table && name != "sha256.rs" {
                broken.push(format!("{name}: a tag: {line}"));
            }
            let element = ["numberOfSeries", "bodySite", "reasonCode", "procedureCode", "basedOn", "sopClass"]
                .iter()
                .any(|element| line.contains(&format!("\"{element}")));
            if element && !table && !name.starts_with("fhir/") {
                broken.push(format!("{name}: an element: {line}"));
            }
        }
    });
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn levels_are_in_order() {
    assert!(rows().map(|row| row.level()).collect::<Vec<Level>>().is_sorted());
}
