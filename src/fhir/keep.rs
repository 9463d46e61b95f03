//! Parts of a resource: `_summary` and `_elements` (FHIR search, "Summary", "Elements").

use crate::json::scan::{Next, Scanner};
use alloc::vec::Vec;

/// What a resource says although nobody asked for it: what it is, its mandatory elements and those that change its meaning.
const ALWAYS: [&str; 7] = ["resourceType", "id", "meta", "implicitRules", "modifierExtension", "status", "subject"];
/// What tells that a resource is not whole.
const SUBSETTED: &str = r#""meta":{"tag":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}]}"#;

/// Which elements of a study are written. `SUBSETTED` is told where there are others.
#[derive(Clone, Default)]
pub(crate) struct Keep {
    /// The elements besides the mandatory ones; none: all.
    pub(crate) elements: Option<Vec<&'static str>>,
    /// The resource is not whole, whatever it is.
    pub(crate) is_part: bool,
}

impl Keep {
    /// Whether an element is written.
    pub(crate) fn has(&self, name: &str) -> bool {
        let contained = || name == "contained" && self.elements.iter().flatten().any(|kept| matches!(*kept, "endpoint" | "series"));
        self.elements.as_ref().is_none_or(|kept| ALWAYS.contains(&name) || kept.contains(&name) || contained())
    }

    /// A resource, which was written by this crate, without the rest.
    pub(crate) fn of(&self, resource: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(resource.len() + SUBSETTED.len());
        out.push(b'{');
        let mut scanner = Scanner::new(resource, u32::MAX, true);
        let Ok(mut members) = scanner.enter_object() else { return resource.to_vec() };
        let mut dropped = self.is_part;
        let mut behind_id = None;
        while let Ok(Some(name)) = scanner.member(&mut members) {
            let from = scanner.at();
            let is_scalar = scanner.peek().is_ok_and(|next| !matches!(next, Next::Object | Next::Array));
            if scanner.skip(&mut |_| {}).is_err() {
                return resource.to_vec();
            }
            let value = resource.get(from..scanner.at()).unwrap_or_default();
            // What is beside a primitive belongs to it.
            if !self.has(name.text.trim_start_matches('_')) {
                dropped = true;
                continue;
            }
            if out.len() > 1 {
                out.push(b',');
            }
            out.push(b'"');
            out.extend_from_slice(name.text.as_bytes());
            out.extend_from_slice(b"\":");
            out.extend_from_slice(value);
            if is_scalar && matches!(name.text, "resourceType" | "id") {
                behind_id = Some(out.len());
            }
        }
        out.push(b'}');
        if let Some(at) = behind_id.filter(|_| dropped) {
            let rest = out.split_off(at);
            out.push(b',');
            out.extend_from_slice(SUBSETTED.as_bytes());
            out.extend_from_slice(&rest);
        }
        out
    }
}
