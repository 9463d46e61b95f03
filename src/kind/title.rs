//! The title of an instance, from the first of three attributes that has one.

use super::{Cx, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::Found;
use crate::fhir::shape::{Fhir, Uri};
use crate::loss::Code;
use crate::value::Fields;

view! {
    /// A title and its alternatives.
    TitleView {
        /// DocumentTitle.
        document = 0,
        /// ContentLabel.
        label = 1,
        /// CodeMeaning of ConceptNameCodeSequence.
        concept = 2,
    }
}

/// A title: of the document, content label, concept name.
pub enum Title {}

impl Sealed for Title {}

impl Kind for Title {
    const NAME: &'static str = "title";
    const FIELDS: usize = 3;
    type View<'a> = TitleView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> TitleView<'a> {
        TitleView::of(fields)
    }
}

impl Spell for Title {
    fn is_settled(_: u16, _: &str) -> bool {
        true
    }

    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        first_of(fields, told).map_or(Fhir::Nothing, |text| Fhir::Text(Uri::plain(text)))
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        if let Found::Text(leaf) = found {
            fill.put(0, *leaf);
        }
    }
}

/// The first filled of three alternatives; what ranks below the first is noted, what is not used is told.
pub(super) fn first_of<'a>(fields: &Fields<'a>, told: &mut Told) -> Option<&'a str> {
    let used = (0..3).find(|source| !field(fields, *source).is_empty())?;
    if used > 0 {
        told.mark(used, Code::AlternativeSource);
    }
    told.mark_filled(fields, used + 1..3, Code::AlternativeUnused);
    Some(field(fields, used))
}
