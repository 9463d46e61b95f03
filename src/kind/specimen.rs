//! A specimen <-> a logical Reference.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{DICOM_UID, Found};
use crate::fhir::shape::{self, Display, Fhir, Uri};
use crate::grammar::uid::is_oid;
use crate::loss::Code;
use crate::value::Fields;

view! {
    /// A specimen.
    SpecimenView {
        /// SpecimenIdentifier.
        id = 0,
        /// The issuer's local name.
        local = 1,
        /// The issuer's universal identifier.
        universal = 2,
        /// What kind of universal identifier.
        universal_type = 3,
        /// SpecimenUID.
        uid = 4,
        /// SpecimenShortDescription.
        description = 5,
    }
}

/// A specimen: identifier, local issuer, universal issuer, its type, UID, description.
pub enum Specimen {}

impl Sealed for Specimen {}

impl Kind for Specimen {
    const NAME: &'static str = "specimen";
    const FIELDS: usize = 6;
    type View<'a> = SpecimenView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> SpecimenView<'a> {
        SpecimenView::of(fields)
    }
}

impl Spell for Specimen {
    fn canon(draft: &mut Draft<'_>) {
        super::identifier::canon_issuer(draft);
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let (id, uid) = (field(fields, 0), field(fields, 4));
        let identifier = if id.is_empty() {
            (!uid.is_empty()).then_some(shape::Identifier {
                system: Some(Uri::plain("urn:dicom:uid")),
                value: Uri { scheme: if is_oid(uid) { "urn:oid:" } else { "" }, rest: uid },
                ..shape::Identifier::default()
            })
        } else {
            told.mark_filled(fields, 4..5, Code::AlternativeUnused);
            let (system, assigner) = super::identifier::issuer(fields, cx, told);
            Some(shape::Identifier { system, value: Uri::plain(id), assigner, ..shape::Identifier::default() })
        };
        Fhir::Reference(shape::Reference { literal: "", type_: cx.shape.type_(), identifier, display: Display::Text(field(fields, 5)) })
    }

    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Reference(specimen) = found else { return };
        fill.also(specimen.type_);
        fill.put(5, specimen.display);
        let Some(identifier) = &specimen.identifier else { return };
        if identifier.system.trim() == DICOM_UID {
            fill.also(identifier.system);
            fill.uid(4, identifier.value, true);
        } else {
            fill.put(0, identifier.value);
            super::identifier::read_issuer(fill, identifier, cx);
        }
    }
}
