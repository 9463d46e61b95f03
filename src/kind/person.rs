//! A person: a name in up to three representations, and an identification <-> a FHIR Reference.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{self, Found, Leaf, URI, URN_OID};
use crate::fhir::place;
use crate::fhir::shape::{self, Assigner, Display, Fhir, Shape, TypeCode, Uri};
use crate::grammar::pn;
use crate::grammar::uid::is_oid;
use crate::json::tree::Id;
use crate::loss::Code;
use crate::policy::Names;
use crate::table::codes::scheme;
use crate::value::Fields;
use alloc::string::String;

view! {
    /// A person.
    PersonView {
        /// The alphabetic group of the name, components divided by `^`.
        alphabetic = 0,
        /// The ideographic group.
        ideographic = 1,
        /// The phonetic group.
        phonetic = 2,
        /// The person's identifier.
        id = 3,
        /// CodingSchemeDesignator of the identifier.
        designator = 4,
        /// CodeMeaning of the identifier: what kind it is.
        meaning = 5,
        /// CodingSchemeUID of the identifier.
        scheme_uid = 6,
    }
}

/// Whether a field of a person is one of the name.
pub(crate) fn is_of_name(field: u8) -> bool {
    field < 3
}

/// Whether a field of a person is what identifies them: who issued it does not.
pub(crate) fn is_of_identification(field: u8) -> bool {
    field == 3
}

/// A person: alphabetic, ideographic, phonetic, identifier, designator, meaning, scheme UID.
pub enum Person {}

impl Sealed for Person {}

impl Kind for Person {
    const NAME: &'static str = "person";
    const FIELDS: usize = 7;
    type View<'a> = PersonView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> PersonView<'a> {
        PersonView::of(fields)
    }
}

impl Spell for Person {
    fn splices(first: &str, cx: &Cx<'_>) -> bool {
        let plain = cx.options.names == Names::Dicom && !place::people_are_resources(cx.options);
        plain && !first.is_empty() && !matches!(cx.shape, Shape::HumanName)
    }

    fn is_settled(filled: u16, _: &str) -> bool {
        filled & 0b111_1000 == 0
    }

    // The name beside it may be long, and each row may say so.
    fn says_again(known: &Fields<'_>, field: usize, text: &str) -> bool {
        field == 6 && known.get(4) == Some(&text) && is_scheme(text)
    }

