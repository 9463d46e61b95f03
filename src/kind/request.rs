//! A request that a series answers <-> a logical Reference to a ServiceRequest.

use super::{Cx, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::shape::{self, Fhir, Uri};
use crate::value::Fields;

view! {
    /// A request.
    RequestView {
        /// RequestedProcedureID.
        id = 0,
        /// RequestedProcedureDescription.
        description = 1,
    }
}

/// A request: id, description.
pub enum Request {}

impl Sealed for Request {}

impl Kind for Request {
    const NAME: &'static str = "request";
    const FIELDS: usize = 2;
    type View<'a> = RequestView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> RequestView<'a> {
        RequestView::of(fields)
    }
}

impl Spell for Request {
    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, _: &mut Told) -> Fhir<'a> {
        let id = field(fields, 0);
        Fhir::Reference(shape::Reference {
            type_: "ServiceRequest",
            identifier: (!id.is_empty()).then(|| shape::Identifier { value: Uri::plain(id), ..shape::Identifier::default() }),
            display: [field(fields, 1), "", ""],
        })
    }
}
