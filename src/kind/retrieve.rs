//! Where a study can be retrieved: its URL, or an address of which nobody knows how it becomes one.

use super::{Cx, Draft, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::Found;
use crate::fhir::shape::{Fhir, Uri};
use crate::value::Fields;
use alloc::string::String;

view! {
    /// Where a study can be retrieved.
    RetrieveView {
        /// RetrieveURL.
        url = 0,
        /// An Endpoint's address that is no URL, such as a template.
        address = 1,
    }
}

/// A URL, and an address that is none.
pub enum Retrieve {}

impl Sealed for Retrieve {}

impl Kind for Retrieve {
    const NAME: &'static str = "retrieve";
    const FIELDS: usize = 2;
    type View<'a> = RetrieveView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> RetrieveView<'a> {
        RetrieveView::of(fields)
    }
}

impl Spell for Retrieve {
    fn is_settled(_: u16, url: &str) -> bool {
        !url.ends_with('/')
    }

    fn canon(draft: &mut Draft<'_>) {
        let bare = draft.get(0).trim_end_matches('/');
        if bare.len() < draft.get(0).len() {
            let bare = String::from(bare);
            draft.set(0, &bare);
        }
    }

    // Rows have no place for it: Endpoints are written and read as wholes.
    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, _: &mut Told) -> Fhir<'a> {
        Fhir::Text(Uri::plain(field(fields, 0)))
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        if let Found::Text(leaf) = found {
            fill.put(0, *leaf);
        }
    }
}