    fn canon(draft: &mut Draft<'_>) {
        if !draft.is_filled(3) {
            for part in 4..7 {
                draft.refuse(part, Code::Incomplete);
            }
        }
        // A scheme named by its OID: a designator of 16 characters holds it, or its UID does; twice is once. (What is no OID names no scheme by its UID,
        // and stands where it stood, so that another UID contradicts it in any order of rows.)
        let (designator, uid) = (draft.get(4), draft.get(6));
        let same = uid == designator && is_scheme(designator);
        let too_long = is_scheme(designator) && (uid.is_empty() || same) && designator.len() > DESIGNATOR;
        let short = designator.is_empty() && is_oid(uid) && uid.len() <= DESIGNATOR;
        if too_long {
            draft.shift(4, 6);
        } else if same {
            draft.says(6, 4);
        } else if short {
            draft.shift(6, 4);
        }
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let (id, designator, meaning, uid) = (field(fields, 3), field(fields, 4), field(fields, 5), field(fields, 6));
        let groups = [field(fields, 0), field(fields, 1), field(fields, 2)];
        let type_ = match cx.shape {
            Shape::Reference(type_) => type_,
            Shape::Performer(_) => "Practitioner",
            _ => "",
        };
        // A HumanName, in a Patient or Practitioner, has room for everything.
        let whole = matches!(cx.shape, Shape::HumanName) || place::people_are_resources(cx.options) && !type_.is_empty();
        let display = if whole { Display::Groups(groups) } else { place::display(groups, cx.options.names, told) };
        if id.is_empty() {
            // Without an identifier there is nobody to assign it.
            return Fhir::Reference(shape::Reference { literal: "", type_, identifier: None, display });
        }
        let mut assigner = Assigner::default();
        let urn = |oid| Some(Uri { scheme: "urn:oid:", rest: oid });
        // The caller's name for it is what reads back.
        let is_renamed = |oid| {
            let is_it = |(name, uri): &(String, String)| !name.is_empty() && urn(oid).is_some_and(|urn| urn.is(uri));
            cx.options.namespaces.iter().any(is_it)
        };
        let system = if is_oid(uid) {
            assigner.display = if designator == uid { "" } else { designator };
            if assigner.display.is_empty() && is_renamed(uid) {
                told.note(6, Code::AliasCollapsed);
            }
            urn(uid)
        } else if is_scheme(designator) {
            // A scheme is often named by its OID where its designator belongs.
            told.mark_filled(fields, 6..7, Code::AlternativeUnused);
            if is_renamed(designator) {
                told.note(4, Code::AliasCollapsed);
            }
            urn(designator)
        } else {
            told.mark_filled(fields, 6..7, Code::SchemeUnknown);
            let known = system_of(designator, cx);
            if known.is_none() {
                assigner.display = designator;
            }
            if let Some(uri) = known {
                if system_back(uri, cx) != Back::Designator(designator, true) {
                    told.note(4, Code::AliasCollapsed);
                }
            }
            known.map(Uri::plain)
        };
        let mut type_of = meaning;
        if is_name(meaning) {
            told.note(5, Code::AlternativeUnused);
            type_of = "";
        }
        let identifier = Some(shape::Identifier { type_: TypeCode::Text(type_of), system, value: Uri::plain(id), assigner });
        Fhir::Reference(shape::Reference { literal: "", type_, identifier, display })
    }

    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Reference(person) = found else { return };
        // Who has a role is not the role: nothing in DICOM says so.
        if !matches!(person.type_.text.trim(), "PractitionerRole" | "http://hl7.org/fhir/StructureDefinition/PractitionerRole") {
            fill.also(person.type_);
        }
        match person.names.as_deref().filter(|groups| groups.iter().any(|group| !group.text.is_empty())) {
            Some(groups) => names(groups, fill),
            None => display(person.display, fill),
        }
        let Some(identifier) = &person.identifier else { return };
        fill.put(3, identifier.value);
        fill.put(5, identifier.type_.text);
        let uri = identifier.system.trim();
        // A system that has a name says more than who gave the number.
        let is_named = !uri.starts_with(URN_OID) && system_back(uri, cx) != Back::Unknown;
        if !identifier.assigner.is_empty() && !is_named {
            fill.put(4, identifier.assigner);
            if let Some(uid) = uri.strip_prefix(URN_OID) {
                fill.set(6, uid, identifier.system);
            } else if is_scheme(identifier.assigner.trim()) || system_of(identifier.assigner.trim(), cx).is_some() {
                fill.note(identifier.assigner, Code::OtherSystem);
            }
            return;
        }
        match system_back(uri, cx) {
            Back::Designator(name, own) => {
                fill.set(4, String::from(name), identifier.system);
                if !own {
                    fill.note(identifier.system, Code::OtherSystem);
                }
            }
            Back::Uid(uid) => fill.set(6, String::from(uid), identifier.system),
            Back::Unknown => {}
        }
    }
}

/// The system that a designator is known by: the caller's, or that of PS3.16 Table 8-1.
fn system_of<'a>(designator: &str, cx: &Cx<'a>) -> Option<&'a str> {
    let of_table = || scheme::by_designator(designator).map(|scheme| scheme.uri).filter(|uri| *uri != URI);
    place::namespace(cx.options, designator).or_else(of_table)
}

/// Characters that a CodingSchemeDesignator holds.
const DESIGNATOR: usize = 16;

/// Whether a designator is the OID of a scheme: one that no UID can be names nothing.
fn is_scheme(designator: &str) -> bool {
    is_oid(designator) && designator.len() <= UID
}

/// Whether a CodeMeaning is a name: it says who a code of a person identifies, in the form of a name of several components (PS3.3 10.1). What has none is what
/// archives write besides, what kind of number it is.
fn is_name(meaning: &str) -> bool {
    meaning.contains(['^', '='])
}

/// Characters that a UID holds.
const UID: usize = 64;

/// What the system of a person's identifier says.
#[derive(PartialEq)]
enum Back<'a> {
    Unknown,
    /// Whether the system is the URI that is written for it, too.
    Designator(&'a str, bool),
    Uid(&'a str),
}

fn system_back<'a>(uri: &'a str, cx: &Cx<'a>) -> Back<'a> {
    if let Some(name) = place::namespace_back(cx.options, uri) {
        return Back::Designator(name, true);
    }
    match uri.strip_prefix(URN_OID).filter(|uid| is_oid(uid)) {
        Some(oid) if oid.len() <= DESIGNATOR => Back::Designator(oid, true),
        Some(oid) => Back::Uid(oid),
        // It says that the value is a URI (FHIR Identifier.system), which no designator does.
        None if uri == URI => Back::Unknown,
        None => scheme::by_uri(uri).map_or(Back::Unknown, |(known, own)| Back::Designator(known.designator, own)),
    }
}

/// The groups of HumanNames.
fn names<'d>(groups: &[found::Group; 3], fill: &mut Fill<'d>) {
    for (field, group) in groups.iter().enumerate() {
        let mut leaves = group.leaves.iter().map(|(id, _)| Leaf { text: "", id: Some(*id) });
        let first = leaves.next().unwrap_or_default();
        if group.text.contains('=') {
            divided(field, groups, fill);
        } else {
            fill.set(field, group.text.clone(), first);
            leaves.for_each(|leaf| fill.further(field, leaf));
        }
        if group.unstructured {
            fill.note(first, Code::NameUnstructured);
        }
        for (id, _) in group.leaves.iter().filter(|(_, said)| said.is_odd) {
            fill.note(Leaf { text: "", id: Some(*id) }, Code::ControlCharacter);
        }
    }
}

