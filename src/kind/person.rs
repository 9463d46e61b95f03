//! A person: a name in up to three representations, and an identification <-> a FHIR Reference.

use super::{Cx, Draft, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::place;
use crate::fhir::shape::{self, Assigner, Display, Fhir, Shape, TypeCode, Uri};
use crate::grammar::uid::is_oid;
use crate::loss::Code;
use crate::table::codes::scheme;
use crate::value::Fields;

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
    fn canon(draft: &mut Draft<'_>) {
        if !draft.is_filled(3) {
            for part in 4..7 {
                draft.refuse(part, Code::Incomplete);
            }
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
        let mut assigner = Assigner::default();
        let urn = |oid| Some(Uri { scheme: "urn:oid:", rest: oid });
        let system = if is_oid(uid) {
            assigner.display = if designator == uid { "" } else { designator };
            urn(uid)
        } else if is_oid(designator) {
            // A scheme is often named by its OID where its designator belongs.
            urn(designator)
        } else {
            told.mark_filled(fields, 6..7, Code::SchemeUnknown);
            let known = place::namespace(cx.options, designator).or_else(|| scheme::by_designator(designator).map(|scheme| scheme.uri));
            if known.is_none() {
                assigner.display = designator;
            }
            known.map(Uri::plain)
        };
        let identifier =
            (!id.is_empty()).then_some(shape::Identifier { type_: TypeCode::Text(meaning), system, value: Uri::plain(id), assigner });
        Fhir::Reference(shape::Reference { literal: "", type_, identifier, display })
    }
}
