//! What a value of a VR can hold (PS3.5 Table 6.2-1).

use crate::table::Vr;

/// What is known of the texts of a study before each of them is looked at.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    /// Whether a text may hold a backslash, which divides the values of most VRs.
    divided: bool,
}

impl Hold {
    /// Of texts that are all parts of `text`.
    pub(super) fn of(text: &str) -> Self {
        Hold { divided: text.as_bytes().contains(&b'\\') }
    }

    /// Whether a value of the VR can hold the text: its length, and no backslash where that divides values.
    pub(super) fn holds(self, vr: Vr, text: &str) -> bool {
        let (limit, divides) = limit(vr);
        // No text has more characters than bytes.
        (text.len() <= limit || text.chars().count() <= limit) && !(divides && self.divided && text.as_bytes().contains(&b'\\'))
    }
}

/// The most characters that a value of the VR has, and whether a backslash divides values.
pub(super) const fn limit(vr: Vr) -> (usize, bool) {
    match vr {
        Vr::Cs | Vr::Sh | Vr::Offset => (16, true),
        Vr::Lo | Vr::Pn | Vr::Ui => (64, true),
        Vr::St => (1024, false),
        Vr::Da => (8, true),
        Vr::Tm => (14, true),
        Vr::Is => (12, true),
        Vr::Uc => (usize::MAX, true),
        Vr::Sq | Vr::Ur | Vr::Ut => (usize::MAX, false),
    }
}
