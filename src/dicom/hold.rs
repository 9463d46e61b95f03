//! What a value of a VR can hold (PS3.5 Table 6.2-1).

use crate::table::Vr;

/// Whether a value of the VR can hold the text: its length, and no backslash where that divides values.
pub(super) fn holds(vr: Vr, text: &str) -> bool {
    let (limit, divides) = match vr {
        Vr::Cs | Vr::Sh | Vr::Offset => (16, true),
        Vr::Lo | Vr::Pn | Vr::Ui => (64, true),
        Vr::St => (1024, false),
        Vr::Da => (8, true),
        Vr::Tm => (14, true),
        Vr::Is => (12, true),
        Vr::Sq | Vr::Uc | Vr::Ur | Vr::Ut => return true,
    };
    // No text has more characters than bytes.
    (text.len() <= limit || text.chars().count() <= limit) && !(divides && text.bytes().any(|b| b == b'\\'))
}
