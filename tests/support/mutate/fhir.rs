//! FHIR: elements, forms of other releases, extensions, resources inside of others.

use super::super::generate::Choices;
use super::bend::{extra, odd, wrapped};
use super::json;
use super::tree::Node;
use serde_json::{Value, json};

/// Names of elements: of one release or another, of some type or another.
const ELEMENTS: &[&str] = &[
    "identifier",
    "status",
    "modality",
    "subject",
    "encounter",
    "started",
    "basedOn",
    "partOf",
    "referrer",
    "interpreter",
    "endpoint",
    "numberOfSeries",
    "numberOfInstances",
    "procedureReference",
    "procedureCode",
    "procedure",
    "location",
    "reasonCode",
    "reasonReference",
    "reason",
    "note",
    "description",
    "series",
    "uid",
    "number",
    "bodySite",
    "laterality",
    "specimen",
    "performer",
    "function",
    "actor",
    "instance",
    "sopClass",
    "title",
    "system",
    "code",
    "display",
    "coding",
    "text",
    "concept",
    "reference",
    "type",
    "value",
    "assigner",
    "use",
    "period",
    "contained",
    "id",
    "resource",
    "entry",
    "fullUrl",
    "search",
    "address",
    "connectionType",
    "payloadType",
    "name",
    "family",
    "given",
    "gender",
    "birthDate",
    "userSelected",
    "version",
    "extension",
    "url",
    "valueCode",
    "meta",
    "language",
    "acsn",
    "availability",
];

const RESOURCES: &[&str] = &[
    "ImagingStudy",
    "Endpoint",
    "Patient",
    "Practitioner",
    "Bundle",
    "OperationOutcome",
    "ServiceRequest",
    "ImagingSelection",
    "CANARY",
    "",
];

/// One change of elements or resources; now and then one of JSON as such.
pub fn change(c: &mut Choices<'_>, text: &str) -> String {
    if c.rarely(5) {
        return json::change(c, text);
    }
    let Some(mut root) = Node::parse(text) else { return json::damaged(c, text) };
    match c.below(10) {
        0 => resources(c, &mut root),
        1 => {
            let own = root.any_that(c, &|node| matches!(node, Node::Scalar(_)));
            *own = of(&odd(c));
        }
        2 => {
            let own = root.any(c);
            if let Ok(value) = serde_json::from_str(&own.to_string()) {
                *own = of(&wrapped(c, value));
            }
        }
        3 | 4 => json::changed(c, &mut root),
        _ => {
            let own = root.any_that(c, &|node| matches!(node, Node::Object(_)));
            match own.members() {
                Some(members) => elements(c, members),
                None => json::changed(c, own),
            }
        }
    }
    root.to_string()
}

fn of(value: &Value) -> Node {
    Node::parse(&value.to_string()).unwrap_or_else(|| Node::text(""))
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// The elements of an object: another name, a sibling with an extension, one more, one less.
fn elements(c: &mut Choices<'_>, members: &mut Vec<(String, Node)>) {
    if members.is_empty() || c.rarely(4) {
        let (name, value) = extra(c);
        members.push((quoted(name), of(&value)));
        return;
    }
    let at = c.below(members.len());
    match c.below(6) {
        0 => members[at].0 = quoted(c.pick(ELEMENTS)),
        1 => {
            let extension = json!({ "url": c.pick(&["urn:CANARYP", "http://hl7.org/fhir/StructureDefinition/data-absent-reason"]), "valueCode": "unknown" });
            let extensions = json!({ "id": "CANARY", "extension": [extension] });
            let value = if matches!(members[at].1, Node::Array(_)) { json!([null, extensions]) } else { extensions };
            let name = members[at].0.replacen('"', "\"_", 1);
            members.insert(at + c.below(2), (name, of(&value)));
        }
        2 => drop(members.remove(at)),
        3 => members.insert(at, members[at].clone()),
        4 => members.push((quoted(c.pick(ELEMENTS)), of(&odd(c)))),
        _ => {
            let (_, value) = extra(c);
            members[at].1 = of(&value);
        }
    }
}

/// Resources: of another type, in a Bundle, contained, beside others.
fn resources(c: &mut Choices<'_>, root: &mut Node) {
    let is_resource = |node: &Node| matches!(node, Node::Object(members) if members.iter().any(|(name, _)| name == "\"resourceType\""));
    if c.rarely(5) {
        let inner = root.clone();
        let type_ = c.pick(&["searchset", "collection", "history", "CANARY"]);
        let mut bundle =
            of(&json!({ "resourceType": "Bundle", "type": type_, "entry": [{ "fullUrl": "urn:uuid:CANARY", "resource": null }] }));
        *bundle.any_that(c, &|node| *node == Node::Scalar("null".to_owned())) = inner;
        *root = bundle;
        return;
    }
    let donor = root.any_that(c, &is_resource).clone();
    let Some(members) = root.any_that(c, &is_resource).members() else { return };
    match c.below(4) {
        0 => {
            for (_, value) in members.iter_mut().filter(|(name, _)| name == "\"resourceType\"") {
                *value = Node::text(c.pick(RESOURCES));
            }
        }
        1 if donor.size() < 300 => members.push((quoted("contained"), Node::Array(vec![donor]))),
        2 => members.retain(|(name, _)| name != "\"resourceType\""),
        _ => {
            let id = c.pick(&["patient", "study-wado", "a", "CANARY"]);
            let other = match c.below(3) {
                0 => {
                    json!({ "resourceType": "Patient", "id": id, "identifier": [{ "system": "urn:p", "value": "P1" }], "gender": "other" })
                }
                1 => json!({ "resourceType": "Endpoint", "id": id, "status": "active", "connectionType": { "code": "dicom-wado-rs" },
                    "address": "https://a/rs" }),
                _ => json!({ "resourceType": "Practitioner", "id": id, "name": [{ "text": "CANARY^A", "family": "CANARY" }] }),
            };
            members.push((quoted("contained"), Node::Array(vec![of(&other)])));
            members.push((quoted(c.pick(&["subject", "endpoint", "referrer"])), of(&json!({ "reference": format!("#{id}") }))));
        }
    }
}
