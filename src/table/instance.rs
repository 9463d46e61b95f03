//! Rows of an instance, in FHIR element order.

use super::part::{Vr, part, sequence};
use super::row_type::{SearchKind, rows};
use super::sequences::MEANING;
use crate::fhir::shape::Shape;
use crate::kind::{Number, Title, Uid};
use crate::release::{ALL, R4_R5, R6};

rows! { Instance:
    /// SOP Instance UID: the identity of the instance. PS3.3 C.12.1.
    INSTANCE_UID: Uid = [part(0, 0x0008_0018, "SOPInstanceUID", Vr::Ui).never_guessed()]
        .at(ALL, "uid", Shape::Text)
        .search(ALL, "instance", SearchKind::Token);

    /// SOP Class UID: what kind of object it is. PS3.3 C.12.1.
    INSTANCE_CLASS: Uid = [part(0, 0x0008_0016, "SOPClassUID", Vr::Ui)]
        .at(R4_R5, "sopClass", Shape::UidCoding)
        .at(R6, "sopClass", Shape::Oid)
        .search(ALL, "dicom-class", SearchKind::Token);

    /// Instance Number. PS3.3 C.7.6.1 and the other instance modules.
    INSTANCE_NUMBER: Number = [part(0, 0x0020_0013, "InstanceNumber", Vr::Is)]
        .at(ALL, "number", Shape::Number);

    /// The title: of an encapsulated document, else a content label, else the title of a structured report. PS3.3 C.24.2, 10.9, C.17.3.2.
    INSTANCE_TITLE: Title = [
        part(0, 0x0042_0010, "DocumentTitle", Vr::St),
        part(1, 0x0070_0080, "ContentLabel", Vr::Cs),
        sequence(2, 0x0040_A043, "ConceptNameCodeSequence", MEANING),
    ]
        .at(ALL, "title", Shape::Text);
}