/// A HumanName with the sign in it that divides groups: what stands behind the sign is the next group, where no other HumanName is. What is none
/// is lost, with every leaf that says something there.
fn divided(field: usize, groups: &[found::Group; 3], fill: &mut Fill<'_>) {
    let Some(group) = groups.get(field) else { return };
    let (parts, _) = pn::groups(&group.text);
    let is_free = |fill: &Fill<'_>, n: usize| {
        let next = field + n;
        n == 0 || !fill.is_filled(next) && groups.get(next).is_some_and(|other| other.text.is_empty())
    };
    let lost = (0..=3).filter(|n| *n > 2 || !is_free(fill, *n)).fold(0, |lost, n| lost | 1 << n);
    let leaf = |id: Id| Leaf { text: "", id: Some(id) };
    let mut own = None;
    for (id, said) in &group.leaves {
        if said.groups & lost != 0 {
            fill.lose(leaf(*id), Code::ExtraValue);
        } else if own.is_none() {
            fill.note(leaf(*id), Code::NameAsText);
            own = Some(*id);
        }
    }
    let mut first = None;
    for (n, part) in parts.into_iter().enumerate().filter(|(n, part)| !part.is_empty() && lost & 1 << n == 0) {
        fill.set(field + n, part, own.filter(|_| first.is_none()).map(leaf).unwrap_or_default());
        first.get_or_insert(field + n);
    }
    for (id, _) in group.leaves.iter().filter(|(id, said)| said.groups & lost == 0 && Some(*id) != own) {
        fill.further(first.unwrap_or(field), leaf(*id));
    }
}

/// Whether a text is sure to be one group of several components, with nothing insignificant in it.
pub(crate) fn is_one_group(text: &str) -> bool {
    let bytes = text.as_bytes();
    let behind = bytes.get(1..).unwrap_or_default();
    // A space beside a `^` is insignificant.
    let ill = bytes.iter().zip(behind).fold(false, |ill, pair| ill | matches!(pair, (b' ', b'^') | (b'^', b' ')));
    !ill && bytes.contains(&b'^') && bytes.last() != Some(&b'^') && bytes.iter().all(|byte| matches!(byte, b' '..=b'<' | b'>'..=b'~'))
}

/// A name as it is displayed in DICOM's form; without its signs it is one component.
fn display<'d>(text: Leaf<'d>, fill: &mut Fill<'d>) {
    if is_one_group(text.trim()) {
        return fill.set(0, text.trim(), text);
    }
    let (groups, rest) = pn::groups(text.trim());
    if rest.is_some_and(|rest| !pn::is_blank(rest)) {
        // There are no more than three.
        fill.lose(text, Code::ExtraValue);
    } else if rest.is_some() {
        fill.note(text, Code::NameAsText);
    } else if !text.trim().contains(['^', '=']) {
        fill.note(text, Code::NameUnstructured);
    }
    let mut leaf = text;
    for (field, group) in groups.into_iter().enumerate().filter(|(_, group)| !group.is_empty()) {
        fill.set(field, group, leaf);
        leaf = Leaf::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_group_is_what_the_grammar_makes_of_it() {
        for one in ["A^B", "A^B^C d^E", "^B", "A^^B"] {
            assert!(is_one_group(one), "{one}");
        }
        for other in ["", "A", "A^", "A ^B", "A^ B", "A^B=C", "A^\u{e9}", "A^B\u{7f}"] {
            assert!(!is_one_group(other), "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_short_way_is_the_long_way(text in "[A^ =b\u{e9}\t]{0,8}") {
            let text = found::trim(&text);
            if is_one_group(text) {
                let (groups, rest) = pn::groups(text);
                proptest::prop_assert_eq!((groups, rest), ([String::from(text), String::new(), String::new()], None));
            }
        }
    }
}
