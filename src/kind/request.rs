//! A request that a series answers <-> a logical Reference to a ServiceRequest.

use super::{Cx, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::Found;
use crate::fhir::shape::{self, Display, Fhir, Uri};
use crate::loss::Code;
use crate::value::Fields;

view! {
    /// A request.
    RequestView {
        /// RequestedProcedureID.
        id = 0,
        /// RequestedProcedureDescription.
        description = 1,
        /// CodeMeaning of RequestedProcedureCodeSequence.
        procedure = 2,
    }
}

/// A request: id, description, procedure.
pub enum Request {}

impl Sealed for Request {}

impl Kind for Request {
    const NAME: &'static str = "request";
    const FIELDS: usize = 3;
    type View<'a> = RequestView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> RequestView<'a> {
        RequestView::of(fields)
    }
}

impl Spell for Request {
    fn is_settled(_: u16, _: &str) -> bool {
        true
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let (id, description, procedure) = (field(fields, 0), field(fields, 1), field(fields, 2));
        told.mark_filled(fields, 2..3, if description.is_empty() { Code::AlternativeSource } else { Code::AlternativeUnused });
        Fhir::Reference(shape::Reference {
            literal: "",
            type_: cx.shape.type_(),
            identifier: (!id.is_empty()).then(|| shape::Identifier { value: Uri::plain(id), ..shape::Identifier::default() }),
            display: Display::Text(if description.is_empty() { procedure } else { description }),
        })
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Reference(request) = found else { return };
        fill.also(request.type_);
        fill.put(1, request.display);
        if let Some(identifier) = &request.identifier {
            fill.put(0, identifier.value);
        }
    }
}
