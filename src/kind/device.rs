//! A device <-> a logical Reference by its serial number or UID.

use super::{Cx, Fill, Kind, Sealed, Spell, Told, field, view};
use crate::fhir::found::{Concept, DICOM_UID, Found, IDENTIFIER_TYPE};
use crate::fhir::shape::{self, Display, Fhir, TypeCode, Uri};
use crate::grammar::uid::is_oid;
use crate::loss::Code;
use crate::value::Fields;

view! {
    /// A device.
    DeviceView {
        /// Manufacturer.
        manufacturer = 0,
        /// ManufacturerModelName.
        model = 1,
        /// StationName.
        station = 2,
        /// DeviceSerialNumber.
        serial = 3,
        /// DeviceUID.
        uid = 4,
        /// SoftwareVersions, the first.
        software = 5,
    }
}

/// A device: manufacturer, model, station, serial number, UID, software.
pub enum Device {}

impl Sealed for Device {}

impl Kind for Device {
    const NAME: &'static str = "device";
    const FIELDS: usize = 6;
    type View<'a> = DeviceView<'a>;

    fn view<'a>(fields: &[&'a str; 10]) -> DeviceView<'a> {
        DeviceView::of(fields)
    }
}

impl Spell for Device {
    fn is_settled(_: u16, _: &str) -> bool {
        true
    }

    fn to_fhir<'a>(fields: &Fields<'a>, _: &Cx<'a>, told: &mut Told) -> Fhir<'a> {
        let (manufacturer, model, serial, uid) = (field(fields, 0), field(fields, 1), field(fields, 3), field(fields, 4));
        // One display for both: what it is made of cannot be told back.
        told.mark_filled(fields, 0..if manufacturer.is_empty() { 0 } else { 2 }, Code::NameFlattened);
        // A Reference has no room for them; a Device resource would.
        for part in [2, 5] {
            told.mark_filled(fields, part..part + 1, Code::NeedsResource);
        }
        let identifier = if serial.is_empty() {
            (!uid.is_empty()).then_some(shape::Identifier {
                system: Some(Uri::plain("urn:dicom:uid")),
                value: Uri { scheme: if is_oid(uid) { "urn:oid:" } else { "" }, rest: uid },
                ..shape::Identifier::default()
            })
        } else {
            told.mark_filled(fields, 4..5, Code::NeedsResource);
            Some(shape::Identifier { type_: TypeCode::V2("SNO"), value: Uri::plain(serial), ..shape::Identifier::default() })
        };
        if identifier.is_none() && manufacturer.is_empty() && model.is_empty() {
            return Fhir::Nothing;
        }
        Fhir::Reference(shape::Reference {
            literal: "",
            type_: "Device",
            identifier,
            display: Display::Words([manufacturer, model, "", "", ""], ""),
        })
    }

    fn from_fhir<'d>(found: &Found<'d>, _: &Cx<'_>, fill: &mut Fill<'d>) {
        let Found::Reference(device) = found else { return };
        fill.also(device.type_);
        fill.put(1, device.display);
        let Some(identifier) = &device.identifier else { return };
        if identifier.system.trim() == DICOM_UID {
            fill.also(identifier.system);
            fill.uid(4, identifier.value, true);
        } else if let Some(coding) = identifier.type_.with("SNO") {
            fill.also(coding.code);
            fill.system(coding.system, IDENTIFIER_TYPE, coding.code);
            fill.put(3, identifier.value);
        } else if may_be_serial(&identifier.type_) {
            fill.put(3, identifier.value);
        }
    }
}

/// Whether what kind of number it is, in words, is a serial number, or nothing is said.
fn may_be_serial(type_: &Concept<'_>) -> bool {
    let words = type_.text.trim();
    words.is_empty() && !type_.is_coded() || words.to_lowercase().contains("serial")
}
