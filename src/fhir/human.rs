//! HumanName: a name's groups, each with its components.

use super::shape::Display;
use crate::json::text::Writer;

const REPRESENTATION: &str = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";

/// A HumanName for each group that is filled. Where there are several representations each says which it is.
pub(super) fn names(w: &mut Writer<'_>, display: &Display<'_>) {
    let Display::Groups(groups) = display else { return };
    let [_, ideographic, phonetic] = groups;
    let tell = !ideographic.is_empty() || !phonetic.is_empty();
    for (group, code) in groups.iter().zip(["ABC", "IDE", "SYL"]).filter(|(group, _)| !group.is_empty()) {
        w.open_object();
        if tell {
            w.name("extension");
            w.open_array();
            w.open_object();
            w.member("url", REPRESENTATION);
            w.member("valueCode", code);
            w.close_object();
            w.close_array();
        }
        name(w, group);
        w.close_object();
    }
}

/// The components of a group (PS3.5 6.2.1.1): family, given, middle, prefix, suffix. What HumanName cannot tell apart is text.
fn name(w: &mut Writer<'_>, group: &str) {
    let mut components = group.split('^').map(str::trim);
    let mut next = || components.next().unwrap_or("");
    let (family, given, middle, prefix, suffix) = (next(), next(), next(), next(), next());
    if components.next().is_some() || given.is_empty() && !middle.is_empty() {
        w.member("text", group);
        return;
    }
    if !family.is_empty() {
        w.member("family", family);
    }
    for (name, texts) in [("given", [given, middle]), ("prefix", [prefix, ""]), ("suffix", [suffix, ""])] {
        if texts.iter().any(|text| !text.is_empty()) {
            w.name(name);
            w.open_array();
            texts.iter().filter(|text| !text.is_empty()).for_each(|text| w.string(text));
            w.close_array();
        }
    }
}
