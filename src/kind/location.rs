//! Where a study was made, from the first of three attributes that says so.

use super::title::first_of;
use super::{Cx, Fill, Kind, Sealed, Spell, Told, view};
use crate::fhir::found::Found;
use crate::fhir::shape::{self, Display, Fhir};
use crate::value::Fields;

view! {
    /// A place and its alternatives.
    LocationView {
        /// InstitutionalDepartmentName.
        department = 0,
        /// PerformedLocation.
        performed = 1,
        /// InstitutionName.
        institution = 2,
    }
}

/// A place: department, performed location, institution.
pub enum Location {}

impl Sealed for Location {}

impl Kind for Location {
    const NAME: &'static str = "location";
    const FIELDS: usize = 3;
    type View<'a> = LocationView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> LocationView<'a> {
        LocationView::of(fields)
    }
}

impl Spell for Location {
    fn splices(first: &str, _: &Cx<'_>) -> bool {
        !first.is_empty()
    }

    fn is_settled(_: u16, _: &str) -> bool {
        true
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        match first_of(fields, told) {
            Some(text) => {
                Fhir::Reference(shape::Reference { literal: "", type_: cx.shape.type_(), identifier: None, display: Display::Text(text) })
            }
            None => Fhir::Nothing,
        }
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Reference(place) = found else { return };
        fill.also(place.type_);
        fill.put(0, place.display);
    }
}
