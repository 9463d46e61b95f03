//! Kinds of one field: text, number, UID.

use super::{Cx, Fill, Kind, Sealed, Spell, Told, field};
use crate::fhir::found::{DICOM_UID, Found, URI};
use crate::fhir::shape::{Coding, Concept, Fhir, Identifier, Shape, Uri};
use crate::grammar::uid::is_oid;
use crate::loss::Code;
use crate::value::Fields;

/// One text.
pub enum Text {}

impl Sealed for Text {}

impl Kind for Text {
    const NAME: &'static str = "text";
    const FIELDS: usize = 1;
    type View<'a> = &'a str;

    fn view<'a>(fields: &[&'a str; 10]) -> &'a str {
        field(fields, 0)
    }
}

impl Spell for Text {
    fn splices(first: &str, _: &Cx<'_>) -> bool {
        !first.is_empty()
    }

    fn is_settled(_: u16, _: &str) -> bool {
        true
    }

    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, _: &mut Told) -> Fhir<'a> {
        Fhir::Text(Uri::plain(field(fields, 0)))
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        plain(found, fill);
    }
}

fn plain<'d>(found: &Found<'d>, fill: &mut Fill<'d>) {
    if let Found::Text(leaf) = found {
        fill.put(0, *leaf);
    }
}

/// A whole number from 0 to 2147483647, FHIR's `unsignedInt`.
pub enum Number {}

impl Sealed for Number {}

impl Kind for Number {
    const NAME: &'static str = "number";
    const FIELDS: usize = 1;
    type View<'a> = u32;

    fn view(fields: &[&str; 10]) -> u32 {
        field(fields, 0).parse().unwrap_or(0)
    }
}

impl Spell for Number {
    fn is_settled(_: u16, _: &str) -> bool {
        true
    }

    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, _: &mut Told) -> Fhir<'a> {
        Fhir::Number(field(fields, 0))
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        plain(found, fill);
    }
}

/// A unique identifier.
pub enum Uid {}

impl Sealed for Uid {}

impl Kind for Uid {
    const NAME: &'static str = "uid";
    const FIELDS: usize = 1;
    type View<'a> = &'a str;

    fn view<'a>(fields: &[&'a str; 10]) -> &'a str {
        field(fields, 0)
    }
}

impl Spell for Uid {
    fn splices(first: &str, _: &Cx<'_>) -> bool {
        is_oid(first)
    }

    fn is_settled(_: u16, _: &str) -> bool {
        true
    }

    fn to_fhir<'a>(fields: &Fields<'a>, cx: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let uid = field(fields, 0);
        let urn = Uri { scheme: if is_oid(uid) { "urn:oid:" } else { "" }, rest: uid };
        match cx.shape {
            Shape::UidIdentifier => {
                Fhir::Identifier(Identifier { system: Some(Uri::plain("urn:dicom:uid")), value: urn, ..Identifier::default() })
            }
            Shape::UidCoding => Fhir::Concept(Concept {
                coding: Some(Coding { system: Some(Uri::plain("urn:ietf:rfc:3986")), code: urn, ..Coding::default() }),
                text: "",
            }),
            // FHIR's `oid` is a legal OID or nothing.
            Shape::Oid if urn.scheme.is_empty() => {
                told.mark(0, Code::NoElement);
                Fhir::Nothing
            }
            Shape::Oid => Fhir::Text(urn),
            _ => Fhir::Text(Uri::plain(uid)),
        }
    }

    fn from_fhir<'d>(found: &Found<'d>, cx: &Cx<'_>, fill: &mut Fill<'d>) {
        match found {
            Found::Text(leaf) => fill.uid(0, *leaf, matches!(cx.shape, Shape::Oid | Shape::UidCoding)),
            Found::Concept(concept) => {
                let coding = concept.codings.iter().find(|coding| !coding.code.is_empty());
                if let Some(coding) = coding {
                    fill.uid(0, coding.code, true);
                    fill.system(coding.system, URI, coding.code);
                }
            }
            Found::Identifier(identifier) => {
                fill.uid(0, identifier.value, true);
                fill.system(identifier.system, DICOM_UID, identifier.value);
                // DCM 110180 is "Study Instance UID": some guides want it said.
                if let Some(coding) = identifier.type_.with("110180") {
                    fill.also(coding.code);
                    fill.also(coding.system);
                }
            }
            Found::Reference(_) => {}
        }
    }
}
